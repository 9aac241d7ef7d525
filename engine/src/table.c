/* SPDX-License-Identifier: Apache-2.0
 * Open addressing over 8-byte slots: with half a hash in the slot, keys are compared nearly only
 * when they are equal, and the index of 200,000 keys fits into a second-level cache. */
#include "memory.h"
#include "table.h"

#include <assert.h>

enum { FIRST_ITEMS = 64, FIRST_SLOTS = 128 };

jst_entry *jst_entry_copy(const jst_entry *e, void *to)
{
    jst_entry *copy = to;
    size_t head = e->key_len + e->order_len;
    memcpy(copy, e, sizeof *e + head);
    if (e->value_len)
        memcpy(copy->bytes + head, e->value, e->value_len);
    copy->value = copy->bytes + head;
    return copy;
}

static uint64_t tag_of(uint64_t hash)
{
    return hash & 0xffffffff00000000u;
}

void jst_table_append(jst_table *t, uint64_t hash, jst_entry *entry)
{
    assert(t->count < UINT32_MAX);
    if (t->count == t->cap) {
        t->cap = t->cap ? 2 * t->cap : FIRST_ITEMS;
        t->items = joist_realloc(t->items, t->cap * sizeof *t->items);
        jst_wish_huge_pages(t->items, t->cap * sizeof *t->items);
    }
    t->items[t->count++] = (jst_item){ hash, entry };
}

static void place(const jst_table *t, uint64_t hash, uint64_t number)
{
    size_t mask = t->slots_cap - 1, at = hash & mask;
    while (t->slots[at])
        at = (at + 1) & mask;
    t->slots[at] = tag_of(hash) | number;
}

static void grow_slots(jst_table *t)
{
    joist_free(t->slots);
    t->slots_cap = t->slots_cap ? 2 * t->slots_cap : FIRST_SLOTS;
    while (t->slots_cap < 2 * t->count)
        t->slots_cap *= 2;
    t->slots = joist_calloc(t->slots_cap, sizeof *t->slots);
    jst_wish_huge_pages(t->slots, t->slots_cap * sizeof *t->slots);
    for (size_t i = 0; i < t->count; i++)
        place(t, t->items[i].hash, i + 1);
}

size_t jst_table_likely(const jst_table *t, uint64_t hash)
{
    size_t mask = t->slots_cap - 1, at = hash & mask;
    if (!t->slots_cap)
        return 0;
    while (t->slots[at] && tag_of(t->slots[at]) != tag_of(hash))
        at = (at + 1) & mask;
    return (uint32_t)t->slots[at];
}

/* Keys are short: a call of memcmp would cost more than the comparison. Words as in jst_hash. */
static bool same_key(joist_text key, const jst_entry *e)
{
    const char *a = key.ptr, *b = e->bytes, *end = a + key.len, *words = a + key.len % 8;
    uint64_t x, y;
    if (key.len != e->key_len)
        return false;
    while (a < words)
        if (*a++ != *b++)
            return false;
    for (; a < end; a += 8, b += 8) {
        memcpy(&x, a, 8);
        memcpy(&y, b, 8);
        if (x != y)
            return false;
    }
    return true;
}

bool jst_table_is(const jst_table *t, size_t number, uint64_t hash, joist_text key)
{
    const jst_item *item = &t->items[number - 1];
    return item->hash == hash && same_key(key, item->entry);
}

jst_item *jst_table_item(jst_table *t, uint64_t hash, joist_text key)
{
    if (4 * (t->count + 1) > 3 * t->slots_cap)
        grow_slots(t);
    size_t mask = t->slots_cap - 1, at = hash & mask;
    for (; t->slots[at]; at = (at + 1) & mask) {
        if (tag_of(t->slots[at]) != tag_of(hash))
            continue;
        jst_item *item = &t->items[(uint32_t)t->slots[at] - 1];
        if (item->hash == hash && same_key(key, item->entry))
            return item;
    }
    jst_table_append(t, hash, NULL);
    t->slots[at] = tag_of(hash) | t->count;
    return &t->items[t->count - 1];
}

size_t jst_table_bytes(const jst_table *t)
{
    return t->cap * sizeof *t->items + t->slots_cap * sizeof *t->slots;
}

void jst_table_clear(jst_table *t)
{
    joist_free(t->items);
    joist_free(t->slots);
    *t = (jst_table){ 0 };
}
