/* SPDX-License-Identifier: Apache-2.0
 * The n best elements seen, by the bytes of an order: the smallest are best. Twins are equal in
 * order and row, so it makes no difference which of them stays. */
#ifndef JST_BEST_H
#define JST_BEST_H

#include <joist.h>

enum { JST_BEST_MOST = 1000000 };

/* Order and row, one after another; `cap` bytes of room, so that the next one may use them. */
#define JST_BEST_ITEM(F, T)                                                                       \
    F(T, joist_bytes, bytes, JOIST_REQUIRED) F(T, int64_t, order, 0) F(T, int64_t, cap, 0)
JOIST_RECORD_EXTERN(jst_best_item, JST_BEST_ITEM);

/* A heap with the worst on top; room for the next power of two. */
#define JST_BEST(F, T) F(T, jst_best_item_list, items, 0, JOIST_LIST_OF(jst_best_item))
JOIST_RECORD_EXTERN(jst_best, JST_BEST);

/* Could an element whose order begins so be among the n best? */
bool jst_best_wants(const jst_best *b, int64_t n, joist_text order);
/* Takes an element in if it is; its bytes are copied into the arena. */
void jst_best_add(jst_best *b, int64_t n, joist_text order, joist_text row, joist_arena *arena);
/* The items of `other` are shared, not copied. */
void jst_best_merge(jst_best *b, int64_t n, const jst_best *other, joist_arena *arena);
/* Emits the elements of a CombineFn's own type, best first. */
joist_status jst_best_give(const joist_combine_call *c, const jst_best *b);

#endif
