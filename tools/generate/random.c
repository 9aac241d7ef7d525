/* SPDX-License-Identifier: Apache-2.0
 * See random.h. The state is never all zero: splitmix64 does not give four zeros in a row. */
#include "random.h"

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

rng rng_of(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint64_t x = seed;
    x = splitmix(&x) ^ (stream << 56);
    x = splitmix(&x) ^ index;
    rng r;
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix(&x);
    return r;
}

static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

uint64_t rng_next(rng *r)
{
    uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

/* The high 32 bits times n: a bias below n / 2^32 matters to nobody here. */
uint64_t rng_below(rng *r, uint64_t n)
{
    return n <= UINT32_MAX ? (rng_next(r) >> 32) * n >> 32 : rng_next(r) % n;
}

int64_t rng_between(rng *r, int64_t low, int64_t high)
{
    return low + (int64_t)rng_below(r, (uint64_t)(high - low) + 1);
}

bool rng_percent(rng *r, unsigned percent) { return rng_below(r, 100) < percent; }
