/* SPDX-License-Identifier: Apache-2.0
 * The bytes of one file after another, inflated, through one buffer that values are borrowed from.
 *
 * Unread bytes are buf[at, end). What lies in front of `at` may still be borrowed by the bundle
 * being made, so filling never moves or overwrites bytes while the caller says that the buffer is
 * pinned. A consumer that will not keep a long value whole drops bytes from the end
 * (jst_input_drop). */
#ifndef JST_READ_INPUT_H
#define JST_READ_INPUT_H

#include "read_gunzip.h"

enum { JST_INPUT_SLACK = 64, JST_INPUT_STEP = 64 << 10 };

typedef enum jst_fill { JST_FILL_MORE, JST_FILL_END, JST_FILL_PINNED, JST_FILL_FAILED } jst_fill;

typedef struct jst_input {
    int fd;                     /* -1: no file */
    const char *path;
    uint64_t size, stored;      /* of the stored file: where it ends, what has been taken */
    uint64_t until;  /* as far as it is wanted whole; behind it only small steps are taken */
    uint8_t layers;             /* of gzip */
    bool known;                 /* layers is known */
    bool eof;                   /* nothing follows buf[end) */
    bool broken;                /* ... because the gzip is */
    char *buf; size_t cap;      /* JST_INPUT_SLACK readable bytes behind cap */
    size_t at, end;
    uint64_t offset;            /* of buf[at] in the inflated file */
    uint64_t dropped;           /* bytes of the value at `at` that are no longer in the buffer */
    jst_gunzip *gunzip[2];      /* outer and inner; made when first needed */
    joist_error *e;             /* during a call */
} jst_input;

void jst_input_init(jst_input *in, size_t cap);
void jst_input_free(jst_input *in);

/* Opens a file at `begin`. From its beginning, gzip is undone; from further on it is read as it
 * stands. `until` is set to `size`, the caller may lessen it. `path` is borrowed. What is in the
 * buffer stays until it is moved. */
joist_status jst_input_open(jst_input *in, const char *path, uint64_t size, uint64_t begin,
                            joist_error *e);
void jst_input_close(jst_input *in);

/* More bytes behind `end`. */
jst_fill jst_input_fill(jst_input *in, bool pinned, joist_error *e);

/* Takes a UTF-8 byte order mark off the beginning. JST_FILL_MORE: done, and not empty. */
jst_fill jst_input_skip_bom(jst_input *in, bool pinned, joist_error *e);

/* n bytes from `at` on, and what was dropped with them, are read. */
JOIST_INLINE void jst_input_consume(jst_input *in, size_t n)
{
    in->offset += n + in->dropped;
    in->at += n;
    in->dropped = 0;
}

/* Forgets all but the first `keep` of the unread bytes. */
JOIST_INLINE void jst_input_drop(jst_input *in, size_t keep)
{
    in->dropped += in->end - in->at - keep;
    in->end = in->at + keep;
}

/* Bytes [begin, begin + n) of a plain file, all of them or a failure. */
joist_status jst_read_at(int fd, const char *path, char *out, size_t n, uint64_t begin,
                         joist_error *e);

joist_status jst_read_failed(const char *path, joist_error *e);  /* errno in words; JOIST_FAILED */
joist_status jst_read_changed(const char *path, const char *what, joist_error *e);

int jst_open_to_read(const char *path, joist_error *e);            /* -1: failed */

#endif
