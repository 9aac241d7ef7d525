/* SPDX-License-Identifier: Apache-2.0
 * The report of a run: one HTML page that needs nothing but itself. */
#ifndef JST_CLI_PAGE_H
#define JST_CLI_PAGE_H

#include "graph_counts.h"
#include "options.h"
#include "summary.h"

typedef struct jst_page {
    const joist_pipeline_def *def;
    const joist_graph *graph;
    const jst_graph_counts *counts;         /* counts->run is the run */
    const jst_cli_options *options;
    joist_arena *a;
} jst_page;

void jst_page_html(joist_buffer *out, const jst_page *p);

/* The page of a run that has ended, whole or not at all. */
joist_status jst_page_write(joist_text path, const jst_cli_outcome *o,
                            const joist_pipeline_def *def, const joist_pipeline *pipeline,
                            const jst_cli_options *options, joist_error *e);

#endif
