/* SPDX-License-Identifier: Apache-2.0
 * The page, line by line. */
#include "metrics.h"

#include <criterion/criterion.h>

static bool has(const joist_buffer *page, const char *line)
{
    return memmem(page->ptr, page->len, line, strlen(line)) != NULL;
}

Test(metrics, page)
{
    metrics m = { .held = 77 };
    joist_buffer page = { 0 };
    metrics_put(&m, true, 3, 900, 1500);
    metrics_put(&m, true, 1, 100, 60000000);
    metrics_put(&m, false, 5, 500, 100);
    atomic_fetch_add(&m.outcomes[STORED], 4);
    metrics_print(&page, &m, true);
    cr_assert(has(&page, "joist_collector_requests_total{status=\"200\",reason=\"stored\"} 4\n"));
    cr_assert(has(&page, "joist_collector_requests_total{status=\"503\",reason=\"busy\"} 0\n"));
    cr_assert(has(&page, "\njoist_collector_events_total 4\n"));
    cr_assert(has(&page, "\njoist_collector_objects_total 2\n"));
    cr_assert(has(&page, "\njoist_collector_stored_bytes_total 1000\n"));
    cr_assert(has(&page, "\njoist_collector_put_failures_total 1\n"));
    cr_assert(has(&page, "\n# TYPE joist_collector_held_bytes gauge\njoist_collector_held_bytes 77"
                         "\n"));
    cr_assert(has(&page, "\njoist_collector_storage_up 1\n"));
    cr_assert(has(&page, "_bucket{le=\"0.001\"} 1\n") && has(&page, "_bucket{le=\"0.002\"} 2\n"));
    cr_assert(has(&page, "_bucket{le=\"5\"} 2\n") && has(&page, "_bucket{le=\"+Inf\"} 3\n"));
    cr_assert(has(&page, "_sum 60.001600\n") && has(&page, "put_seconds_count 3\n"));
    joist_buffer_free(&page);
}

Test(metrics, clock)
{
    int64_t before = metrics_now_us();
    cr_assert_geq(metrics_now_us(), before);
}
