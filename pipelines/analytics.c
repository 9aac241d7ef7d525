/* SPDX-License-Identifier: Apache-2.0
 * Chart data of the history of deactivations: per project, how many events of how many sites there
 * were in each hour, and on each day by reason, version, locale and so on.
 *
 *     build/analytics run --history sqlite:out/history.db --analytics sqlite:out/analytics.db
 *
 * This file is the pipeline; rules on single values are in analytics/.
 *
 * Sites are counted once each, in every table. So that no table needs a set of sites, the events of
 * one site and day come together first: whatever such a group says, it says of one site. What
 * groups say is then added up, table by table. */
#include <joist.h>

#include "analytics/counts.h"
#include "analytics/rules.h"

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
    F(T, joist_time, hour, 0)                                                                     \
    F(T, bool, with_comment, 0)                                                                   \
    F(T, joist_text, reason_id, 0)                                                                \
    F(T, joist_text, project_version, 0) F(T, joist_text, wp_minor, 0)                            \
    F(T, joist_text, php_minor, 0) F(T, joist_text, mysql_minor, 0)                               \
    F(T, joist_text, server_family, 0) F(T, joist_text, locale, 0)                                \
    F(T, joist_text, theme_slug, 0) F(T, joist_text, multisite, 0)                                \
    F(T, joist_text, client_version, 0)
JOIST_RECORD(visit, VISIT);

/* ---- tables ---------------------------------------------------------------------------------- */
#define HOURLY(F, T)                                                                              \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_time, hour, JOIST_REQUIRED)                                                        \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)                                                                       \
    F(T, int64_t, with_comment, 0)                                                                \
    F(T, int64_t, local_events, 0)
JOIST_RECORD(hourly, HOURLY);

#define DAILY_REASON(F, T)                                                                        \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, joist_text, reason_id, JOIST_REQUIRED)                                                   \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)
JOIST_RECORD(daily_reason, DAILY_REASON);

#define DAILY_DIM(F, T)                                                                           \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, joist_text, dim, JOIST_REQUIRED)                                                         \
    F(T, joist_text, value, JOIST_REQUIRED)                                                       \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)
JOIST_RECORD(daily_dim, DAILY_DIM);

#define DAILY_REASON_VERSION(F, T)                                                                \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, joist_text, reason_id, JOIST_REQUIRED)                                                   \
    F(T, joist_text, project_version, JOIST_REQUIRED)                                             \
    F(T, int64_t, events, 0)
JOIST_RECORD(daily_reason_version, DAILY_REASON_VERSION);

#define OVERVIEW_DAILY(F, T)                                                                      \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, day, JOIST_REQUIRED)                                                         \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)                                                                       \
    F(T, int64_t, previous_day_events, 0)                                                         \
    F(T, joist_text, top_reason, JOIST_REQUIRED)
JOIST_RECORD(overview_daily, OVERVIEW_DAILY);

/* A day of a project on its way to the overview. */
#define DAY_TOTAL(F, T)                                                                           \
    F(T, joist_text, project_id, 0)                                                               \
    F(T, int64_t, number, 0, .help = "since 1970")                                                \
    F(T, int64_t, next, 0, .help = "the day after")                                               \
    F(T, joist_text, day, 0)                                                                      \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, sites, 0)
JOIST_RECORD(day_total, DAY_TOTAL);

/* ---- one event ------------------------------------------------------------------------------- */
static visit visit_of(const deactivation *d, joist_arena *a)
{
    return (visit){
        .project_id = key_of(d->project_id), .day = day_of(d->deactivated_at),
        .site_key = d->site_key, .hour = hour_of(d->deactivated_at),
        .with_comment = !joist_text_null(d->reason_info), .reason_id = key_of(d->reason_id),
        .project_version = key_of(d->project_version), .wp_minor = minor_of(d->wp_version),
        .php_minor = minor_of(d->php_version), .mysql_minor = minor_of(d->mysql_version),
        .server_family = family_of(d->server_software, a), .locale = key_of(d->locale),
        .theme_slug = key_of(d->theme_slug), .multisite = key_of_bool(d->multisite),
        .client_version = key_of(d->client_version),
    };
}

