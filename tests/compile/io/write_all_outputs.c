/* SPDX-License-Identifier: Apache-2.0
 * All outputs of a DoFn where joist_write takes one.
 *
 * EXPECT gcc: 'shout_result' has no member named 'c'
 * EXPECT clang: no member named 'c' in 'struct shout_result' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_write(JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id)).loud,
                .uri = JOIST_TEXT("out"));
#else
    joist_write(JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id)),
                .uri = JOIST_TEXT("out"));
#endif
}
