/* SPDX-License-Identifier: Apache-2.0
 * A mistyped output inside a DoFn.
 *
 * EXPECT gcc: 'const struct copy_outputs' has no member named 'copid'
 * EXPECT clang: no member named 'copid' in 'struct copy_outputs' */
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
    return word_emit(v->out.copid, *in);
}
#endif
