/* SPDX-License-Identifier: Apache-2.0
 * The tables, and what is on the way to them. A row of a table is also what one part of the input
 * adds to it: rows with one key are added up. */
#ifndef ANALYTICS_TABLES_H
#define ANALYTICS_TABLES_H

#include <joist.h>

#define HOURLY(F, T)                                                                              \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_time, hour, JOIST_REQUIRED)                                                        \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)                                                                       \
    F(T, int64_t, with_comment, 0)                                                                \
    F(T, int64_t, local_events, 0)
JOIST_RECORD_EXTERN(hourly, HOURLY);

#define DAILY_REASON(F, T)                                                                        \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, joist_text, reason_id, JOIST_REQUIRED)                                                   \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)                                                                       \
    F(T, int64_t, scope, 0, .help = "no column")
JOIST_RECORD_EXTERN(daily_reason, DAILY_REASON);

#define DAILY_DIM(F, T)                                                                           \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, joist_text, dim, JOIST_REQUIRED)                                                         \
    F(T, joist_text, value, JOIST_REQUIRED)                                                       \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)
JOIST_RECORD_EXTERN(daily_dim, DAILY_DIM);

#define DAILY_REASON_VERSION(F, T)                                                                \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, joist_text, reason_id, JOIST_REQUIRED)                                                   \
    F(T, joist_text, project_version, JOIST_REQUIRED)                                             \
    F(T, int64_t, events, 0)
JOIST_RECORD_EXTERN(daily_reason_version, DAILY_REASON_VERSION);

#define OVERVIEW_DAILY(F, T)                                                                      \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)                                                                       \
    F(T, int64_t, previous_day_events, 0)                                                         \
    F(T, joist_text, top_reason, JOIST_REQUIRED)
JOIST_RECORD_EXTERN(overview_daily, OVERVIEW_DAILY);

/* A day of a project on its way to the overview. */
#define DAY_TOTAL(F, T)                                                                           \
    F(T, joist_text, project_id, 0)                                                               \
    F(T, int64_t, number, 0, .help = "since 1970")                                                \
    F(T, int64_t, next, 0, .help = "the day after")                                               \
    F(T, joist_text, day, 0)                                                                      \
    F(T, int64_t, scope, 0)                                                                       \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)
JOIST_RECORD_EXTERN(day_total, DAY_TOTAL);

/* ---- adding up ------------------------------------------------------------------------------- */
#define SUMS(F, T)                                                                                \
    F(T, int64_t, events, 0) F(T, int64_t, sites, 0) F(T, int64_t, with_comment, 0)               \
    F(T, int64_t, local_events, 0)
JOIST_RECORD_EXTERN(sums, SUMS);

void add_sums(sums *a, const sums *b);

/* The CombineFn FN of records T: ADDED are the (sums) an element `e` adds, MADE is the (T) made of
 * the sums `a` and the `key`; both in parentheses. */
#define ADD_UP(FN, T, PORTS, ADDED, MADE)                                                         \
    JOIST_COMBINE_FN(FN, PORTS);                                                                  \
    static void FN##_add(const FN##_call *v, sums *a, const T *e)                                 \
    {                                                                                             \
        (void)v;                                                                                  \
        const sums added = ADDED;                                                                 \
        add_sums(a, &added);                                                                      \
    }                                                                                             \
    static void FN##_merge(const FN##_call *v, sums *a, const sums *b)                            \
    {                                                                                             \
        (void)v;                                                                                  \
        add_sums(a, b);                                                                           \
    }                                                                                             \
    static joist_status FN##_extract(const FN##_call *v, const sums *a, const T *key)             \
    {                                                                                             \
        return T##_emit(v->out, MADE);                                                            \
    }                                                                                             \
    struct FN##_semicolon_

#endif
