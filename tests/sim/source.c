/* SPDX-License-Identifier: Apache-2.0
 * A bucket: objects under their hour, listed at once by name, never changed once they are there.
 * Some events are delivered twice, in two objects of their hour. */
#include "sim.h"

#include "joist/text.h"

JOIST_RECORD_DEFINE(sim_event, SIM_EVENT);

/* ---- hours and objects ----------------------------------------------------------------------- */
size_t sim_hour_of(joist_text window)
{
    joist_time t;
    if (!joist_hour_parse(window, &t) || t.ms < SIM_BEGIN
        || t.ms >= SIM_BEGIN + SIM_HOURS * (int64_t)SIM_HOUR) {
        sim_fail("a window that nobody knows: '%.*s'", JOIST_ARG(window));
        return 0;
    }
    return (size_t)((t.ms - SIM_BEGIN) / SIM_HOUR);
}

joist_text sim_window(int64_t hour, char out[24])
{
    char text[JOIST_TIME_SIZE];
    joist_time_format(SIM_BEGIN + hour * SIM_HOUR, text);
    snprintf(out, 24, "%.13s", text);
    return joist_text_of(out);
}

static sim_row new_event(size_t hour)
{
    return (sim_row){ .id = ++sim.next_id, .site = (int64_t)sim_random(SIM_SITES),
                      .seq = (int64_t)hour * 100 + (int64_t)sim_random(150) };
}

void sim_object_add(size_t hour)
{
    sim_hour *h = &sim.hours[hour];
    if (h->count == SIM_OBJECTS)
        return;
    sim_object *o = &h->objects[h->count];
    *o = (sim_object){ .name = (int64_t)sim_random(1000000), .at = sim.now };
    o->count = 1 + sim_random(SIM_EVENTS);
    for (size_t i = 0; i < o->count; i++) {
        const sim_object *other = h->count ? &h->objects[sim_random(h->count)] : NULL;
        o->rows[i] = other && sim_chance(150) ? other->rows[sim_random(other->count)]
                                              : new_event(hour);
    }
    h->count++;
    sim_say(NULL, "hour %zu has object %zu with %zu events", hour, h->count, o->count);
}

size_t sim_distinct(size_t hour, size_t objects, sim_row out[SIM_ROWS])
{
    size_t n = 0;
    for (size_t k = 0; k < objects; k++)
        for (size_t i = 0; i < sim.hours[hour].objects[k].count; i++) {
            sim_row row = sim.hours[hour].objects[k].rows[i];
            bool known = false;
            for (size_t x = 0; x < n; x++)
                known |= out[x].id == row.id;
            if (!known)
                out[n++] = row;
        }
    return n;
}

/* ---- the source ------------------------------------------------------------------------------ */
typedef struct source {
    joist_source base;
    sim_process *process;
    size_t hour, count;                         /* objects there were at open */
    size_t order[SIM_OBJECTS];                  /* by name */
    joist_split splits[SIM_OBJECTS];
    joist_origin origins[SIM_OBJECTS];
    char window[24];
} source;
typedef struct reader { joist_reader base; source *s; size_t object, at; bool begun; } reader;

static source *source_of(const joist_source *s)
{
    return (source *)(uintptr_t)s;
}

static void list_objects(source *s, const joist_source_spec *spec)
{
    const sim_object *all = sim.hours[s->hour].objects;
    s->count = sim.hours[s->hour].count;
    for (size_t n = 0; n < s->count; n++) {
        size_t i = n;
        for (; i && all[s->order[i - 1]].name > all[n].name; i--)
            s->order[i] = s->order[i - 1];
        s->order[i] = n;
    }
    for (size_t i = 0; i < s->count; i++) {
        s->splits[i] = (joist_split){ .first = i, .count = 1, .bytes = all[s->order[i]].count };
        s->origins[i] = (joist_origin){ .uri = spec->uri, .path = spec->uri,
                                        .rank = spec->first_rank + i };
    }
}

static joist_status source_open(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    sim_process *p = sim_process_of(spec->env);
    (void)optional;
    *out = NULL;
    sim_call c = sim_call_begin(p, SIM_LOOKS, "lists %.*s", JOIST_ARG(spec->window));
    if (c.act && !c.dies) {
        source *s = joist_calloc(1, sizeof *s);
        s->base.ops = &sim_source_ops;
        s->process = p;
        s->hour = sim_hour_of(spec->window);
        sim_window((int64_t)s->hour, s->window);
        list_objects(s, spec);
        sim.listings++;
        sim_say(p, "  %zu objects", s->count);
        *out = &s->base;
    }
    return sim_call_end(p, &c, JOIST_OK, e);
}

