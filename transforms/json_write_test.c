/* SPDX-License-Identifier: Apache-2.0
 * Tests: json_write.c */
#include <criterion/criterion.h>
#include <float.h>
#include <joist.h>
#include <math.h>
#include <stdio.h>

#define POINT(F, T) F(T, joist_int, x, 0) F(T, joist_text, label, JOIST_SECRET)
JOIST_RECORD(point, POINT);

#define THING(F, T)                                                                               \
    F(T, joist_text, name, 0, .from = "other.name") F(T, joist_text, mail, JOIST_PII)             \
    F(T, joist_int, n, 0) F(T, joist_float, x, 0) F(T, joist_bool, b, 0) F(T, joist_time, at, 0)  \
    F(T, joist_json, j, 0) F(T, joist_bytes, raw, 0) F(T, int64_t, bare, 0) F(T, bool, flag, 0)   \
    F(T, double, ratio, 0) F(T, joist_text_list, tags, 0) F(T, point, home, 0, JOIST_OF(point))   \
    F(T, point_list, path, 0, JOIST_LIST_OF(point))
JOIST_RECORD(thing, THING);

static joist_arena *arena;
static joist_buffer out;

static void set_up(void)
{
    arena = joist_arena_new();
}

static void tear_down(void)
{
    joist_arena_free(arena);
    joist_buffer_free(&out);
}

TestSuite(json_write, .init = set_up, .fini = tear_down);

static joist_json json_of(const char *s)
{
    return (joist_json){ s, s ? strlen(s) : 0 };
}

static void expect(const char *want)
{
    joist_text got = joist_buffer_view(&out);
    cr_assert(joist_text_equal(got, joist_text_of(want)), "%.*s, not %s", JOIST_ARG(got), want);
    out.len = 0;
}

Test(json_write, text)
{
    joist_json_write_text(&out, JOIST_NO_TEXT);
    expect("null");
    joist_json_write_text(&out, JOIST_TEXT(""));
    expect("\"\"");
    joist_json_write_text(&out, (joist_text){ "\"\\/\b\f\n\r\t\0\x01\x1f\x7f", 12 });
    expect("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\x7f\"");
    joist_json_write_text(&out, JOIST_TEXT("a\xc3\xa9 \xf0\x9f\x98\x80 \xed\xa0\x80 \xff"));
    expect("\"a\xc3\xa9 \xf0\x9f\x98\x80 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD\"");
    joist_json_write_text(&out, JOIST_TEXT("0123456789abcdef0123456789abcde\"\xc3"));
    expect("\"0123456789abcdef0123456789abcde\\\"\xEF\xBF\xBD\"");
}

/* Written byte by byte, as far as the test below needs it. */
static void expect_slow(joist_text t)
{
    char want[200];
    size_t n = 0;
    want[n++] = '"';
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] == '"' || t.ptr[i] == '\\')
            want[n++] = '\\';
        want[n++] = t.ptr[i];
    }
    want[n++] = '"';
    cr_assert_eq(out.len, n);
    cr_assert_arr_eq(out.ptr, want, n);
    out.len = 0;
}

/* Texts are looked at many bytes at once: each length, with something to see at each place. */
Test(json_write, text_of_any_length)
{
    static const char *const parts[] = { "x", "\"", "\\", "\x7F", "\xC3\xA9", " " };
    char text[64];
    for (size_t len = 2; len < 50; len++)
        for (size_t at = 0; at + 2 <= len; at++)
            for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
                for (size_t k = 0; k < len; k++)
                    text[k] = (char)('a' + k % 26);
                memcpy(text + at, parts[i], strlen(parts[i]));
                joist_json_write_text(&out, (joist_text){ text, len });
                expect_slow((joist_text){ text, len });
            }
    for (size_t at = 0; at < 40; at++) {
        memset(text, 'a', 40);
        text[at] = '\x1f';
        joist_json_write_text(&out, (joist_text){ text, 40 });
        cr_expect_eq(out.len, 47u);
        cr_expect_arr_eq(out.ptr + 1 + at, "\\u001f", 6);
        out.len = 0;
    }
}

Test(json_write, whole_numbers)
{
    static const int64_t numbers[] = { 0, 7, -7, 10, 1234567890, INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char want[32];
        snprintf(want, sizeof want, "%lld", (long long)numbers[i]);
        joist_json_write_int(&out, numbers[i]);
        expect(want);
    }
}

static void check_value(const char *in, const char *want)
{
    joist_json_write_value(&out, json_of(in));
    expect(want);
}

