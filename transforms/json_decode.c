/* SPDX-License-Identifier: Apache-2.0
 * Decoding a record: index, walk, then the fields in order, each from the slice the walk kept.
 * What is wrong with a text that does not decode is found out by the slow scanner, so the fast
 * path knows only yes and no. Nested records and lists are decoded from their slice by a call of
 * their own: deep nesting of them costs their length once per level. */
#include <joist.h>
#include <stdio.h>

#include "json_bytes.h"
#include "json_utf8.h"
#include "json_value.h"
#include "json_walk.h"

enum { STACK_SLOTS = 128 };

typedef struct decoder {
    const jst_plan *plan;
    jst_slot *slots;
    void *record;
    joist_arena *arena;
    joist_warnings *warnings;
    const char *prefix;         /* of paths in warnings: "" or "homes." */
    unsigned needs;             /* JST_TEXT_DELETES if the text has one anywhere */
} decoder;

/* ---- the text -------------------------------------------------------------------------------- */
static bool fail_as(joist_json_error *e, const char *code, size_t at, const char *message)
{
    e->code = code;
    e->at = at;
    snprintf(e->message, sizeof e->message, "%s", message);
    return false;
}

/* Why the text, as it came, is no record. */
static bool explain(joist_text text, joist_json_error *e)
{
    joist_json_error ignored;
    e = e ? e : &ignored;
    size_t used = joist_json_skip(text, e);
    if (!used)
        return false;
    const char *end = text.ptr + text.len, *rest = jst_json_skip_space(text.ptr + used, end);
    if (rest < end)
        return fail_as(e, "bad_json", (size_t)(rest - text.ptr), "nothing may follow the value");
    const char *first = jst_json_skip_space(text.ptr, end);
    return fail_as(e, "not_object", (size_t)(first - text.ptr), "the record must be a JSON object");
}

static joist_text repaired(joist_text text, joist_arena *a)
{
    joist_buffer out = { 0 };
    jst_utf8_repair(&out, text);
    joist_text copy = joist_arena_text(a, joist_buffer_view(&out));
    joist_buffer_free(&out);
    return copy;
}

/* Indexes the text, after repair where its UTF-8 wants it. */
static bool index_text(jst_walk *walk, joist_arena *a, bool *mended)
{
    jst_index_result r = jst_json_index_of(walk->text, &walk->index);
    *mended = r == JST_INDEX_UTF8;
    if (*mended) {
        walk->text = repaired(walk->text, a);
        r = jst_json_index_of(walk->text, &walk->index);
    }
    return r == JST_INDEX_OK;
}

/* ---- parents --------------------------------------------------------------------------------- */
static joist_json slot_value(const jst_slot *slot)
{
    return (joist_json){ slot->ptr, slot->len };
}

/* The field is absent: is it because a parent is something else than an object? */
static void check_parents(decoder *d, const joist_field *f, uint16_t node)
{
    if (f->flags & JOIST_IF_OBJECT)
        return;
    while ((node = d->plan->nodes[node].parent) != JST_ROOT) {
        jst_slot *slot = &d->slots[node];
        if (!slot->ptr)
            continue;
        const jst_plan_node *parent = &d->plan->nodes[node];
        if (!slot->warned && *slot->ptr != '{' && !jst_value_is_missing(slot_value(slot))) {
            slot->warned = true;
            joist_warn(d->warnings, "cast", d->prefix,
                       (joist_text){ parent->path, parent->path_len });
        }
        return;
    }
}

/* ---- fields ---------------------------------------------------------------------------------- */
static bool decode_object(joist_text text, const joist_type *type, void *record, joist_arena *arena,
                          joist_warnings *warnings, const char *prefix);

static jst_cast decode_record(decoder *d, joist_json v, const joist_type *type, void *out,
                              joist_text path)
{
    if (joist_json_type_of(v) != JOIST_JSON_OBJECT)
        return jst_value_is_missing(v) ? JST_CAST_OK : JST_CAST_FAILED;
    const char *prefix = joist_arena_printf(d->arena, "%s%.*s.", d->prefix, JOIST_ARG(path)).ptr;
    bool ok = decode_object((joist_text){ v.ptr, v.len }, type, out, d->arena, d->warnings, prefix);
    return ok ? JST_CAST_OK : JST_CAST_FAILED;
}

/* A list's items: those that are null are left out without, those of the wrong type with a
 * warning. */
