/* SPDX-License-Identifier: Apache-2.0
 * What the programs of this folder share: three records and a DoFn that has everything.
 *
 * Every program makes one mistake, in the lines between #else and #endif; with -DCURED the lines
 * before #else take their place and the program must compile without a warning. So a program
 * cannot fail for another reason than its own. */
#ifndef COMPILE_BASE_H
#define COMPILE_BASE_H

#include <joist.h>

#define EVENT(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_time, at, 0) F(T, int64_t, size, 0)
JOIST_RECORD(event, EVENT);

#define WORD(F, T) F(T, joist_text, text, JOIST_REQUIRED) F(T, joist_int, length, 0)
JOIST_RECORD(word, WORD);

#define LIMITS(F, T) F(T, int64_t, longest, 0)
JOIST_RECORD(limits, LIMITS);

#define SHOUT(IN, OUT, SIDE, CFG, STATE)                                                          \
    IN(word) OUT(word, loud) OUT(event, heard) SIDE(event, seen) CFG(limits)
JOIST_DOFN(shout, SHOUT);

static joist_status shout_process(const shout_call *v, const word *in)
{
    const event *seen = event_get(v->side.seen, in->text);
    if (seen)
        event_emit(v->out.heard, *seen);
    return v->cfg->longest ? word_emit(v->out.loud, *in) : JOIST_OK;
}

#endif
