/* SPDX-License-Identifier: Apache-2.0
 * Tests: report_sum.c windows.c
 * Several reports as one, and the summary that is made of them. */
#include "windows.h"

#include <criterion/criterion.h>
#include <jansson.h>

static joist_arena *arena;
static jst_cli_windows w;

static void begin(void)
{
    arena = joist_arena_new();
    jst_cli_windows_begin(&w, "p", JOIST_TEXT("run-1"), 1700000000000, arena);
}

static void end(void)
{
    jst_cli_windows_end(&w);
    joist_arena_free(arena);
}

TestSuite(report_sum, .init = begin, .fini = end);

static const joist_port_count few_counters[] = { { "a", 1 } }, more_counters[] = { { "b", 5 },
                                                                                   { "a", 2 } };
static const joist_distribution low[] = { { "d", 2, 10, 4, 6 } }, high[] = { { "d", 1, 9, 9, 9 },
                                                                            { "e", 1, 1, 1, 1 } };
static const joist_gauge first_gauge[] = { { "g", 1 } }, last_gauge[] = { { "g", 7 } };

static const joist_stage_report one_stages[] = {
    { .name = "s", .in = 10, .outs = { { "ok", 8 } }, .outs_count = 1, .retried = 1,
      .rejected = { { "bad", 2 } }, .rejected_count = 1, .busy_seconds = 0.5,
      .counters = few_counters, .counters_count = 1, .distributions = low,
      .distributions_count = 1, .gauges = first_gauge, .gauges_count = 1 } };
static const joist_stage_report two_stages[] = {
    { .name = "s", .in = 5, .outs = { { "ok", 2 } }, .outs_count = 1,
      .rejected = { { "worse", 2 }, { "bad", 1 } }, .rejected_count = 2, .busy_seconds = 0.25,
      .counters = more_counters, .counters_count = 2, .distributions = high,
      .distributions_count = 2, .gauges = last_gauge, .gauges_count = 1 } };
static const joist_sink_report one_sinks[] = {
    { "out", { "sqlite:x", 8 }, { "t", 1 }, 8, true, 0.5 } };
static const joist_sink_report two_sinks[] = {
    { "out", { "sqlite:x", 8 }, { "t", 1 }, 2, false, 0.25 } };

static joist_report one(void)
{
    return (joist_report){
        .run_id = JOIST_TEXT("run-1-a"), .pipeline = "p", .status = "done", .files = 1,
        .started = JOIST_TIME_MS(1700000000000), .seconds = 1, .first_record_seconds = 0.5,
        .skipped = 1, .records = 10, .bytes = 100, .bytes_total = 100, .events = 8, .rejected = 2,
        .peak_memory = 50, .spilled_bytes = 3, .stages = one_stages, .stages_count = 1,
        .sinks = one_sinks, .sinks_count = 1, .mail_sent = 1, .mail_pending = 4,
        .dead = JOIST_TEXT("out/dead/run-1-a.jsonl"), .adds_up = true };
}

static joist_report two(void)
{
    joist_report r = {
        .run_id = JOIST_TEXT("run-1-b"), .pipeline = "p", .status = "failed", .files = 2,
        .started = JOIST_TIME_MS(1700000009000), .seconds = 2, .records = 5, .bytes = 50,
        .bytes_total = 60, .events = 2, .rejected = 3, .peak_memory = 70, .stages = two_stages,
        .stages_count = 1, .sinks = two_sinks, .sinks_count = 1, .mail_failed = 2,
        .mail_pending = 3, .dead = JOIST_TEXT("out/dead/run-1-b.jsonl"), .adds_up = false };
    joist_fail_with(&r.error, JOIST_TEMPORARY, "no luck");
    return r;
}

static void ran(joist_report r, const char *window, int exit_code)
{
    jst_cli_windows_ran(&w, &(jst_cli_outcome){ .report = &r, .window = joist_text_of(window),
                                                .exit_code = exit_code });
}

Test(report_sum, counts_are_added)
{
    ran(one(), "2026-08-20T09", 0);
    ran(two(), "2026-08-20T10", 75);
    const joist_report *sum = &w.sum.report;
    cr_expect(joist_text_equal(sum->run_id, JOIST_TEXT("run-1")));
    cr_expect_str_eq(sum->status, "failed");
    cr_expect_str_eq(sum->error.message, "no luck");
    cr_expect_eq(sum->started.ms, 1700000000000);
    cr_expect_float_eq(sum->seconds, 3, 1e-9);
    cr_expect_float_eq(sum->first_record_seconds, 0.5, 1e-9);
    const uint64_t got[] = { sum->files, sum->skipped, sum->records, sum->bytes, sum->bytes_total,
                             sum->events, sum->rejected, sum->peak_memory, sum->spilled_bytes,
                             sum->mail_sent, sum->mail_failed, sum->mail_pending };
    const uint64_t want[] = { 3, 1, 15, 150, 160, 10, 5, 70, 3, 1, 2, 7 };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        cr_expect_eq(got[i], want[i], "number %zu: %llu", i, (unsigned long long)got[i]);
    cr_expect_not(sum->adds_up);
    cr_expect(joist_text_equal(sum->dead, JOIST_TEXT("out/dead")), "%.*s", JOIST_ARG(sum->dead));
    cr_expect_eq(sum->sinks[0].rows, 10);
    cr_expect_not(sum->sinks[0].committed);
}

