/* SPDX-License-Identifier: Apache-2.0
 * Limits on a clock that the test moves. */
#include "rate.h"

#include "limits.h"

#include <criterion/criterion.h>
#include <stdio.h>

static int pass(rate *r, const char *key, int64_t now_ms, int tries)
{
    int passed = 0;
    for (int i = 0; i < tries; i++)
        passed += rate_take(r, joist_text_of(key), now_ms) == 0;
    return passed;
}

Test(rate, no_limit)
{
    rate *r = rate_new(0, 1);
    cr_assert_null(r);
    cr_assert_eq(pass(r, "a", 0, 100), 100);
    rate_free(r);
}

Test(rate, a_minutes_worth_at_once_then_evenly)
{
    rate *r = rate_new(60, 1);
    cr_assert_eq(pass(r, "a", 1000000, 100), 60);
    int64_t wait = rate_take(r, JOIST_TEXT("a"), 1000000);
    cr_assert(wait > 0 && wait <= 1001, "%lld", (long long)wait);
    cr_assert_eq(pass(r, "a", 1000999, 5), 0);
    cr_assert_eq(pass(r, "a", 1001000, 5), 1);
    cr_assert_eq(pass(r, "a", 1011000, 50), 10);
    cr_assert_eq(pass(r, "a", 1200000, 100), 60);
    rate_free(r);
}

Test(rate, keys_are_apart)
{
    rate *r = rate_new(1, 7);
    cr_assert_eq(pass(r, "a", 0, 3), 1);
    cr_assert_eq(pass(r, "b", 0, 3), 1);
    cr_assert_eq(pass(r, "", 0, 3), 1);
    cr_assert_eq(pass(r, "a", 60000, 3), 1);
    rate_free(r);
}

Test(rate, large_limits)
{
    rate *r = rate_new(1000000000, 7);
    cr_assert_eq(pass(r, "a", 5, 100000), 100000);
    rate_free(r);
}

/* A flood of keys takes no memory and does not free the one that is over its limit: its slot is
 * further from being due than theirs. */
Test(rate, many_keys)
{
    rate *r = rate_new(10, 3);
    char key[32];
    cr_assert_eq(pass(r, "busy", 0, 100), 10);
    for (int i = 0; i < 4 * RATE_SLOTS; i++) {
        snprintf(key, sizeof key, "key %d", i);
        rate_take(r, joist_text_of(key), 0);
    }
    cr_assert_eq(pass(r, "busy", 0, 100), 0);
    rate_free(r);
}
