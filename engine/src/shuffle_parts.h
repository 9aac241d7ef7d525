/* SPDX-License-Identifier: Apache-2.0
 * What filling a shuffle shares between rows (shuffle_add.c) and accumulators
 * (shuffle_combine.c). */
#ifndef JST_SHUFFLE_PARTS_H
#define JST_SHUFFLE_PARTS_H

#include "shuffle.h"

/* A value that several tables take is stored by the first that does. */
typedef struct jst_shared_value { joist_text bytes; bool shared, stored; } jst_shared_value;

/* The user's key and the window, behind what is in share->key. Returns how much of it decides the
 * partition. */
size_t jst_share_encode_key(const jst_shuffle_plan *plan, jst_share *share, const char *record,
                            const joist_position *at, bool right);

/* Of a key whose first `prefix` bytes decide the partition: elements of one key are in one, and
 * sessions of one key meet whatever their windows are. */
JOIST_INLINE uint64_t jst_share_hash(const jst_shuffle *s, joist_text key, size_t prefix)
{
    const uint64_t top = UINT64_C(15) << 60;
    uint64_t hash = jst_hash(key.ptr, key.len, s->memory->seed);
    if (prefix == key.len)
        return hash;
    return (hash & ~top) | (jst_hash(key.ptr, prefix, s->memory->seed) & top);
}

/* The arena of this worker's entries, and the share ready to be filled. */
joist_arena *jst_share_begin(jst_shuffle *s, size_t worker);

jst_entry *jst_share_entry(joist_arena *arena, joist_text key, joist_text order,
                           jst_shared_value *v, const joist_position *at);

void jst_place_of_inflow(const jst_shuffle_plan *plan, const joist_position *at,
                         const jst_inflow *how, joist_buffer *out);

/* shuffle_combine.c */
void jst_shuffle_combine(jst_shuffle *s, size_t worker, const char *elements,
                         const joist_position *const *positions, size_t count, jst_inflow how);

#endif
