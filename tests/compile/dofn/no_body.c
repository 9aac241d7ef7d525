/* SPDX-License-Identifier: Apache-2.0
 * A DoFn without its process function.
 *
 * WARNING gcc: 'copy_process' used but never defined
 * WARNING clang: function 'copy_process' has internal linkage but is not defined */
#include "../base.h"

#ifdef CURED
#define COPY(IN, OUT, SIDE, CFG, STATE) IN(word) OUT(word, copied)
JOIST_DOFN(copy, COPY);
static joist_status copy_process(const copy_call *v, const word *in)
{
    return word_emit(v->out.copied, *in);
}
#else
#define COPY(IN, OUT, SIDE, CFG, STATE) IN(word) OUT(word, copied)
JOIST_DOFN(copy, COPY);
#endif
