/* SPDX-License-Identifier: Apache-2.0
 * Gzip by zlib, streaming: 64 KiB in, whatever room the caller has out, 40 KiB of window; the ratio
 * of the compression costs time only. A member whose checksum is wrong has given all its bytes
 * before that shows; they are kept, the stream is broken. Limits: what zlib takes (no reserved
 * flags). */
#include "read_gunzip.h"

enum { GZIP_ONLY = 16 + MAX_WBITS };

static voidpf zlib_alloc(voidpf unused, uInt items, uInt size)
{
    (void)unused;
    return joist_calloc(items, size);
}

static void zlib_free(voidpf unused, voidpf p)
{
    (void)unused;
    joist_free(p);
}

/* inflateInit2 can fail for want of memory only, and our memory does not fail. */
jst_gunzip *jst_gunzip_new(void)
{
    jst_gunzip *g = joist_malloc(sizeof *g);
    memset(&g->z, 0, sizeof g->z);
    g->z.zalloc = zlib_alloc;
    g->z.zfree = zlib_free;
    g->ended = g->broken = inflateInit2(&g->z, GZIP_ONLY) != Z_OK;
    g->in_member = false;
    return g;
}

void jst_gunzip_free(jst_gunzip *g)
{
    if (g)
        inflateEnd(&g->z);
    joist_free(g);
}

void jst_gunzip_begin(jst_gunzip *g, jst_pull pull, void *from)
{
    g->pull = pull;
    g->from = from;
    g->in_member = g->ended = g->broken = false;
    g->z.next_in = g->input;
    g->z.avail_in = 0;
}

void jst_gunzip_give(jst_gunzip *g, const char *bytes, size_t n)
{
    memcpy(g->input, bytes, n);
    g->z.next_in = g->input;
    g->z.avail_in = (uInt)n;
}

/* More input behind what is left of it, which moves to the front. */
static ptrdiff_t refill(jst_gunzip *g)
{
    memmove(g->input, g->z.next_in, g->z.avail_in);
    g->z.next_in = g->input;
    ptrdiff_t n = g->pull(g->from, (char *)g->input + g->z.avail_in,
                          sizeof g->input - g->z.avail_in);
    if (n > 0)
        g->z.avail_in += (uInt)n;
    return n;
}

static void end(jst_gunzip *g, bool broken)
{
    g->ended = true;
    g->broken = broken;
}

/* Between members: another one, the end, or a fault. */
static ptrdiff_t next_member(jst_gunzip *g)
{
    ptrdiff_t n = 1;
    while (g->z.avail_in < 2 && n > 0)
        n = refill(g);
    if (n < 0)
        return n;
    if (jst_is_gzip((const char *)g->z.next_in, g->z.avail_in))
        g->in_member = inflateReset(&g->z) == Z_OK;
    if (!g->in_member)
        end(g, g->z.avail_in > 0);
    return 0;
}

/* One call of inflate, and more input if that is what it lacked. */
static ptrdiff_t inflate_some(jst_gunzip *g)
{
    uInt room = g->z.avail_out;
    int answer = inflate(&g->z, Z_NO_FLUSH);
    if (answer == Z_STREAM_END) {
        g->in_member = false;
        return 0;
    }
    if (answer != Z_OK && answer != Z_BUF_ERROR) {
        end(g, true);
        return 0;
    }
    if (g->z.avail_out < room || g->z.avail_in)
        return 0;
    ptrdiff_t n = refill(g);
    if (n == 0)
        end(g, true);
    return n;
}

ptrdiff_t jst_gunzip_pull(void *gunzip, char *out, size_t room)
{
    jst_gunzip *g = gunzip;
    uInt limit = room > 1u << 30 ? 1u << 30 : (uInt)room;
    g->z.next_out = (unsigned char *)out;
    g->z.avail_out = limit;
    while (g->z.avail_out == limit && !g->ended) {
        ptrdiff_t n = g->in_member ? inflate_some(g) : next_member(g);
        if (n < 0)
            return n;
    }
    return (ptrdiff_t)(limit - g->z.avail_out);
}
