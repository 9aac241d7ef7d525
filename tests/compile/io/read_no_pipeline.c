/* SPDX-License-Identifier: Apache-2.0
 * joist_read without the pipeline.
 *
 * EXPECT gcc: 'joist_pipeline_goes_first' has no member named 'uri'
 * EXPECT clang: field designator 'uri' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll read = joist_read(event, p, .uri = JOIST_TEXT("in"));
    (void)read;
#else
    event_coll read = joist_read(event, .uri = JOIST_TEXT("in"));
    (void)read;
#endif
}
