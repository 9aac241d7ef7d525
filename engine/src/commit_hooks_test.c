/* SPDX-License-Identifier: Apache-2.0
 * What the caller of a run is asked and told around commits, and what stores know of the run. */
/* Tests: commit.c */
#include "run_test.h"

#define VISIT(F, T) F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_time, hour)
JOIST_RECORD(visit, VISIT);

static const visit visits[] = { { { "a", 1 }, { 1000, true } }, { { "b", 1 }, { 1000, true } } };

static void build_two(joist_pipeline *p, const void *options)
{
    (void)options;
    visit_coll all = joist_read(visit, p, .uri = JOIST_TEXT("mem:in"));
    joist_write(all, .uri = JOIST_TEXT("mem:history"), .key = JOIST_FIELDS(visit, hour, id),
                .window = JOIST_FIELDS(visit, hour), .hour = JOIST_TEXT("2026-08-20T09"));
    joist_write(all, .uri = JOIST_TEXT("mem:latest"), .name = "latest",
                .key = JOIST_FIELDS(visit, id));
}

static const joist_pipeline_def two = { .name = "two", .build = build_two,
                                        .connectors = mem_connectors };
static joist_pipeline *p;
static joist_run_options o;

/* What happened, operations of stores included: everything is in the one log. */
static void note(const char *text)
{
    operation("told", joist_text_of(text), NULL);
}

static const char *refusal;
static bool may_commit(void *user, joist_error *e)
{
    cr_expect_eq(user, &o);
    note("may_commit");
    if (refusal)
        joist_fail_with(e, JOIST_TEMPORARY, "%s", refusal);
    return !refusal;
}

static const char *fail_after;
static joist_status committed(void *user, joist_text uri, bool replaced, joist_error *e)
{
    char text[64];
    cr_expect_eq(user, &o);
    snprintf(text, sizeof text, "%.*s%s", JOIST_ARG(uri), replaced ? " replaced" : "");
    note(text);
    if (fail_after && joist_text_equal(uri, joist_text_of(fail_after)))
        return joist_fail_with(e, JOIST_TEMPORARY, "the journal does not answer");
    return JOIST_OK;
}

static void set_up(void)
{
    make_dir();
    world.inputs[0] = (mem_input){ .name = "in", .items = visits, .count = 2,
                                    .size = sizeof *visits };
    p = joist_pipeline_new(&two);
    o = defaults();
    o.may_commit = may_commit;
    o.committed = committed;
    o.user = &o;
    o.window = JOIST_TEXT("2026-08-20T09");
    o.number = 42;
}

static void tear_down(void)
{
    joist_pipeline_free(p);
    drop_dir();
}

TestSuite(commit_hooks, .init = set_up, .fini = tear_down);

/* The parts come one behind the other in the log. */
static void expect_order(const char *const *parts)
{
    const char *at = world.log;
    for (; *parts; parts++) {
        const char *found = strstr(at, *parts);
        cr_assert(found, "no '%s' in '%s'", *parts, at);
        at = found + strlen(*parts);
    }
}

Test(commit_hooks, asked_before_the_first_commit_told_after_each)
{
    DONE(p, &o);
    expect_order((const char *const[]){
        "begin:history", "begin:latest", "prepare:", "told:may_commit", "commit:history",
        "told:mem:history replaced", "commit:latest", "told:mem:latest ", NULL });
    cr_expect_eq(world.number, 42, "stores know the number of the lease");
}

Test(commit_hooks, locks_are_taken_before_anything_is_written)
{
    DONE(p, &o);
    const char *write = strstr(world.log, "write:");
    cr_expect(write && strstr(world.log, "begin:latest") < write);
}

Test(commit_hooks, a_refusal_leaves_everything_as_it_was)
{
    refusal = "the lease was lost";
    FAILS(p, &o, JOIST_TEMPORARY, "the lease was lost");
    cr_expect_not(strstr(world.log, "commit:history"));
    cr_expect_str_eq(seen("history.visits"), "");
    cr_expect_str_eq(seen("latest.visits"), "");
}

Test(commit_hooks, a_failure_between_two_commits_prevents_the_second)
{
    fail_after = "mem:history";
    FAILS(p, &o, JOIST_TEMPORARY, "the journal does not answer");
    cr_expect_str_neq(seen("history.visits"), "");
    cr_expect_str_eq(seen("latest.visits"), "");
    cr_expect(report->sinks[0].committed);
    cr_expect_not(report->sinks[1].committed);
}

Test(commit_hooks, a_dry_run_asks_and_tells_nothing)
{
    o.dry_run = true;
    DONE(p, &o);
    cr_expect_not(strstr(world.log, "told:"));
}

Test(commit_hooks, a_store_that_cannot_begin_ends_the_run)
{
    world.faults[0] = (mem_fault){ "begin:latest", 1, JOIST_RETRY, "busy" };
    DONE(p, &o);
    cr_expect_geq(the_env.sleeps, 1);
    world.faults[0] = (mem_fault){ "begin:latest", 1, JOIST_FAILED, "no room" };
    FAILS(p, &o, JOIST_FATAL, "no room");
}

Test(commit_hooks, nobody_need_be_asked)
{
    o = defaults();
    DONE(p, &o);
    cr_expect_eq(world.number, 0);
}
