/* SPDX-License-Identifier: Apache-2.0
 * joist_count by a field that the record does not have.
 *
 * EXPECT gcc: 'word' has no member named 'txet'
 * EXPECT clang: no member named 'txet' in 'struct word' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_tally_coll counts = joist_count(word, words, text);
    (void)counts;
#else
    joist_tally_coll counts = joist_count(word, words, txet);
    (void)counts;
#endif
}
