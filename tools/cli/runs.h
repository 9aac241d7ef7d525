/* SPDX-License-Identifier: Apache-2.0
 * What the verb `runs` of a pipeline and that of the program `joist` have in common. */
#ifndef JST_CLI_RUNS_H
#define JST_CLI_RUNS_H

#include "verbs.h"

/* `ls` or `show WINDOW`, the words of `o`, of the journal of the store `uri`. An exit code. */
int jst_cli_runs_of(const jst_cli_call *call, const jst_cli_options *o, joist_text uri, bool json);

#endif
