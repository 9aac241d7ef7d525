/* SPDX-License-Identifier: Apache-2.0
 * Deactivations of plugins, hour by hour: what sites sent becomes the state of each site (latest),
 * a history of every event, and requests for mail.
 *
 *     build/deactivate run --input in/ --window 2026-08-20T03
 *
 * This file is the pipeline; rules on single values are in deactivate/. The maps are read before
 * the fork although only sites keep them: what is wrong with them is a warning of the event, and
 * both tables show its warnings. */
#include <joist.h>

#include "deactivate/custom.h"
#include "deactivate/event.h"
#include "deactivate/maps.h"
#include "deactivate/person.h"
#include "deactivate/project.h"
#include "deactivate/site.h"

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .values = "PATH",                                     \
      .help = "directory or file of events")                                                      \
    F(T, joist_text, projects, 0, .values = "URI",                                                \
      .help = "store or file of projects; default: the latest store, else projects.jsonl beside " \
              "or in the input")                                                                  \
    F(T, joist_text, latest, 0, .fallback = "sqlite:out/latest.db", .values = "URI",              \
      .help = "store of the newest event of each site, and of mail requests")                     \
    F(T, joist_text, history, 0, .fallback = "sqlite:out/history.db", .values = "URI",            \
      .help = "store of events")                                                                  \
    F(T, joist_text, mail_endpoint, 0, .values = "URL",                                           \
      .help = "http(s) URL to POST mail requests to; none: they stay pending")                    \
    F(T, joist_text, window, 0, .values = "HOUR",                                                 \
      .help = "YYYY-MM-DDTHH: read and replace that hour only")                                   \
    F(T, joist_text, since, 0, .values = "HOUR",                                                  \
      .help = "YYYY-MM-DDTHH: that hour and later ones, one after another")                       \
    F(T, joist_text, until, 0, .values = "HOUR", .help = "YYYY-MM-DDTHH: earlier hours only")     \
    F(T, int64_t, max_record, 0, .fallback = "1M", .help = "bytes a record may have")             \
    F(T, bool, allow_no_projects, 0, .fallback = "false",                                         \
      .help = "run although there is no project at all: every event is rejected")
JOIST_RECORD(options, OPTIONS);

static const joist_code codes[] = {
    { "hash_missing", "no hash says which project the event is of" },
    { "hash_format", "the hash is not of the form 8-4-4-4-12 hex digits" },
    { "unknown_project", "no project has the event's hash" },
    { "inactive_project", "the event's project is switched off" },
    { "bad_url", "no site can be told from the event's url" },
    { "unknown_reason", "the project has no such reason; for its site the event counts" },
    { NULL, NULL },
};

/* ---- tables: an event without what is not theirs --------------------------------------------- */
#define DEACTIVATION(F, T)                                                                        \
    IDENTITY(F, T) REASON(F, T) SOFTWARE(F, T) PLACE(F, T) RUN(F, T)
JOIST_RECORD(deactivation, DEACTIVATION);

#define SITE_EVENT(F, T) IDENTITY(F, T) SOFTWARE(F, T) PLACE(F, T) MAPS(F, T) RUN(F, T)
#define SITE(F, T)                                                                                \
    SITE_EVENT(F, T)                                                                              \
    F(T, joist_text, status, JOIST_REQUIRED, .help = "active or deactivated; of latest sites")
JOIST_RECORD(site, SITE);

#define MAIL_REQUEST(F, T)                                                                        \
    F(T, joist_text, event_id, JOIST_REQUIRED)                                                    \
    F(T, joist_text, project_id, JOIST_REQUIRED)                                                  \
    F(T, joist_text, status, JOIST_REQUIRED, .help = "pending, sent or failed")                   \
    F(T, int64_t, attempts, 0)                                                                    \
    F(T, joist_text, last_error, 0)                                                               \
    F(T, joist_time, created_at, JOIST_REQUIRED)                                                  \
    F(T, joist_time, updated_at, JOIST_REQUIRED)                                                  \
    F(T, joist_json, body, JOIST_REQUIRED | JOIST_PII, .help = "what is posted")
JOIST_RECORD(mail_request, MAIL_REQUEST);

#define MAIL_BODY(F, T)                                                                           \
    F(T, joist_text, event_id, 0) F(T, joist_text, project_id, 0) F(T, joist_text, email, 0)      \
    NAMES(F, T)                                                                                   \
    F(T, joist_text, site_url, 0) F(T, joist_text, site_name, 0) F(T, joist_text, locale, 0)      \
    F(T, joist_text, reason_id, 0) F(T, joist_time, deactivated_at, 0)                            \
    F(T, joist_json, integrations, 0)
