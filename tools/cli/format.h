/* SPDX-License-Identifier: Apache-2.0
 * Numbers for people, and tables whose columns line up. Texts live in the arena given. */
#ifndef JST_CLI_FORMAT_H
#define JST_CLI_FORMAT_H

#include "joist/memory.h"

joist_text jst_cli_grouped(joist_arena *a, uint64_t n);     /* 297 410 */
joist_text jst_cli_short(joist_arena *a, double n);         /* 184k, 1.2M */
joist_text jst_cli_bytes(joist_arena *a, double bytes);     /* 41.2 MB (powers of 1000) */
joist_text jst_cli_seconds(joist_arena *a, double s);       /* 2.4 s, 3 min 07 s, 2 h 05 min */
joist_text jst_cli_percent(joist_arena *a, uint64_t part, uint64_t whole);   /* 0.28 % */

/* A table is filled cell by cell, row after row. `align` has one letter per column, l or r. The
 * last column is not padded. Cells are text without control characters. */
typedef struct jst_cli_table {
    joist_arena *arena;
    const char *align;
    joist_text *cells;
    size_t count, cap;
} jst_cli_table;

void jst_cli_cell(jst_cli_table *t, joist_text cell);
void jst_cli_cells(jst_cli_table *t, size_t count, const char *const *cells);
void jst_cli_table_print(const jst_cli_table *t, joist_buffer *out, const char *indent);

#endif
