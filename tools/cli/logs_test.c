/* SPDX-License-Identifier: Apache-2.0
 * Log lines for people and for collectors. */
#include "logs.h"

#include <criterion/criterion.h>
#include <jansson.h>

static const jst_cli_event event = {
    JST_CLI_WARNING, INT64_C(1787195647000), { "no project\n\x1b[2J http://u:p@h", 28 }, "validate",
    "unknown_project",
};

static void expect_line(const jst_cli_log *log, const jst_cli_event *ev, const char *expected)
{
    joist_buffer out = { 0 };
    jst_cli_log_line(&out, log, ev);
    cr_assert(joist_text_equal(joist_buffer_view(&out), joist_text_of(expected)), "'%.*s'",
              (int)out.len,
              out.ptr);
    joist_buffer_free(&out);
}

Test(logs, for_people)
{
    jst_cli_log log = { 0 };
    expect_line(&log, &event,
                "03:14:07 WARNING validate: no project\\n\\x1b[2J http://u:***@h "
                "[unknown_project]\n");
    expect_line(&log, &(jst_cli_event){ .message = JOIST_TEXT("x") }, "00:00:00 DEBUG x\n");
}

Test(logs, for_collectors)
{
    jst_cli_log log = { .json = true, .run = JOIST_TEXT("r-1") };
    expect_line(&log, &event,
                "{\"severity\":\"WARNING\",\"time\":\"2026-08-20T03:14:07.000Z\","
                "\"message\":\"no project\\n"
                "\\u001B[2J http://u:***@h\",\"run\":\"r-1\",\"stage\":\"validate\",\"code\":"
                "\"unknown_project\"}\n");
    log.run = JOIST_TEXT("");
    expect_line(&log, &(jst_cli_event){ .severity = JST_CLI_ERROR, .message = JOIST_TEXT("") },
                "{\"severity\":\"ERROR\",\"time\":\"1970-01-01T00:00:00.000Z\",\"message\":\"\","
                "\"run\":null,"
                "\"stage\":null,\"code\":null}\n");
}

Test(logs, severities_kept)
{
    FILE *f = tmpfile();
    cr_assert(jst_cli_log_new(f, JST_CLI_AUTO, false, false).json, "no terminal: JSON");
    cr_assert(!jst_cli_log_new(f, JST_CLI_ALWAYS, false, false).json);
    cr_assert_eq(jst_cli_log_new(f, JST_CLI_ALWAYS, false, false).least, JST_CLI_WARNING);
    cr_assert_eq(jst_cli_log_new(f, JST_CLI_JSON, false, false).least, JST_CLI_INFO);
    cr_assert_eq(jst_cli_log_new(f, JST_CLI_JSON, true, true).least, JST_CLI_ERROR);
    cr_assert_eq(jst_cli_log_new(f, JST_CLI_ALWAYS, false, true).least, JST_CLI_DEBUG);
    fclose(f);
}

static size_t lines_in(FILE *f, char *text, size_t size)
{
    rewind(f);
    text[fread(text, 1, size - 1, f)] = '\0';
    size_t n = 0;
    for (const char *c = text; *c; c++)
        n += *c == '\n';
    return n;
}

Test(logs, rejects_are_one_line_per_stage_and_code)
{
    const joist_stage_report stages[] = {
        { .name = "a", .rejected = { { "x", 1 }, { "y", 0 } }, .rejected_count = 2 },
        { .name = "b", .rejected = { { "x", 1000000 } }, .rejected_count = 1 },
    };
    joist_report r = { .stages = stages, .stages_count = 2 };
    FILE *f = tmpfile();
    char text[2048];
    jst_cli_log log = jst_cli_log_new(f, JST_CLI_JSON, false, false);
    jst_cli_log_rejected(&log, &r);
    jst_cli_log_printf(&log, JST_CLI_DEBUG, "dropped");
    cr_assert_eq(lines_in(f, text, sizeof text), 2);
    cr_assert(strstr(text, "\"message\":\"1 record rejected: x\""));
    cr_assert(strstr(text,
                     "\"message\":\"1000000 records rejected: x\",\"run\":null,\"stage\":\"b\","));
    fclose(f);
}

Test(logs, errors_are_events_for_collectors)
{
    FILE *f = tmpfile();
    char text[2048];
    jst_cli_log log = jst_cli_log_new(f, JST_CLI_JSON, true, false);
    joist_error e = { .message = "disk full", .hint = "free some" };
    jst_cli_log_error(&log, &e);
    cr_assert_eq(lines_in(f, text, sizeof text), 1);
    cr_assert(strstr(text, "{\"severity\":\"ERROR\","));
    cr_assert(strstr(text, "disk full (help: free some)"));
    fclose(f);
}
