/* SPDX-License-Identifier: Apache-2.0
 * Plans, written out one stage a line: its root (! if it only ends in views), then where every
 * output goes: a DoFn by its name, #NAME a shuffle (as which side of a join), ?NAME a view. */
/* Tests: plan.c plan_order.c plan_share.c */
#include "run_test.h"

#define SITE_REC(F, T) F(T, joist_text, key) F(T, joist_text, name)
JOIST_RECORD(site, SITE_REC);

#define ONE(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
#define TWO(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) OUT(site, sites)
#define ASK(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(site, known)
#define ASK2(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(site, known) SIDE(site, more)
JOIST_DOFN(one, ONE);
JOIST_DOFN(two, TWO);
JOIST_DOFN(ask, ASK);
JOIST_DOFN(ask2, ASK2);
static joist_status one_process(const one_call *v, const ev *e) { return ev_emit(v->out.ok, *e); }
static joist_status two_process(const two_call *v, const ev *e) { return ev_emit(v->out.ok, *e); }
static joist_status ask_process(const ask_call *v, const ev *e) { return ev_emit(v->out.ok, *e); }
static joist_status ask2_process(const ask2_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}

#define TIMED(F, T) F(T, joist_text, key) F(T, joist_time, at)
JOIST_RECORD(timed, TIMED);
JOIST_PAIR(ev_timed, ev, timed);
#define TIME(IN, OUT, SIDE, CFG, STATE) IN(timed) OUT(timed, ok) OUT(site, sites)
#define TAKE(IN, OUT, SIDE, CFG, STATE) IN(ev_group) OUT(ev, ok) SIDE(site, known)
#define TAKE_PAIRS(IN, OUT, SIDE, CFG, STATE) IN(ev_timed_group) OUT(ev, ok)
#define PAIRS(IN, OUT, SIDE, CFG, STATE) IN(ev_timed) OUT(ev, ok)
JOIST_DOFN(time_of, TIME);
JOIST_DOFN(take, TAKE);
JOIST_DOFN(take_pairs, TAKE_PAIRS);
JOIST_DOFN(pairs, PAIRS);
static joist_status time_of_process(const time_of_call *v, const timed *t)
{
    return timed_emit(v->out.ok, *t);
}
static joist_status take_process(const take_call *v, const ev_group *g)
{
    return ev_emit(v->out.ok, *ev_next(g));
}
static joist_status take_pairs_process(const take_pairs_call *v, const ev_timed_group *g)
{
    return ev_emit(v->out.ok, ev_timed_next(g)->left);
}
static joist_status pairs_process(const pairs_call *v, const ev_timed *p)
{
    return ev_emit(v->out.ok, p->left);
}

static const joist_dofn *const dofns[] = {
    &one_dofn, &two_dofn, &ask_dofn, &ask2_dofn, &time_of_dofn, &take_dofn, &take_pairs_dofn,
    &pairs_dofn, NULL,
};

static void (*chosen)(joist_pipeline *p);
static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    chosen(p);
}
static const joist_pipeline_def def = { .name = "def", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };

/* ---- a plan as text -------------------------------------------------------------------------- */

static void write_targets(joist_buffer *out, const jst_plan *plan, const jst_stage *s,
                          const jst_targets *t)
{
    for (size_t i = 0; i < t->count; i++) {
        const jst_target *to = &t->items[i];
        joist_buffer_text(out, JOIST_TEXT(" "));
        if (to->kind == JST_TO_DOFN)
            joist_buffer_text(out, s->dofns[to->index].node->name);
        else if (to->kind == JST_TO_SHUFFLE)
            joist_buffer_printf(out, "#%.*s%s", JOIST_ARG(plan->shuffles[to->index].node->name),
                                to->side ? "(right)" : "");
        else
            joist_buffer_printf(out, "?%s", plan->views[to->index].name);
    }
}

static void write_stage(joist_buffer *out, const jst_plan *plan, const jst_stage *s)
{
    const jst_node *root = s->from_shuffle ? plan->shuffles[s->root].node
                                           : &plan->p->graph.nodes.items[s->root];
    joist_buffer_printf(out, "%s%.*s%s >", s->from_shuffle ? "#" : "", JOIST_ARG(root->name),
                        s->side_only ? "!" : "");
    write_targets(out, plan, s, &s->root_out);
    for (size_t i = 0; i < s->count; i++)
        for (size_t o = 0; o < s->dofns[i].fn->outs_count; o++) {
            joist_buffer_printf(out, "; %.*s.%s >", JOIST_ARG(s->dofns[i].node->name),
                                s->dofns[i].fn->outs[o].name);
            write_targets(out, plan, s, &s->dofns[i].outs[o]);
        }
    joist_buffer_byte(out, '\n');
}

