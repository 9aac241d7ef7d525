/* SPDX-License-Identifier: Apache-2.0
 * The groups that joist_write replaces are of another record than its rows.
 *
 * EXPECT gcc: incompatible types when initializing type 'joist_pipeline *' using type 'word_coll'
 * EXPECT clang: with an expression of incompatible type 'word_coll' */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_write(events, .uri = JOIST_TEXT("db"), .key = JOIST_FIELDS(event, id, at),
                .groups = events, .groups_by = JOIST_FIELDS(event, id));
#else
    joist_write(events, .uri = JOIST_TEXT("db"), .key = JOIST_FIELDS(event, id, at),
                .groups = words, .groups_by = JOIST_FIELDS(event, id));
#endif
}
