/* SPDX-License-Identifier: Apache-2.0
 * Exact sums: what rounds, what does not, and that the order of additions and merges, and a way
 * through the row coder, make no difference. */
#include "exact_sum.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

static joist_arena *arena;

static void begin(void) { arena = joist_arena_new(); }
static void end(void) { joist_arena_free(arena); }
TestSuite(exact_sum, .init = begin, .fini = end);

static double sum_of(const double *x, size_t count)
{
    jst_exact_sum s = { 0 };
    for (size_t i = 0; i < count; i++)
        jst_exact_add(&s, x[i], arena);
    return jst_exact_over(&s, 1);
}

#define SUM(...)                                                                                  \
    sum_of((const double[]){ __VA_ARGS__ },                                                       \
           sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double))

Test(exact_sum, of_a_number_is_the_number)
{
    static const double numbers[] = { 0, 1, -1, 0.1, -0.1, DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324,
                                      -5e-324, 1e-310, 4294967296.0, 1e17, 123456789.123 };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        cr_expect_eq(sum_of(&numbers[i], 1), numbers[i], "%a", numbers[i]);
}

Test(exact_sum, loses_nothing_on_the_way)
{
    cr_expect_eq(SUM(1e308, 1e308, 1, -1e308, -1e308), 1);
    cr_expect_eq(SUM(1e16, 1, -1e16, -5e-324, 5e-324), 1);
    cr_expect_eq(SUM(-1e300, 5e-324, 1e300), 5e-324);
    cr_expect_eq(SUM(1, -2, 1), 0);
    cr_expect_eq(SUM(DBL_MAX, DBL_MAX), INFINITY);
    cr_expect_eq(SUM(-DBL_MAX, -DBL_MAX), -INFINITY);
}

Test(exact_sum, rounds_half_to_even)
{
    const double ulp = DBL_EPSILON;
    cr_expect_eq(SUM(1, ulp / 2), 1);
    cr_expect_eq(SUM(1 + ulp, ulp / 2), 1 + 2 * ulp);
    cr_expect_eq(SUM(1, ulp / 2, 5e-324), 1 + ulp);
    cr_expect_eq(SUM(-1, -ulp / 2, -5e-324), -1 - ulp);
    cr_expect_eq(SUM(1, ulp / 2, -5e-324), 1);
}

Test(exact_sum, knows_infinity_and_nan)
{
    cr_expect_eq(SUM(1, INFINITY), INFINITY);
    cr_expect_eq(SUM(-INFINITY, DBL_MAX), -INFINITY);
    cr_expect(isnan(SUM(INFINITY, -INFINITY)));
    cr_expect(isnan(SUM(1, NAN, INFINITY)));
}

/* A generator of its own: numbers of all sizes and both signs. */
static double number(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint64_t bits = *state ^ *state >> 29;
    double x;
    memcpy(&x, &bits, sizeof x);
    return isfinite(x) && fabs(x) < 1e300 ? x : (double)(int64_t)bits;
}

static jst_exact_sum read_back(const jst_exact_sum *s)
{
    joist_buffer row = { 0 };
    jst_exact_sum copy = { 0 };
    joist_row_encode(&jst_exact_sum_type, s, &row);
    joist_text kept = joist_arena_text(arena, joist_buffer_view(&row));
    cr_assert(joist_row_decode(&jst_exact_sum_type, kept.ptr, kept.len, &copy, arena) > 0);
    joist_buffer_free(&row);
    return copy;
}

Test(exact_sum, is_the_same_in_any_order_and_in_any_shares)
{
    enum { COUNT = 3000 };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        jst_exact_sum forth = { 0 }, back = { 0 }, merged = { 0 }, shares[7] = { { 0 } };
        double all[COUNT];
        uint64_t state = seed;
        for (int i = 0; i < COUNT; i++)
            all[i] = i % 3 ? number(&state) : i > 3 ? -all[i - 3] * (1 + DBL_EPSILON) : 1;
        for (int i = 0; i < COUNT; i++) {
            jst_exact_add(&forth, all[i], arena);
            jst_exact_add(&back, all[COUNT - 1 - i], arena);
            jst_exact_add(&shares[i % 7], all[i], arena);
        }
        for (int i = 0; i < 7; i++) {
            const jst_exact_sum other = read_back(&shares[i]);
            merged = read_back(&merged);
            jst_exact_merge(&merged, &other, arena);
        }
        cr_expect_eq(jst_exact_over(&forth, 1), jst_exact_over(&back, 1));
        cr_expect_eq(jst_exact_over(&forth, 1), jst_exact_over(&merged, 1));
        cr_expect_eq(jst_exact_over(&forth, COUNT), jst_exact_over(&merged, COUNT));
    }
}

Test(exact_sum, agrees_with_whole_numbers)
{
    jst_exact_sum s = { 0 };
    int64_t whole = 0;
    for (int64_t i = -1000; i < 3000; i++) {
        jst_exact_add(&s, (double)(i * i * i), arena);
        whole += i * i * i;
    }
    cr_expect_eq(jst_exact_over(&s, 1), (double)whole);
    cr_expect_eq(jst_exact_over(&s, 4000), (double)whole / 4000);
}
