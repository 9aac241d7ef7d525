/* SPDX-License-Identifier: Apache-2.0
 * A C string where a text belongs.
 *
 * WARNING gcc: missing braces around initializer
 * WARNING clang: suggest braces around initialization of subobject */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_coll read = joist_read(event, p, .uri = JOIST_TEXT("in"));
    (void)read;
#else
    event_coll read = joist_read(event, p, .uri = "in");
    (void)read;
#endif
}
