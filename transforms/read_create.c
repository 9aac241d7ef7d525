/* SPDX-License-Identifier: Apache-2.0
 * Rows that travel in the graph are a source of one split. */
#include "read_create.h"

typedef struct source {
    joist_source base;
    joist_bytes rows;           /* of the graph, which outlives the source */
    const joist_type *type;
    joist_origin origin;
    joist_split split;
} source;

typedef struct reader {
    joist_reader base;
    const source *from;
    size_t at;
    uint64_t next;
} reader;

static source *source_of(joist_source *s)
{
    return (source *)(void *)s;
}

static reader *reader_of(joist_reader *r)
{
    return (reader *)(void *)r;
}

static joist_status source_open(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    source *s = joist_calloc(1, sizeof *s);
    (void)optional;
    (void)e;
    *s = (source){ .base.ops = &jst_create_source, .rows = spec->rows, .type = spec->type,
                   .origin = { .uri = JOIST_TEXT("create:"), .path = JOIST_TEXT("create"),
                               .hour_path = JOIST_TEXT("create"), .rank = spec->first_rank },
                   .split = { .count = 1, .bytes = spec->rows.len } };
    *out = &s->base;
    return JOIST_OK;
}

static const joist_split *source_splits(joist_source *s, size_t *count)
{
    *count = 1;
    return &source_of(s)->split;
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
    (void)split;
    (void)e;
    *r = (reader){ { &jst_create_source }, source_of(s), 0, 0 };
    return &r->base;
}

static joist_status read_one(reader *r, joist_batch *b, joist_error *e)
{
    const source *s = r->from;
    joist_arena *arena = joist_batch_arena(b);
    void *record = joist_arena_zalloc(arena, s->type->size);
    size_t used = joist_row_decode(s->type, s->rows.ptr + r->at, s->rows.len - r->at, record,
                                   arena);
    if (!used)
        return joist_fail_with(e, JOIST_FATAL, "row %llu of a create is no '%s'",
                               (unsigned long long)r->next + 1, s->type->name);
    joist_batch_emit(b, joist_batch_position(b, &s->origin, r->at, r->next + 1, r->next), record,
                     used + s->type->size);
    b->bytes += used;
    r->at += used;
    r->next++;
    return JOIST_OK;
}

static joist_status reader_read(joist_reader *base, joist_batch *b, joist_error *e)
{
    reader *r = reader_of(base);
    joist_status status = JOIST_OK;
    while (status == JOIST_OK && r->at < r->from->rows.len && !joist_batch_full(b))
        status = read_one(r, b, e);
    b->done = r->at == r->from->rows.len;
    return status;
}

static void reader_stop(joist_reader *r)
{
    joist_free(r);
}

static void source_close(joist_source *s)
{
    joist_free(s);
}

const joist_source_ops jst_create_source = {
    .open = source_open, .splits = source_splits, .ranks = source_ranks,
    .skipped = source_skipped, .start = source_start, .read = reader_read,
    .stop = reader_stop, .close = source_close,
};
