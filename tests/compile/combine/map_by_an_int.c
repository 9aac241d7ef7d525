/* SPDX-License-Identifier: Apache-2.0
 * joist_map_by by a field that is no text.
 *
 * EXPECT gcc: joist_map_by goes by a joist_text: event.size is none
 * EXPECT clang: joist_map_by goes by a joist_text: event.size is none */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id));
#else
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, size));
#endif
}
