/* SPDX-License-Identifier: Apache-2.0
 * A DoFn applied to a collection of another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'shout_apply'
 * EXPECT clang: to parameter of incompatible type 'word_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    word_coll loud = JOIST_APPLY(shout, words, .side.seen = joist_map_by(event, events, id)).loud;
    joist_write(loud, .uri = JOIST_TEXT("loud.jsonl"));
#else
    word_coll loud = JOIST_APPLY(shout, events, .side.seen = joist_map_by(event, events, id)).loud;
    joist_write(loud, .uri = JOIST_TEXT("loud.jsonl"));
#endif
}
