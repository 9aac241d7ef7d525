/* SPDX-License-Identifier: Apache-2.0
 * The graph as it may be shown. */
#ifndef JST_GRAPH_HIDE_H
#define JST_GRAPH_HIDE_H

#include "joist/graph.h"
#include "options.h"

/* The same graph, in whose texts the values of secret options are ***. */
const joist_graph *jst_graph_hide(const joist_graph *g, const jst_cli_options *o, joist_arena *a);

#endif
