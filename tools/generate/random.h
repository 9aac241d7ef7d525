/* SPDX-License-Identifier: Apache-2.0
 * Chance that is the same everywhere: xoshiro256** seeded by splitmix64, after the published
 * algorithms of Blackman and Vigna. Integers only, so that no C library can round differently. */
#ifndef GENERATE_RANDOM_H
#define GENERATE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rng { uint64_t s[4]; } rng;

/* What a stream is about, so that event 7 and site 7 have nothing in common. */
enum { STREAM_EVENT = 1, STREAM_SITE, STREAM_PROJECT, STREAM_DIRT, STREAM_LAYOUT };

/* Independent per (seed, stream, index): any event can be made without those before it. */
rng rng_of(uint64_t seed, uint64_t stream, uint64_t index);
uint64_t rng_next(rng *r);
uint64_t rng_below(rng *r, uint64_t n);             /* 0 … n-1; n > 0 */
int64_t rng_between(rng *r, int64_t low, int64_t high);
bool rng_percent(rng *r, unsigned percent);

#define COUNT_OF(table)   (sizeof(table) / sizeof *(table))
#define RNG_PICK(r, table) ((table)[rng_below((r), COUNT_OF(table))])

#endif
