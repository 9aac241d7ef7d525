/* SPDX-License-Identifier: Apache-2.0
 * The numbers of a run beside the graph: from the object that `run --summary json` prints, so that
 * a picture of a run made later shows what a report of it showed. */
#ifndef JST_GRAPH_COUNTS_H
#define JST_GRAPH_COUNTS_H

#include "joist/graph.h"

#include <jansson.h>

typedef struct jst_step_counts {
    bool known;                     /* the run tells something about it */
    int64_t in, rows;               /* -1: not told */
    uint64_t rejected, retried;
    double busy;                    /* seconds, over all workers; of a store's writer */
    int64_t outs[8];                /* by port; -1: not told */
} jst_step_counts;

typedef struct jst_graph_counts {
    json_t *run;                    /* a reference */
    jst_step_counts *steps;         /* by node */
    double busy;                    /* of all steps together */
    size_t slowest;                 /* the bottleneck; nodes_count: none was busy */
} jst_graph_counts;

/* Fails if `run` is no summary, or one of another pipeline; `from` is its name in messages. */
joist_status jst_graph_counts_of(const joist_graph *g, json_t *run, const char *from,
                                 joist_arena *a, jst_graph_counts *out, joist_error *e);

/* The same of a file, "-" being the standard input. */
joist_status jst_graph_counts_read(const joist_graph *g, joist_text path, joist_arena *a,
                                   jst_graph_counts *out, joist_error *e);
void jst_graph_counts_free(jst_graph_counts *c);

#endif
