/* SPDX-License-Identifier: Apache-2.0
 * The summary from a report made by hand, as text and as JSON. */
/* Tests: summary.c summary_json.c */
#include "summary.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>

static const joist_port_count counters[] = { { "utf8", 4 } };
static const joist_distribution distributions[] = { { "length", 2000, -3000, -9, 8 } };
static const joist_gauge gauges[] = { { "depth", -7 } };

static const joist_stage_report stages[] = {
    { .name = "parse", .in = 297410, .outs = { { "events", 297398 } }, .outs_count = 1,
      .rejected = { { "bad_json", 12 } }, .rejected_count = 1, .busy_seconds = 3.9 },
    { .name = "validate", .in = 297398, .outs = { { "ok", 296574 }, { "late", 11 } },
        .outs_count = 2,
      .rejected = { { "hash_missing", 23 }, { "unknown_project", 780 }, { "bad_url", 1 },
                    { "inactive_project", 9 } },
      .rejected_count = 4, .retried = 2, .busy_seconds = 2.1,
      .counters = counters, .counters_count = 1, .distributions = distributions,
      .distributions_count = 1, .gauges = gauges, .gauges_count = 1 },
    { .name = "reason", .in = 296574, .outs = { { "ok", 296570 } }, .outs_count = 1,
      .rejected = { { "unknown_reason", 4 } }, .rejected_count = 1, .busy_seconds = 0.5 },
};
static const joist_sink_report sinks[] = {
    { "latest", { "sqlite:out/la test.db", 21 }, { "deactivations", 13 }, 44102, true, 1.5 },
    { "latest2", { "sqlite:out/la test.db", 21 }, { "sites", 5 }, 7, true, 0.5 },
    { "history", { "mongodb://u:pw@h/db", 19 }, { "sites", 5 }, 8, true, 0.5 },
};

static joist_report report(void)
{
    return (joist_report){
        .run_id = JOIST_TEXT("r-1"), .pipeline = "deactivate", .status = "done",
        .started = JOIST_TIME_MS(INT64_C(1787194800000)), .seconds = 2.4,
        .first_record_seconds = 0.01,
        .files = 19, .skipped = 3, .records = 297410, .events = 296585,
        .bytes = 41200000, .bytes_total = 41200000,
        .rejected = 829, .peak_memory = 88000000, .stages = stages, .stages_count = 3,
        .sinks = sinks, .sinks_count = 3, .mail_sent = 5, .mail_pending = 1,
        .dead = JOIST_TEXT("out/dead/r-1.jsonl"), .adds_up = true,
    };
}

static char *text_of(const jst_cli_outcome *o)
{
    static joist_buffer out;
    out.len = 0;
    jst_cli_summary_text(&out, o);
    joist_buffer_byte(&out, '\0');
    return out.ptr;
}

