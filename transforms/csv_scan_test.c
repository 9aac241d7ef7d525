/* SPDX-License-Identifier: Apache-2.0
 * Where records end and what their fields are: by examples, and held against a reader that looks at
 * one byte after another. */
#include <criterion/criterion.h>

#include "csv_scan.h"

/* ---- one byte after another ------------------------------------------------------------------ */
typedef struct slow { size_t end; bool ended, open; uint64_t quote; } slow;

static slow slow_record(const char *p, size_t n, char separator)
{
    slow s = { .end = n };
    bool at_start = true, quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            bool two = p[i] == '"' && i + 1 < n && p[i + 1] == '"';
            quoted = p[i] != '"' || two;
            i += two;
            continue;
        }
        if (p[i] == '\n') {
            s.end = i + 1;
            s.ended = true;
            return s;
        }
        if (at_start && p[i] == '"') {
            quoted = true;
            s.quote = i;
        }
        at_start = p[i] == separator;
    }
    s.open = quoted;
    return s;
}

static void expect_same(const char *p, size_t n, size_t step, char separator)
{
    slow wanted = slow_record(p, n, separator);
    jst_csv_scan s;
    size_t at = 0, used = 0;
    bool ended = false;
    jst_csv_scan_begin(&s, separator);
    while (!ended && at < n) {
        size_t some = n - at < step ? n - at : step;
        ended = jst_csv_scan_feed(&s, p + at, some, &used);
        cr_assert(ended || used == some);
        at += used;
    }
    cr_assert_eq(ended, wanted.ended, "%.*s", (int)n, p);
    cr_assert_eq(at, wanted.end, "%zu of %.*s by %zu", at, (int)n, p, step);
    cr_assert_eq(s.total, at);
    if (wanted.open) {
        cr_assert_eq(s.state, JST_CSV_QUOTED, "%.*s", (int)n, p);
        cr_assert_eq(s.quote, wanted.quote);
    }
}

/* Every text of up to seven bytes out of five. */
Test(csv_scan, ends_are_those_of_a_slow_reader)
{
    static const char bytes[] = "a,\"\n\r";
    char text[7];
    for (size_t n = 0; n <= sizeof text; n++) {
        size_t all = 1;
        for (size_t i = 0; i < n; i++)
            all *= 5;
        for (size_t k = 0; k < all; k++) {
            for (size_t i = 0, rest = k; i < n; i++, rest /= 5)
                text[i] = bytes[rest % 5];
            for (size_t step = 1; step <= 3; step++)
                expect_same(text, n, step, ',');
            expect_same(text, n, n + 1, ',');
        }
    }
}

Test(csv_scan, a_long_record_takes_linear_time)
{
    enum { N = 4 << 20 };
    char *text = joist_malloc(N);
    jst_csv_scan s;
    size_t used;
    for (size_t i = 0; i < N; i++)
        text[i] = "\"\","[i % 3];
    jst_csv_scan_begin(&s, ',');
    cr_assert(!jst_csv_scan_feed(&s, text, N, &used));
    cr_assert_eq(used, N);
    joist_free(text);
}

/* ---- fields ---------------------------------------------------------------------------------- */
static void print_cells(joist_buffer *got, joist_text record, size_t most, char separator)
{
    joist_arena *arena = joist_arena_new();
    jst_csv_cells cells = { 0 };
    jst_csv_error e;
    if (jst_csv_split(record, separator, most, &cells, arena, &e)) {
        joist_buffer_printf(got, "%zu:", cells.count);
        for (size_t i = 0; i < cells.count && i < most; i++)
            joist_buffer_printf(got, "[%.*s]", JOIST_ARG(cells.items[i]));
    } else {
        joist_buffer_printf(got, "%zu: %s", e.at, e.message);
    }
    jst_csv_cells_free(&cells);
    joist_arena_free(arena);
}

static void expect_cells(const char *record, size_t most, char separator, const char *wanted)
{
    joist_buffer got = { 0 };
    print_cells(&got, joist_text_of(record), most, separator);
    cr_assert(joist_text_equal(joist_buffer_view(&got), joist_text_of(wanted)), "%.*s is not %s",
              JOIST_ARG(joist_buffer_view(&got)), wanted);
    joist_buffer_free(&got);
}

Test(csv_scan, fields)
{
    expect_cells("a,b,c", 9, ',', "3:[a][b][c]");
    expect_cells("", 9, ',', "1:[]");
    expect_cells(",", 9, ',', "2:[][]");
    expect_cells("a,b\r", 9, ',', "2:[a][b]");
    expect_cells("a\rb,c\r\r", 9, ',', "2:[a\rb][c\r]");
    expect_cells("a;b,c", 9, ';', "2:[a][b,c]");
    expect_cells(" a , b", 9, ',', "2:[ a ][ b]");
    expect_cells("1,2,3,4", 2, ',', "4:[1][2]");
}

Test(csv_scan, quoted_fields)
{
    expect_cells("\"a\",\"\",\"b,\nc\"", 9, ',', "3:[a][][b,\nc]");
    expect_cells("\"\"\"\"", 9, ',', "1:[\"]");
    expect_cells("\"a\"\"b\"\"\",x", 9, ',', "2:[a\"b\"][x]");
    expect_cells("x,\"\"\"\"\"\"", 9, ',', "2:[x][\"\"]");
    expect_cells("\"a\"\r", 9, ',', "1:[a]");
}

Test(csv_scan, what_is_wrong_and_where)
{
    expect_cells("ab,c\"d", 9, ',', "4: a quote inside a field that does not begin with one");
    expect_cells(" \"a\"", 9, ',', "1: a quote inside a field that does not begin with one");
    expect_cells("x,\"a\"b,c", 9, ',', "5: something follows the closing quote of a field");
    expect_cells("\"a\" ,c", 9, ',', "3: something follows the closing quote of a field");
    expect_cells("x,\"ab", 9, ',', "2: the quote that opens here is never closed");
    expect_cells("\"", 9, ',', "0: the quote that opens here is never closed");
    expect_cells("\"a\"\"", 9, ',', "0: the quote that opens here is never closed");
}
