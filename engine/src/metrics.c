/* SPDX-License-Identifier: Apache-2.0
 * A program's own counters, distributions and gauges. Their names are found in one table per step,
 * which grows under a lock and is read without one; the numbers stand at the same place in each
 * worker's counts, where only that worker writes. */
#include "metrics.h"

#include "chain.h"

#include <stdlib.h>

/* What the ticks of a metric are. */
enum { SUM = 0, COUNT = 1, LEAST = 2, MOST = 3, VALUE = 0, SET_NS = 1 };

void jst_metric_names_free(jst_metric_names *names, size_t count)
{
    for (size_t n = 0; names && n < count; n++)
        for (size_t i = 0; i < names[n].count; i++)
            joist_free(names[n].items[i].name);
    joist_free(names);
}

/* ---- names ----------------------------------------------------------------------------------- */

static size_t find(const jst_metric_names *names, jst_metric_kind kind, const char *name,
                   size_t from, size_t count)
{
    while (from < count && (names->items[from].kind != kind
                            || strcmp(names->items[from].name, name) != 0))
        from++;
    return from;
}

/* Under the lock, so that a name is in the table once. JST_MOST_METRICS: there is no room. */
static size_t add_name(jst_metric_names *names, jst_metric_kind kind, const char *name, size_t from)
{
    size_t count = atomic_load_explicit(&names->count, memory_order_relaxed);
    size_t at = find(names, kind, name, from, count);
    if (at < count || count == JST_MOST_METRICS)
        return at;
    names->items[at].kind = kind;
    names->items[at].name = joist_strdup(name);
    atomic_store_explicit(&names->count, count + 1, memory_order_release);
    return at;
}

static jst_tick *too_many(jst_run *run, const jst_node *n, const char *name)
{
    joist_error e = { 0 };
    joist_fail_with(&e, JOIST_FATAL, "step '%.*s' (%.*s:%d) has more than %d counters, "
                    "distributions and gauges: '%.100s' is one too many", JOIST_ARG(n->name),
                    JST_AT(n), JST_MOST_METRICS, name);
    jst_run_fail(run, &e);
    return NULL;
}

/* NULL: there are too many, and the run has failed. */
static jst_tick *ticks_of(joist_context *ctx, jst_metric_kind kind, const char *name)
{
    const jst_context *c = (const jst_context *)(void *)ctx;
    jst_worker *w = c->worker;
    jst_run *run = w->run;
    size_t node = jst_node_index(run->plan, c->node);
    jst_metric_names *names = &run->metric_names[node];
    size_t count = atomic_load_explicit(&names->count, memory_order_acquire);
    size_t at = find(names, kind, name, 0, count);
    if (at == count) {
        pthread_mutex_lock(&run->lock);
        at = add_name(names, kind, name, count);
        pthread_mutex_unlock(&run->lock);
    }
    return at < JST_MOST_METRICS ? w->counts[node].metrics[at] : too_many(run, c->node, name);
}

/* ---- what a DoFn calls ----------------------------------------------------------------------- */

static int64_t look(const jst_tick *t)
{
    return (int64_t)atomic_load_explicit(t, memory_order_relaxed);
}

static void put(jst_tick *t, int64_t value)
{
    atomic_store_explicit(t, (uint64_t)value, memory_order_relaxed);
}

/* A sum stays at what an int64 can hold. */
static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return a < 0 ? INT64_MIN : INT64_MAX;
}

void joist_count_add(joist_context *ctx, const char *counter, int64_t n)
{
    jst_tick *t = ticks_of(ctx, JST_COUNTER, counter);
    if (t)
        jst_tick_add(&t[SUM], (uint64_t)n);
}

