/* SPDX-License-Identifier: Apache-2.0
 * The plan as boxes: a stage lists the steps fused into it, indented by what they stand behind. */
#include "graph_picture.h"

#include "escape.h"

typedef struct fused {
    jst_picture *p;
    const joist_graph *g;
    const jst_graph_counts *counts;
    size_t shuffles, tables;        /* the first box of each */
} fused;

/* How many steps of its stage a step stands behind. */
static void find_depths(const joist_graph_stage *s, size_t *depth)
{
    memset(depth, 0, (s->steps_count + 1) * sizeof *depth);
    for (size_t i = 0; i < s->steps_count; i++)
        for (size_t f = 0; f < s->feeds_count; f++)
            if (s->feeds[f].kind == JOIST_GRAPH_STEP && s->feeds[f].node == s->steps[i]
                && depth[s->feeds[f].to] < depth[i] + 1)
                depth[s->feeds[f].to] = depth[i] + 1;
}

static void add_step(const fused *f, jst_picture_box *box, size_t node, size_t depth)
{
    const jst_step_counts *c = f->counts ? &f->counts->steps[node] : NULL;
    const joist_graph_node *n = &f->g->nodes[node];
    joist_arena *a = f->p->arena;
    jst_picture_line *line = jst_picture_add_line(f->p, box, JST_TONE_PLAIN,
        joist_arena_printf(a, "%*s%.*s%s%.*s", (int)(2 * depth), "",
                           JOIST_ARG(jst_cli_shown(a, n->name)), n->uri.len ? " from " : "",
                           JOIST_ARG(jst_graph_uri(a, n->uri))));
    if (c && c->rejected) {
        box->rejects = true;
        line->note = jst_graph_rejected(a, c->rejected);
        line->note_tone = JST_TONE_BAD;
    }
}

static double busy_of(const joist_graph_stage *s, const jst_graph_counts *counts)
{
    double busy = s->from_shuffle ? 0 : counts->steps[s->root].busy;
    for (size_t i = 0; i < s->steps_count; i++)
        busy += counts->steps[s->steps[i]].busy;
    return busy;
}

void jst_graph_slowest(const joist_graph *g, const jst_graph_counts *counts, size_t *stage,
                       size_t *table)
{
    double most = 0;
    *stage = g->stages_count;
    *table = g->tables_count;
    for (size_t i = 0; counts && i < g->stages_count; i++)
        if (busy_of(&g->stages[i], counts) > most) {
            most = busy_of(&g->stages[i], counts);
            *stage = i;
        }
    for (size_t i = 0; counts && i < g->tables_count; i++)
        if (counts->steps[g->tables[i].node].busy > most) {
            most = counts->steps[g->tables[i].node].busy;
            *table = i;
            *stage = g->stages_count;
        }
}

static void add_stage(const fused *f, size_t i, bool hot)
{
    const joist_graph_stage *s = &f->g->stages[i];
    joist_arena *a = f->p->arena;
    size_t *depth = joist_arena_alloc(a, (s->steps_count + 1) * sizeof *depth);
    jst_picture_box *box = jst_picture_add_box(f->p, JST_SHAPE_STAGE,
                                               joist_arena_printf(a, "stage %zu", i + 1));
    box->hot = hot;
    jst_picture_add_line(f->p, box, JST_TONE_TITLE, box->name);
    if (!s->from_shuffle)
        add_step(f, box, s->root, 0);
    find_depths(s, depth);
    for (size_t k = 0; k < s->steps_count; k++)
        add_step(f, box, s->steps[k], depth[k] + !s->from_shuffle);
    if (f->counts)
        jst_graph_add_work(f->p, box, busy_of(s, f->counts), 0, f->counts);
}

static void add_table(const fused *f, size_t i, bool hot)
{
    jst_graph_counts counts = f->counts ? *f->counts : (jst_graph_counts){ 0 };
    size_t node = f->g->tables[i].node;
    counts.slowest = hot ? node : f->g->nodes_count;
    jst_graph_add_node(f->p, f->g, node, f->counts ? &counts : NULL);
}

static bool looks_into(const joist_graph_stage *s, size_t view)
{
    for (size_t i = 0; i < s->views_count; i++)
        if (s->views[i] == view)
            return true;
    return false;
}

