/* SPDX-License-Identifier: Apache-2.0
 * The n best: against a plain sort, through merges and the row coder; and how much memory a rising
 * sequence needs. */
#include "best.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 500 };

static joist_text text_at(char (*texts)[16], int i)
{
    return joist_text_of(texts[i]);
}

static int by_bytes(const void *a, const void *b) { return strcmp(a, b); }

static int by_order(const void *a, const void *b)
{
    const jst_best_item *x = a, *y = b;
    return joist_text_compare((joist_text){ x->bytes.ptr, x->bytes.len },
                              (joist_text){ y->bytes.ptr, y->bytes.len });
}

static void expect_best(const jst_best *b, char (*sorted)[16], size_t n)
{
    jst_best_item items[COUNT];
    cr_assert_eq(b->items.count, n);
    memcpy(items, b->items.items, n * sizeof *items);
    qsort(items, n, sizeof *items, by_order);
    for (size_t i = 0; i < n; i++) {
        joist_text got = { items[i].bytes.ptr, (size_t)items[i].order };
        cr_expect(joist_text_equal(got, joist_text_of(sorted[i])), "%zu: %.*s", i, JOIST_ARG(got));
    }
}

static jst_best read_back(const jst_best *b, joist_arena *arena)
{
    joist_buffer row = { 0 };
    jst_best copy = { { NULL, 0 } };
    joist_row_encode(&jst_best_type, b, &row);
    joist_text kept = joist_arena_text(arena, joist_buffer_view(&row));
    cr_assert(joist_row_decode(&jst_best_type, kept.ptr, kept.len, &copy, arena) > 0);
    joist_buffer_free(&row);
    return copy;
}

Test(best, keeps_what_a_sort_would_put_first)
{
    static char texts[COUNT][16], sorted[COUNT][16];
    for (int i = 0; i < COUNT; i++)
        snprintf(texts[i], sizeof texts[i], "%.*s%03d", i % 5, "xxxx", i * 37 % 499);
    memcpy(sorted, texts, sizeof sorted);
    qsort(sorted, COUNT, sizeof sorted[0], by_bytes);
    for (int n = 1; n <= COUNT; n = n * 3 + 1) {
        joist_arena *arena = joist_arena_new();
        jst_best shares[3] = { { { NULL, 0 } } }, all = { { NULL, 0 } };
        for (int i = 0; i < COUNT; i++) {
            bool wants = jst_best_wants(&shares[i % 3], n, text_at(texts, i));
            size_t before = shares[i % 3].items.count;
            jst_best_add(&shares[i % 3], n, text_at(texts, i), JOIST_TEXT("row"), arena);
            cr_expect(wants || shares[i % 3].items.count == before);
        }
        for (int i = 0; i < 3; i++) {
            const jst_best other = read_back(&shares[i], arena);
            all = read_back(&all, arena);
            jst_best_merge(&all, n, &other, arena);
        }
        expect_best(&all, sorted, (size_t)n);
        joist_arena_free(arena);
    }
}

Test(best, uses_memory_of_what_went)
{
    joist_arena *arena = joist_arena_new();
    jst_best b = { { NULL, 0 } };
    char order[32];
    for (int i = 0; i < 200000; i++) {
        snprintf(order, sizeof order, "%09d", 999999999 - i);
        jst_best_add(&b, 10, joist_text_of(order), JOIST_TEXT("a row"), arena);
    }
    cr_expect_eq(b.items.count, 10);
    cr_expect_lt(joist_arena_bytes(arena), (size_t)1 << 20);
    joist_arena_free(arena);
}
