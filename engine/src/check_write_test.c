/* SPDX-License-Identifier: Apache-2.0
 * What joist_write can be asked for beyond rows: groups that are replaced, all rows replaced, a log
 * of changes; who refuses it, and in which order it reaches a store. */
/* Tests: check_write.c */
#include "edit.h"
#include "joist/shorthand.h"
#include "run_test.h"

static const ev evs[] = { EV_("a", 1, 1, "x"), EV_("b", 2, 2, "y"), EV_("a", 3, 3, "x"),
                          EV_("a", 4, 4, "y") };

JOIST_FILTER(even, ev);
static bool even_keep(const ev *e) { return e->n.v % 2 == 0; }
static const joist_dofn *const dofns[] = { &even_dofn, NULL };

static void (*chosen)(ev_coll in);
static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    chosen(joist_read(ev, p, .uri = JOIST_TEXT("mem:in"), .name = "in"));
}
static const joist_pipeline_def def = { .name = "def", .build = build, .dofns = dofns,
                                        .connectors = mem_connectors };
static joist_pipeline *p;

static void set_up(void)
{
    world.inputs[0] = (mem_input){ "in", evs, 4, sizeof *evs, .per_file = 1 };
    p = joist_pipeline_new(&def);
}
static void tear_down(void) { joist_pipeline_free(p); }
TestSuite(check_write, .init = set_up, .fini = tear_down);

static void refused(void (*b)(ev_coll), joist_failure failure, const char *part)
{
    chosen = b;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_FAILED, "no '%s'", part);
    cr_expect_eq(error.failure, failure);
    cr_expect(strstr(error.message, part), "'%s' is not in '%s'", part, error.message);
    cr_expect(strstr(error.message, "check_write_test.c:"), "%s", error.message);
}
#define REFUSES_AS(failure, name, part)                                                           \
    static void build_##name(ev_coll in);                                                         \
    Test(check_write, name) { refused(build_##name, failure, part); }                             \
    static void build_##name(ev_coll in)
#define REFUSES(name, part)       REFUSES_AS(JOIST_GRAPH, name, part)
#define REFUSES_STORE(name, part) REFUSES_AS(JOIST_USAGE, name, part)

#define OUT   JOIST_TEXT("mem:out")
#define PLAIN JOIST_TEXT("plain:out")
#define KEY   JOIST_FIELDS(ev, key)

REFUSES(groups_without_their_fields, "the .groups of joist_write need .groups_by = "
                                     "JOIST_FIELDS(ev, …)")
{
    joist_write(in, .uri = OUT, .key = KEY, .groups = in);
}
REFUSES(fields_without_groups, "the .groups of joist_write is missing")
{
    joist_write(in, .uri = OUT, .key = KEY, .groups_by = KEY);
}
REFUSES(a_field_of_groups_that_is_no_column, "'write_ev_groups' finds its rows by 'tag'")
{
    joist_write(in, .uri = OUT, .key = KEY, .groups = in, .groups_by = JOIST_FIELDS(ev, tag),
                .without = JOIST_FIELDS(ev, tag));
}
REFUSES(a_field_of_changes_that_is_no_column, "'write_ev' finds its rows by 'tag'")
{
    joist_write(in, .uri = OUT, .key = KEY, .changes = JOIST_FIELDS(ev, tag),
                .without = JOIST_FIELDS(ev, tag));
}
REFUSES_STORE(groups_in_a_store_that_cannot, "step 'write_ev_groups' cannot replace groups "
              "(.groups) in 'plain:out'; stores that can: sqlite:, mem:")
{
    joist_write(in, .uri = PLAIN, .key = KEY, .groups = in, .groups_by = KEY);
}
REFUSES_STORE(replace_all_in_a_store_that_cannot, "step 'write_ev' cannot replace all rows "
        "(.replace_all) of 'plain:out'; stores that can: a path, file:, sqlite:, mem:")
{
    joist_write(in, .uri = PLAIN, .replace_all = true);
}
REFUSES_STORE(changes_in_a_store_that_cannot,
              "cannot keep a log of changes (.changes) in 'plain:out'")
{
    joist_write(in, .uri = PLAIN, .changes = KEY);
}
REFUSES_STORE(groups_in_a_file,
              "cannot replace groups (.groups) in 'out.jsonl'; stores that can: sqlite")
{
    joist_write(in, .uri = JOIST_TEXT("out.jsonl"), .groups = in, .groups_by = KEY);
}
REFUSES(an_outbox_with_changes, "'write_ev' is an outbox: it takes no .replace_all and no .changes")
{
    joist_write(in, .uri = OUT, .key = KEY, .outbox = true, .changes = KEY);
}

/* ---- what reaches the store ------------------------------------------------------------------ */
static void build_groups(ev_coll in)
{
    joist_write(JOIST_APPLY(even, in), .uri = OUT, .key = JOIST_FIELDS(ev, key, tag),
                .groups = in, .groups_by = KEY, .name = "w");
}

static void checked(void (*b)(ev_coll))
{
    chosen = b;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
}

Test(check_write, each_group_comes_once_and_before_the_rows)
{
    checked(build_groups);
    joist_run_options o = defaults();
    DONE(p, &o);
    cr_expect_str_eq(seen("out.evs-"), "{\"key\":\"a\",\"n\":4,\"seq\":4,\"tag\":\"y\"}\n"
                                       "{\"key\":\"b\",\"n\":2,\"seq\":2,\"tag\":\"y\"}\n");
    cr_expect_str_eq(seen("out.evs"), "{\"key\":\"a\",\"n\":4,\"seq\":4,\"tag\":\"y\"}\n"
                                      "{\"key\":\"b\",\"n\":2,\"seq\":2,\"tag\":\"y\"}\n");
    cr_assert_eq(report->sinks_count, 2);
    cr_expect_str_eq(report->sinks[0].name, "w_groups");
    cr_expect_eq(report->sinks[0].rows, 2);
    cr_expect_str_eq(report->sinks[1].name, "w");
    cr_expect(report->sinks[0].committed && report->adds_up);
}

Test(check_write, the_plan_has_the_groups_first)
{
    checked(build_groups);
    jst_plan *plan = jst_plan_new(p);
    const jst_store_plan *s = &plan->stores[0];
    cr_assert_eq(s->count, 2);
    cr_expect(s->specs[0].erase && !s->specs[1].erase);
    cr_expect(joist_text_equal(s->specs[0].table, s->specs[1].table));
    cr_expect_eq(s->specs[0].key.count, 1);
    cr_expect_eq(s->specs[1].key.count, 2);
    jst_plan_free(plan);
}

Test(check_write, a_replay_empties_no_groups)
{
    joist_text step = JOIST_TEXT("in");
    checked(build_groups);
    cr_expect_eq(jst_edit_enter(p, &step, 1, "mem", &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "nothing can be added at 'w_groups'"), "%s", error.message);
}

static void build_all(ev_coll in)
{
    joist_write(in, .uri = OUT, .key = KEY, .replace_all = true, .changes = KEY);
}

Test(check_write, a_replay_adds_to_a_table_that_runs_replace)
{
    joist_text step = JOIST_TEXT("write_ev");
    checked(build_all);
    cr_expect(jst_edit_step(p, step)->replace_all);
    cr_assert_eq(jst_edit_enter(p, &step, 1, "mem", &error), JOIST_OK, "%s", error.message);
    cr_expect(!jst_edit_step(p, step)->replace_all);
    cr_expect_eq(jst_edit_step(p, step)->changes.count, 1);
}
