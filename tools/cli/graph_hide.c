/* SPDX-License-Identifier: Apache-2.0
 * A secret option may be a whole URI or a part of one that the pipeline put together, so it is
 * looked for wherever a graph has a text that options can reach. */
#include "graph_hide.h"

const joist_graph *jst_graph_hide(const joist_graph *g, const jst_cli_options *o, joist_arena *a)
{
    joist_graph *shown = joist_arena_alloc(a, sizeof *shown);
    joist_graph_node *nodes = joist_arena_alloc(a, (g->nodes_count + 1) * sizeof *nodes);
    joist_text *stores = joist_arena_alloc(a, (g->stores_count + 1) * sizeof *stores);
    for (size_t i = 0; i < g->nodes_count; i++) {
        nodes[i] = g->nodes[i];
        nodes[i].uri = jst_cli_options_hide(o, nodes[i].uri);
        nodes[i].table = jst_cli_options_hide(o, nodes[i].table);
        nodes[i].endpoint = jst_cli_options_hide(o, nodes[i].endpoint);
    }
    for (size_t i = 0; i < g->stores_count; i++)
        stores[i] = jst_cli_options_hide(o, g->stores[i]);
    *shown = *g;
    shown->nodes = nodes;
    shown->stores = stores;
    return shown;
}
