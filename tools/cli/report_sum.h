/* SPDX-License-Identifier: Apache-2.0
 * The reports of several runs of one pipeline as one. */
#ifndef JST_CLI_REPORT_SUM_H
#define JST_CLI_REPORT_SUM_H

#include "joist/run.h"

/* Zeroed at first but for the arena, which has all that is kept. Counts and seconds are added, the
 * greatest of peaks counts; gauges, mail pending in the stores, status and error are the last
 * run's; run id and `dead` are the caller's to set. */
typedef struct jst_cli_sum {
    joist_report report;
    joist_stage_report *stages;     /* of the report */
    joist_sink_report *sinks;
    joist_arena *arena;
} jst_cli_sum;
void jst_cli_sum_add(jst_cli_sum *s, const joist_report *r);

#endif
