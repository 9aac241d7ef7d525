/* SPDX-License-Identifier: Apache-2.0
 * Rows are compared as sorted lists of canonical lines, so equal is a memcmp and the difference one
 * merge. Of the rows left over on both sides those that have the most members in common are shown
 * as one row that differs: no table of keys is needed for that. */
#include "golden_rows.h"

#include <stdlib.h>

enum { MOST_SHOWN = 10, MOST_BYTES = 1500 };

/* ---- rows ------------------------------------------------------------------------------------ */
static int by_key(const void *a, const void *b)
{
    return joist_text_compare(((const joist_member *)a)->key, ((const joist_member *)b)->key);
}

static joist_text print_members(joist_arena *a, const joist_member *members, size_t count)
{
    joist_buffer out = { 0 };
    joist_buffer_byte(&out, '{');
    for (size_t i = 0; i < count; i++) {
        if (joist_json_type_of(members[i].value) == JOIST_JSON_NULL)
            continue;
        if (out.len > 1)
            joist_buffer_byte(&out, ',');
        joist_json_write_text(&out, members[i].key);
        joist_buffer_byte(&out, ':');
        joist_json_write_value(&out, members[i].value);
    }
    joist_buffer_byte(&out, '}');
    joist_text text = joist_arena_text(a, joist_buffer_view(&out));
    joist_buffer_free(&out);
    return text;
}

static jst_golden_row *new_row(jst_golden_rows *rows)
{
    if (rows->count == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 16;
        jst_golden_row *items = joist_arena_alloc(rows->arena, cap * sizeof *items);
        if (rows->count)
            memcpy(items, rows->items, rows->count * sizeof *items);
        rows->items = items;
        rows->cap = cap;
    }
    return &rows->items[rows->count++];
}

static bool is_object(joist_text t)
{
    joist_json_error e;
    return t.len && joist_json_skip(t, &e) == t.len
        && joist_json_type_of((joist_json){ t.ptr, t.len }) == JOIST_JSON_OBJECT;
}

bool jst_golden_rows_add(jst_golden_rows *rows, joist_text object, size_t line)
{
    object = joist_trim(joist_arena_text(rows->arena, object));
    if (!is_object(object))
        return false;
    size_t count = 0;
    joist_json v = { object.ptr, object.len };
    const joist_member *members = joist_json_members(v, rows->arena, &count);
    joist_member *sorted = joist_arena_alloc(rows->arena, (count + 1) * sizeof *sorted);
    if (count)
        memcpy(sorted, members, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_key);
    *new_row(rows) = (jst_golden_row){ print_members(rows->arena, members, count),
                                       print_members(rows->arena, sorted, count), line };
    return true;
}

joist_status jst_golden_rows_parse(jst_golden_rows *rows, joist_text text, joist_text path,
                                   joist_error *e)
{
    for (size_t line = 1; text.len; line++) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t n = end ? (size_t)(end - text.ptr) : text.len, used = end ? n + 1 : n;
        joist_text row = joist_trim((joist_text){ text.ptr, n });
        if (row.len && !jst_golden_rows_add(rows, row, line))
            return joist_fail_with(e, JOIST_USAGE, "%.*s:%zu: this is no JSON object",
                                   JOIST_ARG(path), line);
        text = (joist_text){ text.ptr + used, text.len - used };
    }
    return JOIST_OK;
}

/* ---- comparing ------------------------------------------------------------------------------- */
static int by_sorted(const void *a, const void *b)
{
    return joist_text_compare(((const jst_golden_row *)a)->sorted,
                              ((const jst_golden_row *)b)->sorted);
}

static int by_text(const void *a, const void *b)
{
    return joist_text_compare(((const jst_golden_row *)a)->text, ((const jst_golden_row *)b)->text);
}

static void sort(jst_golden_rows *rows, int (*order)(const void *, const void *))
{
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, order);
}

bool jst_golden_rows_equal(jst_golden_rows *a, jst_golden_rows *b)
{
    sort(a, by_sorted);
    sort(b, by_sorted);
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (by_sorted(&a->items[i], &b->items[i]) != 0)
            return false;
    return true;
}

void jst_golden_rows_print(joist_buffer *out, jst_golden_rows *rows)
{
    sort(rows, by_text);
    for (size_t i = 0; i < rows->count; i++) {
        joist_buffer_text(out, rows->items[i].text);
        joist_buffer_byte(out, '\n');
    }
}

/* ---- the difference -------------------------------------------------------------------------- */
typedef struct left {                   /* what one side has and the other has not */
    const jst_golden_row **rows;
    size_t count;
} left;

typedef struct diff {
    joist_buffer *out;
    joist_arena *arena;
    joist_text path;
    left missing, extra;
    size_t shown, hidden;
} diff;

static void leave(left *l, const jst_golden_row *row)
{
    l->rows[l->count++] = row;
}

static void collect(diff *d, const jst_golden_rows *expected, const jst_golden_rows *got)
{
    size_t i = 0, k = 0;
    while (i < expected->count || k < got->count) {
        int order = i == expected->count ? 1 : k == got->count ? -1
            : by_sorted(&expected->items[i], &got->items[k]);
        if (order < 0)
            leave(&d->missing, &expected->items[i]);
        if (order > 0)
            leave(&d->extra, &got->items[k]);
        i += order <= 0;
        k += order >= 0;
    }
}

