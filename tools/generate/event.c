/* SPDX-License-Identifier: Apache-2.0
 * See event.h. Members stand in the order in which the SDK sends them. As in site.c, no call
 * draws twice from one rng. Tests: event_test.c */
#include "event.h"

#include <openssl/evp.h>

enum { HOUR_MS = 3600000 };

/* ---- when, who, which ------------------------------------------------------------------------ */
static const char *make_request_id(event *e)
{
    char *id = joist_arena_alloc(e->source->arena, 37);
    uint64_t high = (uint64_t)e->received_ms << 16 | (rng_next(&e->rng) & 0xFFFF);
    uuid_format(high, rng_next(&e->rng), '7', id);
    return id;
}

/* Events of an hour come in order, but for what the network shuffles. */
static void set_moment(event *e)
{
    const source *s = e->source;
    uint64_t hour = e->index * s->hours / s->count;
    uint64_t first = (hour * s->count + s->hours - 1) / s->hours;
    uint64_t next = ((hour + 1) * s->count + s->hours - 1) / s->hours;
    int64_t at = (int64_t)((e->index - first) * HOUR_MS / (next - first)) + rng_between(&e->rng,
        -900, 900);
    at = at < 0 ? 0 : at >= HOUR_MS ? HOUR_MS - 1 : at;
    e->hour_ms = s->first_hour_ms + (int64_t)hour * HOUR_MS;
    e->received_ms = e->hour_ms + at;
}

/* Small numbers are the popular projects; inactive ones send only as dirt. */
static const project *choose_project(event *e)
{
    const source *s = e->source;
    uint64_t a = rng_below(&e->rng, s->projects_count), b = rng_below(&e->rng, s->projects_count);
    const project *p = &s->projects[a < b ? a : b];
    return p->active ? p : &s->projects[0];
}

static int choose_generation(rng *r)
{
    uint64_t x = rng_below(r, 100);
    return x < 1 ? G0 : x < 3 ? G1 : x < 10 ? G2 : x < 30 ? G3 : G4;
}

/* ---- members --------------------------------------------------------------------------------- */
static void add_site(event *e, const site *s)
{
    object *o = e->top;
    object_text(o, "url", e->url);
    object_text(o, "site", s->name);
    object_text(o, "admin_email", s->email);
    if (e->generation < G3)
        object_text(o, "user_email", JOIN(e->source->arena, "helper@", "example.org"));
    object_text(o, "first_name", s->first);
    object_text(o, "last_name", s->last);
    object_text(o, "hash", e->project->hash);
}

const char *version_text(joist_arena *a, rng *r, const char *suffix)
{
    int64_t major = rng_between(r, 1, 4), minor = rng_between(r, 0, 9), patch = rng_between(r, 0,
        4);
    return JOIN(a, decimal(a, major), ".", decimal(a, minor), ".", decimal(a, patch), suffix);
}

static const char *product_version(event *e)
{
    static const char *const suffixes[] = { "", "", "", "", "", "", "-beta.2", "-rc1", "+build.7" };
    const char *suffix = RNG_PICK(&e->rng, suffixes);
    return version_text(e->source->arena, &e->rng, suffix);
}

/* 203.0.113.0/24, 198.51.100.0/24 and 2001:db8::/32 are for documentation. */
static const char *address(joist_arena *a, rng *r)
{
    uint64_t kind = rng_below(r, 10);
    const char *last = decimal(a, rng_between(r, 1, 254));
    return kind < 5 ? JOIN(a, "203.0.113.", last) : kind < 8 ? JOIN(a, "198.51.100.", last)
         : JOIN(a, "2001:db8::", last);
}

static void add_counts(event *e, rng *site_rng)
{
    object *o = e->top;
    if (e->generation < G3)
        return;
    site_users(e, site_rng);
    object_int(o, "active_plugins", rng_between(site_rng, 1, 40), e->strings);
    object_int(o, "inactive_plugins", rng_between(site_rng, 0, 12), e->strings);
    object_text(o, "ip_address", rng_percent(site_rng, 5) ? "" : address(o->arena, site_rng));
    object_text(o, "project_version", product_version(e));
    object_int(o, "tracking_skipped", rng_percent(&e->rng, 4), e->strings);
    if (e->generation == G4)
        object_int(o, "is_local", 0, e->strings);
}

void event_add_plugins(event *e, rng *r, uint64_t count)
{
    joist_arena *a = e->source->arena;
    uint64_t at = rng_next(r);
    if (!e->plugins)
        e->plugins = object_nest(e->top, "plugins");
    for (uint64_t i = 0; i < count; i++, at++) {
        const named *p = &plugin_names[at % plugin_names_count];
        const char *number = i < plugin_names_count ? "" : JOIN(a, "-addon-", decimal(a,
            (int64_t)i));
        const char *name = quote(a, p->name, e->top->php), *version = version_text(a, r, "");
        object_add(e->plugins, JOIN(a, p->slug, number),
                   JOIN(a, "{\"name\":", name, ",\"version\":\"", version, "\"}"));
    }
}

