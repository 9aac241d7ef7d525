/* SPDX-License-Identifier: Apache-2.0
 * joist_count: elements per value of a field; joist_count_globally: all elements.
 *
 *     in   {"shop":"a"}
 *     in   {"shop":"b"}
 *     in   {"shop":"a"}
 *     run  joist_count(sale, sales, shop)
 *     out  {"key":"a","count":2}
 *     out  {"key":"b","count":1}
 *
 * joist_count_values, a part of joist_count_distinct, counts those whose field is not NULL. */
#include "combine_parts.h"

#define COUNT_ACC(F, T) F(T, int64_t, n, 0)
JOIST_RECORD(count_acc, COUNT_ACC);

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    (void)c;
    (void)element;
    ((count_acc *)acc)->n++;
}

static void add_value(const joist_combine_call *c, void *acc, const void *element)
{
    ((count_acc *)acc)->n += !joist_field_is_null(c->prepared, element);
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    (void)c;
    ((count_acc *)acc)->n += ((const count_acc *)other)->n;
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    joist_tally_out out = { c->port };
    return joist_tally_emit(out, (joist_tally){ joist_key_text(c, key),
                                                ((const count_acc *)acc)->n });
}

static const void *prepare_values(const joist_type *type, const joist_fields *key,
                                  const void *config, joist_arena *arena, joist_error *e)
{
    (void)key;
    (void)arena;
    return jst_scalar_field(type, ((const joist_number_config *)config)->number,
                            "joist_count_values", e);
}

const joist_combine joist_count_combine = {
    .name = "joist_count", .acc = &count_acc_type, .out = &joist_tally_type,
    .add = add, .merge = merge, .extract = extract,
};

const joist_combine joist_count_values_combine = {
    .name = "joist_count_values", .acc = &count_acc_type, .out = &joist_tally_type,
    .config = &joist_number_config_type, .prepare = prepare_values,
    .add = add_value, .merge = merge, .extract = extract,
};
