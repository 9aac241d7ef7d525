/* SPDX-License-Identifier: Apache-2.0
 * A mistyped option of joist_write.
 *
 * EXPECT gcc: 'event_write_options' has no member named 'tabel'
 * EXPECT clang: field designator 'tabel' does not refer to any field */
#include "../base.h"

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    joist_write(events, .uri = JOIST_TEXT("out.jsonl"), .table = JOIST_TEXT("e"));
#else
    joist_write(events, .uri = JOIST_TEXT("out.jsonl"), .tabel = JOIST_TEXT("e"));
#endif
}
