/* SPDX-License-Identifier: Apache-2.0
 * A record emitted to a port of another.
 *
 * EXPECT gcc: incompatible type for argument 2 of 'word_emit'
 * EXPECT clang: to parameter of incompatible type 'word' */
#include "../base.h"

#define COPY(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(word) OUT(word, copied) OUT(event, others) SIDE(event, seen) CFG(limits)
JOIST_DOFN(copy, COPY);

#ifdef CURED
static joist_status copy_process(const copy_call *v, const word *in)
{
    return word_emit(v->out.copied, *in);
}
#else
static joist_status copy_process(const copy_call *v, const word *in)
{
    return word_emit(v->out.copied, (event){ .id = in->text });
}
#endif
