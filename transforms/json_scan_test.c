/* SPDX-License-Identifier: Apache-2.0
 * Tests: json_scan.c
 * A table of texts, each judged by joist_json_skip, by the push scanner at every chunk size, and
 * by the fast path (wrapped in an object), which must all agree with the table. */
#include <criterion/criterion.h>
#include <joist.h>
#include <stdlib.h>

#include "json_scan.h"

#define NOTHING(F, T) F(T, joist_json, nothing, 0)
JOIST_RECORD(nothing, NOTHING);

/* Texts that are one value, and nothing else but white space. */
static const char *const good[] = {
    "{}", "[]", "\"\"", "0", "-0", "1", "-1", "10", "0.0", "-0.5", "1e1", "1E1", "1e+1", "1e-1",
    "1.5e10",
    "0e0", "0E-0", "123456789012345678901234567890", "1e400", "-1e-400", "true", "false", "null",
    " {}", "{} ", "\t\n\r {} \t\n\r", "[ ]", "[\n]", "{ }", "[[]]", "[[],[]]", "[{}]", "{\"a\":{}}",
    "[1]", "[1,2]", "[ 1 , 2 ]", "[1.5]", "[-1]", "[true]", "[false,null]", "[\"a\"]",
    "[\"a\",\"b\"]",
    "{\"a\":1}", "{\"a\":1,\"b\":2}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"a\":1,\"a\":2}", "{\"\":0}",
    "{\"a\":[]}", "{\"a\":[{}]}", "[{\"a\":[{\"b\":null}]}]", "{\"a\":\"b\"}", "{\"\\u0061\":1}",
    "[\"\\\"\"]", "[\"\\\\\"]", "[\"\\/\"]", "[\"\\b\\f\\n\\r\\t\"]", "[\"\\u0000\"]",
    "[\"\\u00e9\"]",
    "[\"\\uD83D\\uDE00\"]", "[\"\\uDBFF\\uDFFF\"]", "[\"\\ud800\"]", "[\"\\udc00\"]",
    "[\"\\ud800a\"]",
    "[\"\\ud800\\ud800\"]", "[\"\\ud800\\n\"]", "[\"\\\\u0061\"]", "[\"\\\\\\\"\"]", "[\"\x7f\"]",
    "[\"\xc3\xa9\"]", "[\"\xe2\x82\xac\"]", "[\"\xf0\x9f\x98\x80\"]", "[\"\xff\"]", "[\"\xc3\"]",
    "[\"\xed\xa0\x80\"]", "[\"\xf4\x90\x80\x80\"]", "[\"\xc0\x80\"]", "{\"\xff\":1}",
    "[\"[{,:}]\"]",
    "[\"//\"]", "[\"/*\"]", "\"a string that is longer than sixteen bytes, and more\"",
    "[\"0123456789abcdef\"]", "[\"0123456789abcde\\n\"]", "\n[1]", "[1]\n", "\"\\u005C\"",
    "\"\\u0022\"",
    "[null,1,\"1\",{}]", "[0.1e1,0.1E+1]", "[1,\n2\n]", "{\"a\"\n:\n1\n}", "-1.0e-0",
};

