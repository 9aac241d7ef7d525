/* SPDX-License-Identifier: Apache-2.0
 * Views: side inputs, complete before the first element that asks. */
#ifndef JST_VIEW_H
#define JST_VIEW_H

#include "shuffle.h"

#include <pthread.h>

typedef struct jst_view_row { size_t at, len, place_at, place_len; } jst_view_row;

typedef struct joist_view {
    const jst_view_plan *plan;
    pthread_mutex_t lock;           /* of the three below, while they are filled */
    joist_buffer rows, places;      /* encoded rows, and where in the input they come from */
    jst_view_row *index; size_t count, cap;
    joist_arena *arena;             /* of the decoded records */
    bool sealed;
    char *items;                    /* the records: in input order; of a multimap by key first */
    const void **slots; size_t slots_cap;       /* of a map */
    uint64_t seed;
} jst_view;

jst_view *jst_view_new(const jst_view_plan *plan, uint64_t seed);
void jst_view_free(jst_view *v);

void jst_view_add(jst_view *v, const char *elements, const joist_position *const *positions,
                  size_t count, const jst_inflow *how);

/* Builds the view. Fails on an element without key, on two with one key in a map, on two at all in
 * a singleton, and on none at all unless allowed. */
joist_status jst_view_seal(jst_view *v, joist_error *e);

#endif
