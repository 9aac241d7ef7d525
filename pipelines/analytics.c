/* SPDX-License-Identifier: Apache-2.0
 * Chart data of the history of deactivations: per project, how many events of how many sites there
 * were in each hour, and on each day by reason, version, locale and so on.
 *
 *     build/analytics run --history sqlite:out/history.db --analytics sqlite:out/analytics.db
 *
 * This file is the pipeline; tables, and rules on single values, are in analytics/.
 *
 * Sites are counted once each, in every table. So that no table needs a set of sites, the events of
 * one site and day come together first: whatever such a group says, it says of one site. What
 * groups say is added up, day by day as long as they come in order, then table by table.
 *
 * Days are made anew whole, those that have changed since the last run: analytics/work.h. */
#include <joist.h>

#include "analytics/counts.h"
#include "analytics/rules.h"
#include "analytics/tables.h"
#include "analytics/work.h"

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, history, 0, .fallback = "sqlite:out/history.db", .values = "URI",            \
      .help = "store with the table deactivations")                                               \
    F(T, joist_text, analytics, 0, .fallback = "sqlite:out/analytics.db", .values = "URI",        \
      .help = "store of the chart tables")                                                        \
    F(T, bool, full, 0, .fallback = "false", .help = "make everything anew")
JOIST_RECORD(options, OPTIONS);

/* ---- the history: what is read of it --------------------------------------------------------- */
#define DEACTIVATION(F, T)                                                                        \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_time, deactivated_at, JOIST_REQUIRED)                                              \
    F(T, joist_time, window_start, 0)                                                             \
    F(T, joist_text, site_key, JOIST_REQUIRED)                                                    \
    F(T, joist_text, reason_id, 0)                                                                \
    F(T, joist_text, reason_info, 0, .limit = 4096)                                               \
    F(T, joist_text, project_version, 0)                                                          \
    F(T, joist_text, client_version, 0)                                                           \
    F(T, joist_text, wp_version, 0)                                                               \
    F(T, joist_text, locale, 0)                                                                   \
    F(T, joist_text, theme_slug, 0)                                                               \
    F(T, joist_text, php_version, 0)                                                              \
    F(T, joist_text, mysql_version, 0)                                                            \
    F(T, joist_text, server_software, 0)                                                          \
    F(T, joist_bool, multisite, 0)                                                                \
    F(T, joist_bool, is_local_host, 0)
JOIST_RECORD(deactivation, DEACTIVATION);

/* ---- an event as it is counted --------------------------------------------------------------- */
#define DIMENSIONS(D)                                                                             \
    D(project_version) D(wp_minor) D(php_minor) D(mysql_minor) D(server_family) D(locale)         \
    D(theme_slug) D(multisite) D(client_version)

#define VISIT(F, T)                                                                               \
    F(T, joist_text, project_id, 0)                                                               \
    F(T, int64_t, day, 0, .help = "since 1970")                                                   \
    F(T, joist_text, site_key, 0)                                                                 \
    F(T, int64_t, scope, 0)                                                                       \
    F(T, joist_time, hour, 0)                                                                     \
    F(T, bool, with_comment, 0)                                                                   \
    F(T, joist_text, reason_id, 0)                                                                \
    F(T, joist_text, project_version, 0) F(T, joist_text, wp_minor, 0)                            \
    F(T, joist_text, php_minor, 0) F(T, joist_text, mysql_minor, 0)                               \
    F(T, joist_text, server_family, 0) F(T, joist_text, locale, 0)                                \
    F(T, joist_text, theme_slug, 0) F(T, joist_text, multisite, 0)                                \
    F(T, joist_text, client_version, 0)
JOIST_RECORD(visit, VISIT);

/* ---- one event ------------------------------------------------------------------------------- */
static visit visit_of(const deactivation *d, joist_text project, int64_t scope, joist_arena *a)
{
    return (visit){
        .project_id = project, .day = day_of(d->deactivated_at), .site_key = d->site_key,
        .scope = scope, .hour = hour_of(d->deactivated_at),
        .with_comment = !joist_text_null(d->reason_info), .reason_id = key_of(d->reason_id),
        .project_version = key_of(d->project_version), .wp_minor = minor_of(d->wp_version),
        .php_minor = minor_of(d->php_version), .mysql_minor = minor_of(d->mysql_version),
        .server_family = family_of(d->server_software, a), .locale = key_of(d->locale),
        .theme_slug = key_of(d->theme_slug), .multisite = key_of_bool(d->multisite),
        .client_version = key_of(d->client_version),
    };
}

