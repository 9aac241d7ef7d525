/* SPDX-License-Identifier: Apache-2.0
 * A CombineFn is keyed by fields of its IN.
 *
 * EXPECT gcc: incompatible types when initializing type 'enum JOIST_FIELDS_word'
 * EXPECT clang: an expression of incompatible type 'event_fields' */
#include "../base.h"

#define SUMS(F, T) F(T, int64_t, n, 0)
JOIST_RECORD(sums, SUMS);

#define LENGTHS(IN, ACC, OUT, CFG) IN(word) ACC(sums) OUT(sums)
JOIST_COMBINE_FN(lengths, LENGTHS);
static void lengths_merge(const lengths_call *v, sums *a, const sums *b)
{
    (void)v;
    a->n += b->n;
}

static joist_status lengths_extract(const lengths_call *v, const sums *a, const word *key)
{
    (void)key;
    return sums_emit(v->out, *a);
}

static void lengths_add(const lengths_call *v, sums *a, const word *w)
{
    (void)v;
    a->n += w->length.v;
}

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    sums_coll all = JOIST_COMBINE(lengths, words, .key = JOIST_FIELDS(word, text));
    (void)all;
#else
    sums_coll all = JOIST_COMBINE(lengths, words, .key = JOIST_FIELDS(event, id));
    (void)all;
#endif
}
