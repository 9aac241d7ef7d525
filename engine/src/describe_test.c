/* SPDX-License-Identifier: Apache-2.0
 * The public view of a graph, written out a fact a line, against what was declared. */
#include "joist/combines.h"
#include "joist/graph.h"
#include "joist/group.h"
#include "joist/window.h"
#include "run_test.h"

#define SITE_REC(F, T) F(T, joist_text, key) F(T, joist_text, name)
JOIST_RECORD(site, SITE_REC);

#define SPLIT(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) OUT(site, sites)
#define ASK(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(site, known)
JOIST_DOFN(split, SPLIT);
JOIST_DOFN(ask, ASK);
static joist_status split_process(const split_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}
static joist_status ask_process(const ask_call *v, const ev *e) { return ev_emit(v->out.ok, *e); }
static const joist_dofn *const dofns[] = { &split_dofn, &ask_dofn, NULL };

/* Events are split; those that are asked about go to a table and, the latest of each key, into
 * another one of the same store. */
static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    site_coll sites = joist_read(site, p, .uri = JOIST_TEXT("mem:sites"), .name = "sites");
    ev_coll events = joist_read(ev, p, .uri = JOIST_TEXT("mem:in"), .name = "events");
    split_result parts = JOIST_APPLY(split, events, .name = "parts");
    ev_coll asked = JOIST_APPLY(ask, parts.ok, .name = "asked",
                                .side.known = joist_map_by(site, sites, key)).ok;
    joist_write(asked, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("all"), .name = "all");
    ev_coll newest = joist_latest(ev, asked, .key = JOIST_FIELDS(ev, key),
                                  .by = JOIST_FIELDS(ev, n), .name = "newest");
    joist_write(newest, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("new"), .name = "new");
    joist_write(parts.sites, .uri = JOIST_TEXT("mem:other"), .table = JOIST_TEXT("s"),
                .name = "found");
}

static const joist_pipeline_def def = { .name = "def", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };

static const joist_graph *g;
static joist_pipeline *pipeline;
static joist_arena *arena;

static void set_up(void)
{
    pipeline = joist_pipeline_new(&def);
    arena = joist_arena_new();
    cr_assert_eq(joist_pipeline_check(pipeline, NULL, &error), JOIST_OK, "%s", error.message);
    g = joist_pipeline_graph(pipeline, arena);
}

static void tear_down(void)
{
    joist_arena_free(arena);
    joist_pipeline_free(pipeline);
}

TestSuite(describe, .init = set_up, .fini = tear_down);

static const char *name(size_t node)
{
    return joist_arena_printf(arena, "%.*s%c", JOIST_ARG(g->nodes[node].name), 0).ptr;
}

static void expect(joist_buffer *got, const char *want)
{
    joist_buffer_byte(got, '\0');
    cr_expect_str_eq(got->ptr, want);
    joist_buffer_free(got);
}

Test(describe, nodes)
{
    joist_buffer out = { 0 };
    for (size_t i = 0; i < g->nodes_count; i++) {
        const joist_graph_node *n = &g->nodes[i];
        joist_buffer_printf(&out, "%s %.*s %.*s%.*s", name(i), JOIST_ARG(n->op),
                            JOIST_ARG(n->dofn), JOIST_ARG(n->uri));
        for (size_t k = 0; k < n->ports_count; k++)
            joist_buffer_printf(&out, " %.*s:%.*s", JOIST_ARG(n->ports[k].name),
                                JOIST_ARG(n->ports[k].type));
        joist_buffer_byte(&out, '\n');
        cr_expect(n->line > 0 && strstr(n->file.ptr, "describe_test.c"));
    }
    cr_expect(joist_text_equal(g->pipeline, JOIST_TEXT("def")));
    expect(&out, "sites read mem:sites out:site\n"
                 "events read mem:in out:ev\n"
                 "parts pardo split ok:ev sites:site\n"
                 "asked pardo ask ok:ev\n"
                 "all write mem:out\n"
                 "newest latest  out:ev\n"
                 "new write mem:out\n"
                 "found write mem:other\n");
}

Test(describe, edges)
{
    joist_buffer out = { 0 };
    for (size_t i = 0; i < g->edges_count; i++) {
        const joist_graph_edge *e = &g->edges[i];
        joist_buffer_printf(&out, "%s.%zu > %s", name(e->from), e->port, name(e->to));
        if (e->side)
            joist_buffer_printf(&out, " as %.*s by %.*s", JOIST_ARG(e->name), JOIST_ARG(e->key));
        joist_buffer_byte(&out, '\n');
    }
    expect(&out, "events.0 > parts\nparts.0 > asked\nsites.0 > asked as known by key\n"
                 "asked.0 > all\nasked.0 > newest\nnewest.0 > new\nparts.1 > found\n");
}

static void write_stage(joist_buffer *out, const joist_graph_stage *s)
{
    joist_buffer_printf(out, "%s%s", s->from_shuffle ? "#" : "",
                        name(s->from_shuffle ? g->shuffles[s->root].node : s->root));
    for (size_t i = 0; i < s->steps_count; i++)
        joist_buffer_printf(out, " %s", name(s->steps[i]));
    for (size_t i = 0; i < s->feeds_count; i++) {
        const joist_graph_feed *f = &s->feeds[i];
        joist_buffer_printf(out, "; %s.%zu > ", name(f->node), f->port);
        if (f->kind == JOIST_GRAPH_STEP)
            joist_buffer_printf(out, "%s", name(s->steps[f->to]));
        else if (f->kind == JOIST_GRAPH_SHUFFLE)
            joist_buffer_printf(out, "#%s", name(g->shuffles[f->to].node));
        else
            joist_buffer_printf(out, "?%.*s", JOIST_ARG(g->views[f->to].key));
    }
    for (size_t i = 0; i < s->views_count; i++)
        joist_buffer_printf(out, "; looks into %s", name(g->views[s->views[i]].node));
    joist_buffer_byte(out, '\n');
}

