/* SPDX-License-Identifier: Apache-2.0
 * The order of joist_top names fields of another record.
 *
 * EXPECT gcc: initializing type 'enum JOIST_FIELDS_event' using type 'word_fields'
 * EXPECT clang: initializing 'enum JOIST_FIELDS_event' with an expression of */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_top(event, events, 3, .by = JOIST_FIELDS(event, size));
#else
    (void)joist_top(event, events, 3, .by = JOIST_FIELDS(word, length));
#endif
}
