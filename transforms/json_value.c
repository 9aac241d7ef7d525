/* SPDX-License-Identifier: Apache-2.0
 * Conversions. The usual string has no escape, no DEL and no entity: it is borrowed as it
 * stands, and all it takes is a look at both ends and its length. Numbers in strings are read
 * through a small buffer, because their escapes must be decoded first. */
#include "json_value.h"

#include <math.h>
#include <stdlib.h>

#include "json_bytes.h"
#include "json_string.h"

joist_json_type joist_json_type_of(joist_json v)
{
    if (!v.ptr || !v.len)
        return JOIST_JSON_NULL;
    switch (*v.ptr) {
    case 'n': return JOIST_JSON_NULL;
    case 't': return JOIST_JSON_TRUE;
    case 'f': return JOIST_JSON_FALSE;
    case '"': return JOIST_JSON_STRING;
    case '[': return JOIST_JSON_ARRAY;
    case '{': return JOIST_JSON_OBJECT;
    default: return JOIST_JSON_NUMBER;
    }
}

bool jst_value_is_missing(joist_json v)
{
    if (!v.ptr || !v.len || *v.ptr == 'n')
        return true;
    if (*v.ptr == '"')
        return v.len == 2;
    const char *end = v.ptr + v.len;
    return *v.ptr == '[' && jst_json_skip_space(v.ptr + 1, end) == end - 1;
}

