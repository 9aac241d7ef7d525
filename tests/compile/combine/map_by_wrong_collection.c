/* SPDX-License-Identifier: Apache-2.0
 * joist_map_by of a collection of another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'event_raw'
 * EXPECT clang: to parameter of incompatible type 'event_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id));
#else
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, words, id));
#endif
}
