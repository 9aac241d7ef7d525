/* SPDX-License-Identifier: Apache-2.0
 * joist_distinct of a collection of another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'event_raw'
 * EXPECT clang: passing 'word_coll' (aka 'union word_coll') to parameter of incompatible type */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_distinct(event, events, .key = JOIST_FIELDS(event, id));
#else
    (void)joist_distinct(event, words, .key = JOIST_FIELDS(event, id));
#endif
}
