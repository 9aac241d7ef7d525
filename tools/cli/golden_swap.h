/* SPDX-License-Identifier: Apache-2.0
 * Sources and sinks swapped, the graph untouched: a table of connectors for the schemes that the
 * program knows, behind which
 *
 *   every store is a SQLite database in stores/, by the same code as sqlite:PATH;
 *   files are read as they are, any other source reads side/STORE/TABLE.jsonl;
 *   every endpoint takes what is posted and answers as replies.jsonl says;
 *   waiting takes no time.
 *
 * STORE is the name of the option whose value is the URI, else store1, store2 … in the order of
 * their opening. Paths are relative to the current directory, which is the case's own. */
#ifndef JST_CLI_GOLDEN_SWAP_H
#define JST_CLI_GOLDEN_SWAP_H

#include "golden_rows.h"
#include "joist/run.h"
#include "options.h"
#include "runner.h"

#define JST_GOLDEN_DEAD "dead"          /* the directory of dead letters, written as usual */

typedef struct jst_golden_table {
    joist_text store, table;
    const joist_type *type;
    bool outbox;
} jst_golden_table;

#define JST_GOLDEN_POST(F, T)                                                                      \
    F(T, joist_text, endpoint) F(T, joist_text, key) F(T, int64_t, tries) F(T, joist_json, body)
JOIST_RECORD_EXTERN(jst_golden_post, JST_GOLDEN_POST);

#define JST_GOLDEN_REPLY(F, T)                                                                     \
    F(T, joist_text, key, JOIST_REQUIRED) F(T, joist_text, reply, JOIST_REQUIRED)                  \
    F(T, joist_text, error) F(T, joist_int, times)
JOIST_RECORD_EXTERN(jst_golden_reply, JST_GOLDEN_REPLY);

enum { JST_GOLDEN_STORES = 16, JST_GOLDEN_TABLES = 64, JST_GOLDEN_POSTS = 256 };

typedef struct jst_golden_swap {
    jst_cli_clock clock;                /* first: by its env a connector finds the rest */
    joist_env quick;                    /* the system's, but for waiting */
    joist_arena *arena;
    const jst_cli_options *options;
    joist_pipeline_def def;             /* the pipeline's own with our connectors */
    struct { joist_text uri, name; } stores[JST_GOLDEN_STORES];
    jst_golden_table tables[JST_GOLDEN_TABLES];
    jst_golden_post posts[JST_GOLDEN_POSTS];
    jst_golden_reply replies[JST_GOLDEN_POSTS];
    size_t stores_count, tables_count, posts_count, replies_count;
} jst_golden_swap;

/* Options must be resolved. Run swap->def with &swap->clock.proxy.env. */
jst_golden_swap *jst_golden_swap_new(joist_arena *a, const joist_pipeline_def *def,
                                     const jst_cli_options *options, int64_t now_ms);

/* One {"key","reply","error","times"} a line; reply: sent, retry or refused. */
joist_status jst_golden_swap_replies(jst_golden_swap *w, joist_text text, joist_error *e);

/* After a run: the rows of a table, and what was posted. */
joist_status jst_golden_swap_rows(jst_golden_swap *w, const jst_golden_table *t,
                                  jst_golden_rows *rows, joist_error *e);
void jst_golden_swap_posts(jst_golden_swap *w, jst_golden_rows *rows);

#endif
