/* SPDX-License-Identifier: Apache-2.0
 * Which windows there is something to do for: a pure function of the journal, the hours that have
 * input, and the clock. */
#ifndef JST_CLI_DUE_H
#define JST_CLI_DUE_H

#include "joist/connector.h"

enum { JST_CLI_HOUR_MS = 3600000 };

typedef struct jst_cli_due_rules {
    int64_t now_ms;
    int64_t lag_ms;         /* an hour is closed that long after its end */
    int64_t recheck;        /* hours: so long late objects are looked for */
    bool force;             /* what would only be looked at is run */
    bool all;               /* not only what is closed and not done: everything there is */
} jst_cli_due_rules;

typedef struct jst_cli_due {
    joist_text window;      /* YYYY-MM-DDTHH */
    bool look;              /* it is done: run it only if its input has changed */
    bool last_look;         /* unchanged now, it is not looked at again */
    joist_text digest;      /* of the input it was made of; NULL: unknown */
} jst_cli_due;

/* Is the window done, and are late objects no longer looked for? */
bool jst_cli_due_settled(const jst_cli_due_rules *rules, const joist_journal_entry *entry);

/* The hours that need not be asked for: those of the settled entries. */
joist_hours jst_cli_due_known(const jst_cli_due_rules *rules, const joist_journal_entry *entries,
                              size_t count, joist_arena *arena);

/* The windows, oldest first; `entries` and `hours` in order. */
size_t jst_cli_due_list(const jst_cli_due_rules *rules, const joist_journal_entry *entries,
                        size_t count, const joist_hours *hours, joist_arena *arena,
                        jst_cli_due **out);

/* The start of the first hour that is not closed yet. */
int64_t jst_cli_due_open(const jst_cli_due_rules *rules);

#endif
