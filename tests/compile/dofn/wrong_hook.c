/* SPDX-License-Identifier: Apache-2.0
 * A lifecycle hook that does not exist.
 *
 * EXPECT gcc: 'copy_hooks' has no member named 'set_up'
 * EXPECT clang: field designator 'set_up' does not refer to any field */
#include "../base.h"

#ifdef CURED
#define COPY(IN, OUT, SIDE, CFG, STATE) IN(word) OUT(word, copied)
JOIST_HOOK(copy, setup);
JOIST_DOFN_LIFECYCLE(copy, COPY, .setup = copy_setup);
#else
#define COPY(IN, OUT, SIDE, CFG, STATE) IN(word) OUT(word, copied)
JOIST_HOOK(copy, setup);
JOIST_DOFN_LIFECYCLE(copy, COPY, .set_up = copy_setup);
#endif

static joist_status copy_setup(const copy_call *v)
{
    return v->ctx ? JOIST_OK : JOIST_FAILED;
}

static joist_status copy_process(const copy_call *v, const word *in)
{
    return word_emit(v->out.copied, *in);
}
