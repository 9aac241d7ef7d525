/* SPDX-License-Identifier: Apache-2.0
 * The plan with a box for each step, for those that can draw a stage around its steps themselves. A
 * step that runs in two stages has two boxes. */
#include "graph_picture.h"

#include "escape.h"

typedef struct clusters {
    jst_picture *p;
    const joist_graph *g;
    const jst_graph_counts *counts;
    size_t *first;                  /* by stage: its root's box, or that before its first step */
    size_t shuffles, tables;
} clusters;

static size_t step_box(const clusters *c, size_t stage, size_t step)
{
    return c->first[stage] + !c->g->stages[stage].from_shuffle + step;
}

static void add_box(const clusters *c, size_t node, size_t stage)
{
    jst_picture_box *box = jst_graph_add_node(c->p, c->g, node, c->counts);
    box->name = joist_arena_printf(c->p->arena, "%zu.%.*s", stage + 1, JOIST_ARG(box->name));
    box->cluster = stage + 1;
}

static void add_stage(const clusters *c, size_t stage)
{
    const joist_graph_stage *s = &c->g->stages[stage];
    c->first[stage] = c->p->boxes_count;
    if (!s->from_shuffle)
        add_box(c, s->root, stage);
    for (size_t i = 0; i < s->steps_count; i++)
        add_box(c, s->steps[i], stage);
}

/* The box from which a feed comes: of a step of the stage, or of what its root is. */
static size_t feeding_box(const clusters *c, size_t stage, const joist_graph_feed *f)
{
    const joist_graph_stage *s = &c->g->stages[stage];
    for (size_t i = 0; i < s->steps_count; i++)
        if (s->steps[i] == f->node && !(s->from_shuffle && f->kind == JOIST_GRAPH_STEP
                                        && s->steps[f->to] == f->node))
            return step_box(c, stage, i);
    return s->from_shuffle ? c->shuffles + s->root : c->first[stage];
}

static void connect_view(const clusters *c, size_t from, const joist_graph_feed *f)
{
    const joist_graph_view *v = &c->g->views[f->to];
    joist_text label = jst_graph_side_label(c->p->arena, &c->g->nodes[v->node], v->port, v->key);
    jst_picture_net *net = jst_picture_net_of(c->p, from, f->to, true, label);
    net->note = jst_graph_elements(c->p->arena, c->counts, f->node, f->port);
    for (size_t i = 0; i < c->g->edges_count; i++) {
        const joist_graph_edge *e = &c->g->edges[i];
        if (!e->side || e->from != v->node || e->port != v->port
            || !joist_text_equal(e->key, v->key))
            continue;
        for (size_t s = 0; s < c->g->stages_count; s++)
            for (size_t k = 0; k < c->g->stages[s].steps_count; k++)
                if (c->g->stages[s].steps[k] == e->to)
                    jst_picture_connect(c->p, net, step_box(c, s, k));
    }
}

static void connect_feed(const clusters *c, size_t stage, const joist_graph_feed *f)
{
    size_t from = feeding_box(c, stage, f);
    if (f->kind == JOIST_GRAPH_VIEW) {
        connect_view(c, from, f);
        return;
    }
    joist_text label = jst_graph_label(c->p->arena, &c->g->nodes[f->node], f->port);
    jst_picture_net *net = jst_picture_net_of(c->p, from, 8 * f->node + f->port, false, label);
    net->note = jst_graph_elements(c->p->arena, c->counts, f->node, f->port);
    jst_picture_connect(c->p, net, f->kind == JOIST_GRAPH_STEP ? step_box(c, stage, f->to)
                                                               : c->shuffles + f->to);
}

static void connect_shuffle(const clusters *c, size_t i)
{
    const joist_graph_shuffle *s = &c->g->shuffles[i];
    if (s->leader != i)
        jst_picture_connect(c->p, jst_picture_net_of(c->p, c->shuffles + s->leader, 0, false,
                                                     JOIST_TEXT("the same rows")),
                            c->shuffles + i);
    for (size_t k = 0; k < c->g->tables_count; k++)
        if (c->g->tables[k].shuffle == i)
            jst_picture_connect(c->p, jst_picture_net_of(c->p, c->shuffles + i, 1, false,
                                                         JOIST_TEXT("")), c->tables + k);
}

void jst_picture_clusters(jst_picture *p, const joist_graph *g, const jst_graph_counts *counts)
{
    clusters c = { .p = p, .g = g, .counts = counts };
    c.first = joist_arena_alloc(p->arena, (g->stages_count + 1) * sizeof *c.first);
    for (size_t i = 0; i < g->stages_count; i++)
        add_stage(&c, i);
    c.shuffles = p->boxes_count;
    for (size_t i = 0; i < g->shuffles_count; i++)
        jst_graph_add_shuffle(p, g, i);
    c.tables = p->boxes_count;
    for (size_t i = 0; i < g->tables_count; i++)
        jst_graph_add_node(p, g, g->tables[i].node, counts);
    for (size_t i = 0; i < g->stages_count; i++)
        for (size_t k = 0; k < g->stages[i].feeds_count; k++)
            connect_feed(&c, i, &g->stages[i].feeds[k]);
    for (size_t i = 0; i < g->shuffles_count; i++)
        connect_shuffle(&c, i);
}
