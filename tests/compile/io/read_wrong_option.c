/* SPDX-License-Identifier: Apache-2.0
 * A mistyped option of joist_read.
 *
 * EXPECT gcc: 'joist_read_options' has no member named 'url'
 * EXPECT clang: field designator 'url' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll read = joist_read(event, p, .uri = JOIST_TEXT("in"));
    (void)read;
#else
    event_coll read = joist_read(event, p, .url = JOIST_TEXT("in"));
    (void)read;
#endif
}
