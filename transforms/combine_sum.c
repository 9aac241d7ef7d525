/* SPDX-License-Identifier: Apache-2.0
 * joist_sum: a number added up per value of a field; joist_sum_globally: of all elements. A sum of
 * ints is kept in 128 bits, in two halves, and one of floats exactly, so that only the result
 * decides whether it fits, not the order of the input.
 *
 *     in   {"shop":"a","cents":250}
 *     in   {"shop":"b","cents":100}
 *     in   {"shop":"a","cents":-50}
 *     run  joist_sum(sale, sales, shop, cents)
 *     out  {"key":"a","total":200}
 *     out  {"key":"b","total":100} */
#include "combine_parts.h"
#include "exact_sum.h"

__extension__ typedef __int128 wide;

#define SUM_ACC(F, T) F(T, int64_t, high, 0) F(T, int64_t, low, 0)
JOIST_RECORD(sum_acc, SUM_ACC);

static wide get(const sum_acc *a)
{
    return (wide)a->high * ((wide)1 << 64) + (uint64_t)a->low;
}

static void set(sum_acc *a, wide v)
{
    a->high = (int64_t)(v >> 64);
    a->low = (int64_t)v;
}

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    (void)key;
    (void)arena;
    return jst_number_field(type, ((const joist_number_config *)config)->number, "joist_sum", e);
}

/* ---- of ints --------------------------------------------------------------------------------- */

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    if (!joist_field_is_null(c->prepared, element))
        set(acc, get(acc) + jst_int_of(c->prepared, element));
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    set(acc, get(acc) + get(other));
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    wide sum = get(acc);
    joist_total_out out = { c->port };
    if (sum < INT64_MIN || sum > INT64_MAX)
        return joist_fail(c->ctx, "a sum is beyond int64");
    return joist_total_emit(out, (joist_total){ joist_key_text(c, key), (int64_t)sum });
}

const joist_combine joist_sum_combine = {
    .name = "joist_sum", .acc = &sum_acc_type, .out = &joist_total_type,
    .config = &joist_number_config_type, .prepare = prepare, .add = add, .merge = merge,
    .extract = extract,
};

/* ---- of floats ------------------------------------------------------------------------------- */

static void add_float(const joist_combine_call *c, void *acc, const void *element)
{
    if (!joist_field_is_null(c->prepared, element))
        jst_exact_add(acc, jst_float_of(c->prepared, element), c->arena);
}

static void merge_float(const joist_combine_call *c, void *acc, const void *other)
{
    jst_exact_merge(acc, other, c->arena);
}

static joist_status extract_float(const joist_combine_call *c, const void *acc, const void *key)
{
    joist_float_total_out out = { c->port };
    return joist_float_total_emit(out, (joist_float_total){ joist_key_text(c, key),
                                                            jst_exact_over(acc, 1) });
}

const joist_combine joist_sum_float_combine = {
    .name = "joist_sum_float", .acc = &jst_exact_sum_type, .out = &joist_float_total_type,
    .config = &joist_number_config_type, .prepare = prepare, .add = add_float,
    .merge = merge_float, .extract = extract_float,
};
