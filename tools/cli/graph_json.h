/* SPDX-License-Identifier: Apache-2.0
 * The graph and its plan as one JSON object (docs/graph.md). */
#ifndef JST_GRAPH_JSON_H
#define JST_GRAPH_JSON_H

#include "graph_counts.h"

/* `counts` may be NULL. A new reference. */
json_t *jst_graph_json(const joist_graph *g, const jst_graph_counts *counts);

#endif
