/* SPDX-License-Identifier: Apache-2.0
 * Keys read back: what follows a key, and which values it was made of. Keys are our own, so they
 * are trusted. */
#ifndef JST_KEY_H
#define JST_KEY_H

#include "joist/record.h"

#include <endian.h>

/* Eight bytes, the greatest first, at p; returns where they end. */
JOIST_INLINE char *jst_put_big_endian(char *p, uint64_t v)
{
    uint64_t bytes = htobe64(v);
    memcpy(p, &bytes, sizeof bytes);
    return p + sizeof bytes;
}

JOIST_INLINE uint64_t jst_get_big_endian(const char *p)
{
    uint64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return be64toh(bytes);
}

/* Numbers without a sign that are ordered as the numbers with one are; and back. */
JOIST_INLINE uint64_t jst_int_order(int64_t v) { return (uint64_t)v ^ UINT64_C(1) << 63; }
JOIST_INLINE int64_t jst_int_of_order(uint64_t v) { return (int64_t)(v ^ UINT64_C(1) << 63); }

/* A number in a key: a mark that it is not NULL, then its order. */
enum { JST_NUMBER_KEY = 1 + 8 };
JOIST_INLINE char *jst_put_number_key(char *p, uint64_t order)
{
    *p = 1;
    return jst_put_big_endian(p + 1, order);
}

/* The bytes of the fields' encodings at the head of `key`. */
size_t jst_key_length(const joist_type *type, const joist_fields *fields, const char *key);

/* A record with only the key's fields set; texts live in `arena`. */
void jst_key_decode(const joist_type *type, const joist_fields *fields, const char *key,
                    void *record, joist_arena *arena);

#endif
