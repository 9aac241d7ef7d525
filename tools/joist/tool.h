/* SPDX-License-Identifier: Apache-2.0
 * The verbs of the program `joist`. */
#ifndef JOIST_TOOL_H
#define JOIST_TOOL_H

#include "../cli/verbs.h"

int tool_new(const jst_cli_call *call);
int tool_list(const jst_cli_call *call);
int tool_runs(const jst_cli_call *call);

#endif
