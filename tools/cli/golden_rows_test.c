/* SPDX-License-Identifier: Apache-2.0
 * Rows of golden files: what counts as equal, and how a difference is told. */
#include "golden_rows.h"

#include <criterion/criterion.h>

static joist_arena *arena;

static void set_up(void)
{
    arena = joist_arena_new();
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(golden_rows, .init = set_up, .fini = tear_down);

static jst_golden_rows rows_of(const char *text)
{
    joist_error e = { 0 };
    jst_golden_rows rows = { .arena = arena };
    joist_status s = jst_golden_rows_parse(&rows, joist_text_of(text), JOIST_TEXT("x.jsonl"), &e);
    cr_assert_eq(s, JOIST_OK, "%s", e.message);
    return rows;
}

static bool same(const char *a, const char *b)
{
    jst_golden_rows x = rows_of(a), y = rows_of(b);
    return jst_golden_rows_equal(&x, &y);
}

static const char *diff_of(const char *expected, const char *got)
{
    jst_golden_rows x = rows_of(expected), y = rows_of(got);
    joist_buffer out = { 0 };
    jst_golden_rows_diff(&out, &x, &y, JOIST_TEXT("x.jsonl"));
    joist_text text = joist_arena_printf(arena, "%.*s", (int)out.len, out.ptr ? out.ptr : "");
    joist_buffer_free(&out);
    return text.ptr;
}

Test(golden_rows, what_is_equal)
{
    cr_assert(same("", "\n \n"));
    cr_assert(same("{\"a\":1,\"b\":\"x\"}", "{ \"b\" : \"\\u0078\", \"a\":1 }\n"));
    cr_assert(same("{\"a\":1}\n{\"a\":2}\n", "{\"a\":2}\n\n{\"a\":1}"));
    cr_assert(same("{\"a\":1,\"b\":null}", "{\"a\":1}"));
    cr_assert(same("{\"a\":1}\n{\"a\":1}", "{\"a\":1}\n{\"a\":1}"));
}

Test(golden_rows, what_is_not)
{
    cr_assert(!same("{\"a\":1}", ""));
    cr_assert(!same("{\"a\":1}\n{\"a\":1}", "{\"a\":1}"));
    cr_assert(!same("{\"a\":1}", "{\"a\":1.0}"));
    cr_assert(!same("{\"a\":1}", "{\"a\":\"1\"}"));
    cr_assert(!same("{\"a\":\"\"}", "{}"));
    cr_assert(!same("{\"a\":{\"x\":1,\"y\":2}}", "{\"a\":{\"y\":2,\"x\":1}}"),
              "inner order counts");
    cr_assert(!same("{\"a\":{\"x\":null}}", "{\"a\":{}}"), "inner null is a value");
}

Test(golden_rows, no_object_is_refused_with_its_line)
{
    joist_error e = { 0 };
    jst_golden_rows rows = { .arena = arena };
    joist_text text = JOIST_TEXT("{\"a\":1}\n\n[1]\n");
    cr_assert_eq(jst_golden_rows_parse(&rows, text, JOIST_TEXT("x.jsonl"), &e), JOIST_FAILED);
    cr_assert_str_eq(e.message, "x.jsonl:3: this is no JSON object");
    cr_assert(!jst_golden_rows_add(&rows, JOIST_TEXT("{\"a\":1} x"), 0));
    cr_assert(!jst_golden_rows_add(&rows, JOIST_TEXT(""), 0));
}

Test(golden_rows, printed_sorted_without_nulls)
{
    jst_golden_rows rows = rows_of("{\"b\": 2, \"a\": null}\n{\"b\": 1, \"c\": [1, 2]}");
    joist_buffer out = { 0 };
    jst_golden_rows_print(&out, &rows);
    cr_assert(joist_text_equal(joist_buffer_view(&out),
                               JOIST_TEXT("{\"b\":1,\"c\":[1,2]}\n{\"b\":2}\n")));
    joist_buffer_free(&out);
}

Test(golden_rows, equal_rows_have_no_difference)
{
    cr_assert_str_eq(diff_of("{\"a\":1}\n{\"b\":1}", "{\"b\":1}\n{\"a\":1}"), "");
}

Test(golden_rows, fields_of_a_row_that_differs)
{
    cr_assert_str_eq(diff_of("{\"id\":\"x\",\"n\":1,\"old\":1}\n{\"id\":\"y\",\"n\":1}",
                             "{\"id\":\"y\",\"n\":1}\n{\"id\":\"x\",\"n\":1,\"new\":[1]}"),
                     "    x.jsonl:1: the row differs\n"
                     "        old\n            expected 1\n            got      nothing\n"
                     "        new\n            expected nothing\n            got      [1]\n");
}

Test(golden_rows, rows_with_nothing_in_common)
{
    cr_assert_str_eq(diff_of("{\"id\":\"x\"}", "{\"id\":\"y\"}"),
                     "    x.jsonl:1: the row is missing\n        {\"id\":\"x\"}\n"
                     "    x.jsonl:1: a row that is not expected\n        {\"id\":\"y\"}\n");
}

Test(golden_rows, a_row_is_paired_with_the_one_most_like_it)
{
    const char *text = diff_of("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}",
                               "{\"a\":1,\"b\":2,\"c\":9,\"d\":9}\n"
                               "{\"a\":1,\"b\":2,\"c\":3,\"d\":9}");
    cr_assert(strstr(text, "        d\n            expected 4\n            got      9\n"), "%s",
              text);
    cr_assert(strstr(text, "not expected\n        {\"a\":1,\"b\":2,\"c\":9,\"d\":9}\n"), "%s",
              text);
}

Test(golden_rows, a_flood_is_cut)
{
    joist_buffer many = { 0 };
    for (int i = 0; i < 30; i++)
        joist_buffer_printf(&many, "{\"id\":%d}\n", i);
    joist_buffer_byte(&many, '\0');
    const char *text = diff_of("", many.ptr);
    cr_assert(strstr(text, "x.jsonl: and 20 more\n"), "%s", text);
    joist_buffer_free(&many);
}
