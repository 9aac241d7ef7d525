/* SPDX-License-Identifier: Apache-2.0
 * What jansson lacks for output: texts with a length and any bytes, counts without a sign,
 * seconds. */
#ifndef JST_CLI_JSON_OUT_H
#define JST_CLI_JSON_OUT_H

#include "joist/json.h"

#include <jansson.h>

/* Sets object[key]; bytes that are no UTF-8 become U+FFFD, a NULL text becomes null. */
void jst_cli_json_text(json_t *object, const char *key, joist_text value);
void jst_cli_json_count(json_t *object, const char *key, uint64_t value);
void jst_cli_json_seconds(json_t *object, const char *key, double value);   /* to 1 ms */
void jst_cli_json_add(json_t *object, const char *key, uint64_t value);     /* += value */

/* Appends the value on one line with a newline behind it, and gives the reference back. */
void jst_cli_json_line(joist_buffer *out, json_t *value);

/* Appends a JSON value without the NULL members of its objects. */
void jst_cli_json_lean(joist_buffer *out, joist_json v, joist_arena *a);

#endif
