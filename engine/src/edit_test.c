/* SPDX-License-Identifier: Apache-2.0
 * Graphs that are cut down or fed elsewhere, and what a tap is shown of a run. */
/* Tests: edit.c */
#include "edit.h"
#include "run_test.h"

enum { COUNT = 60 };
static ev evs[COUNT];
static ev again[] = { EV_("a", 1, 7, "t"), EV_("b", 2, 8, "t") };
static joist_pipeline *p;
static joist_run_options o;

#define CHECK(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) OUT(ev, odd) SIDE(ev, known)
JOIST_DOFN(sort_out, CHECK);
static joist_status sort_out_process(const sort_out_call *v, const ev *e)
{
    if (e->seq % 10 == 0)
        return joist_reject(v->ctx, "tenth", "number %d", (int)e->seq);
    return e->seq % 2 ? ev_emit(v->out.odd, *e) : ev_emit(v->out.ok, *e);
}

#define PASS(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, out)
JOIST_DOFN(pass, PASS);
static joist_status pass_process(const pass_call *v, const ev *e)
{
    return ev_emit(v->out.out, *e);
}

static bool no_key, side_of_itself;

static void build(joist_pipeline *q, const void *options)
{
    (void)options;
    ev_coll side = joist_read(ev, q, .uri = JOIST_TEXT("mem:side"), .name = "side");
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:in"), .name = "in", .except = side.c);
    ev_coll first = JOIST_APPLY(pass, in, .name = "first").out;
    ev_map map = joist_map_by(ev, side_of_itself ? joist_flatten(ev, side, first) : side, key);
    sort_out_result r = JOIST_APPLY(sort_out, first, .side.known = map);
    ev_coll both = joist_flatten(ev, r.ok, r.odd);
    ev_coll newest = joist_latest(ev, both, .key = JOIST_FIELDS(ev, key), .name = "newest");
    joist_write(newest, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("newest"),
                .key = JOIST_FIELDS(ev, key), .name = "write_newest");
    joist_tally_coll tallies = joist_count(ev, r.odd, key);
    joist_write(tallies, .uri = JOIST_TEXT("mem:counts"), .table = JOIST_TEXT("tallies"),
                .key = JOIST_FIELDS(joist_tally, key), .name = "write_tallies");
    ev_coll last = JOIST_APPLY(pass, r.ok, .name = "last").out;
    if (no_key)
        joist_write(last, .uri = JOIST_TEXT("mem:last"), .name = "write_last");
    else
        joist_write(last, .uri = JOIST_TEXT("mem:last"), .name = "write_last",
                    .key = JOIST_FIELDS(ev, seq));
}

#define SIZES(IN, OUT, SIDE, CFG, STATE) IN(ev_group) OUT(ev, out)
JOIST_DOFN(sizes, SIZES);
static joist_status sizes_process(const sizes_call *v, const ev_group *g)
{
    ev size = { .key = g->key->key };
    while (ev_next(g))
        size.seq++;
    return ev_emit(v->out.out, size);
}

static void build_windows(joist_pipeline *q, const void *options)
{
    (void)options;
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:in"), .name = "in");
    ev_coll timed = joist_window_into(ev, in, .fixed_ms = 1000, .name = "hours");
    ev_coll last = JOIST_APPLY(pass, timed, .name = "last").out;
    ev_group_coll groups = joist_group_by_key(ev, last, .key = JOIST_FIELDS(ev, key),
                                              .name = "groups");
    joist_write(JOIST_APPLY(sizes, groups).out, .uri = JOIST_TEXT("mem:out"),
                .key = JOIST_FIELDS(ev, key), .name = "write_sizes");
}

/* Ways through it: two to the power of LINKS. None may be walked one by one. */
enum { LINKS = 40 };
static void build_links(joist_pipeline *q, const void *options)
{
    (void)options;
    ev_coll side = joist_read(ev, q, .uri = JOIST_TEXT("mem:side"), .name = "side");
    ev_map map = joist_map_by(ev, side, key);
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:in"), .name = "in");
    for (int i = 0; i < LINKS; i++) {
        sort_out_result r = JOIST_APPLY(sort_out, in, .side.known = map);
        in = joist_flatten(ev, r.ok, r.odd);
    }
    ev_coll last = JOIST_APPLY(pass, in, .name = "last").out;
    joist_write(last, .uri = JOIST_TEXT("mem:last"), .name = "write_last",
                .key = JOIST_FIELDS(ev, seq));
}

