/* SPDX-License-Identifier: Apache-2.0
 * joist_quantiles: least, greatest and what is between, n values per value of a field;
 * joist_quantiles_globally: of all elements.
 *
 * The accumulator counts values; those whose sign, exponent and first bits of the mantissa are
 * equal count as one, for which the least of them stands. It is the same whatever came first, and
 * an answer is less than 2^-bits from the exact one, relatively, and never outside of what there
 * was.
 *
 *     in   {"shop":"a","cents":10}
 *     in   {"shop":"a","cents":30}
 *     in   {"shop":"a","cents":20}
 *     run  joist_quantiles(sale, sales, shop, cents, 3)
 *     out  {"key":"a","fraction":0,"value":10}
 *     out  {"key":"a","fraction":0.5,"value":20}
 *     out  {"key":"a","fraction":1,"value":30} */
#include "combine_parts.h"
#include "pile.h"

JOIST_RECORD_DEFINE(joist_quantiles_config, JOIST_QUANTILES_CONFIG);
JOIST_RECORD_DEFINE(joist_quantile, JOIST_QUANTILE);

__extension__ typedef __int128 wide;
enum { MANTISSA = 52, DEFAULT_BITS = 7 };

#define LOT(F, T) F(T, double, value, 0) F(T, int64_t, count, 0)
JOIST_RECORD(lot, LOT);
#define QUANTILES_ACC(F, T)                                                                       \
    F(T, lot_list, lots, 0, JOIST_LIST_OF(lot)) F(T, int64_t, cap, 0)                             \
    F(T, double, greatest, 0) F(T, int64_t, count, 0)
JOIST_RECORD(quantiles_acc, QUANTILES_ACC);

typedef struct plan { const joist_field *field; int64_t n, shift; } plan;

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    const joist_quantiles_config *c = config;
    plan *p = joist_arena_alloc(arena, sizeof *p);
    (void)key;
    *p = (plan){ jst_number_field(type, c->number, "joist_quantiles", e), c->n,
                 MANTISSA - c->bits };
    if (!p->field)
        return NULL;
    if (p->n >= 2 && p->n <= 10000 && p->shift >= 0 && p->shift < MANTISSA)
        return p;
    joist_fail_with(e, JOIST_GRAPH, "joist_quantiles gives 2 to 10000 values, with an .error "
                    "greater than 0 and less than 1");
    return NULL;
}

/* ---- lots ------------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    uint64_t x = jst_float_order(((const lot *)a)->value);
    uint64_t y = jst_float_order(((const lot *)b)->value);
    return (x > y) - (x < y);
}

/* Negative numbers are turned over, so of those too the first is the least. */
static bool fold(void *a, const void *b, const void *context)
{
    const plan *p = context;
    lot *into = a;
    const lot *other = b;
    if (jst_float_order(into->value) >> p->shift != jst_float_order(other->value) >> p->shift)
        return false;
    into->count += other->count;
    return true;
}

static const jst_pile_kind lots = { sizeof(lot), compare, fold };

static void see_greatest(quantiles_acc *a, double x)
{
    if (!a->count || jst_float_order(x) > jst_float_order(a->greatest))
        a->greatest = x;
}

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    const plan *p = c->prepared;
    quantiles_acc *a = acc;
    if (joist_field_is_null(p->field, element))
        return;
    double x = p->field->kind == JOIST_KIND_INT ? (double)jst_int_of(p->field, element)
                                                : jst_float_of(p->field, element);
    const lot one = { x, 1 };
    see_greatest(a, x);
    jst_pile_add(&lots, &a->lots, &a->cap, &one, p, c->arena);
    a->count++;
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    quantiles_acc *a = acc;
    const quantiles_acc *b = other;
    if (!b->count)
        return;
    see_greatest(a, b->greatest);
    jst_pile_merge(&lots, &a->lots, &a->cap, &b->lots, c->prepared, c->arena);
    a->count += b->count;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* The place of the i-th of n values among all of them, from 0, the nearest one. */
static int64_t rank_of(int64_t i, int64_t n, int64_t count)
{
    return (int64_t)(((wide)i * (count - 1) + (n - 1) / 2) / (n - 1));
}

static joist_float value_at(const quantiles_acc *a, const jst_pile *sorted, int64_t rank,
                            size_t *at, int64_t *before)
{
    const lot *items = sorted->items;
    if (!a->count)
        return (joist_float){ 0, false };
    if (rank == a->count - 1)
        return JOIST_FLOAT(a->greatest);
    while (*before + items[*at].count <= rank)
        *before += items[(*at)++].count;
    return JOIST_FLOAT(items[*at].value);
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    const plan *p = c->prepared;
    const quantiles_acc *a = acc;
    jst_pile sorted = jst_pile_sorted(&lots, &a->lots, p, c->arena);
    joist_quantile_out out = { c->port };
    size_t at = 0;
    int64_t before = 0;
    for (int64_t i = 0; i < p->n; i++)
        joist_quantile_emit(out, (joist_quantile){
            joist_key_text(c, key), (double)i / (double)(p->n - 1),
            value_at(a, &sorted, a->count ? rank_of(i, p->n, a->count) : 0, &at, &before) });
    return JOIST_OK;
}

const joist_combine joist_quantiles_combine = {
    .name = "joist_quantiles", .acc = &quantiles_acc_type, .out = &joist_quantile_type,
    .config = &joist_quantiles_config_type, .prepare = prepare, .add = add, .merge = merge,
    .extract = extract,
};

/* The fewest bits that keep the error; 0, which is refused, if it is no error at all. */
static int64_t bits_for(const joist_quantiles_options *o)
{
    int64_t bits = 1;
    if (o->exact)
        return MANTISSA;
    if (o->error == 0)
        return DEFAULT_BITS;
    if (!(o->error > 0 && o->error < 1))
        return 0;
    for (double step = 0.5; step > o->error && bits < MANTISSA; step /= 2)
        bits++;
    return bits;
}

joist_coll joist_quantiles_(joist_coll in, joist_fields key, joist_text number, int64_t n,
                            const joist_quantiles_options *o)
{
    const joist_quantiles_config config = { number, n, bits_for(o) };
    return joist_combine_(&(joist_combine_args){ .in = in, .fn = &joist_quantiles_combine,
                                                 .out = &joist_quantile_type, .key = key,
                                                 .config = &config, .name = o->name,
                                                 .site = o->site_ });
}
