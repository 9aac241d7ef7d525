/* SPDX-License-Identifier: Apache-2.0
 * See gzip.h. In memory and in one call: deflateBound says the room it may need. Tests:
 * layout_test.c */
#include "gzip.h"

#include <assert.h>
#define ZLIB_CONST
#include <zlib.h>

void gzip_append(joist_buffer *out, const char *bytes, size_t len)
{
    enum { GZIP_WRAPPER = 16, WINDOW_BITS = 15, MEMORY_LEVEL = 8 };
    z_stream z = { 0 };
    int started = deflateInit2(&z, 6, Z_DEFLATED, WINDOW_BITS + GZIP_WRAPPER, MEMORY_LEVEL,
                               Z_DEFAULT_STRATEGY);
    assert(started == Z_OK);
    size_t room = deflateBound(&z, len);
    z.next_in = (const Bytef *)bytes;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)joist_buffer_reserve(out, room);
    z.avail_out = (uInt)room;
    int ended = deflate(&z, Z_FINISH);
    assert(ended == Z_STREAM_END);
    out->len += room - z.avail_out;
    deflateEnd(&z);
}
