/* SPDX-License-Identifier: Apache-2.0
 * A field's name where joist_write takes JOIST_FIELDS.
 *
 * EXPECT gcc: 'id' undeclared
 * EXPECT clang: use of undeclared identifier 'id' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_write(events, .uri = JOIST_TEXT("db"), .key = JOIST_FIELDS(event, id));
#else
    joist_write(events, .uri = JOIST_TEXT("db"), .key = id);
#endif
}
