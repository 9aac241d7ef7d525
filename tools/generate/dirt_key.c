/* SPDX-License-Identifier: Apache-2.0
 * Dirt in when and in identity: events that come twice, late, or without the collector's word.
 * What an earlier event was is not remembered but made again from its number. Tests:
 * dirt_test.c */
#include "dirt.h"

#define ARENA(t) ((t)->event->source->arena)
#define RNG(t)   (&(t)->event->rng)
enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS, LOOK_BACK = 50 };

/* One of the events just before this one; the first event is its own forerunner. */
static void make_earlier(dirt_target *t, event *earlier)
{
    uint64_t index = t->event->index, back = 1 + rng_below(RNG(t), LOOK_BACK);
    event_make(earlier, t->event->source, back > index ? 0 : index - back);
}

void dirt_replayed(dirt_target *t)
{
    event earlier;
    make_earlier(t, &earlier);
    int64_t folder = t->event->hour_ms;
    *t->event = earlier;
    t->event->hour_ms = folder;
}

void dirt_resent(dirt_target *t)
{
    const char *id = t->event->request_id;
    int64_t at = t->event->received_ms;
    dirt_replayed(t);
    t->event->request_id = id;
    if (t->event->collector)
        object_text(t->event->collector, "request_id", id);
    event_set_time(t->event, at);
}

void dirt_same_request_id(dirt_target *t)
{
    event earlier;
    make_earlier(t, &earlier);
    if (t->event->collector)
        object_text(t->event->collector, "request_id", earlier.request_id);
}

void dirt_out_of_order(dirt_target *t)
{
    int64_t back = rng_between(RNG(t), MINUTE_MS, 23 * HOUR_MS);
    event_set_time(t->event, t->event->hour_ms - back);
}

void dirt_bad_received_at(dirt_target *t)
{
    static const char *const bad[] = { "\"1999-01-01T00:00:00Z\"", "\"yesterday\"", "1764000000",
                                       "\"\"",
                                       "\"2026-11-23 10:14:07\"", "\"2026-02-30T10:00:00Z\"",
                                           "null",
                                       "\"2026-11-23T10:14:07\"", "{\"$date\":0}" };
    if (!t->event->collector)
        return;
    if (rng_percent(RNG(t), 30))
        event_set_time(t->event, t->event->hour_ms + rng_between(RNG(t), 25, 900) * HOUR_MS);
    else
        object_set(t->event->collector, "received_at", RNG_PICK(RNG(t), bad));
}

void dirt_no_collector(dirt_target *t)
{
    object_remove(t->event->top, "_collector");
    t->event->collector = NULL;
}

void dirt_odd_collector(dirt_target *t)
{
    static const char *const odd[] = { "[]", "\"v1\"", "null", "{}", "{\"request_id\":7}",
                                       "[{\"v\":1}]",
                                       "{\"received_at\":\"1999-01-01T00:00:00Z\"}" };
    if (rng_percent(RNG(t), 30) && t->event->collector) {
        char *id = joist_arena_zalloc(ARENA(t), 201);
        memset(id, 'i', 200);
        object_text(t->event->collector, "request_id", id);
        return;
    }
    object_set(t->event->top, "_collector", RNG_PICK(RNG(t), odd));
    t->event->collector = NULL;
}

void dirt_ua_mismatch(dirt_target *t)
{
    object *o = t->event->collector;
    if (!o)
        return;
    const char *md5 = md5_hex(ARENA(t), "https://somebody-else.example");
    object_text(o, "user_agent", JOIN(ARENA(t), "Appsero/", md5, ";"));
    object_text(o, "ua_site_md5", md5);
    object_set(o, "flags", "[\"ua_mismatch\"]");
}