/* Texts that are not. `at` is where they go wrong. */
static const struct { const char *text; size_t at; } bad[] = {
    { "", 0 }, { " ", 1 }, { "\n\n", 2 }, { "{", 1 }, { "}", 0 }, { "[", 1 }, { "]", 0 },
    { "\"", 1 },
    { "{]", 1 }, { "[}", 1 }, { "{\"a\"}", 4 }, { "{\"a\":}", 5 }, { "{\"a\":1,}", 7 },
    { "{,}", 1 },
    { "{\"a\" 1}", 5 }, { "{\"a\"::1}", 5 }, { "{\"a\":1 \"b\":2}", 7 },
    { "{\"a\":1,,\"b\":2}", 7 },
    { "{a:1}", 1 }, { "{'a':1}", 1 }, { "{1:1}", 1 }, { "{null:1}", 1 }, { "{[]:1}", 1 },
    { "{\"a\":1", 6 },
    { "{\"a\":1,", 7 }, { "{\"a\":", 5 }, { "{\"a\"", 4 }, { "{\"a", 3 }, { "{\"a\":1]", 6 },
    { "[1}", 2 },
    { "[1,]", 3 }, { "[,1]", 1 }, { "[,]", 1 }, { "[1,,2]", 3 }, { "[1 2]", 3 }, { "[1", 2 },
    { "[1,", 3 },
    { "[1:2]", 2 }, { "[\"a\":1]", 4 }, { "[\"a\" \"b\"]", 5 }, { "[\"a\"\"b\"]", 4 },
    { "[1\"a\"]", 2 },
    { "[[]", 3 }, { "[]]", 2 }, { "{}}", 2 }, { "[][]", 2 }, { "{}{}", 2 }, { "{} x", 3 },
    { "1 2", 2 },
    { "01", 1 }, { "-01", 2 }, { "00", 1 }, { "-", 1 }, { "+1", 0 }, { ".5", 0 }, { "1.", 2 },
    { "1.e1", 2 },
    { "-.5", 1 }, { "1e", 2 }, { "1e+", 3 }, { "1e-", 3 }, { "1E", 2 }, { "1ee1", 2 },
    { "1.2.3", 3 },
    { "1e1.5", 3 }, { "1e1e1", 3 }, { "0x1", 1 }, { "1_000", 1 }, { "1,000", 1 }, { "--1", 1 },
    { "1-1", 1 },
    { "1+", 1 }, { "0e", 2 }, { "Infinity", 0 }, { "-Infinity", 1 }, { "NaN", 0 }, { "1f", 1 },
    { "1/2", 1 },
    { "[01]", 2 }, { "[1.]", 3 }, { "[.1]", 1 }, { "[-]", 2 }, { "[+1]", 1 }, { "[1e]", 3 },
    { "[1a]", 2 },
    { "[0 1]", 3 }, { "[- 1]", 2 }, { "[1 .5]", 3 }, { "[1e 5]", 3 }, { "[0x0]", 2 },
    { "[NaN]", 1 },
    { "tru", 3 }, { "t", 1 }, { "True", 0 }, { "TRUE", 0 }, { "truee", 4 }, { "truefalse", 4 },
    { "nul", 3 },
    { "nulll", 4 }, { "fals", 4 }, { "falsey", 5 }, { "[tru]", 4 }, { "[truee]", 5 },
    { "[nul]", 4 },
    { "[fals e]", 5 }, { "[true false]", 6 }, { "undefined", 0 }, { "null0", 4 }, { "true,", 4 },
    { "'a'", 0 }, { "\"a", 2 }, { "\"\\\"", 3 }, { "\"\\", 2 }, { "[\"\\a\"]", 3 },
    { "[\"\\x41\"]", 3 },
    { "[\"\\'\"]", 3 }, { "[\"\\0\"]", 3 }, { "[\"\\U0041\"]", 3 }, { "[\"\\u\"]", 4 },
    { "[\"\\u1\"]", 5 },
    { "[\"\\u12\"]", 6 }, { "[\"\\u123\"]", 7 }, { "[\"\\u123g\"]", 7 }, { "[\"\\u 041\"]", 4 },
    { "[\"\\u+041\"]", 4 }, { "[\"\\ud800\\u\"]", 10 }, { "[\"\\ud800\\x\"]", 9 },
    { "[\"\\ \"]", 3 },
    { "[\"\t\"]", 2 }, { "[\"\n\"]", 2 }, { "[\"\x1f\"]", 2 }, { "[\"\x01\"]", 2 },
    { "[\"a\rb\"]", 3 },
    { "{\"a\tb\":1}", 3 }, { "[\"0123456789abcdef\n\"]", 18 }, { "\xef\xbb\xbf{}", 0 },
    { "\xff", 0 },
    { "[\xff]", 1 }, { "[\xc3\xa9]", 1 }, { "{\"a\":\xe9}", 5 }, { "[1\xff]", 2 }, { "{}\xff", 2 },
    { "[\x0b]", 1 }, { "[\x0c]", 1 }, { "\x0b{}", 0 }, { "[1\x0c]", 2 }, { "\xc2\xa0{}", 0 },
    { "[\x01]", 1 },
    { "//x\n{}", 0 }, { "/**/{}", 0 }, { "{}//x", 2 }, { "[1/**/]", 2 }, { "#{}", 0 },
    { "{/**/}", 1 },
    { "\\", 0 }, { "[\\]", 1 }, { "[\\\"a\"]", 1 }, { "{\"a\":1}\\", 7 }, { "[1\\]", 2 },
    { "[\"a\"\\]", 4 },
    { "{\"a\":\\\"b\"}", 5 }, { ":", 0 }, { ",", 0 }, { "{:}", 1 }, { "[\"a\",1:2]", 6 },
    { "*", 0 }, { "<a>", 0 },
    { "{\"a\":b}", 5 }, { "{\"a\":\"b\"c}", 8 }, { "{\"a\":1}}", 7 }, { "{\"a\":[1,2}", 9 },
    { "[{\"a\":1]", 7 },
    { "{\"a\":{\"b\":1}", 12 }, { "\"a\"b", 3 }, { "{\"a\":tr\"ue\"}", 7 },
    { "{\"a\":1\"b\":2}", 6 },
};

static size_t rest_at(joist_text t, size_t used)
{
    while (used < t.len && memchr(" \t\n\r", t.ptr[used], 4))
        used++;
    return used;
}

