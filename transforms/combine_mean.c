/* SPDX-License-Identifier: Apache-2.0
 * joist_mean: the mean of a number per value of a field; joist_mean_globally: of all elements. The
 * sum behind it is exact, so the order of the input makes no difference.
 *
 *     in   {"shop":"a","cents":1}
 *     in   {"shop":"a","cents":2}
 *     in   {"shop":"b","cents":null}
 *     run  joist_mean(sale, sales, shop, cents)
 *     out  {"key":"a","value":1.5}
 *     out  {"key":"b","value":null} */
#include "combine_parts.h"
#include "exact_sum.h"

__extension__ typedef __int128 wide;

#define INT_MEAN(F, T) F(T, int64_t, high, 0) F(T, int64_t, low, 0) F(T, int64_t, n, 0)
JOIST_RECORD(int_mean, INT_MEAN);
#define FLOAT_MEAN(F, T) F(T, jst_exact_sum, sum, 0, JOIST_OF(jst_exact_sum)) F(T, int64_t, n, 0)
JOIST_RECORD(float_mean, FLOAT_MEAN);

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    (void)key;
    (void)arena;
    return jst_number_field(type, ((const joist_number_config *)config)->number, "joist_mean", e);
}

static joist_status emit(const joist_combine_call *c, const void *key, int64_t n, double mean)
{
    joist_float_result_out out = { c->port };
    return joist_float_result_emit(out, (joist_float_result){ joist_key_text(c, key),
                                                              { n ? mean : 0, n > 0 } });
}

/* ---- of ints --------------------------------------------------------------------------------- */

static wide get(const int_mean *a)
{
    return (wide)a->high * ((wide)1 << 64) + (uint64_t)a->low;
}

static void put(int_mean *a, wide more, int64_t n)
{
    wide sum = get(a) + more;
    a->high = (int64_t)(sum >> 64);
    a->low = (int64_t)sum;
    a->n += n;
}

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    if (!joist_field_is_null(c->prepared, element))
        put(acc, jst_int_of(c->prepared, element), 1);
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    put(acc, get(other), ((const int_mean *)other)->n);
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    const int_mean *a = acc;
    return emit(c, key, a->n, (double)get(a) / (double)(a->n ? a->n : 1));
}

const joist_combine joist_mean_combine = {
    .name = "joist_mean", .acc = &int_mean_type, .out = &joist_float_result_type,
    .config = &joist_number_config_type, .prepare = prepare, .add = add, .merge = merge,
    .extract = extract,
};

/* ---- of floats ------------------------------------------------------------------------------- */

static void add_float(const joist_combine_call *c, void *acc, const void *element)
{
    float_mean *a = acc;
    if (joist_field_is_null(c->prepared, element))
        return;
    jst_exact_add(&a->sum, jst_float_of(c->prepared, element), c->arena);
    a->n++;
}

static void merge_float(const joist_combine_call *c, void *acc, const void *other)
{
    float_mean *a = acc;
    const float_mean *b = other;
    jst_exact_merge(&a->sum, &b->sum, c->arena);
    a->n += b->n;
}

static joist_status extract_float(const joist_combine_call *c, const void *acc, const void *key)
{
    const float_mean *a = acc;
    return emit(c, key, a->n, jst_exact_over(&a->sum, a->n ? a->n : 1));
}

const joist_combine joist_mean_float_combine = {
    .name = "joist_mean_float", .acc = &float_mean_type, .out = &joist_float_result_type,
    .config = &joist_number_config_type, .prepare = prepare, .add = add_float,
    .merge = merge_float, .extract = extract_float,
};
