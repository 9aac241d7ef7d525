/* SPDX-License-Identifier: Apache-2.0
 * Events grouped by a field of words.
 *
 * EXPECT gcc: incompatible types when initializing type 'enum JOIST_FIELDS_event'
 * EXPECT clang: an expression of incompatible type 'word_fields' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_group_coll groups = joist_group_by_key(event, events, .key = JOIST_FIELDS(event, id));
    (void)groups;
#else
    event_group_coll groups = joist_group_by_key(event, events, .key = JOIST_FIELDS(word, text));
    (void)groups;
#endif
}
