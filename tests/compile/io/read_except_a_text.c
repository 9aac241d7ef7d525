/* SPDX-License-Identifier: Apache-2.0
 * Something else than a read after .except.
 *
 * EXPECT gcc: initializing type 'joist_pipeline *' using type 'joist_text'
 * EXPECT clang: with an expression of incompatible type 'joist_text' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    (void)joist_read(event, p, .uri = JOIST_TEXT("in"), .except = words.c);
#else
    (void)joist_read(event, p, .uri = JOIST_TEXT("in"), .except = JOIST_TEXT("words"));
#endif
}
