/* SPDX-License-Identifier: Apache-2.0
 * Entries of one worker in the order of arrival, and a hash index over their keys. Walking them in
 * that order is walking memory from front to back, which sorting does twice. */
#ifndef JST_TABLE_H
#define JST_TABLE_H

#include "joist/connector.h"

typedef struct jst_entry {
    uint32_t key_len, order_len, value_len;
    uint32_t cap;                   /* bytes that fit into `bytes` */
    const char *value;              /* behind the order, or shared with entries of other tables */
    joist_position at;
    char bytes[];                   /* key, order, and the value unless it is shared */
} jst_entry;

JOIST_INLINE joist_text jst_entry_key(const jst_entry *e)
{
    return (joist_text){ e->bytes, e->key_len };
}

JOIST_INLINE joist_text jst_entry_order(const jst_entry *e)
{
    return (joist_text){ e->bytes + e->key_len, e->order_len };
}

JOIST_INLINE joist_text jst_entry_value(const jst_entry *e)
{
    return (joist_text){ e->value, e->value_len };
}

/* Of an entry with its value inside. */
JOIST_INLINE size_t jst_entry_size(const jst_entry *e)
{
    return sizeof *e + e->key_len + e->order_len + e->value_len;
}

/* Copies an entry, its value inside, to jst_entry_size bytes of 8-byte aligned memory. */
jst_entry *jst_entry_copy(const jst_entry *e, void *to);

typedef struct jst_item { uint64_t hash; jst_entry *entry; } jst_item;

typedef struct jst_table {
    jst_item *items; size_t count, cap;
    uint64_t *slots; size_t slots_cap;  /* upper half of a hash, number of an item (0: free) */
} jst_table;

/* Behind the others; not found by its key. */
void jst_table_append(jst_table *t, uint64_t hash, jst_entry *entry);

/* Is that the item of this key? Its entry is read. */
bool jst_table_is(const jst_table *t, size_t number, uint64_t hash, joist_text key);

/* The item of this key. A new one has no entry yet and must be given one. Valid until the next
 * call. */
jst_item *jst_table_item(jst_table *t, uint64_t hash, joist_text key);

/* Lookups of many keys wait for memory once, not each on its own: what the next step of each will
 * read is asked for ahead. In this order, one step for all keys before the next step. */
JOIST_INLINE void jst_table_expect_slot(const jst_table *t, uint64_t hash)
{
    if (t->slots_cap)
        __builtin_prefetch(&t->slots[hash & (t->slots_cap - 1)]);
}

/* The number of the first item with its tag, most likely its own, counted from 1; 0: none. */
size_t jst_table_likely(const jst_table *t, uint64_t hash);

size_t jst_table_bytes(const jst_table *t);
void jst_table_clear(jst_table *t);     /* empty and without memory */

#endif
