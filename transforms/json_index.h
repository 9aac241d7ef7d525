/* SPDX-License-Identifier: Apache-2.0
 * Where the tokens of a JSON text begin. One index per thread, reused; it grows with the longest
 * text. */
#ifndef JST_JSON_INDEX_H
#define JST_JSON_INDEX_H

#include <joist.h>

#include "simdjson_shim.h"

typedef struct jst_json_index {
    const uint32_t *offsets;    /* `count` of them, then the text's length once more */
    size_t count;
} jst_json_index;

/* Valid until this thread's next call. The text need not be padded. */
jst_index_result jst_json_index_of(joist_text text, jst_json_index *index);

#endif
