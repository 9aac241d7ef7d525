/* SPDX-License-Identifier: Apache-2.0
 * Makes the pairs that bench-groups and its peers read: two int64 each, the same in every run.
 *
 *     build/bench-pairs FILE COUNT KEYS even|zipf|once
 *
 * even: every key as likely; zipf: key k as likely as 1/k; once: the keys 0, 1, 2, … one after
 * another.
 * Tests: tests/e2e/bench_test.py */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t key_of(const char *how, uint64_t random, int64_t keys, int64_t i)
{
    double share = (double)(random >> 11) * 0x1p-53;
    if (strcmp(how, "once") == 0)
        return i % keys;
    if (strcmp(how, "zipf") == 0)
        return (int64_t)exp(share * log((double)keys + 1)) - 1;
    return (int64_t)(share * (double)keys);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return fprintf(stderr, "usage: bench-pairs FILE COUNT KEYS even|zipf|once\n"), 2;
    FILE *file = fopen(argv[1], "wb");
    int64_t count = strtoll(argv[2], NULL, 10), keys = strtoll(argv[3], NULL, 10);
    uint64_t state = 1;
    for (int64_t i = 0; file && i < count; i++) {
        int64_t key = key_of(argv[4], next_random(&state), keys, i);
        int64_t pair[2] = { key, (int64_t)(next_random(&state) % 1000) };
        fwrite(pair, sizeof pair, 1, file);
    }
    if (!file || fclose(file))
        return perror(argv[1]), 1;
    return 0;
}
