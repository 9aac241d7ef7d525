/* SPDX-License-Identifier: Apache-2.0
 * Tests: json_value.c json_string.c json_utf8.c json_warn.c base64.c
 * One value at a time: each rule of joist/json.h in a table of inputs and answers. */
#include <criterion/criterion.h>
#include <joist.h>

#include "json_string.h"
#include "json_utf8.h"
#include "json_value.h"

static joist_arena *arena;
static joist_warnings warnings;

static void set_up(void)
{
    arena = joist_arena_new();
    warnings = (joist_warnings){ .arena = arena };
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(json_value, .init = set_up, .fini = tear_down);

static joist_json json_of(const char *s)
{
    return (joist_json){ s, s ? strlen(s) : 0 };
}

/* The warnings given since the last call. */
static size_t warned(const char *want)
{
    size_t n = warnings.count;
    if (n && want)
        cr_assert(joist_text_equal(warnings.items[0], joist_text_of(want)), "%.*s",
                  JOIST_ARG(warnings.items[0]));
    warnings.count = 0;
    return n;
}

static void check_text(const char *json, uint32_t limit, const char *want, const char *warning)
{
    joist_text t = joist_json_to_text(json_of(json), limit, arena, &warnings, "extra.",
                                      JOIST_TEXT("k"));
    bool same = want ? t.ptr && joist_text_equal(t, joist_text_of(want)) : t.ptr == NULL;
    cr_assert(same, "%s gives '%.*s'", json ? json : "NULL", JOIST_ARG(t));
    cr_assert_eq(warned(warning), warning != NULL, "%s", json ? json : "NULL");
}

Test(json_value, text)
{
    check_text(NULL, 0, NULL, NULL);
    check_text("null", 0, NULL, NULL);
    check_text("\"\"", 0, NULL, NULL);
    check_text("\" \\t\\r\\n\\u000b\\f \"", 0, NULL, NULL);
    check_text("\" a b \"", 0, "a b", NULL);
    check_text("\"a\\u0000b\\u0007c\\u007fd\\u0080\"", 0, "abcd\xc2\x80", NULL);
    check_text("\"a\\nb\\tc\\rd\"", 0, "a\nb\tcd", NULL);
    check_text("\"\\u0041\\/\\\"\\\\\"", 0, "A/\"\\", NULL);
    check_text("12", 0, "12", NULL);
    check_text("-1.50E+2", 0, "-1.50E+2", NULL);
    check_text("true", 0, "true", NULL);
    check_text("false", 0, "false", NULL);
    check_text("[]", 0, NULL, "cast:extra.k");
    check_text("{}", 0, NULL, "cast:extra.k");
    check_text("\"abcdef\"", 3, "abc", "truncated:extra.k");
    check_text("\"ab\xe2\x82\xac\"", 4, "ab", "truncated:extra.k");
    check_text("\"ab\xe2\x82\xac\"", 5, "ab\xe2\x82\xac", NULL);
    check_text("\"abc   d\"", 5, "abc  ", "truncated:extra.k");
    check_text("12345", 3, "123", "truncated:extra.k");
    check_text("\"a&amp;b\"", 0, "a&amp;b", NULL);
}

static void check_int(const char *json, bool set, int64_t want, bool warning)
{
    joist_int n = joist_json_to_int(json_of(json), &warnings, "users.", JOIST_TEXT("r"));
    cr_assert(n.set == set && n.v == want, "%s gives %d %lld", json, n.set, (long long)n.v);
    cr_assert_eq(warned("cast:users.r"), warning, "%s", json);
}

/* A string is looked at many bytes at once: each length, with a DEL or an escape at each place. */
Test(json_value, text_of_any_length)
{
    for (size_t len = 1; len < 50; len++)
        for (size_t at = 0; at < len; at++) {
            char json[64] = "\"", del[64], plain[64];
            for (size_t i = 0; i < len; i++)
                json[i + 1] = (char)('a' + i % 26);
            memcpy(json + len + 1, "\"", 2);
            memcpy(plain, json + 1, len);
            plain[len] = '\0';
            check_text(json, 0, plain, NULL);
            memcpy(del, plain, len + 1);
            memmove(del + at, del + at + 1, len - at);
            json[at + 1] = 0x7F;
            check_text(json, 0, len > 1 ? del : NULL, NULL);
            if (at + 1 == len)
                continue;
            memcpy(json + at + 1, "\\/", 2);
            plain[at] = '/';
            memmove(plain + at + 1, plain + at + 2, len - at - 1);
            check_text(json, 0, plain, NULL);
        }
}

Test(json_value, ints)
{
    check_int("null", false, 0, false);
    check_int("0", true, 0, false);
    check_int("-0", true, 0, false);
    check_int("9223372036854775807", true, INT64_MAX, false);
    check_int("-9223372036854775808", true, INT64_MIN, false);
    check_int("\"\"", false, 0, false);
    check_int("\" \\t \"", false, 0, false);
    check_int("\" 42 \"", true, 42, false);
    check_int("\"+007\"", true, 7, false);
    check_int("\"-5\"", true, -5, false);
    check_int("\"\\u0031\\u0032\"", true, 12, false);
    static const char *const wrong[] = { "9223372036854775808", "-9223372036854775809", "1.0",
        "1e2", "true", "[]",
        "{}", "\"1.0\"", "\"1 2\"", "\"+\"", "\"-\"", "\"--1\"", "\"0x1\"", "\"a\"",
        "\"9223372036854775808\"",
        "\"99999999999999999999999\"", "\"1\\u0000\"", "\"\xd9\xa1\"" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_int(wrong[i], false, 0, true);
}

static void check_bool(const char *json, int want, bool warning)
{
    joist_bool b = joist_json_to_bool(json_of(json), &warnings, "", JOIST_TEXT("b"));
    cr_assert((b.set ? b.v : -1) == want, "%s gives %d %d", json, b.set, b.v);
    cr_assert_eq(warned("cast:b"), warning, "%s", json);
}

Test(json_value, bools)
{
    static const char *const yes[] = { "true", "1", "\"1\"", "\"true\"", "\"YES\"", "\" On \"",
        "\"y\"", "\"\\u0079\"" };
    static const char *const no[] = { "false", "0", "\"0\"", "\"False\"", "\"no\"", "\"off\"",
        "\"N\"", "\"\"", "\"  \"" };
    static const char *const wrong[] = { "2", "-1", "1.0", "0.0", "-0", "1e0", "01", "\"2\"",
        "\"yes!\"", "\"tru\"",
        "\"ye s\"", "\"falsehood\"", "[]", "{}", "\"\\u0000\"", "\"y\\u0000\"", "\"1.0\"",
        "\"null\"" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        check_bool(yes[i], 1, false);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        check_bool(no[i], 0, false);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_bool(wrong[i], -1, true);
    check_bool("null", -1, false);
}

static void check_float(const char *json, const char *want, bool warning)
{
    joist_text t = joist_json_to_float_token(json_of(json), arena, &warnings, "extra.",
                                             JOIST_TEXT("f"));
    bool same = want ? t.ptr && joist_text_equal(t, joist_text_of(want)) : t.ptr == NULL;
    cr_assert(same, "%s gives '%.*s'", json, JOIST_ARG(t));
    cr_assert_eq(warned("cast:extra.f"), warning, "%s", json);
}

Test(json_value, floats_keep_their_token)
{
    check_float("1", "1", false);
    check_float("-1.50e3", "-1.50e3", false);
    check_float("1e-999", "1e-999", false);
    check_float("123456789012345678901234567890", "123456789012345678901234567890", false);
    check_float("\"1.5\"", "1.5", false);
    check_float("\"\\u0031\"", "1", false);
    check_float("null", NULL, false);
    static const char *const wrong[] = { "1e999", "-1e999", "true", "[]", "{}", "\"\"", "\" 1\"",
        "\"1 \"", "\"+1\"",
        "\".5\"", "\"1.\"", "\"01\"", "\"1e999\"", "\"NaN\"", "\"inf\"", "\"0x1\"", "\"true\"",
        "\"1{\"", "\"1,5\"" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_float(wrong[i], NULL, true);
}

Test(json_value, long_numbers)
{
    joist_text t = joist_arena_printf(arena, "\"%0500d\"", 7);
    cr_assert_eq(joist_json_to_int((joist_json){ t.ptr, t.len }, NULL, "", t).v, 7);
    t = joist_arena_printf(arena, "0.%0500d", 7);
    joist_float x;
    cr_assert_eq(jst_value_float((joist_json){ t.ptr, t.len }, &x), JST_CAST_OK);
    cr_assert(x.set && x.v == 0);
}

Test(json_value, times)
{
    joist_time t;
    cr_assert_eq(jst_value_time(json_of("\"1970-01-01T00:00:01z\""), &t), JST_CAST_OK);
    cr_assert(t.set && t.ms == 1000);
    cr_assert_eq(jst_value_time(json_of("\"1970-01-01T00:00:01\\u005a\""), &t), JST_CAST_OK);
    cr_assert_eq(jst_value_time(json_of("null"), &t), JST_CAST_OK);
    cr_assert_not(t.set);
    cr_assert_eq(jst_value_time(json_of("1"), &t), JST_CAST_FAILED);
    cr_assert_eq(jst_value_time(json_of("\"1970-01-01\""), &t), JST_CAST_FAILED);
}

Test(json_value, types)
{
    static const char *const texts[] = { NULL, "false", "true", "-1", "\"\"", "[]", "{}" };
    for (int i = 0; i < 7; i++)
        cr_assert_eq(joist_json_type_of(json_of(texts[i])), (joist_json_type)i);
    cr_assert_eq(joist_json_type_of(json_of("null")), JOIST_JSON_NULL);
}

Test(json_value, maps)
{
    static const char *const missing[] = { NULL, "null", "[]", "[ \n]", "\"\"" };
    static const char *const wrong[] = { "1", "\" \"", "[1]", "[[]]", "true", "false", "\"{}\"" };
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        cr_assert(!joist_json_is_map(json_of(missing[i]), &warnings, "", JOIST_TEXT("m"))
                  && !warned(NULL));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert(!joist_json_is_map(json_of(wrong[i]), &warnings, "", JOIST_TEXT("m"))
                  && warned("cast:m") == 1);
    cr_assert(joist_json_is_map(json_of("{}"), &warnings, "", JOIST_TEXT("m")) && !warned(NULL));
}

Test(json_value, strings)
{
    cr_assert(joist_text_equal(joist_json_string(json_of("\" a\\u0000 \""), arena),
                               (joist_text){ " a\0 ", 4 }));
    cr_assert(joist_text_null(joist_json_string(json_of("1"), arena)));
    cr_assert(joist_text_null(joist_json_string(json_of("\""), arena)));
    cr_assert(joist_text_null(joist_json_string(json_of(NULL), arena)));
    joist_text empty = joist_json_string(json_of("\"\""), arena);
    cr_assert(empty.ptr && empty.len == 0);
}

/* ---- escapes --------------------------------------------------------------------------------- */
static void check_unescape(const char *raw, const char *want, size_t len)
{
    char out[64];
    size_t n = jst_unescape(raw, raw + strlen(raw), out);
    cr_assert_leq(n, strlen(raw));
    cr_assert(n == len && memcmp(out, want, n) == 0, "%s", raw);
}

Test(json_value, unescape)
{
    check_unescape("", "", 0);
    check_unescape("\\b\\f\\n\\r\\t\\\"\\\\\\/", "\b\f\n\r\t\"\\/", 8);
    check_unescape("\\u0000x", "\0x", 2);
    check_unescape("\\u00e9\\u20AC\\uFFFF", "\xc3\xa9\xe2\x82\xac\xef\xbf\xbf", 8);
    check_unescape("\\ud83d\\ude1e", "\xf0\x9f\x98\x9e", 4);
    check_unescape("\\uDBFF\\uDFFF", "\xf4\x8f\xbf\xbf", 4);
    check_unescape("\\ud83dx\\ude1e", "\xef\xbf\xbdx\xef\xbf\xbd", 7);
    check_unescape("\\ud83d\\ud83d\\ude1e", "\xef\xbf\xbd\xf0\x9f\x98\x9e", 7);
    check_unescape("\\ud83d\\u0041", "\xef\xbf\xbd" "A", 4);
    check_unescape("x\\", "x\\", 2);     /* never happens in checked text; stays within bounds */
    check_unescape("\\u12", "u12", 3);
}

Test(json_value, escapes_valid)
{
    bool lone = false;
    const char *good = "\\n\\u0041\\ud83d\\ude1e\\\\";
    cr_assert(jst_escapes_valid(good, good + strlen(good), &lone) && !lone);
    const char *half = "\\ud83d\\n";
    cr_assert(jst_escapes_valid(half, half + strlen(half), &lone) && lone);
    static const char *const wrong[] = { "\\", "\\x", "\\u", "\\u123", "\\u12g4", "\\ud83d\\uzzzz",
        "a\\ b" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(jst_escapes_valid(wrong[i], wrong[i] + strlen(wrong[i]), &lone), "%s",
                      wrong[i]);
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */
static void check_repair(const char *in, const char *want)
{
    joist_buffer out = { 0 };
    jst_utf8_repair(&out, joist_text_of(in));
    cr_assert(joist_text_equal(joist_buffer_view(&out), joist_text_of(want)), "%.*s",
              JOIST_ARG(joist_buffer_view(&out)));
    joist_buffer_free(&out);
}

#define R "\xEF\xBF\xBD"
Test(json_value, repair_by_maximal_subparts)
{
    check_repair("", "");
    check_repair("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z",
                 "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
    check_repair("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
                 "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf");
    check_repair("\xed\xa0\x80", R R R);
    check_repair("\xf0\x9f\x98", R);
    check_repair("\xf0\x9f\x98x", R "x");
    check_repair("\xe2\x82\"", R "\"");
    check_repair("\xc0\x80\xc1\xbf", R R R R);
    check_repair("\xe0\x80\x80", R R R);
    check_repair("\xe0\xa0", R);
    check_repair("\xf0\x80\x80\x80", R R R R);
    check_repair("\xf4\x90\x80\x80", R R R R);
    check_repair("\xf5\x80\xff", R R R);
    check_repair("\x80\xbf", R R);
    check_repair("\xc3\xc3\xa9", R "\xc3\xa9");
    check_repair("\xf0\x90\x80\xf0\x90\x80\x80", R "\xf0\x90\x80\x80");
}

/* ---- warnings -------------------------------------------------------------------------------- */
Test(json_value, warnings_are_a_sorted_set)
{
    joist_warn(&warnings, "truncated", NULL, JOIST_TEXT("url"));
    joist_warn(&warnings, "utf8", NULL, JOIST_NO_TEXT);
    joist_warn(&warnings, "cast", "extra.", JOIST_TEXT("b"));
    joist_warn(&warnings, "cast", "extra.", JOIST_TEXT(""));
    joist_warn(&warnings, "utf8", NULL, JOIST_NO_TEXT);
    joist_warn(NULL, "x", NULL, JOIST_NO_TEXT);
    static const char *const want[] = { "cast:extra.", "cast:extra.b", "truncated:url", "utf8" };
    joist_text_list list = joist_warnings_sorted(&warnings, 16);
    cr_assert_eq(list.count, 4u);
    for (size_t i = 0; i < 4; i++)
        cr_assert(joist_text_equal(list.items[i], joist_text_of(want[i])), "%.*s",
                  JOIST_ARG(list.items[i]));
    cr_assert_eq(joist_warnings_sorted(&warnings, 2).count, 2u);
    cr_assert_eq(joist_warnings_sorted(NULL, 2).count, 0u);
}

Test(json_value, many_warnings_and_long_names)
{
    for (int i = 0; i < 100; i++)
        joist_warn(&warnings, "cast", "", joist_arena_printf(arena, "%02d", 99 - i % 50));
    joist_text_list list = joist_warnings_sorted(&warnings, 16);
    cr_assert_eq(list.count, 16u);
    cr_assert(joist_text_equal(list.items[0], JOIST_TEXT("cast:50")));
    warnings.count = 0;
    joist_warn(&warnings, "cast", "p.", joist_arena_printf(arena, "%0127d\xc3\xa9", 0));
    cr_assert_eq(warnings.items[0].len, strlen("cast:p.") + 127);
}

/* ---- base64 ---------------------------------------------------------------------------------- */
Test(json_value, base64)
{
    static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
        { "\xff\xfe\xfb", "//77" } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        joist_buffer out = { 0 };
        joist_bytes back;
        jst_base64_add(&out, (joist_bytes){ pairs[i][0], strlen(pairs[i][0]) });
        cr_assert(joist_text_equal(joist_buffer_view(&out), joist_text_of(pairs[i][1])));
        cr_assert(jst_base64_decode(joist_buffer_view(&out), arena, &back));
        cr_assert(back.len == strlen(pairs[i][0]) && memcmp(back.ptr, pairs[i][0], back.len) == 0);
        joist_buffer_free(&out);
    }
    static const char *const wrong[] = { "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==",
        "Zm9=", "Zm9v\n", "Z-_v",
        "Zg==Zg==", "Zm=v" };
    joist_bytes out;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(jst_base64_decode(joist_text_of(wrong[i]), arena, &out), "%s", wrong[i]);
}
