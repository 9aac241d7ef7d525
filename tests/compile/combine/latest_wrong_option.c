/* SPDX-License-Identifier: Apache-2.0
 * A mistyped option of joist_latest.
 *
 * EXPECT gcc: 'event_latest_options' has no member named 'keys'
 * EXPECT clang: field designator 'keys' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_latest(event, events, .key = JOIST_FIELDS(event, id));
#else
    (void)joist_latest(event, events, .keys = JOIST_FIELDS(event, id));
#endif
}
