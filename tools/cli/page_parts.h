/* SPDX-License-Identifier: Apache-2.0
 * The sections of a report, and what they are written with. */
#ifndef JST_CLI_PAGE_PARTS_H
#define JST_CLI_PAGE_PARTS_H

#include "page.h"

/* ---- page.c ---------------------------------------------------------------------------------- */
void jst_page_text(joist_buffer *out, joist_text t);    /* escaped; NULL: nothing */
void jst_page_string(joist_buffer *out, const json_t *object, const char *key);

/* The same with the values of secret options as ***. */
void jst_page_hidden(joist_buffer *out, const jst_page *p, const json_t *object, const char *key);

/* A cell of a table. `class` may be NULL. */
void jst_page_cell(joist_buffer *out, const char *class, joist_text t);
void jst_page_number(joist_buffer *out, joist_arena *a, int64_t n);     /* below 0: nothing */

/* A heading, a table that scrolls sideways, its column heads ("r:rows" stands at the right). */
void jst_page_table(joist_buffer *out, const char *heading, const char *const *columns);
void jst_page_table_end(joist_buffer *out);

int64_t jst_page_count(const json_t *object, const char *key);          /* -1: no number */
double jst_page_seconds(const json_t *object, const char *key);

/* A bar as long as `part` of `whole`. */
void jst_page_bar(joist_buffer *out, const char *class, double part, double whole);

/* ---- page_style.c ---------------------------------------------------------------------------- */
extern const char jst_page_style[];

/* ---- page_tables.c --------------------------------------------------------------------------- */
void jst_page_steps(joist_buffer *out, const jst_page *p);
void jst_page_sinks(joist_buffer *out, const jst_page *p);
void jst_page_counters(joist_buffer *out, const jst_page *p);
void jst_page_options(joist_buffer *out, const jst_page *p);

/* ---- page_rejects.c: codes, and a few dead letters of each ----------------------------------- */
void jst_page_rejects(joist_buffer *out, const jst_page *p);

#endif
