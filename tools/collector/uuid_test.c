/* SPDX-License-Identifier: Apache-2.0
 * The example of RFC 9562, and ids that differ. */
#include "uuid.h"

#include <criterion/criterion.h>
#include <string.h>

Test(uuid, example_of_the_rfc)
{
    static const uint8_t chance[10] = { 0xC, 0xC3, 0x18, 0xC4, 0xDC, 0xC, 0xC, 0x07, 0x39, 0x8F };
    char out[UUID_SIZE];
    uuid_v7(out, 0x017F22E279B0, chance);
    cr_assert_eq(memcmp(out, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", UUID_SIZE), 0, "%.36s", out);
}

Test(uuid, version_and_variant_whatever_the_chance)
{
    uint8_t chance[10];
    char out[UUID_SIZE];
    for (int byte = 0; byte < 256; byte++) {
        memset(chance, byte, sizeof chance);
        uuid_v7(out, 1, chance);
        cr_assert_eq(out[14], '7');
        cr_assert(strchr("89ab", out[19]) != NULL);
    }
}

Test(uuid, different_and_in_order_of_time)
{
    enum { MANY = 1000 };
    static char ids[MANY][UUID_SIZE];
    uuid_source source = { .left = 0 };
    pthread_mutex_init(&source.lock, NULL);
    for (int i = 0; i < MANY; i++)
        uuid_new(ids[i], i / 100, &source);
    for (int i = 0; i < MANY; i++)
        for (int k = 0; k < i; k++) {
            int order = memcmp(ids[k], ids[i], UUID_SIZE);
            cr_assert(order != 0 && (order < 0 || k / 100 == i / 100));
        }
    pthread_mutex_destroy(&source.lock);
}
