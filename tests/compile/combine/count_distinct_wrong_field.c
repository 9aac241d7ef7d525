/* SPDX-License-Identifier: Apache-2.0
 * joist_count_distinct of a field that the record does not have.
 *
 * EXPECT gcc: has no member named 'sise'
 * EXPECT clang: no member named 'sise' in 'event' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_count_distinct(event, events, id, size);
#else
    (void)joist_count_distinct(event, events, id, sise);
#endif
}