static void expect_in(const char *text, const char *part)
{
    cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

Test(summary, text_of_a_good_run)
{
    joist_report r = report();
    const char *t = text_of(&(jst_cli_outcome){ .report = &r, .window = JOIST_TEXT("2026-08-20T03"),
                                                .verbose = true,
                                                .command = "build/deactivate run" });
    expect_in(t, "deactivate  hour 2026-08-20T03  run r-1\n");
    expect_in(t, "read  19 files (3 skipped), 297 410 records, 41 MB\n");
    expect_in(t, "stage          in      out  port    rejected  retried   busy  rejected as\n");
    expect_in(t, "parse     297 410  297 398  events        12           3.9 s  bad_json 12\n");
    expect_in(t, "unknown_project 780, hash_missing 23, inactive_project 9, …\n");
    expect_in(t, "                        11  late\n");
    expect_in(t, "counter  validate.utf8  4\n"
                 "distribution  validate.length  2 000 values from -9 to 8, mean -1.5\n"
                 "gauge  validate.depth  -7\n");
    expect_in(t, "mongodb://u:***@h/db");
    expect_in(t, "mail  5 sent, 0 failed, 1 pending\n");
    expect_in(t, "\nOK  2.4 s, 124k records/s, 17 MB/s, 88 MB memory\n");
    expect_in(t,
              "297 410 records = 296 585 events + 825 rejected (0.28 %); 4 more rejected on one");
    expect_in(t, "dead letters: out/dead/r-1.jsonl   look: "
              "build/deactivate dead stats out/dead/r-1.jsonl\n");
    expect_in(t, "results: sqlite3 -box 'out/la test.db' 'SELECT * FROM deactivations LIMIT 5'\n");
    cr_assert(!strstr(t, "SELECT * FROM sites"), "one line per store");
    cr_assert(!strstr(t, "pw@"));
}

Test(summary, text_of_other_endings)
{
    joist_report r = report();
    expect_in(text_of(&(jst_cli_outcome){ .report = &r, .exit_code = 4 }),
              "\nTOO MANY REJECTED (exit 4)  2.4");
    expect_in(text_of(&(jst_cli_outcome){ .report = &r, .exit_code = 75 }),
              "\nFAILED for now: run it again");
    expect_in(text_of(&(jst_cli_outcome){ .report = &r, .exit_code = 1 }), "\nFAILED (exit 1)");
    expect_in(text_of(&(jst_cli_outcome){ .report = &r, .exit_code = 143, .signal = SIGTERM }),
              "\nINTERRUPTED by SIGTERM: run it again (exit 143)");
    const char *dry = text_of(&(jst_cli_outcome){ .report = &r, .dry_run = true });
    expect_in(dry, "\nOK (dry run, nothing written)");
    expect_in(dry, "dry run: not written");
    cr_assert(!strstr(dry, "results:"));
    r.adds_up = false;
    expect_in(text_of(&(jst_cli_outcome){ .report = &r, .exit_code = 1 }), "do not add up");
}

Test(summary, empty_report)
{
    joist_report r = { 0 };
    const char *t = text_of(&(jst_cli_outcome){ .report = &r, .exit_code = 1 });
    expect_in(t, "read  0 files, 0 records, 0 B\n");
    expect_in(t, "FAILED (exit 1)  0.0 s\n0 records = 0 events + 0 rejected (0.00 %)\n");
}

Test(summary, json_has_the_members_of_the_contract)
{
    joist_report r = report();
    jst_cli_outcome o = { .report = &r, .window = JOIST_TEXT("2026-08-20T03"), .exit_code = 4 };
    joist_buffer out = { 0 };
    jst_cli_summary_json(&out, &o);
    cr_assert_eq(out.ptr[out.len - 1], '\n');
    cr_assert_eq(memchr(out.ptr, '\n', out.len), out.ptr + out.len - 1, "one line");
    const char *head = "{\"run\":\"r-1\",\"pipeline\":\"deactivate\",\"status\":\"done\","
                       "\"window\":\"2026-08-20T03\",\"seconds\":2.4,\"read\":{\"files\":19,"
                       "\"records\":297410,\"bytes\":41200000,\"skipped\":3},"
                       "\"events\":296585,\"rejected\":{\"bad_json\":12,";
    cr_assert(joist_text_starts(joist_buffer_view(&out), joist_text_of(head)), "%.*s", (int)out.len,
              out.ptr);
    json_error_t error;
    json_t *j = json_loadb(out.ptr, out.len, 0, &error);
    cr_assert(j, "%s", error.text);
    json_t *stage = json_array_get(json_object_get(j, "stages"), 1);
    json_t *sink = json_array_get(json_object_get(j, "sinks"), 2);
    cr_assert_eq(json_integer_value(json_object_get(json_object_get(stage, "out"), "late")), 11);
    cr_assert(strstr(out.ptr, "\"counters\":{\"utf8\":4},\"distributions\":{\"length\":{"
                              "\"count\":2000,\"sum\":-3000,\"min\":-9,\"max\":8}},"
                              "\"gauges\":{\"depth\":-7}"), "%s", out.ptr);
    cr_assert_eq(json_integer_value(json_object_get(json_object_get(stage, "rejected"), "bad_url")),
                 1);
    cr_assert_str_eq(json_string_value(json_object_get(sink, "uri")), "mongodb://u:***@h/db");
    cr_assert_eq(json_integer_value(json_object_get(sink, "rows")), 8);
    cr_assert_str_eq(json_string_value(json_object_get(j, "dead")), "out/dead/r-1.jsonl");
    cr_assert_eq(json_integer_value(json_object_get(j, "exit")), 4);
    cr_assert_str_eq(json_string_value(json_object_get(j, "started")), "2026-08-20T03:00:00.000Z");
    cr_assert(json_is_null(json_object_get(j, "error")));
    json_decref(j);
    joist_buffer_free(&out);
}

Test(summary, json_of_a_failure)
{
    joist_report r = { .status = "failed", .adds_up = true };
    joist_fail_with(&r.error, JOIST_TEMPORARY, "cannot reach mongodb://u:pw@h");
    joist_buffer out = { 0 };
    jst_cli_summary_json(&out, &(jst_cli_outcome){ .report = &r, .exit_code = 75 });
    joist_buffer_byte(&out, '\0');
    expect_in(out.ptr, "\"run\":null,");
    expect_in(out.ptr, "\"window\":null,");
    expect_in(out.ptr, "\"dead\":null,");
    expect_in(out.ptr, "\"error\":{\"message\":\"cannot reach mongodb://u:***@h\",\"hint\":null}}");
    joist_buffer_free(&out);
}
