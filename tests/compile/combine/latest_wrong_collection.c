/* SPDX-License-Identifier: Apache-2.0
 * joist_latest of a collection of another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'event_raw'
 * EXPECT clang: to parameter of incompatible type 'event_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll last = joist_latest(event, events, .key = JOIST_FIELDS(event, id));
    (void)last;
#else
    event_coll last = joist_latest(event, words, .key = JOIST_FIELDS(event, id));
    (void)last;
#endif
}
