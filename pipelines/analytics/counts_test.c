/* SPDX-License-Identifier: Apache-2.0
 * Counting values of groups. */
#include "counts.h"

#include <criterion/criterion.h>
#include <stdio.h>

static joist_arena *arena;
static counts all;

static void set_up(void)
{
    arena = joist_arena_new();
    all = (counts){ .arena = arena, .seed = 1 };
    counts_next_group(&all);
}

static void tear_down(void) { joist_arena_free(arena); }
TestSuite(counts, .init = set_up, .fini = tear_down);

static void add(size_t kind, const char *value)
{
    counts_add(&all, kind, joist_text_of(value), JOIST_NO_TEXT);
}

static void expect(size_t at, size_t kind, const char *value, int64_t events, int64_t groups)
{
    const count *c = &all.items[at];
    cr_expect_eq(c->kind, kind);
    cr_expect(joist_text_equal(c->value, joist_text_of(value)), "%zu is not %s", at, value);
    cr_expect(c->events == events && c->groups == groups, "%s: %lld of %lld", value,
              (long long)c->events, (long long)c->groups);
}

Test(counts, equal_values_of_one_kind_are_one)
{
    add(1, "a");
    add(2, "a");
    add(1, "b");
    add(1, "a");
    cr_assert_eq(all.len, 3);
    expect(0, 1, "a", 2, 1);
    expect(1, 2, "a", 1, 1);
    expect(2, 1, "b", 1, 1);
}

Test(counts, a_group_counts_once)
{
    add(0, "a");
    add(0, "b");
    add(0, "a");
    counts_next_group(&all);
    add(0, "b");
    add(0, "b");
    counts_next_group(&all);
    counts_next_group(&all);
    add(0, "a");
    expect(0, 0, "a", 3, 2);
    expect(1, 0, "b", 3, 2);
}

Test(counts, pairs_do_not_run_together)
{
    counts_add(&all, 0, JOIST_TEXT("ab"), JOIST_TEXT("c"));
    counts_add(&all, 0, JOIST_TEXT("a"), JOIST_TEXT("bc"));
    counts_add(&all, 0, JOIST_TEXT("abc"), JOIST_TEXT(""));
    counts_add(&all, 0, JOIST_TEXT("ab"), JOIST_TEXT("c"));
    cr_assert_eq(all.len, 3);
    expect(0, 0, "ab", 2, 1);
    expect(1, 0, "a", 1, 1);
    expect(2, 0, "abc", 1, 1);
}

Test(counts, texts_are_compared_whole)
{
    static const char *const texts[] = {
        "", "1", "12345678", "123456789", "12345678 ", "1234567812345678", "x12345678", "12345679"
    };
    enum { TEXTS = sizeof texts / sizeof texts[0] };
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < TEXTS; i++)
            add(0, texts[i]);
    cr_assert_eq(all.len, TEXTS);
    for (size_t i = 0; i < TEXTS; i++)
        expect(i, 0, texts[i], 2, 1);
}

Test(counts, values_are_copied)
{
    char text[] = "first";
    add(0, text);
    text[0] = 'F';
    add(0, text);
    cr_assert_eq(all.len, 2);
    expect(0, 0, "first", 1, 1);
}

Test(counts, many_values_are_kept_apart)
{
    enum { VALUES = 5000, KINDS = 3 };
    char text[16];
    for (int round = 1; round <= 2; round++, counts_next_group(&all))
        for (int i = 0; i < VALUES; i++) {
            snprintf(text, sizeof text, "v%d", i);
            counts_add(&all, (size_t)(i % KINDS), joist_text_of(text), JOIST_TEXT("x"));
        }
    cr_assert_eq(all.len, VALUES);
    for (int i = 0; i < VALUES; i++) {
        snprintf(text, sizeof text, "v%d", i);
        expect((size_t)i, (size_t)(i % KINDS), text, 2, 2);
    }
}
