/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include <criterion/criterion.h>

typedef struct pair { const char *from, *to; } pair;    /* from NULL: a NULL text */

static joist_arena *arena;

static void set_up(void) { arena = joist_arena_new(); }
static void tear_down(void) { joist_arena_free(arena); }
TestSuite(rules, .init = set_up, .fini = tear_down);

static void expect(const char *from, joist_text got, const char *want)
{
    cr_expect(joist_text_equal(got, joist_text_of(want)), "%s gives %.*s, not %s",
              from ? from : "NULL", JOIST_ARG(got), want);
}

Test(rules, keys_tell_ours_from_theirs)
{
    static const pair cases[] = {
        { NULL, "(none)" }, { "(none)", "=(none)" }, { "__other__", "=__other__" },
        { "=(none)", "=(none)" }, { "", "" }, { "(NONE)", "(NONE)" }, { "(none) ", "(none) " },
        { "__other__x", "__other__x" }, { "de_DE", "de_DE" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].from, key_of(joist_text_of(cases[i].from)), cases[i].to);
}

Test(rules, keys_of_bools)
{
    expect("true", key_of_bool(JOIST_BOOL(true)), "true");
    expect("false", key_of_bool(JOIST_BOOL(false)), "false");
    expect("NULL", key_of_bool((joist_bool){ true, false }), "(none)");
}

Test(rules, minor_versions)
{
    static const pair cases[] = {
        { "8.2.18", "8.2" }, { "7.4.3-4ubuntu2.19", "7.4" }, { "6", "6" }, { "6.", "6" },
        { "6.x", "6" }, { "6..1", "6" }, { "6.8-beta1", "6.8" }, { "6.8.", "6.8" },
        { "08.02.1", "08.02" }, { "10.11.6-MariaDB", "10.11" }, { "6 .8", "6" }, { "v6.8", "(none)" },
        { ".8", "(none)" }, { "-1.2", "(none)" }, { " 6.8", "(none)" }, { "", "(none)" },
        { "(none)", "(none)" }, { "__other__", "(none)" }, { NULL, "(none)" },
        { "99999999999999999999.12345678901234567890.1", "99999999999999999999.12345678901234567890" },
        { "\xd9\xa6.8", "(none)" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].from, minor_of(joist_text_of(cases[i].from)), cases[i].to);
}

Test(rules, server_families)
{
    static const pair cases[] = {
        { "Apache/2.4.57 (Debian)", "apache" }, { "nginx/1.25.3", "nginx" },
        { "LiteSpeed", "litespeed" }, { "Microsoft-IIS/10.0", "microsoft-iis" },
        { "Apache Tomcat", "apache" }, { "A\tb", "a" }, { "A\vb", "a" }, { "A\rb", "a" },
        { "/2.4", "(none)" }, { " nginx", "(none)" }, { "", "(none)" }, { NULL, "(none)" },
        { "(None)/1", "=(none)" }, { "__OTHER__", "=__other__" }, { "\xc3\x84pfel/1", "\xc3\x84pfel" },
        { "A\xc2\xa0" "B", "a\xc2\xa0" "b" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].from, family_of(joist_text_of(cases[i].from), arena), cases[i].to);
}

static void expect_time(const char *time, const char *day, const char *hour)
{
    joist_time t;
    cr_assert(joist_time_parse(joist_text_of(time), &t));
    expect(time, day_print(day_of(t), arena), day);
    expect(time, joist_time_print(hour_of(t), arena), hour);
}

Test(rules, days_and_hours_are_utc_and_begin_at_their_first_millisecond)
{
    expect_time("2026-08-20T03:14:15.926Z", "2026-08-20", "2026-08-20T03:00:00.000Z");
    expect_time("2026-08-20T00:00:00.000Z", "2026-08-20", "2026-08-20T00:00:00.000Z");
    expect_time("2026-08-19T23:59:59.999Z", "2026-08-19", "2026-08-19T23:00:00.000Z");
    expect_time("2026-08-20T01:30:00+02:00", "2026-08-19", "2026-08-19T23:00:00.000Z");
    expect_time("2024-02-29T12:00:00Z", "2024-02-29", "2024-02-29T12:00:00.000Z");
}

Test(rules, days_before_1970_are_rounded_down)
{
    expect_time("1969-12-31T23:59:59.999Z", "1969-12-31", "1969-12-31T23:00:00.000Z");
    expect_time("1969-12-31T00:00:00Z", "1969-12-31", "1969-12-31T00:00:00.000Z");
    expect_time("0000-01-01T00:30:00Z", "0000-01-01", "0000-01-01T00:00:00.000Z");
    expect_time("9999-12-31T23:59:59.999Z", "9999-12-31", "9999-12-31T23:00:00.000Z");
    cr_expect_eq(day_of(JOIST_TIME_MS(-1)), -1);
    cr_expect_eq(day_of(JOIST_TIME_MS(0)), 0);
}
