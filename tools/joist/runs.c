/* SPDX-License-Identifier: Apache-2.0
 * `joist runs`: the journal of a store, whichever pipelines keep theirs there. */
#include "tool.h"

#include "../cli/prepare.h"
#include "../cli/runs.h"

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, latest, 0, .fallback = "sqlite:out/latest.db", .values = "URI",              \
      .help = "the store that keeps the journal")                                                 \
    F(T, bool, json, 0, .fallback = "false", .help = "print JSON")
JOIST_RECORD(runs_options, OPTIONS);

int tool_runs(const jst_cli_call *call)
{
    joist_error e = { 0 };
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    const runs_options *own = jst_cli_options_add(o, &runs_options_type, "runs", &e);
    if (!own || jst_cli_options_load(o, call->argc, call->argv, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (o->help) {
        jst_cli_verb_help(call, o);
        return JST_CLI_EXIT_OK;
    }
    return jst_cli_runs_of(call, o, own->latest, own->json);
}
