/* SPDX-License-Identifier: Apache-2.0
 * pairs:FILE, cut into splits of equal size.
 * Tests: tests/e2e/bench_test.py */
#include "groups.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPLIT_BYTES = 2 << 20, BLOCK = 4096 };

typedef struct source {
    joist_source base;
    joist_origin origin;
    joist_split *splits;
    size_t count;
    int fd;
} source;

typedef struct reader {
    joist_reader base;
    const source *from;
    uint64_t at, end;
    pair block[BLOCK];
} reader;

static const joist_source_ops pairs_source;

static source *source_of(joist_source *s)
{
    return (source *)(void *)s;
}

static void cut(source *s, uint64_t size)
{
    s->count = (size_t)((size + SPLIT_BYTES - 1) / SPLIT_BYTES);
    s->splits = joist_calloc(s->count + 1, sizeof *s->splits);
    for (size_t i = 0; i < s->count; i++) {
        uint64_t begin = i * (uint64_t)SPLIT_BYTES;
        uint64_t end = size - begin < SPLIT_BYTES ? size : begin + SPLIT_BYTES;
        s->splits[i] = (joist_split){ .count = 1, .begin = begin, .end = end,
                                      .bytes = end - begin };
    }
}

static joist_status source_open(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    char path[1024];
    struct stat st;
    joist_text name = joist_uri_rest(spec->uri);
    (void)optional;
    snprintf(path, sizeof path, "%.*s", JOIST_ARG(name));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return joist_fail_with(e, JOIST_FATAL, "cannot open %s", path);
    source *s = joist_calloc(1, sizeof *s);
    *s = (source){ .base.ops = &pairs_source, .fd = fd,
                   .origin = { .uri = spec->uri, .path = name, .hour_path = name,
                               .rank = spec->first_rank } };
    cut(s, (uint64_t)st.st_size / sizeof(pair) * sizeof(pair));
    *out = &s->base;
    return JOIST_OK;
}

static const joist_split *source_splits(joist_source *s, size_t *count)
{
    *count = source_of(s)->count;
    return source_of(s)->splits;
}

static uint64_t source_ranks(const joist_source *s)
{
    (void)s;
    return 1;
}

static uint64_t source_skipped(const joist_source *s)
{
    (void)s;
    return 0;
}

static joist_reader *source_start(joist_source *s, const joist_split *split, joist_error *e)
{
    reader *r = joist_calloc(1, sizeof *r);
    (void)e;
    r->base.ops = &pairs_source;
    r->from = source_of(s);
    r->at = split->begin;
    r->end = split->end;
    return &r->base;
}

static joist_status source_read(joist_reader *base, joist_batch *b, joist_error *e)
{
    reader *r = (reader *)(void *)base;
    size_t most = b->max_elements < BLOCK ? b->max_elements : BLOCK;
    size_t left = (size_t)(r->end - r->at), want = most * sizeof(pair);
    want = want < left ? want : left;
    if (want && pread(r->from->fd, r->block, want, (off_t)r->at) != (ssize_t)want)
        return joist_fail_with(e, JOIST_FATAL, "cannot read pairs");
    for (size_t i = 0; i < want / sizeof(pair); i++) {
        uint64_t record = r->at / sizeof(pair) + i;
        joist_batch_emit(b, joist_batch_position(b, &r->from->origin, record * sizeof(pair),
                                                 record + 1, record), &r->block[i], sizeof(pair));
    }
    b->bytes += want;
    r->at += want;
    b->done = r->at == r->end;
    return JOIST_OK;
}

static void reader_stop(joist_reader *r)
{
    joist_free(r);
}

static void source_close(joist_source *base)
{
    source *s = source_of(base);
    close(s->fd);
    joist_free(s->splits);
    joist_free(s);
}

static const joist_source_ops pairs_source = {
    .open = source_open, .splits = source_splits, .ranks = source_ranks,
    .skipped = source_skipped, .start = source_start, .read = source_read, .stop = reader_stop,
    .close = source_close,
};

const joist_connector pairs_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "pairs", .schemes = { "pairs" },
    .help = "binary pairs of the benchmark", .source = &pairs_source,
};
