/* SPDX-License-Identifier: Apache-2.0
 * joist_read_all reads records by a field of another one.
 *
 * EXPECT gcc: initializing type 'enum JOIST_FIELDS_event' using type 'word_fields'
 * EXPECT clang: initializing 'enum JOIST_FIELDS_event' with an expression of */
#include "../base.h"

void build(joist_pipeline *p, joist_time_range_coll days);
void build(joist_pipeline *p, joist_time_range_coll days)
{
    (void)p, (void)days;
#ifdef CURED
    joist_write(joist_read_all(event, days, .uri = JOIST_TEXT("sqlite:db"),
                               .by = JOIST_FIELDS(event, at)), .uri = JOIST_TEXT("out.jsonl"));
#else
    joist_write(joist_read_all(event, days, .uri = JOIST_TEXT("sqlite:db"),
                               .by = JOIST_FIELDS(word, text)), .uri = JOIST_TEXT("out.jsonl"));
#endif
}
