/* SPDX-License-Identifier: Apache-2.0
 * The key of the left side is a field of the right one.
 *
 * EXPECT gcc: incompatible types when initializing type 'enum JOIST_FIELDS_event'
 * EXPECT clang: an expression of incompatible type 'word_fields' */
#include "../base.h"

JOIST_PAIR(said, event, word);

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    said_coll pairs = joist_join(said, events, words, .left = JOIST_FIELDS(event, id),
                                 .right = JOIST_FIELDS(word, text));
    (void)pairs;
#else
    said_coll pairs = joist_join(said, events, words, .left = JOIST_FIELDS(word, text),
                                 .right = JOIST_FIELDS(word, text));
    (void)pairs;
#endif
}