#define PLACE(IN, OUT, SIDE, CFG, STATE) IN(deactivation) OUT(visit, visits) OUT(hourly, local)
JOIST_DOFN(place, PLACE);
static joist_status place_process(const place_call *v, const deactivation *d)
{
    if (d->is_local_host.set && d->is_local_host.v)
        return hourly_emit(v->out.local, (hourly){ .project_id = key_of(d->project_id),
            .hour = hour_of(d->deactivated_at), .local_events = 1 });
    return visit_emit(v->out.visits, visit_of(d, joist_context_arena(v->ctx)));
}

/* ---- all events of one site and day ---------------------------------------------------------- */
enum { HOURS = 24 };
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

typedef struct site_day {
    joist_text project_id, day;
    int64_t number;
    int64_t hours[HOURS], comments[HOURS];
    int64_t events;
    counts values;
} site_day;

static void count_visit(site_day *s, const visit *v)
{
    size_t hour = (size_t)(v->hour.ms / JOIST_HOURS(1) - s->number * HOURS);
    s->events++;
    s->hours[hour]++;
    s->comments[hour] += v->with_comment;
    counts_add(&s->values, OF_REASON, v->reason_id, JOIST_NO_TEXT);
    counts_add(&s->values, OF_REASON_AND_VERSION, v->reason_id, v->project_version);
#define COUNT(name) counts_add(&s->values, OF_##name, v->name, JOIST_NO_TEXT);
    DIMENSIONS(COUNT)
}

#define TELL_SITE(IN, OUT, SIDE, CFG, STATE)                                                      \
    IN(visit_group)                                                                               \
    OUT(hourly, hours) OUT(daily_reason, reasons) OUT(daily_dim, values)                          \
    OUT(daily_reason_version, versions) OUT(day_total, days)
JOIST_DOFN(tell_site, TELL_SITE);

static void tell_hours(const tell_site_call *v, const site_day *s)
{
    for (int hour = 0; hour < HOURS; hour++)
        if (s->hours[hour])
            hourly_emit(v->out.hours, (hourly){ .project_id = s->project_id,
                .hour = JOIST_TIME_MS((s->number * HOURS + hour) * JOIST_HOURS(1)),
                .events = s->hours[hour], .sites = 1, .with_comment = s->comments[hour] });
}

static void tell_value(const tell_site_call *v, const site_day *s, const count *c)
{
    if (c->kind == OF_REASON)
        daily_reason_emit(v->out.reasons,
            (daily_reason){ s->project_id, s->day, c->value, c->events, 1 });
    else if (c->kind == OF_REASON_AND_VERSION)
        daily_reason_version_emit(v->out.versions,
            (daily_reason_version){ s->project_id, s->day, c->value, c->second, c->events });
    else
        daily_dim_emit(v->out.values, (daily_dim){ s->project_id, s->day, dimensions[c->kind],
                                                   c->value, c->events, 1 });
}

static joist_status tell_site_process(const tell_site_call *v, const visit_group *g)
{
    joist_arena *a = joist_context_arena(v->ctx);
    site_day s = { .project_id = g->key->project_id, .number = g->key->day,
                   .day = day_print(g->key->day, a), .values.arena = a };
    for (const visit *one; (one = visit_next(g));)
        count_visit(&s, one);
    tell_hours(v, &s);
    for (size_t i = 0; i < s.values.len; i++)
        tell_value(v, &s, &s.values.items[i]);
    return day_total_emit(v->out.days, (day_total){ .project_id = s.project_id,
        .number = s.number, .next = s.number + 1, .day = s.day, .events = s.events, .sites = 1 });
}

