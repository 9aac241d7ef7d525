/* SPDX-License-Identifier: Apache-2.0
 * What joist_min and joist_max share: all but the direction. */
#ifndef JST_COMBINE_EXTREME_H
#define JST_COMBINE_EXTREME_H

#include "combine_parts.h"

/* The value as it orders, and whether there was one. */
#define JST_EXTREME(F, T) F(T, int64_t, value, 0) F(T, double, number, 0) F(T, bool, any, 0)
JOIST_RECORD_EXTERN(jst_extreme, JST_EXTREME);

const void *jst_extreme_prepare(const joist_type *type, const joist_fields *key,
                                const void *config, joist_arena *arena, joist_error *e);
void jst_min_add(const joist_combine_call *c, void *acc, const void *element);
void jst_min_merge(const joist_combine_call *c, void *acc, const void *other);
void jst_max_add(const joist_combine_call *c, void *acc, const void *element);
void jst_max_merge(const joist_combine_call *c, void *acc, const void *other);
joist_status jst_extreme_int(const joist_combine_call *c, const void *acc, const void *key);
joist_status jst_extreme_float(const joist_combine_call *c, const void *acc, const void *key);

#endif
