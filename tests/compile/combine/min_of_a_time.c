/* SPDX-License-Identifier: Apache-2.0
 * joist_min of a field that is no number.
 *
 * EXPECT gcc: joist_min takes an int or a float: event.at is neither
 * EXPECT clang: joist_min takes an int or a float: event.at is neither */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_int_result_coll least = joist_min(event, events, id, size);
    (void)least;
#else
    joist_int_result_coll least = joist_min(event, events, id, at);
    (void)least;
#endif
}
