/* SPDX-License-Identifier: Apache-2.0
 * What is written into boxes and beside lines. Kinds of steps are not listed here: a source is a
 * step without inputs, a store one without outputs, and the graph names the rest. */
#include "graph_picture.h"

#include "escape.h"
#include "format.h"

enum { URI_COLUMNS = 32 };

/* ---- words ----------------------------------------------------------------------------------- */

joist_text jst_graph_by(joist_arena *a, joist_text_list fields)
{
    joist_text by = JOIST_TEXT("");
    for (size_t i = 0; i < fields.count; i++)
        by = joist_arena_printf(a, "%.*s%s%.*s", JOIST_ARG(by), i ? ", " : "by ",
                                JOIST_ARG(fields.items[i]));
    return by;
}

joist_text jst_graph_work(joist_arena *a, const joist_graph_node *n)
{
    joist_text by = jst_graph_by(a, n->key);
    return joist_arena_printf(a, "%.*s%s%.*s%s%.*s", JOIST_ARG(n->op), n->detail.len ? " " : "",
                              JOIST_ARG(n->detail), by.len ? " " : "", JOIST_ARG(by));
}

joist_text jst_graph_shuffle_work(joist_arena *a, const joist_graph *g,
                                  const joist_graph_shuffle *s)
{
    const joist_graph_node *n = &g->nodes[s->node];
    joist_text by = jst_graph_by(a, n->key);
    if (s->aggregates)
        return jst_graph_work(a, n);
    if (n->ports_count)
        return joist_arena_printf(a, "input of %.*s", JOIST_ARG(n->name));
    return by.len ? joist_arena_printf(a, "rows %.*s", JOIST_ARG(by))
                  : JOIST_TEXT("rows in input order");
}

joist_text jst_graph_label(joist_arena *a, const joist_graph_node *n, size_t port)
{
    const joist_graph_port *p = &n->ports[port];
    if (n->ports_count < 2)
        return p->type;
    return joist_arena_printf(a, "%.*s: %.*s", JOIST_ARG(p->name), JOIST_ARG(p->type));
}

joist_text jst_graph_side_label(joist_arena *a, const joist_graph_node *n, size_t port,
                             joist_text key)
{
    joist_text label = jst_graph_label(a, n, port);
    return key.len ? joist_arena_printf(a, "%.*s by %.*s", JOIST_ARG(label), JOIST_ARG(key))
                   : label;
}

static bool has_inputs(const joist_graph *g, size_t node)
{
    for (size_t i = 0; i < g->edges_count; i++)
        if (g->edges[i].to == node)
            return true;
    return false;
}

jst_shape jst_graph_shape(const joist_graph *g, size_t node)
{
    if (!has_inputs(g, node))
        return JST_SHAPE_SOURCE;
    return g->nodes[node].ports_count ? JST_SHAPE_STEP : JST_SHAPE_STORE;
}

joist_text jst_graph_place(joist_arena *a, const joist_graph_node *n)
{
    return joist_arena_printf(a, "%.*s (%.*s), %.*s:%d", JOIST_ARG(n->name), JOIST_ARG(n->op),
                              JOIST_ARG(n->file), n->line);
}

/* ---- lines of a box -------------------------------------------------------------------------- */

joist_text jst_graph_uri(joist_arena *a, joist_text uri)
{
    return jst_text_shorten(a, jst_cli_shown(a, uri), URI_COLUMNS);
}

/* The table that a step reads by default: of files it is none, so it is not worth telling. */
static bool is_usual_table(const joist_graph_node *n)
{
    return n->ports_count > 0 && n->table.len == n->ports[0].type.len + 1
        && joist_text_starts(n->table, n->ports[0].type) && n->table.ptr[n->table.len - 1] == 's';
}

/* What a step works with: a URI, or the name of its kind with the fields it goes by. */
static void add_details(jst_picture *p, jst_picture_box *box, const joist_graph_node *n)
{
    joist_arena *a = p->arena;
    if (n->uri.len)
        jst_picture_add_line(p, box, JST_TONE_DIM, jst_graph_uri(a, n->uri));
    if (n->uri.len && n->table.len && !is_usual_table(n))
        jst_picture_add_line(p, box, JST_TONE_DIM,
                             joist_arena_printf(a, "table %.*s",
                                                JOIST_ARG(jst_cli_shown(a, n->table))));
    if (n->endpoint.len)
        jst_picture_add_line(p, box, JST_TONE_DIM,
                             joist_arena_printf(a, "posts to %.*s",
                                                JOIST_ARG(jst_graph_uri(a, n->endpoint))));
    if (n->dofn.len && !joist_text_equal(n->dofn, n->name))
        jst_picture_add_line(p, box, JST_TONE_DIM, n->dofn);
    if (!n->dofn.len && !n->uri.len && !joist_text_equal(jst_graph_work(a, n), n->name))
        jst_picture_add_line(p, box, JST_TONE_DIM, jst_graph_work(a, n));
}