static const joist_member *members_of(diff *d, const jst_golden_row *row, size_t *count)
{
    return joist_json_members((joist_json){ row->text.ptr, row->text.len }, d->arena, count);
}

static joist_text value_of(const joist_member *members, size_t count, joist_text key)
{
    for (size_t i = 0; i < count; i++)
        if (joist_text_equal(members[i].key, key))
            return (joist_text){ members[i].value.ptr, members[i].value.len };
    return JOIST_NO_TEXT;
}

static size_t in_common(diff *d, const jst_golden_row *a, const jst_golden_row *b)
{
    size_t a_count, b_count, same = 0;
    const joist_member *x = members_of(d, a, &a_count), *y = members_of(d, b, &b_count);
    for (size_t i = 0; i < a_count; i++) {
        joist_text other = value_of(y, b_count, x[i].key);
        joist_text own = { x[i].value.ptr, x[i].value.len };
        same += !joist_text_null(other) && joist_text_equal(own, other);
    }
    return same * 2 >= (a_count < b_count ? a_count : b_count) ? same : 0;
}

/* The row most like `row` among those left, taken from them; NULL if none is like it. */
static const jst_golden_row *take_like(diff *d, const jst_golden_row *row)
{
    size_t best = 0, at = 0;
    for (size_t i = 0; i < d->extra.count; i++) {
        size_t same = d->extra.rows[i] ? in_common(d, row, d->extra.rows[i]) : 0;
        if (same > best) {
            best = same;
            at = i;
        }
    }
    const jst_golden_row *found = best ? d->extra.rows[at] : NULL;
    if (found)
        d->extra.rows[at] = NULL;
    return found;
}

static void add_cut(joist_buffer *out, joist_text t)
{
    if (joist_text_null(t)) {
        joist_buffer_text(out, JOIST_TEXT("nothing"));
        return;
    }
    joist_text cut = joist_cut(t, MOST_BYTES);
    joist_buffer_printf(out, "%.*s%s", JOIST_ARG(cut), cut.len < t.len ? "..." : "");
}

static bool begin(diff *d, const char *what, const jst_golden_row *row)
{
    if (d->shown == MOST_SHOWN) {
        d->hidden++;
        return false;
    }
    d->shown++;
    joist_buffer_printf(d->out, "    %.*s", JOIST_ARG(d->path));
    if (row->line)
        joist_buffer_printf(d->out, ":%zu", row->line);
    joist_buffer_printf(d->out, ": %s\n", what);
    return true;
}

static void show_whole(diff *d, const char *what, const jst_golden_row *row)
{
    if (!begin(d, what, row))
        return;
    joist_buffer_text(d->out, JOIST_TEXT("        "));
    add_cut(d->out, row->text);
    joist_buffer_byte(d->out, '\n');
}

static void show_member(diff *d, joist_text key, joist_text expected, joist_text got)
{
    if (!joist_text_null(expected) && !joist_text_null(got) && joist_text_equal(expected, got))
        return;
    joist_buffer_printf(d->out, "        %.*s\n            expected ", JOIST_ARG(key));
    add_cut(d->out, expected);
    joist_buffer_text(d->out, JOIST_TEXT("\n            got      "));
    add_cut(d->out, got);
    joist_buffer_byte(d->out, '\n');
}

static void show_pair(diff *d, const jst_golden_row *expected, const jst_golden_row *got)
{
    size_t a_count, b_count;
    const joist_member *a = members_of(d, expected, &a_count), *b = members_of(d, got, &b_count);
    if (!begin(d, "the row differs", expected))
        return;
    for (size_t i = 0; i < a_count; i++)
        show_member(d, a[i].key, (joist_text){ a[i].value.ptr, a[i].value.len },
                    value_of(b, b_count, a[i].key));
    for (size_t i = 0; i < b_count; i++)
        if (joist_text_null(value_of(a, a_count, b[i].key)))
            show_member(d, b[i].key, JOIST_NO_TEXT,
                        (joist_text){ b[i].value.ptr, b[i].value.len });
}

static void show(diff *d)
{
    for (size_t i = 0; i < d->missing.count; i++) {
        const jst_golden_row *like = take_like(d, d->missing.rows[i]);
        if (like)
            show_pair(d, d->missing.rows[i], like);
        else
            show_whole(d, "the row is missing", d->missing.rows[i]);
    }
    for (size_t i = 0; i < d->extra.count; i++)
        if (d->extra.rows[i])
            show_whole(d, "a row that is not expected", d->extra.rows[i]);
    if (d->hidden)
        joist_buffer_printf(d->out, "    %.*s: and %zu more\n", JOIST_ARG(d->path), d->hidden);
}

void jst_golden_rows_diff(joist_buffer *out, jst_golden_rows *expected, jst_golden_rows *got,
                          joist_text path)
{
    if (jst_golden_rows_equal(expected, got))
        return;
    diff d = { .out = out, .arena = joist_arena_new(), .path = path };
    d.missing.rows = joist_arena_alloc(d.arena, (expected->count + 1) * sizeof *d.missing.rows);
    d.extra.rows = joist_arena_alloc(d.arena, (got->count + 1) * sizeof *d.extra.rows);
    collect(&d, expected, got);
    show(&d);
    joist_arena_free(d.arena);
}