static void write_store(joist_buffer *out, const jst_plan *plan, const jst_store_plan *s)
{
    joist_buffer_printf(out, "%.*s", JOIST_ARG(s->uri));
    for (size_t i = 0; i < s->count; i++)
        joist_buffer_printf(out, " %.*s=#%.*s", JOIST_ARG(s->tables[i].spec.table),
                            JOIST_ARG(plan->shuffles[s->tables[i].shuffle].node->name));
    joist_buffer_byte(out, '\n');
}

static void plan_is(void (*b)(joist_pipeline *), const char *expected)
{
    chosen = b;
    joist_pipeline *p = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    jst_plan *plan = jst_plan_new(p);
    joist_buffer out = { 0 };
    for (size_t i = 0; i < plan->stages_count; i++)
        write_stage(&out, plan, &plan->stages[i]);
    for (size_t i = 0; i < plan->stores_count; i++)
        write_store(&out, plan, &plan->stores[i]);
    joist_buffer_byte(&out, '\0');
    cr_expect_str_eq(out.ptr, expected);
    joist_buffer_free(&out);
    jst_plan_free(plan);
    joist_pipeline_free(p);
}
#define PLAN(test, expected)                                                                      \
    static void build_##test(joist_pipeline *p);                                                  \
    Test(plan, test) { plan_is(build_##test, expected); }                                         \
    static void build_##test(joist_pipeline *p)
#define READ(name_) joist_read(ev, p, .uri = JOIST_TEXT("mem:in"), .name = name_)
#define SITES(name_) joist_read(site, p, .uri = JOIST_TEXT("mem:sites"), .name = name_)
#define WRITE(coll, store, name_) joist_write(coll, .uri = JOIST_TEXT("mem:" store), .name = name_)

/* ---- fusion ---------------------------------------------------------------------------------- */

PLAN(a_chain_is_one_stage,
     "r > a; a.ok > b; b.ok > c; c.ok > #w\n"
     "mem:out evs=#w\n")
{
    ev_coll a = JOIST_APPLY(one, READ("r"), .name = "a").ok;
    ev_coll b = JOIST_APPLY(one, a, .name = "b").ok;
    WRITE(JOIST_APPLY(one, b, .name = "c").ok, "out", "w");
}

PLAN(a_fork_is_one_stage,
     "r > #w a b; a.ok > #w2; a.sites > #w3; b.ok > #w4\n"
     "mem:out evs=#w evs=#w2 sites=#w3 evs=#w4\n")
{
    ev_coll in = READ("r");
    WRITE(in, "out", "w");
    two_result a = JOIST_APPLY(two, in, .name = "a");
    ev_coll b = JOIST_APPLY(one, in, .name = "b").ok;
    WRITE(a.ok, "out", "w2");
    WRITE(a.sites, "out", "w3");
    WRITE(b, "out", "w4");
}

PLAN(every_aggregate_starts_a_stage,
     "r > a; a.ok > #l\n"
     "#l > b; b.ok > #count_by_key\n"
     "#count_by_key > #w\n"
     "mem:out joist_tallys=#w\n")
{
    ev_coll a = JOIST_APPLY(one, READ("r"), .name = "a").ok;
    ev_coll l = joist_latest(ev, a, .key = JOIST_FIELDS(ev, key), .name = "l");
    ev_coll b = JOIST_APPLY(one, l, .name = "b").ok;
    joist_write(joist_count(ev, b, key), .uri = JOIST_TEXT("mem:out"), .name = "w",
                .key = JOIST_FIELDS(joist_tally, key));
}

PLAN(flatten_costs_nothing,
     "r > b; b.ok > a #w2; a.ok > #w\n"
     "r2 > a #w2; a.ok > #w\n"
     "mem:out evs=#w evs=#w2\n")
{
    ev_coll in = READ("r"), in2 = READ("r2");
    ev_coll b = JOIST_APPLY(one, in, .name = "b").ok;
    ev_coll both = joist_flatten(ev, b, in2);
    WRITE(JOIST_APPLY(one, both, .name = "a").ok, "out", "w");
    WRITE(both, "out", "w2");
}

PLAN(a_collection_flattened_with_itself_is_there_twice,
     "r > #w #w\n"
     "mem:out evs=#w\n")
{
    ev_coll in = READ("r");
    WRITE(joist_flatten(ev, in, in), "out", "w");
}

/* ---- tables ---------------------------------------------------------------------------------- */

PLAN(a_write_by_the_key_of_its_latest_reads_its_shuffle,
     "r > #l #s\n"
     "#s > #w2\n"
     "mem:out evs=#l joist_totals=#w2\n"
     "mem:other evs=#l\n")
{
    ev_coll in = READ("r");
    ev_coll l = joist_latest(ev, in, .key = JOIST_FIELDS(ev, key, tag), .name = "l");
    joist_write(l, .uri = JOIST_TEXT("mem:out"), .key = JOIST_FIELDS(ev, key, tag));
    WRITE(l, "other", "w");
    joist_total_coll s = joist_sum(ev, in, key, n);
    p->building[p->count - 1].name = JOIST_TEXT("s");
    WRITE(s, "out", "w2");
}

PLAN(a_write_by_another_key_does_not,
     "r > #l\n"
     "#l > #w\n"
     "mem:out evs=#w\n")
{
    ev_coll l = joist_latest(ev, READ("r"), .key = JOIST_FIELDS(ev, key, tag), .name = "l");
    joist_write(l, .uri = JOIST_TEXT("mem:out"), .name = "w", .key = JOIST_FIELDS(ev, tag, key));
}

PLAN(a_collection_flattened_with_itself_is_not_the_collection,
     "r > #w #w2 #w2\n"
     "mem:out evs=#w evs=#w2\n")
{
    ev_coll in = READ("r");
    WRITE(in, "out", "w");
    WRITE(joist_flatten(ev, in, in), "out", "w2");
}

PLAN(stores_commit_in_the_order_of_their_first_write,
     "r > #1\n"
     "mem:z evs=#1 evs=#3\n"
     "mem:a evs=#2\n"
     "mem:b evs=#4\n")
{
    ev_coll in = READ("r");
    WRITE(in, "z", "1");
    WRITE(in, "a", "2");
    WRITE(in, "z", "3");
    WRITE(in, "b", "4");
}

/* ---- side inputs ----------------------------------------------------------------------------- */

PLAN(views_come_before_those_who_ask,
     "s! > ?known\n"
     "r > a; a.ok > #w\n"
     "mem:out evs=#w\n")
{
    ev_coll in = READ("r");
    site_coll s = SITES("s");
    WRITE(JOIST_APPLY(ask, in, .name = "a", .side.known = joist_map_by(site, s, key)).ok, "out",
          "w");
}

PLAN(one_view_serves_all_who_ask_by_the_same_key,
     "s! > ?known ?more\n"
     "r > a c; a.ok > b; b.ok > #w; c.ok > #w2\n"
     "mem:out evs=#w evs=#w2\n")
{
    ev_coll in = READ("r");
    site_coll s = SITES("s");
    ev_coll a = JOIST_APPLY(ask, in, .name = "a", .side.known = joist_map_by(site, s, key)).ok;
    WRITE(JOIST_APPLY(ask, a, .name = "b", .side.known = joist_map_by(site, s, key)).ok, "out",
          "w");
    WRITE(JOIST_APPLY(ask2, in, .name = "c", .side.known = joist_map_by(site, s, key),
                      .side.more = joist_map_by(site, s, name)).ok, "out", "w2");
}

PLAN(a_view_through_an_aggregate_is_no_input_either,
     "s! > #l\n"
     "#l! > ?known\n"
     "r > a; a.ok > #w\n"
     "mem:out evs=#w\n")
{
    site_coll l = joist_latest(site, SITES("s"), .key = JOIST_FIELDS(site, key), .name = "l");
    WRITE(JOIST_APPLY(ask, READ("r"), .name = "a", .side.known = joist_map_by(site, l, key)).ok,
          "out", "w");
}

PLAN(what_is_written_too_is_an_input,
     "s > #l\n"
     "#l! > ?known\n"
     "r > a; a.ok > #w\n"
     "mem:out evs=#w sites=#l\n")
{
    site_coll l = joist_latest(site, SITES("s"), .key = JOIST_FIELDS(site, key), .name = "l");
    WRITE(JOIST_APPLY(ask, READ("r"), .name = "a", .side.known = joist_map_by(site, l, key)).ok,
          "out", "w");
    WRITE(l, "out", "w2");
}

PLAN(a_side_input_of_the_same_stage_stores_the_input_of_who_asks,
     "r > t; t.ok > #a; t.sites > ?known\n"
     "#a > a; a.ok > b; b.ok > #w\n"
     "mem:out evs=#w\n")
{
    two_result t = JOIST_APPLY(two, READ("r"), .name = "t");
    ev_coll a = JOIST_APPLY(ask, t.ok, .name = "a",
                            .side.known = joist_map_by(site, t.sites, key)).ok;
    WRITE(JOIST_APPLY(one, a, .name = "b").ok, "out", "w");
}

PLAN(its_twins_do_not_wait,
     "r > t b; t.ok > #a c; t.sites > ?known; b.ok > #w2; c.ok > #w3\n"
     "#a > a; a.ok > #w\n"
     "mem:out evs=#w evs=#w2 evs=#w3\n")
{
    ev_coll in = READ("r");
    two_result t = JOIST_APPLY(two, in, .name = "t");
    WRITE(JOIST_APPLY(ask, t.ok, .name = "a", .side.known = joist_map_by(site, t.sites, key)).ok,
          "out", "w");
    WRITE(JOIST_APPLY(one, in, .name = "b").ok, "out", "w2");
    WRITE(JOIST_APPLY(one, t.ok, .name = "c").ok, "out", "w3");
}

PLAN(stored_inputs_behind_one_another,
     "r > t; t.ok > #a; t.sites > ?known\n"
     "#a > a; a.ok > u; u.ok > #b #c; u.sites > ?known\n"
     "#b > b; b.ok > #w\n"
     "#c > c; c.ok > #w2\n"
     "mem:out evs=#w evs=#w2\n")
{
    two_result t = JOIST_APPLY(two, READ("r"), .name = "t");
    ev_coll a = JOIST_APPLY(ask, t.ok, .name = "a",
                            .side.known = joist_map_by(site, t.sites, key)).ok;
    two_result u = JOIST_APPLY(two, a, .name = "u");
    WRITE(JOIST_APPLY(ask, u.ok, .name = "b", .side.known = joist_map_by(site, u.sites, key)).ok,
          "out", "w");
    WRITE(JOIST_APPLY(ask, u.ok, .name = "c", .side.known = joist_map_by(site, u.sites, key)).ok,
          "out", "w2");
}

/* ---- event time, groups, joins --------------------------------------------------------------- */

#define TIMES(name_) joist_read(timed, p, .uri = JOIST_TEXT("mem:times"), .name = name_)

PLAN(timestamps_and_windows_are_fused,
     "r > timestamp_timed; timestamp_timed.out > window_timed; window_timed.out > a; a.ok > #w; "
     "a.sites > #w2\n"
     "mem:out timeds=#w sites=#w2\n")
{
    timed_coll in = joist_with_timestamps(timed, TIMES("r"), at);
    time_of_result r = JOIST_APPLY(time_of, joist_window_into(timed, in, .fixed_ms = 5),
                                   .name = "a");
    WRITE(r.ok, "out", "w");
    WRITE(r.sites, "out", "w2");
}

/* Its rows are one for each key and window, in the order of the input. */
PLAN(a_latest_of_windows_is_not_read_by_its_table,
     "r > window_timed; window_timed.out > #l\n"
     "#l > #w\n"
     "mem:out timeds=#w timeds=#w2\n")
{
    timed_coll l = joist_latest(timed, joist_window_into(timed, TIMES("r"), .fixed_ms = 5),
                                .key = JOIST_FIELDS(timed, key), .name = "l");
    WRITE(l, "out", "w");
    joist_write(l, .uri = JOIST_TEXT("mem:out"), .name = "w2", .key = JOIST_FIELDS(timed, key));
}

PLAN(a_latest_out_of_windows_is,
     "r > window_timed; window_timed.out > window_timed_2; window_timed_2.out > #l\n"
     "mem:out timeds=#l\n")
{
    timed_coll in = joist_window_into(timed, TIMES("r"), .fixed_ms = 5);
    WRITE(joist_latest(timed, joist_window_into(timed, in, .global = true),
                       .key = JOIST_FIELDS(timed, key), .name = "l"), "out", "w");
}

PLAN(who_takes_groups_starts_a_stage,
     "s! > ?known\n"
     "r > a; a.ok > #g\n"
     "#g > t; t.ok > b; b.ok > #w\n"
     "mem:out evs=#w\n")
{
    site_coll s = SITES("s");
    ev_coll a = JOIST_APPLY(one, READ("r"), .name = "a").ok;
    ev_group_coll g = joist_group_by_key(ev, a, .key = JOIST_FIELDS(ev, key), .name = "g");
    ev_coll t = JOIST_APPLY(take, g, .name = "t", .side.known = joist_map_by(site, s, key)).ok;
    WRITE(JOIST_APPLY(one, t, .name = "b").ok, "out", "w");
}

PLAN(joins_have_two_sides,
     "r > #j #c\n"
     "r2 > #j(right) #c(right)\n"
     "#j > a; a.ok > #w\n"
     "#c > b; b.ok > #w2\n"
     "mem:out evs=#w evs=#w2\n")
{
    ev_coll in = READ("r");
    timed_coll times = TIMES("r2");
    ev_timed_coll j = joist_join(ev_timed, in, times, .left = JOIST_FIELDS(ev, key),
                                 .right = JOIST_FIELDS(timed, key), .name = "j");
    ev_timed_group_coll c = joist_cogroup(ev_timed, in, times, .left = JOIST_FIELDS(ev, key),
                                          .right = JOIST_FIELDS(timed, key), .name = "c");
    WRITE(JOIST_APPLY(pairs, j, .name = "a").ok, "out", "w");
    WRITE(JOIST_APPLY(take_pairs, c, .name = "b").ok, "out", "w2");
}

/* Stages that wait for each other: whoever takes groups, another one gives way. */
PLAN(groups_are_never_stored,
     "r > #g #l\n"
     "#l > a #b; a.ok > #w; a.sites > ?known\n"
     "#g > t; t.ok > two; two.ok > #w2; two.sites > ?known\n"
     "#b > b; b.ok > #w3\n"
     "mem:out evs=#w evs=#w2 evs=#w3\n")
{
    ev_coll in = READ("r");
    ev_group_coll g = joist_group_by_key(ev, in, .key = JOIST_FIELDS(ev, key), .name = "g");
    ev_coll l = joist_latest(ev, in, .key = JOIST_FIELDS(ev, key), .name = "l");
    two_result a = JOIST_APPLY(two, l, .name = "a");
    WRITE(a.ok, "out", "w");
    ev_coll t = JOIST_APPLY(take, g, .name = "t",
                            .side.known = joist_map_by(site, a.sites, key)).ok;
    two_result both = JOIST_APPLY(two, t, .name = "two");
    WRITE(both.ok, "out", "w2");
    WRITE(JOIST_APPLY(ask, l, .name = "b", .side.known = joist_map_by(site, both.sites, key)).ok,
          "out", "w3");
}

/* ---- what is behind the text ----------------------------------------------------------------- */

static void build_details(joist_pipeline *p)
{
    ev_coll in = READ("r"), in2 = READ("r2");
    site_coll s = SITES("s");
    ev_coll a = JOIST_APPLY(ask, in, .name = "a",
                            .side.known = joist_map_by(site, s, key, .allow_empty = true)).ok;
    ev_coll b = JOIST_APPLY(ask, in, .name = "b", .side.known = joist_map_by(site, s, key)).ok;
    ev_coll l = joist_latest(ev, joist_flatten(ev, a, b, in2), .key = JOIST_FIELDS(ev, key),
                             .by = JOIST_FIELDS(ev, n, seq), .name = "l");
    joist_write(l, .uri = JOIST_TEXT("mem:out"), .key = JOIST_FIELDS(ev, key),
                .by = JOIST_FIELDS(ev, seq), .table = JOIST_TEXT("t"));
    WRITE(joist_sum(ev, l, tag, n), "out", "w");
}

Test(plan, details)
{
    chosen = build_details;
    joist_pipeline *p = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    jst_plan *plan = jst_plan_new(p);
    cr_assert_eq(plan->shuffles_count, 3);
    const jst_shuffle_plan *l = &plan->shuffles[0], *s = &plan->shuffles[1];
    cr_expect_eq(l->reduce, JST_REDUCE_LATEST);
    cr_expect_eq(l->by.count, 2);
    cr_expect_eq(l->by.offset[1], offsetof(ev, seq));
    cr_expect_eq(l->inflows, 3);
    cr_expect(l->is_root && s->is_root && !plan->shuffles[2].is_root);
    cr_expect_eq(plan->shuffles[2].reduce, JST_REDUCE_APPEND);
    cr_expect_eq(s->reduce, JST_REDUCE_COMBINE);
    cr_expect_eq(s->combine.fn, &joist_sum_combine);
    cr_expect(joist_text_equal(((const joist_number_config *)s->combine.config)->number,
                               JOIST_TEXT("n")));
    cr_expect_eq(s->out, &joist_total_type);
    cr_expect_eq(s->id, 1);
    cr_assert_eq(plan->views_count, 1);
    cr_expect(!plan->views[0].allow_empty, "one of two who ask needs it");
    const joist_table_spec *t = &plan->stores[0].specs[0];
    cr_expect(joist_text_equal(t->table, JOIST_TEXT("t")));
    cr_expect_eq(t->by.offset[0], offsetof(ev, seq));
    cr_expect_eq(plan->stores[0].connector, &mem_connector);
    jst_plan_free(plan);
    jst_plan_free(NULL);
    joist_pipeline_free(p);
}
