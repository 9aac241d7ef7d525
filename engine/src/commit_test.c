/* SPDX-License-Identifier: Apache-2.0
 * Stores under every fault: what is retried, what is refused, what ends the run, and that nothing
 * is visible before all of it is. */
/* Tests: commit.c */
#include "run_test.h"

static const ev evs[] = { EV_("a", 1, 1, "x"), EV_("b", 2, 2, "y"), EV_("c", 3, 3, "x"),
                          EV_("d", 4, 4, "z"), EV_("a", 5, 5, "z") };

static void build_two(joist_pipeline *p, const void *options)
{
    (void)options;
    ev_coll all = joist_read(ev, p, .uri = JOIST_TEXT("mem:in"));
    joist_write(all, .uri = JOIST_TEXT("mem:one"), .key = JOIST_FIELDS(ev, key));
    joist_write(joist_count(ev, all, tag), .uri = JOIST_TEXT("mem:two"));
    joist_write(joist_sum(ev, all, tag, n), .uri = JOIST_TEXT("mem:one"),
                .name = "sums", .key = JOIST_FIELDS(joist_total, key));
}

static const joist_pipeline_def two = { .name = "two", .build = build_two,
                                        .connectors = mem_connectors };
static joist_pipeline *p;
static joist_run_options o;

static void set_up(void)
{
    make_dir();
    world.inputs[0] =
        (mem_input){ "in", evs, sizeof evs / sizeof *evs, sizeof *evs, .per_file = 2 };
    p = joist_pipeline_new(&two);
    o = defaults();
}

static void tear_down(void)
{
    joist_pipeline_free(p);
    drop_dir();
}

TestSuite(commit, .init = set_up, .fini = tear_down);

static void nothing_visible(void)
{
    cr_expect_str_eq(seen("one.evs"), "");
    cr_expect_str_eq(seen("one.joist_totals"), "");
    cr_expect_str_eq(seen("two.joist_tallys"), "");
    for (size_t i = 0; i < report->sinks_count; i++)
        cr_expect(!report->sinks[i].committed);
}

Test(commit, everything_in_key_order_in_the_order_of_the_first_write)
{
    DONE(p, &o);
    cr_expect_str_eq(seen("one.evs"), "{\"key\":\"a\",\"n\":5,\"seq\":5,\"tag\":\"z\"}\n"
                                      "{\"key\":\"b\",\"n\":2,\"seq\":2,\"tag\":\"y\"}\n"
                                      "{\"key\":\"c\",\"n\":3,\"seq\":3,\"tag\":\"x\"}\n"
                                      "{\"key\":\"d\",\"n\":4,\"seq\":4,\"tag\":\"z\"}\n");
    cr_expect_str_eq(seen("two.joist_tallys"), "{\"key\":\"x\",\"count\":2}\n"
                                              "{\"key\":\"y\",\"count\":1}\n"
                                              "{\"key\":\"z\",\"count\":2}\n");
    cr_expect_str_eq(seen("one.joist_totals"), "{\"key\":\"x\",\"total\":4}\n"
                                               "{\"key\":\"y\",\"total\":2}\n"
                                               "{\"key\":\"z\",\"total\":9}\n");
    const char *one = strstr(world.log, "commit:one"), *another = strstr(world.log, "commit:two");
    cr_expect(one && another && one < another);
    cr_expect(strstr(world.log, "prepare:two") < one, "all are prepared before one commits");
    cr_assert_eq(report->sinks_count, 3);
    cr_expect_eq(report->sinks[0].rows, 4);
    cr_expect(report->sinks[0].committed && report->sinks[2].committed);
    cr_expect_eq(report->sinks[2].rows, 3);
}

Test(commit, what_is_busy_is_tried_again_with_growing_waits)
{
    world.faults[0] = (mem_fault){ "open:one", 2, JOIST_RETRY, "busy" };
    world.faults[1] = (mem_fault){ "write:one", 3, JOIST_RETRY, "busy" };
    world.faults[2] = (mem_fault){ "prepare:two", 1, JOIST_RETRY, "busy" };
    world.faults[3] = (mem_fault){ "commit:two", 2, JOIST_RETRY, "busy" };
    world.faults[4] = (mem_fault){ "read:in", 1, JOIST_RETRY, "busy" };
    DONE(p, &o);
    cr_expect_eq(the_env.sleeps, 9);
    cr_expect_geq(the_env.slept, 100 + 200 + 100 + 200 + 400 + 100 + 100 + 200 + 100);
    cr_expect_eq(report->sinks[0].rows, 4);
    cr_expect(strstr(seen("one.evs"), "\"key\":\"d\""));
    cr_expect(strstr(seen("two.joist_tallys"), "\"key\":\"z\""));
}