JOIST_RECORD(mail_body, MAIL_BODY);

/* In a field list: the field of the same name of `from`. */
#define TAKE(T, ctype, ...) TAKE_(__VA_ARGS__, 0)
#define TAKE_(name, ...) .name = from->name,

/* ---- projects -------------------------------------------------------------------------------- */
#define READ_PROJECT(IN, OUT, SIDE, CFG, STATE) IN(project_document) OUT(project, projects)
JOIST_DOFN(read_project, READ_PROJECT);
static joist_status read_project_process(const read_project_call *v, const project_document *d)
{
    project p;
    const char *wrong = project_of(d, joist_where(v->ctx)->origin->uri,
                                   joist_context_arena(v->ctx), &p);
    if (wrong)
        return joist_fail(v->ctx, "project '%.*s': %s", JOIST_ARG(d->id), wrong);
    return project_emit(v->out.projects, p);
}

/* ---- before the fork ------------------------------------------------------------------------- */
#define PARSE(IN, OUT, SIDE, CFG, STATE) IN(joist_value) OUT(parsed, records)
JOIST_DOFN(parse, PARSE);
static joist_status parse_process(const parse_call *v, const joist_value *value)
{
    parsed p;
    joist_warnings w = { .arena = joist_context_arena(v->ctx) };
    if (!joist_json_decode(v->ctx, value->json, &sent_type, &p.sent, &w))
        return JOIST_REJECTED;
    p.warnings = (joist_text_list){ w.items, w.count };
    return parsed_emit(v->out.records, p);
}

/* A set to go on with: the warnings so far. */
static joist_warnings warnings_so_far(joist_context *ctx, joist_text_list list)
{
    joist_warnings w = { .arena = joist_context_arena(ctx) };
    for (size_t i = 0; i < list.count; i++)
        joist_warn_text(&w, list.items[i]);
    return w;
}

static event event_of(joist_context *ctx, const sent *from, joist_warnings *w)
{
    const joist_position *at = joist_where(ctx);
    joist_arena *a = joist_context_arena(ctx);
    joist_time deactivated_at = deactivated_at_of(from, at->origin, w);
    return (event){
        SOFTWARE(TAKE, event)
        NAMES(TAKE, event)
        .event_id = event_id_of(from, at, a), .deactivated_at = deactivated_at,
        .window_start = window_start_of(at->origin, deactivated_at), .url = from->url,
        .site_name = from->site, .admin_email = admin_email_of(from, a, w),
        .ip = ip_of(from, a, w), .reason_id = reason_id_of(from, w),
        .reason_info = from->reason_info, .users = from->users, .plugins = from->plugins,
        .custom_fields = from->extra, .run_id = joist_run_id(ctx), .ingested_at = joist_now(ctx),
    };
}

static void set_project(joist_context *ctx, event *e, const project *p, const site_address *address)
{
    joist_arena *a = joist_context_arena(ctx);
    e->project_hash = p->hash;
    e->project_id = p->id;
    e->site_url = address->url;
    e->is_local_host = address->local;
    e->site_key = joist_sha256_hex(&address->url, 1, 32, a);
    joist_buffer id = joist_buffer_in(a, p->id.len + 1 + e->site_key.len);
    joist_buffer_text(&id, p->id);
    joist_buffer_byte(&id, ':');
    joist_buffer_text(&id, e->site_key);
    e->id = joist_buffer_view(&id);
}

#define VALIDATE_PROJECT(IN, OUT, SIDE, CFG, STATE)                                               \
    IN(parsed) OUT(event, events) SIDE(project, projects)
JOIST_DOFN(validate_project, VALIDATE_PROJECT);
static joist_status validate_project_process(const validate_project_call *v, const parsed *r)
{
    joist_arena *a = joist_context_arena(v->ctx);
    joist_text hash = joist_lower(r->sent.hash, a);
    site_address address;
    if (joist_text_null(hash))
        return joist_reject(v->ctx, "hash_missing", "the record has no hash");
    if (!is_project_hash(hash))
        return joist_reject(v->ctx, "hash_format", "'%.*s' is no hash", JOIST_ARG(r->sent.hash));
    const project *p = project_get(v->side.projects, hash);
    if (!p)
        return joist_reject(v->ctx, "unknown_project", "no project has the hash %.*s",
                            JOIST_ARG(hash));
    if (!p->active)
        return joist_reject(v->ctx, "inactive_project", "project %.*s is not active",
                            JOIST_ARG(p->id));
    if (!site_address_of(r->sent.url, a, &address))
        return joist_reject(v->ctx, "bad_url", "no site can be told from the url '%.*s'",
                            JOIST_ARG(r->sent.url));
    joist_warnings w = warnings_so_far(v->ctx, r->warnings);
    event e = event_of(v->ctx, &r->sent, &w);
    set_project(v->ctx, &e, p, &address);
    e.warnings = (joist_text_list){ w.items, w.count };
    return event_emit(v->out.events, e);
}

