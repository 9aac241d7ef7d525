/* SPDX-License-Identifier: Apache-2.0
 * Elements carry the place of the record they come from, so the record's own are those with its
 * place, whichever worker has them. They are written down as they pass; at the end the graph tells
 * what a step was given: what the steps before it emitted. */
#include "trace.h"

#include "../../engine/src/pipeline.h"
#include "element.h"
#include "escape.h"
#include "json_out.h"
#include "put_file.h"

#include <pthread.h>
#include <stdio.h>

enum { MOST_SHOWN = 100 };      /* elements of one port: a record may become thousands */

typedef struct element { struct element *next; joist_text json; } element;
typedef struct elements { element *first, **last; size_t count; } elements;

/* What is known of one step; made when something happens there. */
typedef struct step {
    struct step *next;
    joist_text name;
    elements outs[8];
    elements written;           /* a write: rows that the store took */
    const char *code;           /* rejected; the last time */
    joist_text message;
    elements rejected;          /* the element, or the bytes */
} step;

struct jst_cli_trace {
    joist_tap tap;              /* first: by it the rest is found */
    pthread_mutex_t lock;
    joist_arena *arena, *scratch;
    jst_cli_place place;
    uint32_t mask;
    step *steps;
    joist_text uri;             /* of the record, once it was met */
    joist_position at;          /* ... the first of them on its line */
    bool several;               /* records stand on this line */
};

/* ---- while it runs --------------------------------------------------------------------------- */
static bool is_file(const jst_cli_trace *t, joist_text uri)
{
    joist_text file = t->place.file;
    return joist_text_ends(uri, file)
        && (uri.len == file.len || file.ptr[0] == '/' || uri.ptr[uri.len - file.len - 1] == '/');
}

static bool is_it(const jst_cli_trace *t, const joist_position *at)
{
    uint64_t number = t->place.by_record ? at->record : at->line;
    return at->origin && number == t->place.number && is_file(t, at->origin->uri);
}

static step *step_of(jst_cli_trace *t, joist_text name)
{
    for (step *s = t->steps; s; s = s->next)
        if (joist_text_equal(s->name, name))
            return s;
    step *s = joist_arena_zalloc(t->arena, sizeof *s);
    *s = (step){ .next = t->steps, .name = joist_arena_text(t->arena, name) };
    t->steps = s;
    return s;
}

static void add_json(jst_cli_trace *t, elements *to, joist_text json)
{
    if (to->count++ >= MOST_SHOWN)
        return;
    element *e = joist_arena_alloc(t->arena, sizeof *e);
    *e = (element){ NULL, joist_arena_text(t->arena, json) };
    if (!to->last)
        to->last = &to->first;
    *to->last = e;
    to->last = &e->next;
}

static void add_record(jst_cli_trace *t, elements *to, const joist_type *type, const void *record)
{
    joist_buffer whole = { 0 }, lean = { 0 };
    jst_cli_element_write(&whole, type, record, t->mask);
    jst_cli_json_lean(&lean, (joist_json){ whole.ptr, whole.len }, t->scratch);
    add_json(t, to, joist_buffer_view(&lean));
    joist_buffer_free(&whole);
    joist_buffer_free(&lean);
    joist_arena_reset(t->scratch);
}

static void add_bytes(jst_cli_trace *t, elements *to, joist_bytes raw)
{
    joist_buffer json = { 0 };
    joist_json_write_text(&json, (joist_text){ raw.ptr, raw.len });
    add_json(t, to, joist_buffer_view(&json));
    joist_buffer_free(&json);
}

static void note_reject(jst_cli_trace *t, step *s, const joist_tap_event *event)
{
    s->code = event->code;
    s->message = joist_arena_text(t->arena, event->message);
    if (event->type)
        add_record(t, &s->rejected, event->type, event->rows.items);
    else if (event->raw.ptr)
        add_bytes(t, &s->rejected, event->raw);
}

