/* SPDX-License-Identifier: Apache-2.0
 * Things that are thrown on a pile and now and then sorted, so that equal ones become one. What is
 * left does not depend on the order they came in. */
#ifndef JST_PILE_H
#define JST_PILE_H

#include <joist.h>

typedef struct jst_pile_kind {
    size_t size;
    int (*compare)(const void *a, const void *b);
    /* If two neighbours are to be one, makes *a both of them; `a` is not greater than `b`. */
    bool (*fold)(void *a, const void *b, const void *context);
} jst_pile_kind;

/* `list` points to a T_list of an accumulator, *cap to the room it has. */
void jst_pile_add(const jst_pile_kind *k, void *list, int64_t *cap, const void *item,
                  const void *context, joist_arena *arena);
void jst_pile_merge(const jst_pile_kind *k, void *list, int64_t *cap, const void *other,
                    const void *context, joist_arena *arena);

/* A sorted copy without doubles, in the arena: {items, count} as T_list. */
typedef struct jst_pile { void *items; size_t count; } jst_pile;
jst_pile jst_pile_sorted(const jst_pile_kind *k, const void *list, const void *context,
                         joist_arena *arena);

#endif
