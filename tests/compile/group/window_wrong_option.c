/* SPDX-License-Identifier: Apache-2.0
 * An option that joist_window_into does not have.
 *
 * EXPECT gcc: 'joist_window_options' has no member named 'length_ms'
 * EXPECT clang: field designator 'length_ms' does not refer to any field */
#include "../base.h"

void build(event_coll events);
void build(event_coll events)
{
    (void)events;
#ifdef CURED
    event_coll windowed = joist_window_into(event, events, .fixed_ms = 1000);
    (void)windowed;
#else
    event_coll windowed = joist_window_into(event, events, .length_ms = 1000);
    (void)windowed;
#endif
}
