/* SPDX-License-Identifier: Apache-2.0
 * JOIST_APPLY without a collection.
 *
 * EXPECT gcc: expected expression before '.' token
 * EXPECT clang: expected expression */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id));
#else
    JOIST_APPLY(shout, .side.seen = joist_map_by(event, events, id));
#endif
}
