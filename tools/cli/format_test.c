/* SPDX-License-Identifier: Apache-2.0
 * Numbers for people, columns that line up, JSON that takes any bytes. */
/* Tests: format.c json_out.c */
#include "format.h"

#include "json_out.h"

#include <criterion/criterion.h>
#include <math.h>

static joist_arena *a;
static void begin(void) { a = joist_arena_new(); }
static void end(void) { joist_arena_free(a); }
TestSuite(format, .init = begin, .fini = end);

static void expect(joist_text t, const char *expected)
{
    cr_assert(joist_text_equal(t, joist_text_of(expected)), "'%.*s' is not '%s'", JOIST_ARG(t),
              expected);
}

Test(format, grouped)
{
    expect(jst_cli_grouped(a, 0), "0");
    expect(jst_cli_grouped(a, 999), "999");
    expect(jst_cli_grouped(a, 1000), "1 000");
    expect(jst_cli_grouped(a, 297410), "297 410");
    expect(jst_cli_grouped(a, UINT64_MAX), "18 446 744 073 709 551 615");
}

Test(format, scaled)
{
    expect(jst_cli_short(a, 7), "7");
    expect(jst_cli_short(a, 999), "999");
    expect(jst_cli_short(a, 999.7), "1.0k");
    expect(jst_cli_short(a, 184321), "184k");
    expect(jst_cli_short(a, 1.23e6), "1.2M");
    expect(jst_cli_short(a, 9.96e6), "10M");
    expect(jst_cli_short(a, 1e30), "1000000000000000000T");
    expect(jst_cli_bytes(a, 0), "0 B");
    expect(jst_cli_bytes(a, 41200000), "41 MB");
    expect(jst_cli_bytes(a, 4120000), "4.1 MB");
}

Test(format, seconds)
{
    expect(jst_cli_seconds(a, 0), "0.0 s");
    expect(jst_cli_seconds(a, -1), "0.0 s");
    expect(jst_cli_seconds(a, 2.449), "2.4 s");
    expect(jst_cli_seconds(a, 99.96), "1 min 40 s");
    expect(jst_cli_seconds(a, 3599.6), "1 h 00 min");
    expect(jst_cli_seconds(a, 187), "3 min 07 s");
    expect(jst_cli_seconds(a, NAN), "-");
}

Test(format, percent)
{
    expect(jst_cli_percent(a, 0, 0), "0.00 %");
    expect(jst_cli_percent(a, 825, 297410), "0.28 %");
    expect(jst_cli_percent(a, 1, 1000000), "<0.01 %");
    expect(jst_cli_percent(a, 5, 5), "100.00 %");
}

Test(format, tables_line_up)
{
    jst_cli_table t = { .arena = a, .align = "lrl" };
    jst_cli_cells(&t, 3, (const char *const[]){ "name", "n", "x" });
    jst_cli_cells(&t, 3, (const char *const[]){ "größe", "1 000", "" });
    jst_cli_cell(&t, JOIST_NO_TEXT);
    jst_cli_cell(&t, JOIST_TEXT("7"));
    jst_cli_cell(&t, JOIST_TEXT("end"));
    joist_buffer out = { 0 };
    jst_cli_table_print(&t, &out, "> ");
    expect(joist_buffer_view(&out), "> name       n  x\n> größe  1 000\n>            7  end\n");
    joist_buffer_free(&out);
}

Test(format, many_cells)
{
    jst_cli_table t = { .arena = a, .align = "l" };
    for (int i = 0; i < 1000; i++)
        jst_cli_cell(&t, JOIST_TEXT("x"));
    joist_buffer out = { 0 };
    jst_cli_table_print(&t, &out, "");
    cr_assert_eq(out.len, 2000);
    joist_buffer_free(&out);
}

Test(format, json_takes_any_bytes_and_numbers)
{
    json_t *o = json_object();
    jst_cli_json_text(o, "null", JOIST_NO_TEXT);
    jst_cli_json_text(o, "empty", JOIST_TEXT(""));
    jst_cli_json_text(o, "bad", (joist_text){ "a\xff\0b", 4 });
    jst_cli_json_count(o, "big", UINT64_MAX);
    jst_cli_json_seconds(o, "s", 2.41249);
    jst_cli_json_seconds(o, "nan", NAN);
    jst_cli_json_add(o, "sum", 2);
    jst_cli_json_add(o, "sum", 3);
    joist_buffer out = { 0 };
    jst_cli_json_line(&out, o);
    expect(joist_buffer_view(&out),
           "{\"null\":null,\"empty\":\"\",\"bad\":\"a\xef\xbf\xbd\\u0000b\","
           "\"big\":9223372036854775807,\"s\":2.412,\"nan\":0.0,\"sum\":5}\n");
    joist_buffer_free(&out);
}
