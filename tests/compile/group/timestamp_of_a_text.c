/* SPDX-License-Identifier: Apache-2.0
 * A text for a timestamp.
 *
 * EXPECT gcc: joist_with_timestamps goes by a joist_time: event.id is none
 * EXPECT clang: joist_with_timestamps goes by a joist_time: event.id is none */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll timed = joist_with_timestamps(event, events, at);
    (void)timed;
#else
    event_coll timed = joist_with_timestamps(event, events, id);
    (void)timed;
#endif
}
