/* SPDX-License-Identifier: Apache-2.0
 * The key of joist_latest names fields of another record.
 *
 * EXPECT gcc: ?
 * EXPECT clang: ? */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_latest(event, events, .key = JOIST_FIELDS(event, id));
#else
    (void)joist_latest(event, events, .key = JOIST_FIELDS(word, text));
#endif
}
