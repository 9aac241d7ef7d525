/* SPDX-License-Identifier: Apache-2.0
 * One object with everything there is to know; members are stable, more may be added behind. URIs
 * are masked. */
#include "graph_json.h"

#include "escape.h"
#include "graph_picture.h"
#include "json_out.h"

static void set_uri(json_t *object, const char *key, joist_text uri)
{
    joist_buffer masked = { 0 };
    jst_cli_mask(&masked, uri);
    jst_cli_json_text(object, key, uri.len ? joist_buffer_view(&masked) : JOIST_NO_TEXT);
    joist_buffer_free(&masked);
}

static void set_text(json_t *object, const char *key, joist_text t)
{
    jst_cli_json_text(object, key, t.len ? t : JOIST_NO_TEXT);
}

static void set_number(json_t *object, const char *key, int64_t n)
{
    json_object_set_new(object, key, n < 0 ? json_null() : json_integer(n));
}

static json_t *string_of(joist_text t)
{
    joist_buffer clean = { 0 };
    jst_cli_utf8(&clean, t);
    joist_text text = joist_buffer_view(&clean);
    json_t *string = json_stringn_nocheck(text.ptr, text.len);
    joist_buffer_free(&clean);
    return string;
}

static json_t *texts(joist_text_list list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, string_of(list.items[i]));
    return array;
}

static json_t *name_of(const joist_graph *g, size_t node)
{
    return string_of(g->nodes[node].name);
}

/* ---- as declared ----------------------------------------------------------------------------- */

static json_t *counts_json(const joist_graph_node *n, const jst_step_counts *c)
{
    if (!c->known)
        return json_null();
    json_t *object = json_object();
    if (n->ports_count)
        set_number(object, "in", c->in);
    else
        set_number(object, "rows", c->rows);
    jst_cli_json_count(object, "rejected", c->rejected);
    jst_cli_json_count(object, "retried", c->retried);
    jst_cli_json_seconds(object, "busy_seconds", c->busy);
    return object;
}

static json_t *outputs_json(const joist_graph_node *n)
{
    json_t *outputs = json_array();
    for (size_t i = 0; i < n->ports_count; i++) {
        json_t *port = json_object();
        jst_cli_json_text(port, "name", n->ports[i].name);
        jst_cli_json_text(port, "type", n->ports[i].type);
        json_array_append_new(outputs, port);
    }
    return outputs;
}

static json_t *node_json(const joist_graph *g, size_t i, const jst_graph_counts *counts)
{
    const joist_graph_node *n = &g->nodes[i];
    json_t *node = json_object();
    jst_cli_json_text(node, "name", n->name);
    jst_cli_json_text(node, "op", n->op);
    jst_cli_json_text(node, "shape", joist_text_of(jst_shape_name(jst_graph_shape(g, i))));
    set_text(node, "dofn", n->dofn);
    set_text(node, "detail", n->detail);
    set_uri(node, "uri", n->uri);
    set_text(node, "table", n->table);
    set_uri(node, "endpoint", n->endpoint);
    json_object_set_new(node, "key", texts(n->key));
    json_object_set_new(node, "by", texts(n->by));
    json_object_set_new(node, "outputs", outputs_json(n));
    jst_cli_json_text(node, "file", n->file);
    json_object_set_new(node, "line", json_integer(n->line));
    if (counts)
        json_object_set_new(node, "counts", counts_json(n, &counts->steps[i]));
    return node;
}

static json_t *edge_json(const joist_graph *g, const joist_graph_edge *e,
                         const jst_graph_counts *counts)
{
    const joist_graph_port *port = &g->nodes[e->from].ports[e->port];
    json_t *edge = json_object(), *side = e->side ? json_object() : json_null();
    json_object_set_new(edge, "from", name_of(g, e->from));
    jst_cli_json_text(edge, "output", port->name);
    json_object_set_new(edge, "to", name_of(g, e->to));
    jst_cli_json_text(edge, "type", port->type);
    if (e->side) {
        jst_cli_json_text(side, "name", e->name);
        set_text(side, "key", e->key);
    }
    json_object_set_new(edge, "side", side);
    if (counts)
        set_number(edge, "elements", e->port < 8 ? counts->steps[e->from].outs[e->port] : -1);
    return edge;
}

/* ---- as it runs ------------------------------------------------------------------------------ */

