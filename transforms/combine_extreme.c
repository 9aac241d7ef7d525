/* SPDX-License-Identifier: Apache-2.0
 * The least and the greatest value. Floats are compared by an int64_t that orders as they do, so
 * that NaN has its place and both kinds of numbers go the same way. */
#include "combine_extreme.h"

JOIST_RECORD_DEFINE(jst_extreme, JST_EXTREME);

const void *jst_extreme_prepare(const joist_type *type, const joist_fields *key,
                                const void *config, joist_arena *arena, joist_error *e)
{
    (void)key;
    (void)arena;
    return jst_number_field(type, ((const joist_number_config *)config)->number,
                            "joist_min, as joist_max,", e);
}

static jst_extreme read_value(const joist_combine_call *c, const void *element)
{
    const joist_field *f = c->prepared;
    if (joist_field_is_null(f, element))
        return (jst_extreme){ .any = false };
    if (f->kind == JOIST_KIND_INT)
        return (jst_extreme){ .value = jst_int_of(f, element), .any = true };
    double x = jst_float_of(f, element);
    uint64_t order = jst_float_order(x) ^ UINT64_C(1) << 63;
    return (jst_extreme){ .value = (int64_t)order, .number = x, .any = true };
}

static void take(jst_extreme *a, const jst_extreme *b, bool better)
{
    if (b->any && (!a->any || better))
        *a = *b;
}

void jst_min_merge(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    take(acc, other, ((const jst_extreme *)other)->value < ((const jst_extreme *)acc)->value);
}

void jst_max_merge(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    take(acc, other, ((const jst_extreme *)other)->value > ((const jst_extreme *)acc)->value);
}

void jst_min_add(const joist_combine_call *c, void *acc, const void *element)
{
    const jst_extreme one = read_value(c, element);
    jst_min_merge(c, acc, &one);
}

void jst_max_add(const joist_combine_call *c, void *acc, const void *element)
{
    const jst_extreme one = read_value(c, element);
    jst_max_merge(c, acc, &one);
}

joist_status jst_extreme_int(const joist_combine_call *c, const void *acc, const void *key)
{
    const jst_extreme *a = acc;
    joist_int_result_out out = { c->port };
    return joist_int_result_emit(out, (joist_int_result){ joist_key_text(c, key),
                                                          { a->value, a->any } });
}

joist_status jst_extreme_float(const joist_combine_call *c, const void *acc, const void *key)
{
    const jst_extreme *a = acc;
    joist_float_result_out out = { c->port };
    return joist_float_result_emit(out, (joist_float_result){ joist_key_text(c, key),
                                                              { a->number, a->any } });
}
