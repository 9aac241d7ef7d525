/* SPDX-License-Identifier: Apache-2.0
 * Timestamps and windows are given to elements by steps that are fused like DoFns. */
#ifndef JST_ASSIGN_H
#define JST_ASSIGN_H

#include "graph.h"

/* The DoFn of a timestamp or window step; it and its configuration live in the arena. */
const joist_dofn *jst_assign_dofn(const jst_node *n, const joist_type *type, joist_arena *arena,
                                  const void **config);

#endif
