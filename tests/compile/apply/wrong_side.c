/* SPDX-License-Identifier: Apache-2.0
 * A side input that the DoFn does not have.
 *
 * EXPECT gcc: 'struct shout_sides' has no member named 'sene'
 * EXPECT clang: field designator 'sene' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id));
#else
    JOIST_APPLY(shout, words, .side.sene = joist_map_by(event, events, id));
#endif
}
