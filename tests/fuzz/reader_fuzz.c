/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the file source with the bytes of one file. The first byte of the input says how it is
 * read: bits 0-1 as .json values, .ndjson values, text or decoded records; bit 2 with a small
 * record limit; bit 3 gzipped first. Read in one go and in ranges of a few bytes and bundles of
 * one, the same must come out, and records = emitted + rejected. Seeds: tests/fuzz/seeds/reader. */
#include "../../transforms/read_test.h"

#define POINT(F, T) F(T, joist_text, name, JOIST_REQUIRED) F(T, joist_int, x, 0, .from = "a.x|x")
JOIST_RECORD(point, POINT);

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

static void make_directory(void)
{
    if (dir)
        return;
    dir = test_directory();
    must(dir && !atexit(remove_directory));
}

static void put(const char *name, const uint8_t *data, size_t size, bool gzip)
{
    joist_buffer z = { 0 };
    if (gzip)
        z = test_gzip(data, size);
    test_write(dir, name, gzip ? (const void *)z.ptr : (const void *)data, gzip ? z.len : size);
    joist_buffer_free(&z);
}

static void read_with(const joist_source_spec *spec, uint64_t range, size_t bundle, size_t buffer,
                      items *out)
{
    jst_read_setup setup = test_setup();
    joist_error e;
    setup.range = range;
    setup.claim = 4;
    setup.buffer = buffer;
    must(test_read_all(spec, &setup, bundle, out, &e) == JOIST_OK);
    must(out->records == out->count && out->rejected <= out->count);
}

static void must_be_same(const items *a, const items *b)
{
    must(a->count == b->count && a->bytes == b->bytes && a->files == 1 && b->files == 1);
    for (size_t i = 0; i < a->count; i++) {
        const item *x = &a->list[i], *y = &b->list[i];
        must(x->offset == y->offset && x->line == y->line && x->record == y->record
             && x->record == i);
        must(x->len == y->len && !x->text == !y->text && !x->code == !y->code);
        must(!x->len || memcmp(x->text, y->text, x->len) == 0);
        must(!x->code || strcmp(x->code, y->code) == 0);
    }
}

static void values_must_be_whole(const items *all)
{
    for (size_t i = 0; i < all->count; i++) {
        joist_text t = { all->list[i].text, all->list[i].len };
        must(all->list[i].code || joist_json_skip(t, NULL) == t.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "f.json", "f.ndjson", "f.txt", "f.jsonl" };
    const joist_type *types[] = { &joist_value_type, &joist_value_type, &joist_line_type,
                                  &point_type };
    if (!size)
        return 0;
    unsigned how = data[0];
    char path[1024];
    items once, pieces;
    make_directory();
    put(names[how & 3], data + 1, size - 1, how & 8);
    snprintf(path, sizeof path, "%s/%s", dir, names[how & 3]);
    joist_source_spec spec = test_spec(path, types[how & 3]);
    spec.max_record = how & 4 ? 20 : 1 << 20;
    read_with(&spec, 1 << 20, 1024, 1 << 20, &once);
    read_with(&spec, 4 + size % 9, 1, 64 << 10, &pieces);
    must_be_same(&once, &pieces);
    if ((how & 3) == 0)
        values_must_be_whole(&once);
    items_free(&once);
    items_free(&pieces);
    return 0;
}
