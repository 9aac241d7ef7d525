/* SPDX-License-Identifier: Apache-2.0
 * The graph and its plan as public data (joist/graph.h). Nothing is decided here: pictures show
 * what runs because they are made from the plan that runs. */
#include "joist/graph.h"

#include "plan.h"

/* ---- as declared ----------------------------------------------------------------------------- */

static const joist_graph_port *ports_of(const jst_node *n, joist_arena *a)
{
    joist_graph_port *ports = joist_arena_alloc(a, (n->outputs.count + 1) * sizeof *ports);
    for (size_t i = 0; i < n->outputs.count; i++)
        ports[i] = (joist_graph_port){ n->outputs.items[i].name, n->outputs.items[i].type };
    return ports;
}

/* "1500 ms", "90 s", "2 h": in the greatest unit that needs no fraction. */
static joist_text duration(joist_arena *a, int64_t ms)
{
    static const struct { int64_t ms; const char *name; } units[] = {
        { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" },
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (ms && ms % units[i].ms == 0)
            return joist_arena_printf(a, "%lld %s", (long long)(ms / units[i].ms), units[i].name);
    return joist_arena_printf(a, "%lld ms", (long long)ms);
}

static joist_text windowing_of(const jst_node *n, joist_arena *a)
{
    if (n->windowing.len == 0 || n->size_ms == 0)
        return n->windowing;
    joist_text size = duration(a, n->size_ms), period = duration(a, n->period_ms);
    bool slides = n->period_ms != 0 && n->period_ms != n->size_ms;
    return joist_arena_printf(a, "%.*s %.*s%s%.*s", JOIST_ARG(n->windowing), JOIST_ARG(size),
                              slides ? " every " : "", slides ? (int)period.len : 0, period.ptr);
}

/* The members that say how a kind of step works; at most one of them is there. */
static joist_text detail_of(const jst_node *n, joist_arena *a)
{
    joist_text combine = n->combine, library = JOIST_TEXT("joist_");
    if (joist_text_starts(combine, library))
        combine = (joist_text){ combine.ptr + library.len, combine.len - library.len };
    if (combine.len)
        return combine;
    if (n->erase)
        return JOIST_TEXT("empties groups");
    return n->how.len ? n->how : n->time.len ? n->time : windowing_of(n, a);
}

static void add_nodes(joist_graph *g, const jst_graph *from, joist_arena *a)
{
    joist_graph_node *nodes = joist_arena_alloc(a, (from->nodes.count + 1) * sizeof *nodes);
    for (size_t i = 0; i < from->nodes.count; i++) {
        const jst_node *n = &from->nodes.items[i];
        nodes[i] = (joist_graph_node){
            .op = n->op, .name = n->name, .dofn = n->dofn, .detail = detail_of(n, a),
            .uri = n->uri, .table = n->table, .endpoint = n->endpoint, .key = n->key, .by = n->by,
            .file = n->file,
            .line = (int)n->line, .ports = ports_of(n, a), .ports_count = n->outputs.count };
    }
    g->nodes = nodes;
    g->nodes_count = from->nodes.count;
}

static joist_graph_edge edge_from(const jst_graph *from, int64_t coll, size_t to)
{
    joist_graph_edge e = { .to = to };
    e.from = (size_t)(jst_graph_producer(from, coll, &e.port) - from->nodes.items);
    return e;
}

static void add_edges(joist_graph *g, const jst_graph *from, joist_arena *a)
{
    size_t most = 0;
    for (size_t i = 0; i < from->nodes.count; i++)
        most += from->nodes.items[i].inputs.count + from->nodes.items[i].sides.count;
    joist_graph_edge *edges = joist_arena_alloc(a, (most + 1) * sizeof *edges);
    for (size_t i = 0; i < from->nodes.count; i++) {
        const jst_node *n = &from->nodes.items[i];
        for (size_t k = 0; k < n->inputs.count; k++)
            edges[g->edges_count++] = edge_from(from, n->inputs.items[k].coll, i);
        for (size_t k = 0; k < n->sides.count; k++) {
            joist_graph_edge *e = &edges[g->edges_count++];
            *e = edge_from(from, n->sides.items[k].coll, i);
            e->side = true;
            e->name = n->sides.items[k].name;
            e->key = n->sides.items[k].key;
        }
    }
    g->edges = edges;
}

/* ---- as it runs ------------------------------------------------------------------------------ */

/* Counts only, while there is no room for them yet. */
static void add_feeds(joist_graph_stage *out, joist_graph_feed *feeds, const jst_targets *t,
                      size_t node, size_t port)
{
    static const joist_graph_to kinds[] = {
        [JST_TO_DOFN] = JOIST_GRAPH_STEP, [JST_TO_SHUFFLE] = JOIST_GRAPH_SHUFFLE,
        [JST_TO_VIEW] = JOIST_GRAPH_VIEW,
    };
    for (size_t i = 0; feeds && i < t->count; i++)
        feeds[out->feeds_count + i] =
            (joist_graph_feed){ node, port, kinds[t->items[i].kind], t->items[i].index };
    out->feeds_count += t->count;
}

static size_t root_node(const jst_plan *plan, const jst_stage *s)
{
    return s->from_shuffle ? jst_node_index(plan, plan->shuffles[s->root].node) : s->root;
}

static void each_feed(const jst_plan *plan, const jst_stage *s, joist_graph_stage *out,
                      joist_graph_feed *feeds)
{
    out->feeds_count = 0;
    add_feeds(out, feeds, &s->root_out, root_node(plan, s), 0);
    for (size_t i = 0; i < s->count; i++)
        for (size_t o = 0; o < s->dofns[i].fn->outs_count; o++)
            add_feeds(out, feeds, &s->dofns[i].outs[o], jst_node_index(plan, s->dofns[i].node), o);
}

static const size_t *steps_of(const jst_plan *plan, const jst_stage *s, joist_arena *a)
{
    size_t *steps = joist_arena_alloc(a, (s->count + 1) * sizeof *steps);
    for (size_t i = 0; i < s->count; i++)
        steps[i] = jst_node_index(plan, s->dofns[i].node);
    return steps;
}

static void add_view(size_t *views, size_t *count, size_t view)
{
    for (size_t i = 0; i < *count; i++)
        if (views[i] == view)
            return;
    views[(*count)++] = view;
}

static void add_views(const jst_plan *plan, const jst_stage *s, joist_graph_stage *out,
                      joist_arena *a)
{
    size_t *views = joist_arena_alloc(a, (plan->views_count + 1) * sizeof *views);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->dofns[i].node->sides.count; k++)
            add_view(views, &out->views_count, s->dofns[i].views[k]);
    out->views = views;
}

static void add_stages(joist_graph *g, const jst_plan *plan, joist_arena *a)
{
    joist_graph_stage *stages = joist_arena_zalloc(a, (plan->stages_count + 1) * sizeof *stages);
    for (size_t i = 0; i < plan->stages_count; i++) {
        const jst_stage *s = &plan->stages[i];
        joist_graph_stage *out = &stages[i];
        *out = (joist_graph_stage){ .from_shuffle = s->from_shuffle, .root = s->root,
                                    .steps = steps_of(plan, s, a), .steps_count = s->count };
        each_feed(plan, s, out, NULL);
        joist_graph_feed *feeds = joist_arena_alloc(a, (out->feeds_count + 1) * sizeof *feeds);
        each_feed(plan, s, out, feeds);
        out->feeds = feeds;
        add_views(plan, s, out, a);
    }
    g->stages = stages;
    g->stages_count = plan->stages_count;
}

/* What a shuffle holds for a step that is not its maker is that step's input. */
static bool aggregates(const jst_shuffle_plan *s)
{
    for (size_t i = 0; i < s->node->outputs.count; i++)
        if (s->coll && s->node->outputs.items[i].coll == s->coll)
            return true;
    return false;
}

static void add_shuffles(joist_graph *g, const jst_plan *plan, joist_arena *a)
{
    joist_graph_shuffle *out = joist_arena_alloc(a, (plan->shuffles_count + 1) * sizeof *out);
    for (size_t i = 0; i < plan->shuffles_count; i++) {
        const jst_shuffle_plan *s = &plan->shuffles[i];
        out[i] = (joist_graph_shuffle){ jst_node_index(plan, s->node), aggregates(s),
                                        joist_text_of(s->in->name), s->leader };
    }
    g->shuffles = out;
    g->shuffles_count = plan->shuffles_count;
}

/* The field by which the step that made the view known looks into it; NULL: it takes all. */
static joist_text view_key(const jst_view_plan *v)
{
    for (size_t i = 0; i < v->node->sides.count; i++) {
        const jst_side *side = &v->node->sides.items[i];
        if (side->coll == v->coll && joist_text_equal(side->name, joist_text_of(v->name)))
            return side->key;
    }
    return JOIST_NO_TEXT;
}

static void add_all_views(joist_graph *g, const jst_plan *plan, joist_arena *a)
{
    joist_graph_view *views = joist_arena_alloc(a, (plan->views_count + 1) * sizeof *views);
    for (size_t i = 0; i < plan->views_count; i++) {
        joist_graph_edge e = edge_from(&plan->p->graph, plan->views[i].coll, 0);
        views[i] = (joist_graph_view){ e.from, e.port, view_key(&plan->views[i]) };
    }
    g->views = views;
    g->views_count = plan->views_count;
}

static void add_stores(joist_graph *g, const jst_plan *plan, joist_arena *a)
{
    joist_text *stores = joist_arena_alloc(a, (plan->stores_count + 1) * sizeof *stores);
    joist_graph_table *tables = joist_arena_alloc(a, (g->nodes_count + 1) * sizeof *tables);
    for (size_t i = 0; i < plan->stores_count; i++) {
        const jst_store_plan *s = &plan->stores[i];
        stores[i] = s->uri;
        for (size_t t = 0; t < s->count; t++)
            tables[g->tables_count++] = (joist_graph_table){
                jst_node_index(plan, s->tables[t].node), s->tables[t].shuffle, i };
    }
    g->stores = stores;
    g->stores_count = plan->stores_count;
    g->tables = tables;
}

const joist_graph *joist_pipeline_graph(const joist_pipeline *p, joist_arena *a)
{
    joist_graph *g = joist_arena_zalloc(a, sizeof *g);
    g->pipeline = p->graph.pipeline;
    add_nodes(g, &p->graph, a);
    add_edges(g, &p->graph, a);
    jst_plan *plan = jst_plan_new(p);
    add_stages(g, plan, a);
    add_shuffles(g, plan, a);
    add_all_views(g, plan, a);
    add_stores(g, plan, a);
    jst_plan_free(plan);
    return g;
}
