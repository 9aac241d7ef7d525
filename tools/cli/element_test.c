/* SPDX-License-Identifier: Apache-2.0
 * What is written for a dead letter comes back as it was. */
/* Tests: element.c */
#include <joist.h>

#include "element.h"

#include <criterion/criterion.h>

#define PART(F, T) F(T, joist_text, name) F(T, joist_int, n)
JOIST_RECORD(part, PART);
#define ALL(F, T)                                                                                  \
    F(T, joist_text, text, 0, .from = "else.where", .limit = 4) F(T, joist_text, none)             \
    F(T, joist_bytes, bytes) F(T, joist_int, n) F(T, int64_t, plain) F(T, joist_float, x)          \
    F(T, double, y) F(T, joist_bool, yes) F(T, bool, no) F(T, joist_time, at)                      \
    F(T, joist_json, json) F(T, part, one, 0, JOIST_OF(part))                                      \
    F(T, part_list, many, 0, JOIST_LIST_OF(part)) F(T, joist_text_list, texts)                     \
    F(T, joist_text, secret, JOIST_SECRET) F(T, joist_int, age, JOIST_PII)
JOIST_RECORD(all, ALL);

static joist_arena *arena;
static joist_error error;

static void set_up(void)
{
    arena = joist_arena_new();
    error = (joist_error){ 0 };
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(element, .init = set_up, .fini = tear_down);

static const part parts[] = { { { "a", 1 }, { 1, true } }, { { NULL, 0 }, { 0, false } } };
static const joist_text texts[] = { { " b ", 3 }, { "", 0 } };

static all sample(void)
{
    return (all){
        .text = JOIST_TEXT(" \t\001 longer than its limit é "), .bytes = { "\0\xff", 2 },
        .n = JOIST_INT(INT64_MIN), .plain = INT64_MAX, .x = JOIST_FLOAT(0.1), .y = -1e300,
        .yes = JOIST_BOOL(true), .at = JOIST_TIME_MS(-1), .json = { "{\"k\":[1.50]}", 12 },
        .one = { JOIST_TEXT(""), JOIST_INT(0) }, .many = { parts, 2 }, .texts = { texts, 2 },
        .secret = JOIST_TEXT("s"), .age = JOIST_INT(7),
    };
}

static joist_json written(const all *a, uint32_t mask)
{
    joist_buffer out = joist_buffer_in(arena, 1024);
    jst_cli_element_write(&out, &all_type, a, mask);
    return (joist_json){ out.ptr, out.len };
}

static joist_status decode(const char *json)
{
    all a;
    return jst_cli_element_decode((joist_json){ json, strlen(json) }, &all_type, &a, arena, &error);
}

Test(element, every_kind_comes_back)
{
    all a = sample(), b;
    joist_buffer before = joist_buffer_in(arena, 1024), after = joist_buffer_in(arena, 1024);
    cr_assert_eq(jst_cli_element_decode(written(&a, 0), &all_type, &b, arena, &error), JOIST_OK,
                 "%s", error.message);
    joist_row_encode(&all_type, &a, &before);
    joist_row_encode(&all_type, &b, &after);
    cr_assert_eq(before.len, after.len);
    cr_assert_eq(memcmp(before.ptr, after.ptr, after.len), 0);
    cr_expect(b.texts.items[1].ptr, "an empty text is not NULL");
}

Test(element, what_is_missing_is_null_and_what_is_unknown_is_nothing)
{
    all b;
    joist_json v = { "{\"zzz\":1,\"n\":null}", 18 };
    cr_assert_eq(jst_cli_element_decode(v, &all_type, &b, arena, &error), JOIST_OK);
    cr_expect(!b.n.set && !b.text.ptr && !b.plain && !b.texts.count && !b.at.set);
}

Test(element, what_was_masked_does_not_come_back)
{
    all a = sample(), b;
    cr_expect_eq(jst_cli_element_decode(written(&a, JOIST_SECRET), &all_type, &b, arena, &error),
                 JOIST_FAILED);
    cr_expect(strstr(error.message, "'secret' was masked"), "%s", error.message);
    cr_expect_eq(decode("{\"age\":\"***\"}"), JOIST_FAILED);
    cr_expect(strstr(error.message, "'age' was masked"), "%s", error.message);
    cr_expect_eq(decode("{\"text\":\"***\"}"), JOIST_OK);
}

Test(element, other_kinds_are_refused)
{
    static const char *const wrong[] = {
        "[]", "1", "{\"text\":1}", "{\"bytes\":\"?\"}", "{\"n\":1.5}", "{\"n\":\"1\"}",
        "{\"x\":\"1\"}", "{\"yes\":1}", "{\"at\":\"today\"}", "{\"one\":[]}", "{\"many\":{}}",
        "{\"many\":[1]}", "{\"texts\":[1]}", "{\"plain\":9223372036854775808}", "{\"at\":5}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        error.message[0] = '\0';
        cr_expect_eq(decode(wrong[i]), JOIST_FAILED, "%s", wrong[i]);
        cr_expect(error.message[0], "%s", wrong[i]);
    }
}

Test(element, one_json_value_is_shown_itself)
{
    joist_value v = { { "{ \"a\": 1}", 9 } }, back;
    joist_buffer out = joist_buffer_in(arena, 64);
    jst_cli_element_write(&out, &joist_value_type, &v, 0);
    cr_assert(joist_text_equal(joist_buffer_view(&out), JOIST_TEXT("{\"a\":1}")));
    joist_json json = { out.ptr, out.len };
    cr_assert_eq(jst_cli_element_decode(json, &joist_value_type, &back, arena, &error), JOIST_OK);
    cr_expect(back.json.ptr == out.ptr && back.json.len == 7);
}

Test(element, a_line_that_is_no_json_is_shown_as_a_text)
{
    joist_value v = { { "{\"a\" \xff", 6 } };
    joist_buffer out = joist_buffer_in(arena, 64);
    jst_cli_element_write(&out, &joist_value_type, &v, 0);
    cr_expect(joist_text_equal(joist_buffer_view(&out), JOIST_TEXT("\"{\\\"a\\\" \xef\xbf\xbd\"")),
              "%.*s", JOIST_ARG(joist_buffer_view(&out)));
}
