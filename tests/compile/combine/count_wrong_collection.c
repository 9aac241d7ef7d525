/* SPDX-License-Identifier: Apache-2.0
 * joist_count of a collection of another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'word_raw'
 * EXPECT clang: to parameter of incompatible type 'word_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_tally_coll counts = joist_count(word, words, text);
    (void)counts;
#else
    joist_tally_coll counts = joist_count(word, events, text);
    (void)counts;
#endif
}
