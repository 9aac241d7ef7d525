/* SPDX-License-Identifier: Apache-2.0
 * Tests: lease.c window.c
 * Leases over the journal of a real store, behind which replies get lost. */
#include <criterion/criterion.h>

#include "lease.h"
#include "window.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOW = 1700000000 };

typedef struct test_env { joist_env env; int64_t now, slept; bool stop; } test_env;
static int64_t now_ms(joist_env *env) { return ((test_env *)(void *)env)->now; }
static void sleep_ms(joist_env *env, int64_t ms) { ((test_env *)(void *)env)->slept += ms; }
static uint64_t chance(joist_env *env) { (void)env; return 7; }
static bool stopping(joist_env *env) { return ((test_env *)(void *)env)->stop; }
static test_env world = { .env = { now_ms, sleep_ms, chance, stopping } };

/* ---- a journal whose calls may be lost on their way, or their answers on the way back -------- */
static const joist_journal_ops *real_ops;
static joist_journal *real;
static int lose_calls, lose_answers, calls;
static int64_t takes;

static joist_status post(joist_status (*call)(const void *x, void *out, joist_error *e),
                         const void *x, void *out, joist_error *e)
{
    calls++;
    if (lose_calls > 0 && lose_calls--)
        return JOIST_RETRY;
    joist_status status = call(x, out, e);
    return lose_answers > 0 && lose_answers-- ? JOIST_RETRY : status;
}

static joist_arena *arena;

static joist_status real_take(const void *x, void *out, joist_error *e)
{
    takes++;
    return real_ops->take(real, x, arena, out, e);
}

static joist_status real_put(const void *x, void *out, joist_error *e)
{
    (void)out;
    return real_ops->put(real, x, e);
}

static joist_status take(joist_journal *j, const joist_lease_request *want, joist_arena *a,
                         joist_journal_entry *entry, joist_error *e)
{
    (void)j, (void)a;
    return post(real_take, want, entry, e);
}

static joist_status put(joist_journal *j, const joist_journal_entry *entry, joist_error *e)
{
    (void)j;
    return post(real_put, entry, NULL, e);
}

static const joist_journal_ops ops = { .take = take, .put = put };
static joist_journal lossy = { &ops };

/* ---- the suite ------------------------------------------------------------------------------- */
static char dir[256];
static joist_error error;

