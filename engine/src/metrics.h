/* SPDX-License-Identifier: Apache-2.0
 * A program's own counters, distributions and gauges, by step. */
#ifndef JST_METRICS_H
#define JST_METRICS_H

#include "run.h"

/* `count`: of nodes. NULL is a no-op. */
void jst_metric_names_free(jst_metric_names *names, size_t count);

/* Those of a node over all workers, each kind by name. */
void jst_metrics_report(jst_run *run, size_t node, joist_stage_report *s);

#endif
