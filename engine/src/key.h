/* SPDX-License-Identifier: Apache-2.0
 * Keys read back: what follows a key, and which values it was made of. Keys are our own, so they
 * are trusted. */
#ifndef JST_KEY_H
#define JST_KEY_H

#include "joist/record.h"

/* The bytes of the fields' encodings at the head of `key`. */
size_t jst_key_length(const joist_type *type, const joist_fields *fields, const char *key);

/* A record with only the key's fields set; texts live in `arena`. */
void jst_key_decode(const joist_type *type, const joist_fields *fields, const char *key,
                    void *record, joist_arena *arena);

#endif