static jst_cast decode_texts(decoder *d, const joist_field *f, joist_json v, joist_text_list *out)
{
    size_t n;
    const joist_member *items = joist_json_members(v, d->arena, &n);
    joist_text *texts = n ? joist_arena_alloc(d->arena, n * sizeof *texts) : NULL;
    jst_cast worst = JST_CAST_OK;
    *out = (joist_text_list){ texts, 0 };
    for (size_t i = 0; i < n; i++) {
        unsigned needs = JST_TEXT_ESCAPES | JST_TEXT_DELETES
                       | (f->flags & JOIST_ENTITIES ? JST_TEXT_ENTITIES : 0u);
        jst_cast cast = jst_value_text(items[i].value, f->limit, needs, d->arena,
                                       &texts[out->count]);
        out->count += texts[out->count].ptr != NULL;
        worst = worst == JST_CAST_FAILED || cast == JST_CAST_OK ? worst : cast;
    }
    return worst;
}

typedef struct record_list { const void *items; size_t count; } record_list;    /* any T##_list */

static jst_cast decode_records(decoder *d, const joist_field *f, joist_json v, record_list *out,
                               joist_text path)
{
    size_t n;
    const joist_member *items = joist_json_members(v, d->arena, &n);
    char *records = n ? joist_arena_zalloc(d->arena, n * f->items->size) : NULL;
    jst_cast worst = JST_CAST_OK;
    *out = (record_list){ records, 0 };
    for (size_t i = 0; i < n; i++) {
        void *record = records + out->count * f->items->size;
        if (decode_record(d, items[i].value, f->items, record, path) != JST_CAST_OK)
            worst = JST_CAST_FAILED;
        else
            out->count += joist_json_type_of(items[i].value) == JOIST_JSON_OBJECT;
    }
    return worst;
}

static jst_cast decode_list(decoder *d, const joist_field *f, joist_json v, void *out,
                            joist_text path)
{
    if (joist_json_type_of(v) != JOIST_JSON_ARRAY)
        return jst_value_is_missing(v) ? JST_CAST_OK : JST_CAST_FAILED;
    return f->texts ? decode_texts(d, f, v, out) : decode_records(d, f, v, out, path);
}

static unsigned text_needs(const decoder *d, const joist_field *f, const jst_slot *slot)
{
    return d->needs | (slot->escaped ? JST_TEXT_ESCAPES : 0u)
         | (f->flags & JOIST_ENTITIES ? JST_TEXT_ENTITIES : 0u);
}

/* Boxed or bare, as the field's C type is; a bare one that is NULL stays 0. */
static jst_cast decode_number(const joist_field *f, joist_json v, void *out)
{
    joist_int i = { 0 };
    joist_bool b = { 0 };
    joist_float x = { 0 };
    const void *value = f->kind == JOIST_KIND_INT  ? (void *)&i
                      : f->kind == JOIST_KIND_BOOL ? (void *)&b : (void *)&x;
    jst_cast cast = f->kind == JOIST_KIND_INT  ? jst_value_int(v, &i)
                  : f->kind == JOIST_KIND_BOOL ? jst_value_bool(v, &b) : jst_value_float(v, &x);
    memcpy(out, value, f->size);    /* the value comes first in all three */
    return cast;
}

static jst_cast decode_value(decoder *d, const joist_field *f, const jst_slot *slot, void *out,
                             joist_text path)
{
    joist_json v = slot_value(slot);
    if (joist_field_repeated(f))
        return decode_list(d, f, v, out, path);
    switch (f->kind) {
    case JOIST_KIND_TEXT:
        return jst_value_text(v, f->limit, text_needs(d, f, slot), d->arena, out);
    case JOIST_KIND_TIME: return jst_value_time(v, out);
    case JOIST_KIND_BYTES: return jst_value_bytes(v, d->arena, out);
    case JOIST_KIND_JSON:
        *(joist_json *)out = *v.ptr == 'n' ? (joist_json){ 0 } : v;
        return JST_CAST_OK;
    case JOIST_KIND_RECORD: return decode_record(d, v, f->record, out, path);
    default: return decode_number(f, v, out);
    }
}

