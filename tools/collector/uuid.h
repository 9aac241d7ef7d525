/* SPDX-License-Identifier: Apache-2.0
 * UUIDs of version 7 (RFC 9562): sorted by time, unique by chance. */
#ifndef COLLECTOR_UUID_H
#define COLLECTOR_UUID_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum { UUID_SIZE = 36 };

/* Writes 36 characters, no NUL. `chance`: 10 random bytes, of which 74 bits are used. */
void uuid_v7(char out[UUID_SIZE], int64_t unix_ms, const uint8_t chance[10]);

/* The kernel's chance, fetched for some at a time. {0} but for the lock. */
typedef struct uuid_source {
    pthread_mutex_t lock;
    size_t left;
    uint8_t chance[250];
} uuid_source;

/* The same with chance from there. Thread-safe. */
void uuid_new(char out[UUID_SIZE], int64_t unix_ms, uuid_source *source);

#endif
