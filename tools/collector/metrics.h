/* SPDX-License-Identifier: Apache-2.0
 * What the collector counts, and the page Prometheus reads. */
#ifndef COLLECTOR_METRICS_H
#define COLLECTOR_METRICS_H

#include "joist/memory.h"
#include "outcomes.h"

#include <stdatomic.h>

#define COUNTERS(X)                                                                               \
    X(events, "events", "Events stored and acknowledged.")                                        \
    X(objects, "objects", "Objects made.")                                                        \
    X(bytes, "stored_bytes", "Bytes in these objects.")                                           \
    X(put_failures, "put_failures", "Puts that failed.")                                          \
    X(received, "received_bytes", "Bytes of bodies received.")                                    \
    X(timeouts, "timeouts", "Connections closed because headers or body took too long.")          \
    X(aborted, "aborted_requests", "Requests that ended before their answer was sent.")           \
    X(accepted, "connections", "Connections accepted.")

#define GAUGES(X)                                                                                 \
    X(open, "open_connections", "Connections now open.")                                          \
    X(active, "active_requests", "Requests that have no answer yet.")                             \
    X(held, "held_bytes", "Bytes of bodies and events in memory.")

enum { PUT_BUCKETS = 12 };

typedef struct metrics {
#define X(id, name, help) atomic_uint_least64_t id;
    COUNTERS(X)
#undef X
#define X(id, name, help) atomic_int_least64_t id;
    GAUGES(X)
#undef X
    atomic_uint_least64_t outcomes[OUTCOMES_COUNT];
    atomic_uint_least64_t put_buckets[PUT_BUCKETS + 1];     /* the last one: longer than all */
    atomic_uint_least64_t put_us;
} metrics;

void metrics_put(metrics *m, bool stored, uint64_t events, uint64_t bytes, int64_t took_us);
int64_t metrics_now_us(void);           /* monotonic */

/* Text format 0.0.4. `good`: the storage takes objects. */
void metrics_print(joist_buffer *out, metrics *m, bool good);

#endif
