/* SPDX-License-Identifier: Apache-2.0
 * Tests: read_lines.c read_decode.c
 * Lines as text, as JSON values, decoded; what is too long; what a broken gzip leaves. */
#include <criterion/criterion.h>

#include "read_test.h"

#define POINT(F, T) F(T, joist_text, name, JOIST_REQUIRED) F(T, joist_int, x, 0)
JOIST_RECORD(point, POINT);

static char *dir;

static void set_up(void)
{
    dir = test_directory();
}

static void tear_down(void)
{
    test_remove(dir);
}

TestSuite(read_lines, .init = set_up, .fini = tear_down);

/* What came out, as text: offset:line:record code "text". */
static void expect_as(const char *name, const joist_type *type, joist_text stored,
                      int64_t max_record,
                      const char *wanted)
{
    static const size_t bundles[] = { 1, 2, 1024 };
    char path[1024];
    test_write(dir, name, stored.ptr, stored.len);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    joist_source_spec spec = test_spec(path, type);
    jst_read_setup setup = test_setup();
    spec.max_record = max_record;
    for (size_t i = 0; i < 3; i++) {
        items all;
        joist_error e = { 0 };
        joist_buffer got = { 0 };
        cr_assert_eq(test_read_all(&spec, &setup, bundles[i], &all, &e), JOIST_OK, "%s", e.message);
        for (size_t k = 0; k < all.count; k++) {
            const item *x = &all.list[k];
            joist_buffer_printf(&got, "%d:%d:%d%s%s ", (int)x->offset, (int)x->line, (int)x->record,
                                x->code ? " " : "", x->code ? x->code : "");
            if (x->len > 60)
                joist_buffer_printf(&got, "(%zu)\n", x->len);
            else
                joist_buffer_printf(&got, "[%s]\n", x->text ? x->text : "none");
        }
        cr_expect(joist_text_equal(joist_buffer_view(&got), joist_text_of(wanted)), "%.*s",
                  JOIST_ARG(joist_buffer_view(&got)));
        cr_expect_eq(all.records, all.count);
        cr_expect_eq(all.bytes, stored.len);
        cr_expect_eq(all.files, 1);
        joist_buffer_free(&got);
        items_free(&all);
    }
}

static void expect_text(joist_text stored, const char *wanted)
{
    expect_as("f.txt", &joist_line_type, stored, 10, wanted);
}

static void expect_values(joist_text stored, const char *wanted)
{
    expect_as("f.ndjson", &joist_value_type, stored, 10, wanted);
}

Test(read_lines, text)
{
    expect_text(JOIST_TEXT(""), "");
    expect_text(JOIST_TEXT("\n"), "0:1:0 []\n");
    expect_text(JOIST_TEXT("a\n\r\n b \r\r\nc"),
                "0:1:0 [a]\n2:2:1 []\n4:3:2 [ b \r]\n10:4:3 [c]\n");
    expect_text(JOIST_TEXT("\xef\xbb\xbf" "a"), "3:1:0 [a]\n");
    expect_text(JOIST_TEXT("\xef\xbb\xbf"), "");
    expect_text(JOIST_TEXT("\xef\xbb" "x"), "0:1:0 [\xef\xbb" "x]\n");
    expect_text(JOIST_TEXT("0123456789\r\n0123456789a\nb"),
                "0:1:0 [0123456789]\n12:2:1 too_large [0123456789a]\n24:3:2 [b]\n");
}

Test(read_lines, values)
{
    expect_values(JOIST_TEXT("{}\n \t\n[1] \r\n\v2"), "0:1:0 [{}]\n6:3:1 [[1]]\n13:4:2 [2]\n");
    expect_values(JOIST_TEXT("\xef\xbb\xbf\n{}"), "4:2:0 [{}]\n");
    expect_values(JOIST_TEXT("bad\n{}\n"), "0:1:0 [bad]\n4:2:1 [{}]\n");
    expect_values(JOIST_TEXT(" 0123456789 \n0123456789a\n1\n"),
                  "1:1:0 [0123456789]\n13:2:1 too_large [0123456789a]\n25:3:2 [1]\n");
}

