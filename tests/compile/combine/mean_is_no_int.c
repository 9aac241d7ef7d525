/* SPDX-License-Identifier: Apache-2.0
 * The mean of ints is no int.
 *
 * EXPECT gcc: invalid initializer
 * EXPECT clang: initializing 'joist_int_result_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_float_result_coll mean = joist_mean(event, events, id, size);
    (void)mean;
#else
    joist_int_result_coll mean = joist_mean(event, events, id, size);
    (void)mean;
#endif
}
