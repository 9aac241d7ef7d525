/* SPDX-License-Identifier: Apache-2.0
 * JOIST_FIELDS with a mistyped field.
 *
 * EXPECT gcc: 'event' has no member named 'att'
 * EXPECT clang: no member named 'att' in 'event' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_latest(event, events, .key = JOIST_FIELDS(event, id, at));
#else
    (void)joist_latest(event, events, .key = JOIST_FIELDS(event, id, att));
#endif
}
