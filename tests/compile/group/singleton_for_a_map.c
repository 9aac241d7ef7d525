/* SPDX-License-Identifier: Apache-2.0
 * A side input of another kind.
 *
 * EXPECT gcc: 'const struct joist_map_by_event *' using type 'event_one_map'
 * EXPECT clang: with an expression of incompatible type 'event_one_map' */
#include "../base.h"

void build(word_coll words, event_coll events);
void build(word_coll words, event_coll events)
{
    (void)words, (void)events;
#ifdef CURED
    shout_result r = JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id));
    (void)r;
#else
    shout_result r = JOIST_APPLY(shout, words, .side.seen = joist_singleton(event, events));
    (void)r;
#endif
}