#define CUSTOM_FIELDS(IN, OUT, SIDE, CFG, STATE)                                                  \
    IN(event) OUT(event, events) SIDE(project, projects)
JOIST_DOFN(custom_fields, CUSTOM_FIELDS);
static joist_status custom_fields_process(const custom_fields_call *v, const event *from)
{
    enum { MOST_WARNINGS = 16 };
    joist_arena *a = joist_context_arena(v->ctx);
    joist_warnings w = warnings_so_far(v->ctx, from->warnings);
    const project *p = project_get(v->side.projects, from->project_hash);
    event e = *from;
    e.users = users_of(from->users, a, &w);
    e.plugins = plugins_of(from->plugins, a, &w);
    e.custom_fields = custom_fields_of(from->custom_fields, &p->custom_fields, a, &w);
    e.warnings = joist_warnings_sorted(&w, MOST_WARNINGS);
    return event_emit(v->out.events, e);
}

/* ---- the deactivation branch ----------------------------------------------------------------- */
#define VALIDATE_REASON(IN, OUT, SIDE, CFG, STATE)                                                \
    IN(event) OUT(event, events) SIDE(project, projects)
JOIST_DOFN(validate_reason, VALIDATE_REASON);
static joist_status validate_reason_process(const validate_reason_call *v, const event *e)
{
    const project *p = project_get(v->side.projects, e->project_hash);
    if (!is_reason_of(p, e->reason_id))
        return joist_reject(v->ctx, "unknown_reason", "project %.*s has no reason '%.*s'",
                            JOIST_ARG(p->id), JOIST_ARG(e->reason_id));
    return event_emit(v->out.events, *e);
}

#define TRIM(IN, OUT, SIDE, CFG, STATE) IN(event) OUT(deactivation, rows)
JOIST_DOFN(trim, TRIM);
static joist_status trim_process(const trim_call *v, const event *from)
{
    return deactivation_emit(v->out.rows, (deactivation){ DEACTIVATION(TAKE, deactivation) });
}

/* ---- the sites branch ------------------------------------------------------------------------ */
#define CLEAN(IN, OUT, SIDE, CFG, STATE) IN(event) OUT(site, sites)
JOIST_DOFN(clean, CLEAN);
static joist_status clean_process(const clean_call *v, const event *from)
{
    return site_emit(v->out.sites, (site){
        SITE_EVENT(TAKE, site)
        .status = JOIST_TEXT("deactivated"),
    });
}

static bool wants_mail(const event *e, const project *p)
{
    bool local = e->is_local_host || (e->is_local.set && e->is_local.v);
    return p->integrations.ptr && !local && !joist_text_null(e->admin_email)
        && !is_example_email(e->admin_email);
}

static joist_json body_of(const event *from, const project *p, joist_arena *a)
{
    joist_buffer out = joist_buffer_in(a, 1024);
    mail_body body = {
        NAMES(TAKE, mail_body)
        .event_id = from->event_id, .project_id = from->project_id, .email = from->admin_email,
        .site_url = from->site_url, .site_name = from->site_name, .locale = from->locale,
        .reason_id = from->reason_id, .deactivated_at = from->deactivated_at,
        .integrations = p->integrations,
    };
    joist_json_write_record(&out, &mail_body_type, &body, 0);
    return (joist_json){ out.ptr, out.len };
}

#define REQUEST_MAIL(IN, OUT, SIDE, CFG, STATE)                                                   \
    IN(event) OUT(mail_request, requests) SIDE(project, projects)
JOIST_DOFN(request_mail, REQUEST_MAIL);
static joist_status request_mail_process(const request_mail_call *v, const event *e)
{
    const project *p = project_get(v->side.projects, e->project_hash);
    if (!wants_mail(e, p))
        return JOIST_OK;
    joist_time now = joist_now(v->ctx);
    return mail_request_emit(v->out.requests, (mail_request){
        .event_id = e->event_id, .project_id = e->project_id, .status = JOIST_TEXT("pending"),
        .created_at = now, .updated_at = now, .body = body_of(e, p, joist_context_arena(v->ctx)),
    });
}

/* ---- the pipeline ---------------------------------------------------------------------------- */

