/* SPDX-License-Identifier: Apache-2.0
 * A timestamp is a time field.
 *
 * EXPECT gcc: joist_with_timestamps goes by a joist_time: event.size is none
 * EXPECT clang: joist_with_timestamps goes by a joist_time: event.size is none */
#include "../base.h"

void build(event_coll events);
void build(event_coll events)
{
    (void)events;
#ifdef CURED
    event_coll timed = joist_with_timestamps(event, events, at);
    (void)timed;
#else
    event_coll timed = joist_with_timestamps(event, events, size);
    (void)timed;
#endif
}
