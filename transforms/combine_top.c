/* SPDX-License-Identifier: Apache-2.0
 * joist_top, joist_bottom: the n elements with the greatest, or smallest, `by`; best first. Which
 * of several with equal `by` stay is decided by their other fields, so not by the order of the
 * input.
 *
 *     in   {"shop":"a","tag":"x","cents":1}
 *     in   {"shop":"a","tag":"y","cents":3}
 *     in   {"shop":"a","tag":"z","cents":2}
 *     run  joist_top(sale, sales, 2, .by = JOIST_FIELDS(sale, cents))
 *     out  {"shop":"a","cents":3,"weight":null,"tag":"y"}
 *     out  {"shop":"a","cents":2,"weight":null,"tag":"z"} */
#include "best.h"
#include "combine_parts.h"

JOIST_RECORD_DEFINE(joist_top_config, JOIST_TOP_CONFIG);

typedef struct top { joist_fields by; int64_t n; } top;

static bool add_field(const joist_type *type, joist_text name, joist_fields *by, joist_error *e)
{
    const joist_field *f = jst_scalar_field(type, name, "joist_top, as joist_bottom,", e);
    if (f && by->count < 8)
        by->offset[by->count++] = f->offset;
    return f != NULL;
}

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    const joist_top_config *c = config;
    top *t = joist_arena_zalloc(arena, sizeof *t);
    (void)key;
    t->n = c->n;
    for (size_t i = 0; i < c->by.count; i++)
        if (!add_field(type, c->by.items[i], &t->by, e))
            return NULL;
    if (t->by.count && t->n >= 1 && t->n <= JST_BEST_MOST)
        return t;
    joist_fail_with(e, JOIST_GRAPH, !t->by.count
                    ? "joist_top and joist_bottom need .by"
                    : "n of joist_top and joist_bottom is 1 to 1000000");
    return NULL;
}

/* All single values, one after another, so that equal ones are told apart by what people see. */
static void encode_rest(const joist_type *type, const void *element, joist_buffer *out)
{
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        const joist_fields one = { 1, { f->offset } };
        if (f->kind != JOIST_KIND_RECORD && !joist_field_repeated(f))
            joist_key_encode(type, &one, element, out);
    }
}

/* Keys are no prefixes of one another, so bytes turned over order the other way round. */
static void turn_over(joist_buffer *b)
{
    for (size_t i = 0; i < b->len; i++)
        b->ptr[i] = (char)~b->ptr[i];
}

static void add(const joist_combine_call *c, void *acc, const void *element, bool turned)
{
    const top *t = c->prepared;
    joist_buffer *b = c->scratch;
    b->len = 0;
    joist_key_encode(c->type, &t->by, element, b);
    if (turned)
        turn_over(b);
    if (!jst_best_wants(acc, t->n, joist_buffer_view(b)))
        return;
    encode_rest(c->type, element, b);
    size_t order = b->len;
    joist_row_encode(c->type, element, b);
    jst_best_add(acc, t->n, (joist_text){ b->ptr, order },
                 (joist_text){ b->ptr + order, b->len - order }, c->arena);
}

static void add_top(const joist_combine_call *c, void *acc, const void *element)
{
    add(c, acc, element, true);
}

static void add_bottom(const joist_combine_call *c, void *acc, const void *element)
{
    add(c, acc, element, false);
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    jst_best_merge(acc, ((const top *)c->prepared)->n, other, c->arena);
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    (void)key;
    return jst_best_give(c, acc);
}

const joist_combine joist_top_combine = {
    .name = "joist_top", .acc = &jst_best_type, .config = &joist_top_config_type,
    .prepare = prepare, .add = add_top, .merge = merge, .extract = extract,
};

const joist_combine joist_bottom_combine = {
    .name = "joist_bottom", .acc = &jst_best_type, .config = &joist_top_config_type,
    .prepare = prepare, .add = add_bottom, .merge = merge, .extract = extract,
};

joist_coll joist_top_(joist_coll in, const joist_type *type, const joist_combine *fn, int64_t n,
                      const joist_choose_options *o)
{
    joist_text names[8];
    const joist_top_config config = { jst_field_names(type, &o->by, names), n };
    return joist_combine_(&(joist_combine_args){ .in = in, .fn = fn, .out = type, .key = o->key,
                                                 .config = &config, .name = o->name,
                                                 .site = o->site_ });
}
