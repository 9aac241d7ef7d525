/* SPDX-License-Identifier: Apache-2.0
 * The journal of a store named by a URI. */
#ifndef JST_CLI_JOURNAL_AT_H
#define JST_CLI_JOURNAL_AT_H

#include "joist/run.h"

/* As joist_journal_ops.open. `def` has connectors of its own; NULL: the built-in ones. A store that
 * keeps no journal has none, and *kept is false. */
joist_status jst_cli_journal_open(const joist_pipeline_def *def, joist_text uri,
                                  joist_text pipeline, bool create, joist_env *env,
                                  joist_journal **out, bool *kept, joist_error *e);

/* As joist_journal_ops.list. Both are tried again as the engine does it: never RETRY. */
joist_status jst_cli_journal_list(joist_journal *j, joist_text since, joist_text until,
                                  joist_env *env, joist_arena *arena,
                                  joist_journal_entry **entries, size_t *count, joist_error *e);

#endif