static const joist_split *source_splits(joist_source *s, size_t *count)
{
    *count = source_of(s)->count;
    return source_of(s)->splits;
}

static uint64_t source_ranks(const joist_source *s)
{
    return source_of(s)->count;
}

static uint64_t source_skipped(const joist_source *s)
{
    (void)s;
    return 0;
}

static joist_reader *source_start(joist_source *s, const joist_split *split, joist_error *e)
{
    reader *r = joist_calloc(1, sizeof *r);
    (void)e;
    *r = (reader){ { &sim_source_ops }, source_of(s), split->first, 0, false };
    return &r->base;
}

static void emit(reader *r, joist_batch *b)
{
    const source *s = r->s;
    const sim_object *o = &sim.hours[s->hour].objects[s->order[r->object]];
    for (; r->at < o->count && !joist_batch_full(b); r->at++) {
        sim_event *event = joist_arena_alloc(joist_batch_arena(b), sizeof *event);
        *event = (sim_event){ o->rows[r->at].id, o->rows[r->at].site, o->rows[r->at].seq,
                              JOIST_TIME_MS(SIM_BEGIN + (int64_t)s->hour * SIM_HOUR) };
        joist_batch_emit(b, joist_batch_position(b, &s->origins[r->object], r->at, r->at + 1,
                                                 r->at), event, sizeof *event);
        b->bytes++;
    }
    b->done = r->at == o->count;
}

static joist_status reader_read(joist_reader *base, joist_batch *b, joist_error *e)
{
    reader *r = (reader *)(void *)base;
    sim_process *p = r->s->process;
    sim_call c = sim_call_begin(p, SIM_LOOKS, "reads %s, object %zu", r->s->window,
                                r->s->order[r->object] + 1);
    if (!p->dead && !c.dies && p->keep)
        p->keep(p->with);
    if (c.act && !c.dies) {
        b->files = !r->begun;
        r->begun = true;
        emit(r, b);
    }
    return sim_call_end(p, &c, JOIST_OK, e);
}

static void reader_stop(joist_reader *r)
{
    joist_free(r);
}

static void source_close(joist_source *s)
{
    joist_free(s);
}

static joist_status source_hours(const joist_source_spec *spec, const joist_hours *known,
                                 joist_arena *arena, joist_hours *out, joist_error *e)
{
    sim_process *p = sim_process_of(spec->env);
    int64_t *items = joist_arena_alloc(arena, SIM_HOURS * sizeof *items);
    char window[24];
    (void)known;
    *out = (joist_hours){ items, 0 };
    sim_call c = sim_call_begin(p, SIM_LOOKS, "lists the hours");
    for (size_t h = 0; c.act && h < SIM_HOURS; h++) {
        joist_text name = sim_window((int64_t)h, window);
        bool wanted = (!spec->since.len || joist_text_compare(name, spec->since) >= 0)
                   && (!spec->until.len || joist_text_compare(name, spec->until) < 0);
        if (wanted && sim.hours[h].count)
            items[out->count++] = SIM_BEGIN + (int64_t)h * SIM_HOUR;
    }
    return sim_call_end(p, &c, JOIST_OK, e);
}

static void source_digest(const joist_source *base, char hex[JOIST_DIGEST_SIZE])
{
    const source *s = source_of(base);
    joist_arena *arena = joist_arena_new();
    joist_buffer names = joist_buffer_in(arena, 256);
    for (size_t i = 0; i < s->count && sim.bug != SIM_DIGEST; i++) {
        const sim_object *o = &sim.hours[s->hour].objects[s->order[i]];
        joist_buffer_printf(&names, "%lld %zu %lld\n", (long long)o->name, o->count,
                            (long long)o->at);
    }
    joist_text all = joist_buffer_view(&names);
    joist_text digest = joist_sha256_hex(&all, 1, JOIST_DIGEST_SIZE - 1, arena);
    snprintf(hex, JOIST_DIGEST_SIZE, "%.*s", JOIST_ARG(digest));
    joist_arena_free(arena);
}

const joist_source_ops sim_source_ops = {
    .open = source_open, .splits = source_splits, .ranks = source_ranks,
    .skipped = source_skipped, .start = source_start, .read = reader_read, .stop = reader_stop,
    .close = source_close, .hours = source_hours, .digest = source_digest,
};
