/* SPDX-License-Identifier: Apache-2.0 */
#include "counts.h"

enum { FIRST_CAP = 16, FEW = 32 };

static uint64_t hash_text(uint64_t hash, joist_text t)
{
    for (size_t i = 0; i < t.len; i++)
        hash = (hash ^ (unsigned char)t.ptr[i]) * UINT64_C(0x100000001b3);
    return (hash ^ t.len) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t hash_of(const counts *c, size_t kind, joist_text value, joist_text second)
{
    uint64_t hash = hash_text(hash_text(c->seed + kind, value), second);
    return hash ^ hash >> 32;
}

static bool is(const count *item, size_t kind, joist_text value, joist_text second)
{
    return item->kind == kind && joist_text_equal(item->value, value)
        && joist_text_equal(item->second, second);
}

/* ---- the index ------------------------------------------------------------------------------- */

static size_t *slot_of(const counts *c, uint64_t hash, size_t kind, joist_text value,
                       joist_text second)
{
    size_t at = (size_t)hash & (c->slots_cap - 1);
    while (c->slots[at]) {
        const count *item = &c->items[c->slots[at] - 1];
        if (item->hash == hash && is(item, kind, value, second))
            break;
        at = (at + 1) & (c->slots_cap - 1);
    }
    return &c->slots[at];
}

static void index_all(counts *c)
{
    c->slots_cap = 4 * c->cap;
    c->slots = joist_arena_zalloc(c->arena, c->slots_cap * sizeof *c->slots);
    for (size_t i = 0; i < c->len; i++) {
        count *item = &c->items[i];
        item->hash = hash_of(c, item->kind, item->value, item->second);
        *slot_of(c, item->hash, item->kind, item->value, item->second) = i + 1;
    }
}

static void grow(counts *c)
{
    size_t cap = c->cap ? 2 * c->cap : FIRST_CAP;
    count *items = joist_arena_alloc(c->arena, cap * sizeof *items);
    if (c->len)
        memcpy(items, c->items, c->len * sizeof *items);
    c->items = items;
    c->cap = cap;
    if (cap > FEW)
        index_all(c);
}

/* ---------------------------------------------------------------------------------------------- */

static count *append(counts *c, size_t kind, joist_text value, joist_text second)
{
    if (c->len == c->cap)
        grow(c);
    count *item = &c->items[c->len];
    *item = (count){ .kind = kind, .value = joist_arena_text(c->arena, value),
                     .second = joist_arena_text(c->arena, second) };
    if (c->slots) {
        item->hash = hash_of(c, kind, value, second);
        *slot_of(c, item->hash, kind, value, second) = c->len + 1;
    }
    c->len++;
    return item;
}

static count *find(const counts *c, size_t kind, joist_text value, joist_text second)
{
    if (c->slots) {
        size_t number = *slot_of(c, hash_of(c, kind, value, second), kind, value, second);
        return number ? &c->items[number - 1] : NULL;
    }
    for (size_t i = 0; i < c->len; i++)
        if (is(&c->items[i], kind, value, second))
            return &c->items[i];
    return NULL;
}

void counts_add(counts *c, size_t kind, joist_text value, joist_text second)
{
    count *item = find(c, kind, value, second);
    if (!item)
        item = append(c, kind, value, second);
    item->events++;
}
