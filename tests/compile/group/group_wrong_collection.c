/* SPDX-License-Identifier: Apache-2.0
 * joist_group_by_key of a collection of another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'event_raw'
 * EXPECT clang: to parameter of incompatible type 'event_coll' */
#include "../base.h"

void build(word_coll words, event_coll events);
void build(word_coll words, event_coll events)
{
    (void)words, (void)events;
#ifdef CURED
    event_group_coll g = joist_group_by_key(event, events, .key = JOIST_FIELDS(event, id));
    (void)g;
#else
    event_group_coll g = joist_group_by_key(event, words, .key = JOIST_FIELDS(event, id));
    (void)g;
#endif
}
