/* SPDX-License-Identifier: Apache-2.0
 * The lease of one window: taken, renewed, given back, all of it in the journal. Time, waiting and
 * chance come from the environment. */
#ifndef JST_CLI_LEASE_H
#define JST_CLI_LEASE_H

#include "joist/connector.h"

typedef struct jst_cli_lease {
    joist_journal *journal;
    joist_env *env;
    joist_arena *arena;             /* what `entry` points to lives in it */
    joist_text holder;              /* see jst_cli_holder */
    int64_t length_ms;
    bool (*gone)(joist_text holder);        /* has that holder ended for certain? NULL: no idea */
    joist_journal_entry entry;      /* as the journal has it, or who holds it */
    int64_t renewed_ms;
} jst_cli_lease;

/* Trying again as the engine does: waits, and says whether to. Then what RETRY is in the end:
 * FAILED, TEMPORARY, if nothing else is said because `what` does not answer. */
bool jst_cli_again(joist_env *env, joist_status status, int attempt);
joist_status jst_cli_give_up(joist_status status, const char *what, joist_error *e);

/* OK: ours, entry is what the journal has. REJECTED: somebody else's. A call that failed for the
 * moment is made again as the engine does it. */
joist_status jst_cli_lease_take(jst_cli_lease *l, joist_text window, joist_error *e);

/* Writes `entry`, renewed. FAILED, TEMPORARY: the lease was lost. */
joist_status jst_cli_lease_put(jst_cli_lease *l, joist_error *e);

/* The same when a third of the lease has passed. What fails is tried again at the next call. */
void jst_cli_lease_keep(jst_cli_lease *l);

/* Writes `entry` and gives the lease back. */
joist_status jst_cli_lease_release(jst_cli_lease *l, joist_error *e);

#endif
