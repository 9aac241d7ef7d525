/* SPDX-License-Identifier: Apache-2.0
 * A push scanner for one JSON value (RFC 8259) out of a stream of values: checks strictly, keeps
 * nothing, so a value of any length is checked in bounded memory, chunk by chunk, at any chunk
 * boundary.
 *
 *     jst_json_scan scan;
 *     jst_json_scan_begin(&scan);
 *     do read a chunk… while ((r = jst_json_scan_feed(&scan, chunk, len, eof, &used))
 *                            == JST_SCAN_NEED_MORE);
 *
 * White space in front of the value is consumed as part of it; `start` tells how much. Limits:
 * nesting at most JST_JSON_DEPTH containers; bytes >= 0x80 are taken as they are inside strings
 * (the repair of UTF-8 is the decoder's) and are a syntax error outside. */
#ifndef JST_JSON_SCAN_H
#define JST_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JST_JSON_DEPTH = 1024 };

typedef enum jst_scan_result {
    JST_SCAN_NEED_MORE,     /* all `len` bytes are used; feed the next ones */
    JST_SCAN_VALUE_END,     /* `used` bytes belong to the value, its last one included */
    JST_SCAN_SYNTAX_ERROR,  /* `used`: offset of the faulty byte in this chunk; at the end: `len` */
    JST_SCAN_NOTHING        /* only after eof: no value, nothing but white space */
} jst_scan_result;

typedef struct jst_json_scan {
    uint64_t total;         /* bytes used since jst_json_scan_begin, leading space too */
    uint64_t start;         /* offset of the value's first byte in the same count, once `started` */
    const char *message;    /* of a syntax error: "expected ',' or '}' after a member"; static */
    bool started;           /* the value's first byte was seen */
    uint8_t state;
    uint8_t matched;        /* of the literal */
    bool key;               /* the string being read is a member's name */
    uint32_t depth;
    const char *literal;
    uint64_t objects[JST_JSON_DEPTH / 64];  /* bit d: the container at depth d is an object */
} jst_json_scan;

void jst_json_scan_begin(jst_json_scan *scan);

/* `eof`: nothing comes after these bytes. A number or literal outside all containers ends before
 * white space, '{', '[', '"' or the end of input, and only then is it known to be whole:
 * VALUE_END can come with used = 0. `len` may be 0. After VALUE_END or SYNTAX_ERROR begin anew. */
jst_scan_result jst_json_scan_feed(jst_json_scan *scan, const char *bytes, size_t len, bool eof,
                                   size_t *used);

#endif
