/* SPDX-License-Identifier: Apache-2.0
 * A side input asked for another record.
 *
 * EXPECT gcc: incompatible type for argument 1 of 'word_get'
 * EXPECT clang: to parameter of incompatible type 'word_map' */
#include "../base.h"

#define COPY(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(word) OUT(word, copied) OUT(event, others) SIDE(event, seen) CFG(limits)
JOIST_DOFN(copy, COPY);

#ifdef CURED
static joist_status copy_process(const copy_call *v, const word *in)
{
    return event_get(v->side.seen, in->text) ? JOIST_OK : word_emit(v->out.copied, *in);
}
#else
static joist_status copy_process(const copy_call *v, const word *in)
{
    return word_get(v->side.seen, in->text) ? JOIST_OK : word_emit(v->out.copied, *in);
}
#endif
