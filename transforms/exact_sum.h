/* SPDX-License-Identifier: Apache-2.0
 * Sums of floats without any rounding before the end, so that no order of additions, and no way of
 * cutting the input into shares, makes a difference. */
#ifndef JST_EXACT_SUM_H
#define JST_EXACT_SUM_H

#include <joist.h>

/* A number in base 2^32: limb i counts 2^(32 * (first + i) - 1074). Limbs are int64_t, so carries
 * can wait; at most 70 of them. */
#define JST_EXACT_SUM(F, T)                                                                       \
    F(T, int64_t, first, 0) F(T, joist_bytes, limbs, 0)                                           \
    F(T, int64_t, waiting, 0, .help = "additions since carries were passed on")                   \
    F(T, bool, nan, 0) F(T, bool, plus_inf, 0) F(T, bool, minus_inf, 0)
JOIST_RECORD_EXTERN(jst_exact_sum, JST_EXACT_SUM);

/* Zeroed, it is 0. */
void jst_exact_add(jst_exact_sum *s, double x, joist_arena *arena);
void jst_exact_merge(jst_exact_sum *s, const jst_exact_sum *other, joist_arena *arena);

/* The sum divided by n > 0, each rounded once. */
double jst_exact_over(const jst_exact_sum *s, int64_t n);

#endif
