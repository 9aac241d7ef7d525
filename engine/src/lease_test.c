/* SPDX-License-Identifier: Apache-2.0
 * Who gets a lease, and with which number. */
#include <criterion/criterion.h>

#include "joist/connector.h"

enum { NOW = 1700000000 };      /* in seconds, like numbers */

static const joist_lease_request want = {
    .window = { "2026-08-20T09", 13 }, .holder = { "me", 2 },
    .now_ms = NOW * INT64_C(1000), .until_ms = NOW * INT64_C(1000) + 600000,
};

static joist_journal_entry held_by(const char *holder, int64_t until_ms)
{
    return (joist_journal_entry){
        .pipeline = JOIST_TEXT("p"), .window = want.window, .number = NOW + 5,
        .state = JOIST_TEXT("done"), .digest = JOIST_TEXT("abc"), .records = 7,
        .holder = joist_text_of(holder), .lease_until = JOIST_TIME_MS(until_ms),
    };
}

static void expect_granted(const joist_journal_entry *stored, int64_t number)
{
    joist_journal_entry out;
    cr_assert(joist_lease_grant(stored, &want, &out));
    cr_expect_eq(out.number, number);
    cr_expect(joist_text_equal(out.window, want.window));
    cr_expect(joist_text_equal(out.holder, want.holder));
    cr_expect_eq(out.lease_until.ms, want.until_ms);
    cr_expect(out.lease_until.set);
}

Test(lease, a_new_window_begins_above_every_number_of_the_past)
{
    expect_granted(NULL, NOW);
}

Test(lease, one_nobody_holds_is_granted_and_the_rest_stays)
{
    joist_journal_entry stored = held_by(NULL, 0), out;
    expect_granted(&stored, NOW + 6);
    joist_lease_grant(&stored, &want, &out);
    cr_expect(joist_text_equal(out.state, stored.state));
    cr_expect(joist_text_equal(out.digest, stored.digest));
    cr_expect_eq(out.records, 7);
}

Test(lease, one_that_has_just_expired_is_granted)
{
    joist_journal_entry stored = held_by("other", want.now_ms);
    expect_granted(&stored, NOW + 6);
    stored.lease_until = (joist_time){ 0 };
    expect_granted(&stored, NOW + 6);
}

Test(lease, our_own_is_granted_again_with_a_new_number)
{
    joist_journal_entry stored = held_by("me", want.until_ms);
    expect_granted(&stored, NOW + 6);
}

Test(lease, somebody_elses_is_refused_and_told)
{
    joist_journal_entry stored = held_by("other", want.now_ms + 1), out;
    cr_assert_not(joist_lease_grant(&stored, &want, &out));
    cr_expect_eq(out.number, stored.number);
    cr_expect(joist_text_equal(out.holder, JOIST_TEXT("other")));
    cr_expect_eq(out.lease_until.ms, want.now_ms + 1);
}

Test(lease, a_number_far_in_the_past_jumps_to_the_present)
{
    joist_journal_entry stored = held_by(NULL, 0);
    stored.number = 3;
    expect_granted(&stored, NOW);
}
