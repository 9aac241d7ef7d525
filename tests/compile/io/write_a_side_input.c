/* SPDX-License-Identifier: Apache-2.0
 * A side input where joist_write takes a collection.
 *
 * EXPECT gcc: 'event_map' has no member named 'c'
 * EXPECT clang: no member named 'c' in 'union event_map' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_write(events, .uri = JOIST_TEXT("out.jsonl"));
#else
    joist_write(joist_map_by(event, events, id), .uri = JOIST_TEXT("out.jsonl"));
#endif
}
