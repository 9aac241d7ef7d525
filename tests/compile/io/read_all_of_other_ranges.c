/* SPDX-License-Identifier: Apache-2.0
 * joist_read_all takes a collection of joist_time_range, and gets another.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'joist_time_range_raw'
 * EXPECT clang: passing 'event_coll' (aka 'union event_coll') to parameter of incompatible type */
#include "../base.h"

void build(joist_pipeline *p, event_coll events, joist_time_range_coll days);
void build(joist_pipeline *p, event_coll events, joist_time_range_coll days)
{
    (void)p, (void)events, (void)days;
#ifdef CURED
    joist_write(joist_read_all(event, days, .uri = JOIST_TEXT("sqlite:db"),
                               .by = JOIST_FIELDS(event, at)), .uri = JOIST_TEXT("out.jsonl"));
#else
    joist_write(joist_read_all(event, events, .uri = JOIST_TEXT("sqlite:db"),
                               .by = JOIST_FIELDS(event, at)), .uri = JOIST_TEXT("out.jsonl"));
#endif
}
