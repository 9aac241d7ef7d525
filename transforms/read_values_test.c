/* SPDX-License-Identifier: Apache-2.0
 * JSON values one after another: where they end, what a syntax error costs, values of any
 * length. */
#include <criterion/criterion.h>

#include "read_test.h"

static char *dir;

static void set_up(void)
{
    dir = test_directory();
}

static void tear_down(void)
{
    test_remove(dir);
}

TestSuite(read_values, .init = set_up, .fini = tear_down);

static void print_items(const items *all, joist_buffer *got)
{
    for (size_t k = 0; k < all->count; k++) {
        const item *x = &all->list[k];
        joist_buffer_printf(got, "%d:%d:%d%s%s ", (int)x->offset, (int)x->line, (int)x->record,
                            x->code ? " " : "", x->code ? x->code : "");
        if (x->len > 60)
            joist_buffer_printf(got, "(%zu)\n", x->len);
        else
            joist_buffer_printf(got, "[%s]\n", x->text ? x->text : "none");
    }
}

static void expect_limit(joist_text stored, int64_t max_record, const char *wanted)
{
    static const size_t bundles[] = { 1, 2, 1024 };
    char path[1024];
    test_write(dir, "f.json", stored.ptr, stored.len);
    snprintf(path, sizeof path, "%s/f.json", dir);
    joist_source_spec spec = test_spec(path, &joist_value_type);
    spec.max_record = max_record;
    for (size_t i = 0; i < 6; i++) {
        items all;
        joist_error e = { 0 };
        joist_buffer got = { 0 };
        jst_read_setup setup = test_setup();
        setup.buffer = i % 2 ? setup.buffer : 64 << 10;
        cr_assert_eq(test_read_all(&spec, &setup, bundles[i / 2], &all, &e), JOIST_OK, "%s",
                     e.message);
        print_items(&all, &got);
        cr_expect(joist_text_equal(joist_buffer_view(&got), joist_text_of(wanted)), "%.*s",
                  JOIST_ARG(joist_buffer_view(&got)));
        cr_expect_eq(all.records, all.count);
        cr_expect_eq(all.bytes, stored.len);
        joist_buffer_free(&got);
        items_free(&all);
    }
}

static void expect(joist_text stored, const char *wanted)
{
    expect_limit(stored, 1 << 20, wanted);
}

static void expect_gzip(joist_text bytes, size_t cut, const char *wanted)
{
    joist_buffer z = test_gzip(bytes.ptr, bytes.len);
    expect((joist_text){ z.ptr, z.len - cut }, wanted);
    joist_buffer_free(&z);
}

Test(read_values, one_after_another)
{
    expect(JOIST_TEXT("{}"), "0:1:0 [{}]\n");
    expect(JOIST_TEXT("{}[]\"a\"1 2\n\"b\"true{}"),
           "0:1:0 [{}]\n2:1:1 [[]]\n4:1:2 [\"a\"]\n7:1:3 [1]\n9:1:4 [2]\n"
           "11:2:5 [\"b\"]\n14:2:6 [true]\n18:2:7 [{}]\n");
    expect(JOIST_TEXT("\xef\xbb\xbf\n {\n\n}\n{}"), "5:2:0 [{\n\n}]\n10:5:1 [{}]\n");
    expect(JOIST_TEXT("1\v2\f\f3"), "0:1:0 [1]\n2:1:1 [2]\n5:1:2 [3]\n");
}

Test(read_values, empty)
{
    expect(JOIST_TEXT(""), "0:1:0 empty [none]\n");
    expect(JOIST_TEXT(" \n\v"), "0:1:0 empty [none]\n");
    expect(JOIST_TEXT("\xef\xbb\xbf"), "0:1:0 empty [none]\n");
    expect_gzip(JOIST_TEXT(" "), 0, "0:1:0 empty [none]\n");
}

Test(read_values, a_syntax_error_costs_the_rest)
{
    expect(JOIST_TEXT("{} \n{\"a\":} {}"), "0:1:0 [{}]\n4:2:1 bad_json [{\"a\":} {}]\n");
    expect(JOIST_TEXT("1 01 2"), "0:1:0 [1]\n2:1:1 bad_json [01 2]\n");
    expect(JOIST_TEXT("{\v}"), "0:1:0 bad_json [{\v}]\n");
    expect(JOIST_TEXT("-\v1"), "0:1:0 bad_json [-\v1]\n");
    expect(JOIST_TEXT("\"a\v\""), "0:1:0 bad_json [\"a\v\"]\n");
    expect(JOIST_TEXT("{}{"), "0:1:0 [{}]\n2:1:1 bad_json [{]\n");
    expect_gzip(JOIST_TEXT("1 x\n"), 0, "0:1:0 [1]\n2:1:1 bad_json [x\n]\n");
}

