/* SPDX-License-Identifier: Apache-2.0
 * An output that the DoFn does not have.
 *
 * EXPECT gcc: 'shout_result' has no member named 'lowd'
 * EXPECT clang: no member named 'lowd' in 'struct shout_result' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    word_coll loud = JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id)).loud;
    joist_write(loud, .uri = JOIST_TEXT("loud.jsonl"));
#else
    word_coll loud = JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id)).lowd;
    joist_write(loud, .uri = JOIST_TEXT("loud.jsonl"));
#endif
}
