/* SPDX-License-Identifier: Apache-2.0
 * A list side input is given a map.
 *
 * EXPECT gcc: incompatible types when initializing type 'const struct joist_list_of_event *'
 * EXPECT clang: an expression of incompatible type 'event_map' */
#include "../base.h"

#define LOOK(IN, OUT, SIDE, CFG, STATE) IN(word) OUT(word, same) SIDE(event_all, all)
JOIST_DOFN(look, LOOK);
static joist_status look_process(const look_call *v, const word *w)
{
    return event_all(v->side.all).count ? word_emit(v->out.same, *w) : JOIST_OK;
}

void build(joist_pipeline *p, word_coll words, event_coll events);
void build(joist_pipeline *p, word_coll words, event_coll events)
{
    (void)p, (void)words, (void)events;
#ifdef CURED
    word_coll same = JOIST_APPLY(look, words, .side.all = joist_list_of(event, events)).same;
    (void)same;
#else
    word_coll same = JOIST_APPLY(look, words, .side.all = joist_map_by(event, events, id)).same;
    (void)same;
#endif
}
