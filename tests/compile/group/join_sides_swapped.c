/* SPDX-License-Identifier: Apache-2.0
 * The left side of a pair is given on the right.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'said_join_'
 * EXPECT clang: passing 'word_coll' */
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
    said_coll pairs = joist_join(said, words, events, .left = JOIST_FIELDS(event, id),
                                 .right = JOIST_FIELDS(word, text));
    (void)pairs;
#endif
}
