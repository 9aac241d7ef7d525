/* SPDX-License-Identifier: Apache-2.0
 * joist_read with something else for the pipeline.
 *
 * WARNING gcc: initialization of 'joist_pipeline *' from incompatible pointer type 'word_coll *'
 * WARNING clang: incompatible pointer types initializing 'joist_pipeline *' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll read = joist_read(event, p, .uri = JOIST_TEXT("in"));
    (void)read;
#else
    event_coll read = joist_read(event, &words, .uri = JOIST_TEXT("in"));
    (void)read;
#endif
}
