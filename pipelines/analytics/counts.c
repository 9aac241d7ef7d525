/* SPDX-License-Identifier: Apache-2.0
 * Items lie in the order they came in; an open-addressing index of their numbers finds them. */
#include "counts.h"

enum { FIRST_CAP = 256 };

/* Eight bytes a step, folded as wide as they come. */
static uint64_t fold(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t hash_text(uint64_t hash, joist_text t)
{
    uint64_t word;
    size_t at = 0;
    for (; t.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, t.ptr + at, sizeof word);
        hash = fold(hash, word);
    }
    word = t.len;
    for (; at < t.len; at++)
        word = word << 8 | (unsigned char)t.ptr[at];
    return fold(hash, word);
}

static uint64_t hash_of(const counts *c, size_t kind, joist_text value, joist_text second)
{
    uint64_t hash = hash_text(fold(c->seed, kind), value);
    return second.len ? hash_text(hash, second) : hash;
}

uint64_t counts_seed(joist_text secret)
{
    return hash_text(0, secret);
}

static bool is(const count *item, uint64_t hash, size_t kind, joist_text value, joist_text second)
{
    return item->hash == hash && item->kind == kind && joist_text_equal(item->value, value)
        && joist_text_equal(item->second, second);
}

static void grow(counts *c)
{
    size_t cap = c->cap ? 2 * c->cap : FIRST_CAP;
    count *items = joist_arena_alloc(c->arena, cap * sizeof *items);
    if (c->len)
        memcpy(items, c->items, c->len * sizeof *items);
    c->items = items;
    c->cap = cap;
    c->slots_cap = 2 * cap;
    c->slots = joist_arena_zalloc(c->arena, c->slots_cap * sizeof *c->slots);
    for (size_t i = 0; i < c->len; i++) {
        size_t at = (size_t)items[i].hash & (c->slots_cap - 1);
        while (c->slots[at])
            at = (at + 1) & (c->slots_cap - 1);
        c->slots[at] = i + 1;
    }
}

/* The item of that value, made if there is none. */
static count *item_of(counts *c, size_t kind, joist_text value, joist_text second)
{
    uint64_t hash = hash_of(c, kind, value, second);
    if (c->len == c->cap)
        grow(c);
    size_t at = (size_t)hash & (c->slots_cap - 1);
    for (; c->slots[at]; at = (at + 1) & (c->slots_cap - 1))
        if (is(&c->items[c->slots[at] - 1], hash, kind, value, second))
            return &c->items[c->slots[at] - 1];
    count *item = &c->items[c->len++];
    *item = (count){ .kind = kind, .value = joist_arena_text(c->arena, value),
                     .second = joist_arena_text(c->arena, second), .hash = hash };
    c->slots[at] = c->len;
    return item;
}

void counts_add(counts *c, size_t kind, joist_text value, joist_text second)
{
    count *item = item_of(c, kind, value, second);
    item->events++;
    item->groups += item->last_group != c->group;
    item->last_group = c->group;
}
