/* SPDX-License-Identifier: Apache-2.0
 * Elements as JSON: written for people to see, and read back from a dead letter. */
#ifndef JST_CLI_ELEMENT_H
#define JST_CLI_ELEMENT_H

#include "joist/json.h"

/* Appends the element on one line, fields with a flag of `mask` as ***. As in dead letters a record
 * with one field of kind JSON shows that value itself, and its bytes as a text if it is no JSON: it
 * comes from a line that nobody looked at yet. Of a group there is the key: its values are read
 * once. */
void jst_cli_element_write(joist_buffer *out, const joist_type *type, const void *record,
                           uint32_t mask);

/* Sets every field of `record` from the member of its name; what is missing is NULL. Texts are
 * taken as they stand, by none of the rules for input. Fails if a field was masked, or is of
 * another kind than it was. */
joist_status jst_cli_element_decode(joist_json v, const joist_type *type, void *record,
                                    joist_arena *a, joist_error *e);

#endif
