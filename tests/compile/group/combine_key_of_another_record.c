/* SPDX-License-Identifier: Apache-2.0
 * A key of another record.
 *
 * EXPECT gcc: 'enum JOIST_FIELDS_word' using type 'event_fields'
 * EXPECT clang: with an expression of incompatible type 'event_fields' */
#include "../base.h"

#define LENGTHS(F, T) F(T, int64_t, sum, 0)
JOIST_RECORD(lengths, LENGTHS);
#define ADD_UP(IN, ACC, OUT, CFG) IN(word) ACC(lengths) OUT(lengths) CFG(limits)
JOIST_COMBINE_FN(add_up, ADD_UP);
static void add_up_add(const add_up_call *v, lengths *a, const word *w)
{
    a->sum += w->length.v < v->cfg->longest ? w->length.v : v->cfg->longest;
}
static void add_up_merge(const add_up_call *v, lengths *a, const lengths *b)
{
    (void)v;
    a->sum += b->sum;
}
static joist_status add_up_extract(const add_up_call *v, const lengths *a, const word *key)
{
    (void)key;
    return lengths_emit(v->out, *a);
}

void build(word_coll words);
void build(word_coll words)
{
    (void)words;
#ifdef CURED
    lengths_coll sums = JOIST_COMBINE(add_up, words, .key = JOIST_FIELDS(word, text));
    (void)sums;
#else
    lengths_coll sums = JOIST_COMBINE(add_up, words, .key = JOIST_FIELDS(event, id));
    (void)sums;
#endif
}
