/* SPDX-License-Identifier: Apache-2.0
 * A configuration field that does not exist.
 *
 * EXPECT gcc: 'limits' has no member named 'longset'
 * EXPECT clang: no member named 'longset' in 'struct limits' */
#include "../base.h"

#define COPY(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(word) OUT(word, copied) OUT(event, others) SIDE(event, seen) CFG(limits)
JOIST_DOFN(copy, COPY);

#ifdef CURED
static joist_status copy_process(const copy_call *v, const word *in)
{
    return v->cfg->longest ? word_emit(v->out.copied, *in) : JOIST_OK;
}
#else
static joist_status copy_process(const copy_call *v, const word *in)
{
    return v->cfg->longset ? word_emit(v->out.copied, *in) : JOIST_OK;
}
#endif
