/* SPDX-License-Identifier: Apache-2.0
 * A process function of another record.
 *
 * EXPECT gcc: conflicting types for 'copy_process'
 * EXPECT clang: conflicting types for 'copy_process' */
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
static joist_status copy_process(const copy_call *v, const event *in)
{
    return word_emit(v->out.copied, (word){ .text = in->id });
}
#endif
