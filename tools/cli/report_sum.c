/* SPDX-License-Identifier: Apache-2.0
 * Stages and sinks of two runs of one program are the same, in the same order, whatever window they
 * had; codes and the program's own metrics appear as they occur, and are found by name. */
#include "report_sum.h"

static const char *copy(joist_arena *a, const char *s)
{
    return s ? joist_arena_printf(a, "%s%c", s, 0).ptr : NULL;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* ---- by name --------------------------------------------------------------------------------- */
static void add_ports(joist_port_count *sum, size_t *count, size_t most,
                      const joist_port_count *add, size_t add_count, joist_arena *a)
{
    for (size_t i = 0; i < add_count; i++) {
        size_t at = 0;
        while (at < *count && strcmp(sum[at].name, add[i].name) != 0)
            at++;
        if (at == most)
            continue;
        if (at == *count)
            sum[(*count)++] = (joist_port_count){ copy(a, add[i].name), 0 };
        sum[at].count += add[i].count;
    }
}

static void add_codes(joist_stage_report *sum, const joist_stage_report *r, joist_arena *a)
{
    for (size_t i = 0; i < r->rejected_count; i++) {
        size_t at = 0;
        while (at < sum->rejected_count
               && strcmp(sum->rejected[at].code, r->rejected[i].code) != 0)
            at++;
        if (at == sum->rejected_count)
            sum->rejected[sum->rejected_count++] =
                (joist_code_count){ copy(a, r->rejected[i].code), 0 };
        sum->rejected[at].count += r->rejected[i].count;
    }
}

static void add_counters(joist_stage_report *sum, const joist_stage_report *r, joist_arena *a)
{
    size_t most = sum->counters_count + r->counters_count;
    joist_port_count *all = joist_arena_alloc(a, most * sizeof *all);
    if (sum->counters_count)
        memcpy(all, sum->counters, sum->counters_count * sizeof *all);
    sum->counters = all;
    add_ports(all, &sum->counters_count, most, r->counters, r->counters_count, a);
}

static void add_values(joist_distribution *sum, const joist_distribution *d)
{
    if (d->count && (!sum->count || d->min < sum->min))
        sum->min = d->min;
    if (d->count && (!sum->count || d->max > sum->max))
        sum->max = d->max;
    sum->sum += d->sum;
    sum->count += d->count;
}

static void add_distributions(joist_stage_report *sum, const joist_stage_report *r, joist_arena *a)
{
    size_t n = sum->distributions_count;
    joist_distribution *all = joist_arena_alloc(a, (n + r->distributions_count) * sizeof *all);
    if (n)
        memcpy(all, sum->distributions, n * sizeof *all);
    for (size_t i = 0; i < r->distributions_count; i++) {
        size_t at = 0;
        while (at < n && strcmp(all[at].name, r->distributions[i].name) != 0)
            at++;
        if (at == n)
            all[n++] = (joist_distribution){ .name = copy(a, r->distributions[i].name) };
        add_values(&all[at], &r->distributions[i]);
    }
    sum->distributions = all;
    sum->distributions_count = n;
}

static void set_gauges(joist_stage_report *sum, const joist_stage_report *r, joist_arena *a)
{
    joist_gauge *all = joist_arena_alloc(a, r->gauges_count * sizeof *all);
    for (size_t i = 0; i < r->gauges_count; i++)
        all[i] = (joist_gauge){ copy(a, r->gauges[i].name), r->gauges[i].value };
    sum->gauges = all;
    sum->gauges_count = r->gauges_count;
}

/* ---- stages and sinks ------------------------------------------------------------------------ */
static void add_stage(joist_stage_report *sum, const joist_stage_report *r, joist_arena *a)
{
    if (!sum->name)
        sum->name = copy(a, r->name);
    sum->in += r->in;
    sum->retried += r->retried;
    sum->busy_seconds += r->busy_seconds;
    add_ports(sum->outs, &sum->outs_count, sizeof sum->outs / sizeof sum->outs[0], r->outs,
              r->outs_count, a);
    add_codes(sum, r, a);
    add_counters(sum, r, a);
    add_distributions(sum, r, a);
    set_gauges(sum, r, a);
}

static void add_sink(joist_sink_report *sum, const joist_sink_report *r, joist_arena *a)
{
    if (!sum->name)
        *sum = (joist_sink_report){ .name = copy(a, r->name), .uri = joist_arena_text(a, r->uri),
                                    .table = joist_arena_text(a, r->table), .committed = true };
    sum->rows += r->rows;
    sum->seconds += r->seconds;
    sum->committed &= r->committed;
}

static void add_totals(joist_report *sum, const joist_report *r)
{
    sum->seconds += r->seconds;
    sum->files += r->files;
    sum->skipped += r->skipped;
    sum->records += r->records;
    sum->bytes += r->bytes;
    sum->bytes_total += r->bytes_total;
    sum->events += r->events;
    sum->rejected += r->rejected;
    sum->spilled_bytes += r->spilled_bytes;
    sum->peak_memory = greater(sum->peak_memory, r->peak_memory);
    sum->mail_sent += r->mail_sent;
    sum->mail_failed += r->mail_failed;
    sum->mail_pending = r->mail_pending + (r->mail_of_all ? 0 : sum->mail_pending);
}

static void begin(jst_cli_sum *s, const joist_report *r)
{
    joist_report *sum = &s->report;
    sum->pipeline = copy(s->arena, r->pipeline);
    sum->started = r->started;
    sum->first_record_seconds = r->first_record_seconds;
    sum->adds_up = true;
    sum->stages_count = r->stages_count;
    sum->stages = s->stages = joist_arena_zalloc(s->arena, r->stages_count * sizeof *s->stages);
    sum->sinks_count = r->sinks_count;
    sum->sinks = s->sinks = joist_arena_zalloc(s->arena, r->sinks_count * sizeof *s->sinks);
}

void jst_cli_sum_add(jst_cli_sum *s, const joist_report *r)
{
    joist_report *sum = &s->report;
    if (!s->stages)
        begin(s, r);
    add_totals(sum, r);
    for (size_t i = 0; i < r->stages_count && i < sum->stages_count; i++)
        add_stage(&s->stages[i], &r->stages[i], s->arena);
    for (size_t i = 0; i < r->sinks_count && i < sum->sinks_count; i++)
        add_sink(&s->sinks[i], &r->sinks[i], s->arena);
    sum->status = copy(s->arena, r->status);
    sum->error = r->error;
    sum->adds_up &= r->adds_up;
}