#define PLACE(IN, OUT, SIDE, CFG, STATE)                                                          \
    IN(deactivation) OUT(visit, visits) OUT(hourly, local)                                        \
    SIDE(plan_one, plan) SIDE(joist_int_result, scopes)
JOIST_DOFN(place, PLACE);

static int64_t scope_of(const place_call *v, joist_text project, int64_t day)
{
    if (plan_one(v->side.plan)->everything)
        return EVERYTHING;
    const joist_int_result *found =
        joist_int_result_get(v->side.scopes, scope_key(v->ctx, project, day));
    return found ? found->value.v : NOTHING;
}

static joist_status place_process(const place_call *v, const deactivation *d)
{
    joist_text project = key_of(d->project_id);
    int64_t scope = scope_of(v, project, day_of(d->deactivated_at));
    bool local = d->is_local_host.set && d->is_local_host.v;
    if (scope == NOTHING || (local && scope < EVERYTHING))
        return JOIST_OK;
    if (local)
        return hourly_emit(v->out.local, (hourly){ .project_id = project,
            .hour = hour_of(d->deactivated_at), .local_events = 1 });
    return visit_emit(v->out.visits, visit_of(d, project, scope, joist_context_arena(v->ctx)));
}

/* ---- all events of one site and day, site after site ----------------------------------------- */
enum kind {
    OF_REASON, OF_REASON_AND_VERSION,
#define KIND(name) OF_##name,
    DIMENSIONS(KIND)
    KINDS
};

static const joist_text dimensions[KINDS] = {
#define NAME(name) [OF_##name] = { #name, sizeof #name - 1 },
    DIMENSIONS(NAME)
};

/* What the groups of one project and day said so far. They come in order of their key, so it is
 * told when another day begins, and at the end of a bundle. */
typedef struct day_count {
    joist_text project_id;
    int64_t day, scope, last_site[HOURS];
    sums hours[HOURS], all;
    counts values;
} day_count;

static void count_visit(day_count *d, const visit *v)
{
    size_t hour = (size_t)(v->hour.ms / JOIST_HOURS(1) - d->day * HOURS);
    bool first = d->last_site[hour] != d->values.group;
    d->last_site[hour] = d->values.group;
    d->scope = v->scope;
    add_sums(&d->hours[hour], &(sums){ 1, first, v->with_comment, 0 });
    d->all.events++;
    counts_add(&d->values, OF_REASON, v->reason_id, JOIST_NO_TEXT);
    counts_add(&d->values, OF_REASON_AND_VERSION, v->reason_id, v->project_version);
#define COUNT(name) counts_add(&d->values, OF_##name, v->name, JOIST_NO_TEXT);
    DIMENSIONS(COUNT)
}

#define COUNT_SITES(IN, OUT, SIDE, CFG, STATE)                                                    \
    IN(visit_group) STATE(day_count)                                                            \
    OUT(hourly, hours) OUT(daily_reason, reasons) OUT(daily_dim, values)                          \
    OUT(daily_reason_version, versions) OUT(day_total, days)
JOIST_HOOK(count_sites, finish_bundle);
JOIST_DOFN_LIFECYCLE(count_sites, COUNT_SITES, .finish_bundle = count_sites_finish_bundle);

static void tell_hours(const count_sites_call *v, const day_count *d)
{
    for (int hour = 0; hour < HOURS; hour++) {
        const sums *h = &d->hours[hour];
        if (h->events)
            hourly_emit(v->out.hours, (hourly){ d->project_id,
                JOIST_TIME_MS((d->day * HOURS + hour) * JOIST_HOURS(1)), h->events, h->sites,
                h->with_comment, 0 });
    }
}

static void tell_value(const count_sites_call *v, const day_count *d, joist_text day,
                       const count *c)
{
    if (c->kind == OF_REASON)
        daily_reason_emit(v->out.reasons, (daily_reason){ d->project_id, day, c->value, c->events,
                                                          c->groups, d->scope });
    else if (d->scope < EVERYTHING)
        return;
    else if (c->kind == OF_REASON_AND_VERSION)
        daily_reason_version_emit(v->out.versions,
            (daily_reason_version){ d->project_id, day, c->value, c->second, c->events });
    else
        daily_dim_emit(v->out.values, (daily_dim){ d->project_id, day, dimensions[c->kind],
                                                   c->value, c->events, c->groups });
}