/* Whole text one value? *at: the first fault. */
static bool reference(joist_text t, size_t *at)
{
    joist_json_error e = { 0 };
    size_t used = joist_json_skip(t, &e);
    if (!used) {
        cr_assert_str_eq(e.code, "bad_json");
        cr_assert_neq(e.message[0], '\0');
        *at = e.at;
        return false;
    }
    *at = rest_at(t, used);
    return *at == t.len;
}

/* The scanner fed `chunk` bytes at a time must say what joist_json_skip says. */
static void check_chunks(joist_text t, size_t chunk)
{
    joist_json_error e = { 0 };
    size_t whole = joist_json_skip(t, &e), at = 0;
    jst_json_scan scan;
    jst_scan_result r = JST_SCAN_NEED_MORE;
    jst_json_scan_begin(&scan);
    while (r == JST_SCAN_NEED_MORE) {
        size_t n = t.len - at < chunk ? t.len - at : chunk, used;
        bool eof = at + n == t.len;
        r = jst_json_scan_feed(&scan, t.ptr + at, n, eof, &used);
        cr_assert_leq(used, n);
        cr_assert(r != JST_SCAN_NEED_MORE || used == n);
        at += used;
        cr_assert_eq(scan.total, at);
    }
    if (whole) {
        cr_assert_eq(r, JST_SCAN_VALUE_END, "%s by %zu", t.ptr, chunk);
        cr_assert_eq(at, whole, "%s by %zu: %zu, not %zu", t.ptr, chunk, at, whole);
    } else {
        cr_assert(r == JST_SCAN_SYNTAX_ERROR || r == JST_SCAN_NOTHING, "%s by %zu", t.ptr, chunk);
        cr_assert_eq(at, e.at, "%s by %zu: %zu, not %zu", t.ptr, chunk, at, e.at);
    }
}

/* The fast path on {"nothing":TEXT}. */
static bool fast_path_takes(joist_text t)
{
    joist_arena *a = joist_arena_new();
    joist_text whole = joist_arena_printf(a, "{\"x\":%.*s}", JOIST_ARG(t));
    nothing record;
    bool ok = joist_json_decode_with(whole, &nothing_type, &record, a, NULL, NULL);
    joist_arena_free(a);
    return ok;
}

static void check_everywhere(const char *text)
{
    joist_text t = joist_text_of(text);
    for (size_t chunk = 1; chunk <= t.len + 1; chunk++)
        check_chunks(t, chunk);
    size_t at;
    cr_assert_eq(fast_path_takes(t), reference(t, &at), "fast path on %s", text);
}

Test(json_scan, good_texts)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t at;
        cr_assert(reference(joist_text_of(good[i]), &at), "%s at %zu", good[i], at);
        check_everywhere(good[i]);
    }
}

Test(json_scan, bad_texts)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t at;
        cr_assert_not(reference(joist_text_of(bad[i].text), &at), "%s", bad[i].text);
        cr_assert_eq(at, bad[i].at, "%s: %zu, not %zu", bad[i].text, at, bad[i].at);
        check_everywhere(bad[i].text);
    }
}

Test(json_scan, the_table_is_large)
{
    cr_assert_geq(sizeof good / sizeof *good + sizeof bad / sizeof *bad, 250u);
}

Test(json_scan, a_nul_byte_is_no_end)
{
    size_t at;
    cr_assert_not(reference((joist_text){ "{}\0", 3 }, &at));
    cr_assert_eq(at, 2u);
    cr_assert_not(reference((joist_text){ "[\"\0\"]", 5 }, &at));
    cr_assert_eq(at, 2u);
    cr_assert_not(reference((joist_text){ "tru\0", 4 }, &at));
    cr_assert_eq(at, 3u);
}

Test(json_scan, null_text)
{
    joist_json_error e;
    cr_assert_eq(joist_json_skip(JOIST_NO_TEXT, &e), 0u);
    cr_assert_eq(joist_json_skip(JOIST_NO_TEXT, NULL), 0u);
    cr_assert_str_eq(e.message, "expected a JSON value");
}