static void note(jst_cli_trace *t, const joist_tap_event *event, size_t row,
                 const joist_position *at)
{
    pthread_mutex_lock(&t->lock);
    step *s = step_of(t, event->step);
    bool first = joist_text_null(t->uri);
    if (first)
        t->uri = joist_arena_text(t->arena, at->origin->uri);
    t->several |= !first && at->record != t->at.record;
    if (first || at->record < t->at.record)
        t->at = *at;
    const void *record = (const char *)event->rows.items + row * event->rows.size;
    if (event->kind == JOIST_TAP_REJECTED)
        note_reject(t, s, event);
    else
        add_record(t, event->kind == JOIST_TAP_WRITTEN ? &s->written : &s->outs[event->port],
                   event->type, record);
    pthread_mutex_unlock(&t->lock);
}

static void see(joist_tap *tap, const joist_tap_event *event)
{
    jst_cli_trace *t = (jst_cli_trace *)(void *)tap;
    if (event->kind == JOIST_TAP_REJECTED && event->at && is_it(t, event->at))
        note(t, event, 0, event->at);
    for (size_t i = 0; event->kind != JOIST_TAP_REJECTED && i < event->rows.count; i++)
        if (is_it(t, event->rows.positions[i]))
            note(t, event, i, event->rows.positions[i]);
}

