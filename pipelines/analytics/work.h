/* SPDX-License-Identifier: Apache-2.0
 * What is to be done: which days of which projects are made anew, and what else must be read for
 * them. A part of ../analytics.c, and of nothing else.
 *
 * The history keeps a log of the days whose rows its commits changed. How far the log is in the
 * tables is the cursor, a row of the analytics store that is written together with them. Without
 * either, or with --full, everything is made anew. */
#ifndef ANALYTICS_WORK_H
#define ANALYTICS_WORK_H

#include "rules.h"
#include "tables.h"

/* ---- the log, and how far we are ------------------------------------------------------------- */

/* The history's log: the days of a project whose rows a commit added or removed, each once, with
 * the number of the last such change. */
#define CHANGE(F, T)                                                                              \
    F(T, int64_t, seq, 0)                                                                         \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)
JOIST_RECORD(change, CHANGE);

/* How far the log is in the tables; written together with them. */
#define CURSOR(F, T)                                                                              \
    F(T, joist_text, history, JOIST_REQUIRED, .limit = 4096, .help = "URI of the log's store")    \
    F(T, int64_t, seq, 0)
JOIST_RECORD(cursor, CURSOR);

#define PLAN(F, T)                                                                                \
    F(T, bool, everything, 0)                                                                     \
    F(T, bool, full, 0, .help = "because --full was asked for")                                   \
    F(T, int64_t, after, 0, .help = "changes up to here are in the tables")
JOIST_RECORD(plan, PLAN);

#define MAKE_PLAN_CONFIG(F, T) F(T, joist_text, history, 0) F(T, bool, full, 0)
JOIST_RECORD(make_plan_config, MAKE_PLAN_CONFIG);

#define MAKE_PLAN(IN, OUT, SIDE, CFG, STATE)                                                      \
    IN(joist_int_result) OUT(plan, plans) OUT(cursor, cursors) SIDE(cursor_one, cursor)           \
    CFG(make_plan_config)
JOIST_DOFN(make_plan, MAKE_PLAN);

/* Is the log the one that the cursor is of? Numbers in a log only grow. */
static bool follows(const joist_int *last, const cursor *c, joist_text history)
{
    return c && last->set && last->v >= c->seq && joist_text_equal(c->history, history);
}

/* Of the greatest number in the log; NULL: there is no log. */
static joist_status make_plan_process(const make_plan_call *v, const joist_int_result *last)
{
    const cursor *c = cursor_one(v->side.cursor);
    bool goes_on = !v->cfg->full && follows(&last->value, c, v->cfg->history);
    if (last->value.set)
        cursor_emit(v->out.cursors, (cursor){ v->cfg->history, last->value.v });
    return plan_emit(v->out.plans, (plan){ !goes_on, v->cfg->full, goes_on ? c->seq : 0 });
}

/* ---- days that are made anew, and those beside them ------------------------------------------ */

enum { HOURS = 24 };

/* What a day is needed for; a greater one includes the smaller ones. */
enum scope {
    NOTHING,
    EVENTS_OF_BEFORE,           /* the day after needs its events */
    OVERVIEW,                   /* the day before has changed */
    EVERYTHING
};

#define PROJECT_DAY(F, T)                                                                         \
    F(T, joist_text, project_id, 0, .help = "as it stands in keys") F(T, int64_t, day, 0)
JOIST_RECORD(project_day, PROJECT_DAY);

#define SCOPED(F, T)                                                                              \
    F(T, joist_text, key, 0, .help = "of a project and day") F(T, int64_t, day, 0)                \
    F(T, int64_t, scope, 0)
JOIST_RECORD(scoped, SCOPED);

static joist_text scope_key(joist_context *ctx, joist_text project, int64_t day)
{
    return joist_printf(ctx, "%lld %.*s", (long long)day, JOIST_ARG(project));
}

/* A day of windows. An event's window_start is within 24 hours of its deactivated_at, and the
 * history finds its rows by it. */
#define DAY_WINDOW(F, T) F(T, int64_t, day, 0)
JOIST_RECORD(day_window, DAY_WINDOW);

#define PICK_CHANGES(IN, OUT, SIDE, CFG, STATE)                                                   \
    IN(change) OUT(project_day, changed) OUT(scoped, scopes) OUT(day_window, windows)             \
    SIDE(plan_one, plan)
JOIST_DOFN(pick_changes, PICK_CHANGES);

static void tell_scope(const pick_changes_call *v, joist_text project, int64_t day,
                       enum scope scope)
{
    scoped_emit(v->out.scopes, (scoped){ scope_key(v->ctx, project, day), day, scope });
}

static joist_status pick_changes_process(const pick_changes_call *v, const change *c)
{
    int64_t day;
    const plan *p = plan_one(v->side.plan);
    joist_text project = key_of(c->project_id);
    if (p->everything || c->seq <= p->after)
        return JOIST_OK;
    if (!day_parse(c->day, &day))
        return joist_fail(v->ctx, "the log of changes has a day '%.*s'", JOIST_ARG(c->day));
    tell_scope(v, project, day - 1, EVENTS_OF_BEFORE);
    tell_scope(v, project, day, EVERYTHING);
    tell_scope(v, project, day + 1, OVERVIEW);
    for (int64_t window = day - 2; window <= day + 2; window++)
        if (window >= FIRST_DAY && window <= LAST_DAY)
            day_window_emit(v->out.windows, (day_window){ window });
    return project_day_emit(v->out.changed, (project_day){ project, day });
}

/* What the tables have of a day that is made anew goes before what is made of it comes; also if
 * nothing is made of it any more. */
