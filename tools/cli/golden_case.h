/* SPDX-License-Identifier: Apache-2.0
 * A case on disk, and one run of it. docs/testing.md has the layout. */
#ifndef JST_CLI_GOLDEN_CASE_H
#define JST_CLI_GOLDEN_CASE_H

#include "golden_rows.h"
#include "joist/run.h"

#include <jansson.h>

typedef struct jst_golden_case {
    joist_arena *arena;
    const joist_pipeline_def *def;
    joist_text name, path, above;       /* absolute */
    joist_text temporary;               /* its folder while it runs: in/, side/, stores/, dead/ */
    joist_time now;
    joist_text options[2];              /* the text of above/options, of its own; NULL: none */
    joist_text replies;
} jst_golden_case;

/* Is there a case in that directory? One with in/ or expect/. */
bool jst_golden_is_case(joist_arena *a, joist_text path);

/* Reads the case and makes its temporary folder; to be closed whatever the answer. */
joist_status jst_golden_open(jst_golden_case *c, joist_arena *a, const joist_pipeline_def *def,
                             joist_text path, joist_error *e);
void jst_golden_close(jst_golden_case *c);

/* One set of rows: a table ("latest.sites"), the dead letters ("dead"), what was posted
 * ("posts"). */
typedef struct jst_golden_set {
    joist_text name;
    bool outbox;
    jst_golden_rows rows;
} jst_golden_set;

typedef struct jst_golden_result {
    jst_golden_set *sets; size_t count;
    json_t *summary;                    /* owned; members `exit` and `error` at least */
    int exit_code;
} jst_golden_result;

/* How to run it. `again`: on the stores that the run before left behind. */
typedef struct jst_golden_way { int workers, bundle; bool again; } jst_golden_way;

/* Runs the case in its folder. A run that fails is a result, too; FAILED: it could not be run or
 * read. */
joist_status jst_golden_run(const jst_golden_case *c, const jst_golden_way *way,
                            jst_golden_result *out, joist_error *e);

#endif
