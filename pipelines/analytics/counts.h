/* SPDX-License-Identifier: Apache-2.0
 * How often values were seen, and by how many groups, given one group after another: that a group
 * was counted already is one comparison, so there are no sets of groups. Of a group an item knows
 * only whether it was the last one.
 *
 * Values come from outside and may be as many as somebody likes; they are found by a hash. */
#ifndef ANALYTICS_COUNTS_H
#define ANALYTICS_COUNTS_H

#include <joist.h>

/* Values of different kinds are different; `second` is for kinds that are pairs. */
typedef struct count {
    size_t kind;
    joist_text value, second;
    int64_t events, groups;
    int64_t last_group;
    uint64_t hash;
} count;

typedef struct counts {
    joist_arena *arena;
    uint64_t seed;              /* of the hash: what is not known cannot be attacked */
    count *items;               /* in the order they were seen first */
    size_t len, cap;
    size_t *slots;              /* number of an item + 1 */
    size_t slots_cap;
    int64_t group;              /* the one at hand, from 1 */
} counts;

/* A seed that outsiders do not know if they do not know all of `secret`. */
uint64_t counts_seed(joist_text secret);

/* What is counted from now on is of another group. */
JOIST_INLINE void counts_next_group(counts *c) { c->group++; }

/* One more event with that value, of which a copy is kept in the arena. After the first
 * counts_next_group. */
void counts_add(counts *c, size_t kind, joist_text value, joist_text second);

#endif
