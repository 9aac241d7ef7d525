/* SPDX-License-Identifier: Apache-2.0
 * UTF-8 as WHATWG decoders repair it: each maximal subpart of an ill-formed sequence is one
 * U+FFFD. */
#ifndef JST_JSON_UTF8_H
#define JST_JSON_UTF8_H

#include <joist.h>

#define JST_REPLACEMENT "\xEF\xBF\xBD"

/* Length of the character at p (p < end), or 0 with *bad = length of the ill-formed part. */
size_t jst_utf8_length(const char *p, const char *end, size_t *bad);

/* Bytes of the scalar value (which it must be), 1 to 4, written to out. */
size_t jst_utf8_encode(uint32_t scalar, char *out);

/* Appends the text, repaired. */
void jst_utf8_repair(joist_buffer *out, joist_text text);

#endif
