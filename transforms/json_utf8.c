/* SPDX-License-Identifier: Apache-2.0
 * UTF-8, character by character: for repair only, well-formed text never comes here. */
#include "json_utf8.h"

static bool between(unsigned char c, unsigned low, unsigned high)
{
    return c >= low && c <= high;
}

/* Continuation bytes wanted after this lead byte, and the range of the first one (Unicode, table
 * 3-7). */
static size_t continuation(unsigned char lead, unsigned *low, unsigned *high)
{
    *low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    *high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return between(lead, 0xC2, 0xDF) ? 1 : between(lead, 0xE0, 0xEF) ? 2
         : between(lead, 0xF0, 0xF4) ? 3 : 0;
}

size_t jst_utf8_length(const char *p, const char *end, size_t *bad)
{
    const unsigned char *c = (const unsigned char *)p;
    if (*c < 0x80)
        return 1;
    unsigned low, high;
    size_t wanted = continuation(*c, &low, &high), have = 0;
    while (have < wanted && p + 1 + have < end && between(c[1 + have], low, high)) {
        have++;
        low = 0x80;
        high = 0xBF;
    }
    if (wanted && have == wanted)
        return 1 + wanted;
    *bad = 1 + have;
    return 0;
}

size_t jst_utf8_encode(uint32_t u, char *out)
{
    if (u < 0x80) {
        out[0] = (char)u;
        return 1;
    }
    size_t more = u < 0x800 ? 1 : u < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = { 0, 0xC0, 0xE0, 0xF0 };
    out[0] = (char)(lead[more] | u >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (u >> (6 * (more - i)) & 0x3F));
    return 1 + more;
}

void jst_utf8_repair(joist_buffer *out, joist_text text)
{
    const char *p = text.ptr, *end = p + text.len, *good = p;
    while (p < end) {
        size_t bad = 0, n = jst_utf8_length(p, end, &bad);
        if (n) {
            p += n;
            continue;
        }
        joist_buffer_add(out, good, (size_t)(p - good));
        joist_buffer_add(out, JST_REPLACEMENT, 3);
        good = p += bad;
    }
    joist_buffer_add(out, good, (size_t)(p - good));
}
