/* SPDX-License-Identifier: Apache-2.0
 * The hours a listing meets, but for those nobody asks for. */
#ifndef JST_HOUR_SET_H
#define JST_HOUR_SET_H

#include <joist.h>

typedef struct jst_hour_set {
    const joist_hours *known;           /* not asked for */
    int64_t *items; size_t count, cap;  /* met, in any order, more than once */
} jst_hour_set;

bool jst_hour_set_asks(const jst_hour_set *s, int64_t hour);
void jst_hour_set_add(jst_hour_set *s, int64_t hour);
joist_hours jst_hour_set_sorted(jst_hour_set *s, joist_arena *arena);
void jst_hour_set_free(jst_hour_set *s);

#endif