void joist_distribution_update(joist_context *ctx, const char *name, int64_t value)
{
    jst_tick *t = ticks_of(ctx, JST_DISTRIBUTION, name);
    if (!t)
        return;
    bool first = !look(&t[COUNT]);
    put(&t[SUM], add(look(&t[SUM]), value));
    if (first || value < look(&t[LEAST]))
        put(&t[LEAST], value);
    if (first || value > look(&t[MOST]))
        put(&t[MOST], value);
    jst_tick_add(&t[COUNT], 1);
}

void joist_gauge_set(joist_context *ctx, const char *name, int64_t value)
{
    jst_tick *t = ticks_of(ctx, JST_GAUGE, name);
    if (!t)
        return;
    put(&t[VALUE], value);
    put(&t[SET_NS], jst_nanoseconds());
}

/* ---- all workers together -------------------------------------------------------------------- */

static const jst_tick *ticks_at(const jst_run *run, size_t worker, size_t node, size_t metric)
{
    return run->workers[worker].counts[node].metrics[metric];
}

static uint64_t counted(const jst_run *run, size_t node, size_t metric)
{
    uint64_t sum = 0;
    for (size_t w = 0; w < run->workers_count; w++)
        sum += (uint64_t)look(&ticks_at(run, w, node, metric)[SUM]);
    return sum;
}

static joist_distribution distributed(const jst_run *run, size_t node, size_t metric)
{
    joist_distribution d = { .name = NULL };
    for (size_t w = 0; w < run->workers_count; w++) {
        const jst_tick *t = ticks_at(run, w, node, metric);
        int64_t count = look(&t[COUNT]), least = look(&t[LEAST]), most = look(&t[MOST]);
        if (!count)
            continue;
        d.min = !d.count || least < d.min ? least : d.min;
        d.max = !d.count || most > d.max ? most : d.max;
        d.sum = add(d.sum, look(&t[SUM]));
        d.count += (uint64_t)count;
    }
    return d;
}

/* The last one that was set; of two at one moment the greater. */
static int64_t gauged(const jst_run *run, size_t node, size_t metric)
{
    int64_t value = 0, at = 0;
    for (size_t w = 0; w < run->workers_count; w++) {
        const jst_tick *t = ticks_at(run, w, node, metric);
        int64_t v = look(&t[VALUE]), ns = look(&t[SET_NS]);
        if (ns > at || (ns && ns == at && v > value)) {
            value = v;
            at = ns;
        }
    }
    return value;
}

/* Of anything that begins with its name. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(joist_port_count *counters, joist_distribution *distributions,
                 joist_gauge *gauges, const joist_stage_report *s)
{
    qsort(counters, s->counters_count, sizeof *counters, by_name);
    qsort(distributions, s->distributions_count, sizeof *distributions, by_name);
    qsort(gauges, s->gauges_count, sizeof *gauges, by_name);
}

void jst_metrics_report(jst_run *run, size_t node, joist_stage_report *s)
{
    const jst_metric_names *names = &run->metric_names[node];
    size_t count = atomic_load_explicit(&names->count, memory_order_acquire);
    joist_arena *a = run->report_arena;
    joist_port_count *counters = joist_arena_alloc(a, (count + 1) * sizeof *counters);
    joist_distribution *spread = joist_arena_alloc(a, (count + 1) * sizeof *spread);
    joist_gauge *gauges = joist_arena_alloc(a, (count + 1) * sizeof *gauges);
    for (size_t i = 0; i < count; i++) {
        const char *name = names->items[i].name;
        switch (names->items[i].kind) {
        case JST_COUNTER:
            counters[s->counters_count++] = (joist_port_count){ name, counted(run, node, i) };
            break;
        case JST_DISTRIBUTION:
            spread[s->distributions_count] = distributed(run, node, i);
            spread[s->distributions_count++].name = name;
            break;
        case JST_GAUGE:
            gauges[s->gauges_count++] = (joist_gauge){ name, gauged(run, node, i) };
            break;
        }
    }
    sort(counters, spread, gauges, s);
    s->counters = counters;
    s->distributions = spread;
    s->gauges = gauges;
}
