/* SPDX-License-Identifier: Apache-2.0
 * joist_flatten of nine collections.
 *
 * EXPECT gcc: 'joist_flatten_takes_at_most_8' undeclared
 * EXPECT clang: use of undeclared identifier 'joist_flatten_takes_at_most_8' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll all = joist_flatten(event, events, events, events, events,
                                   events, events, events, events);
    (void)all;
#else
    event_coll all = joist_flatten(event, events, events, events, events,
                                   events, events, events, events, events);
    (void)all;
#endif
}
