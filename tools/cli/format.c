/* SPDX-License-Identifier: Apache-2.0
 * Numbers for people and a small table printer. Widths count UTF-8 characters, one column each:
 * names and paths in wide scripts may stand a little off, which costs beauty only. */
#include "format.h"

#include <inttypes.h>
#include <stdio.h>

joist_text jst_cli_grouped(joist_arena *a, uint64_t n)
{
    char digits[24], grouped[40];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
    size_t at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            grouped[at++] = ' ';
        grouped[at++] = digits[i];
    }
    return joist_arena_text(a, (joist_text){ grouped, at });
}

static joist_text scaled(joist_arena *a, double n, const char *const units[], size_t count)
{
    size_t unit = 0;
    while (n >= 999.5 && unit + 1 < count) {
        n /= 1000;
        unit++;
    }
    return joist_arena_printf(a, unit > 0 && n < 9.95 ? "%.1f%s" : "%.0f%s", n, units[unit]);
}

joist_text jst_cli_short(joist_arena *a, double n)
{
    static const char *const units[] = { "", "k", "M", "G", "T" };
    return scaled(a, n, units, sizeof units / sizeof units[0]);
}

joist_text jst_cli_bytes(joist_arena *a, double bytes)
{
    static const char *const units[] = { " B", " kB", " MB", " GB", " TB", " PB" };
    return scaled(a, bytes, units, sizeof units / sizeof units[0]);
}

joist_text jst_cli_seconds(joist_arena *a, double s)
{
    if (!(s < 1e9))
        return JOIST_TEXT("-");
    if (s < 99.95)
        return joist_arena_printf(a, "%.1f s", s > 0 ? s : 0.0);
    long whole = (long)(s + 0.5);
    if (whole < 3600)
        return joist_arena_printf(a, "%ld min %02ld s", whole / 60, whole % 60);
    return joist_arena_printf(a, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
}

/* A share that is not nothing never reads "0.00 %". */
joist_text jst_cli_percent(joist_arena *a, uint64_t part, uint64_t whole)
{
    double percent = whole ? (double)part * 100 / (double)whole : 0;
    if (part > 0 && percent < 0.005)
        return JOIST_TEXT("<0.01 %");
    return joist_arena_printf(a, "%.2f %%", percent);
}

/* ---- tables ---------------------------------------------------------------------------------- */
void jst_cli_cell(jst_cli_table *t, joist_text cell)
{
    if (t->count == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        joist_text *cells = joist_arena_alloc(t->arena, cap * sizeof *cells);
        if (t->count)
            memcpy(cells, t->cells, t->count * sizeof *cells);
        t->cells = cells;
        t->cap = cap;
    }
    t->cells[t->count++] = cell.ptr ? cell : JOIST_TEXT("");
}

void jst_cli_cells(jst_cli_table *t, size_t count, const char *const *cells)
{
    for (size_t i = 0; i < count; i++)
        jst_cli_cell(t, joist_text_of(cells[i]));
}

static size_t width_of(joist_text t)
{
    size_t width = 0;
    for (size_t i = 0; i < t.len; i++)
        width += ((unsigned char)t.ptr[i] & 0xc0) != 0x80;
    return width;
}

static void pad(joist_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        joist_buffer_byte(out, ' ');
}

static size_t widest(const jst_cli_table *t, size_t column, size_t columns)
{
    size_t most = 0;
    for (size_t i = column; i < t->count; i += columns) {
        size_t width = width_of(t->cells[i]);
        most = width > most ? width : most;
    }
    return most;
}

static void print_cell(const jst_cli_table *t, joist_buffer *out, size_t i, size_t columns,
                       size_t width)
{
    joist_text cell = t->cells[i];
    size_t column = i % columns, space = width - width_of(cell);
    bool right = t->align[column] == 'r';
    if (right)
        pad(out, space);
    joist_buffer_text(out, cell);
    if (!right)
        pad(out, space);
    pad(out, 2);
}

static void trim_line(joist_buffer *out)
{
    while (out->len > 0 && out->ptr[out->len - 1] == ' ')
        out->len--;
    joist_buffer_byte(out, '\n');
}

void jst_cli_table_print(const jst_cli_table *t, joist_buffer *out, const char *indent)
{
    size_t columns = strlen(t->align), widths[16] = { 0 };
    if (columns == 0 || columns > 16)
        return;
    for (size_t c = 0; c < columns; c++)
        widths[c] = widest(t, c, columns);
    for (size_t i = 0; i < t->count; i++) {
        if (i % columns == 0)
            joist_buffer_text(out, joist_text_of(indent));
        print_cell(t, out, i, columns, widths[i % columns]);
        if (i % columns == columns - 1)
            trim_line(out);
    }
}
