/* SPDX-License-Identifier: Apache-2.0
 * A DoFn of groups whose function takes elements.
 *
 * EXPECT gcc: conflicting types for 'pick_process'
 * EXPECT clang: conflicting types for 'pick_process' */
#include "../base.h"

#define PICK(IN, OUT, SIDE, CFG, STATE) IN(event_group) OUT(event, first)
JOIST_DOFN(pick, PICK);

#ifdef CURED
static joist_status pick_process(const pick_call *v, const event_group *g)
{
    const event *first = event_next(g);
    return first ? event_emit(v->out.first, *first) : JOIST_OK;
}
#else
static joist_status pick_process(const pick_call *v, const event *first)
{
    return event_emit(v->out.first, *first);
}
#endif
