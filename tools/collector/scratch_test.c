/* SPDX-License-Identifier: Apache-2.0
 * Arenas are lent again, but large ones not kept. */
#include "scratch.h"

#include <criterion/criterion.h>

Test(scratch, lent_again)
{
    scratch *s = scratch_new();
    joist_arena *first = scratch_take(s), *second = scratch_take(s);
    cr_assert_neq(first, second);
    joist_arena_alloc(first, 1000);
    scratch_give(s, first);
    cr_assert_eq(scratch_take(s), first);
    scratch_give(s, first);
    scratch_give(s, second);
    scratch_free(s);
}

Test(scratch, large_ones_are_not_kept)
{
    scratch *s = scratch_new();
    joist_arena *large = scratch_take(s);
    joist_arena_alloc(large, 8 << 20);
    scratch_give(s, large);
    joist_arena *next = scratch_take(s);
    cr_assert_lt(joist_arena_bytes(next), (size_t)1 << 20);
    scratch_give(s, next);
    scratch_free(s);
}

Test(scratch, more_than_are_kept)
{
    enum { MANY = 40 };
    scratch *s = scratch_new();
    joist_arena *all[MANY];
    for (int i = 0; i < MANY; i++)
        all[i] = scratch_take(s);
    for (int i = 0; i < MANY; i++)
        scratch_give(s, all[i]);
    scratch_free(s);
    scratch_free(NULL);
}
