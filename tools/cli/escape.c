/* SPDX-License-Identifier: Apache-2.0
 * Terminal-safe and password-free text. A URI may stand anywhere in a sentence (a message of a
 * driver), so masking looks for "://" and takes the word around it; it works on bytes and allocates
 * nothing but its output. It cannot know a secret that looks like nothing: options of that kind are
 * JOIST_SECRET. */
#include "escape.h"

#include <strings.h>

static bool continues(const char *s, size_t len, size_t n)
{
    if (len < n)
        return false;
    for (size_t i = 1; i < n; i++)
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF. */
size_t jst_cli_utf8_length(const char *s, size_t len)
{
    if (len == 0)
        return 0;
    unsigned char a = (unsigned char)s[0], b = len > 1 ? (unsigned char)s[1] : 0;
    if (a < 0x80)
        return 1;
    if (a >= 0xc2 && a <= 0xdf)
        return continues(s, len, 2) ? 2 : 0;
    if (a >= 0xe0 && a <= 0xef) {
        bool wrong = (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f);
        return !wrong && continues(s, len, 3) ? 3 : 0;
    }
    if (a >= 0xf0 && a <= 0xf4) {
        bool wrong = (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f);
        return !wrong && continues(s, len, 4) ? 4 : 0;
    }
    return 0;
}

static bool is_control(const char *s, size_t n)
{
    unsigned char a = (unsigned char)s[0];
    return (n == 1 && (a < 0x20 || a == 0x7f))
        || (n == 2 && a == 0xc2 && (unsigned char)s[1] < 0xa0);
}

static void escape_bytes(joist_buffer *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n')
            joist_buffer_add(out, "\\n", 2);
        else if (s[i] == '\t')
            joist_buffer_add(out, "\\t", 2);
        else
            joist_buffer_printf(out, "\\x%02x", (unsigned)(unsigned char)s[i]);
    }
}

void jst_cli_escape(joist_buffer *out, joist_text t)
{
    for (size_t i = 0; i < t.len;) {
        size_t n = jst_cli_utf8_length(t.ptr + i, t.len - i);
        if (n == 0 || is_control(t.ptr + i, n)) {
            n = n ? n : 1;
            escape_bytes(out, t.ptr + i, n);
        } else {
            joist_buffer_add(out, t.ptr + i, n);
        }
        i += n;
    }
}

static const char *entity_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void jst_cli_xml(joist_buffer *out, joist_text t)
{
    size_t done = 0;
    for (size_t i = 0; i < t.len; i++) {
        const char *entity = entity_of(t.ptr[i]);
        if (!entity)
            continue;
        jst_cli_escape(out, (joist_text){ t.ptr + done, i - done });
        joist_buffer_printf(out, "%s", entity);
        done = i + 1;
    }
    if (done < t.len)
        jst_cli_escape(out, (joist_text){ t.ptr + done, t.len - done });
}

void jst_cli_utf8(joist_buffer *out, joist_text t)
{
    for (size_t i = 0; i < t.len;) {
        size_t n = jst_cli_utf8_length(t.ptr + i, t.len - i);
        joist_buffer_add(out, n ? t.ptr + i : "\xef\xbf\xbd", n ? n : 3);
        i += n ? n : 1;
    }
}

/* ---- masking --------------------------------------------------------------------------------- */
static size_t find(joist_text t, size_t from, const char *set)
{
    while (from < t.len && (t.ptr[from] == '\0' || !strchr(set, t.ptr[from])))
        from++;
    return from;
}

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

static size_t last_at_sign(joist_text word, size_t begin, size_t end)
{
    for (size_t i = end; i > begin; i--)
        if (word.ptr[i - 1] == '@')
            return i - 1;
    return end;
}

/* Where the user info behind "://" ends, `word.len` if there is none with a password. A password
 * may hold an unencoded '/': what stands behind the first ':' and is no port is suspected to be
 * one. */
static size_t user_info_end(joist_text word, size_t begin, size_t *colon)
{
    size_t authority = find(word, begin, "/?#"), at = last_at_sign(word, begin, authority);
    *colon = find(word, begin, ":");
    if (at < authority)
        return *colon < at ? at : word.len;
    if (*colon >= authority || all_digits(word.ptr + *colon + 1, authority - *colon - 1))
        return word.len;
    return last_at_sign(word, *colon, word.len);
}

static bool names_secret(const char *name, size_t len)
{
    static const char *const words[] = {
        "password", "passwd", "secret", "token", "key", "signature",
    };
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        for (size_t n = strlen(words[w]), i = 0; i + n <= len; i++)
            if (strncasecmp(name + i, words[w], n) == 0)
                return true;
    return false;
}

static void mask_query(joist_buffer *out, joist_text word, size_t from)
{
    while (from < word.len) {
        size_t end = find(word, from, "?&"), equals = find(word, from, "=?&");
        if (equals < end && names_secret(word.ptr + from, equals - from)) {
            joist_buffer_add(out, word.ptr + from, equals + 1 - from);
            joist_buffer_add(out, "***", 3);
        } else {
            joist_buffer_add(out, word.ptr + from, end - from);
        }
        if (end < word.len)
            joist_buffer_byte(out, word.ptr[end++]);
        from = end;
    }
}

/* One URI whose authority begins at `begin`; what precedes it is out already. */
static void mask_uri(joist_buffer *out, joist_text word, size_t begin)
{
    size_t colon, at = user_info_end(word, begin, &colon), rest = begin;
    if (at < word.len) {
        joist_buffer_add(out, word.ptr + begin, colon + 1 - begin);
        joist_buffer_add(out, "***", 3);
        rest = at;
    }
    size_t query = find(word, rest, "?");
    joist_buffer_add(out, word.ptr + rest, query - rest);
    mask_query(out, word, query);
}

void jst_cli_mask(joist_buffer *out, joist_text t)
{
    size_t i = 0;
    while (i < t.len) {
        const char *mark = memmem(t.ptr + i, t.len - i, "://", 3);
        if (!mark)
            break;
        size_t begin = (size_t)(mark - t.ptr) + 3, end = find(t, begin, " \t\r\n\"<>`");
        joist_buffer_add(out, t.ptr + i, begin - i);
        mask_uri(out, (joist_text){ t.ptr, end }, begin);
        i = end;
    }
    joist_buffer_add(out, t.ptr + i, t.len - i);
}

joist_text jst_cli_shown(joist_arena *arena, joist_text t)
{
    joist_buffer masked = { 0 }, out = { 0 };
    jst_cli_mask(&masked, t);
    jst_cli_escape(&out, joist_buffer_view(&masked));
    joist_text shown = joist_arena_text(arena, joist_buffer_view(&out));
    joist_buffer_free(&masked);
    joist_buffer_free(&out);
    return shown;
}

void jst_cli_shell_word(joist_buffer *out, joist_text t)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./:@%+=,-";
    bool quote = t.len == 0;
    for (size_t i = 0; i < t.len; i++)
        quote |= t.ptr[i] == '\0' || !strchr(plain, t.ptr[i]);
    if (!quote) {
        joist_buffer_text(out, t);
        return;
    }
    joist_buffer_byte(out, '\'');
    for (size_t i = 0; i < t.len;) {
        size_t end = find(t, i, "'");
        jst_cli_escape(out, (joist_text){ t.ptr + i, end - i });
        if (end < t.len)
            joist_buffer_add(out, "'\\''", 4);
        i = end + 1;
    }
    joist_buffer_byte(out, '\'');
}