static void tell_day(const count_sites_call *v)
{
    const day_count *d = v->state;
    if (!d->all.events)
        return;
    joist_text day = day_print(d->day, joist_context_arena(v->ctx));
    if (d->scope == EVERYTHING)
        tell_hours(v, d);
    for (size_t i = 0; i < d->values.len; i++)
        tell_value(v, d, day, &d->values.items[i]);
    day_total_emit(v->out.days, (day_total){ d->project_id, d->day, d->day + 1, day, d->scope,
                                             d->all.events, d->all.sites });
}

static void begin_day(const count_sites_call *v, const visit *key)
{
    joist_arena *a = joist_context_arena(v->ctx);
    *v->state = (day_count){ .project_id = joist_arena_text(a, key->project_id),
                               .day = key->day,
                               .values = { .arena = a,
                                           .seed = counts_seed(joist_run_id(v->ctx)) } };
}

static joist_status count_sites_process(const count_sites_call *v, const visit_group *g)
{
    day_count *d = v->state;
    if (!d->all.events || d->day != g->key->day
        || !joist_text_equal(d->project_id, g->key->project_id)) {
        tell_day(v);
        begin_day(v, g->key);
    }
    counts_next_group(&d->values);
    d->all.sites++;
    for (const visit *one; (one = visit_next(g));)
        count_visit(d, one);
    return JOIST_OK;
}

static joist_status count_sites_finish_bundle(const count_sites_call *v)
{
    tell_day(v);
    *v->state = (day_count){ 0 };
    return JOIST_OK;
}

/* ---- adding up, over all workers ------------------------------------------------------------- */
#define ADD_HOURS(IN, ACC, OUT, CFG) IN(hourly) ACC(sums) OUT(hourly)
ADD_UP(add_hours, hourly, ADD_HOURS,
       ((sums){ e->events, e->sites, e->with_comment, e->local_events }),
       ((hourly){ key->project_id, key->hour, a->events, a->sites, a->with_comment,
                  a->local_events }));

#define ADD_REASONS(IN, ACC, OUT, CFG) IN(daily_reason) ACC(sums) OUT(daily_reason)
ADD_UP(add_reasons, daily_reason, ADD_REASONS, ((sums){ e->events, e->sites, 0, 0 }),
       ((daily_reason){ key->project_id, key->day, key->reason_id, a->events, a->sites,
                        key->scope }));

#define ADD_VALUES(IN, ACC, OUT, CFG) IN(daily_dim) ACC(sums) OUT(daily_dim)
ADD_UP(add_values, daily_dim, ADD_VALUES, ((sums){ e->events, e->sites, 0, 0 }),
       ((daily_dim){ key->project_id, key->day, key->dim, key->value, a->events, a->sites }));

#define ADD_VERSIONS(IN, ACC, OUT, CFG) IN(daily_reason_version) ACC(sums) OUT(daily_reason_version)
ADD_UP(add_versions, daily_reason_version, ADD_VERSIONS, ((sums){ e->events, 0, 0, 0 }),
       ((daily_reason_version){ key->project_id, key->day, key->reason_id, key->project_version,
                                a->events }));

#define ADD_DAYS(IN, ACC, OUT, CFG) IN(day_total) ACC(sums) OUT(day_total)
ADD_UP(add_days, day_total, ADD_DAYS, ((sums){ e->events, e->sites, 0, 0 }),
       ((day_total){ key->project_id, key->number, key->next, key->day, key->scope, a->events,
                     a->sites }));

/* Days that only help to make the overview have reasons, too. */
JOIST_FILTER(changed_reasons, daily_reason);
static bool changed_reasons_keep(const daily_reason *r) { return r->scope == EVERYTHING; }

/* ---- values beyond the 50 with most events --------------------------------------------------- */
enum { MOST_VALUES = 50 };

/* Left all values of a dimension, right those that stay. */
JOIST_PAIR(ranked, daily_dim, daily_dim);