static const joist_dofn *const dofns[] = { &sort_out_dofn, &pass_dofn, &sizes_dofn, NULL };
static const joist_code codes[] = { { "tenth", "tenth" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "edited", .dofns = dofns, .codes = codes,
                                        .build = build, .connectors = mem_connectors };
static const joist_pipeline_def windows = { .name = "windows", .dofns = dofns,
                                            .build = build_windows,
                                            .connectors = mem_connectors };
static const joist_pipeline_def links = { .name = "links", .dofns = dofns,
                                            .build = build_links,
                                            .connectors = mem_connectors };

static void set_up(void)
{
    for (int i = 0; i < COUNT; i++)
        evs[i] = (ev){ .key = i % 3 ? JOIST_TEXT("a") : JOIST_TEXT("b"), .n = JOIST_INT(i),
                       .seq = i };
    world.inputs[0] = (mem_input){ "in", evs, COUNT, sizeof *evs, .per_file = 20 };
    world.inputs[1] = (mem_input){ "side", again, 2, sizeof *again, .per_file = 0 };
    no_key = side_of_itself = false;
    p = joist_pipeline_new(&def);
    o = defaults();
}

static void tear_down(void)
{
    joist_pipeline_free(p);
}

TestSuite(edit, .init = set_up, .fini = tear_down);

static void check_graph(void)
{
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
}

static joist_status run_graph(void)
{
    return joist_pipeline_run(p, &o, &report);
}

static const char *nodes(void)
{
    static char names[512];
    names[0] = '\0';
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%.*s ",
                 JOIST_ARG(p->graph.nodes.items[i].name));
    return names;
}

/* ---- cut down -------------------------------------------------------------------------------- */

typedef struct counting { joist_tap tap; pthread_mutex_t lock; char log[4096]; size_t seen; }
    counting;

/* "first.0" and the like, how many elements, in any order of bundles. */
static void count(joist_tap *tap, const joist_tap_event *event)
{
    counting *c = (counting *)(void *)tap;
    pthread_mutex_lock(&c->lock);
    if (event->kind == JOIST_TAP_EMITTED
        && joist_text_equal(event->step, joist_text_of(c->log)))
        c->seen += event->rows.count;
    pthread_mutex_unlock(&c->lock);
}

static size_t seen_at(const char *step, const char *kept)
{
    counting c = { .tap = { count }, .lock = PTHREAD_MUTEX_INITIALIZER };
    snprintf(c.log, sizeof c.log, "%s", step);
    check_graph();
    cr_assert_eq(jst_edit_keep(p, joist_text_of(step), &error), JOIST_OK);
    cr_expect_str_eq(nodes(), kept);
    o.tap = &c.tap;
    cr_assert_eq(run_graph(), JOIST_OK, "%s", report->error.message);
    cr_expect(report->adds_up);
    cr_expect_eq(report->sinks_count, 0);
    return c.seen;
}

Test(edit, only_what_a_step_needs_runs)
{
    cr_expect_eq(seen_at("in", "side in "), COUNT);
    cr_expect_eq(seen_at("side", "side "), 2);
    cr_expect_eq(seen_at("first", "side in first "), COUNT);
    cr_expect_eq(seen_at("sort_out", "side in first sort_out "), COUNT - COUNT / 10);
    cr_expect_eq(seen_at("newest", "side in first sort_out flatten newest "), 2);
    cr_expect_eq(seen_at("count_by_key", "side in first sort_out count_by_key "), 2);
    cr_expect_null(strstr(world.log, "open:"));
}

Test(edit, rejects_do_not_end_a_run_that_was_cut_down)
{
    world.inputs[0].reject = "bad_json";
    cr_expect_eq(seen_at("in", "side in "), COUNT / 2);
    cr_expect_eq(report->rejected, COUNT / 2);
}

Test(edit, a_read_that_only_names_exceptions_is_not_read)
{
    seen_at("in", "side in ");
    cr_expect_null(strstr(world.log, "bundle:side"));
    cr_expect_not_null(strstr(world.log, "read:side"));
}

/* ---- entering -------------------------------------------------------------------------------- */

static joist_status enter(const char *a, const char *b)
{
    joist_text steps[] = { joist_text_of(a), joist_text_of(b) };
    check_graph();
    return jst_edit_enter(p, steps, b ? 2 : 1, "mem", &error);
}

Test(edit, elements_enter_at_a_step)
{
    world.inputs[2] = (mem_input){ "last", again, 1, sizeof *again, .per_file = 0 };
    cr_assert_eq(enter("last", NULL), JOIST_OK, "%s", error.message);
    cr_expect_str_eq(nodes(), "replay_last last write_last ");
    cr_assert_eq(run_graph(), JOIST_OK, "%s", report->error.message);
    cr_expect(report->adds_up);
    cr_expect_str_eq(seen("last.evs"), "{\"key\":\"a\",\"n\":1,\"seq\":7,\"tag\":\"t\"}\n");
    cr_expect_null(strstr(world.log, ":in "));
}

Test(edit, elements_enter_at_a_write_and_further_up)
{
    world.inputs[2] = (mem_input){ "last", again, 1, sizeof *again, .per_file = 0 };
    world.inputs[3] = (mem_input){ "write_last", again + 1, 1, sizeof *again, .per_file = 0 };
    cr_assert_eq(enter("write_last", "last"), JOIST_OK, "%s", error.message);
    cr_expect_str_eq(nodes(), "replay_last last replay_write_last write_last_with_replay "
                              "write_last ");
    cr_assert_eq(run_graph(), JOIST_OK, "%s", report->error.message);
    cr_expect(report->adds_up);
    cr_expect_str_eq(seen("last.evs"), "{\"key\":\"a\",\"n\":1,\"seq\":7,\"tag\":\"t\"}\n"
                                       "{\"key\":\"b\",\"n\":2,\"seq\":8,\"tag\":\"t\"}\n");
}

