/* SPDX-License-Identifier: Apache-2.0
 * A CombineFn adds elements of its IN.
 *
 * EXPECT gcc: conflicting types for 'lengths_add'
 * EXPECT clang: conflicting types for 'lengths_add' */
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

#ifdef CURED
static void lengths_add(const lengths_call *v, sums *a, const word *w)
{
    (void)v;
    a->n += w->length.v;
}
#else
static void lengths_add(const lengths_call *v, sums *a, const event *e)
{
    (void)v;
    a->n += e->size;
}
#endif
