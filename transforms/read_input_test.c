/* SPDX-License-Identifier: Apache-2.0
 * Tests: read_input.c read_gunzip.c
 * Gzip layers, members and faults; the buffer while it is pinned. */
#include <criterion/criterion.h>

#include "read_input.h"
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

TestSuite(read_input, .init = set_up, .fini = tear_down);

typedef struct result { joist_buffer bytes; bool broken, failed; } result;

static result read_file(const char *name, uint64_t size, size_t buffer)
{
    char path[1024];
    jst_input in;
    result r = { { 0 }, false, false };
    joist_error e;
    jst_fill fill = JST_FILL_MORE;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    jst_input_init(&in, buffer);
    r.failed = jst_input_open(&in, path, size, 0, &e) != JOIST_OK;
    while (!r.failed && fill == JST_FILL_MORE) {
        fill = jst_input_fill(&in, false, &e);
        joist_buffer_add(&r.bytes, in.buf + in.at, in.end - in.at);
        jst_input_consume(&in, in.end - in.at);
    }
    r.failed |= fill == JST_FILL_FAILED;
    r.broken = in.broken;
    cr_expect(r.failed || in.offset == r.bytes.len);
    jst_input_free(&in);
    return r;
}

static void expect(const void *stored, size_t n, joist_text wanted, bool broken)
{
    test_write(dir, "f", stored, n);
    result r = read_file("f", n, 64 << 10);
    cr_expect(!r.failed);
    cr_expect_eq(r.broken, broken);
    cr_expect(joist_text_equal(joist_buffer_view(&r.bytes), wanted), "%zu bytes, not %zu",
              r.bytes.len,
              wanted.len);
    joist_buffer_free(&r.bytes);
}

static joist_buffer joined(joist_buffer a, joist_buffer b)
{
    joist_buffer out = { 0 };
    joist_buffer_text(&out, joist_buffer_view(&a));
    joist_buffer_text(&out, joist_buffer_view(&b));
    return out;
}

Test(read_input, plain)
{
    expect("", 0, JOIST_TEXT(""), false);
    expect("\x1f", 1, JOIST_TEXT("\x1f"), false);
    expect("\x8b\x1f", 2, JOIST_TEXT("\x8b\x1f"), false);
    expect("abc\n", 4, JOIST_TEXT("abc\n"), false);
}

Test(read_input, members_and_what_follows_them)
{
    joist_buffer a = test_gzip("abc", 3), none = test_gzip("", 0), both = joined(a, none);
    joist_buffer three = joined(both, a);
    expect(a.ptr, a.len, JOIST_TEXT("abc"), false);
    expect(none.ptr, none.len, JOIST_TEXT(""), false);
    expect(three.ptr, three.len, JOIST_TEXT("abcabc"), false);
    joist_buffer_byte(&three, '\0');
    expect(three.ptr, three.len, JOIST_TEXT("abcabc"), true);
    three.ptr[three.len - 1] = '\x1f';
    expect(three.ptr, three.len, JOIST_TEXT("abcabc"), true);
    joist_buffer_byte(&three, '\x8b');
    expect(three.ptr, three.len, JOIST_TEXT("abcabc"), true);
    joist_buffer_free(&a);
    joist_buffer_free(&none);
    joist_buffer_free(&both);
    joist_buffer_free(&three);
}

Test(read_input, two_layers_are_undone_and_no_third)
{
    joist_buffer one = test_gzip("abc", 3), two = test_gzip(one.ptr, one.len);
    joist_buffer three = test_gzip(two.ptr, two.len);
    expect(two.ptr, two.len, JOIST_TEXT("abc"), false);
    expect(three.ptr, three.len, joist_buffer_view(&one), false);
    joist_buffer_byte(&two, 'x');
    expect(two.ptr, two.len, JOIST_TEXT("abc"), true);
    joist_buffer_byte(&one, 'x');
    joist_buffer inner = test_gzip(one.ptr, one.len);
    expect(inner.ptr, inner.len, JOIST_TEXT("abc"), true);
    joist_buffer_free(&one);
    joist_buffer_free(&two);
    joist_buffer_free(&three);
    joist_buffer_free(&inner);
}

