/* SPDX-License-Identifier: Apache-2.0
 * Views: side inputs as maps from a text to a record, complete before the first element that
 * asks. */
#ifndef JST_VIEW_H
#define JST_VIEW_H

#include "plan.h"

#include <pthread.h>

typedef struct joist_view {
    const jst_view_plan *plan;
    pthread_mutex_t lock;           /* of `rows`, while it is filled */
    joist_buffer rows;              /* encoded, one after another */
    size_t count;
    joist_arena *arena;             /* of the decoded records */
    const void **slots; size_t slots_cap;
    uint64_t seed;
} jst_view;

jst_view *jst_view_new(const jst_view_plan *plan, uint64_t seed);
void jst_view_free(jst_view *v);
void jst_view_add(jst_view *v, const char *elements, size_t count);

/* Builds the map: fails on an element without key, on two with one key, and on none at all unless
 * allowed. */
joist_status jst_view_seal(jst_view *v, joist_error *e);

#endif
