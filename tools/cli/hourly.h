/* SPDX-License-Identifier: Apache-2.0
 * `run` of a pipeline whose work comes hour by hour. */
#ifndef JST_CLI_HOURLY_H
#define JST_CLI_HOURLY_H

#include "prepare.h"

/* Of `check` and `run` alike: the options fit together, and the pipeline has those it names. Sets
 * the settings that come of them. */
joist_status jst_cli_hourly_check(const joist_pipeline_def *def, jst_cli_prepared *p,
                                  joist_error *e);

/* One window, all that are due, or some; or all of the input at once. An exit code. */
int jst_cli_hourly(const jst_cli_call *call, jst_cli_prepared *p);

#endif
