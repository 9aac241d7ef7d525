/* SPDX-License-Identifier: Apache-2.0
 * A mistyped side input inside a DoFn.
 *
 * EXPECT gcc: 'const struct copy_sides' has no member named 'sene'
 * EXPECT clang: no member named 'sene' in 'struct copy_sides' */
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
    return event_get(v->side.sene, in->text) ? JOIST_OK : word_emit(v->out.copied, *in);
}
#endif
