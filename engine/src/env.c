/* SPDX-License-Identifier: Apache-2.0
 * The system's clock, chance and waiting, and the flag by which a signal ends a run. */
#include "joist/run.h"

#include <stdatomic.h>
#include <sys/random.h>
#include <time.h>

enum { SLICE_MS = 50 };

static atomic_bool stop_asked;          /* lock-free: a signal handler stores it */
static atomic_uint_least64_t chance;    /* 0: not seeded yet */

void joist_stop(void)
{
    atomic_store(&stop_asked, true);
}

static bool stopping(joist_env *env)
{
    (void)env;
    return atomic_load_explicit(&stop_asked, memory_order_relaxed);
}

static int64_t now_ms(joist_env *env)
{
    (void)env;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* In slices, so that a stopping run does not sit out a long back-off. */
static void sleep_ms(joist_env *env, int64_t ms)
{
    for (; ms > 0 && !stopping(env); ms -= SLICE_MS) {
        int64_t slice = ms < SLICE_MS ? ms : SLICE_MS;
        struct timespec t = { .tv_nsec = (long)slice * 1000000 };
        nanosleep(&t, NULL);
    }
}

static void seed(joist_env *env)
{
    uint64_t none = 0, first = 0;
    if (getrandom(&first, sizeof first, GRND_NONBLOCK) != (ssize_t)sizeof first)
        first = (uint64_t)now_ms(env);
    atomic_compare_exchange_strong(&chance, &none, first | 1);
}

/* SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
static uint64_t random_bits(joist_env *env)
{
    if (!atomic_load(&chance))
        seed(env);
    uint64_t z = atomic_fetch_add(&chance, 0x9e3779b97f4a7c15u) + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

joist_env *joist_env_system(void)
{
    static joist_env system_env = { now_ms, sleep_ms, random_bits, stopping };
    return &system_env;
}
