/* SPDX-License-Identifier: Apache-2.0
 * SQLite source: the rows of one table or query, in their own order, as one split. The lock is
 * dropped with the last row, not with the last use of the source: the same file may be written by
 * this very run.
 *
 * A position's line is the row's number from 1, or its rowid if ranges are read; rows have no
 * offset. */
#include "read_sqlite.h"

#include "local_file.h"
#include "sqlite_rows.h"

#include <sys/stat.h>

enum { MOST_NAME = 120 };       /* bytes of a query in a position */

typedef struct source {
    joist_source base;
    char *path, *uri, *table;   /* table: its name, or the query in parentheses */
    char *sql;                  /* the query, or NULL */
    jst_sqlite_query query;
    joist_origin origin;
    joist_split split;
} source;

typedef struct reader {
    joist_reader base;
    source *from;
    jst_sqlite_query query;     /* the source's, or of a range of it */
    jst_sqlite_rows *rows;
    uint64_t next;              /* row */
} reader;

static void source_close(joist_source *base)
{
    source *s = (source *)(void *)base;
    joist_free(s->path);
    joist_free(s->uri);
    joist_free(s->table);
    joist_free(s->sql);
    joist_free(s);
}

static void describe_origin(source *s, const joist_source_spec *spec)
{
    struct stat st = { 0 };
    joist_text table = joist_text_of(s->table);
    joist_buffer uri = { 0 };
    joist_buffer_printf(&uri, "%.*s/%s", JOIST_ARG(spec->uri), s->table);
    s->uri = joist_text_dup(joist_buffer_view(&uri));
    joist_buffer_free(&uri);
    bool there = stat(s->path, &st) == 0;
    int64_t ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    s->origin = (joist_origin){ .uri = joist_text_of(s->uri), .path = table, .hour_path = table,
                                .modified = { ms, there }, .rank = spec->first_rank };
    s->split = (joist_split){ .first = 0, .count = 1, .bytes = (uint64_t)st.st_size };
}

/* Where a table's name would stand, as in SQL: on one line, and not all of a long one. */
static char *query_name(joist_text sql)
{
    joist_buffer name = { 0 };
    bool space = false;
    joist_text shown = joist_cut(joist_trim(sql), MOST_NAME);
    joist_buffer_byte(&name, '(');
    for (size_t i = 0; i < shown.len; i++) {
        if (!space || (unsigned char)shown.ptr[i] > ' ')
            joist_buffer_byte(&name, (unsigned char)shown.ptr[i] > ' ' ? shown.ptr[i] : ' ');
        space = (unsigned char)shown.ptr[i] <= ' ';
    }
    joist_buffer_text(&name, shown.len < joist_trim(sql).len ? JOIST_TEXT("…)") : JOIST_TEXT(")"));
    char *copy = joist_text_dup(joist_buffer_view(&name));
    joist_buffer_free(&name);
    return copy;
}

static source *source_new(const joist_source_spec *spec, char *path)
{
    source *s = joist_calloc(1, sizeof *s);
    *s = (source){ .base.ops = &jst_sqlite_source,
                   .path = path,
                   .sql = spec->query.len ? joist_text_dup(spec->query) : NULL };
    s->table = s->sql ? query_name(spec->query) : joist_text_dup(spec->table);
    s->query = (jst_sqlite_query){ .path = path, .table = joist_text_of(s->table),
                                   .type = spec->type, .max_record = spec->max_record,
                                   .env = spec->env, .sql = joist_text_of(s->sql),
                                   .by = joist_type_field(spec->type, spec->by) };
    describe_origin(s, spec);
    return s;
}

static joist_status missing(const char *path, bool optional, joist_error *e)
{
    if (e->message[0])
        return JOIST_FAILED;
    if (optional)
        return JOIST_OK;
    joist_fail_with(e, JOIST_FATAL, "there is no database %s", path);
    jst_printable(e->message);
    return JOIST_FAILED;
}

