/* SPDX-License-Identifier: Apache-2.0
 * A DoFn of groups is given elements.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'pick_apply'
 * EXPECT clang: passing 'event_coll' */
#include "../base.h"

#define PICK(IN, OUT, SIDE, CFG, STATE) IN(event_group) OUT(event, first)
JOIST_DOFN(pick, PICK);
static joist_status pick_process(const pick_call *v, const event_group *g)
{
    const event *first = event_next(g);
    return first ? event_emit(v->out.first, *first) : JOIST_OK;
}

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    event_group_coll groups = joist_group_by_key(event, events, .key = JOIST_FIELDS(event, id));
    event_coll first = JOIST_APPLY(pick, groups).first;
    (void)first;
#else
    event_coll first = JOIST_APPLY(pick, events).first;
    (void)first;
#endif
}