/* ---- adding up ------------------------------------------------------------------------------- */
#define SUMS(F, T)                                                                                \
    F(T, int64_t, events, 0) F(T, int64_t, sites, 0) F(T, int64_t, with_comment, 0)               \
    F(T, int64_t, local_events, 0)
JOIST_RECORD(sums, SUMS);

static void add_sums(sums *a, const sums *b)
{
    a->events += b->events;
    a->sites += b->sites;
    a->with_comment += b->with_comment;
    a->local_events += b->local_events;
}

#define ADD_HOURS(IN, ACC, OUT, CFG) IN(hourly) ACC(sums) OUT(hourly)
JOIST_COMBINE_FN(add_hours, ADD_HOURS);
static void add_hours_add(const add_hours_call *v, sums *a, const hourly *h)
{
    (void)v;
    add_sums(a, &(sums){ h->events, h->sites, h->with_comment, h->local_events });
}
static void add_hours_merge(const add_hours_call *v, sums *a, const sums *b)
{
    (void)v;
    add_sums(a, b);
}
static joist_status add_hours_extract(const add_hours_call *v, const sums *a, const hourly *key)
{
    return hourly_emit(v->out, (hourly){ key->project_id, key->hour, a->events, a->sites,
                                         a->with_comment, a->local_events });
}

#define ADD_REASONS(IN, ACC, OUT, CFG) IN(daily_reason) ACC(sums) OUT(daily_reason)
JOIST_COMBINE_FN(add_reasons, ADD_REASONS);
static void add_reasons_add(const add_reasons_call *v, sums *a, const daily_reason *r)
{
    (void)v;
    add_sums(a, &(sums){ .events = r->events, .sites = r->sites });
}
static void add_reasons_merge(const add_reasons_call *v, sums *a, const sums *b)
{
    (void)v;
    add_sums(a, b);
}
static joist_status add_reasons_extract(const add_reasons_call *v, const sums *a,
                                        const daily_reason *key)
{
    return daily_reason_emit(v->out, (daily_reason){ key->project_id, key->day, key->reason_id,
                                                     a->events, a->sites });
}

#define ADD_VALUES(IN, ACC, OUT, CFG) IN(daily_dim) ACC(sums) OUT(daily_dim)
JOIST_COMBINE_FN(add_values, ADD_VALUES);
static void add_values_add(const add_values_call *v, sums *a, const daily_dim *d)
{
    (void)v;
    add_sums(a, &(sums){ .events = d->events, .sites = d->sites });
}
static void add_values_merge(const add_values_call *v, sums *a, const sums *b)
{
    (void)v;
    add_sums(a, b);
}
static joist_status add_values_extract(const add_values_call *v, const sums *a,
                                       const daily_dim *key)
{
    return daily_dim_emit(v->out, (daily_dim){ key->project_id, key->day, key->dim, key->value,
                                               a->events, a->sites });
}

#define ADD_VERSIONS(IN, ACC, OUT, CFG)                                                           \
    IN(daily_reason_version) ACC(sums) OUT(daily_reason_version)
JOIST_COMBINE_FN(add_versions, ADD_VERSIONS);
static void add_versions_add(const add_versions_call *v, sums *a, const daily_reason_version *r)
{
    (void)v;
    add_sums(a, &(sums){ .events = r->events });
}
static void add_versions_merge(const add_versions_call *v, sums *a, const sums *b)
{
    (void)v;
    add_sums(a, b);
}
static joist_status add_versions_extract(const add_versions_call *v, const sums *a,
                                         const daily_reason_version *key)
{
    return daily_reason_version_emit(v->out, (daily_reason_version){
        key->project_id, key->day, key->reason_id, key->project_version, a->events });
}

