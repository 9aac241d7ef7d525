/* SPDX-License-Identifier: Apache-2.0
 * Random bits come from the kernel for each one: many collectors write into one folder, and two of
 * them may have been started from one snapshot of a machine. */
#include "uuid.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

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

void uuid_new(char out[UUID_SIZE], int64_t unix_ms)
{
    uint8_t chance[10];
    /* Up to 256 bytes come whole and uninterrupted once the kernel's pool was seeded. */
    ssize_t n;
    while ((n = getrandom(chance, sizeof chance, 0)) < 0)
        ;
    assert(n == (ssize_t)sizeof chance);
    uuid_v7(out, unix_ms, chance);
}
