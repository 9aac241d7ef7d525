/* SPDX-License-Identifier: Apache-2.0
 * Event time: every element has a timestamp and a window, and grouping and combining keep windows
 * apart, as in Beam. Elements of a source have JOIST_TIMESTAMP_MIN and the global window; a step's
 * outputs have their input's; what is made of a group has the window of the group, and its last
 * instant as timestamp. Times are milliseconds since 1970, windows [start, end). */
#ifndef JOIST_WINDOW_H
#define JOIST_WINDOW_H

#include "joist/dofn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* joist_with_timestamps(T, coll, FIELD) -> T_coll: the time field FIELD becomes the timestamp. An
 * element whose FIELD is NULL is rejected as `no_timestamp`. Before joist_window_into: windows that
 * elements already have are not changed. */
joist_coll joist_with_timestamps_(joist_coll in, uint32_t field, joist_site site);
#define joist_with_timestamps(T, coll, field)                                                     \
    ((T##_coll){ joist_with_timestamps_(T##_raw(coll),                                            \
        (uint32_t)offsetof(T, field) + JOIST_ASSERT_(JOIST_IS_TIME_(((T *)0)->field),             \
            "joist_with_timestamps goes by a joist_time: " #T "." #field " is none"),             \
        (joist_site)JOIST_SITE) })
#define JOIST_IS_TIME_(x) _Generic((x), joist_time: 1, default: 0)

/* Lengths of time, for windows: JOIST_HOURS(1), JOIST_MINUTES(o->gap). */
#define JOIST_SECONDS(n) (1000 * (int64_t)(n))
#define JOIST_MINUTES(n) (60 * JOIST_SECONDS(n))
#define JOIST_HOURS(n)   (60 * JOIST_MINUTES(n))
#define JOIST_DAYS(n)    (24 * JOIST_HOURS(n))

/* joist_window_into(T, coll, …) -> T_coll: one of
 *   .fixed_ms = JOIST_HOURS(1)                   each element is in one window of that length
 *   .sliding_ms = JOIST_HOURS(1), .every_ms = JOIST_MINUTES(1)
 *                                                in each of the windows that begin every minute
 *   .gap_ms = JOIST_MINUTES(30)                  sessions: elements of one key, each within the gap
 *                                                of the one before, share a window that ends a
 *                                                gap after the last
 *   .global = true                               back to one window for all
 * .offset_ms shifts the starts of fixed and sliding windows from 1970-01-01T00:00. */
typedef struct joist_window_options {
    int64_t fixed_ms, sliding_ms, every_ms, gap_ms, offset_ms;
    bool global;
    const char *name;
    joist_site site_;
} joist_window_options;
joist_coll joist_window_into_(joist_coll in, const joist_window_options *o);
#define joist_window_into(T, ...)                                                                 \
    ((T##_coll){ joist_window_into_(T##_raw(JOIST_HEAD_(__VA_ARGS__, 0)),                         \
        &(joist_window_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })

/* Are windows of this collection sessions, which grouping merges? */
bool joist_in_sessions(joist_coll coll);

/* ---- inside a DoFn: of the element at hand. T_emit_at(out, value, ms) emits with another
 * timestamp, in the same window. */
JOIST_INLINE int64_t joist_timestamp(const joist_context *ctx)
{
    return ctx->position->timestamp_ms;
}

JOIST_INLINE joist_window joist_window_of(const joist_context *ctx)
{
    return ctx->position->window;
}

#ifdef __cplusplus
}
#endif
#endif
