/* SPDX-License-Identifier: Apache-2.0
 * joist_sum: an int field added up per key. The sum is kept in 128 bits, in two halves, so that
 * only the result decides whether it fits into int64, not the order of the input. */
#include <joist.h>

JOIST_RECORD_DEFINE(joist_sum_config, JOIST_SUM_CONFIG);

__extension__ typedef __int128 wide;

#define SUM_ACC(F, T) F(T, int64_t, high, 0) F(T, int64_t, low, 0)
JOIST_RECORD(sum_acc, SUM_ACC);

static wide get(const sum_acc *a)
{
    return (wide)a->high << 64 | (uint64_t)a->low;
}

static void set(sum_acc *a, wide v)
{
    a->high = (int64_t)(v >> 64);
    a->low = (int64_t)v;
}

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    const joist_sum_config *c = config;
    const joist_field *f = joist_type_field(type, c->number);
    (void)key;
    (void)arena;
    if (f && f->kind == JOIST_KIND_INT && !joist_field_repeated(f))
        return f;
    joist_fail_with(e, JOIST_GRAPH, "joist_sum adds an int field; '%.*s' is none",
                    JOIST_ARG(c->number));
    return NULL;
}

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    const joist_field *f = c->prepared;
    int64_t n;
    if (joist_field_is_null(f, element))
        return;
    memcpy(&n, (const char *)element + f->offset, sizeof n);
    set(acc, get(acc) + n);
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
    .config = &joist_sum_config_type, .prepare = prepare, .add = add, .merge = merge,
    .extract = extract,
};
