/* SPDX-License-Identifier: Apache-2.0
 * A DoFn without any output.
 *
 * EXPECT gcc: copy needs at least one OUT
 * EXPECT clang: copy needs at least one OUT */
#include "../base.h"

#ifdef CURED
#define COPY(IN, OUT, SIDE, CFG, STATE) IN(word) OUT(word, copied)
JOIST_DOFN(copy, COPY);
#else
#define COPY(IN, OUT, SIDE, CFG, STATE) IN(word)
JOIST_DOFN(copy, COPY);
#endif

static joist_status copy_process(const copy_call *v, const word *in)
{
    return v->ctx && in->text.len ? JOIST_OK : JOIST_FAILED;
}
