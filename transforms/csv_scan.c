/* SPDX-License-Identifier: Apache-2.0
 * Most records have no quote: for them this is a search for the newline and one for a quote in
 * front of it. No newline is searched for twice, so that the time is linear whatever the bytes. */
#include "csv_scan.h"

/* ---- where a record ends --------------------------------------------------------------------- */
void jst_csv_scan_begin(jst_csv_scan *s, char separator)
{
    *s = (jst_csv_scan){ .separator = separator };
}

static const char *find(const char *p, const char *end, char c)
{
    const char *at = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
    return at ? at : end;
}

/* What the byte behind a quote of a quoted field makes of it. A newline is seen as plain. */
static jst_csv_state behind_quote(const jst_csv_scan *s, char c)
{
    return c == '"' ? JST_CSV_QUOTED : c == s->separator ? JST_CSV_START : JST_CSV_PLAIN;
}

/* From an unquoted place at p to the next field that opens with a quote, or to `stop`; `from` is
 * the first byte at hand. */
static const char *skip_plain(jst_csv_scan *s, const char *from, const char *p, const char *stop)
{
    for (const char *quote = find(p, stop, '"'); quote < stop; quote = find(quote + 1, stop, '"'))
        if (quote == p ? s->state == JST_CSV_START : quote[-1] == s->separator) {
            s->state = JST_CSV_QUOTED;
            s->quote = s->total + (uint64_t)(quote - from);
            return quote + 1;
        }
    if (stop > p)
        s->state = stop[-1] == s->separator ? JST_CSV_START : JST_CSV_PLAIN;
    return stop;
}

static bool looked(jst_csv_scan *s, size_t *used, size_t n, bool ended)
{
    s->total += n;
    *used = n;
    return ended;
}

/* The first newline at p or behind it; those in front of p, which are in a quoted field, count. */
static const char *newline_behind(jst_csv_scan *s, const char *newline, const char *p,
                                  const char *end)
{
    while (newline < p) {
        s->newlines++;
        newline = find(newline + 1, end, '\n');
    }
    return newline;
}

bool jst_csv_scan_feed(jst_csv_scan *s, const char *from, size_t n, size_t *used)
{
    const char *p = from, *end = from + n, *newline = find(from, end, '\n');
    while (p < end) {
        if (s->state == JST_CSV_QUOTED) {
            p = find(p, end, '"');
            s->state = p < end ? JST_CSV_QUOTE : JST_CSV_QUOTED;
            p += p < end;
            continue;
        }
        if (s->state == JST_CSV_QUOTE && *p != '\n') {
            s->state = behind_quote(s, *p++);
            continue;
        }
        newline = newline_behind(s, newline, p, end);
        p = skip_plain(s, from, p, newline);
        if (p == newline && newline < end && s->state != JST_CSV_QUOTED) {
            s->newlines++;
            return looked(s, used, (size_t)(p - from) + 1, true);
        }
    }
    newline_behind(s, newline, end, end);
    return looked(s, used, n, false);
}

/* ---- fields ---------------------------------------------------------------------------------- */
void jst_csv_cells_free(jst_csv_cells *cells)
{
    joist_free(cells->items);
    *cells = (jst_csv_cells){ 0 };
}

static void add(jst_csv_cells *out, size_t most, joist_text cell)
{
    if (out->count < most && out->count == out->cap) {
        out->cap = out->cap ? out->cap * 2 : 16;
        out->items = joist_realloc(out->items, out->cap * sizeof *out->items);
    }
    if (out->count < most)
        out->items[out->count] = cell;
    out->count++;
}

static bool wrong(jst_csv_error *e, joist_text record, const char *at, const char *message)
{
    *e = (jst_csv_error){ (size_t)(at - record.ptr), message };
    return false;
}

/* Of two quotes, one. */
static joist_text undoubled(const char *p, const char *end, joist_arena *arena)
{
    char *out = joist_arena_alloc(arena, (size_t)(end - p)), *o = out;
    while (p < end) {
        const char *stop = find(p, end, '"');
        stop += stop < end;
        memcpy(o, p, (size_t)(stop - p));
        o += stop - p;
        p = stop + 1;           /* the quote behind it: at the end there is none in the record */
    }
    return (joist_text){ out, (size_t)(o - out) };
}

/* The quote that closes the field whose contents begin at p, or end. */
static const char *closing_quote(const char *p, const char *end, bool *doubled)
{
    *doubled = false;
    while ((p = find(p, end, '"')) < end && p + 1 < end && p[1] == '"') {
        *doubled = true;
        p += 2;
    }
    return p;
}

/* The field at *p, which is moved to the separator behind it or to the end. */
static bool take_cell(joist_text record, const char **p, char separator, joist_arena *arena,
                      joist_text *cell, jst_csv_error *e)
{
    const char *from = *p, *end = record.ptr + record.len;
    bool doubled;
    if (from == end || *from != '"') {
        const char *stop = *p = find(from, end, separator), *quote = find(from, stop, '"');
        *cell = (joist_text){ from, (size_t)(stop - from) };
        return quote == stop
            || wrong(e, record, quote, "a quote inside a field that does not begin with one");
    }
    const char *quote = closing_quote(++from, end, &doubled);
    if (quote == end)
        return wrong(e, record, *p, "the quote that opens here is never closed");
    *cell = doubled ? undoubled(from, quote, arena)
                    : (joist_text){ from, (size_t)(quote - from) };
    *p = quote + 1;
    return *p == end || **p == separator
        || wrong(e, record, *p, "something follows the closing quote of a field");
}

bool jst_csv_split(joist_text record, char separator, size_t most, jst_csv_cells *out,
                   joist_arena *arena, jst_csv_error *e)
{
    if (record.len && record.ptr[record.len - 1] == '\r')
        record.len--;
    const char *p = record.ptr, *end = p + record.len;
    out->count = 0;
    for (;; p++) {
        joist_text cell;
        if (!take_cell(record, &p, separator, arena, &cell, e))
            return false;
        add(out, most, cell);
        if (p == end)
            return true;
    }
}
