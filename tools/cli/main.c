/* SPDX-License-Identifier: Apache-2.0
 * joist_main: one table of verbs. A pipeline binary is its own command line; nothing here knows
 * which. */
#include "verbs.h"

#include <stdlib.h>

/* `runs` is the last: only a pipeline that works hour by hour has it. */
static const jst_cli_verb verbs[] = {
    { "run", "", "Runs the pipeline and prints a summary.", jst_cli_run },
    { "check", "", "Tells everything that run would refuse, writing nothing.", jst_cli_check },
    { "graph", "", "Draws the pipeline, with the numbers of a run if wanted.", jst_cli_graph },
    { "dead", " ls|stats|show [FILE...]", "Tells about dead letters.", jst_cli_dead },
    { "replay", " FILE...", "Feeds dead letters back to the steps that rejected them.",
      jst_cli_replay },
    { "peek", " STEP[.PORT]", "Shows the first elements that a step emits.", jst_cli_peek },
    { "test", " [DIR...]", "Runs golden cases and compares with what they expect.", jst_cli_test },
    { "list", " transforms|options|codes", "Lists what there is.", jst_cli_list },
    { "completion", " bash|zsh|fish", "Prints what makes a shell complete commands.",
      jst_cli_completion },
    { "runs", " ls|show [WINDOW]", "Tells what became of every window.", jst_cli_runs },
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static const char description[] =
    "A pipeline made with Joist. It reads its input, processes it on all cores with bounded "
    "memory, and makes its results visible at once and whole, when everything has succeeded. A "
    "run may be stopped or killed at any moment and simply be started again. A record that "
    "cannot be processed is set aside with its place and the reason, in the directory of --dead.";

/* The seam of tests/fault/. The first failed allocation ends the process, so "the n-th", "every
 * n-th" and "from the n-th on" are one and the same. */
static void set_memory_seam(void)
{
    const char *n = getenv("JOIST_FAIL_ALLOC");
    if (n)
        joist_memory_fail_at(strtoull(n, NULL, 10));
}

int joist_main(int argc, char **argv, const joist_pipeline_def *def)
{
    set_memory_seam();
    const jst_cli_program program = {
        .name = def->name, .about = def->about, .description = description, .verbs = verbs,
        .verbs_count = def->hourly ? VERBS : VERBS - 1, .def = def,
    };
    return jst_cli_main(argc, argv, &program);
}