/* Values one after another: each is told from the next. */
Test(json_scan, bare_scalars_end)
{
    static const struct { const char *text; size_t len; } heads[] = {
        { "1{}", 1 }, { "1[]", 1 }, { "1\"a\"", 1 }, { "1 2", 1 }, { "12\n", 2 }, { "true{", 4 },
        { "null\"", 4 },
        { "0[", 1 }, { "1.5e3 x", 5 }, { "\"a\"1", 3 }, { "{}1", 2 }, { "[]x", 2 }, { "  7 ", 3 },
        { "\"a\"\"b\"", 3 },
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        cr_assert_eq(joist_json_skip(joist_text_of(heads[i].text), NULL), heads[i].len, "%s",
                     heads[i].text);
    static const char *const runs_on[] = { "1}", "1]", "1,", "1:", "1t", "true1", "null-", "0.5.",
        "false}" };
    for (size_t i = 0; i < sizeof runs_on / sizeof *runs_on; i++)
        cr_assert_eq(joist_json_skip(joist_text_of(runs_on[i]), NULL), 0u, "%s", runs_on[i]);
}

static joist_text nested(joist_arena *a, size_t depth, const char *open, const char *close,
                         const char *core)
{
    joist_buffer b = { 0 };
    for (size_t i = 0; i < depth; i++)
        joist_buffer_text(&b, joist_text_of(open));
    joist_buffer_text(&b, joist_text_of(core));
    for (size_t i = 0; i < depth; i++)
        joist_buffer_text(&b, joist_text_of(close));
    joist_text t = joist_arena_text(a, joist_buffer_view(&b));
    joist_buffer_free(&b);
    return t;
}

Test(json_scan, depth)
{
    joist_arena *a = joist_arena_new();
    joist_json_error e;
    joist_text t = nested(a, 1024, "[", "]", "");
    cr_assert_eq(joist_json_skip(t, NULL), t.len);
    cr_assert(fast_path_takes(nested(a, 1023, "[", "]", "1")));   /* the record is level 1 */
    cr_assert_not(fast_path_takes(nested(a, 1024, "[", "]", "1")));
    t = nested(a, 1025, "[", "]", "");
    cr_assert_eq(joist_json_skip(t, &e), 0u);
    cr_assert_eq(e.at, 1024u);
    cr_assert_str_eq(e.message, "nested deeper than 1024");
    t = nested(a, 1024, "{\"a\":", "}", "[]");
    cr_assert_eq(joist_json_skip(t, &e), 0u);
    cr_assert_eq(e.at, 5 * 1024u);
    t = nested(a, 512, "{\"a\":[", "]}", "null");
    cr_assert_eq(joist_json_skip(t, &e), t.len);
    cr_assert_eq(joist_json_skip((joist_text){ nested(a, 200000, "[", "", "").ptr, 200000 }, &e),
                 0u);
    joist_arena_free(a);
}

Test(json_scan, messages)
{
    static const struct { const char *text, *message; } cases[] = {
        { "{\"a\":1 x", "expected ',' or '}' after a member" },
        { "[1 x", "expected ',' or ']' after a value" },
        { "{x", "expected a name in quotes or '}'" },
        { "{\"a\":1,}", "expected a name in quotes after ','" },
        { "{\"a\" 1", "expected ':' after a member's name" }, { "[x", "expected a value or ']'" },
        { "[1,x", "expected a value" }, { "x", "expected a JSON value" },
        { "[\"a", "the text ends inside a string" },
        { "[", "the text ends inside an array" }, { "{", "the text ends inside an object" },
        { "[\"\\q", "unknown escape in a string" },
        { "[\"\\u0z", "expected four hex digits after \\u" },
        { "\"\n", "a control character in a string must be escaped" },
        { "[01", "a number must not begin with 0 before other digits" },
        { "1.x", "expected a digit after '.'" }, { "-x", "expected a digit after '-'" },
        { "1ex", "expected a digit in the exponent" },
        { "1x", "unexpected character after a number" }, { "trux", "expected true, false or null" },
        { "tru", "the text ends inside a number or word" },
        { "truex", "unexpected character after true, false or null" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        joist_json_error e;
        cr_assert_eq(joist_json_skip(joist_text_of(cases[i].text), &e), 0u);
        cr_assert_str_eq(e.message, cases[i].message);
    }
}

/* `start` tells where the value begins behind white space fed in several chunks. */
Test(json_scan, start_of_the_value)
{
    jst_json_scan scan;
    size_t used;
    jst_json_scan_begin(&scan);
    cr_assert_eq(jst_json_scan_feed(&scan, " \n", 2, false, &used), JST_SCAN_NEED_MORE);
    cr_assert_not(scan.started);
    cr_assert_eq(jst_json_scan_feed(&scan, " 4", 2, false, &used), JST_SCAN_NEED_MORE);
    cr_assert(scan.started);
    cr_assert_eq(scan.start, 3u);
    cr_assert_eq(jst_json_scan_feed(&scan, "{}", 2, false, &used), JST_SCAN_VALUE_END);
    cr_assert_eq(used, 0u);
    jst_json_scan_begin(&scan);
    cr_assert_eq(jst_json_scan_feed(&scan, " ", 1, true, &used), JST_SCAN_NOTHING);
    cr_assert_eq(used, 1u);
    jst_json_scan_begin(&scan);
    cr_assert_eq(jst_json_scan_feed(&scan, NULL, 0, true, &used), JST_SCAN_NOTHING);
}
