/* SPDX-License-Identifier: Apache-2.0
 * Escapes. Decoding never makes a string longer, so the room it needs is known before. */
#include "json_string.h"

#include "json_bytes.h"
#include "json_utf8.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of \uXXXX at p, or -1 if none stands there. */
static int32_t unit_at(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    int32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/* Length of the escape at p, a pair counting as one; 0: malformed. */
static size_t escape_length(const char *p, const char *end, bool *lone)
{
    if (end - p < 2)
        return 0;
    if (p[1] != 'u')
        return memchr("\"\\/bfnrt", p[1], 8) ? 2 : 0;
    int32_t unit = unit_at(p, end);
    if (unit < 0)
        return 0;
    if (is_high(unit) && is_low(unit_at(p + 6, end)))
        return 12;
    *lone |= is_high(unit) || is_low(unit);
    return 6;
}

bool jst_escapes_valid(const char *p, const char *end, bool *lone)
{
    while (p < end) {
        p = memchr(p, '\\', (size_t)(end - p));
        if (!p)
            return true;
        size_t n = escape_length(p, end, lone);
        if (!n)
            return false;
        p += n;
    }
    return true;
}

static char simple_escape(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
    }
}

static size_t replacement(char *out)
{
    memcpy(out, JST_REPLACEMENT, 3);
    return 3;
}

size_t jst_unescape_one(const char *p, const char *end, char *out, const char **next)
{
    int32_t unit = unit_at(p, end);
    if (unit < 0) {
        bool cut = end - p < 2;
        *out = cut ? '\\' : simple_escape(p[1]);
        *next = p + (cut ? 1 : 2);
        return 1;
    }
    *next = p + 6;
    if (!is_high(unit))
        return is_low(unit) ? replacement(out) : jst_utf8_encode((uint32_t)unit, out);
    int32_t low = unit_at(*next, end);
    if (!is_low(low))
        return replacement(out);
    *next += 6;
    return jst_utf8_encode(0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00),
                           out);
}

size_t jst_unescape(const char *p, const char *end, char *out)
{
    char *o = out;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((slash ? slash : end) - p);
        memcpy(o, p, plain);
        o += plain;
        p += plain;
        if (slash)
            o += jst_unescape_one(slash, end, o, &p);
    }
    return (size_t)(o - out);
}

joist_text jst_string_text(joist_json string, joist_arena *a)
{
    joist_text raw = { string.ptr + 1, string.len - 2 };
    if (!memchr(raw.ptr, '\\', raw.len))
        return raw;
    char *out = joist_arena_alloc(a, raw.len);
    return (joist_text){ out, jst_unescape(raw.ptr, raw.ptr + raw.len, out) };
}
