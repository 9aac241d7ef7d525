/* SPDX-License-Identifier: Apache-2.0
 * joist_distinct: of the elements with one key the first in input order; without .key of those with
 * all fields equal.
 *
 *     in   {"shop":"a","tag":"first"}
 *     in   {"shop":"b","tag":"only"}
 *     in   {"shop":"a","tag":"second"}
 *     run  joist_distinct(sale, sales, .key = JOIST_FIELDS(sale, shop))
 *     out  {"shop":"a","cents":null,"weight":null,"tag":"first"}
 *     out  {"shop":"b","cents":null,"weight":null,"tag":"only"}
 *
 * joist_distinct_keys, a part of joist_count_distinct, keeps nothing of an element but its key. */
#include "combine_parts.h"

#define DISTINCT_ACC(F, T) F(T, joist_bytes, place, 0) F(T, joist_bytes, row, 0)
JOIST_RECORD(distinct_acc, DISTINCT_ACC);

static bool is_before(const distinct_acc *a, joist_bytes place)
{
    return a->place.ptr && joist_text_compare((joist_text){ a->place.ptr, a->place.len },
                                              (joist_text){ place.ptr, place.len }) <= 0;
}

/* Elements of a worker mostly come in order, so the first one is seldom copied over. */
static void add(const joist_combine_call *c, void *acc, const void *element)
{
    distinct_acc *a = acc;
    joist_buffer *b = c->scratch;
    b->len = 0;
    joist_combine_place(c, b);
    size_t place = b->len;
    if (is_before(a, (joist_bytes){ b->ptr, place }))
        return;
    joist_row_encode(c->type, element, b);
    joist_text copy = joist_arena_text(c->arena, joist_buffer_view(b));
    a->place = (joist_bytes){ copy.ptr, place };
    a->row = (joist_bytes){ copy.ptr + place, copy.len - place };
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    const distinct_acc *b = other;
    (void)c;
    if (b->place.ptr && !is_before(acc, b->place))
        *(distinct_acc *)acc = *b;
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    const distinct_acc *a = acc;
    (void)key;
    if (!a->place.ptr)
        return JOIST_OK;
    void *record = joist_arena_zalloc(joist_context_arena(c->ctx), c->type->size);
    if (!joist_row_decode(c->type, a->row.ptr, a->row.len, record, joist_context_arena(c->ctx)))
        return joist_fail(c->ctx, "an element that was kept cannot be read back");
    return joist_port_emit(c->port, record, c->type->size);
}

const joist_combine joist_distinct_combine = {
    .name = "joist_distinct", .acc = &distinct_acc_type,
    .add = add, .merge = merge, .extract = extract,
};

static bool all_fields(const joist_type *type, joist_fields *key)
{
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (key->count == 8 || f->kind == JOIST_KIND_RECORD || joist_field_repeated(f))
            return false;
        key->offset[key->count++] = f->offset;
    }
    return true;
}

joist_coll joist_distinct_(joist_coll in, const joist_type *type, const joist_choose_options *o)
{
    joist_fields key = o->key;
    if (!key.count && !all_fields(type, &key))
        joist_mistake(in.p, o->site_, "joist_distinct needs .key: '%s' has lists, records or more "
                      "than 8 fields", type->name);
    return joist_combine_(&(joist_combine_args){ .in = in, .fn = &joist_distinct_combine,
                                                 .out = type, .key = key, .name = o->name,
                                                 .site = o->site_ });
}

/* ---- keys ------------------------------------------------------------------------------------ */

#define SEEN(F, T) F(T, bool, seen, 0)
JOIST_RECORD(seen, SEEN);

static void see(const joist_combine_call *c, void *acc, const void *element)
{
    (void)c;
    (void)element;
    ((seen *)acc)->seen = true;
}

static void see_both(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    ((seen *)acc)->seen |= ((const seen *)other)->seen;
}

static joist_status extract_key(const joist_combine_call *c, const void *acc, const void *key)
{
    return ((const seen *)acc)->seen ? joist_port_emit(c->port, key, c->type->size) : JOIST_OK;
}

const joist_combine joist_distinct_keys_combine = {
    .name = "joist_distinct_keys", .acc = &seen_type,
    .add = see, .merge = see_both, .extract = extract_key,
};
