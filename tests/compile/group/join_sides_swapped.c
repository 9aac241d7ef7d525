/* SPDX-License-Identifier: Apache-2.0
 * The sides of a join in the wrong order.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'event_word_join_'
 * EXPECT clang: to parameter of incompatible type 'event_coll' */
#include "../base.h"

JOIST_PAIR(event_word, event, word);

void build(word_coll words, event_coll events);
void build(word_coll words, event_coll events)
{
    (void)words, (void)events;
#ifdef CURED
    event_word_coll both = joist_join(event_word, events, words,
                                      .left = JOIST_FIELDS(event, id),
                                      .right = JOIST_FIELDS(word, text));
    (void)both;
#else
    event_word_coll both = joist_join(event_word, words, events,
                                      .left = JOIST_FIELDS(event, id),
                                      .right = JOIST_FIELDS(word, text));
    (void)both;
#endif
}