/* However short a gzip is cut, what comes out is a beginning of the whole, and more of it the
 * longer. */
Test(read_input, every_truncation)
{
    char text[600];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * i % 23);
    joist_buffer whole = test_gzip(text, sizeof text);
    size_t before = 0;
    for (size_t n = 2; n < whole.len; n++) {
        test_write(dir, "f", whole.ptr, n);
        result r = read_file("f", n, 64 << 10);
        cr_expect(r.broken && !r.failed);
        cr_expect_geq(r.bytes.len, before);
        cr_expect(memcmp(r.bytes.len ? r.bytes.ptr : "", text, r.bytes.len) == 0);
        before = r.bytes.len;
        joist_buffer_free(&r.bytes);
    }
    cr_expect_eq(before, sizeof text);
    joist_buffer_free(&whole);
}

Test(read_input, a_wrong_checksum_breaks_after_the_last_byte)
{
    joist_buffer a = test_gzip("abc", 3);
    a.ptr[a.len - 8] ^= 1;
    expect(a.ptr, a.len, JOIST_TEXT("abc"), true);
    joist_buffer_free(&a);
}

/* 64 MiB of zeros, twice: some 70 bytes. The buffer never grows. */
Test(read_input, bombs_do_not_grow)
{
    enum { SIZE = 64 << 20 };
    char *zeros = joist_calloc(SIZE, 1), path[1024];
    joist_buffer one = test_gzip(zeros, SIZE), two = test_gzip(one.ptr, one.len);
    joist_free(zeros);
    test_write(dir, "bomb", two.ptr, two.len);
    snprintf(path, sizeof path, "%s/bomb", dir);
    jst_input in;
    joist_error e;
    uint64_t total = 0;
    jst_input_init(&in, 64 << 10);
    cr_assert_eq(jst_input_open(&in, path, two.len, 0, &e), JOIST_OK);
    while (jst_input_fill(&in, false, &e) == JST_FILL_MORE) {
        total += in.end - in.at;
        jst_input_consume(&in, in.end - in.at);
    }
    cr_expect_eq(total, SIZE);
    cr_expect_eq(in.cap, 64 << 10);
    jst_input_free(&in);
    joist_buffer_free(&one);
    joist_buffer_free(&two);
}

Test(read_input, a_pinned_buffer_neither_moves_nor_grows)
{
    enum { SIZE = 200 << 10 };
    char *bytes = joist_calloc(SIZE, 1), path[1024];
    test_write(dir, "f", bytes, SIZE);
    joist_free(bytes);
    snprintf(path, sizeof path, "%s/f", dir);
    jst_input in;
    joist_error e;
    jst_input_init(&in, 64 << 10);
    cr_assert_eq(jst_input_open(&in, path, SIZE, 0, &e), JOIST_OK);
    cr_expect_eq(jst_input_fill(&in, true, &e), JST_FILL_MORE);
    char *before = in.buf;
    jst_input_consume(&in, 10);
    cr_expect_eq(jst_input_fill(&in, true, &e), JST_FILL_PINNED);
    cr_expect(in.buf == before && in.at == 10);
    cr_expect_eq(jst_input_fill(&in, false, &e), JST_FILL_MORE);
    cr_expect(in.at == 0 && in.offset == 10);
    jst_input_free(&in);
}

Test(read_input, growing_files_end_where_they_did_shorter_ones_fail)
{
    test_write(dir, "f", "abcdef", 6);
    result r = read_file("f", 4, 64 << 10);
    cr_expect(!r.failed && joist_text_equal(joist_buffer_view(&r.bytes), JOIST_TEXT("abcd")));
    joist_buffer_free(&r.bytes);
    r = read_file("f", 9, 64 << 10);
    cr_expect(r.failed);
    joist_buffer_free(&r.bytes);
    r = read_file("none", 9, 64 << 10);
    cr_expect(r.failed);
    joist_buffer_free(&r.bytes);
}