static json_t *feed_json(const joist_graph *g, const joist_graph_stage *s,
                         const joist_graph_feed *f)
{
    static const char *const kinds[] = {
        [JOIST_GRAPH_STEP] = "step", [JOIST_GRAPH_SHUFFLE] = "shuffle",
        [JOIST_GRAPH_VIEW] = "side input",
    };
    json_t *feed = json_object();
    json_object_set_new(feed, "from", name_of(g, f->node));
    jst_cli_json_text(feed, "output", g->nodes[f->node].ports[f->port].name);
    jst_cli_json_text(feed, "kind", joist_text_of(kinds[f->kind]));
    if (f->kind == JOIST_GRAPH_STEP)
        json_object_set_new(feed, "to", name_of(g, s->steps[f->to]));
    else if (f->kind == JOIST_GRAPH_SHUFFLE)
        json_object_set_new(feed, "to", name_of(g, g->shuffles[f->to].node));
    else
        jst_cli_json_text(feed, "to", g->views[f->to].key);
    return feed;
}

static json_t *stage_json(const joist_graph *g, const joist_graph_stage *s)
{
    json_t *stage = json_object(), *steps = json_array(), *feeds = json_array();
    size_t root = s->from_shuffle ? g->shuffles[s->root].node : s->root;
    json_object_set_new(stage, "begins_with", json_string(s->from_shuffle ? "shuffle" : "source"));
    json_object_set_new(stage, "root", name_of(g, root));
    for (size_t i = 0; i < s->steps_count; i++)
        json_array_append_new(steps, name_of(g, s->steps[i]));
    for (size_t i = 0; i < s->feeds_count; i++)
        json_array_append_new(feeds, feed_json(g, s, &s->feeds[i]));
    json_object_set_new(stage, "steps", steps);
    json_object_set_new(stage, "feeds", feeds);
    return stage;
}

static json_t *shuffle_json(const joist_graph *g, size_t i, joist_arena *a)
{
    const joist_graph_shuffle *s = &g->shuffles[i];
    json_t *shuffle = json_object();
    json_object_set_new(shuffle, "name", name_of(g, s->node));
    jst_cli_json_text(shuffle, "work", jst_graph_shuffle_work(a, g, s));
    jst_cli_json_text(shuffle, "type", s->type);
    json_object_set_new(shuffle, "rows_of", s->leader == i ? json_null()
                                            : name_of(g, g->shuffles[s->leader].node));
    return shuffle;
}

static json_t *store_json(const joist_graph *g, size_t i)
{
    json_t *store = json_object(), *tables = json_array();
    set_uri(store, "uri", g->stores[i]);
    for (size_t t = 0; t < g->tables_count; t++) {
        if (g->tables[t].store != i)
            continue;
        json_t *table = json_object();
        json_object_set_new(table, "name", name_of(g, g->tables[t].node));
        set_text(table, "table", g->nodes[g->tables[t].node].table);
        json_object_set_new(table, "shuffle", name_of(g, g->shuffles[g->tables[t].shuffle].node));
        json_array_append_new(tables, table);
    }
    json_object_set_new(store, "tables", tables);
    return store;
}

static json_t *run_json(const joist_graph *g, const jst_graph_counts *counts)
{
    static const char *const members[] = { "run", "status", "seconds" };
    json_t *run = json_object();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_t *value = json_object_get(counts->run, members[i]);
        json_object_set_new(run, members[i], value ? json_incref(value) : json_null());
    }
    bool found = counts->slowest < g->nodes_count;
    json_object_set_new(run, "bottleneck", found ? name_of(g, counts->slowest) : json_null());
    return run;
}

json_t *jst_graph_json(const joist_graph *g, const jst_graph_counts *counts)
{
    json_t *graph = json_object(), *nodes = json_array(), *edges = json_array();
    json_t *stages = json_array(), *shuffles = json_array(), *stores = json_array();
    joist_arena *a = joist_arena_new();
    for (size_t i = 0; i < g->nodes_count; i++)
        json_array_append_new(nodes, node_json(g, i, counts));
    for (size_t i = 0; i < g->edges_count; i++)
        json_array_append_new(edges, edge_json(g, &g->edges[i], counts));
    for (size_t i = 0; i < g->stages_count; i++)
        json_array_append_new(stages, stage_json(g, &g->stages[i]));
    for (size_t i = 0; i < g->shuffles_count; i++)
        json_array_append_new(shuffles, shuffle_json(g, i, a));
    for (size_t i = 0; i < g->stores_count; i++)
        json_array_append_new(stores, store_json(g, i));
    jst_cli_json_text(graph, "pipeline", g->pipeline);
    json_object_set_new(graph, "nodes", nodes);
    json_object_set_new(graph, "edges", edges);
    json_object_set_new(graph, "stages", stages);
    json_object_set_new(graph, "shuffles", shuffles);
    json_object_set_new(graph, "stores", stores);
    if (counts)
        json_object_set_new(graph, "run", run_json(g, counts));
    joist_arena_free(a);
    return graph;
}
