/* SPDX-License-Identifier: Apache-2.0
 * XML entities, one pass: what a replacement brings is not looked at again. */
#include <joist.h>

#include "json_utf8.h"

static const struct { joist_text name; char character; } named[] = {
    { { "amp;", 4 }, '&' }, { { "lt;", 3 }, '<' }, { { "gt;", 3 }, '>' },
    { { "quot;", 5 }, '"' }, { { "apos;", 5 }, '\'' },
};

static int digit_value(char c, bool hex)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return hex && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* `N;` or `xN;` of a numeric entity; returns the bytes behind "&#" consumed, 0 if it is none. */
static size_t number_entity(joist_text t, uint32_t *scalar)
{
    bool hex = t.len && *t.ptr == 'x';
    size_t first = hex ? 1 : 0, i = first;
    uint32_t n = 0;
    for (int digit; i < t.len && (digit = digit_value(t.ptr[i], hex)) >= 0; i++)
        if (n <= 0x10FFFF)      /* what is beyond stays beyond, however many digits follow */
            n = n * (hex ? 16 : 10) + (uint32_t)digit;
    bool is_scalar = n && n <= 0x10FFFF && (n < 0xD800 || n > 0xDFFF);
    if (i == first || i == t.len || t.ptr[i] != ';' || !is_scalar)
        return 0;
    *scalar = n;
    return i + 1;
}

/* The entity at t (which begins with '&'); its character is written to out, *len its bytes. */
static size_t entity(joist_text t, char *out, size_t *len)
{
    joist_text rest = { t.ptr + 1, t.len - 1 };
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (joist_text_starts(rest, named[i].name)) {
            *out = named[i].character;
            *len = 1;
            return 1 + named[i].name.len;
        }
    uint32_t scalar;
    if (!rest.len || *rest.ptr != '#')
        return 0;
    size_t n = number_entity((joist_text){ rest.ptr + 1, rest.len - 1 }, &scalar);
    if (n)
        *len = jst_utf8_encode(scalar, out);
    return n ? 2 + n : 0;
}

joist_text joist_entities(joist_text t, joist_arena *a)
{
    if (!t.len || !memchr(t.ptr, '&', t.len))
        return t;
    char *out = joist_arena_alloc(a, t.len);    /* an entity is never shorter than its character */
    char *o = out;
    for (const char *p = t.ptr, *end = p + t.len; p < end;) {
        size_t len = 1, n = *p == '&' ? entity((joist_text){ p, (size_t)(end - p) }, o, &len) : 0;
        if (!n)
            *o = *p;
        o += n ? len : 1;
        p += n ? n : 1;
    }
    return (joist_text){ out, (size_t)(o - out) };
}
