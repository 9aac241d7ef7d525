/* SPDX-License-Identifier: Apache-2.0 */
#include "counts.h"

#include <criterion/criterion.h>
#include <stdio.h>

static joist_arena *arena;
static counts all;

static void set_up(void)
{
    arena = joist_arena_new();
    all = (counts){ .arena = arena, .seed = 1 };
}

static void tear_down(void) { joist_arena_free(arena); }
TestSuite(counts, .init = set_up, .fini = tear_down);

static void expect(size_t at, size_t kind, const char *value, int64_t events)
{
    cr_expect_eq(all.items[at].kind, kind);
    cr_expect(joist_text_equal(all.items[at].value, joist_text_of(value)), "%zu is not %s", at,
              value);
    cr_expect_eq(all.items[at].events, events, "%s: %lld", value, (long long)all.items[at].events);
}

Test(counts, equal_values_of_one_kind_are_one)
{
    counts_add(&all, 1, JOIST_TEXT("a"), JOIST_NO_TEXT);
    counts_add(&all, 2, JOIST_TEXT("a"), JOIST_NO_TEXT);
    counts_add(&all, 1, JOIST_TEXT("b"), JOIST_NO_TEXT);
    counts_add(&all, 1, JOIST_TEXT("a"), JOIST_NO_TEXT);
    cr_assert_eq(all.len, 3);
    expect(0, 1, "a", 2);
    expect(1, 2, "a", 1);
    expect(2, 1, "b", 1);
}

Test(counts, pairs_do_not_run_together)
{
    counts_add(&all, 0, JOIST_TEXT("ab"), JOIST_TEXT("c"));
    counts_add(&all, 0, JOIST_TEXT("a"), JOIST_TEXT("bc"));
    counts_add(&all, 0, JOIST_TEXT("ab"), JOIST_TEXT("c"));
    cr_assert_eq(all.len, 2);
    expect(0, 0, "ab", 2);
    expect(1, 0, "a", 1);
}

Test(counts, values_are_copied)
{
    char text[] = "first";
    counts_add(&all, 0, joist_text_of(text), JOIST_NO_TEXT);
    text[0] = 'F';
    counts_add(&all, 0, joist_text_of(text), JOIST_NO_TEXT);
    cr_assert_eq(all.len, 2);
    expect(0, 0, "first", 1);
}

/* On both sides of the size from which on there is an index, and of each growth. */
Test(counts, many_values_are_kept_apart)
{
    enum { VALUES = 5000, KINDS = 3 };
    char text[16];
    for (int round = 1; round <= 2; round++)
        for (int i = 0; i < VALUES; i++) {
            snprintf(text, sizeof text, "v%d", i);
            counts_add(&all, (size_t)(i % KINDS), joist_text_of(text), JOIST_TEXT("x"));
        }
    cr_assert_eq(all.len, VALUES);
    for (int i = 0; i < VALUES; i++) {
        snprintf(text, sizeof text, "v%d", i);
        expect((size_t)i, (size_t)(i % KINDS), text, 2);
    }
}
