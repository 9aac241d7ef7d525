/* SPDX-License-Identifier: Apache-2.0
 * Groups can only be taken by a DoFn.
 *
 * EXPECT gcc: 'event_group_coll' has no member named 'write_'
 * EXPECT clang: no member named 'write_' in 'union event_group_coll' */
#include "../base.h"

void build(event_group_coll groups, event_coll events);
void build(event_group_coll groups, event_coll events)
{
    (void)groups, (void)events;
#ifdef CURED
    joist_write(events, .uri = JOIST_TEXT("x"));
#else
    joist_write(groups, .uri = JOIST_TEXT("x"));
#endif
}
