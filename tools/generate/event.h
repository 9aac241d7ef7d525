/* SPDX-License-Identifier: Apache-2.0
 * One clean deactivation event as a tree of JSON objects. Event i of a seed is always the
 * same, whatever was made before; the site it comes from depends on its site number only, so
 * that sites come back. */
#ifndef GENERATE_EVENT_H
#define GENERATE_EVENT_H

#include "object.h"
#include "project.h"
#include "random.h"

/* What the events of a run have in common. */
typedef struct source {
    uint64_t seed, count, sites, hours;
    int64_t first_hour_ms;
    unsigned mean_plugins, collector_percent;
    const project *projects;
    size_t projects_count;
    joist_arena *arena;                  /* of the event being made */
} source;

/* Payload generations of the SDK: before 1.0, 1.0, from 1.1.0, from 1.1.12, from 1.2.1. */
enum { G0, G1, G2, G3, G4 };

typedef struct event {
    const source *source;
    rng rng;                             /* its own chance, also for dirt */
    uint64_t index, site;
    const project *project;
    int generation;
    int64_t received_ms, hour_ms;        /* hour_ms names the folder */
    const char *request_id, *url, *host;
    bool strings;                        /* leaves are strings, as after form decoding */
    object *top, *server, *wp, *users, *plugins, *extra,
        *collector;    /* NULL: not in this event */
} event;

void event_make(event *e, const source *s, uint64_t index);

/* The parts that dirt uses again. */
void event_set_url(event *e, const char *url);             /* also User-Agent and ua_site_md5 */
void event_set_time(event *e, int64_t received_ms);
void event_add_plugins(event *e, rng *r, uint64_t count);
const char *version_text(joist_arena *a, rng *r, const char *suffix);   /* 2.7.1 + suffix */
const char *md5_hex(joist_arena *a, const char *text);

/* ---- site.c: what stays the same each time a site comes back --------------------------------- */
typedef struct site {
    const char *url, *host, *name, *email, *first, *last;
    rng rng;                             /* goes on with server, WordPress and plugins */
} site;
site site_make(const source *s, uint64_t number);
void site_server(event *e, rng *r);
void site_wordpress(event *e, rng *r);
void site_users(event *e, rng *r);

#endif
