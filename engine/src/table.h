/* SPDX-License-Identifier: Apache-2.0
 * Entries of one worker in the order of arrival, and a hash index over their keys. Walking them in
 * that order is walking memory from front to back, which sorting does twice. */
#ifndef JST_TABLE_H
#define JST_TABLE_H

#include "joist/connector.h"

typedef struct jst_entry {
    uint32_t key_len, order_len, value_len;
    uint32_t cap;                   /* bytes that fit into `bytes` */
    joist_position at;
    char bytes[];                   /* key, order, value */
} jst_entry;

JOIST_INLINE joist_text jst_entry_key(const jst_entry *e)
{
    return (joist_text){ e->bytes, e->key_len };
}

JOIST_INLINE joist_text jst_entry_order(const jst_entry *e)
{
    return (joist_text){ e->bytes + e->key_len, e->order_len };
}

JOIST_INLINE const char *jst_entry_value(const jst_entry *e)
{
    return e->bytes + e->key_len + e->order_len;
}

JOIST_INLINE size_t jst_entry_size(const jst_entry *e)
{
    return sizeof *e + e->key_len + e->order_len + e->value_len;
}

typedef struct jst_item { uint64_t hash; jst_entry *entry; } jst_item;

typedef struct jst_table {
    jst_item *items; size_t count, cap;
    uint64_t *slots; size_t slots_cap;  /* upper half of a hash, number of an item (0: free) */
} jst_table;

/* Behind the others; not found by its key. */
void jst_table_append(jst_table *t, uint64_t hash, jst_entry *entry);

/* The item of this key. A new one has no entry yet and must be given one. Valid until the next
 * call. */
jst_item *jst_table_item(jst_table *t, uint64_t hash, joist_text key);

size_t jst_table_bytes(const jst_table *t);
void jst_table_clear(jst_table *t);     /* empty and without memory */

#endif