jst_cast jst_value_field(joist_json v, const joist_field *f, void *out, joist_arena *a)
{
    decoder d = { .arena = a, .prefix = "", .needs = JST_TEXT_ESCAPES | JST_TEXT_DELETES };
    jst_slot slot = { .ptr = v.ptr, .len = (uint32_t)v.len };
    return decode_value(&d, f, &slot, out, joist_text_of(f->name));
}

/* Most texts are clean: a string with nothing in it to decode, remove, trim or cut is borrowed. */
static inline bool borrow_text(const decoder *d, const joist_field *f, const jst_slot *slot,
                               joist_text *out)
{
    uint32_t limit = f->limit ? f->limit : JST_DEFAULT_LIMIT;
    if (slot->escaped || d->needs || f->flags & JOIST_ENTITIES || *slot->ptr != '"'
        || slot->len < 3 || slot->len - 2 > limit)
        return false;
    if (slot->ptr[1] == ' ' || slot->ptr[slot->len - 2] == ' ')
        return false;
    *out = (joist_text){ slot->ptr + 1, slot->len - 2 };
    return true;
}

/* A value that is there: true if it gave the field something, so that later sources are not
 * looked at. */
static bool decode_source(decoder *d, const joist_field *f, const jst_plan_source *source,
                          void *out)
{
    const jst_slot *slot = &d->slots[source->node];
    if (f->kind == JOIST_KIND_TEXT && !f->texts && borrow_text(d, f, slot, out))
        return true;
    jst_cast cast = decode_value(d, f, slot, out, source->path);
    if (JOIST_LIKELY(cast == JST_CAST_OK)) {
        bool bare = !f->boxed || f->kind == JOIST_KIND_RECORD;
        return bare ? !jst_value_is_missing(slot_value(slot)) : !joist_field_is_null(f, d->record);
    }
    const char *kind = cast == JST_CAST_TRUNCATED ? "truncated" : "cast";
    joist_warn(d->warnings, kind, d->prefix, source->path);
    return cast == JST_CAST_TRUNCATED;
}

static void decode_field(decoder *d, const jst_plan_field *field)
{
    const joist_field *f = field->field;
    for (size_t i = 0; i < field->count; i++) {
        const jst_plan_source *source = &field->sources[i];
        if (!d->slots[source->node].ptr)
            check_parents(d, f, source->node);
        else if (decode_source(d, f, source, (char *)d->record + f->offset))
            return;
    }
}

/* ---- records --------------------------------------------------------------------------------- */
static bool decode_object(joist_text text, const joist_type *type, void *record, joist_arena *arena,
                          joist_warnings *warnings, const char *prefix)
{
    const jst_plan *plan = jst_plan_of(type);
    jst_slot some[STACK_SLOTS], *slots = some;
    size_t bytes = plan->node_count * sizeof *slots;
    if (plan->node_count > STACK_SLOTS)
        slots = joist_arena_alloc(arena, bytes);
    memset(slots, 0, bytes);
    jst_walk walk = { .text = text, .plan = plan, .slots = slots };
    bool mended;
    if (!index_text(&walk, arena, &mended) || !jst_json_walk(&walk))
        return false;
    if (mended || walk.lone)
        joist_warn(warnings, "utf8", NULL, JOIST_NO_TEXT);
    memset(record, 0, type->size);
    decoder d = { plan, slots, record, arena, warnings, prefix, 0 };
    d.needs = memchr(walk.text.ptr, 0x7F, walk.text.len) ? JST_TEXT_DELETES : 0;
    for (size_t i = 0; i < type->count; i++)
        decode_field(&d, &plan->fields[i]);
    return true;
}

bool joist_json_decode_with(joist_text text, const joist_type *type, void *record,
                            joist_arena *arena, joist_warnings *warnings, joist_json_error *e)
{
    text.ptr = text.ptr ? text.ptr : "";
    return decode_object(text, type, record, arena, warnings, "") || explain(text, e);
}

bool joist_json_decode(joist_context *ctx, joist_json text, const joist_type *type, void *record,
                       joist_warnings *warnings)
{
    joist_json_error e;
    joist_text t = { text.ptr, text.len };
    if (joist_json_decode_with(t, type, record, joist_context_arena(ctx), warnings, &e))
        return true;
    if (strcmp(e.code, "not_object") == 0)
        joist_reject(ctx, e.code, "%s", e.message);
    else
        joist_reject_raw(ctx, e.code, (joist_bytes){ text.ptr, text.len }, e.at, "%s", e.message);
    return false;
}
