/* SPDX-License-Identifier: Apache-2.0
 * Piles: equal things become one, whatever the order, and room stays in proportion. */
#include "pile.h"

#include <criterion/criterion.h>

typedef struct lot { int value, count; } lot;
typedef struct lots { const lot *items; size_t count; } lots;

static int compare(const void *a, const void *b)
{
    int x = ((const lot *)a)->value, y = ((const lot *)b)->value;
    return (x > y) - (x < y);
}

static bool fold(void *a, const void *b, const void *context)
{
    const int *divisor = context;
    if (((lot *)a)->value / *divisor != ((const lot *)b)->value / *divisor)
        return false;
    ((lot *)a)->count += ((const lot *)b)->count;
    return true;
}

static const jst_pile_kind kind = { sizeof(lot), compare, fold };

Test(pile, counts_what_is_equal)
{
    static const int divisor = 10;
    joist_arena *arena = joist_arena_new();
    lots all = { NULL, 0 }, rest = { NULL, 0 };
    int64_t cap = 0, rest_cap = 0;
    for (int i = 0; i < 1000; i++) {
        const lot one = { i * 7 % 1000, 1 };
        jst_pile_add(&kind, i < 700 ? &all : &rest, i < 700 ? &cap : &rest_cap, &one, &divisor,
                     arena);
    }
    jst_pile_merge(&kind, &all, &cap, &rest, &divisor, arena);
    jst_pile sorted = jst_pile_sorted(&kind, &all, &divisor, arena);
    const lot *items = sorted.items;
    cr_assert_eq(sorted.count, 100);
    for (int i = 0; i < 100; i++) {
        cr_expect_eq(items[i].value, i * 10);
        cr_expect_eq(items[i].count, 10);
    }
    joist_arena_free(arena);
}

Test(pile, room_is_for_what_is_different)
{
    static const int divisor = 1;
    joist_arena *arena = joist_arena_new();
    lots all = { NULL, 0 };
    int64_t cap = 0;
    for (int i = 0; i < 100000; i++) {
        const lot one = { i % 50, 1 };
        jst_pile_add(&kind, &all, &cap, &one, &divisor, arena);
    }
    cr_expect_leq(cap, 4 * 50);
    cr_expect_eq(jst_pile_sorted(&kind, &all, &divisor, arena).count, 50);
    joist_arena_free(arena);
}

Test(pile, of_nothing)
{
    joist_arena *arena = joist_arena_new();
    lots all = { NULL, 0 }, none = { NULL, 0 };
    int64_t cap = 0;
    jst_pile_merge(&kind, &all, &cap, &none, NULL, arena);
    cr_expect_eq(jst_pile_sorted(&kind, &all, NULL, arena).count, 0);
    joist_arena_free(arena);
}
