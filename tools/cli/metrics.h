/* SPDX-License-Identifier: Apache-2.0
 * A run's numbers as Prometheus text, for the textfile collector of node_exporter. */
#ifndef JST_CLI_METRICS_H
#define JST_CLI_METRICS_H

#include "summary.h"

/* Appends all metrics. `before` is what the file held (may be empty): a run that did not succeed
 * keeps the time of the last success from it. */
void jst_cli_metrics_text(joist_buffer *out, const jst_cli_outcome *o, joist_text before);

/* Writes the file whole or not at all: a temporary file beside it, then a rename. */
joist_status jst_cli_metrics_write(joist_text path, const jst_cli_outcome *o, joist_error *e);

#endif
