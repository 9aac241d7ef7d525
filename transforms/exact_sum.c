/* SPDX-License-Identifier: Apache-2.0
 * A double is an integer of 53 bits times a power of two, so it touches three limbs. Only limbs
 * that were touched are kept: sums of like numbers need four or five. */
#include "exact_sum.h"

#include <math.h>

JOIST_RECORD_DEFINE(jst_exact_sum, JST_EXACT_SUM);

__extension__ typedef unsigned __int128 u128;

enum { LIMB = 32, LEAST_EXPONENT = -1074, MOST_LIMBS = 72, MANTISSA = 53 };
static const int64_t WAIT = INT64_C(1) << 29, BASE = INT64_C(1) << LIMB;

static int64_t *limbs_of(const jst_exact_sum *s)
{
    return (int64_t *)(void *)s->limbs.ptr;     /* our own, from the arena */
}

static int64_t count_of(const jst_exact_sum *s)
{
    return (int64_t)(s->limbs.len / sizeof(int64_t));
}

/* Limbs from..to-1, and those there are, in new memory. */
static void make_room(jst_exact_sum *s, int64_t from, int64_t to, joist_arena *arena)
{
    int64_t count = count_of(s), first = count && s->first < from ? s->first : from;
    int64_t end = count && s->first + count > to ? s->first + count : to;
    size_t size = (size_t)(end - first) * sizeof(int64_t);
    char *limbs = joist_arena_zalloc(arena, size);
    if (count)
        memcpy(limbs + (size_t)(s->first - first) * sizeof(int64_t), s->limbs.ptr, s->limbs.len);
    s->first = first;
    s->limbs = (joist_bytes){ limbs, size };
}

/* Passes carries on; returns what the last limb cannot hold. All but the last are 0..2^32-1 then.
 * */
static int64_t carry(int64_t *limbs, int64_t count)
{
    for (int64_t i = 0; i + 1 < count; i++) {
        int64_t over = limbs[i] >> LIMB;
        limbs[i] -= over * BASE;
        limbs[i + 1] += over;
    }
    int64_t last = count ? limbs[count - 1] : 0;
    return last >= -BASE / 2 && last < BASE / 2 ? 0 : last >> LIMB;
}

static void settle(jst_exact_sum *s, joist_arena *arena)
{
    int64_t count = count_of(s), over = carry(limbs_of(s), count);
    s->waiting = 0;
    if (!over)
        return;
    make_room(s, s->first, s->first + count + 1, arena);
    limbs_of(s)[count - 1] -= over * BASE;
    limbs_of(s)[count] = over;
}

static void add_finite(jst_exact_sum *s, double x, joist_arena *arena)
{
    uint64_t bits, fraction;
    memcpy(&bits, &x, sizeof bits);
    int64_t exponent = (int64_t)(bits >> 52 & 0x7ff), sign = bits >> 63 ? -1 : 1;
    fraction = bits & ((UINT64_C(1) << 52) - 1);
    fraction |= exponent ? UINT64_C(1) << 52 : 0;
    int64_t shift = exponent ? exponent - 1 : 0, at = shift / LIMB;
    u128 wide = (u128)fraction << shift % LIMB;
    if (!s->limbs.len || at < s->first || at + 3 > s->first + count_of(s))
        make_room(s, at, at + 3, arena);
    int64_t *limb = limbs_of(s) + (at - s->first);
    for (int i = 0; i < 3; i++, wide >>= LIMB)
        limb[i] += sign * (int64_t)((uint64_t)wide & (uint64_t)(BASE - 1));
    if (++s->waiting >= WAIT)
        settle(s, arena);
}

void jst_exact_add(jst_exact_sum *s, double x, joist_arena *arena)
{
    s->nan |= isnan(x);
    s->plus_inf |= isinf(x) && x > 0;
    s->minus_inf |= isinf(x) && x < 0;
    if (isfinite(x) && x != 0)
        add_finite(s, x, arena);
}

/* The limbs of `from` may lie anywhere: they may have been read back. */
static void add_limbs(jst_exact_sum *s, const jst_exact_sum *from)
{
    for (int64_t i = 0; i < count_of(from); i++) {
        int64_t limb;
        memcpy(&limb, from->limbs.ptr + (size_t)i * sizeof limb, sizeof limb);
        limbs_of(s)[from->first + i - s->first] += limb;
    }
}

void jst_exact_merge(jst_exact_sum *s, const jst_exact_sum *other, joist_arena *arena)
{
    s->nan |= other->nan;
    s->plus_inf |= other->plus_inf;
    s->minus_inf |= other->minus_inf;
    if (!other->limbs.len)
        return;
    make_room(s, other->first, other->first + count_of(other), arena);
    settle(s, arena);
    add_limbs(s, other);
    settle(s, arena);
}

/* ---- the result ------------------------------------------------------------------------------ */

/* A positive number as the integer of its 53 first bits, rounded half to even, and an exponent. */
static double round_limbs(const int64_t *limbs, int64_t count, int64_t first, int *exponent)
{
    int64_t top = count - 1, low;
    while (top > 0 && !limbs[top])
        top--;
    low = top > 2 ? top - 2 : 0;
    u128 head = 0;
    for (int64_t i = top; i >= low; i--)
        head = head << LIMB | (uint64_t)limbs[i];
    bool rest = false;
    for (int64_t i = 0; i < low; i++)
        rest |= limbs[i] != 0;
    int bits = 0;
    while (bits < 128 && head >> bits)
        bits++;
    int shift = bits > MANTISSA ? bits - MANTISSA : 0;
    u128 kept = head >> shift, cut = head - (kept << shift);
    u128 half = shift ? (u128)1 << (shift - 1) : 0;
    if (shift && (cut > half || (cut == half && (rest || (kept & 1)))))
        kept++;
    *exponent = (int)((first + low) * LIMB) + LEAST_EXPONENT + shift;
    return (double)kept;
}

double jst_exact_over(const jst_exact_sum *s, int64_t n)
{
    int64_t limbs[MOST_LIMBS] = { 0 }, count = count_of(s);
    int exponent;
    if (s->nan || (s->plus_inf && s->minus_inf))
        return NAN;
    if (s->plus_inf || s->minus_inf)
        return s->plus_inf ? INFINITY : -INFINITY;
    if (count)
        memcpy(limbs, s->limbs.ptr, s->limbs.len);
    count += 2;                                 /* room for what is carried */
    carry(limbs, count);
    bool negative = limbs[count - 1] < 0;
    for (int64_t i = 0; negative && i < count; i++)
        limbs[i] = -limbs[i];
    carry(limbs, count);
    double head = round_limbs(limbs, count, s->first, &exponent);
    return ldexp((negative ? -head : head) / (double)n, exponent) + 0.0;
}