Test(report_sum, stages_find_each_other_and_their_numbers_by_name)
{
    ran(one(), "2026-08-20T09", 0);
    ran(two(), "2026-08-20T10", 75);
    const joist_stage_report *s = w.sum.report.stages;
    cr_assert_eq(w.sum.report.stages_count, 1);
    cr_expect_str_eq(s->name, "s");
    cr_expect_eq(s->in, 15);
    cr_expect_eq(s->outs[0].count, 10);
    cr_assert_eq(s->rejected_count, 2);
    cr_expect_str_eq(s->rejected[0].code, "bad");
    cr_expect_eq(s->rejected[0].count, 3);
    cr_expect_eq(s->rejected[1].count, 2);
    cr_assert_eq(s->counters_count, 2);
    cr_expect_eq(s->counters[0].count, 3);
    cr_expect_eq(s->counters[1].count, 5);
    cr_assert_eq(s->distributions_count, 2);
    cr_expect_eq(s->distributions[0].count, 3);
    cr_expect_eq(s->distributions[0].sum, 19);
    cr_expect_eq(s->distributions[0].min, 4);
    cr_expect_eq(s->distributions[0].max, 9);
    cr_assert_eq(s->gauges_count, 1);
    cr_expect_eq(s->gauges[0].value, 7);
}

Test(report_sum, of_one_run_it_is_that_run)
{
    joist_report r = one();
    ran(r, "2026-08-20T09", 0);
    cr_expect(joist_text_equal(w.sum.report.dead, r.dead));
    cr_expect(w.sum.report.adds_up);
    cr_expect_str_eq(w.sum.report.status, "done");
}

Test(report_sum, mail_of_the_whole_store_is_not_added)
{
    joist_report a = one(), b = two();
    a.mail_of_all = b.mail_of_all = true;
    ran(a, "2026-08-20T09", 0);
    ran(b, "2026-08-20T10", 0);
    cr_expect_eq(w.sum.report.mail_pending, 3);
}

static json_t *object(int exit_code)
{
    joist_buffer out = joist_buffer_in(arena, 1024);
    jst_cli_windows_json(&w, &(jst_cli_outcome){ .report = &w.sum.report, .exit_code = exit_code },
                         &out);
    return json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
}

static const char *text(int exit_code)
{
    joist_buffer out = joist_buffer_in(arena, 1024);
    jst_cli_windows_text(&w, &(jst_cli_outcome){ .report = &w.sum.report, .exit_code = exit_code },
                         &out);
    joist_buffer_byte(&out, '\0');
    return out.ptr;
}

Test(report_sum, one_object_with_the_windows_in_it)
{
    ran(one(), "2026-08-20T09", 0);
    jst_cli_windows_skipped(&w, JOIST_TEXT("2026-08-20T10"), "held", JOIST_TEXT("by me"));
    json_t *o = object(75), *windows = json_object_get(o, "windows");
    cr_assert_eq(json_array_size(windows), 2);
    cr_expect_eq(json_integer_value(json_object_get(o, "exit")), 75);
    cr_expect_eq(json_integer_value(json_object_get(o, "events")), 8);
    json_t *first = json_array_get(windows, 0), *second = json_array_get(windows, 1);
    cr_expect_str_eq(json_string_value(json_object_get(first, "run")), "run-1-a");
    cr_expect_str_eq(json_string_value(json_object_get(first, "window")), "2026-08-20T09");
    cr_expect_str_eq(json_string_value(json_object_get(second, "status")), "held");
    cr_expect_str_eq(json_string_value(json_object_get(second, "why")), "by me");
    json_decref(o);
}

Test(report_sum, a_line_per_window_and_then_the_usual_table)
{
    ran(one(), "2026-08-20T09", 0);
    jst_cli_windows_skipped(&w, JOIST_TEXT("2026-08-20T10"), "held", JOIST_TEXT("by me"));
    const char *t = text(75);
    const char *const parts[] = { "p  2 hours  run run-1\n", "2026-08-20T09  done ",
                                  "2026-08-20T10  held ", "by me", "FAILED for now",
                                  "10 records = 8 events + 2 rejected" };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_expect(strstr(t, parts[i]), "no '%s' in\n%s", parts[i], t);
}

Test(report_sum, of_windows_that_were_not_run)
{
    w.nothing = JOIST_TEXT("nothing is due");
    cr_expect_str_eq(text(0), "p: nothing is due\n");
    jst_cli_windows_skipped(&w, JOIST_TEXT("2026-08-20T10"), "unchanged", JOIST_NO_TEXT);
    cr_expect(strstr(text(0), "OK, nothing has changed"));
    jst_cli_windows_skipped(&w, JOIST_TEXT("2026-08-20T11"), "held", JOIST_TEXT("by me"));
    cr_expect(strstr(text(75), "HELD by another run: run it again later (exit 75)"));
}
