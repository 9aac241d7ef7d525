/* SPDX-License-Identifier: Apache-2.0
 * Rows as lines of JSON: read, compared whatever their order, and told apart field by field.
 *
 * A member that is null counts as absent. The order of members does not matter, the order and
 * spelling of what is inside a member does (numbers as written): a column of JSON text is compared
 * as the bytes it holds. */
#ifndef JST_CLI_GOLDEN_ROWS_H
#define JST_CLI_GOLDEN_ROWS_H

#include "joist/json.h"

typedef struct jst_golden_row {
    joist_text text;        /* compact, members in their own order */
    joist_text sorted;      /* members by name: what is compared */
    size_t line;            /* of its file; 0: it comes from none */
} jst_golden_row;

typedef struct jst_golden_rows {
    joist_arena *arena;     /* set by who makes it */
    jst_golden_row *items;
    size_t count, cap;
} jst_golden_rows;

/* False: the text is no JSON object. */
bool jst_golden_rows_add(jst_golden_rows *rows, joist_text object, size_t line);

/* One object a line; blank lines are ignored. `path` is for messages. */
joist_status jst_golden_rows_parse(jst_golden_rows *rows, joist_text text, joist_text path,
                                   joist_error *e);

bool jst_golden_rows_equal(jst_golden_rows *a, jst_golden_rows *b);

/* The rows as a file: one a line, sorted. */
void jst_golden_rows_print(joist_buffer *out, jst_golden_rows *rows);

/* What differs, for people: rows that are missing, not expected, or like an expected one but for
 * some fields. `path` is what the expected rows are called. Nothing if they are equal. */
void jst_golden_rows_diff(joist_buffer *out, jst_golden_rows *expected, jst_golden_rows *got,
                          joist_text path);

#endif
