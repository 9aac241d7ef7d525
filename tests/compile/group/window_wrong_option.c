/* SPDX-License-Identifier: Apache-2.0
 * A window has a length in milliseconds, and the option says so.
 *
 * EXPECT gcc: 'joist_window_options' has no member named 'fixed'
 * EXPECT clang: field designator 'fixed' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll hours = joist_window_into(event, events, .fixed_ms = JOIST_HOURS(1));
    (void)hours;
#else
    event_coll hours = joist_window_into(event, events, .fixed = JOIST_HOURS(1));
    (void)hours;
#endif
}
