/* SPDX-License-Identifier: Apache-2.0
 * joist_count_distinct: different values of one field per value of another;
 * joist_count_distinct_globally: of all elements. Exact. First elements with one key and one value
 * become one, then those of a key are counted: both steps spill, so a key may have more values than
 * memory. Sessions are known only when all values of a key have come together, so there the values
 * themselves are the accumulator.
 *
 *     in   {"shop":"a","tag":"x"}
 *     in   {"shop":"a","tag":"y"}
 *     in   {"shop":"a","tag":"x"}
 *     in   {"shop":"b","tag":null}
 *     run  joist_count_distinct(sale, sales, shop, tag)
 *     out  {"key":"a","count":2}
 *     out  {"key":"b","count":0} */
#include "combine_parts.h"
#include "pile.h"

#define SET_ACC(F, T) F(T, joist_text_list, values, 0) F(T, int64_t, cap, 0)
JOIST_RECORD(set_acc, SET_ACC);

static int compare(const void *a, const void *b)
{
    return joist_text_compare(*(const joist_text *)a, *(const joist_text *)b);
}

static bool fold(void *a, const void *b, const void *context)
{
    (void)context;
    return compare(a, b) == 0;
}

static const jst_pile_kind values = { sizeof(joist_text), compare, fold };

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    (void)key;
    (void)arena;
    return jst_scalar_field(type, ((const joist_number_config *)config)->number,
                            "joist_count_distinct", e);
}

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    const joist_field *f = c->prepared;
    const joist_fields one = { 1, { f->offset } };
    set_acc *a = acc;
    if (joist_field_is_null(f, element))
        return;
    c->scratch->len = 0;
    joist_key_encode(c->type, &one, element, c->scratch);
    joist_text value = joist_arena_text(c->arena, joist_buffer_view(c->scratch));
    jst_pile_add(&values, &a->values, &a->cap, &value, NULL, c->arena);
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    set_acc *a = acc;
    jst_pile_merge(&values, &a->values, &a->cap, &((const set_acc *)other)->values, NULL, c->arena);
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    joist_tally_out out = { c->port };
    size_t count = jst_pile_sorted(&values, &((const set_acc *)acc)->values, NULL, c->arena).count;
    return joist_tally_emit(out, (joist_tally){ joist_key_text(c, key), (int64_t)count });
}

const joist_combine joist_count_set_combine = {
    .name = "joist_count_set", .acc = &set_acc_type, .out = &joist_tally_type,
    .config = &joist_number_config_type, .prepare = prepare, .add = add, .merge = merge,
    .extract = extract,
};

joist_coll joist_count_distinct_(joist_coll in, const joist_type *type, joist_fields key,
                                 joist_fields value, joist_site site)
{
    joist_text name[1];
    const joist_number_config config = { jst_field_names(type, &value, name).items[0] };
    joist_combine_args count = { .in = in, .fn = &joist_count_values_combine,
                                 .out = &joist_tally_type, .key = key, .config = &config,
                                 .site = site };
    if (joist_in_sessions(in)) {
        count.fn = &joist_count_set_combine;
        return joist_combine_(&count);
    }
    joist_combine_args distinct = { .in = in, .fn = &joist_distinct_keys_combine, .out = type,
                                    .key = key, .site = site };
    if (!key.count || key.offset[0] != value.offset[0])
        distinct.key.offset[distinct.key.count++] = value.offset[0];
    count.in = joist_combine_(&distinct);
    return joist_combine_(&count);
}