static joist_status source_open(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    *out = NULL;
    char *path = jst_sqlite_path(spec->uri, e);
    if (!path)
        return JOIST_FAILED;
    if (!jst_sqlite_exists(path, e)) {
        joist_status status = missing(path, optional, e);
        joist_free(path);
        return status;
    }
    bool found = true;
    source *s = source_new(spec, path);
    joist_status status = s->sql ? jst_sqlite_query_verify(&s->query, e) : JOIST_OK;
    /* To know whether a query has rows is to run it: only if something else may be read instead. */
    if (status == JOIST_OK && (optional || !s->sql))
        status = jst_sqlite_rows_any(&s->query, &found, e);
    if (status == JOIST_OK && found && s->query.by)
        status = jst_sqlite_query_verify(&s->query, e);
    if (status == JOIST_OK && found)
        *out = &s->base;
    else
        source_close(&s->base);
    return status;
}

static const joist_split *source_splits(joist_source *base, size_t *count)
{
    *count = 1;
    return &((source *)(void *)base)->split;
}

static uint64_t source_ranks(const joist_source *base)
{
    (void)base;
    return 1;
}

static uint64_t source_skipped(const joist_source *base)
{
    (void)base;
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------- */
static joist_reader *start_query(source *s, jst_sqlite_query query, joist_error *e)
{
    reader *r = joist_calloc(1, sizeof *r);
    *r = (reader){ { &jst_sqlite_source }, s, query, NULL, 0 };
    r->rows = jst_sqlite_rows_open(&r->query, e);
    if (r->rows)
        return &r->base;
    joist_free(r);
    return NULL;
}

static joist_reader *source_start(joist_source *base, const joist_split *split, joist_error *e)
{
    source *s = (source *)(void *)base;
    (void)split;
    return start_query(s, s->query, e);
}

/* A connection of its own: the ranges of all workers are read side by side. */
static joist_reader *source_start_range(joist_source *base, const joist_time_range *range,
                                        joist_error *e)
{
    source *s = (source *)(void *)base;
    jst_sqlite_query query = s->query;
    query.range = *range;
    return start_query(s, query, e);
}

/* Of a range a row's number is its rowid, by which it can be looked up. */
static const joist_position *position_of(const reader *r, joist_batch *b)
{
    if (!r->query.by)
        return joist_batch_position(b, &r->from->origin, 0, r->next + 1, r->next);
    uint64_t id = (uint64_t)jst_sqlite_rows_id(r->rows);
    return joist_batch_position(b, &r->from->origin, 0, id, id);
}

static joist_status read_one(reader *r, joist_batch *b, bool *more, joist_error *e)
{
    size_t size;
    joist_arena *arena = joist_batch_arena(b);
    void *record = joist_arena_alloc(arena, r->from->query.type->size);
    joist_status status = jst_sqlite_rows_next(r->rows, record, &size, more, arena, e);
    if (status != JOIST_OK || !*more)
        return status;
    joist_batch_emit(b, position_of(r, b), record, size + r->from->query.type->size);
    b->bytes += size;
    r->next++;
    return JOIST_OK;
}

static joist_status reader_read(joist_reader *base, joist_batch *b, joist_error *e)
{
    reader *r = (reader *)(void *)base;
    bool more = true;
    joist_status status = JOIST_OK;
    b->files += r->next == 0;
    while (status == JOIST_OK && more && !joist_batch_full(b))
        status = read_one(r, b, &more, e);
    b->done = !more;
    return status;
}

static void reader_stop(joist_reader *base)
{
    reader *r = (reader *)(void *)base;
    jst_sqlite_rows_close(r->rows);
    joist_free(r);
}

static joist_status source_check(const joist_source_spec *spec, joist_error *e)
{
    char *path = jst_sqlite_path(spec->uri, e);
    joist_free(path);
    if (path && spec->csv)
        return joist_fail_with(e, JOIST_USAGE, "'%.*s' is a database and cannot be CSV",
                               JOIST_ARG(spec->uri));
    return path ? JOIST_OK : JOIST_FAILED;
}

const joist_source_ops jst_sqlite_source = {
    .open = source_open, .splits = source_splits, .ranks = source_ranks, .skipped = source_skipped,
    .start = source_start, .read = reader_read, .stop = reader_stop, .close = source_close,
    .check = source_check, .start_range = source_start_range,
};
