/* SPDX-License-Identifier: Apache-2.0
 * For tests of the file source: a directory to put files in, a batch without an engine, and what
 * came out. Emitted records are copied only when `read` has returned: whoever moves borrowed bytes
 * is found out. */
#ifndef JST_READ_TEST_H
#define JST_READ_TEST_H

#include <joist.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "read_source.h"

typedef struct item {
    char *uri, *text;           /* text: of the record, or the raw bytes */
    const char *code;           /* NULL: emitted */
    size_t len;
    uint64_t rank, offset, line, record;
} item;

typedef struct items {
    item *list; size_t count, cap;
    uint64_t files, records, bytes, rejected;
    joist_arena *arena;
} items;

typedef struct test_batch {
    joist_batch b;              /* first: the seam's functions are given this */
    joist_port port;
    joist_arena *arena;
    items *out;
    struct { joist_text text; const joist_position *at; } *emitted;
    size_t emitted_count, emitted_cap;
} test_batch;

JOIST_INLINE test_batch *test_batch_of(joist_batch *b) { return (test_batch *)(void *)b; }

JOIST_INLINE void items_add(items *out, const joist_position *at, const char *code, joist_text t)
{
    if (out->count == out->cap) {
        out->cap = out->cap ? out->cap * 2 : 64;
        out->list = joist_realloc(out->list, out->cap * sizeof *out->list);
    }
    joist_text copy = joist_arena_printf(out->arena, "%.*s", JOIST_ARG(at->origin->uri));
    char *text = NULL;
    if (t.ptr) {
        text = joist_arena_zalloc(out->arena, t.len + 1);
        memcpy(text, t.ptr, t.len);
    }
    out->list[out->count++] = (item){ .uri = (char *)(uintptr_t)copy.ptr, .text = text,
                                      .code = code,
        .len = t.len, .rank = at->origin->rank, .offset = at->offset, .line = at->line,
        .record = at->record };
}

JOIST_INLINE joist_arena *test_arena(joist_batch *b) { return test_batch_of(b)->arena; }

JOIST_INLINE joist_position *test_position(joist_batch *b, const joist_origin *origin,
                                           uint64_t offset,
                                           uint64_t line, uint64_t record)
{
    joist_position *at = joist_arena_alloc(test_batch_of(b)->arena, sizeof *at);
    *at = (joist_position){ .origin = origin, .offset = offset, .line = line, .record = record };
    return at;
}

JOIST_INLINE void test_emit(joist_batch *b, const joist_position *at, const void *record,
                            size_t size)
{
    test_batch *t = test_batch_of(b);
    if (t->emitted_count == t->emitted_cap) {
        t->emitted_cap = t->emitted_cap ? t->emitted_cap * 2 : 64;
        t->emitted = joist_realloc(t->emitted, t->emitted_cap * sizeof *t->emitted);
    }
    memcpy(&t->emitted[t->emitted_count].text, record, sizeof(joist_text));
    t->emitted[t->emitted_count++].at = at;
    b->port->count++;
    b->records++;
    b->size += size;
}

JOIST_INLINE void test_reject(joist_batch *b, const joist_position *at, const char *code,
                              joist_bytes raw,
                              const char *fmt, ...)
{
    char message[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    if (n <= 0)
        abort();
    b->records++;
    test_batch_of(b)->out->rejected++;
    items_add(test_batch_of(b)->out, at, code, (joist_text){ raw.ptr, raw.len });
}

/* The defaults, with this batch. */
JOIST_INLINE jst_read_setup test_setup(void)
{
    jst_read_setup s = jst_read_defaults;
    s.arena = test_arena;
    s.position = test_position;
    s.emit = test_emit;
    s.reject = test_reject;
    return s;
}

/* One call of read; the records it emitted join `out`. */
JOIST_INLINE joist_status test_read_once(joist_reader *r, size_t bundle, items *out, bool *done,
                                         joist_error *e)
{
    test_batch t = { .b = { .max_elements = bundle, .max_bytes = bundle == 1024 ? 256u << 10
                            : SIZE_MAX },
                     .arena = joist_arena_new(), .out = out };
    t.port.cap = bundle;
    t.b.port = &t.port;
    joist_status status = r->ops->read(r, &t.b, e);
    for (size_t i = 0; i < t.emitted_count; i++)
        items_add(out, t.emitted[i].at, NULL, t.emitted[i].text);
    out->files += t.b.files;
    out->records += t.b.records;
    out->bytes += t.b.bytes;
    *done = t.b.done;
    joist_free(t.emitted);
    joist_arena_free(t.arena);
    return status;
}

JOIST_INLINE joist_status test_read_split(joist_source *s, const joist_split *split, size_t bundle,
                                          items *out,
                                          joist_error *e)
{
    joist_reader *r = s->ops->start(s, split, e);
    joist_status status = r ? JOIST_OK : JOIST_FAILED;
    for (bool done = false; r && !done && status == JOIST_OK;)
        status = test_read_once(r, bundle, out, &done, e);
    if (r)
        r->ops->stop(r);
    return status;
}

JOIST_INLINE int item_order(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

JOIST_INLINE void items_sort(items *all)
{
    if (all->count)
        qsort(all->list, all->count, sizeof *all->list, item_order);
}

JOIST_INLINE void items_free(items *all)
{
    joist_free(all->list);
    joist_arena_free(all->arena);
}

/* ---- files ----------------------------------------------------------------------------------- */
JOIST_INLINE char *test_directory(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[512];
    snprintf(path, sizeof path, "%s/joist-read-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(path) ? joist_strdup(path) : NULL;
}

JOIST_INLINE int test_remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
    (void)st;
    (void)flag;
    (void)at;
    return remove(path);
}

JOIST_INLINE void test_remove(char *dir)
{
    nftw(dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    joist_free(dir);
}

/* Makes the folders on the way, too. */
JOIST_INLINE void test_write(const char *dir, const char *name, const void *bytes, size_t n)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    for (char *slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0777);
    }
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f))
        abort();
}

JOIST_INLINE joist_buffer test_gzip(const void *bytes, size_t n)
{
    joist_buffer out = { 0 };
    z_stream z = { 0 };
    deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    uLong most = deflateBound(&z, (uLong)n) + 64;
    z.next_out = (unsigned char *)joist_buffer_reserve(&out, most);
    z.avail_out = (uInt)most;
    z.next_in = (unsigned char *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    out.len = most - z.avail_out;
    deflateEnd(&z);
    return out;
}

JOIST_INLINE joist_source_spec test_spec(const char *uri, const joist_type *type)
{
    return (joist_source_spec){ .uri = joist_text_of(uri), .type = type, .max_record = 1 << 20,
                                .stage = "read" };
}

/* All there is, split by split. */
JOIST_INLINE joist_status test_read_all(const joist_source_spec *spec, const jst_read_setup *setup,
                                        size_t bundle, items *out, joist_error *e)
{
    joist_source *s;
    size_t n = 0;
    *out = (items){ .arena = joist_arena_new() };
    joist_status status = jst_file_source_open(spec, false, setup, &s, e);
    if (status)
        return status;
    const joist_split *splits = s->ops->splits(s, &n);
    for (size_t i = 0; i < n && !status; i++)
        status = test_read_split(s, &splits[i], bundle, out, e);
    s->ops->close(s);
    items_sort(out);
    return status;
}

#endif
