/* SPDX-License-Identifier: Apache-2.0
 * Base units, few labels, and never a value out of the data as a label: the number of series is
 * bounded by the graph, and by 64 names that a step of the program may have. The collector reads
 * only names that end in .prom, so the temporary file beside the target is invisible to it. */
#include "metrics.h"

#include "put_file.h"
#include "version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1 << 20 };
static const char last_success[] = "joist_run_last_success_timestamp_seconds";

/* ---- text ------------------------------------------------------------------------------------ */
static void head(joist_buffer *out, const char *name, const char *type, const char *help)
{
    joist_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void label_value(joist_buffer *out, const char *value)
{
    for (const char *c = value ? value : ""; *c; c++) {
        if (*c == '\n')
            joist_buffer_add(out, "\\n", 2);
        else if (*c == '"' || *c == '\\')
            joist_buffer_printf(out, "\\%c", *c);
        else
            joist_buffer_byte(out, *c);
    }
}

/* NAME{pipeline="…",KEY="…"} up to the blank before the value; NULL keys are left out. */
static void series(joist_buffer *out, const char *name, const joist_report *r,
                   const char *const pairs[4])
{
    joist_buffer_printf(out, "%s{pipeline=\"", name);
    label_value(out, r->pipeline);
    for (size_t i = 0; i < 4 && pairs && pairs[i]; i += 2) {
        joist_buffer_printf(out, "\",%s=\"", pairs[i]);
        label_value(out, pairs[i + 1]);
    }
    joist_buffer_add(out, "\"} ", 3);
}

static void count(joist_buffer *out, const char *name, const joist_report *r, const char *help,
                  uint64_t n)
{
    head(out, name, "counter", help);
    series(out, name, r, NULL);
    joist_buffer_printf(out, "%" PRIu64 "\n", n);
}

static void gauge(joist_buffer *out, const char *name, const joist_report *r, const char *help,
                  double x)
{
    head(out, name, "gauge", help);
    series(out, name, r, NULL);
    joist_buffer_printf(out, "%.15g\n", x);
}

static void port_lines(joist_buffer *out, const joist_report *r)
{
    static const char name[] = "joist_elements_total";
    head(out, name, "counter", "Elements a stage put out, by port.");
    for (size_t s = 0; s < r->stages_count; s++) {
        const joist_stage_report *st = &r->stages[s];
        for (size_t i = 0; i < st->outs_count; i++) {
            series(out, name, r, (const char *[]){ "stage", st->name, "port", st->outs[i].name });
            joist_buffer_printf(out, "%" PRIu64 "\n", st->outs[i].count);
        }
    }
}

static void rejected_lines(joist_buffer *out, const joist_report *r)
{
    static const char name[] = "joist_rejected_total";
    head(out, name, "counter", "Elements set aside as dead letters, by stage and code.");
    for (size_t s = 0; s < r->stages_count; s++) {
        const joist_stage_report *st = &r->stages[s];
        for (size_t i = 0; i < st->rejected_count; i++) {
            const joist_code_count *c = &st->rejected[i];
            series(out, name, r, (const char *[]){ "stage", st->name, "code", c->code });
            joist_buffer_printf(out, "%" PRIu64 "\n", c->count);
        }
    }
}

static void stage_lines(joist_buffer *out, const joist_report *r)
{
    static const char busy[] = "joist_stage_busy_seconds_total", retried[] = "joist_retried_total";
    head(out, busy, "counter", "Time workers spent in a stage, over all workers.");
    for (size_t s = 0; s < r->stages_count; s++) {
        series(out, busy, r, (const char *[]){ "stage", r->stages[s].name, NULL, NULL });
        joist_buffer_printf(out, "%.15g\n", r->stages[s].busy_seconds);
    }
    head(out, retried, "counter", "Attempts of a stage that were repeated.");
    for (size_t s = 0; s < r->stages_count; s++) {
        series(out, retried, r, (const char *[]){ "stage", r->stages[s].name, NULL, NULL });
        joist_buffer_printf(out, "%" PRIu64 "\n", r->stages[s].retried);
    }
}

static void counter_lines(joist_buffer *out, const joist_report *r)
{
    static const char name[] = "joist_counter_total";
    head(out, name, "counter", "Counters of the program, by stage.");
    for (size_t s = 0; s < r->stages_count; s++)
        for (size_t i = 0; i < r->stages[s].counters_count; i++) {
            const joist_port_count *c = &r->stages[s].counters[i];
            series(out, name, r,
                   (const char *[]){ "stage", r->stages[s].name, "counter", c->name });
            joist_buffer_printf(out, "%" PRIu64 "\n", c->count);
        }
}

static void gauge_lines(joist_buffer *out, const joist_report *r)
{
    static const char name[] = "joist_gauge";
    head(out, name, "gauge", "Gauges of the program, by stage: the value set last.");
    for (size_t s = 0; s < r->stages_count; s++)
        for (size_t i = 0; i < r->stages[s].gauges_count; i++) {
            const joist_gauge *g = &r->stages[s].gauges[i];
            series(out, name, r, (const char *[]){ "stage", r->stages[s].name, "gauge", g->name });
            joist_buffer_printf(out, "%" PRId64 "\n", g->value);
        }
}

typedef int64_t (*number_of)(const joist_distribution *d);
static int64_t count_of(const joist_distribution *d) { return (int64_t)d->count; }
static int64_t sum_of(const joist_distribution *d) { return d->sum; }
static int64_t min_of(const joist_distribution *d) { return d->min; }
static int64_t max_of(const joist_distribution *d) { return d->max; }

/* One number of every distribution. */
static void distribution_lines(joist_buffer *out, const joist_report *r, const char *name,
                               number_of number)
{
    for (size_t s = 0; s < r->stages_count; s++)
        for (size_t i = 0; i < r->stages[s].distributions_count; i++) {
            const joist_distribution *d = &r->stages[s].distributions[i];
            series(out, name, r,
                   (const char *[]){ "stage", r->stages[s].name, "distribution", d->name });
            joist_buffer_printf(out, "%" PRId64 "\n", number(d));
        }
}

static void all_distribution_lines(joist_buffer *out, const joist_report *r)
{
    static const char least[] = "joist_distribution_min", most[] = "joist_distribution_max";
    head(out, "joist_distribution", "summary", "Distributions of the program, by stage.");
    distribution_lines(out, r, "joist_distribution_sum", sum_of);
    distribution_lines(out, r, "joist_distribution_count", count_of);
    head(out, least, "gauge", "Smallest value of a distribution.");
    distribution_lines(out, r, least, min_of);
    head(out, most, "gauge", "Greatest value of a distribution.");
    distribution_lines(out, r, most, max_of);
}

static void program_lines(joist_buffer *out, const joist_report *r)
{
    counter_lines(out, r);
    all_distribution_lines(out, r);
    gauge_lines(out, r);
}

static void sink_lines(joist_buffer *out, const joist_report *r)
{
    static const char name[] = "joist_sink_rows_total";
    head(out, name, "counter", "Rows given to a store.");
    for (size_t i = 0; i < r->sinks_count; i++) {
        series(out, name, r, (const char *[]){ "sink", r->sinks[i].name, NULL, NULL });
        joist_buffer_printf(out, "%" PRIu64 "\n", r->sinks[i].rows);
    }
}

/* The value this pipeline's series has in an older file; false: it has none. */
static bool value_before(joist_text before, const joist_buffer *prefix, double *value)
{
    const char *at = before.ptr, *end = before.ptr + before.len;
    while (at && (size_t)(end - at) > prefix->len) {
        if (memcmp(at, prefix->ptr, prefix->len) == 0) {
            char number[40] = "";
            size_t n = (size_t)(end - at) - prefix->len;
            memcpy(number, at + prefix->len, n < sizeof number - 1 ? n : sizeof number - 1);
            *value = strtod(number, NULL);
            return *value > 0;
        }
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    return false;
}

static void success_lines(joist_buffer *out, const jst_cli_outcome *o, joist_text before)
{
    const joist_report *r = o->report;
    joist_buffer prefix = { 0 };
    series(&prefix, last_success, r, NULL);
    double at = (double)r->started.ms / 1000 + r->seconds;
    if (o->exit_code == 0 || value_before(before, &prefix, &at)) {
        head(out, last_success, "gauge", "When a run last succeeded.");
        joist_buffer_text(out, joist_buffer_view(&prefix));
        joist_buffer_printf(out, "%.3f\n", at);
    }
    joist_buffer_free(&prefix);
}

void jst_cli_metrics_text(joist_buffer *out, const jst_cli_outcome *o, joist_text before)
{
    const joist_report *r = o->report;
    port_lines(out, r);
    rejected_lines(out, r);
    stage_lines(out, r);
    program_lines(out, r);
    sink_lines(out, r);
    count(out, "joist_files_total", r, "Files read.", r->files);
    count(out, "joist_records_total", r, "Records read.", r->records);
    count(out, "joist_bytes_total", r, "Bytes read, as stored.", r->bytes);
    count(out, "joist_spilled_bytes_total", r, "Bytes put into temporary files.", r->spilled_bytes);
    gauge(out, "joist_peak_memory_bytes", r, "Greatest memory of the run.", (double)r->peak_memory);
    gauge(out, "joist_first_record_seconds", r, "Time to the first record.",
          r->first_record_seconds);
    gauge(out, "joist_run_duration_seconds", r, "How long the run took.", r->seconds);
    gauge(out, "joist_run_exit_code", r, "The exit code of the run.", o->exit_code);
    success_lines(out, o, before);
    head(out, "joist_build_info", "gauge", "Always 1; the labels tell the build.");
    const char *labels[] = { "version", jst_cli_version(), NULL, NULL };
    series(out, "joist_build_info", r, labels);
    joist_buffer_printf(out, "1\n");
}

/* ---- file ------------------------------------------------------------------------------------ */
/* What is there already; nothing, if it cannot be read. */
static void read_before(const char *path, joist_buffer *out)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return;
    char *at = joist_buffer_reserve(out, FILE_MAX);
    out->len += fread(at, 1, FILE_MAX, f);
    fclose(f);
}

joist_status jst_cli_metrics_write(joist_text path, const jst_cli_outcome *o, joist_error *e)
{
    joist_buffer before = { 0 }, text = { 0 };
    char *name = joist_text_dup(path);
    if (!jst_cli_is_special(name))
        read_before(name, &before);
    jst_cli_metrics_text(&text, o, joist_buffer_view(&before));
    /* The collector is somebody else. */
    joist_status s = jst_cli_put_file(name, "the metrics", &text, 0644, e);
    joist_buffer_free(&before);
    joist_buffer_free(&text);
    joist_free(name);
    return s;
}
