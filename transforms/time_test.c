/* SPDX-License-Identifier: Apache-2.0
 * Tests: time.c */
#include <criterion/criterion.h>
#include <joist.h>
#include <stdio.h>
#include <time.h>

static void check(const char *text, int64_t ms)
{
    joist_time t;
    cr_assert(joist_time_parse(joist_text_of(text), &t), "%s", text);
    cr_assert(t.set && t.ms == ms, "%s: %lld", text, (long long)t.ms);
}

Test(time, parse)
{
    check("1970-01-01T00:00:00Z", 0);
    check("1970-01-01t00:00:00z", 0);
    check("2026-11-23T10:14:07.412Z", 1795428847412);
    check("2026-11-23T12:14:07.412+02:00", 1795428847412);
    check("2026-11-23T04:44:07.412-05:30", 1795428847412);
    check("2026-11-23T10:14:07.412999999999999Z", 1795428847412);
    check("2026-11-23T10:14:07.4Z", 1795428847400);
    check("2026-11-23T10:14:07.04Z", 1795428847040);
    check("1969-12-31T23:59:59.999Z", -1);
    check("1970-01-01T00:00:00-00:00", 0);
    check("1970-01-01T00:00:60Z", 60000);
    check("2016-12-31T23:59:60.5Z", 1483228800500);
    check("2000-02-29T00:00:00Z", 951782400000);
    check("2024-02-29T00:00:00+23:59", 1709164800000 - 86340000);
    check("0000-01-01T00:00:00Z", -62167219200000);
    check("9999-12-31T23:59:59.999Z", 253402300799999);
}

Test(time, parse_refuses)
{
    static const char *const wrong[] = {
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-01-01T00:00Z",
        "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00,5Z", "1970-01-01T24:00:00Z", "1970-01-01T23:60:00Z",
        "1970-01-01T23:59:61Z", "1970-00-01T00:00:00Z",
        "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
        "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2024-04-31T00:00:00Z", "70-01-01T00:00:00Z", "1970-1-1T00:00:00Z", "+1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00+0000",
        "1970-01-01T00:00:00+00", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+00:60",
        "1970-01-01T00:00:00ZZ",
        "1970-01-01T00:00:00 Z", " 1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z ",
        "1970-01-01T00:00:00-", "1970-01-01T0:00:00Z",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01",
        "1970-01-01T-1:00:00Z",
        "197\xd9\xa0-01-01T00:00:00Z", "1970/01/01T00:00:00Z", "19700101T000000Z",
        "1970-01-01\02400:00:00Z", "1970-01-01T00:00:00\x1a",
        "1970\r01-01T00:00:00Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        joist_time t = JOIST_TIME_MS(1);
        cr_assert_not(joist_time_parse(joist_text_of(wrong[i]), &t), "%s", wrong[i]);
        cr_assert_not(t.set);
    }
    joist_time t;
    cr_assert_not(joist_time_parse(JOIST_NO_TEXT, &t));
}

/* Every 45 days or so of ten thousand years, at odd times of the day; the C library is the
 * judge. */
Test(time, print_and_parse_are_inverse)
{
    for (int64_t ms = -62167219200000; ms <= 253402300799999; ms += 40400123 * 97LL) {
        char text[JOIST_TIME_SIZE], libc[96];
        joist_time t;
        joist_time_format(ms, text);
        cr_assert(joist_time_parse((joist_text){ text, sizeof text }, &t));
        cr_assert_eq(t.ms, ms, "%.24s", text);
        time_t seconds = (time_t)((ms - ((ms % 1000) + 1000) % 1000) / 1000);
        struct tm tm;
        gmtime_r(&seconds, &tm);
        snprintf(libc, sizeof libc, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min, tm.tm_sec);
        cr_assert_eq(memcmp(text, libc, 19), 0, "%.24s %s", text, libc);
    }
}

Test(time, print)
{
    joist_arena *a = joist_arena_new();
    joist_text t = joist_time_print(JOIST_TIME_MS(1795428847412), a);
    cr_assert(joist_text_equal(t, JOIST_TEXT("2026-11-23T10:14:07.412Z")));
    t = joist_time_print(JOIST_TIME_MS(-1), a);
    cr_assert(joist_text_equal(t, JOIST_TEXT("1969-12-31T23:59:59.999Z")));
    cr_assert(joist_text_null(joist_time_print((joist_time){ 0 }, a)));
    t = joist_time_print(JOIST_TIME_MS(INT64_MAX), a);      /* nearest that can be written */
    cr_assert(joist_text_equal(t, JOIST_TEXT("9999-12-31T23:59:59.999Z")));
    t = joist_time_print(JOIST_TIME_MS(INT64_MIN), a);
    cr_assert(joist_text_equal(t, JOIST_TEXT("0000-01-01T00:00:00.000Z")));
    joist_arena_free(a);
}

Test(time, dates)
{
    static const char *const good[] = { "2026-11-23", "2000-02-29", "0000-02-29", "9999-12-31" };
    static const char *const wrong[] = { "", "2026-11-31", "2100-02-29", "2026-11-23T", "2026-11-2",
        "2026-11", " 2026-11-23" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert(joist_date_valid(joist_text_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(joist_date_valid(joist_text_of(wrong[i])), "%s", wrong[i]);
    cr_assert_not(joist_date_valid(JOIST_NO_TEXT));
}

Test(time, hours)
{
    joist_time t;
    cr_assert(joist_hour_parse(JOIST_TEXT("2026-11-23T10"), &t) && t.ms == 1795428000000);
    static const char *const wrong[] = { "", "2026-11-23", "2026-11-23T24", "2026-11-23T1",
        "2026-11-23T10Z", "2026-11-31T10", "2026-11-23T10:00" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert(!joist_hour_parse(joist_text_of(wrong[i]), &t) && !t.set, "%s", wrong[i]);
}
