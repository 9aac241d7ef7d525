/* SPDX-License-Identifier: Apache-2.0
 * Adding to something that is not the accumulator.
 *
 * EXPECT gcc: conflicting types for 'add_up_add'
 * EXPECT clang: conflicting types for 'add_up_add' */
#include "../base.h"

#define LENGTHS(F, T) F(T, int64_t, sum, 0)
JOIST_RECORD(lengths, LENGTHS);
#define ADD_UP(IN, ACC, OUT, CFG) IN(word) ACC(lengths) OUT(lengths)
JOIST_COMBINE_FN(add_up, ADD_UP);
#ifdef CURED
static void add_up_add(const add_up_call *v, lengths *a, const word *w)
#else
static void add_up_add(const add_up_call *v, limits *a, const word *w)
#endif
{
    (void)v, (void)a, (void)w;
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
    lengths_coll sums = JOIST_COMBINE(add_up, words, .key = JOIST_FIELDS(word, text));
    (void)sums;
}
