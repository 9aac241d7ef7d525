/* SPDX-License-Identifier: Apache-2.0
 * One layer of gzip undone, pulled: members one after another, and nothing else behind them. */
#ifndef JST_READ_GUNZIP_H
#define JST_READ_GUNZIP_H

#include <joist.h>
#include <zlib.h>

enum { JST_GUNZIP_INPUT = 64 << 10 };

/* Up to `room` bytes into `out`: how many, 0 at the end, -1 if they cannot be had. */
typedef ptrdiff_t (*jst_pull)(void *from, char *out, size_t room);

typedef struct jst_gunzip {
    jst_pull pull;              /* where the gzip comes from */
    void *from;
    bool in_member;
    bool ended;                 /* nothing comes any more: */
    bool broken;                /* ... before its time, or because what follows is no gzip */
    z_stream z;
    unsigned char input[JST_GUNZIP_INPUT];
} jst_gunzip;

jst_gunzip *jst_gunzip_new(void);
void jst_gunzip_free(jst_gunzip *g);    /* NULL is a no-op */
void jst_gunzip_begin(jst_gunzip *g, jst_pull pull, void *from);

/* Bytes taken from `from` by somebody else before they were known to be gzip; n <=
 * JST_GUNZIP_INPUT. */
void jst_gunzip_give(jst_gunzip *g, const char *bytes, size_t n);

/* Like jst_pull. What came out before a fault is given first; -1 only if `from` fails. */
ptrdiff_t jst_gunzip_pull(void *gunzip, char *out, size_t room);

JOIST_INLINE bool jst_is_gzip(const char *bytes, size_t n)
{
    return n >= 2 && (unsigned char)bytes[0] == 0x1f && (unsigned char)bytes[1] == 0x8b;
}

#endif
