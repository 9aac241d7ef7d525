/* SPDX-License-Identifier: Apache-2.0
 * Rules on text. Each first looks whether anything is to be done: most text is clean and is
 * borrowed. */
#include <arpa/inet.h>
#include <joist.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

joist_text joist_trim(joist_text t)
{
    while (t.len && is_space(t.ptr[t.len - 1]))
        t.len--;
    while (t.len && is_space(*t.ptr)) {
        t.ptr++;
        t.len--;
    }
    return t;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

joist_text joist_lower(joist_text t, joist_arena *a)
{
    size_t first = 0;
    while (first < t.len && !is_upper(t.ptr[first]))
        first++;
    if (first == t.len)
        return t;
    char *out = joist_arena_alloc(a, t.len);
    for (size_t i = 0; i < t.len; i++)
        out[i] = is_upper(t.ptr[i]) ? (char)(t.ptr[i] | 0x20) : t.ptr[i];
    return (joist_text){ out, t.len };
}

joist_text joist_cut(joist_text t, size_t limit)
{
    if (t.len <= limit)
        return t;
    while (limit && ((unsigned char)t.ptr[limit] & 0xC0) == 0x80)
        limit--;
    t.len = limit;
    return t;
}

static bool ascii_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9') || c == '\'';
}

/* Beyond ASCII everything belongs to words but Latin-1's signs and General Punctuation
 * (U+2000-U+206F). Returns the bytes of the separator at p, 0 if a word's character stands
 * there. */
static size_t separator(const char *p, const char *end)
{
    const unsigned char *c = (const unsigned char *)p;
    if (*c < 0x80)
        return !ascii_in_word(*p);
    if (end - p >= 2 && c[0] == 0xC2)
        return c[1] == 0xAA || c[1] == 0xB5 || c[1] == 0xBA ? 0 : 2;
    if (end - p >= 2 && c[0] == 0xC3)
        return c[1] == 0x97 || c[1] == 0xB7 ? 2 : 0;
    if (end - p >= 3 && c[0] == 0xE2 && (c[1] == 0x80 || (c[1] == 0x81 && c[2] <= 0xAF)))
        return 3;
    return 0;
}

bool joist_next_word(joist_text *rest, joist_text *word)
{
    const char *p = rest->ptr, *end = rest->len ? p + rest->len : p;
    for (size_t n; p < end && (n = separator(p, end)); p += n)
        continue;
    const char *from = p;
    while (p < end && !separator(p, end))
        p++;
    *word = (joist_text){ from, (size_t)(p - from) };
    *rest = (joist_text){ p, (size_t)(end - p) };
    return word->len > 0;
}

bool joist_next_part(joist_text *rest, char end, joist_text *part)
{
    *part = *rest;
    if (joist_text_null(*rest))
        return false;
    const char *at = rest->len ? memchr(rest->ptr, end, rest->len) : NULL;
    if (!at) {
        *rest = JOIST_NO_TEXT;
        return true;
    }
    part->len = (size_t)(at - rest->ptr);
    *rest = (joist_text){ at + 1, rest->len - part->len - 1 };
    return true;
}

bool joist_ip_valid(joist_text t)
{
    char host[INET6_ADDRSTRLEN + 1];
    unsigned char address[sizeof(struct in6_addr)];
    if (!t.len || t.len >= sizeof host || memchr(t.ptr, '\0', t.len))
        return false;
    memcpy(host, t.ptr, t.len);
    host[t.len] = '\0';
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}
