/* SPDX-License-Identifier: Apache-2.0
 * One raw JSON value to one typed value: the rules of joist/json.h. All take checked values
 * (slices of a decoded record) and stay within the slice whatever it holds. */
#ifndef JST_JSON_VALUE_H
#define JST_JSON_VALUE_H

#include <joist.h>

typedef enum jst_cast { JST_CAST_OK, JST_CAST_FAILED, JST_CAST_TRUNCATED } jst_cast;

enum { JST_DEFAULT_LIMIT = 1024 };

/* What a text may still need: nothing is known about it, or that it is as it should be already. */
enum { JST_TEXT_ENTITIES = 1, JST_TEXT_ESCAPES = 2, JST_TEXT_DELETES = 4 };

/* The text rule. `needs`: which of the above may occur in it. NULL values give NULL,
 * JST_CAST_OK. */
jst_cast jst_value_text(joist_json v, uint32_t limit, unsigned needs, joist_arena *a,
                        joist_text *out);

jst_cast jst_value_int(joist_json v, joist_int *out);
jst_cast jst_value_bool(joist_json v, joist_bool *out);
jst_cast jst_value_float(joist_json v, joist_float *out);
jst_cast jst_value_time(joist_json v, joist_time *out);
jst_cast jst_value_bytes(joist_json v, joist_arena *a, joist_bytes *out);

/* The same of characters that come from elsewhere, as if they stood in a string; of any bytes. */
jst_cast jst_chars_text(joist_text t, uint32_t limit, bool entities, joist_arena *a,
                        joist_text *out);
jst_cast jst_chars_int(joist_text t, joist_int *out);
jst_cast jst_chars_bool(joist_text t, joist_bool *out);
jst_cast jst_chars_float(joist_text t, joist_float *out);

/* A whole value into the field it is of, by all the rules of its kind (json_decode.c). `out` is
 * zeroed and as large as the field. */
jst_cast jst_value_field(joist_json v, const joist_field *f, void *out, joist_arena *a);

/* The value of a field that is not NULL, which is at `at`, as JSON (json_write.c). */
void jst_json_write_field(joist_buffer *out, const joist_field *f, const void *at);

static inline bool jst_value_is_string(joist_json v)
{
    return v.len >= 2 && v.ptr[0] == '"' && v.ptr[v.len - 1] == '"';
}

/* A parent or map that is exactly "" or [] (white space inside does not count), null or absent. */
bool jst_value_is_missing(joist_json v);

/* Appends base64 with padding; decodes strict base64 into the arena. */
void jst_base64_add(joist_buffer *out, joist_bytes bytes);
bool jst_base64_decode(joist_text t, joist_arena *a, joist_bytes *out);

#endif
