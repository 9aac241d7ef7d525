/* SPDX-License-Identifier: Apache-2.0
 * The public view of a graph, written out a fact a line, against what was declared. */
#include "joist/graph.h"
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