static void add_custom(event *e, const custom *field)
{
    object *o = e->extra;
    rng *r = &e->rng;
    joist_arena *a = o->arena;
    const char *two = decimal(a, rng_between(r, 10, 28)), *month = rng_percent(r,
        50) ? "-11-" : "-04-";
    switch (field->type[0]) {
    case 'b': object_text(o, field->key, rng_percent(r, 30) ? "Yes" : "No"); break;
    case 'i': object_int(o, field->key, rng_between(r, 0, 90000), e->strings); break;
    case 'f': object_text(o, field->key, JOIN(a, decimal(a, rng_between(r, 0, 99)), ".",
                                              two)); break;
    case 'd': object_text(o, field->key, JOIN(a, "2025", month, two)); break;
    default:  object_text(o, field->key, rng_percent(r, 30) ? "" : product_version(e));
    }
}

static void add_lists(event *e, rng *site_rng)
{
    unsigned mean = e->source->mean_plugins;
    if (e->generation == G4 && mean && rng_percent(&e->rng, 80))
        event_add_plugins(e, site_rng, rng_below(site_rng, mean + 1) + rng_below(site_rng,
            mean + 1));
    if (e->generation < G2 || !e->project->fields_count || !rng_percent(&e->rng, 85))
        return;
    e->extra = object_nest(e->top, "extra");
    for (size_t i = 0; i < e->project->fields_count; i++)
        add_custom(e, e->project->fields[i]);
}

/* Themes have no dialog: no reason since G3, `none` before. */
static void add_reason(event *e)
{
    const project *p = e->project;
    rng *r = &e->rng;
    const char *reason = p->reasons_count > 1 && rng_percent(r, 20)
        ? p->reasons[rng_below(r, p->reasons_count - 1)] : PICK(r, default_reasons);
    if (!p->theme || e->generation < G3)
        object_text(e->top, "reason_id", p->theme ? "none" : reason);
    if (p->theme || rng_percent(r, 50))
        object_set(e->top, "reason_info", rng_percent(r, 50) ? "null" : "\"\"");
    else
        object_text(e->top, "reason_info", PICK(r, user_comments));
}

static void add_client(event *e)
{
    if (e->generation == G1 || e->generation == G2)
        object_text(e->top, "ip_address", rng_percent(&e->rng, 5) ? "" : address(e->top->arena,
            &e->rng));
    if (e->generation == G2)
        object_text(e->top, "version", product_version(e));
    if (e->generation > G0)
        object_text(e->top, "client", PICK(&e->rng, client_versions[e->generation]));
}

/* ---- what the collector adds ----------------------------------------------------------------- */
const char *md5_hex(joist_arena *a, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    char *out = joist_arena_zalloc(a, 33);
    if (!EVP_Digest(text, strlen(text), sum, NULL, EVP_md5(), NULL))
        memset(sum, 0, sizeof sum);       /* md5 switched off by policy: still deterministic */
    for (int i = 0; i < 32; i++)
        out[i] = digits[i % 2 ? sum[i / 2] & 15 : sum[i / 2] >> 4];
    return out;
}

static const char *time_json(joist_arena *a, int64_t ms)
{
    char text[JOIST_TIME_SIZE + 1] = { 0 };
    joist_time_format(ms, text);
    return quote(a, text, false);
}

static void add_collector(event *e)
{
    joist_arena *a = e->source->arena;
    rng *r = &e->rng;
    object *o = e->collector = object_nest(e->top, "_collector");
    object_int(o, "v", 1, false);
    object_text(o, "request_id", e->request_id);
    object_set(o, "received_at", time_json(a, e->received_ms));
    object_text(o, "remote_ip", address(a, r));
    const char *md5 = md5_hex(a, e->url);
    object_text(o, "user_agent", JOIN(a, e->generation == G0 ? "AppSero/" : "Appsero/", md5, ";"));
    object_text(o, "ua_site_md5", md5);
    object_text(o, "content_type",
                e->strings ? "application/x-www-form-urlencoded" : "application/json");
    object_int(o, "content_length", rng_between(r, 900, 4200), false);
    object_text(o, "route", "deactivate");
    object_set(o, "flags", e->strings ? "[]" : "[\"json_body\"]");
}

/* ---- whole events ---------------------------------------------------------------------------- */
void event_make(event *e, const source *s, uint64_t index)
{
    *e = (event){ .source = s, .index = index, .rng = rng_of(s->seed, STREAM_EVENT, index) };
    rng *r = &e->rng;
    set_moment(e);
    e->site = rng_below(r, s->sites);
    e->project = choose_project(e);
    e->generation = choose_generation(r);
    e->strings = !rng_percent(r, 8);
    e->request_id = make_request_id(e);
    site from = site_make(s, e->site);
    e->url = from.url;
    e->host = from.host;
    e->top = object_new(s->arena, rng_percent(r, 12));
    add_site(e, &from);
    site_server(e, &from.rng);
    site_wordpress(e, &from.rng);
    add_counts(e, &from.rng);
    add_lists(e, &from.rng);
    add_reason(e);
    add_client(e);
    if (rng_percent(r, s->collector_percent))
        add_collector(e);
}

void event_set_url(event *e, const char *url)
{
    e->url = url;
    object_text(e->top, "url", url);
    if (!e->collector)
        return;
    joist_arena *a = e->source->arena;
    const char *md5 = md5_hex(a, url);
    object_text(e->collector, "user_agent", JOIN(a, "Appsero/", md5, ";"));
    object_text(e->collector, "ua_site_md5", md5);
}

void event_set_time(event *e, int64_t received_ms)
{
    e->received_ms = received_ms;
    if (e->collector)
        object_set(e->collector, "received_at", time_json(e->source->arena, received_ms));
}