/* The file NAME in the folder that PATH is in. */
static joist_text beside(joist_pipeline *p, joist_text path, const char *name)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    size_t end = path.len;
    while (end && path.ptr[end - 1] != '/')
        end--;
    joist_text last = { path.ptr + end, path.len - end };
    if (joist_text_equal(last, JOIST_TEXT(".")) || joist_text_equal(last, JOIST_TEXT("..")))
        return joist_build_printf(p, "%.*s/../%s", JOIST_ARG(path), name);
    return joist_build_printf(p, "%.*s%s", (int)end, path.ptr, name);
}

static project_document_coll read_projects(joist_pipeline *p, const options *o)
{
    static const char *const file = "projects.jsonl";
    if (o->projects.len)
        return joist_read(project_document, p, .uri = o->projects, .table = JOIST_TEXT("projects"),
                          .name = "read_projects");
    return joist_read(project_document, p, .uri = o->latest, .table = JOIST_TEXT("projects"),
                      .otherwise = { beside(p, o->input, file),
                                     joist_build_printf(p, "%.*s/%s", JOIST_ARG(o->input), file) },
                      .name = "read_projects");
}

static void write_deactivations(deactivation_coll rows, const options *o)
{
    joist_write(rows, .uri = o->history, .table = JOIST_TEXT("deactivations"),
                .key = JOIST_FIELDS(deactivation, window_start, event_id),
                .window = JOIST_FIELDS(deactivation, window_start), .hour = o->window,
                .name = "history_deactivations");
    deactivation_coll newest = joist_latest(deactivation, rows,
        .key = JOIST_FIELDS(deactivation, id),
        .by = JOIST_FIELDS(deactivation, deactivated_at, event_id), .name = "newest_deactivation");
    joist_write(newest, .uri = o->latest, .table = JOIST_TEXT("deactivations"),
                .key = JOIST_FIELDS(deactivation, id),
                .by = JOIST_FIELDS(deactivation, deactivated_at, event_id),
                .name = "latest_deactivations");
}

static void write_sites(site_coll rows, const options *o)
{
    joist_write(rows, .uri = o->history, .table = JOIST_TEXT("sites"),
                .key = JOIST_FIELDS(site, window_start, event_id),
                .window = JOIST_FIELDS(site, window_start), .hour = o->window,
                .without = JOIST_FIELDS(site, status), .name = "history_sites");
    site_coll newest = joist_latest(site, rows, .key = JOIST_FIELDS(site, id),
        .by = JOIST_FIELDS(site, deactivated_at, event_id), .name = "newest_site");
    joist_write(newest, .uri = o->latest, .table = JOIST_TEXT("sites"),
                .key = JOIST_FIELDS(site, id),
                .by = JOIST_FIELDS(site, deactivated_at, event_id), .name = "latest_sites");
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    project_document_coll documents = read_projects(p, o);
    project_coll known = JOIST_APPLY(read_project, documents).projects;
    project_map projects = joist_map_by(project, known, hash, .allow_empty = o->allow_no_projects);

    joist_value_coll values = joist_read(joist_value, p, .uri = o->input, .window = o->window,
        .since = o->since, .until = o->until, .except = documents.c, .max_record = o->max_record,
        .name = "read_hour");
    parsed_coll records = JOIST_APPLY(parse, values).records;
    event_coll valid = JOIST_APPLY(validate_project, records, .side.projects = projects).events;
    event_coll events = JOIST_APPLY(custom_fields, valid, .side.projects = projects).events;

    event_coll reasoned = JOIST_APPLY(validate_reason, events, .side.projects = projects).events;
    write_deactivations(JOIST_APPLY(trim, reasoned).rows, o);
    write_sites(JOIST_APPLY(clean, events).sites, o);
    joist_write(JOIST_APPLY(request_mail, events, .side.projects = projects).requests,
                .uri = o->latest, .table = JOIST_TEXT("mail_outbox"),
                .key = JOIST_FIELDS(mail_request, event_id), .outbox = true,
                .endpoint = o->mail_endpoint, .name = "mail_outbox");
}

static const joist_dofn *const dofns[] = {
    &read_project_dofn, &parse_dofn, &validate_project_dofn, &custom_fields_dofn,
    &validate_reason_dofn, &trim_dofn, &clean_dofn, &request_mail_dofn, NULL
};

static const joist_hourly hourly = {
    .input = "input", .journal = "latest", .window = "window", .since = "since", .until = "until",
};

static const joist_pipeline_def def = {
    .name = "deactivate", .about = "Turns an hour of deactivation events into tables.",
    .options = &options_type, .dofns = dofns, .codes = codes, .build = build_any,
    .hourly = &hourly,
};

#ifndef JOIST_NO_MAIN
int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
#endif