/* More rows than one call takes, and not the last call is the one that is busy or refuses. */
Test(commit, many_rows_of_which_the_first_are_refused_and_busy)
{
    enum { MANY = 1000 };
    static ev many[MANY];
    static char keys[MANY][8];
    for (size_t i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "%04zu", i);
        many[i] = (ev){ .key = { keys[i], 4 }, .seq = (int64_t)i, .tag = JOIST_TEXT("x") };
    }
    world.inputs[0] = (mem_input){ "in", many, MANY, sizeof *many, .per_file = 100 };
    world.faults[0] = (mem_fault){ "write:one", 2, JOIST_RETRY, "busy" };
    world.refuse = "\"key\":\"01";
    DONE(p, &o);
    cr_expect_eq(report->sinks[0].rows, MANY - 100);
    cr_expect_eq(report->rejected, 100);
    const char *line = seen("one.evs");
    for (int i = 0; i < MANY; i += i == 99 ? 101 : 1, line = strchr(line, '\n') + 1)
        cr_assert_eq(strtol(line + 8, NULL, 10), i);
    cr_expect_eq(*line, '\0');
}

/* The whole table of steps at which a store can give up. */
static void fails_at(const char *op, joist_status status, joist_failure failure)
{
    world.faults[0] = (mem_fault){ op, 1000, status, "the store is gone" };
    FAILS(p, &o, failure, "the store is gone");
    nothing_visible();
}
#define FAILS_AT(name, op)                                                                        \
    Test(commit, name##_fails) { fails_at(op, JOIST_FAILED, JOIST_FATAL); }                       \
    Test(commit, name##_stays_busy) { fails_at(op, JOIST_RETRY, JOIST_TEMPORARY); }
FAILS_AT(read, "read:in")
FAILS_AT(open, "open:two")
FAILS_AT(write, "write:two")
FAILS_AT(prepare, "prepare:two")
FAILS_AT(commit, "commit:one")

Test(commit, a_failure_between_two_commits_says_what_is_committed)
{
    world.faults[0] = (mem_fault){ "commit:two", 1, JOIST_FAILED, "gone" };
    FAILS(p, &o, JOIST_FATAL, "gone");
    cr_expect(report->sinks[0].committed && report->sinks[2].committed);
    cr_expect(!report->sinks[1].committed);
    DONE(p, &o);
    cr_expect(strstr(seen("two.joist_tallys"), "\"key\":\"z\""), "running again completes it");
}

Test(commit, a_retry_without_a_word_still_gives_a_message)
{
    world.faults[0] = (mem_fault){ "open:one", 1000, JOIST_RETRY, NULL };
    FAILS(p, &o, JOIST_TEMPORARY, "mem:one");
}

Test(commit, a_failure_without_a_word_still_gives_a_message)
{
    world.faults[0] = (mem_fault){ "write:one", 1, JOIST_FAILED, NULL };
    FAILS(p, &o, JOIST_FATAL, "mem:one");
}

/* ---- refused rows ---------------------------------------------------------------------------- */

static char *dead_letters(void)
{
    FILE *f = fopen(report->dead.ptr, "r");
    static char text[1 << 16];
    cr_assert_not_null(f, "%.*s", JOIST_ARG(report->dead));
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

Test(commit, refused_rows_become_dead_letters_and_the_numbers_add_up)
{
    o.dead = joist_text_of(test_dir);
    o.run_id = JOIST_TEXT("r");
    world.refuse = "\"tag\":\"z\"";
    DONE(p, &o);
    cr_expect_eq(report->sinks[0].rows, 2);
    cr_expect_eq(report->rejected, 2);
    cr_expect_eq(report->events, 5, "the other outputs have them");
    cr_expect_eq(stage_named("write_ev")->rejected_count, 1);
    cr_expect_str_eq(stage_named("write_ev")->rejected[0].code, "sink_row");
    cr_expect_eq(stage_named("write_ev")->rejected[0].count, 2);
    char *text = dead_letters();
    cr_expect(strstr(text, "\"code\":\"sink_row\",\"message\":\"refused\""), "%s", text);
    cr_expect(strstr(text, "\"source\":{\"uri\":\"mem:in\",\"offset\":40,\"line\":1,\"record\":0}"),
              "%s", text);
    cr_expect(strstr(text, "\"element\":{\"key\":\"a\",\"n\":5,\"seq\":5,\"tag\":\"z\"}"), "%s",
              text);
    cr_expect(strstr(seen("one.evs"), "\"key\":\"c\""), "rows behind a refused one are written");
}

Test(commit, refused_rows_of_an_aggregate_have_no_source)
{
    o.dead = joist_text_of(test_dir);
    o.run_id = JOIST_TEXT("r");
    world.refuse = "\"count\":2";
    DONE(p, &o);
    char *text = dead_letters();
    cr_expect_eq(report->rejected, 2);
    cr_expect(strstr(text, "\"element\":{\"key\":\"x\",\"count\":2}"), "%s", text);
    cr_expect(strstr(text, "\"element\":{\"key\":\"z\",\"count\":2}"), "%s", text);
    cr_expect(!strstr(text, "mem:in"), "%s", text);
}

Test(commit, all_rows_refused)
{
    world.refuse = "{";
    DONE(p, &o);
    cr_expect_eq(report->sinks[0].rows, 0);
    cr_expect_eq(report->rejected, 4 + 3 + 3);
    cr_expect_eq(report->dead.len, 0, "no directory for dead letters was given");
}

Test(commit, a_store_that_refuses_what_it_was_not_given_ends_the_run)
{
    world.refused_beyond = 1;
    FAILS(p, &o, JOIST_FATAL, "mem:");
    nothing_visible();
}

/* ---- dry runs, interruptions ----------------------------------------------------------------- */

Test(commit, a_dry_run_counts_and_touches_no_store)
{
    o.dry_run = true;
    DONE(p, &o);
    nothing_visible();
    cr_expect_eq(report->sinks[0].rows, 4);
    cr_expect(!strstr(world.log, "open:"), "%s", world.log);
}

static void stopped_at(const char *op)
{
    world.stop_at = op;
    cr_assert_eq(run_it(p, &o), JOIST_FAILED);
    cr_expect_str_eq(report->status, "interrupted", "%s: %s", op, report->error.message);
    cr_expect_str_eq(report->error.message, "");
    nothing_visible();
}
Test(commit, stopped_while_the_input_is_opened) { stopped_at("read:in"); }
Test(commit, stopped_while_stores_are_opened) { stopped_at("open:two"); }
Test(commit, stopped_before_the_first_bundle) { stopped_at("start:in"); }
Test(commit, stopped_while_reading) { stopped_at("bundle:in"); }
Test(commit, stopped_at_a_record)
{
    world.inputs[0].stop_at = 3;
    stopped_at("none");
    cr_expect_lt(report->records, 5 + 1);
    cr_expect(!strstr(world.log, "write:"), "%s", world.log);
}
Test(commit, stopped_while_writing) { stopped_at("write:one"); }
Test(commit, stopped_while_preparing) { stopped_at("prepare:two"); }

/* The dead letters' file is the last thing before the commits. */
Test(commit, stopped_before_the_first_commit)
{
    o.dead = JOIST_TEXT("mem:dead");
    o.run_id = JOIST_TEXT("r");
    world.refuse = "\"tag\":\"z\"";
    stopped_at("commit:dead/r.jsonl");
}

Test(commit, stopped_while_an_input_is_busy)
{
    world.faults[0] = (mem_fault){ "read:in", 1000, JOIST_RETRY, "busy" };
    stopped_at("read:in");
}

Test(commit, stopped_while_a_store_is_busy)
{
    world.faults[0] = (mem_fault){ "write:one", 1000, JOIST_RETRY, "busy" };
    stopped_at("write:one");
}

Test(commit, stopped_while_prepare_is_busy)
{
    world.faults[0] = (mem_fault){ "prepare:one", 1000, JOIST_RETRY, "busy" };
    stopped_at("prepare:one");
}

/* Behind the first commit the others follow: half of the stores would be worse than all. */
Test(commit, stopped_while_committing_commits_the_rest)
{
    world.stop_at = "commit:one";
    cr_assert_eq(run_it(p, &o), JOIST_FAILED);
    cr_expect_str_eq(report->status, "interrupted");
    for (size_t i = 0; i < report->sinks_count; i++)
        cr_expect(report->sinks[i].committed);
}