#define ADD_DAYS(IN, ACC, OUT, CFG) IN(day_total) ACC(sums) OUT(day_total)
JOIST_COMBINE_FN(add_days, ADD_DAYS);
static void add_days_add(const add_days_call *v, sums *a, const day_total *d)
{
    (void)v;
    add_sums(a, &(sums){ .events = d->events, .sites = d->sites });
}
static void add_days_merge(const add_days_call *v, sums *a, const sums *b)
{
    (void)v;
    add_sums(a, b);
}
static joist_status add_days_extract(const add_days_call *v, const sums *a, const day_total *key)
{
    return day_total_emit(v->out, (day_total){ key->project_id, key->number, key->next, key->day,
                                               a->events, a->sites });
}

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
    F(T, int64_t, events, 0) F(T, int64_t, sites, 0) F(T, joist_text, top_reason, 0)
JOIST_RECORD(overview_day, OVERVIEW_DAY);

JOIST_PAIR(reasoned_day, day_total, daily_reason);
JOIST_MAP(with_reason, reasoned_day, overview_day);
static overview_day with_reason_map(const reasoned_day *both)
{
    const day_total *d = &both->left;
    return (overview_day){ d->project_id, d->number, d->day, d->events, d->sites,
                           both->right.reason_id };
}

JOIST_PAIR(two_days, overview_day, day_total);
JOIST_MAP(with_previous, two_days, overview_daily);
static overview_daily with_previous_map(const two_days *both)
{
    const overview_day *d = &both->left;
    return (overview_daily){ d->project_id, d->day, d->events, d->sites,
                             both->has_right ? both->right.events : 0, d->top_reason };
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
JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    deactivation_coll events = joist_read(deactivation, p, .uri = o->history,
                                          .table = JOIST_TEXT("deactivations"));
    place_result placed = JOIST_APPLY(place, events);
    visit_group_coll sites = joist_group_by_key(visit, placed.visits,
        .key = JOIST_FIELDS(visit, project_id, day, site_key), .name = "group_by_site_and_day");
    tell_site_result told = JOIST_APPLY(tell_site, sites);

    hourly_coll hours = JOIST_COMBINE(add_hours, joist_flatten(hourly, told.hours, placed.local),
                                      .key = JOIST_FIELDS(hourly, project_id, hour));
    joist_write(hours, .uri = o->analytics, .table = JOIST_TEXT("analytics_hourly"),
                .key = JOIST_FIELDS(hourly, project_id, hour));

    daily_reason_coll reasons = JOIST_COMBINE(add_reasons, told.reasons,
        .key = JOIST_FIELDS(daily_reason, project_id, day, reason_id));
    joist_write(reasons, .uri = o->analytics, .table = JOIST_TEXT("analytics_daily_reason"),
                .key = JOIST_FIELDS(daily_reason, project_id, day, reason_id));

    daily_dim_coll values = JOIST_COMBINE(add_values, told.values,
        .key = JOIST_FIELDS(daily_dim, project_id, day, dim, value));
    joist_write(cut_values(values), .uri = o->analytics,
                .table = JOIST_TEXT("analytics_daily_dim"),
                .key = JOIST_FIELDS(daily_dim, project_id, day, dim, value));

    daily_reason_version_coll versions = JOIST_COMBINE(add_versions, told.versions,
        .key = JOIST_FIELDS(daily_reason_version, project_id, day, reason_id, project_version));
    joist_write(versions, .uri = o->analytics,
                .table = JOIST_TEXT("analytics_daily_reason_version"),
                .key = JOIST_FIELDS(daily_reason_version, project_id, day, reason_id,
                                    project_version));

    day_total_coll days = JOIST_COMBINE(add_days, told.days,
        .key = JOIST_FIELDS(day_total, project_id, number, next, day));
    joist_write(overview(days, reasons), .uri = o->analytics,
                .table = JOIST_TEXT("analytics_overview_daily"),
                .key = JOIST_FIELDS(overview_daily, project_id, day));
}

static const joist_dofn *const dofns[] = {
    &place_dofn, &tell_site_dofn, &add_others_dofn, &with_reason_dofn, &with_previous_dofn, NULL
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
