/* SPDX-License-Identifier: Apache-2.0
 * The one window onto simdjson: its stage 1, which finds where tokens begin (SIMD), checks
 * UTF-8, unescaped control characters and unclosed strings. Everything behind that is ours. C
 * ABI, no exception escapes. */
#ifndef JST_SIMDJSON_SHIM_H
#define JST_SIMDJSON_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JST_SIMDJSON_PADDING = 64 };     /* readable bytes wanted behind a text */

typedef struct jst_simdjson jst_simdjson;

typedef enum jst_index_result {
    JST_INDEX_OK, JST_INDEX_UTF8, JST_INDEX_NOT_JSON, JST_INDEX_NO_MEMORY
} jst_index_result;

jst_simdjson *jst_simdjson_new(void);   /* NULL: no memory */
void jst_simdjson_free(jst_simdjson *parser);

/* The offset of every structural character, opening quote and first character of a number or
 * word outside strings, then `len` once more as a sentinel. Valid until the next call. `len`
 * below 4 GiB. */
jst_index_result jst_simdjson_index(jst_simdjson *parser, const char *bytes, size_t len,
                                    const uint32_t **offsets, size_t *count);

const char *jst_simdjson_kernel(void);  /* "icelake", "haswell", "westmere", "fallback", … */

#ifdef __cplusplus
}
#endif
#endif
