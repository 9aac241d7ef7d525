/* SPDX-License-Identifier: Apache-2.0
 * Base64 (RFC 4648, section 4): with padding when written, strict when read. */
#include "json_value.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void jst_base64_add(joist_buffer *out, joist_bytes bytes)
{
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    char *o = joist_buffer_reserve(out, (bytes.len + 2) / 3 * 4);
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t n = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0)
                   | (left > 2 ? in[i + 2] : 0);
        *o++ = alphabet[n >> 18];
        *o++ = alphabet[n >> 12 & 63];
        *o++ = left > 1 ? alphabet[n >> 6 & 63] : '=';
        *o++ = left > 2 ? alphabet[n & 63] : '=';
    }
    out->len += (bytes.len + 2) / 3 * 4;
}

static int value_of(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26
         : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters of which the last `padding` are '='; false: no base64. */
static bool decode_group(const char *in, size_t padding, char *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        int v = i < 4 - padding ? value_of(in[i]) : 0;
        if (v < 0)
            return false;
        n = n << 6 | (uint32_t)v;
    }
    for (size_t i = 0; i < 3 - padding; i++)
        out[i] = (char)(n >> (16 - 8 * i));
    return !(n & ((1u << 8 * padding) - 1));    /* bits nobody reads must be 0 */
}

bool jst_base64_decode(joist_text t, joist_arena *a, joist_bytes *out)
{
    size_t padding = 0;
    while (padding < 2 && padding < t.len && t.ptr[t.len - 1 - padding] == '=')
        padding++;
    if (t.len % 4)
        return false;
    char *bytes = joist_arena_alloc(a, t.len / 4 * 3 + 1);    /* never NULL: empty is not NULL */
    for (size_t i = 0; i < t.len; i += 4)
        if (!decode_group(t.ptr + i, i + 4 == t.len ? padding : 0, bytes + i / 4 * 3))
            return false;
    *out = (joist_bytes){ bytes, t.len / 4 * 3 - padding };
    return true;
}
