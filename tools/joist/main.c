/* SPDX-License-Identifier: Apache-2.0
 * The program `joist`: what one needs before there is a pipeline. */
#include "tool.h"

static const jst_cli_verb verbs[] = {
    { "new", " NAME", "Makes a project of its own from an example.", tool_new },
    { "list", "", "Lists the examples.", tool_list },
    { "runs", " ls|show [WINDOW]", "Tells what became of every window of an hourly pipeline.",
      tool_runs },
    { "completion", " bash|zsh|fish", "Prints what makes a shell complete commands.",
      jst_cli_completion },
};

static const char description[] =
    "joist new makes a folder with a pipeline in C, a CMakeLists.txt that finds the installed "
    "library, data to try it on and a first golden case, all of it from an example. The examples "
    "are in share/joist/examples beside this program.";

int main(int argc, char **argv)
{
    const jst_cli_program program = {
        .name = "joist", .about = "Begins a data pipeline in C.", .description = description,
        .verbs = verbs,
        .verbs_count = sizeof verbs / sizeof verbs[0],
    };
    return jst_cli_main(argc, argv, &program);
}
