/* SPDX-License-Identifier: Apache-2.0
 * joist_sum of a field that is no number.
 *
 * EXPECT gcc: joist_sum takes an int or a float: event.at is neither
 * EXPECT clang: joist_sum takes an int or a float: event.at is neither */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_total_coll totals = joist_sum(event, events, id, size);
    (void)totals;
#else
    joist_total_coll totals = joist_sum(event, events, id, at);
    (void)totals;
#endif
}
