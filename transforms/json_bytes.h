/* SPDX-License-Identifier: Apache-2.0
 * Small things every JSON file here needs: white space, and the end of a run of plain string bytes.
 * SSE2 where the compiler has it, one byte at a time elsewhere. Never reads at or behind `end`. */
#ifndef JST_JSON_BYTES_H
#define JST_JSON_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* JSON's white space is not ASCII's: \v and \f are none. */
static inline bool jst_json_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const char *jst_json_skip_space(const char *p, const char *end)
{
    while (p < end && jst_json_space(*p))
        p++;
    return p;
}

/* Plain: neither quote nor backslash nor a control character. */
static inline bool jst_json_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

#ifdef __SSE2__
/* A bit for each of the 16 bytes at p that is not plain, or (`ascii`) is beyond ASCII. */
static inline unsigned jst_json_stops(const char *p, bool ascii)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));
    return (unsigned)_mm_movemask_epi8(ascii ? _mm_or_si128(stop, v) : stop);
}
#endif

static inline const char *jst_json_run_end(const char *p, const char *end, bool ascii)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        unsigned stops = jst_json_stops(p, ascii);
        if (stops)
            return p + __builtin_ctz(stops);
    }
#endif
    while (p < end && jst_json_plain(*p) && !(ascii && (unsigned char)*p >= 0x80))
        p++;
    return p;
}

/* ---- short texts at once --------------------------------------------------------------------- */
/* Clean: printable ASCII, neither quote nor backslash. */
static inline bool jst_json_clean_byte(char c)
{
    return jst_json_plain(c) && (unsigned char)c < 0x7F;
}

/* Copies up to 16 bytes, those in the middle perhaps twice. */
static inline void jst_json_copy_few(char *out, const char *p, size_t n)
{
    if (n >= 8) {
        memcpy(out, p, 8);
        memcpy(out + n - 8, p + n - 8, 8);
    } else if (n >= 4) {
        memcpy(out, p, 4);
        memcpy(out + n - 4, p + n - 4, 4);
    } else if (n) {
        out[0] = p[0];
        out[n / 2] = p[n / 2];
        out[n - 1] = p[n - 1];
    }
}

#ifdef __SSE2__
/* The first and the last of `n` bytes at p, 1 <= n <= 16: all of them, some perhaps twice. */
static inline __m128i jst_json_load_few(const char *p, size_t n)
{
    char bytes[4];
    int32_t head, tail;
    if (n >= 8)
        return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)p),
                                  _mm_loadl_epi64((const __m128i *)(const void *)(p + n - 8)));
    if (n >= 4) {
        memcpy(&head, p, 4);
        memcpy(&tail, p + n - 4, 4);
        return _mm_set_epi32(tail, head, tail, head);
    }
    bytes[0] = bytes[3] = p[0];
    bytes[1] = p[n / 2];
    bytes[2] = p[n - 1];
    memcpy(&head, bytes, 4);
    return _mm_set1_epi32(head);
}

/* Not 0: one of the sixteen bytes is not clean. Those beyond ASCII are negative here. */
static inline int jst_json_unclean(__m128i v)
{
    __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)));
    return _mm_movemask_epi8(_mm_or_si128(stop, _mm_cmplt_epi8(v, _mm_set1_epi8(0x20))));
}

static inline int jst_json_unclean_at(const char *p)
{
    return jst_json_unclean(_mm_loadu_si128((const __m128i *)(const void *)p));
}
#endif

/* Are all `n` bytes at p clean? */
static inline bool jst_json_clean(const char *p, size_t n)
{
#ifdef __SSE2__
    if (n <= 16)
        return !n || !jst_json_unclean(jst_json_load_few(p, n));
    int unclean = jst_json_unclean_at(p + n - 16);
    for (size_t i = 0; i + 16 < n; i += 16)
        unclean |= jst_json_unclean_at(p + i);
    return !unclean;
#else
    while (n && jst_json_clean_byte(*p)) {
        p++;
        n--;
    }
    return !n;
#endif
}

/* The same, and copies them: by moves of 16 bytes, the last two of which overlap. */
static inline bool jst_json_copy_clean(char *out, const char *p, size_t n)
{
    if (n <= 16) {
        jst_json_copy_few(out, p, n);
    } else {
        for (size_t i = 0; i + 16 < n; i += 16)
            memcpy(out + i, p + i, 16);
        memcpy(out + n - 16, p + n - 16, 16);
    }
    return jst_json_clean(p, n);
}

/* ---- runs ------------------------------------------------------------------------------------ */
/* The first byte in [p, end) that is not plain, or end. */
static inline const char *jst_json_plain_end(const char *p, const char *end)
{
    return jst_json_run_end(p, end, false);
}

/* The same, stopping at bytes beyond ASCII too. */
static inline const char *jst_json_ascii_end(const char *p, const char *end)
{
    return jst_json_run_end(p, end, true);
}

#endif
