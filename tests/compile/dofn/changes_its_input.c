/* SPDX-License-Identifier: Apache-2.0
 * A DoFn that changes its input.
 *
 * EXPECT gcc: assignment of member 'length' in read-only object
 * EXPECT clang: cannot assign to variable 'in' with const-qualified type 'const word *' */
#include "../base.h"

#define COPY(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(word) OUT(word, copied) OUT(event, others) SIDE(event, seen) CFG(limits)
JOIST_DOFN(copy, COPY);

#ifdef CURED
static joist_status copy_process(const copy_call *v, const word *in)
{
    word longer = *in;
    longer.length = JOIST_INT(3);
    return word_emit(v->out.copied, longer);
}
#else
static joist_status copy_process(const copy_call *v, const word *in)
{
    in->length = JOIST_INT(3);
    return word_emit(v->out.copied, *in);
}
#endif
