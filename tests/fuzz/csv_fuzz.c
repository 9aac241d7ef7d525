/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes CSV with the bytes of one file. The first byte of the input says how it is read: bit 0
 * with ';' as the separator, bit 1 with a small record limit, bit 2 gzipped first. Records must end
 * where a reader of one byte after another ends them; read in one go and in ranges of a few bytes,
 * the same must come out; and what was decoded, written and decoded again must be the same. Any
 * difference aborts. Seeds: tests/fuzz/seeds/csv. */
#include "../../transforms/csv_decode.h"
#include "../../transforms/csv_write.h"
#include "../../transforms/read_test.h"

enum { COLUMNS = 9, LONG = 1 << 20 };

#define POINT(F, T) F(T, joist_text, label, 0, .limit = LONG) F(T, joist_int, x, 0)
JOIST_RECORD(point, POINT);

#define THING(F, T)                                                                               \
    F(T, joist_text, name, 0, .limit = LONG) F(T, joist_int, n, 0) F(T, joist_float, x, 0)        \
    F(T, bool, y, 0) F(T, joist_time, at, 0) F(T, joist_bytes, raw, 0) F(T, joist_json, j, 0)     \
    F(T, joist_text_list, tags, 0, .limit = LONG) F(T, point_list, path, 0, JOIST_LIST_OF(point))
JOIST_RECORD(thing, THING);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *dir;

static void remove_directory(void)
{
    test_remove(dir);
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

/* ---- where records end ----------------------------------------------------------------------- */
static size_t slow_end(joist_text t, size_t from, char separator)
{
    bool quoted = false;
    for (size_t i = from; i < t.len; i++) {
        bool opens = i == from || t.ptr[i - 1] == separator;
        if (!quoted && t.ptr[i] == '\n')
            return i + 1;
        if (!quoted && opens && t.ptr[i] == '"') {
            quoted = true;
        } else if (quoted && t.ptr[i] == '"') {
            bool two = i + 1 < t.len && t.ptr[i + 1] == '"';
            quoted = two;
            i += two;
        }
    }
    return t.len;
}

static size_t fast_end(joist_text t, size_t from, char separator, size_t step)
{
    jst_csv_scan s;
    bool ended = false;
    jst_csv_scan_begin(&s, separator);
    while (!ended && from < t.len) {
        size_t used, n = t.len - from < step ? t.len - from : step;
        ended = jst_csv_scan_feed(&s, t.ptr + from, n, &used);
        must(ended ? used > 0 && used <= n : used == n);
        from += used;
    }
    return from;
}

/* ---- there and back -------------------------------------------------------------------------- */
static void decode(const jst_csv_columns *c, joist_text record, thing *out, joist_arena *arena)
{
    jst_csv_cells cells = { 0 };
    joist_text all[COLUMNS] = { { "", 0 } };
    jst_csv_error e;
    bool good = jst_csv_split(record, c->separator, COLUMNS, &cells, arena, &e);
    must(good || (e.at <= record.len && e.message));
    for (size_t i = 0; i < COLUMNS; i++)
        all[i] = good && i < cells.count ? cells.items[i] : JOIST_TEXT("");
    jst_csv_decode(c, &(jst_csv_cells){ all, COLUMNS, COLUMNS }, out, arena);
    jst_csv_cells_free(&cells);
}

static void must_survive(const jst_csv_columns *c, joist_text record)
{
    joist_arena *arena = joist_arena_new();
    joist_buffer row = { 0 }, cell = { 0 }, before = { 0 }, after = { 0 };
    thing first, second;
    decode(c, record, &first, arena);
    jst_csv_write_record(&row, &cell, &thing_type, &first, c->separator);
    joist_text written = joist_buffer_view(&row);
    must(slow_end(written, 0, c->separator) == written.len);
    written.len--;
    decode(c, written, &second, arena);
    joist_json_write_record(&before, &thing_type, &first, 0);
    joist_json_write_record(&after, &thing_type, &second, 0);
    must(joist_text_equal(joist_buffer_view(&before), joist_buffer_view(&after)));
    joist_buffer_free(&row);
    joist_buffer_free(&cell);
    joist_buffer_free(&before);
    joist_buffer_free(&after);
    joist_arena_free(arena);
}

static void try_records(joist_text t, char separator)
{
    jst_csv_columns c;
    jst_csv_error e;
    joist_buffer header = { 0 };
    jst_csv_write_header(&header, &thing_type, separator);
    jst_csv_columns_init(&c, &thing_type, separator);
    must(jst_csv_columns_take(&c, (joist_text){ header.ptr, header.len - 1 }, &e));
    for (size_t from = 0, end; from < t.len; from = end) {
        end = slow_end(t, from, separator);
        must(fast_end(t, from, separator, 1) == end && fast_end(t, from, separator, t.len) == end);
        must_survive(&c, (joist_text){ t.ptr + from, end - from - (t.ptr[end - 1] == '\n') });
    }
    jst_csv_columns_free(&c);
    joist_buffer_free(&header);
}

/* ---- by the file source ---------------------------------------------------------------------- */
static void read_with(const joist_source_spec *spec, uint64_t range, size_t bundle, size_t buffer,
                      items *out)
{
    jst_read_setup setup = test_setup();
    joist_error e;
    setup.range = range;
    setup.claim = 4;
    setup.buffer = buffer;
    must(test_read_all(spec, &setup, bundle, out, &e) == JOIST_OK);
    must(out->records == out->count && out->rejected <= out->count && out->files == 1);
}

static void must_be_same(const items *a, const items *b)
{
    must(a->count == b->count && a->bytes == b->bytes);
    for (size_t i = 0; i < a->count; i++) {
        const item *x = &a->list[i], *y = &b->list[i];
        must(x->offset == y->offset && x->line == y->line && x->record == i && y->record == i);
        must(x->len == y->len && !x->text == !y->text && !x->code == !y->code);
        must(!x->len || memcmp(x->text, y->text, x->len) == 0);
        must(!x->code || strcmp(x->code, y->code) == 0);
    }
}

static void read_file(joist_text t, unsigned how, char separator)
{
    char path[1024];
    items once, pieces;
    joist_buffer z = { 0 };
    if (how & 4)
        z = test_gzip(t.ptr, t.len);
    joist_text stored = how & 4 ? joist_buffer_view(&z) : t;
    test_write(dir, "f.csv", stored.ptr, stored.len);
    snprintf(path, sizeof path, "%s/f.csv", dir);
    joist_source_spec spec = test_spec(path, &thing_type);
    spec.separator = separator;
    spec.max_record = how & 2 ? 20 : LONG;
    read_with(&spec, 1 << 20, 1024, 1 << 20, &once);
    read_with(&spec, 4 + t.len % 9, 1, 64 << 10, &pieces);
    must_be_same(&once, &pieces);
    items_free(&once);
    items_free(&pieces);
    joist_buffer_free(&z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    if (!dir) {
        dir = test_directory();
        must(dir && !atexit(remove_directory));
    }
    joist_text t = { (const char *)data + 1, size - 1 };
    char separator = data[0] & 1 ? ';' : ',';
    try_records(t, separator);
    read_file(t, data[0], separator);
    return 0;
}
