/* SPDX-License-Identifier: Apache-2.0
 * The key of the left side with fields of the right one.
 *
 * EXPECT gcc: 'enum JOIST_FIELDS_event' using type 'word_fields'
 * EXPECT clang: with an expression of incompatible type 'word_fields' */
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
    event_word_coll both = joist_join(event_word, events, words,
                                      .left = JOIST_FIELDS(word, text),
                                      .right = JOIST_FIELDS(word, text));
    (void)both;
#endif
}