static void feed_views(const fused *f, size_t stage, const joist_graph_feed *feed)
{
    const joist_graph_view *v = &f->g->views[feed->to];
    joist_arena *a = f->p->arena;
    joist_text label = jst_graph_side_label(a, &f->g->nodes[v->node], v->port, v->key);
    for (size_t i = 0; i < f->g->stages_count; i++)
        if (i != stage && looks_into(&f->g->stages[i], feed->to)) {
            jst_picture_net *net = jst_picture_net_of(f->p, stage, feed->to, true, label);
            net->note = jst_graph_elements(a, f->counts, feed->node, feed->port);
            jst_picture_connect(f->p, net, i);
        }
}

/* Do elements leave the stage from more than one of its steps? */
static bool is_forked(const joist_graph_stage *s)
{
    for (size_t i = 0; i < s->feeds_count; i++)
        for (size_t k = 0; k < i; k++)
            if (s->feeds[i].kind != JOIST_GRAPH_STEP && s->feeds[k].kind != JOIST_GRAPH_STEP
                && s->feeds[i].node != s->feeds[k].node)
                return true;
    return false;
}

static void feed_shuffle(const fused *f, size_t stage, const joist_graph_feed *feed)
{
    const joist_graph_node *n = &f->g->nodes[feed->node];
    joist_text brief = jst_graph_label(f->p->arena, n, feed->port), label = brief;
    if (is_forked(&f->g->stages[stage]))
        label = joist_arena_printf(f->p->arena, "%.*s: %.*s", JOIST_ARG(n->name),
                                   JOIST_ARG(label));
    jst_picture_net *net = jst_picture_net_of(f->p, stage, 8 * feed->node + feed->port, false,
                                              label);
    net->brief = brief;
    net->note = jst_graph_elements(f->p->arena, f->counts, feed->node, feed->port);
    jst_picture_connect(f->p, net, f->shuffles + feed->to);
}

/* A follower's rows are its leader's. */
static void connect_shuffle(const fused *f, size_t i)
{
    const joist_graph_shuffle *s = &f->g->shuffles[i];
    size_t from = f->shuffles + i, leader = f->shuffles + s->leader;
    joist_text label = s->type, note = JOIST_TEXT("");
    if (s->aggregates) {
        label = jst_graph_label(f->p->arena, &f->g->nodes[s->node], 0);
        note = jst_graph_elements(f->p->arena, f->counts, s->node, 0);
    }
    if (s->leader != i)
        jst_picture_connect(f->p, jst_picture_net_of(f->p, leader, 1, false,
                                                     JOIST_TEXT("the same rows")), from);
    jst_picture_net *net = jst_picture_net_of(f->p, from, 0, false, label);
    net->note = note;
    for (size_t k = 0; k < f->g->stages_count; k++)
        if (f->g->stages[k].from_shuffle && f->g->stages[k].root == i)
            jst_picture_connect(f->p, net, k);
    for (size_t k = 0; k < f->g->tables_count; k++)
        if (f->g->tables[k].shuffle == i)
            jst_picture_connect(f->p, net, f->tables + k);
}

static void connect_stage(const fused *f, size_t i)
{
    const joist_graph_stage *s = &f->g->stages[i];
    for (size_t k = 0; k < s->feeds_count; k++)
        if (s->feeds[k].kind == JOIST_GRAPH_VIEW)
            feed_views(f, i, &s->feeds[k]);
        else if (s->feeds[k].kind == JOIST_GRAPH_SHUFFLE)
            feed_shuffle(f, i, &s->feeds[k]);
}

void jst_picture_fused(jst_picture *p, const joist_graph *g, const jst_graph_counts *counts)
{
    fused f = { p, g, counts, g->stages_count, g->stages_count + g->shuffles_count };
    size_t hot_stage, hot_table;
    jst_graph_slowest(g, counts, &hot_stage, &hot_table);
    for (size_t i = 0; i < g->stages_count; i++)
        add_stage(&f, i, i == hot_stage);
    for (size_t i = 0; i < g->shuffles_count; i++)
        jst_graph_add_shuffle(p, g, i);
    for (size_t i = 0; i < g->tables_count; i++)
        add_table(&f, i, i == hot_table);
    for (size_t i = 0; i < g->stages_count; i++)
        connect_stage(&f, i);
    for (size_t i = 0; i < g->shuffles_count; i++)
        connect_shuffle(&f, i);
}