#define ADD_OTHERS(IN, OUT, SIDE, CFG, STATE) IN(ranked_group) OUT(daily_dim, others)
JOIST_DOFN(add_others, ADD_OTHERS);
static joist_status add_others_process(const add_others_call *v, const ranked_group *g)
{
    const daily_dim *key = &g->key->left;
    daily_dim rest = { key->project_id, key->day, key->dim, JOIST_TEXT("__other__"), 0, 0 };
    for (const ranked *one; (one = ranked_next(g));) {
        rest.events += one->has_left ? one->left.events : -one->right.events;
        rest.sites += one->has_left ? one->left.sites : -one->right.sites;
    }
    return rest.events ? daily_dim_emit(v->out.others, rest) : JOIST_OK;
}

static daily_dim_coll cut_values(daily_dim_coll values)
{
    daily_dim_coll most = joist_top(daily_dim, values, MOST_VALUES,
        .by = JOIST_FIELDS(daily_dim, events),
        .key = JOIST_FIELDS(daily_dim, project_id, day, dim), .name = "most_values");
    ranked_group_coll both = joist_cogroup(ranked, values, most,
        .left = JOIST_FIELDS(daily_dim, project_id, day, dim),
        .right = JOIST_FIELDS(daily_dim, project_id, day, dim), .name = "rank_values");
    return joist_flatten(daily_dim, most, JOIST_APPLY(add_others, both).others);
}

/* ---- the overview: a day, its most frequent reason, and the day before ----------------------- */
#define OVERVIEW_DAY(F, T)                                                                        \
    F(T, joist_text, project_id, 0) F(T, int64_t, number, 0) F(T, joist_text, day, 0)             \
    F(T, int64_t, scope, 0) F(T, int64_t, events, 0) F(T, int64_t, sites, 0)                      \
    F(T, joist_text, top_reason, 0)
JOIST_RECORD(overview_day, OVERVIEW_DAY);

JOIST_PAIR(reasoned_day, day_total, daily_reason);
JOIST_MAP(with_reason, reasoned_day, overview_day);
static overview_day with_reason_map(const reasoned_day *both)
{
    const day_total *d = &both->left;
    return (overview_day){ d->project_id, d->number, d->day, d->scope, d->events, d->sites,
                           both->right.reason_id };
}

JOIST_PAIR(two_days, overview_day, day_total);
JOIST_FLAT_MAP(with_previous, two_days, overview_daily);
static void with_previous_flat_map(const two_days *both, overview_daily_out out)
{
    const overview_day *d = &both->left;
    if (d->scope >= OVERVIEW)
        overview_daily_emit(out, (overview_daily){ d->project_id, d->day, d->events, d->sites,
            both->has_right ? both->right.events : 0, d->top_reason });
}

static overview_daily_coll overview(day_total_coll days, daily_reason_coll reasons)
{
    daily_reason_coll top = joist_top(daily_reason, reasons, 1,
        .by = JOIST_FIELDS(daily_reason, events),
        .key = JOIST_FIELDS(daily_reason, project_id, day), .name = "top_reason");
    overview_day_coll reasoned = JOIST_APPLY(with_reason, joist_join(reasoned_day, days, top,
        .left = JOIST_FIELDS(day_total, project_id, day),
        .right = JOIST_FIELDS(daily_reason, project_id, day), .name = "join_reason"));
    return JOIST_APPLY(with_previous, joist_join(two_days, reasoned, days,
        .left = JOIST_FIELDS(overview_day, project_id, number),
        .right = JOIST_FIELDS(day_total, project_id, next), .how = JOIST_LEFT_JOIN,
        .name = "join_previous_day"));
}

/* ---- the pipeline ---------------------------------------------------------------------------- */
static void write_overview(overview_daily_coll days, overview_daily_coll gone, const options *o)
{
    joist_write(days, .uri = o->analytics, .table = JOIST_TEXT("analytics_overview_daily"),
                .key = JOIST_FIELDS(overview_daily, project_id, day), .replace_all = o->full,
                .groups = gone, .groups_by = JOIST_FIELDS(overview_daily, project_id, day));
}

static void write_hours(hourly_coll hours, hourly_coll gone, const options *o)
{
    joist_write(hours, .uri = o->analytics, .table = JOIST_TEXT("analytics_hourly"),
                .key = JOIST_FIELDS(hourly, project_id, hour), .replace_all = o->full,
                .groups = gone, .groups_by = JOIST_FIELDS(hourly, project_id, hour));
}

