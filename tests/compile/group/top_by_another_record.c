/* SPDX-License-Identifier: Apache-2.0
 * The largest words by a field of events.
 *
 * EXPECT gcc: incompatible types when initializing type 'enum JOIST_FIELDS_word'
 * EXPECT clang: an expression of incompatible type 'event_fields' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    word_coll top = joist_top(word, words, 3, .by = JOIST_FIELDS(word, length));
    (void)top;
#else
    word_coll top = joist_top(word, words, 3, .by = JOIST_FIELDS(event, size));
    (void)top;
#endif
}
