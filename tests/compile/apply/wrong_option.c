/* SPDX-License-Identifier: Apache-2.0
 * A mistyped option of JOIST_APPLY.
 *
 * EXPECT gcc: 'shout_args' has no member named 'nmae'
 * EXPECT clang: field designator 'nmae' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id), .name = "first");
#else
    JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id), .nmae = "first");
#endif
}