Test(edit, some_elements_are_not_enough_for_an_aggregate)
{
    cr_expect_eq(enter("sort_out", NULL), JOIST_FAILED);
    cr_expect(strstr(error.message, "'count_by_key'"), "%s", error.message);
    cr_expect(strstr(error.message, "without those it had before"));
}

Test(edit, nor_for_a_table_without_a_key)
{
    no_key = true;
    cr_expect_eq(enter("last", NULL), JOIST_FAILED);
    cr_expect(strstr(error.message, "no key"), "%s", error.message);
}

Test(edit, nor_for_a_side_input)
{
    side_of_itself = true;
    cr_expect_eq(enter("first", NULL), JOIST_FAILED);
    cr_expect(strstr(error.message, "a side input is made of"), "%s", error.message);
}

static void take_windows(void)
{
    joist_pipeline_free(p);
    p = joist_pipeline_new(&windows);
}

Test(edit, elements_with_a_window_cannot_be_added)
{
    take_windows();
    cr_expect_eq(enter("last", NULL), JOIST_FAILED);
    cr_expect(strstr(error.message, "'last'") && strstr(error.message, "a time or a window"), "%s",
              error.message);
    cr_expect_eq(enter("in", NULL), JOIST_FAILED);
    cr_expect(strstr(error.message, "'groups'"), "%s", error.message);
    cr_expect_null(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("sizes"))));
    cr_expect_null(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("groups"))));
    cr_expect_not_null(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("hours"))));
}

Test(edit, ways_that_part_and_meet_many_times)
{
    joist_pipeline_free(p);
    p = joist_pipeline_new(&links);
    cr_expect_eq(enter("last", NULL), JOIST_OK, "%s", error.message);
    cr_expect_str_eq(nodes(), "replay_last last write_last ");
}

Test(edit, groups_can_be_looked_at)
{
    take_windows();
    cr_expect_eq(seen_at("groups", "in hours last groups "), 2);
    cr_expect_eq(seen_at("sizes", "in hours last groups sizes "), 2);
}

Test(edit, types_of_what_enters)
{
    check_graph();
    cr_expect_str_eq(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("in")))->name, "ev");
    cr_expect_str_eq(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("newest")))->name, "ev");
    cr_expect_str_eq(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("write_tallies")))->name,
                     "joist_tally");
    cr_expect_null(jst_edit_entry(p, jst_edit_step(p, JOIST_TEXT("count_by_key"))));
    cr_expect_null(jst_edit_step(p, JOIST_TEXT("nothing")));
}

/* ---- what a tap is shown --------------------------------------------------------------------- */

typedef struct record_of { joist_tap tap; pthread_mutex_t lock; char log[4096]; } record_of;

/* Everything about the element whose number is 30, which stands at 10 in the second file. */
static void follow(joist_tap *tap, const joist_tap_event *event)
{
    record_of *r = (record_of *)(void *)tap;
    size_t rows = event->kind == JOIST_TAP_REJECTED ? 1 : event->rows.count;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < rows; i++) {
        const joist_position *at = event->kind == JOIST_TAP_REJECTED ? event->at
                                                                     : event->rows.positions[i];
        const char *items = event->rows.items;
        const ev *e = (const ev *)(const void *)(items + i * event->rows.size);
        if (!at->origin || at->record != 12 || at->origin->rank != 2 || e->seq != 32)
            continue;
        snprintf(r->log + strlen(r->log), sizeof r->log - strlen(r->log), "%c%.*s.%zu ",
                 "ERW"[event->kind], JOIST_ARG(event->step), event->port);
    }
    pthread_mutex_unlock(&r->lock);
}

Test(edit, a_tap_sees_an_element_on_all_its_ways)
{
    record_of r = { .tap = { follow }, .lock = PTHREAD_MUTEX_INITIALIZER };
    o.tap = &r.tap;
    o.workers = 1;
    check_graph();
    cr_assert_eq(run_graph(), JOIST_OK, "%s", report->error.message);
    cr_expect_str_eq(r.log, "Ein.0 Efirst.0 Esort_out.0 Elast.0 Wwrite_last.0 ");
}

static char rejects[256];
static void see_rejects(joist_tap *tap, const joist_tap_event *event)
{
    (void)tap;
    if (event->kind == JOIST_TAP_REJECTED)
        snprintf(rejects, sizeof rejects, "%.*s %s %.*s %s", JOIST_ARG(event->step), event->code,
                 JOIST_ARG(event->message), event->type->name);
}

Test(edit, a_tap_sees_rejects_whether_or_not_they_are_kept)
{
    joist_tap tap = { see_rejects };
    o.tap = &tap;
    o.workers = 1;
    check_graph();
    cr_assert_eq(run_graph(), JOIST_OK, "%s", report->error.message);
    cr_expect_str_eq(rejects, "sort_out tenth number 50 ev");
}
