/* SPDX-License-Identifier: Apache-2.0
 * How often values were seen: of one site on one day. A site says few things a day, nearly always
 * each once; but nobody keeps it from saying a million different ones, so there is an index beyond
 * a few. */
#ifndef ANALYTICS_COUNTS_H
#define ANALYTICS_COUNTS_H

#include <joist.h>

/* Values of different kinds are different; `second` is for kinds that are pairs. */
typedef struct count {
    size_t kind;
    joist_text value, second;
    int64_t events;
    uint64_t hash;
} count;

typedef struct counts {
    joist_arena *arena;
    uint64_t seed;              /* of the index: what is not known cannot be attacked */
    count *items;               /* in the order they were seen first */
    size_t len, cap;
    size_t *slots;              /* number of an item + 1; NULL while there are few */
    size_t slots_cap;
} counts;

/* One more event with that value, of which a copy is kept in the arena. */
void counts_add(counts *c, size_t kind, joist_text value, joist_text second);

#endif