static void begin(void)
{
    snprintf(dir, sizeof dir, "/tmp/joist-lease-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    arena = joist_arena_new();
    joist_text uri = joist_arena_printf(arena, "sqlite:%s/x.db", dir);
    for (size_t i = 0; joist_connectors[i]; i++)
        if (joist_connectors[i]->journal)
            real_ops = joist_connectors[i]->journal;
    joist_text store = joist_uri_rest(uri);
    fclose(fopen(joist_arena_printf(arena, "%.*s%c", JOIST_ARG(store), 0).ptr, "w"));
    cr_assert_eq(real_ops->open(uri, JOIST_TEXT("p"), true, &world.env, &real, &error), JOIST_OK,
                 "%s", error.message);
    world.now = NOW * INT64_C(1000);
}

static void end(void)
{
    char command[300];
    real_ops->close(real);
    joist_arena_free(arena);
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(lease, .init = begin, .fini = end);

static jst_cli_lease lease_of(const char *holder)
{
    return (jst_cli_lease){ .journal = &lossy, .env = &world.env, .arena = arena,
                            .holder = joist_text_of(holder), .length_ms = 600000 };
}

static joist_status take_window(jst_cli_lease *l)
{
    error = (joist_error){ 0 };
    return jst_cli_lease_take(l, JOIST_TEXT("2026-08-20T09"), &error);
}

static joist_journal_entry stored(void)
{
    joist_journal_entry *entries;
    size_t count;
    cr_assert_eq(real_ops->list(real, JOIST_NO_TEXT, JOIST_NO_TEXT, arena, &entries, &count,
                                &error), JOIST_OK);
    cr_assert_eq(count, 1);
    return *entries;
}

Test(lease, taken_renewed_and_given_back)
{
    jst_cli_lease l = lease_of("a");
    cr_assert_eq(take_window(&l), JOIST_OK);
    cr_expect_eq(stored().lease_until.ms, world.now + 600000);
    world.now += 100000;
    cr_assert_eq(jst_cli_lease_put(&l, &error), JOIST_OK);
    cr_expect_eq(stored().lease_until.ms, world.now + 600000);
    l.entry.state = JOIST_TEXT("done");
    cr_assert_eq(jst_cli_lease_release(&l, &error), JOIST_OK);
    cr_expect_eq(stored().holder.len, 0);
    cr_expect_not(stored().lease_until.set);
}

Test(lease, kept_from_a_third_of_it_on)
{
    jst_cli_lease l = lease_of("a");
    take_window(&l);
    calls = 0;
    world.now += 199999;
    jst_cli_lease_keep(&l);
    cr_expect_eq(calls, 0);
    world.now += 1;
    jst_cli_lease_keep(&l);
    cr_expect_eq(calls, 1);
    cr_expect_eq(stored().lease_until.ms, world.now + 600000);
    jst_cli_lease_keep(&l);
    cr_expect_eq(calls, 1);
    world.now -= 3600000;
    jst_cli_lease_keep(&l);
    cr_expect_eq(stored().lease_until.ms, world.now + 600000, "a clock that jumped back");
}

Test(lease, one_that_was_lost_is_told_and_stays_lost)
{
    jst_cli_lease a = lease_of("a"), b = lease_of("b");
    take_window(&a);
    cr_expect_eq(take_window(&b), JOIST_REJECTED);
    cr_expect(joist_text_equal(b.entry.holder, JOIST_TEXT("a")));
    world.now += 600000;
    cr_assert_eq(take_window(&b), JOIST_OK);
    for (int i = 0; i < 2; i++) {
        error = (joist_error){ 0 };
        cr_expect_eq(jst_cli_lease_put(&a, &error), JOIST_FAILED);
        cr_expect_eq(error.failure, JOIST_TEMPORARY);
        cr_expect(strstr(error.message, "2026-08-20T09 (number 1700000000) was lost"), "%s",
                  error.message);
    }
    jst_cli_lease_keep(&a);
    cr_expect_eq(jst_cli_lease_release(&a, &error), JOIST_FAILED);
    cr_expect(joist_text_equal(stored().holder, JOIST_TEXT("b")));
}

Test(lease, calls_and_answers_that_get_lost_are_made_again)
{
    jst_cli_lease l = lease_of("a");
    lose_calls = 2;
    lose_answers = 1;
    cr_assert_eq(take_window(&l), JOIST_OK);
    cr_expect_eq(takes, 2, "the first was granted, and nobody heard of it");
    cr_expect_eq(l.entry.number, NOW + 1);
    cr_expect_eq(world.slept, 100 + 7 + 200 + 7 + 400 + 7);
    lose_answers = 3;
    l.entry.state = JOIST_TEXT("planned");
    cr_assert_eq(jst_cli_lease_put(&l, &error), JOIST_OK);
    cr_expect(joist_text_equal(stored().state, JOIST_TEXT("planned")));
}

Test(lease, a_journal_that_never_answers_is_temporary)
{
    jst_cli_lease l = lease_of("a");
    lose_calls = 100;
    cr_expect_eq(take_window(&l), JOIST_FAILED);
    cr_expect_eq(error.failure, JOIST_TEMPORARY);
    cr_expect_str_eq(error.message, "the journal does not answer");
    cr_expect_eq(calls, 7);
}

Test(lease, a_run_that_is_stopping_does_not_wait)
{
    jst_cli_lease l = lease_of("a");
    lose_calls = 100;
    world.stop = true;
    cr_expect_eq(take_window(&l), JOIST_FAILED);
    cr_expect_eq(calls, 1);
    cr_expect_eq(world.slept, 0);
}

static bool everybody_is_gone(joist_text holder)
{
    cr_expect(joist_text_equal(holder, JOIST_TEXT("a")));
    return true;
}

static bool nobody_is_gone(joist_text holder)
{
    (void)holder;
    return false;
}

Test(lease, of_the_dead_is_inherited)
{
    jst_cli_lease a = lease_of("a"), b = lease_of("b");
    take_window(&a);
    b.gone = nobody_is_gone;
    cr_expect_eq(take_window(&b), JOIST_REJECTED);
    b.gone = everybody_is_gone;
    cr_assert_eq(take_window(&b), JOIST_OK);
    cr_expect(joist_text_equal(stored().holder, JOIST_TEXT("b")));
    cr_expect_eq(b.entry.number, NOW + 1);
    cr_expect_eq(jst_cli_lease_put(&a, &error), JOIST_FAILED, "should it not be dead after all");
}

/* Its run ends while it is looked at. */
static jst_cli_lease *ending;
static bool ends_now(joist_text holder)
{
    (void)holder;
    ending->entry.state = JOIST_TEXT("done");
    cr_assert_eq(jst_cli_lease_release(ending, &error), JOIST_OK);
    return true;
}

Test(lease, what_a_holder_told_last_is_not_undone)
{
    jst_cli_lease a = lease_of("a"), b = lease_of("b");
    take_window(&a);
    a.entry.state = JOIST_TEXT("planned");
    cr_assert_eq(jst_cli_lease_put(&a, &error), JOIST_OK);
    ending = &a;
    b.gone = ends_now;
    cr_assert_eq(take_window(&b), JOIST_OK);
    cr_expect(joist_text_equal(b.entry.state, JOIST_TEXT("done")), "'%.*s'",
              JOIST_ARG(b.entry.state));
}

/* ---- the states of a window ------------------------------------------------------------------ */
static joist_text name_of(void *user, joist_text uri)
{
    (void)user;
    return joist_uri_rest(uri);
}

static jst_cli_window window_of(const char *holder)
{
    jst_cli_window w = { .lease = lease_of(holder), .name = name_of };
    cr_assert_eq(take_window(&w.lease), JOIST_OK);
    cr_assert_eq(jst_cli_window_begin(&w, JOIST_TEXT("run-1"), &error), JOIST_OK);
    return w;
}

static void expect_state(const char *state)
{
    joist_journal_entry entry = stored();
    cr_expect(joist_text_equal(entry.state, joist_text_of(state)), "'%.*s' is not '%s'",
              JOIST_ARG(entry.state), state);
}

static joist_report report_of(const char *status)
{
    static const joist_sink_report sinks[] = { { .rows = 3 }, { .rows = 4 } };
    return (joist_report){ .status = status, .records = 9, .events = 8, .rejected = 1,
                           .digest = JOIST_TEXT("abc"), .sinks = sinks, .sinks_count = 2,
                           .adds_up = true };
}

Test(lease, a_window_goes_through_its_states)
{
    jst_cli_window w = window_of("a");
    joist_report r = report_of("done");
    expect_state("planned");
    cr_expect_eq(stored().digest.len, 0);
    cr_expect(jst_cli_window_may_commit(&w, &error));
    cr_assert_eq(jst_cli_window_committed(&w, JOIST_TEXT("x:history"), true, &error), JOIST_OK);
    expect_state("history committed");
    cr_assert_eq(jst_cli_window_committed(&w, JOIST_TEXT("x:latest"), false, &error), JOIST_OK);
    expect_state("latest upserted");
    cr_assert_eq(jst_cli_window_end(&w, &r, 4, &error), JOIST_OK);
    expect_state("done");
    joist_journal_entry entry = stored();
    cr_expect(joist_text_equal(entry.run, JOIST_TEXT("run-1")));
    cr_expect(joist_text_equal(entry.digest, JOIST_TEXT("abc")));
    cr_expect_eq(entry.records, 9);
    cr_expect_eq(entry.rows, 7);
    cr_expect_eq(entry.exit_code, 4);
    cr_expect_eq(entry.error.len + entry.holder.len, 0);
}

Test(lease, a_window_that_failed_says_why_and_hides_passwords)
{
    jst_cli_window w = window_of("a");
    joist_report r = report_of("failed");
    joist_fail_with(&r.error, JOIST_FATAL, "cannot reach mongodb://me:secret@host/db");
    cr_assert_eq(jst_cli_window_end(&w, &r, 1, &error), JOIST_OK);
    expect_state("failed");
    joist_text said = stored().error;
    cr_expect(said.len && !memmem(said.ptr, said.len, "secret", 6), "%.*s", JOIST_ARG(said));
}

Test(lease, a_window_that_failed_behind_a_commit_keeps_the_state_that_tells)
{
    jst_cli_window w = window_of("a");
    joist_report r = report_of("interrupted");
    cr_assert_eq(jst_cli_window_committed(&w, JOIST_TEXT("x:history"), true, &error), JOIST_OK);
    cr_assert_eq(jst_cli_window_end(&w, &r, 143, &error), JOIST_OK);
    expect_state("history committed");
    cr_expect(joist_text_equal(stored().error, JOIST_TEXT("interrupted")));
}

Test(lease, a_window_whose_lease_was_lost_may_not_commit_nor_tell_anything)
{
    jst_cli_window w = window_of("a");
    jst_cli_lease other = lease_of("b");
    joist_report r = report_of("done");
    world.now += 600000;
    cr_assert_eq(take_window(&other), JOIST_OK);
    cr_expect_not(jst_cli_window_may_commit(&w, &error));
    cr_expect_eq(error.failure, JOIST_TEMPORARY);
    cr_expect_eq(jst_cli_window_committed(&w, JOIST_TEXT("x:latest"), false, &error),
                 JOIST_FAILED);
    cr_expect_eq(jst_cli_window_end(&w, &r, 0, &error), JOIST_FAILED);
    expect_state("planned");
    cr_expect(joist_text_equal(stored().holder, JOIST_TEXT("b")));
}
