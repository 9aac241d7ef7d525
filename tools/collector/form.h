/* SPDX-License-Identifier: Apache-2.0
 * application/x-www-form-urlencoded as PHP decodes it: `server[software]=x` is a tree. Raw bytes
 * in, raw bytes out: nothing here knows about UTF-8. */
#ifndef COLLECTOR_FORM_H
#define COLLECTOR_FORM_H

#include "joist/memory.h"

typedef struct form_node form_node;
struct form_node {
    joist_text key;
    joist_text value;           /* a NULL text: a container */
    form_node *first, *last;    /* members, in the order in which their keys came first */
    form_node *next;
    uint64_t in;                /* the container it was put into, by number */
    uint64_t id;                /* of a container: its number */
    int64_t next_index;         /* what `k[]` gets; INT64_MIN: 0, nobody has had one */
    size_t count;
    bool list;                  /* the keys are 0, 1, 2 … in this order */
};

typedef struct form {
    form_node root;             /* a container, and an object whatever its keys */
    size_t leaves;
    bool truncated;             /* something beyond LEAVES_MAX or DEPTH_MAX was left out */
} form;

/* Never fails: PHP takes whatever comes. The tree lives in the arena; `seed` should be nobody's to
 * guess, lest keys be chosen that are slow to find. */
void form_decode(form *f, joist_text body, uint64_t seed, joist_arena *arena);

/* The member of that key, NULL if there is none. Linear. */
const form_node *form_member(const form_node *container, joist_text key);

#endif
