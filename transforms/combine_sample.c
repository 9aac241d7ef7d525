/* SPDX-License-Identifier: Apache-2.0
 * joist_sample: n elements by chance. Every element draws a number by its place in the input and
 * the seed, and the n smallest stay: so it makes no difference which worker saw what.
 *
 *     in   {"shop":"a","tag":"x"}
 *     in   {"shop":"b","tag":"y"}
 *     run  joist_sample(sale, sales, 1, .key = JOIST_FIELDS(sale, shop), .seed = 7)
 *     out  {"shop":"a","cents":null,"weight":null,"tag":"x"}
 *     out  {"shop":"b","cents":null,"weight":null,"tag":"y"} */
#include "best.h"
#include "combine_parts.h"

JOIST_RECORD_DEFINE(joist_sample_config, JOIST_SAMPLE_CONFIG);

/* What one element became in several pieces has one place: they are numbered as they come. */
#define SAMPLE_ACC(F, T)                                                                          \
    F(T, jst_best, best, 0, JOIST_OF(jst_best)) F(T, int64_t, last, 0) F(T, int64_t, piece, 0)
JOIST_RECORD(sample_acc, SAMPLE_ACC);

static const void *prepare(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e)
{
    const joist_sample_config *c = config;
    (void)type;
    (void)key;
    (void)arena;
    if (c->n >= 1 && c->n <= JST_BEST_MOST)
        return c;
    joist_fail_with(e, JOIST_GRAPH, "n of joist_sample is 1 to 1000000");
    return NULL;
}

/* Puts the number drawn before the place, as bytes that order. */
static void draw(const joist_combine_call *c, sample_acc *a)
{
    const joist_sample_config *config = c->prepared;
    joist_buffer *b = c->scratch;
    char number[16];
    uint64_t place = jst_hash_text(joist_buffer_view(b), (uint64_t)config->seed);
    a->piece = (uint64_t)a->last == place ? a->piece + 1 : 0;
    a->last = (int64_t)place;
    memcpy(number, &place, 8);
    memcpy(number + 8, &a->piece, 8);
    uint64_t drawn = jst_hash_text((joist_text){ number, 16 }, (uint64_t)config->seed);
    b->len = 0;
    for (int shift = 56; shift >= 0; shift -= 8)
        joist_buffer_byte(b, (char)(drawn >> shift));
}

static void add(const joist_combine_call *c, void *acc, const void *element)
{
    sample_acc *a = acc;
    joist_buffer *b = c->scratch;
    const joist_sample_config *config = c->prepared;
    b->len = 0;
    joist_combine_place(c, b);
    draw(c, a);
    if (!jst_best_wants(&a->best, config->n, joist_buffer_view(b)))
        return;
    size_t order = b->len;
    joist_row_encode(c->type, element, b);
    jst_best_add(&a->best, config->n, (joist_text){ b->ptr, order },
                 (joist_text){ b->ptr + order, b->len - order }, c->arena);
}

static void merge(const joist_combine_call *c, void *acc, const void *other)
{
    jst_best_merge(&((sample_acc *)acc)->best, ((const joist_sample_config *)c->prepared)->n,
                   &((const sample_acc *)other)->best, c->arena);
}

static joist_status extract(const joist_combine_call *c, const void *acc, const void *key)
{
    (void)key;
    return jst_best_give(c, &((const sample_acc *)acc)->best);
}

const joist_combine joist_sample_combine = {
    .name = "joist_sample", .acc = &sample_acc_type, .config = &joist_sample_config_type,
    .prepare = prepare, .add = add, .merge = merge, .extract = extract,
};

joist_coll joist_sample_(joist_coll in, const joist_type *type, int64_t n,
                         const joist_choose_options *o)
{
    const joist_sample_config config = { n, o->seed };
    return joist_combine_(&(joist_combine_args){ .in = in, .fn = &joist_sample_combine,
                                                 .out = type, .key = o->key, .config = &config,
                                                 .name = o->name, .site = o->site_ });
}
