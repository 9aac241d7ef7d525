/* SPDX-License-Identifier: Apache-2.0
 * The key of joist_latest names fields of another record.
 *
 * EXPECT gcc: initializing type 'enum JOIST_FIELDS_event' using type 'word_fields'
 * EXPECT clang: initializing 'enum JOIST_FIELDS_event' with an expression of */
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
