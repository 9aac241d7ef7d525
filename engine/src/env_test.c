/* SPDX-License-Identifier: Apache-2.0
 * The system's clock, chance, waiting and stop flag. Nothing here depends on how fast the machine
 * is: waiting at least so long is all that is asked. */
#include "joist/run.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

Test(env, the_clock_is_the_wall_clock)
{
    joist_env *env = joist_env_system();
    time_t before = time(NULL);
    int64_t now = env->now_ms(env);
    cr_expect_geq(now / 1000, before - 1);
    cr_expect_leq(now / 1000, time(NULL) + 1);
    cr_expect_eq(joist_env_system(), env);
}

Test(env, sleeps_at_least_so_long)
{
    joist_env *env = joist_env_system();
    int64_t begin = monotonic_ms();
    env->sleep_ms(env, 120);
    cr_expect_geq(monotonic_ms() - begin, 119);
    env->sleep_ms(env, 0);
    env->sleep_ms(env, -5);
}

enum { DRAWS = 2000, THREADS = 4 };
static uint64_t drawn[THREADS][DRAWS];

static void *draw(void *arg)
{
    uint64_t *to = arg;
    joist_env *env = joist_env_system();
    for (int i = 0; i < DRAWS; i++)
        to[i] = env->random(env);
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

Test(env, threads_draw_no_number_twice_and_all_bits_move)
{
    pthread_t threads[THREADS];
    uint64_t ones = 0, zeroes = 0;
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, draw, drawn[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    qsort(drawn, DRAWS * THREADS, sizeof(uint64_t), by_value);
    for (int i = 0; i < DRAWS * THREADS; i++) {
        uint64_t x = drawn[i / DRAWS][i % DRAWS];
        ones |= x;
        zeroes |= ~x;
        if (i)
            cr_assert_neq(x, drawn[(i - 1) / DRAWS][(i - 1) % DRAWS]);
    }
    cr_expect_eq(ones, UINT64_MAX);
    cr_expect_eq(zeroes, UINT64_MAX);
}

static void on_signal(int number)
{
    (void)number;
    joist_stop();
}

Test(env, a_signal_stops_a_run_and_a_long_wait)
{
    joist_env *env = joist_env_system();
    cr_assert(!env->stopping(env));
    signal(SIGALRM, on_signal);
    alarm(1);
    env->sleep_ms(env, INT64_C(1) << 40);
    cr_expect(env->stopping(env));
    env->sleep_ms(env, INT64_C(1) << 40);
}
