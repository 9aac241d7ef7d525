/* SPDX-License-Identifier: Apache-2.0
 * SQLite source: the rows of one table or query, in their own order. A table of some size is cut into
 * ranges of rowids, which workers read side by side, each through a connection of its own; a query,
 * a small table, one without positive rowids, or one in WAL mode is one split.
 *
 * All readers see one state of the table: from the first split's start to the last one's end a
 * connection holds a shared lock, under which nobody commits. (Within one process SQLite grants
 * further shared locks even if somebody waits to write, so nobody waits for each other.) The lock is
 * dropped with the last row, not with the last use of the source: the same file may be written by
 * this very run.
 *
 * A position's line is the row's number from 1, of a table in ranges the rowid; rows have no
 * offset. */
#include "read_sqlite.h"

#include "local_file.h"
#include "sqlite_rows.h"

#include <pthread.h>
#include <sys/stat.h>

enum { MOST_NAME = 120 };       /* bytes of a query in a position */
enum { SPLIT_BYTES = 8 << 20, MOST_SPLITS = 128 };

typedef struct source {
    joist_source base;
    char *path, *uri, *table;   /* table: its name, or the query in parentheses */
    char *sql;                  /* the query, or NULL */
    jst_sqlite_query query;
    joist_origin origin;
    joist_split *splits; size_t splits_count;
    jst_sqlite_range span;      /* not set: one split */
    pthread_mutex_t lock;       /* of the rest */
    sqlite3 *anchor;            /* holds the lock while several connections read */
    size_t left;                /* splits that are not read to their end */
} source;

typedef struct reader {
    joist_reader base;
    source *from;
    jst_sqlite_query query;
    jst_sqlite_rows *rows;
    bool begun, ended;
} reader;

static void source_close(joist_source *base)
{
    source *s = (source *)(void *)base;
    sqlite3_close(s->anchor);
    pthread_mutex_destroy(&s->lock);
    joist_free(s->splits);
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
    s->splits_count = s->left = 1;
    s->splits = joist_calloc(1, sizeof *s->splits);
    s->splits[0] = (joist_split){ .first = 0, .count = 1, .bytes = (uint64_t)st.st_size };
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* As many as the file has SPLIT_BYTES, if there are as many rows. */
static joist_status cut(source *s, joist_error *e)
{
    uint64_t size = s->splits[0].bytes, count = size / SPLIT_BYTES;
    if (s->sql || count < 2)
        return JOIST_OK;
    joist_status status = jst_sqlite_rows_span(&s->query, &s->span, e);
    uint64_t rows = (uint64_t)(s->span.last - s->span.first);
    count = count > MOST_SPLITS ? MOST_SPLITS : count > rows ? rows : count;
    s->span.set = s->span.set && count > 1;
    if (status != JOIST_OK || !s->span.set)
        return status;
    joist_free(s->splits);
    s->splits = joist_calloc(count, sizeof *s->splits);
    s->splits_count = s->left = count;
    for (size_t i = 0; i < count; i++)
        s->splits[i] = (joist_split){ .first = i, .count = 1, .bytes = size / count };
    return JOIST_OK;
}

/* The rowids of one split. What came before the first or behind the last one since we looked is in
 * the first and the last split. */
static jst_sqlite_range range_of(const source *s, uint64_t split)
{
    uint64_t rows = (uint64_t)(s->span.last - s->span.first), count = s->splits_count;
    int64_t first = s->span.first + (int64_t)(rows / count * split);
    int64_t next = s->span.first + (int64_t)(rows / count * (split + 1));
    return (jst_sqlite_range){ s->span.set, split ? first : 1,
                               split + 1 < count ? next - 1 : INT64_MAX };
}

/* Held from the first split on. */
static joist_status hold(source *s, joist_error *e)
{
    joist_status status = JOIST_OK;
    pthread_mutex_lock(&s->lock);
    if (!s->anchor && s->span.set)
        status = jst_sqlite_connect(s->path, SQLITE_OPEN_READWRITE, s->query.env, &s->anchor, e);
    if (status == JOIST_OK && s->anchor && sqlite3_get_autocommit(s->anchor))
        status = jst_sqlite_exec(s->anchor, s->path, "BEGIN; SELECT count(*) FROM sqlite_schema", e);
    pthread_mutex_unlock(&s->lock);
    return status;
}

static void let_go(reader *r)
{
    source *s = r->from;
    if (r->ended)
        return;
    r->ended = true;
    pthread_mutex_lock(&s->lock);
    if (--s->left == 0) {
        sqlite3_close(s->anchor);
        s->anchor = NULL;
    }
    pthread_mutex_unlock(&s->lock);
}

/* ---- opening --------------------------------------------------------------------------------- */

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
                                   .env = spec->env, .sql = joist_text_of(s->sql) };
    pthread_mutex_init(&s->lock, NULL);
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
    if (status == JOIST_OK && found)
        status = cut(s, e);
    if (status == JOIST_OK && found)
        *out = &s->base;
    else
        source_close(&s->base);
    return status;
}

static const joist_split *source_splits(joist_source *base, size_t *count)
{
    *count = ((source *)(void *)base)->splits_count;
    return ((source *)(void *)base)->splits;
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
static joist_reader *source_start(joist_source *base, const joist_split *split, joist_error *e)
{
    source *s = (source *)(void *)base;
    reader *r = joist_calloc(1, sizeof *r);
    *r = (reader){ .base.ops = &jst_sqlite_source, .from = s, .query = s->query };
    r->query.range = range_of(s, split->first);
    if (hold(s, e) == JOIST_OK)
        r->rows = jst_sqlite_rows_open(&r->query, e);
    if (r->rows)
        return &r->base;
    joist_free(r);
    return NULL;
}

static joist_status read_one(reader *r, joist_batch *b, bool *more, joist_error *e)
{
    size_t size;
    joist_arena *arena = joist_batch_arena(b);
    void *record = joist_arena_alloc(arena, r->query.type->size);
    joist_status status = jst_sqlite_rows_next(r->rows, record, &size, more, arena, e);
    if (status != JOIST_OK || !*more)
        return status;
    uint64_t number = jst_sqlite_rows_number(r->rows);
    const joist_position *at = joist_batch_position(b, &r->from->origin, 0, number, number - 1);
    joist_batch_emit(b, at, record, size + r->query.type->size);
    b->bytes += size;
    return JOIST_OK;
}

static joist_status reader_read(joist_reader *base, joist_batch *b, joist_error *e)
{
    reader *r = (reader *)(void *)base;
    bool more = true;
    joist_status status = JOIST_OK;
    b->files += !r->begun && r->query.range.first <= 1;
    r->begun = true;
    while (status == JOIST_OK && more && !joist_batch_full(b))
        status = read_one(r, b, &more, e);
    b->done = !more;
    if (b->done)
        let_go(r);
    return status;
}

static void reader_stop(joist_reader *base)
{
    reader *r = (reader *)(void *)base;
    jst_sqlite_rows_close(r->rows);
    let_go(r);
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
    .check = source_check,
};