joist_text jst_graph_rejected(joist_arena *a, uint64_t n)
{
    return n ? joist_arena_printf(a, "%.*s rejected", JOIST_ARG(jst_cli_grouped(a, n)))
             : JOIST_TEXT("");
}

/* Time, and what was rejected; of the slowest its share of the time of all. */
void jst_graph_add_work(jst_picture *p, jst_picture_box *box, double busy, uint64_t rejected,
                     const jst_graph_counts *counts)
{
    joist_arena *a = p->arena;
    joist_text time = jst_cli_seconds(a, busy);
    if (box->hot)
        time = joist_arena_printf(a, "%.*s bottleneck %.0f %%", JOIST_ARG(time),
                                  100 * busy / counts->busy);
    jst_picture_line *line =
        jst_picture_add_line(p, box, box->hot ? JST_TONE_HOT : JST_TONE_DIM, time);
    line->note = jst_graph_rejected(a, rejected);
    line->note_tone = JST_TONE_BAD;
    box->rejects |= rejected > 0;
}

static void add_rows(jst_picture *p, jst_picture_box *box, const jst_step_counts *c)
{
    if (c->rows < 0)
        return;
    joist_text rows = jst_cli_grouped(p->arena, (uint64_t)c->rows);
    jst_picture_add_line(p, box, JST_TONE_PLAIN,
                         joist_arena_printf(p->arena, "%.*s rows", JOIST_ARG(rows)));
}

joist_text jst_graph_elements(joist_arena *a, const jst_graph_counts *counts, size_t node,
                              size_t port)
{
    int64_t n = counts && port < 8 ? counts->steps[node].outs[port] : -1;
    return n < 0 ? JOIST_TEXT("") : jst_cli_grouped(a, (uint64_t)n);
}

jst_picture_box *jst_graph_add_shuffle(jst_picture *p, const joist_graph *g, size_t i)
{
    const joist_graph_shuffle *s = &g->shuffles[i];
    const joist_graph_node *n = &g->nodes[s->node];
    jst_picture_box *box = jst_picture_add_box(p, JST_SHAPE_SHUFFLE, n->name);
    box->about = jst_graph_place(p->arena, n);
    jst_picture_add_line(p, box, JST_TONE_TITLE, JOIST_TEXT("shuffle"));
    if (s->aggregates)
        jst_picture_add_line(p, box, JST_TONE_PLAIN, n->name);
    jst_picture_add_line(p, box, JST_TONE_DIM, jst_graph_shuffle_work(p->arena, g, s));
    return box;
}

/* ---- as declared ----------------------------------------------------------------------------- */

jst_picture_box *jst_graph_add_node(jst_picture *p, const joist_graph *g, size_t i,
                                    const jst_graph_counts *counts)
{
    const joist_graph_node *n = &g->nodes[i];
    jst_picture_box *box = jst_picture_add_box(p, jst_graph_shape(g, i), n->name);
    box->about = jst_graph_place(p->arena, n);
    box->hot = counts && counts->slowest == i;
    jst_picture_add_line(p, box, JST_TONE_TITLE, jst_cli_shown(p->arena, n->name));
    add_details(p, box, n);
    if (!counts || !counts->steps[i].known)
        return box;
    add_rows(p, box, &counts->steps[i]);
    jst_graph_add_work(p, box, counts->steps[i].busy, counts->steps[i].rejected, counts);
    return box;
}

void jst_picture_declared(jst_picture *p, const joist_graph *g, const jst_graph_counts *counts)
{
    for (size_t i = 0; i < g->nodes_count; i++)
        jst_graph_add_node(p, g, i, counts);
    for (size_t i = 0; i < g->edges_count; i++) {
        const joist_graph_edge *e = &g->edges[i];
        const joist_graph_node *from = &g->nodes[e->from];
        joist_text label = e->side ? jst_graph_side_label(p->arena, from, e->port, e->key)
                                   : jst_graph_label(p->arena, from, e->port);
        jst_picture_net *net = jst_picture_net_of(p, e->from, e->port, e->side, label);
        net->note = jst_graph_elements(p->arena, counts, e->from, e->port);
        jst_picture_connect(p, net, e->to);
    }
}