Test(json_write, values)
{
    check_value(NULL, "null");
    check_value("null", "null");
    check_value(" { \"a\" : [ 1 , 2.50 , -0 , 1E+5 ] ,\n\t\"b c\" : { } } ",
                "{\"a\":[1,2.50,-0,1E+5],\"b c\":{}}");
    check_value("\"\\/ \\u0041 \\u00e9 \\u001F \\u0009 \\u0022 \\u005c \\ud83d\\ude1e\"",
                "\"/ A \xc3\xa9 \\u001f \\t \\\" \\\\ \xf0\x9f\x98\x9e\"");
    check_value("[\"\\ud83d\",\"\\udc00x\"]", "[\"\xEF\xBF\xBD\",\"\xEF\xBF\xBDx\"]");
    check_value("[\"\\u0000\\u007f\"]", "[\"\\u0000\x7f\"]");
    check_value("[ true , false , null , \" a  b \" ]", "[true,false,null,\" a  b \"]");
    check_value("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}");
    check_value("\"\xff\"", "\"\xEF\xBF\xBD\"");
}

/* Whatever the bytes, writing stays within them and ends. */
Test(json_write, unchecked_values_are_safe)
{
    static const char *const odd[] = { "\"", "\"\\", "\"\\u12", "[", "{\"a\"", "{\"a\":", "}", "\\",
        "\"a\nb", "[\"\\ud83d\\", "]" };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char *copy = joist_malloc(strlen(odd[i]));
        memcpy(copy, odd[i], strlen(odd[i]));
        joist_json v = { copy, strlen(odd[i]) };
        size_t n;
        joist_json_write_value(&out, v);
        joist_json_members(v, arena, &n);
        cr_assert_leq(n, v.len);
        joist_free(copy);
        out.len = 0;
    }
}

static void check_float(double x, const char *want)
{
    thing t = { .x = JOIST_FLOAT(x) };
    joist_type one = thing_type;
    one.fields = joist_type_field(&thing_type, JOIST_TEXT("x"));
    one.count = 1;
    joist_json_write_record(&out, &one, &t, 0);
    joist_text got = joist_arena_printf(arena, "{\"x\":%s}", want);
    expect(got.ptr);
}

Test(json_write, floats)
{
    check_float(0.1, "0.1");
    check_float(1, "1");
    check_float(-2.5e-300, "-2.5e-300");
    check_float(1.0 / 3, "0.3333333333333333");
    check_float(DBL_MAX, "1.7976931348623157e+308");
    check_float(5e-324, "4.94065645841247e-324");
    check_float(NAN, "null");
    check_float(-INFINITY, "null");
}

Test(json_write, records)
{
    thing empty = { 0 };
    joist_json_write_record(&out, &thing_type, &empty, 0);
    expect("{\"name\":null,\"mail\":null,\"n\":null,\"x\":null,\"b\":null,\"at\":null,\"j\":null,"
           "\"raw\":null,\"bare\":0,\"flag\":false,\"ratio\":0,\"tags\":[],"
           "\"home\":{\"x\":null,\"label\":null},\"path\":[]}");
    joist_text tags[] = { JOIST_TEXT("a"), JOIST_TEXT("\"") };
    point points[] = { { JOIST_INT(1), JOIST_TEXT("s") }, { { 0 }, JOIST_NO_TEXT } };
    thing full = { .name = JOIST_TEXT("Ada"), .mail = JOIST_TEXT("a@b.c"),
        .n = JOIST_INT(INT64_MIN),
                   .x = JOIST_FLOAT(1.5), .b = JOIST_BOOL(false), .at = JOIST_TIME_MS(1),
                       .j = json_of("[ 1 ]"),
                   .raw = { "\0\1", 2 }, .bare = -3, .flag = true, .ratio = 2, .tags = { tags, 2 },
                   .home = points[0], .path = { points, 2 } };
    joist_json_write_record(&out, &thing_type, &full, JOIST_SECRET | JOIST_PII);
    expect("{\"name\":\"Ada\",\"mail\":\"***\",\"n\":-9223372036854775808,\"x\":1.5,\"b\":false,"
           "\"at\":\"1970-01-01T00:00:00.001Z\",\"j\":[1],\"raw\":\"AAE=\","
           "\"bare\":-3,\"flag\":true,\"ratio\":2,"
           "\"tags\":[\"a\",\"\\\"\"],\"home\":{\"x\":1,\"label\":\"***\"},"
           "\"path\":[{\"x\":1,\"label\":\"***\"},{\"x\":null,\"label\":null}]}");
    joist_json_write_record(&out, &thing_type, &empty, JOIST_PII);
    cr_assert_null(memmem(out.ptr, out.len, "***", 3));
    out.len = 0;
}
