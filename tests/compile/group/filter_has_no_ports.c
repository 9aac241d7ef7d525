/* SPDX-License-Identifier: Apache-2.0
 * What a filter gives is the collection itself.
 *
 * EXPECT gcc: 'word_coll' has no member named 'out'
 * EXPECT clang: no member named 'out' in 'union word_coll' */
#include "../base.h"

JOIST_FILTER(is_long, word);
static bool is_long_keep(const word *w) { return w->text.len > 10; }

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    word_coll long_ones = JOIST_APPLY(is_long, words);
    (void)long_ones;
#else
    word_coll long_ones = JOIST_APPLY(is_long, words).out;
    (void)long_ones;
#endif
}