Test(read_values, a_syntax_error_beyond_the_limit_is_too_large)
{
    expect_limit(JOIST_TEXT("[1,2,3,4,5,6,}"), 12, "0:1:0 too_large [[1,2,3,4,5,6,}]\n");
    expect_limit(JOIST_TEXT("[1,2,3,4,5,6,}"), 13, "0:1:0 bad_json [[1,2,3,4,5,6,}]\n");
}

Test(read_values, broken_gzip)
{
    expect_gzip(JOIST_TEXT("{} [1]"), 1, "0:1:0 [{}]\n3:1:1 [[1]]\n6:1:2 bad_gzip []\n");
    expect_gzip(JOIST_TEXT("{} 12"), 1, "0:1:0 [{}]\n3:1:1 bad_gzip [12]\n");
    expect_gzip(JOIST_TEXT("{} 12 \n"), 1, "0:1:0 [{}]\n3:1:1 [12]\n7:2:2 bad_gzip []\n");
    expect_gzip(JOIST_TEXT("{} x [] "), 1, "0:1:0 [{}]\n3:1:1 bad_gzip [x [] ]\n");
    expect_gzip(JOIST_TEXT("  "), 1, "2:1:0 bad_gzip []\n");
}

/* An array of n-2 blanks and newlines. */
static joist_buffer long_value(size_t n)
{
    joist_buffer out = { 0 };
    memset(joist_buffer_reserve(&out, n), '\n', n);
    out.len = n;
    out.ptr[0] = '[';
    out.ptr[n - 1] = ']';
    joist_buffer_text(&out, JOIST_TEXT("{}"));
    return out;
}

Test(read_values, a_value_over_the_limit_costs_itself_only)
{
    joist_buffer v = long_value(100000);
    expect_limit(joist_buffer_view(&v), 100000, "0:1:0 (100000)\n100000:99999:1 [{}]\n");
    expect_limit(joist_buffer_view(&v), 99999, "0:1:0 too_large (100000)\n100000:99999:1 [{}]\n");
    joist_buffer_free(&v);
    v = long_value(5000000);
    char path[1024];
    test_write(dir, "f.json", v.ptr, v.len);
    snprintf(path, sizeof path, "%s/f.json", dir);
    joist_source_spec spec = test_spec(path, &joist_value_type);
    jst_read_setup setup = test_setup();
    items all;
    cr_assert_eq(test_read_all(&spec, &setup, 7, &all, NULL), JOIST_OK);
    cr_assert_eq(all.count, 2);
    cr_expect_str_eq(all.list[0].code, "too_large");
    cr_expect_gt(all.list[0].len, 64 << 10);
    cr_expect_eq(all.list[0].line, 1);
    cr_expect(!all.list[1].code);
    cr_expect_eq(all.list[1].line, 4999999);
    cr_expect_eq(all.list[1].offset, 5000000);
    items_free(&all);
    joist_buffer_free(&v);
}

/* Cut at every byte, the values of a gzip are the first of the whole, then comes one dead
 * letter. */
Test(read_values, every_truncation_of_a_gzip)
{
    joist_text text = JOIST_TEXT("{\"a\":1} [2,3]\n\"four\" 5 {\"six\":{}} true\n{} {}");
    joist_buffer z = test_gzip(text.ptr, text.len);
    char path[1024];
    snprintf(path, sizeof path, "%s/f.json", dir);
    joist_source_spec spec = test_spec(path, &joist_value_type);
    jst_read_setup setup = test_setup();
    for (size_t n = 2; n < z.len; n++) {
        items all;
        test_write(dir, "f.json", z.ptr, n);
        cr_assert_eq(test_read_all(&spec, &setup, 3, &all, NULL), JOIST_OK);
        cr_assert(all.count > 0);
        const item *last = &all.list[all.count - 1];
        cr_expect_str_eq(last->code, "bad_gzip");
        cr_expect_eq(all.rejected, 1);
        for (size_t i = 0; i < all.count; i++)
            cr_expect(memcmp(text.ptr + all.list[i].offset, all.list[i].text,
                             all.list[i].len) == 0);
        items_free(&all);
    }
    joist_buffer_free(&z);
}
