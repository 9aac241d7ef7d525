/* SPDX-License-Identifier: Apache-2.0
 * Random bits come from the kernel, not from a generator of our own: many collectors write into one
 * folder, and their ids must not meet. */
#include "uuid.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

enum { CHANCE = 10 };

void uuid_v7(char out[UUID_SIZE], int64_t unix_ms, const uint8_t chance[10])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[16];
    for (int i = 0; i < 6; i++)
        bytes[i] = (uint8_t)((uint64_t)unix_ms >> (8 * (5 - i)));
    memcpy(bytes + 6, chance, 10);
    bytes[6] = (uint8_t)(0x70 | (bytes[6] & 0x0F));     /* version 7 */
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F));     /* the variant of RFC 9562 */
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
}

/* Up to 256 bytes come whole and uninterrupted once the kernel's pool was seeded. */
static void fill(uuid_source *source)
{
    ssize_t n;
    while ((n = getrandom(source->chance, sizeof source->chance, 0)) < 0)
        ;
    assert(n == (ssize_t)sizeof source->chance);
    source->left = sizeof source->chance;
}

void uuid_new(char out[UUID_SIZE], int64_t unix_ms, uuid_source *source)
{
    uint8_t chance[CHANCE];
    pthread_mutex_lock(&source->lock);
    if (source->left < CHANCE)
        fill(source);
    source->left -= CHANCE;
    memcpy(chance, source->chance + source->left, CHANCE);
    pthread_mutex_unlock(&source->lock);
    uuid_v7(out, unix_ms, chance);
}
