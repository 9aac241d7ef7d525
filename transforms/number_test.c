/* SPDX-License-Identifier: Apache-2.0
 * Which texts are numbers, and which only begin like one. */
#include <criterion/criterion.h>
#include <joist.h>

Test(number, whole)
{
    static const struct { const char *text; int64_t want; } good[] = {
        { "0", 0 }, { "-0", 0 }, { "+7", 7 }, { "-17", -17 }, { "007", 7 },
        { "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
    };
    static const char *const wrong[] = { NULL, "", "-", "+", "--1", "1 ", " 1", "1.0", "0x10",
        "1e3", "9223372036854775808", "-9223372036854775809", "12a", "\xd9\xa1" };
    int64_t got = 5;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_assert(joist_int_parse(joist_text_of(good[i].text), &got), "%s", good[i].text);
        cr_assert_eq(got, good[i].want, "%s", good[i].text);
    }
    got = 5;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(joist_int_parse(joist_text_of(wrong[i]), &got), "case %zu", i);
    cr_assert_not(joist_int_parse((joist_text){ "1\0", 2 }, &got));
    cr_assert(joist_int_parse((joist_text){ "123", 2 }, &got));
    cr_assert_eq(got, 12);
}

Test(number, with_a_point)
{
    static const struct { const char *text; double want; } good[] = {
        { "0", 0 }, { "-1.5", -1.5 }, { "+.5", .5 }, { "5.", 5 }, { "1e3", 1000 },
        { "2.5E-1", .25 }, { "1e+2", 100 }, { "1e-400", 0 }, { "0.1", 0.1 }, { "17", 17 },
    };
    static const char *const wrong[] = { NULL, "", ".", "-", "e3", "1e", "1e+", ".e1", "1.2.3",
        "nan", "inf", "0x1p3", "1,5", " 1", "1 ", "1e400", "1f" };
    double got = 5;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_assert(joist_float_parse(joist_text_of(good[i].text), &got), "%s", good[i].text);
        cr_assert(got == good[i].want, "%s: %g", good[i].text, got);
    }
    got = 5;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(joist_float_parse(joist_text_of(wrong[i]), &got), "case %zu", i);
    cr_assert_eq(got, 5);
}

Test(number, longer_than_any)
{
    static char many[500];
    memset(many, '0', sizeof many);
    int64_t i;
    double x;
    cr_assert_not(joist_int_parse((joist_text){ many, sizeof many }, &i));
    cr_assert_not(joist_float_parse((joist_text){ many, sizeof many }, &x));
    cr_assert(joist_int_parse((joist_text){ many, 400 }, &i));
    cr_assert_eq(i, 0);
}
