/* SPDX-License-Identifier: Apache-2.0
 * Relaxed counters: each is right by itself, and a page read in the middle of a request may show
 * that request in one and not yet in another. Labels come from tables, never from requests. */
#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const struct { const char *name; int status; } outcome_names[] = {
    { "pending", 0 },
#define X(id, name, status, body) { name, status },
    OUTCOMES(X)
#undef X
};

static const int64_t bucket_us[PUT_BUCKETS] = {
    500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 5000000,
};

int64_t metrics_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void add(atomic_uint_least64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void metrics_put(metrics *m, bool stored, uint64_t events, uint64_t bytes, int64_t took_us)
{
    size_t bucket = 0;
    while (bucket < PUT_BUCKETS && took_us > bucket_us[bucket])
        bucket++;
    add(&m->put_buckets[bucket], 1);
    add(&m->put_us, (uint64_t)took_us);
    if (!stored) {
        add(&m->put_failures, 1);
        return;
    }
    add(&m->events, events);
    add(&m->objects, 1);
    add(&m->bytes, bytes);
}

/* ---- the page -------------------------------------------------------------------------------- */
static void head(joist_buffer *out, const char *name, const char *type, const char *help)
{
    joist_buffer_printf(out, "# HELP joist_collector_%s %s\n# TYPE joist_collector_%s %s\n", name,
                        help, name, type);
}

static void counter(joist_buffer *out, const char *name, const char *help,
                    atomic_uint_least64_t *value)
{
    char total[64];
    snprintf(total, sizeof total, "%s_total", name);
    head(out, total, "counter", help);
    joist_buffer_printf(out, "joist_collector_%s %" PRIu64 "\n", total, atomic_load(value));
}

static void gauge(joist_buffer *out, const char *name, const char *help, int64_t value)
{
    head(out, name, "gauge", help);
    joist_buffer_printf(out, "joist_collector_%s %" PRId64 "\n", name, value);
}

static void requests(joist_buffer *out, metrics *m)
{
    head(out, "requests_total", "counter", "Requests answered, by status and reason.");
    for (int i = PENDING + 1; i < OUTCOMES_COUNT; i++)
        joist_buffer_printf(out, "joist_collector_requests_total{status=\"%d\",reason=\"%s\"} %"
                            PRIu64 "\n", outcome_names[i].status, outcome_names[i].name,
                            atomic_load(&m->outcomes[i]));
}

static void put_seconds(joist_buffer *out, metrics *m)
{
    uint64_t sum = 0;
    head(out, "put_seconds", "histogram", "Time to make one object durable.");
    for (int i = 0; i < PUT_BUCKETS; i++) {
        sum += atomic_load(&m->put_buckets[i]);
        joist_buffer_printf(out, "joist_collector_put_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
                            (double)bucket_us[i] / 1e6, sum);
    }
    sum += atomic_load(&m->put_buckets[PUT_BUCKETS]);
    joist_buffer_printf(out, "joist_collector_put_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n"
                        "joist_collector_put_seconds_sum %.6f\n"
                        "joist_collector_put_seconds_count %" PRIu64 "\n", sum,
                        (double)atomic_load(&m->put_us) / 1e6, sum);
}

void metrics_print(joist_buffer *out, metrics *m, bool good)
{
    requests(out, m);
#define X(id, name, help) counter(out, name, help, &m->id);
    COUNTERS(X)
#undef X
#define X(id, name, help) gauge(out, name, help, atomic_load(&m->id));
    GAUGES(X)
#undef X
    gauge(out, "storage_up", "1 if the last put or check of the storage succeeded.", good);
    put_seconds(out, m);
}
