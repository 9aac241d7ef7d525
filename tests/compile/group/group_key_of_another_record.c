/* SPDX-License-Identifier: Apache-2.0
 * A key of another record.
 *
 * EXPECT gcc: 'enum JOIST_FIELDS_event' using type 'word_fields'
 * EXPECT clang: with an expression of incompatible type 'word_fields' */
#include "../base.h"

void build(event_coll events);
void build(event_coll events)
{
    (void)events;
#ifdef CURED
    event_group_coll g = joist_group_by_key(event, events, .key = JOIST_FIELDS(event, id));
    (void)g;
#else
    event_group_coll g = joist_group_by_key(event, events, .key = JOIST_FIELDS(word, text));
    (void)g;
#endif
}
