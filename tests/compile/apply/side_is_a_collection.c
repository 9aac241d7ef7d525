/* SPDX-License-Identifier: Apache-2.0
 * A PCollection where a side input belongs.
 *
 * EXPECT gcc: initializing type 'const struct joist_map_by_event *' using type 'event_coll'
 * EXPECT clang: initializing 'const struct joist_map_by_event *' with an expression of */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id));
#else
    JOIST_APPLY(shout, words, .side.seen = events);
#endif
}
