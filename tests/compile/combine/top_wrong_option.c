/* SPDX-License-Identifier: Apache-2.0
 * A mistyped option of joist_top.
 *
 * EXPECT gcc: has no member named 'keys'
 * EXPECT clang: field designator 'keys' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_top(event, events, 3, .by = JOIST_FIELDS(event, size),
                    .key = JOIST_FIELDS(event, id));
#else
    (void)joist_top(event, events, 3, .by = JOIST_FIELDS(event, size),
                    .keys = JOIST_FIELDS(event, id));
#endif
}
