/* SPDX-License-Identifier: Apache-2.0
 * Accumulators in shuffles: structs while a table is filled, rows in runs and merges. */
#ifndef JST_COMBINE_H
#define JST_COMBINE_H

#include "shuffle.h"

joist_combine_call jst_combine_call_of(const jst_shuffle_plan *plan, joist_arena *arena);

/* Sealing: the accumulators of a share become bytes, in its arena. */
void jst_combine_freeze(const jst_shuffle_plan *plan, jst_share *share, joist_arena *arena);

/* An accumulator as a struct again; it and all it points to are in call->arena, so that the merge
 * may move on. */
void *jst_combine_thaw(const jst_shuffle_plan *plan, const jst_entry *e,
                       const joist_combine_call *call);

/* The bytes of an accumulator, at the end of `out`. */
void jst_combine_encode(const jst_shuffle_plan *plan, const void *acc, joist_buffer *out);

#endif
