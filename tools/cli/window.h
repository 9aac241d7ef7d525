/* SPDX-License-Identifier: Apache-2.0
 * The run of one window, as the journal sees it: which state is told when (docs/operations.md). */
#ifndef JST_CLI_WINDOW_H
#define JST_CLI_WINDOW_H

#include "joist/run.h"
#include "lease.h"

typedef struct jst_cli_window {
    jst_cli_lease lease;
    /* What a store is called in states: the option that names it. */
    joist_text (*name)(void *user, joist_text uri);
    void *user;
    bool committed;             /* a store has, in this run */
} jst_cli_window;

/* Tells that the run begins: state "planned". The lease has been taken. */
joist_status jst_cli_window_begin(jst_cli_window *w, joist_text run, joist_error *e);

/* For joist_run_options: window, number, may_commit and committed. `user` of the callbacks is the
 * caller's. */
bool jst_cli_window_may_commit(jst_cli_window *w, joist_error *e);
joist_status jst_cli_window_committed(jst_cli_window *w, joist_text uri, bool replaced,
                                      joist_error *e);
/* For its progress: the lease is kept. */
void jst_cli_window_progress(jst_cli_window *w);

/* Tells how it ended, and gives the lease back. */
joist_status jst_cli_window_end(jst_cli_window *w, const joist_report *r, int exit_code,
                                joist_error *e);

#endif
