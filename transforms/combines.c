/* SPDX-License-Identifier: Apache-2.0
 * The table of built-in CombineFns, and what they share. */
#include "combine_parts.h"

JOIST_RECORD_DEFINE(joist_number_config, JOIST_NUMBER_CONFIG);
JOIST_RECORD_DEFINE(joist_float_total, JOIST_FLOAT_TOTAL);
JOIST_RECORD_DEFINE(joist_int_result, JOIST_INT_RESULT);
JOIST_RECORD_DEFINE(joist_float_result, JOIST_FLOAT_RESULT);

const joist_combine *const joist_combines[] = {
    &joist_count_combine, &joist_sum_combine, &joist_sum_float_combine, &joist_min_combine,
    &joist_min_float_combine, &joist_max_combine, &joist_max_float_combine, &joist_mean_combine,
    &joist_mean_float_combine, &joist_quantiles_combine, &joist_distinct_keys_combine,
    &joist_count_values_combine, &joist_count_set_combine, &joist_approx_count_distinct_combine,
    &joist_top_combine, &joist_bottom_combine, &joist_distinct_combine, &joist_sample_combine, NULL,
};

/* ---- keys ------------------------------------------------------------------------------------ */

static joist_text text_of(const joist_field *f, const char *at, joist_arena *a)
{
    joist_text t;
    int64_t n;
    double x;
    switch (f->kind) {
    case JOIST_KIND_BOOL:
        return *(const bool *)(const void *)at ? JOIST_TEXT("true") : JOIST_TEXT("false");
    case JOIST_KIND_INT:
        memcpy(&n, at, sizeof n);
        return joist_arena_printf(a, "%lld", (long long)n);
    case JOIST_KIND_FLOAT:
        memcpy(&x, at, sizeof x);
        return joist_arena_printf(a, "%.17g", x);
    case JOIST_KIND_TIME:
        memcpy(&n, at, sizeof n);
        return joist_time_print(JOIST_TIME_MS(n), a);
    default:
        memcpy(&t, at, sizeof t);
        return joist_arena_text(a, t);
    }
}

joist_text joist_key_text(const joist_combine_call *c, const void *record)
{
    const joist_field *f = c->key->count ? joist_type_field_at(c->type, c->key->offset[0]) : NULL;
    if (!f || joist_field_is_null(f, record))
        return JOIST_NO_TEXT;
    return text_of(f, (const char *)record + f->offset, joist_context_arena(c->ctx));
}

/* ---- fields ---------------------------------------------------------------------------------- */

const joist_field *jst_scalar_field(const joist_type *type, joist_text name, const char *what,
                                    joist_error *e)
{
    const joist_field *f = joist_type_field(type, name);
    if (f && f->kind != JOIST_KIND_RECORD && !joist_field_repeated(f))
        return f;
    joist_fail_with(e, JOIST_GRAPH, "%s takes a field with one value; '%.*s' is none", what,
                    JOIST_ARG(name));
    return NULL;
}

const joist_field *jst_number_field(const joist_type *type, joist_text name, const char *what,
                                    joist_error *e)
{
    const joist_field *f = joist_type_field(type, name);
    if (f && (f->kind == JOIST_KIND_INT || f->kind == JOIST_KIND_FLOAT))
        return f;
    joist_fail_with(e, JOIST_GRAPH, "%s takes an int or a float field; '%.*s' is neither", what,
                    JOIST_ARG(name));
    return NULL;
}

static joist_text name_at(const joist_type *type, uint32_t offset)
{
    const joist_field *f = joist_type_field_at(type, offset);
    return f ? joist_text_of(f->name) : JOIST_TEXT("?");
}

joist_text_list jst_field_names(const joist_type *type, const joist_fields *fields,
                                joist_text *names)
{
    for (uint32_t i = 0; i < fields->count; i++)
        names[i] = name_at(type, fields->offset[i]);
    return (joist_text_list){ names, fields->count };
}

/* ---- hashing: folded multiplication, eight bytes a step -------------------------------------- */

static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_word(const char *p, size_t len)
{
    uint64_t v = 0;
    for (size_t i = 0; i < len; i++)
        v |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return v;
}

/* Multiplied twice at the end: HyperLogLog looks at every single bit. */
uint64_t jst_hash_text(joist_text t, uint64_t seed)
{
    uint64_t h = fold(seed ^ UINT64_C(0x8ebc6af09c88c6e3), t.len ^ UINT64_C(0x589965cc75374cc3));
    for (size_t i = 0; i < t.len; i += 8)
        h = fold(h ^ read_word(t.ptr + i, t.len - i < 8 ? t.len - i : 8),
                 UINT64_C(0xe7037ed1a0b428db));
    h = fold(h ^ UINT64_C(0x1d8e4e27c47d124f), UINT64_C(0xa0761d6478bd642f));
    return fold(h ^ UINT64_C(0xeb44accab455d165), UINT64_C(0x9e3779b97f4a7c15));
}
