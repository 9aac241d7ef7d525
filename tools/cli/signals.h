/* SPDX-License-Identifier: Apache-2.0
 * SIGINT and SIGTERM: the first asks the run to stop, the second ends the process at once. */
#ifndef JST_CLI_SIGNALS_H
#define JST_CLI_SIGNALS_H

/* Begins to listen; `stop` is called from the handler and must be async-signal-safe. SIGPIPE is
 * ignored from here on: a reader that goes away must not kill a run between two commits. */
void jst_cli_signals_begin(void (*stop)(void));

/* Puts the former handlers back. */
void jst_cli_signals_end(void);

/* The first signal caught since jst_cli_signals_begin, 0 if none. */
int jst_cli_signal_caught(void);

#endif
