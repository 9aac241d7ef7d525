/* SPDX-License-Identifier: Apache-2.0
 * joist_read without the record.
 *
 * EXPECT gcc: 'p_coll' undeclared
 * EXPECT clang: use of undeclared identifier 'p_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll read = joist_read(event, p, .uri = JOIST_TEXT("in"));
    (void)read;
#else
    event_coll read = joist_read(p, .uri = JOIST_TEXT("in"));
    (void)read;
#endif
}