/* ---- text ------------------------------------------------------------------------------------ */
static bool is_removed(char c)
{
    return ((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
}

static joist_text without_controls(joist_text t, joist_arena *a)
{
    size_t first = 0;
    while (first < t.len && !is_removed(t.ptr[first]))
        first++;
    if (first == t.len)
        return t;
    char *out = joist_arena_alloc(a, t.len), *o = out;
    for (size_t i = 0; i < t.len; i++)
        if (!is_removed(t.ptr[i]))
            *o++ = t.ptr[i];
    return (joist_text){ out, (size_t)(o - out) };
}

static joist_text cleaned(joist_text raw, unsigned needs, joist_arena *a)
{
    joist_text t = raw;
    if (needs & JST_TEXT_ESCAPES && memchr(raw.ptr, '\\', raw.len)) {
        char *out = joist_arena_alloc(a, raw.len);
        t = (joist_text){ out, jst_unescape(raw.ptr, raw.ptr + raw.len, out) };
    }
    if (needs & JST_TEXT_ENTITIES)
        t = joist_entities(t, a);
    return without_controls(t, a);
}

static inline bool is_trimmed(joist_text t)
{
    return t.len && *t.ptr > ' ' && t.ptr[t.len - 1] > ' ';
}

/* Most strings are clean: nothing to decode, remove, trim or cut. */
static inline bool borrow_text(joist_json v, size_t most, joist_text *out)
{
    if (!jst_value_is_string(v) || v.len - 2 > most)
        return false;
    *out = (joist_text){ v.ptr + 1, v.len - 2 };
    return is_trimmed(*out) && jst_json_clean(out->ptr, out->len);
}

static jst_cast trim_and_cut(joist_text t, uint32_t limit, joist_text *out)
{
    if (!is_trimmed(t))
        t = joist_trim(t);
    if (!t.len)
        return JST_CAST_OK;
    size_t most = limit ? limit : JST_DEFAULT_LIMIT;
    *out = t;
    if (JOIST_LIKELY(t.len <= most))
        return JST_CAST_OK;
    *out = joist_cut(t, most);
    return JST_CAST_TRUNCATED;
}

jst_cast jst_chars_text(joist_text t, uint32_t limit, bool entities, joist_arena *a,
                        joist_text *out)
{
    *out = JOIST_NO_TEXT;
    if (entities || !jst_json_clean(t.ptr, t.len))
        t = cleaned(t, entities ? JST_TEXT_ENTITIES : 0, a);
    return trim_and_cut(t, limit, out);
}

jst_cast jst_value_text(joist_json v, uint32_t limit, unsigned needs, joist_arena *a,
                        joist_text *out)
{
    *out = JOIST_NO_TEXT;
    if (!v.ptr || !v.len || *v.ptr == 'n')
        return JST_CAST_OK;
    if (*v.ptr == '{' || *v.ptr == '[')
        return JST_CAST_FAILED;
    joist_text t = { v.ptr, v.len };
    if (jst_value_is_string(v)) {
        t = (joist_text){ v.ptr + 1, v.len - 2 };
        if (needs && (needs & JST_TEXT_ENTITIES || !jst_json_clean(t.ptr, t.len)))
            t = cleaned(t, needs, a);
    }
    return trim_and_cut(t, limit, out);
}

/* ---- numbers and words inside strings -------------------------------------------------------- */
/* A string's characters, trimmed or not: borrowed where it has no escape, else in *room. */
static joist_text characters(joist_json v, joist_buffer *room)
{
    joist_text raw = { v.ptr + 1, v.len - 2 };
    if (!memchr(raw.ptr, '\\', raw.len))
        return raw;
    char *out = joist_buffer_reserve(room, raw.len);
    return (joist_text){ out, jst_unescape(raw.ptr, raw.ptr + raw.len, out) };
}

/* [+-]?[0-9]+ in int64's range. */
static bool parse_int(joist_text t, int64_t *out)
{
    bool minus = t.len && *t.ptr == '-';
    size_t i = t.len && (minus || *t.ptr == '+') ? 1 : 0;
    int64_t n = 0;
    if (i == t.len)
        return false;
    for (; i < t.len; i++) {
        int digit = t.ptr[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(n, 10, &n)
            || __builtin_sub_overflow(n, digit, &n))
            return false;
    }
    if (!minus && n == INT64_MIN)       /* counted downwards: -2^63 has no positive partner */
        return false;
    *out = minus ? n : -n;
    return true;
}

static jst_cast as_cast(bool set)
{
    return set ? JST_CAST_OK : JST_CAST_FAILED;
}

jst_cast jst_chars_int(joist_text t, joist_int *out)
{
    *out = (joist_int){ 0 };
    t = joist_trim(t);
    out->set = t.len && parse_int(t, &out->v);
    return as_cast(out->set || !t.len);
}

jst_cast jst_value_int(joist_json v, joist_int *out)
{
    *out = (joist_int){ 0 };
    joist_json_type type = joist_json_type_of(v);
    if (type == JOIST_JSON_NULL)
        return JST_CAST_OK;
    if (type == JOIST_JSON_NUMBER) {
        out->set = parse_int((joist_text){ v.ptr, v.len }, &out->v);
        return as_cast(out->set);
    }
    joist_buffer room = { 0 };
    bool string = jst_value_is_string(v);
    jst_cast cast = string ? jst_chars_int(characters(v, &room), out) : JST_CAST_FAILED;
    joist_buffer_free(&room);
    return cast;
}

typedef char word[8];       /* zero-filled, so that eight bytes are compared at once */

static bool one_of(const word lower, const word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(lower, words[i], sizeof(word)) == 0)
            return true;
    return false;
}

static bool parse_bool(joist_text t, bool *out)
{
    static const word yes[] = { "1", "true", "yes", "on", "y" };
    static const word no[] = { "0", "false", "no", "off", "n", "" };
    word lower = "";
    if (t.len >= sizeof lower || memchr(t.ptr, '\0', t.len))
        return false;
    for (size_t i = 0; i < t.len; i++)
        lower[i] = t.ptr[i] >= 'A' && t.ptr[i] <= 'Z' ? (char)(t.ptr[i] | 0x20) : t.ptr[i];
    *out = one_of(lower, yes, sizeof yes / sizeof *yes);
    return *out || one_of(lower, no, sizeof no / sizeof *no);
}

jst_cast jst_chars_bool(joist_text t, joist_bool *out)
{
    *out = (joist_bool){ 0 };
    out->set = parse_bool(joist_trim(t), &out->v);
    return as_cast(out->set);
}

jst_cast jst_value_bool(joist_json v, joist_bool *out)
{
    *out = (joist_bool){ 0 };
    joist_json_type type = joist_json_type_of(v);
    if (type == JOIST_JSON_NULL)
        return JST_CAST_OK;
    if (type == JOIST_JSON_TRUE || type == JOIST_JSON_FALSE)
        *out = JOIST_BOOL(type == JOIST_JSON_TRUE);
    else if (type == JOIST_JSON_NUMBER && v.len == 1 && (*v.ptr == '0' || *v.ptr == '1'))
        *out = JOIST_BOOL(*v.ptr == '1');
    else if (jst_value_is_string(v)) {
        joist_buffer room = { 0 };
        jst_chars_bool(characters(v, &room), out);
        joist_buffer_free(&room);
    }
    return as_cast(out->set);
}

/* A whole JSON number, finite as a double. */
static bool parse_float(joist_text t, double *out)
{
    bool number = t.len && (*t.ptr == '-' || (*t.ptr >= '0' && *t.ptr <= '9'));
    if (!number || joist_json_skip(t, NULL) != t.len)
        return false;
    char some[64], *copy = t.len < sizeof some ? some : joist_malloc(t.len + 1);
    memcpy(copy, t.ptr, t.len);         /* strtod wants a NUL; we never leave the C locale */
    copy[t.len] = '\0';
    *out = strtod(copy, NULL);
    if (copy != some)
        joist_free(copy);
    return isfinite(*out);
}

jst_cast jst_chars_float(joist_text t, joist_float *out)
{
    *out = (joist_float){ 0 };
    out->set = parse_float(t, &out->v);
    return as_cast(out->set);
}

jst_cast jst_value_float(joist_json v, joist_float *out)
{
    *out = (joist_float){ 0 };
    joist_json_type type = joist_json_type_of(v);
    if (type == JOIST_JSON_NULL)
        return JST_CAST_OK;
    joist_buffer room = { 0 };
    joist_text t = { v.ptr, v.len };
    if (jst_value_is_string(v))
        t = characters(v, &room);
    jst_cast cast = jst_chars_float(t, out);
    joist_buffer_free(&room);
    return cast;
}

jst_cast jst_value_time(joist_json v, joist_time *out)
{
    *out = (joist_time){ 0 };
    if (joist_json_type_of(v) == JOIST_JSON_NULL)
        return JST_CAST_OK;
    if (!jst_value_is_string(v))
        return JST_CAST_FAILED;
    joist_buffer room = { 0 };
    bool ok = joist_time_parse(characters(v, &room), out);
    joist_buffer_free(&room);
    return as_cast(ok);
}

jst_cast jst_value_bytes(joist_json v, joist_arena *a, joist_bytes *out)
{
    *out = (joist_bytes){ 0 };
    if (joist_json_type_of(v) == JOIST_JSON_NULL)
        return JST_CAST_OK;
    if (!jst_value_is_string(v))
        return JST_CAST_FAILED;
    return jst_base64_decode(jst_string_text(v, a), a, out) ? JST_CAST_OK : JST_CAST_FAILED;
}

/* ---- one value at a time, with its warnings -------------------------------------------------- */
static void warn(jst_cast cast, joist_warnings *w, const char *prefix, joist_text name)
{
    if (cast != JST_CAST_OK)
        joist_warn(w, cast == JST_CAST_FAILED ? "cast" : "truncated", prefix, name);
}

joist_text joist_json_to_text(joist_json v, uint32_t limit, joist_arena *a, joist_warnings *w,
                              const char *prefix, joist_text name)
{
    joist_text out;
    if (JOIST_LIKELY(borrow_text(v, limit ? limit : JST_DEFAULT_LIMIT, &out)))
        return out;
    warn(jst_value_text(v, limit, JST_TEXT_ESCAPES | JST_TEXT_DELETES, a, &out), w, prefix, name);
    return out;
}

joist_int joist_json_to_int(joist_json v, joist_warnings *w, const char *prefix, joist_text name)
{
    joist_int out;
    warn(jst_value_int(v, &out), w, prefix, name);
    return out;
}

joist_bool joist_json_to_bool(joist_json v, joist_warnings *w, const char *prefix, joist_text name)
{
    joist_bool out;
    warn(jst_value_bool(v, &out), w, prefix, name);
    return out;
}

joist_text joist_json_to_float_token(joist_json v, joist_arena *a, joist_warnings *w,
                                     const char *prefix, joist_text name)
{
    joist_float value;
    jst_cast cast = jst_value_float(v, &value);
    warn(cast, w, prefix, name);
    if (!value.set)
        return JOIST_NO_TEXT;
    return jst_value_is_string(v) ? jst_string_text(v, a) : (joist_text){ v.ptr, v.len };
}

joist_text joist_json_string(joist_json v, joist_arena *a)
{
    return jst_value_is_string(v) ? jst_string_text(v, a) : JOIST_NO_TEXT;
}

bool joist_json_is_map(joist_json v, joist_warnings *w, const char *prefix, joist_text name)
{
    if (joist_json_type_of(v) == JOIST_JSON_OBJECT)
        return true;
    if (!jst_value_is_missing(v))
        joist_warn(w, "cast", prefix, name);
    return false;
}
