/* SPDX-License-Identifier: Apache-2.0
 * joist_flatten of collections of two records.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'event_raw'
 * EXPECT clang: to parameter of incompatible type 'event_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll all = joist_flatten(event, events, events);
    (void)all;
#else
    event_coll all = joist_flatten(event, events, words);
    (void)all;
#endif
}