static void write_reasons(daily_reason_coll reasons, daily_reason_coll gone, const options *o)
{
    joist_write(JOIST_APPLY(changed_reasons, reasons), .uri = o->analytics,
                .table = JOIST_TEXT("analytics_daily_reason"),
                .key = JOIST_FIELDS(daily_reason, project_id, day, reason_id),
                .without = JOIST_FIELDS(daily_reason, scope), .replace_all = o->full,
                .groups = gone, .groups_by = JOIST_FIELDS(daily_reason, project_id, day));
}

static void write_values(daily_dim_coll values, daily_dim_coll gone, const options *o)
{
    joist_write(cut_values(values), .uri = o->analytics,
                .table = JOIST_TEXT("analytics_daily_dim"),
                .key = JOIST_FIELDS(daily_dim, project_id, day, dim, value),
                .replace_all = o->full,
                .groups = gone, .groups_by = JOIST_FIELDS(daily_dim, project_id, day));
}

static void write_versions(daily_reason_version_coll versions, daily_reason_version_coll gone,
                           const options *o)
{
    joist_write(versions, .uri = o->analytics,
                .table = JOIST_TEXT("analytics_daily_reason_version"),
                .key = JOIST_FIELDS(daily_reason_version, project_id, day, reason_id,
                                    project_version), .replace_all = o->full,
                .groups = gone, .groups_by = JOIST_FIELDS(daily_reason_version, project_id, day));
}

/* By --full all of it at once, by all workers; else windows, which the history finds by its key. */
static deactivation_coll read_events(joist_pipeline *p, const options *o,
                                     joist_time_range_coll windows)
{
    deactivation_coll some = joist_read_all(deactivation, windows, .uri = o->history,
        .table = JOIST_TEXT("deactivations"), .by = JOIST_FIELDS(deactivation, window_start),
        .name = "read_windows");
    if (!o->full)
        return some;
    return joist_flatten(deactivation, some,
        joist_read(deactivation, p, .uri = o->history, .table = JOIST_TEXT("deactivations"),
                   .name = "read_history"));
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    work w = plan_work(p, o->history, o->analytics, o->full);
    deactivation_coll events = read_events(p, o, w.windows);
    place_result placed = JOIST_APPLY(place, events, .side = { w.plan, w.scopes, 0 });
    visit_group_coll sites = joist_group_by_key(visit, placed.visits,
        .key = JOIST_FIELDS(visit, project_id, day, site_key), .name = "group_by_site_and_day");
    count_sites_result told = JOIST_APPLY(count_sites, sites);

    hourly_coll hours = JOIST_COMBINE(add_hours, joist_flatten(hourly, told.hours, placed.local),
        .key = JOIST_FIELDS(hourly, project_id, hour));
    daily_reason_coll reasons = JOIST_COMBINE(add_reasons, told.reasons,
        .key = JOIST_FIELDS(daily_reason, project_id, day, reason_id, scope));
    daily_dim_coll values = JOIST_COMBINE(add_values, told.values,
        .key = JOIST_FIELDS(daily_dim, project_id, day, dim, value));
    daily_reason_version_coll versions = JOIST_COMBINE(add_versions, told.versions,
        .key = JOIST_FIELDS(daily_reason_version, project_id, day, reason_id, project_version));
    day_total_coll days = JOIST_COMBINE(add_days, told.days,
        .key = JOIST_FIELDS(day_total, project_id, number, next, day, scope));

    write_hours(hours, w.gone.hours, o);
    write_reasons(reasons, w.gone.reasons, o);
    write_values(values, w.gone.values, o);
    write_versions(versions, w.gone.versions, o);
    write_overview(overview(days, reasons), w.gone.days, o);
}

static const joist_dofn *const dofns[] = {
    WORK_DOFNS, &place_dofn, &count_sites_dofn, &changed_reasons_dofn,
    &add_others_dofn, &with_reason_dofn, &with_previous_dofn, NULL
};
static const joist_combine *const combines[] = {
    &add_hours_combine, &add_reasons_combine, &add_values_combine, &add_versions_combine,
    &add_days_combine, NULL
};

static const joist_pipeline_def def = {
    .name = "analytics", .about = "Makes chart data of the history of deactivations.",
    .options = &options_type, .dofns = dofns, .combines = combines, .build = build_any,
};

#ifndef JOIST_NO_MAIN
int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
#endif
