/* SPDX-License-Identifier: Apache-2.0
 * Parts of the verb `dead`. */
#ifndef JST_CLI_DEAD_H
#define JST_CLI_DEAD_H

#include "letters.h"

/* One letter for people: where, what, the bytes, and `next`, the command to go on with. `line` is
 * the input's own. */
void jst_cli_dead_explain(joist_buffer *out, const jst_cli_letter *l, joist_text next,
                          joist_arena *a);

/* The letter that ID (RUN-N, in `directory`) or FILE:N means: its line and place; lives in `a`. */
typedef struct jst_cli_found { joist_text path, line; uint64_t number; } jst_cli_found;
joist_status jst_cli_dead_find(joist_text word, joist_text directory, joist_arena *a,
                               jst_cli_found *out, joist_error *e);

#endif
