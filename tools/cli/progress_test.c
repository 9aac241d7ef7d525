/* SPDX-License-Identifier: Apache-2.0
 * Progress: what is drawn, when, and that a pipe never sees any of it. Time is the report's. */
#include "progress.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>

static joist_report at(double seconds)
{
    return (joist_report){
        .run_id = JOIST_TEXT("r"), .pipeline = "deactivate", .status = "running",
        .seconds = seconds, .files = 12, .records = 184000, .bytes = 62000000,
        .bytes_total = 100000000, .rejected = 812,
    };
}

static void expect_line(const joist_report *r, size_t width, const char *expected)
{
    joist_buffer out = { 0 };
    jst_cli_progress_line(&out, r, width);
    cr_assert(joist_text_equal(joist_buffer_view(&out), joist_text_of(expected)),
              "'%.*s' is not '%s'",
              (int)out.len, out.ptr, expected);
    joist_buffer_free(&out);
}

Test(progress, line_by_width)
{
    joist_report r = at(2);
    expect_line(&r, 120,
                "deactivate  [##################------------]   62 %  184k records  31 MB/s"
                         "  ETA 00:01  812 rejected");
    expect_line(&r, 80,
                "deactivate  [######-----]   62 %  184k records  31 MB/s  ETA 00:01  812 rejected");
    expect_line(&r, 60, "deactivate   62 %  184k records  31 MB/s  ETA 00:01");
    expect_line(&r, 40, "deactivate   62 %  184k records  31 MB/s");
    expect_line(&r, 1, "deactivate   62 %  184k records  31 MB/s");
}

Test(progress, line_never_longer_than_its_width)
{
    joist_report r = at(1e6);
    r.pipeline = "a-pipeline-with-a-very-long-name-indeed";
    for (size_t width = 0; width < 300; width++) {
        joist_buffer out = { 0 };
        jst_cli_progress_line(&out, &r, width);
        cr_assert_leq(out.len, width < 40 ? 40 : width);
        cr_assert_leq(out.len, 200);
        joist_buffer_free(&out);
    }
}

Test(progress, unknown_total_and_odd_numbers)
{
    joist_report r = at(2);
    r.bytes_total = 0;
    expect_line(&r, 80, "deactivate  184k records  31 MB/s  812 rejected");
    r = at(0);
    r.bytes = 0;
    r.rejected = 0;
    expect_line(&r, 60, "deactivate  [------------------]    0 %  184k records  0 B/s");
    r = at(2);
    r.bytes = 200000000;
    r.rejected = 0;
    expect_line(&r, 50, "deactivate  100 %  184k records  100 MB/s");
    r = at(7200);
    r.rejected = 0;
    expect_line(&r, 60, "deactivate   62 %  184k records  8.6 kB/s  ETA 1:13:33");
}

/* ---- when ------------------------------------------------------------------------------------ */
static char shown[4096];

static const char *updates(jst_cli_progress p, const double *seconds, size_t count)
{
    FILE *f = tmpfile();
    p.out = f;
    for (size_t i = 0; i < count; i++) {
        joist_report r = at(seconds[i]);
        jst_cli_progress_update(&p, &r);
    }
    jst_cli_progress_clear(&p);
    rewind(f);
    shown[fread(shown, 1, sizeof shown - 1, f)] = '\0';
    fclose(f);
    return shown;
}

static size_t count_of(const char *text, char c)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == c;
    return n;
}

Test(progress, redrawn_after_a_second_and_cleared)
{
    const double seconds[] = { 0.1, 0.9, 1.0, 1.05, 1.1, 1.2 };
    const char *t = updates((jst_cli_progress){ .show = JST_CLI_ALWAYS }, seconds, 6);
    cr_assert_eq(count_of(t, '\r'), 4, "three drawings and the clearing, not '%s'", t);
    cr_assert_eq(count_of(t, '\n'), 0);
    cr_assert(joist_text_ends(joist_text_of(t), JOIST_TEXT("\r\x1b[K")));
    cr_assert_str_eq(updates((jst_cli_progress){ .show = JST_CLI_ALWAYS }, seconds, 2), "");
}

Test(progress, plain_lines_without_a_terminal)
{
    const double seconds[] = { 1, 5, 10.9, 11, 21 };
    const char *t = updates((jst_cli_progress){ .show = JST_CLI_ALWAYS, .plain = true }, seconds,
                            5);
    cr_assert_eq(count_of(t, '\n'), 3);
    cr_assert_eq(count_of(t, '\r') + count_of(t, '\x1b'), 0);
}

Test(progress, json_once_a_second)
{
    const double seconds[] = { 0.5, 1, 1.5, 2 };
    const char *t = updates((jst_cli_progress){ .show = JST_CLI_JSON }, seconds, 4);
    cr_assert_eq(count_of(t, '\n'), 2);
    json_t *j = json_loads(t, JSON_DISABLE_EOF_CHECK, NULL);
    cr_assert(j);
    cr_assert_eq(json_integer_value(json_object_get(j, "records")), 184000);
    cr_assert_eq(json_integer_value(json_object_get(j, "bytes_total")), 100000000);
    json_decref(j);
}

Test(progress, nothing_in_a_pipe_or_a_dumb_terminal)
{
    FILE *f = tmpfile();
    cr_assert_eq(jst_cli_progress_new(f, JST_CLI_AUTO).show, JST_CLI_NEVER);
    jst_cli_progress always = jst_cli_progress_new(f, JST_CLI_ALWAYS);
    cr_assert(always.show == JST_CLI_ALWAYS && always.plain);
    fclose(f);
    const double seconds[] = { 5, 50 };
    cr_assert_str_eq(updates((jst_cli_progress){ .show = JST_CLI_NEVER }, seconds, 2), "");
}
