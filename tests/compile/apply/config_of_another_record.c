/* SPDX-License-Identifier: Apache-2.0
 * A configuration of another record.
 *
 * EXPECT gcc: initializing type 'long int' using type 'word'
 * EXPECT clang: with an expression of incompatible type 'word' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id),
                .cfg = (limits){ .longest = 3 });
#else
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id),
                .cfg = (word){ .text = JOIST_TEXT("3") });
#endif
}
