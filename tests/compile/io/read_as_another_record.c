/* SPDX-License-Identifier: Apache-2.0
 * A read kept as a collection of another record.
 *
 * EXPECT gcc: invalid initializer
 * EXPECT clang: with an expression of incompatible type 'word_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll read = joist_read(event, p, .uri = JOIST_TEXT("in"));
    (void)read;
#else
    event_coll read = joist_read(word, p, .uri = JOIST_TEXT("in"));
    (void)read;
#endif
}
