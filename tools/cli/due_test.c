/* SPDX-License-Identifier: Apache-2.0
 * Which windows are due, by cases with a name and then by all combinations. */
#include <criterion/criterion.h>

#include "due.h"
#include "joist/text.h"

static joist_arena *arena;
static joist_journal_entry entries[16];
static int64_t hours[64];
static size_t entries_count, hours_count;
static jst_cli_due_rules rules;

static int64_t minutes(int n) { return (int64_t)n * 60000; }

/* Minute `m` of hour `h` of 2026-08-20. */
static int64_t at(int h, int m)
{
    joist_time day;
    cr_assert(joist_hour_parse(JOIST_TEXT("2026-08-20T00"), &day));
    return day.ms + h * (int64_t)JST_CLI_HOUR_MS + minutes(m);
}

static void begin(void)
{
    arena = joist_arena_new();
    entries_count = hours_count = 0;
    rules = (jst_cli_due_rules){ .now_ms = at(12, 5), .lag_ms = minutes(5), .recheck = 2 };
}

static void end(void)
{
    joist_arena_free(arena);
}

TestSuite(due, .init = begin, .fini = end);

static joist_journal_entry *entry(int h, const char *state, int64_t started)
{
    joist_journal_entry *e = &entries[entries_count++];
    *e = (joist_journal_entry){
        .window = joist_arena_printf(arena, "2026-08-20T%02d", h), .state = joist_text_of(state),
        .started = JOIST_TIME_MS(started), .digest = joist_arena_printf(arena, "digest %d", h),
    };
    return e;
}

static void input(int h)
{
    hours[hours_count++] = at(h, 0);
}

/* "09 10? 11!": hours, ? looked at, ! looked at for the last time. */
static const char *due(void)
{
    jst_cli_due *list;
    joist_hours have = { hours, hours_count };
    joist_buffer out = joist_buffer_in(arena, 64);
    size_t n = jst_cli_due_list(&rules, entries, entries_count, &have, arena, &list);
    for (size_t i = 0; i < n; i++) {
        cr_assert(joist_text_starts(list[i].window, JOIST_TEXT("2026-08-20T")));
        joist_buffer_printf(&out, "%s%.2s%s", i ? " " : "", list[i].window.ptr + 11,
                            !list[i].look ? "" : list[i].last_look ? "!" : "?");
    }
    joist_buffer_byte(&out, '\0');
    return out.ptr;
}

Test(due, nothing_of_nothing)
{
    cr_expect_str_eq(due(), "");
}

Test(due, an_hour_is_closed_a_lag_after_its_end)
{
    input(10);
    input(11);
    input(12);
    cr_expect_str_eq(due(), "10 11");
    rules.now_ms--;
    cr_expect_str_eq(due(), "10");
    rules.lag_ms = 0;
    cr_expect_str_eq(due(), "10 11");
    rules.lag_ms = minutes(70);
    cr_expect_str_eq(due(), "");
}

Test(due, hours_in_between_without_input_are_nothing)
{
    input(2);
    input(7);
    entry(5, "done", at(6, 5))->looked = JOIST_TIME_MS(at(8, 5));
    cr_expect_str_eq(due(), "02 07");
}

Test(due, what_was_begun_is_run_with_or_without_input)
{
    entry(7, "planned", at(8, 5));
    entry(8, "history committed", at(9, 5));
    entry(9, "failed", at(10, 5));
    entry(10, NULL, at(11, 5));
    input(8);
    cr_expect_str_eq(due(), "07 08 09 10");
}

Test(due, in_the_normal_course_a_window_is_run_and_looked_at_twice)
{
    input(9);
    rules.now_ms = at(10, 5);
    cr_expect_str_eq(due(), "09");
    entry(9, "done", at(10, 5));
    cr_expect_str_eq(due(), "09?");
    rules.now_ms = at(11, 5);
    cr_expect_str_eq(due(), "09?");
    rules.now_ms = at(12, 5);
    cr_expect_str_eq(due(), "09!");
    entries[0].looked = JOIST_TIME_MS(at(12, 5));
    cr_expect_str_eq(due(), "");
    rules.now_ms = at(23, 0);
    cr_expect_str_eq(due(), "");
}

Test(due, after_a_day_without_a_scheduler_late_objects_are_still_looked_for)
{
    input(9);
    entry(9, "done", at(10, 5));
    rules.now_ms = at(36, 5);
    cr_expect_str_eq(due(), "09!");
}

