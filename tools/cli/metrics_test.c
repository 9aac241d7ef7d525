/* SPDX-License-Identifier: Apache-2.0
 * Metrics text and the file that is replaced whole. */
#include "metrics.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const joist_port_count counters[] = { { "a b", 4 }, { "c", 5 } };
static const joist_distribution distributions[] = { { "len", 2, -3, -4, 1 } };
static const joist_gauge gauges[] = { { "depth", -7 } };

static const joist_stage_report stages[] = {
    { .name = "par\"se\\\n", .outs = { { "ok", 5 } }, .outs_count = 1,
      .busy_seconds = 0.25, .retried = 2,
      .rejected = { { "bad_json", 1 } }, .rejected_count = 1 },
    { .name = "own", .counters = counters, .counters_count = 2, .distributions = distributions,
      .distributions_count = 1, .gauges = gauges, .gauges_count = 1 },
};
static const joist_sink_report sinks[] = { { .name = "latest", .rows = 4 } };

static joist_report report(void)
{
    return (joist_report){
        .pipeline = "p", .started = JOIST_TIME_MS(1000500), .seconds = 2, .records = 6, .files = 1,
        .bytes = 100, .stages = stages, .stages_count = 2, .sinks = sinks, .sinks_count = 1,
    };
}

static char *text_of(const jst_cli_outcome *o, const char *before)
{
    static joist_buffer out;
    out.len = 0;
    jst_cli_metrics_text(&out, o, joist_text_of(before));
    joist_buffer_byte(&out, '\0');
    return out.ptr;
}

static void expect_in(const char *text, const char *part)
{
    cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

Test(metrics, names_types_labels)
{
    joist_report r = report();
    const char *t = text_of(&(jst_cli_outcome){ .report = &r }, "");
    expect_in(t, "# TYPE joist_elements_total counter\n"
                 "joist_elements_total{pipeline=\"p\",stage=\"par\\\"se\\\\\\n\",port=\"ok\"} 5\n");
    expect_in(t, "code=\"bad_json\"} 1\n");
    expect_in(t,
              "joist_stage_busy_seconds_total{pipeline=\"p\",stage=\"par\\\"se\\\\\\n\"} 0.25\n");
    expect_in(t, "joist_sink_rows_total{pipeline=\"p\",sink=\"latest\"} 4\n");
    expect_in(t, "joist_records_total{pipeline=\"p\"} 6\n");
    expect_in(t,
              "# TYPE joist_run_duration_seconds gauge\n"
              "joist_run_duration_seconds{pipeline=\"p\"} 2\n");
    expect_in(t, "joist_run_last_success_timestamp_seconds{pipeline=\"p\"} 1002.500\n");
    expect_in(t, "joist_build_info{pipeline=\"p\",version=\"");
    cr_assert_eq(t[strlen(t) - 1], '\n');
}

Test(metrics, of_the_program)
{
    joist_report r = report();
    const char *t = text_of(&(jst_cli_outcome){ .report = &r }, "");
    expect_in(t, "# TYPE joist_counter_total counter\n"
                 "joist_counter_total{pipeline=\"p\",stage=\"own\",counter=\"a b\"} 4\n"
                 "joist_counter_total{pipeline=\"p\",stage=\"own\",counter=\"c\"} 5\n");
    expect_in(t, "# TYPE joist_distribution summary\n"
                 "joist_distribution_sum{pipeline=\"p\",stage=\"own\",distribution=\"len\"} -3\n"
                 "joist_distribution_count{pipeline=\"p\",stage=\"own\",distribution=\"len\"} 2\n"
                 "# HELP joist_distribution_min ");
    expect_in(t, "joist_distribution_min{pipeline=\"p\",stage=\"own\",distribution=\"len\"} -4\n");
    expect_in(t, "joist_distribution_max{pipeline=\"p\",stage=\"own\",distribution=\"len\"} 1\n");
    expect_in(t, "# TYPE joist_gauge gauge\n"
                 "joist_gauge{pipeline=\"p\",stage=\"own\",gauge=\"depth\"} -7\n");
}

Test(metrics, a_failure_keeps_the_last_success)
{
    static const char before[] = "# TYPE x gauge\n"
        "joist_run_last_success_timestamp_seconds{pipeline=\"other\"} 7.000\n"
        "joist_run_last_success_timestamp_seconds{pipeline=\"p\"} 55.250\n";
    joist_report r = report();
    jst_cli_outcome failed = { .report = &r, .exit_code = 75 };
    expect_in(text_of(&failed, before), "last_success_timestamp_seconds{pipeline=\"p\"} 55.250\n");
    expect_in(text_of(&failed, before), "joist_run_exit_code{pipeline=\"p\"} 75\n");
    cr_assert(!strstr(text_of(&failed, ""), "last_success"), "never succeeded: no series");
    cr_assert(!strstr(text_of(&failed,
                              "joist_run_last_success_timestamp_seconds{pipeline=\"p\"} x"),
                      "last_success"));
}

Test(metrics, file_is_replaced_and_readable)
{
    char dir[] = "/tmp/joist-metrics-XXXXXX", path[64];
    cr_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.prom", dir);
    joist_report r = report();
    joist_error e = { 0 };
    cr_assert_eq(jst_cli_metrics_write(joist_text_of(path), &(jst_cli_outcome){ .report = &r }, &e),
                 JOIST_OK);
    r.records = 9;
    cr_assert_eq(jst_cli_metrics_write(joist_text_of(path),
                                       &(jst_cli_outcome){ .report = &r, .exit_code = 1 },
                                       &e), JOIST_OK);
    struct stat st;
    cr_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0644);
    char text[8192];
    FILE *f = fopen(path, "r");
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    expect_in(text, "joist_records_total{pipeline=\"p\"} 9\n");
    expect_in(text, "last_success_timestamp_seconds{pipeline=\"p\"} 1002.500\n");
    unlink(path);
    cr_assert_eq(rmdir(dir), 0, "no temporary file is left");
}

Test(metrics, file_that_cannot_be_written)
{
    joist_report r = report();
    joist_error e = { 0 };
    jst_cli_outcome o = { .report = &r };
    cr_assert_eq(jst_cli_metrics_write(JOIST_TEXT("/nonexistent/a.prom"), &o, &e), JOIST_FAILED);
    expect_in(e.message, "cannot write the metrics to /nonexistent/a.prom: No such file");
    cr_assert_eq(jst_cli_metrics_write(JOIST_TEXT("/dev/full"), &o, &e), JOIST_FAILED);
    expect_in(e.message, "No space left");
    cr_assert_eq(jst_cli_metrics_write(JOIST_TEXT("/dev/null"), &o, &e), JOIST_OK);
    struct stat st;
    cr_assert(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode), "a device stays one");
    char dir[] = "/tmp/joist-metrics-XXXXXX";
    cr_assert(mkdtemp(dir));
    cr_assert_eq(jst_cli_metrics_write(joist_text_of(dir), &o, &e), JOIST_FAILED, "a directory");
    cr_assert_eq(rmdir(dir), 0);
}