Test(describe, stages)
{
    joist_buffer out = { 0 };
    for (size_t i = 0; i < g->stages_count; i++)
        write_stage(&out, &g->stages[i]);
    expect(&out, "sites; sites.0 > ?key\n"
                 "events parts asked; events.0 > parts; parts.0 > asked; parts.1 > #found; "
                 "asked.0 > #all; looks into sites\n");
}

Test(describe, shuffles_and_tables)
{
    joist_buffer out = { 0 };
    for (size_t i = 0; i < g->shuffles_count; i++) {
        const joist_graph_shuffle *s = &g->shuffles[i];
        joist_buffer_printf(&out, "#%s %.*s%s of %s\n", name(s->node), JOIST_ARG(s->type),
                            s->aggregates ? " aggregated" : "",
                            name(g->shuffles[s->leader].node));
    }
    for (size_t i = 0; i < g->tables_count; i++)
        joist_buffer_printf(&out, "%.*s: %s of #%s\n", JOIST_ARG(g->stores[g->tables[i].store]),
                            name(g->tables[i].node),
                            name(g->shuffles[g->tables[i].shuffle].node));
    expect(&out, "#all ev of all\n#newest ev aggregated of all\n#found site of found\n"
                 "mem:out: all of #all\nmem:out: new of #newest\nmem:other: found of #found\n");
}

/* ---- what kinds say of themselves ------------------------------------------------------------ */

#define HIT(F, T) F(T, joist_text, who) F(T, joist_time, at) F(T, int64_t, n)
JOIST_RECORD(hit, HIT);
JOIST_PAIR(hit_site, hit, site);

#define LOOK(IN, OUT, SIDE, CFG, STATE) IN(hit_site) OUT(site, out) SIDE(site_all, sites)
JOIST_DOFN(look, LOOK);
static joist_status look_process(const look_call *v, const hit_site *h)
{
    return site_emit(v->out.out, h->right);
}
static const joist_dofn *const look_dofns[] = { &look_dofn, NULL };

static void build_kinds(joist_pipeline *p, const void *options)
{
    (void)options;
    hit_coll hits = joist_read(hit, p, .uri = JOIST_TEXT("mem:hits"), .name = "hits");
    site_coll sites = joist_read(site, p, .uri = JOIST_TEXT("mem:sites"), .name = "sites");
    hit_coll timed = joist_with_timestamps(hit, hits, at);
    hit_coll hourly = joist_window_into(hit, timed, .fixed_ms = 3600000, .name = "hourly");
    hit_coll slid = joist_window_into(hit, hourly, .sliding_ms = 90000, .every_ms = 1500,
                                      .name = "slid");
    joist_write(joist_sum(hit, joist_window_into(hit, slid, .global = true, .name = "all"), who, n),
                .uri = JOIST_TEXT("mem:out"), .name = "sums");
    hit_site_coll both = joist_join(hit_site, hits, sites, .left = JOIST_FIELDS(hit, who),
                                    .right = JOIST_FIELDS(site, key), .how = JOIST_LEFT_JOIN,
                                    .name = "both");
    joist_write(JOIST_APPLY(look, both, .side.sites = joist_list_of(site, sites)).out,
                .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("s"), .name = "looked");
}

static const joist_pipeline_def kinds_def = { .name = "kinds", .dofns = look_dofns,
                                              .build = build_kinds, .connectors = mem_connectors };

static void write_detail(joist_buffer *out, const joist_graph_node *n)
{
    if (n->dofn.len || n->uri.len)
        return;
    joist_buffer_printf(out, "%.*s %.*s", JOIST_ARG(n->op), JOIST_ARG(n->detail));
    for (size_t i = 0; i < n->key.count; i++)
        joist_buffer_printf(out, " %.*s", JOIST_ARG(n->key.items[i]));
    joist_buffer_byte(out, '\n');
}

Test(describe, kinds)
{
    joist_pipeline *p = joist_pipeline_new(&kinds_def);
    joist_buffer out = { 0 };
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    const joist_graph *kinds = joist_pipeline_graph(p, arena);
    for (size_t i = 0; i < kinds->nodes_count; i++)
        write_detail(&out, &kinds->nodes[i]);
    cr_assert_eq(kinds->views_count, 1);
    cr_expect_eq(kinds->views[0].key.len, 0, "all of it, by no key");
    for (size_t i = 0; i < kinds->shuffles_count; i++)
        joist_buffer_printf(&out, "#%.*s%s\n",
                            JOIST_ARG(kinds->nodes[kinds->shuffles[i].node].name),
                            kinds->shuffles[i].aggregates ? " aggregates" : "");
    expect(&out, "timestamp at\nwindow fixed 1 h\nwindow sliding 90 s every 1500 ms\n"
                 "window global\ncombine sum who\njoin left who\n"
                 "#sum_by_who aggregates\n#sums\n#both aggregates\n#looked\n");
    joist_pipeline_free(p);
}