Test(due, a_window_caught_up_late_is_settled_at_once)
{
    entry(3, "done", at(12, 5));
    cr_expect_str_eq(due(), "");
}

Test(due, a_window_run_in_its_own_hour_is_not_the_end_of_it)
{
    rules.recheck = 0;
    input(9);
    entry(9, "done", at(9, 30));
    rules.now_ms = at(9, 40);
    cr_expect_str_eq(due(), "");
    rules.now_ms = at(12, 5);
    cr_expect_str_eq(due(), "09!");
    entries[0].started = JOIST_TIME_MS(at(10, 5));
    cr_expect_str_eq(due(), "");
}

Test(due, a_clock_that_was_ahead_is_not_believed)
{
    input(9);
    entry(9, "done", at(40, 0));
    rules.now_ms = at(10, 5);
    cr_expect_str_eq(due(), "09?");
}

Test(due, a_clock_that_jumps_back_closes_nothing)
{
    input(9);
    input(10);
    entry(9, "done", at(10, 5));
    rules.now_ms = at(8, 0);
    cr_expect_str_eq(due(), "");
}

Test(due, force_runs_what_is_only_looked_at)
{
    entry(3, "done", at(12, 5));
    entry(10, "done", at(11, 5));
    rules.force = true;
    cr_expect_str_eq(due(), "10");
}

Test(due, a_backfill_has_everything)
{
    rules.all = true;
    entry(3, "done", at(12, 5));
    entry(4, "planned", at(12, 5));
    input(2);
    input(3);
    input(12);
    cr_expect_str_eq(due(), "02 03! 04 12");
    rules.force = true;
    cr_expect_str_eq(due(), "02 03 04 12");
}

Test(due, the_digest_is_that_of_what_is_done)
{
    jst_cli_due *list;
    joist_hours none = { 0 };
    entry(9, "failed", at(10, 5));
    entry(10, "done", at(11, 5));
    cr_assert_eq(jst_cli_due_list(&rules, entries, 2, &none, arena, &list), 2);
    cr_expect_eq(list[0].digest.len, 0);
    cr_expect(joist_text_equal(list[1].digest, entries[1].digest));
}

Test(due, settled_hours_are_known)
{
    entry(3, "done", at(12, 5));
    entry(10, "done", at(11, 5));
    entry(11, "failed", at(12, 5));
    joist_hours known = jst_cli_due_known(&rules, entries, 3, arena);
    cr_assert_eq(known.count, 1);
    cr_expect_eq(known.items[0], at(3, 0));
    rules.all = true;
    cr_expect_eq(jst_cli_due_known(&rules, entries, 3, arena).count, 0);
}

Test(due, the_first_open_hour)
{
    cr_expect_eq(jst_cli_due_open(&rules), at(12, 0));
    rules.now_ms--;
    cr_expect_eq(jst_cli_due_open(&rules), at(11, 0));
    rules.now_ms = -minutes(30);
    cr_expect_eq(jst_cli_due_open(&rules), -(int64_t)JST_CLI_HOUR_MS);
}

/* ---- every combination ----------------------------------------------------------------------- */
/* Said once more, in other words: a window may be left alone if and only if it is not closed, or it
 * has neither input nor entry, or it is done and somebody looked at its input no earlier than
 * `recheck` hours after it was closed and not in the future. */
static bool may_be_left(int64_t now, int recheck, bool has_input, int state, int64_t looked)
{
    int64_t closed = at(11, 5);
    return now < closed || (!has_input && state == 0)
        || (state == 2 && looked >= closed + recheck * (int64_t)JST_CLI_HOUR_MS && looked <= now);
}

Test(due, every_combination_of_clock_input_state_and_look)
{
    static const char *const states[] = { NULL, "planned", "done" };
    for (int now = 8 * 60; now < 18 * 60; now += 15)
        for (int recheck = 0; recheck < 4; recheck++)
            for (int has_input = 0; has_input < 2; has_input++)
                for (int state = 0; state < 3; state++)
                    for (int looked = 8 * 60; looked < 18 * 60; looked += 15) {
                        entries_count = hours_count = 0;
                        rules.now_ms = at(0, now + 5);
                        rules.recheck = recheck;
                        if (has_input)
                            input(10);
                        if (state)
                            entry(10, states[state], at(0, looked + 5));
                        bool left = due()[0] == '\0';
                        cr_assert_eq(left, may_be_left(rules.now_ms, recheck, has_input, state,
                                                       at(0, looked + 5)),
                                     "now %d recheck %d input %d state %d looked %d", now, recheck,
                                     has_input, state, looked);
                    }
}