jst_cli_trace *jst_cli_trace_new(const jst_cli_place *place, bool mask_pii)
{
    jst_cli_trace *t = joist_calloc(1, sizeof *t);
    *t = (jst_cli_trace){ .tap = { see }, .arena = joist_arena_new(), .place = *place,
                          .scratch = joist_arena_new(),
                          .mask = JOIST_SECRET | (mask_pii ? JOIST_PII : 0u) };
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void jst_cli_trace_free(jst_cli_trace *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    joist_arena_free(t->arena);
    joist_arena_free(t->scratch);
    joist_free(t);
}

joist_tap *jst_cli_trace_tap(jst_cli_trace *t)
{
    return &t->tap;
}

/* ---- what the graph adds --------------------------------------------------------------------- */
/* A step of the way, as it is told. */
typedef struct told {
    const jst_node *node;
    jst_op op;
    elements in;
    const step *known;          /* NULL: nothing happened here */
    const char *verdict;
} told;

typedef struct telling {
    jst_cli_trace *t;
    const jst_graph *g;
    const joist_report *r;
    joist_buffer *out;
} telling;

static const step *known_step(const telling *x, const jst_node *n)
{
    for (const step *s = x->t->steps; s; s = s->next)
        if (joist_text_equal(s->name, n->name))
            return s;
    return NULL;
}

static void add_all(jst_cli_trace *t, elements *to, const elements *from)
{
    for (const element *e = from->first; e; e = e->next)
        add_json(t, to, e->json);
    size_t shown = from->count < MOST_SHOWN ? from->count : MOST_SHOWN;
    to->count += from->count - shown;
}

/* What stands in a step's inputs; a flatten only joins them. */
static void collect_inputs(const telling *x, const jst_node *n, elements *in)
{
    for (size_t k = 0; k < n->inputs.count; k++) {
        size_t port = 0;
        const jst_node *from = jst_graph_producer(x->g, n->inputs.items[k].coll, &port);
        const step *s = known_step(x, from);
        if (jst_op_of(from->op) == JST_FLATTEN)
            collect_inputs(x, from, in);
        else if (s)
            add_all(x->t, in, &s->outs[port]);
    }
}

static bool is_committed(const telling *x, const jst_node *n)
{
    for (size_t i = 0; i < x->r->sinks_count; i++)
        if (joist_text_equal(joist_text_of(x->r->sinks[i].name), n->name))
            return x->r->sinks[i].committed;
    return false;
}

static const char *write_verdict(const telling *x, const told *s)
{
    bool done = strcmp(x->r->status, "done") == 0;
    if (s->known && s->known->written.count)
        return is_committed(x, s->node) ? "written" : "not committed";
    if (s->known && s->known->code)
        return "rejected";
    return !done ? "not written: the run did not end well"
         : is_committed(x, s->node) ? "replaced by another row with its key"
         : "not written: dry run";
}

static bool any_committed(const telling *x)
{
    bool any = false;
    for (size_t i = 0; i < x->r->sinks_count; i++)
        any |= x->r->sinks[i].committed;
    return any;
}

/* Who stays of a key is known once somebody got it: the next step, or the table itself. */
static const char *aggregate_verdict(const telling *x, const told *s)
{
    if (s->op != JST_LATEST || !any_committed(x))
        return "aggregated";
    for (size_t i = 0; i < x->g->nodes.count; i++) {
        const jst_node *n = &x->g->nodes.items[i];
        for (size_t k = 0; k < n->inputs.count; k++)
            if (n->inputs.items[k].coll == s->node->outputs.items[0].coll && known_step(x, n))
                return "ok";
    }
    return "replaced by another element with its key";
}

static const char *verdict_of(const telling *x, const told *s)
{
    bool any = false;
    for (size_t o = 0; s->known && o < 8; o++)
        any |= s->known->outs[o].count > 0;
    if (s->op == JST_WRITE)
        return write_verdict(x, s);
    if (s->known && s->known->code)
        return "rejected";
    if (any)
        return "ok";
    return jst_op_fuses(s->op) ? "ok, emitted nothing" : aggregate_verdict(x, s);
}

/* False: the record did not come here. A table that takes an aggregate's rows as they stand has no
 * other input than those. */
static bool tell(const telling *x, const jst_node *n, told *s)
{
    *s = (told){ .node = n, .op = jst_op_of(n->op), .known = known_step(x, n) };
    collect_inputs(x, n, &s->in);
    if (s->op == JST_WRITE && s->known && !s->in.count)
        add_all(x->t, &s->in, &s->known->written);
    if (s->op == JST_FLATTEN || (!s->known && !s->in.count))
        return false;
    s->verdict = verdict_of(x, s);
    return true;
}

/* ---- for people ------------------------------------------------------------------------------ */
static void put_elements(joist_buffer *out, joist_text label, const elements *list)
{
    size_t shown = 0;
    for (const element *e = list->first; e; e = e->next, shown++) {
        joist_buffer_printf(out, "  %-8.*s ", JOIST_ARG(label));
        jst_cli_escape(out, e->json);
        joist_buffer_byte(out, '\n');
    }
    if (list->count > shown)
        joist_buffer_printf(out, "  %-8.*s … %zu more\n", JOIST_ARG(label), list->count - shown);
}

static void put_step(joist_buffer *out, const told *s)
{
    joist_buffer_printf(out, "%.*s  (%.*s:%d)\n", JOIST_ARG(s->node->name), JST_AT(s->node));
    put_elements(out, JOIST_TEXT("in"), &s->in);
    for (size_t o = 0; s->known && o < s->node->outputs.count; o++)
        put_elements(out, s->node->outputs.items[o].name, &s->known->outs[o]);
    if (s->known && s->op == JST_READ)
        put_elements(out, JOIST_TEXT("bytes"), &s->known->rejected);
    joist_buffer_printf(out, "  = %s", s->verdict);
    if (s->known && s->known->code) {
        joist_buffer_printf(out, "%s %s: ", strcmp(s->verdict, "rejected") ? "; rejected" : "",
                            s->known->code);
        jst_cli_escape(out, s->known->message);
    }
    joist_buffer_byte(out, '\n');
}

static void put_not_met(const telling *x)
{
    const jst_cli_place *place = &x->t->place;
    joist_buffer_printf(x->out, "trace: no record at ");
    jst_cli_escape(x->out, place->file);
    joist_buffer_printf(x->out, "%c%llu was read\n", place->by_record ? '#' : ':',
                        (unsigned long long)place->number);
}

void jst_cli_trace_text(jst_cli_trace *t, const joist_pipeline *p, const joist_report *r,
                        joist_buffer *out)
{
    telling x = { t, &p->graph, r, out };
    told s;
    if (joist_text_null(t->uri)) {
        put_not_met(&x);
        return;
    }
    joist_buffer_printf(out, "trace of ");
    jst_cli_escape(out, t->uri);
    joist_buffer_printf(out, ":%llu (record %llu, byte %llu%s)\n",
                        (unsigned long long)t->at.line, (unsigned long long)t->at.record,
                        (unsigned long long)t->at.offset,
                        t->several ? ", and others on this line" : "");
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (tell(&x, &p->graph.nodes.items[i], &s))
            put_step(out, &s);
}

/* ---- for programs ---------------------------------------------------------------------------- */
static void json_elements(joist_buffer *out, const elements *list)
{
    joist_buffer_byte(out, '[');
    for (const element *e = list->first; e; e = e->next) {
        joist_buffer_text(out, e->json);
        if (e->next)
            joist_buffer_byte(out, ',');
    }
    joist_buffer_byte(out, ']');
}

static void json_outs(joist_buffer *out, const told *s)
{
    joist_buffer_text(out, JOIST_TEXT(",\"out\":{"));
    for (size_t o = 0; o < s->node->outputs.count && o < 8; o++) {
        if (o)
            joist_buffer_byte(out, ',');
        joist_json_write_text(out, s->node->outputs.items[o].name);
        joist_buffer_byte(out, ':');
        json_elements(out, s->known ? &s->known->outs[o] : &(elements){ 0 });
    }
    joist_buffer_byte(out, '}');
}

static void json_source(const telling *x)
{
    joist_buffer_text(x->out, JOIST_TEXT("\"source\":{\"uri\":"));
    joist_json_write_text(x->out, x->t->uri);
    joist_buffer_printf(x->out, ",\"offset\":%llu,\"line\":%llu,\"record\":%llu}",
                        (unsigned long long)x->t->at.offset, (unsigned long long)x->t->at.line,
                        (unsigned long long)x->t->at.record);
}

static void json_step(const telling *x, const told *s)
{
    bool rejected = s->known && s->known->code;
    joist_buffer_text(x->out, JOIST_TEXT("{\"trace\":"));
    joist_json_write_text(x->out, s->node->name);
    joist_buffer_byte(x->out, ',');
    json_source(x);
    joist_buffer_printf(x->out, ",\"site\":\"%.*s:%d\",\"in\":", JST_AT(s->node));
    json_elements(x->out, &s->in);
    json_outs(x->out, s);
    joist_buffer_printf(x->out, ",\"verdict\":\"%s\",\"code\":", s->verdict);
    joist_json_write_text(x->out, joist_text_of(rejected ? s->known->code : NULL));
    joist_buffer_text(x->out, JOIST_TEXT(",\"message\":"));
    joist_json_write_text(x->out, rejected ? s->known->message : JOIST_NO_TEXT);
    joist_buffer_text(x->out, JOIST_TEXT("}\n"));
}

void jst_cli_trace_json(jst_cli_trace *t, const joist_pipeline *p, const joist_report *r,
                        joist_buffer *out)
{
    telling x = { t, &p->graph, r, out };
    told s;
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (tell(&x, &p->graph.nodes.items[i], &s))
            json_step(&x, &s);
}

joist_status jst_cli_trace_write(joist_text path, const joist_buffer *text, joist_error *e)
{
    if (!path.len && text->len)
        fwrite(text->ptr, 1, text->len, stderr);
    if (!path.len)
        return JOIST_OK;
    char *name = joist_text_dup(path);
    joist_status status = jst_cli_put_file(name, "the trace", text, 0644, e);
    joist_free(name);
    return status;
}