Test(read_lines, empty)
{
    expect_values(JOIST_TEXT(""), "0:1:0 empty [none]\n");
    expect_values(JOIST_TEXT(" \n\t\r\n"), "0:1:0 empty [none]\n");
    expect_values(JOIST_TEXT("\xef\xbb\xbf \n"), "0:1:0 empty [none]\n");
}

Test(read_lines, decoded)
{
    expect_as("f.jsonl", &point_type,
              JOIST_TEXT("{\"name\":\"a\",\"x\":1}\n[]\n{\"x\":2}\n{\"name\":}\n"), 100,
              "0:1:0 [a]\n19:2:1 not_object [[]]\n22:3:2 bad_json [{\"x\":2}]\n"
              "30:4:3 bad_json [{\"name\":}]\n");
}

Test(read_lines, broken_gzip_keeps_whole_lines)
{
    joist_buffer z = test_gzip("1\n2\n 3", 6);
    z.ptr[z.len - 1] ^= 1;
    expect_values(joist_buffer_view(&z), "0:1:0 [1]\n2:2:1 [2]\n5:3:2 bad_gzip [3]\n");
    expect_text(joist_buffer_view(&z), "0:1:0 [1]\n2:2:1 [2]\n4:3:2 bad_gzip [ 3]\n");
    joist_buffer_free(&z);
    z = test_gzip("1\n", 2);
    joist_buffer_byte(&z, 'x');
    expect_values(joist_buffer_view(&z), "0:1:0 [1]\n2:2:1 bad_gzip []\n");
    expect_values((joist_text){ z.ptr, 10 }, "0:1:0 bad_gzip []\n");
    joist_buffer_free(&z);
}

/* `head` bytes of x, `space` blanks, then `tail`. */
static joist_buffer long_line(size_t head, size_t space, const char *tail)
{
    joist_buffer out = { 0 };
    joist_buffer_text(&out, JOIST_TEXT("1\n"));
    memset(joist_buffer_reserve(&out, head + space), 'x', head);
    memset(out.ptr + out.len + head, ' ', space);
    out.len += head + space;
    joist_buffer_text(&out, joist_text_of(tail));
    return out;
}

static void expect_long(size_t lead, size_t head, size_t space, const char *tail,
                        const char *wanted)
{
    joist_buffer line = long_line(head, space, tail), spaced = { 0 };
    memset(joist_buffer_reserve(&spaced, lead + 1), '\t', lead);
    spaced.len = lead;
    joist_buffer_text(&spaced, joist_buffer_view(&line));
    expect_as("long.ndjson", &joist_value_type, joist_buffer_view(&spaced), 100000, wanted);
    joist_buffer_free(&line);
    joist_buffer_free(&spaced);
}

Test(read_lines, white_space_around_a_record_has_no_limit)
{
    expect_long(0, 100000, 0, "\n2", "0:1:0 [1]\n2:2:1 (100000)\n100003:3:2 [2]\n");
    expect_long(4000000, 100000, 3000000, "\r\n2",
                "4000000:1:0 [1]\n4000002:2:1 (100000)\n7100004:3:2 [2]\n");
    expect_long(0, 100000, 3000000, "", "0:1:0 [1]\n2:2:1 (100000)\n");
    expect_long(0, 100000, 3000000, "y\n2",
                "0:1:0 [1]\n2:2:1 too_large (100001)\n3100004:3:2 [2]\n");
    expect_long(0, 100001, 3000000, "\n2",
                "0:1:0 [1]\n2:2:1 too_large (100001)\n3100004:3:2 [2]\n");
    expect_long(0, 9000000, 0, "\n2", "0:1:0 [1]\n2:2:1 too_large (100001)\n9000003:3:2 [2]\n");
}
