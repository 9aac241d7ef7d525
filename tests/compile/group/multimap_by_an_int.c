/* SPDX-License-Identifier: Apache-2.0
 * A multimap goes by a text.
 *
 * EXPECT gcc: joist_multimap_by goes by a joist_text: event.size is none
 * EXPECT clang: joist_multimap_by goes by a joist_text: event.size is none */
#include "../base.h"

void build(event_coll events);
void build(event_coll events)
{
    (void)events;
#ifdef CURED
    event_many_map many = joist_multimap_by(event, events, id);
    (void)many;
#else
    event_many_map many = joist_multimap_by(event, events, size);
    (void)many;
#endif
}