#define EMPTY_DAY(IN, OUT, SIDE, CFG, STATE)                                                      \
    IN(project_day)                                                                               \
    OUT(hourly, hours) OUT(daily_reason, reasons) OUT(daily_dim, values)                          \
    OUT(daily_reason_version, versions) OUT(overview_daily, days)
JOIST_DOFN(empty_day, EMPTY_DAY);
static joist_status empty_day_process(const empty_day_call *v, const project_day *d)
{
    joist_arena *a = joist_context_arena(v->ctx);
    joist_text project = d->project_id, day = day_print(d->day, a);
    for (int hour = 0; hour < HOURS; hour++)
        hourly_emit(v->out.hours, (hourly){ .project_id = project,
            .hour = JOIST_TIME_MS((d->day * HOURS + hour) * JOIST_HOURS(1)) });
    daily_reason_emit(v->out.reasons, (daily_reason){ .project_id = project, .day = day });
    daily_dim_emit(v->out.values, (daily_dim){ .project_id = project, .day = day });
    daily_reason_version_emit(v->out.versions,
                              (daily_reason_version){ .project_id = project, .day = day });
    for (int64_t n = d->day; n <= d->day + 1 && n <= LAST_DAY; n++)
        overview_daily_emit(v->out.days,
                            (overview_daily){ .project_id = project, .day = day_print(n, a) });
    return JOIST_OK;
}

/* ---- what is read ---------------------------------------------------------------------------- */

/* One range without bounds, if everything is made; by --full tables are read and replaced whole. */
JOIST_FLAT_MAP(all_there_is, plan, joist_time_range);
static void all_there_is_flat_map(const plan *p, joist_time_range_out out)
{
    if (p->everything && !p->full)
        joist_time_range_emit(out, (joist_time_range){ 0 });
}

JOIST_MAP(windows_of, day_window, joist_time_range);
static joist_time_range windows_of_map(const day_window *d)
{
    joist_time_range r = { .from = JOIST_TIME_MS(d->day * JOIST_DAYS(1)) };
    if (d->day < LAST_DAY)
        r.until = JOIST_TIME_MS((d->day + 1) * JOIST_DAYS(1));
    return r;
}

/* To make everything is to make every day anew that the tables have. */
#define PICK_STORED(IN, OUT, SIDE, CFG, STATE)                                                    \
    IN(hourly) OUT(project_day, days) SIDE(plan_one, plan)
JOIST_DOFN(pick_stored, PICK_STORED);
static joist_status pick_stored_process(const pick_stored_call *v, const hourly *h)
{
    const plan *p = plan_one(v->side.plan);
    if (!p->everything || p->full)
        return JOIST_OK;
    return project_day_emit(v->out.days, (project_day){ h->project_id, day_of(h->hour) });
}

/* ---- in build -------------------------------------------------------------------------------- */

/* What is to be done, known before the first row is read: what changes meanwhile is in the log
 * behind the cursor, and is done next time. */
typedef struct work {
    plan_one_map plan;
    joist_int_result_map scopes;        /* by scope_key */
    joist_time_range_coll windows;      /* of the history, to be read; of --full none */
    empty_day_result gone;
} work;

JOIST_INLINE plan_coll make_the_plan(joist_pipeline *p, change_coll log, joist_text history,
                                     joist_text analytics, bool full)
{
    cursor_coll cursors = joist_read(cursor, p, .uri = analytics, .otherwise = { analytics },
                                     .table = JOIST_TEXT("analytics_cursor"),
                                     .name = "read_cursor");
    make_plan_result made = JOIST_APPLY(make_plan, joist_max_globally(change, log, seq),
        .side.cursor = joist_singleton(cursor, cursors, .allow_empty = true),
        .cfg = { .history = history, .full = full });
    joist_write(made.cursors, .uri = analytics, .table = JOIST_TEXT("analytics_cursor"),
                .key = JOIST_FIELDS(cursor, history), .replace_all = true);
    return made.plans;
}

JOIST_INLINE work plan_work(joist_pipeline *p, joist_text history, joist_text analytics, bool full)
{
    change_coll log = joist_read(change, p, .uri = history,
                                 .table = JOIST_TEXT("deactivations_changes"), .name = "read_log");
    plan_coll plans = make_the_plan(p, log, history, analytics, full);
    plan_one_map the_plan = joist_singleton(plan, plans);
    pick_changes_result changes = JOIST_APPLY(pick_changes, log, .side.plan = the_plan);
    joist_int_result_coll scopes = joist_max(scoped, changes.scopes, key, scope);

    joist_time_range_coll all = JOIST_APPLY(all_there_is, plans);
    joist_time_range_coll some =
        JOIST_APPLY(windows_of, joist_distinct(day_window, changes.windows));
    hourly_coll stored = joist_read(hourly, p, .uri = analytics, .otherwise = { analytics },
                                    .table = JOIST_TEXT("analytics_hourly"), .name = "read_stored");
    project_day_coll known = joist_distinct(project_day,
        JOIST_APPLY(pick_stored, stored, .side.plan = the_plan).days);
    return (work){
        .plan = the_plan,
        .scopes = joist_map_by(joist_int_result, scopes, key, .allow_empty = true),
        .windows = joist_flatten(joist_time_range, all, some),
        .gone = JOIST_APPLY(empty_day, joist_flatten(project_day, changes.changed, known)),
    };
}

/* For the program's table. */
#define WORK_DOFNS                                                                                \
    &make_plan_dofn, &pick_changes_dofn, &empty_day_dofn, &all_there_is_dofn, &windows_of_dofn,   \
    &pick_stored_dofn

#endif
