/* SPDX-License-Identifier: Apache-2.0
 * Rows as records. A field is read from the column of its name; if there is none, from the one
 * named by its `.from` (any of its alternatives); if there is none either, it is NULL.
 *
 * Every row either becomes a record or ends the reading with its number: a store is not bad input,
 * and a table read in part (projects, say) would reject good events by the thousand.
 *
 * A journal left by a killed run is rolled back first, so the file is opened for writing if it can
 * be; `query_only` sees to it that nothing else is written. */
#include "sqlite_rows.h"

#include "local_file.h"
#include "sqlite_column.h"

#include <stdio.h>

struct jst_sqlite_rows {
    const jst_sqlite_query *query;
    sqlite3 *db;
    sqlite3_stmt *statement;
    int *columns;               /* of each field, -1: none */
    uint64_t next;              /* row, from 0 */
};

static joist_status connect_query(const jst_sqlite_query *q, sqlite3 **db, joist_error *e)
{
    joist_status status = jst_sqlite_connect(q->path, SQLITE_OPEN_READWRITE, q->env, db, e);
    return status == JOIST_OK ? jst_sqlite_exec(*db, q->path, "PRAGMA query_only = 1", e) : status;
}

static joist_status select_rows(const jst_sqlite_query *q, sqlite3 *db, const char *what,
                                sqlite3_stmt **out, joist_error *e)
{
    joist_buffer sql = { 0 };
    joist_buffer_printf(&sql, "SELECT %s FROM ", what);
    jst_sqlite_quote(&sql, q->table);
    joist_status status = jst_sqlite_prepare(db, q->path, joist_buffer_view(&sql), out, e);
    joist_buffer_free(&sql);
    return status;
}

static joist_status has_rows(const jst_sqlite_query *q, sqlite3 *db, bool *has, joist_error *e)
{
    sqlite3_stmt *row = NULL;
    joist_status status = select_rows(q, db, "1", &row, e);
    int rc = status == JOIST_OK ? sqlite3_step(row) : SQLITE_DONE;
    *has = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        status = jst_sqlite_fail(db, q->path, "read", e);
    sqlite3_finalize(row);
    return status;
}

joist_status jst_sqlite_rows_any(const jst_sqlite_query *q, bool *any, joist_error *e)
{
    sqlite3 *db = NULL;
    *any = false;
    joist_status status = connect_query(q, &db, e);
    if (status == JOIST_OK)
        status = jst_sqlite_has_table(db, q->path, q->table, any, e);
    if (status == JOIST_OK && *any)
        status = has_rows(q, db, any, e);
    sqlite3_close(db);
    return status;
}

/* Two columns of one table never differ in case only, so names compare as SQLite compares them. */
static int column_named(sqlite3_stmt *s, joist_text name)
{
    for (int i = 0; i < sqlite3_column_count(s); i++) {
        joist_text column = joist_text_of(sqlite3_column_name(s, i));
        if (column.len == name.len && sqlite3_strnicmp(column.ptr, name.ptr, (int)name.len) == 0)
            return i;
    }
    return -1;
}

/* The first of "a|b|c" that is a column. */
static int column_from(sqlite3_stmt *s, joist_text from)
{
    while (from.len) {
        const char *bar = memchr(from.ptr, '|', from.len);
        size_t n = bar ? (size_t)(bar - from.ptr) : from.len;
        int at = column_named(s, (joist_text){ from.ptr, n });
        if (at >= 0)
            return at;
        n += bar != NULL;
        from = (joist_text){ from.ptr + n, from.len - n };
    }
    return -1;
}

static void match_columns(jst_sqlite_rows *r)
{
    const joist_type *type = r->query->type;
    r->columns = joist_calloc(type->count, sizeof *r->columns);
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        r->columns[i] = column_named(r->statement, joist_text_of(f->name));
        if (r->columns[i] < 0 && f->from)
            r->columns[i] = column_from(r->statement, joist_text_of(f->from));
    }
}

void jst_sqlite_rows_close(jst_sqlite_rows *r)
{
    if (!r)
        return;
    sqlite3_finalize(r->statement);
    sqlite3_close(r->db);
    joist_free(r->columns);
    joist_free(r);
}

jst_sqlite_rows *jst_sqlite_rows_open(const jst_sqlite_query *q, joist_error *e)
{
    jst_sqlite_rows *r = joist_calloc(1, sizeof *r);
    r->query = q;
    joist_status status = connect_query(q, &r->db, e);
    if (status == JOIST_OK)
        status = select_rows(q, r->db, "*", &r->statement, e);
    if (status == JOIST_OK) {
        match_columns(r);
        return r;
    }
    jst_sqlite_rows_close(r);
    return NULL;
}

static joist_status bad_row(const jst_sqlite_rows *r, joist_error *e, const char *what)
{
    joist_fail_with(e, JOIST_FATAL, "%s: row %llu of table \"%.*s\" cannot be read: %s",
                    r->query->path, (unsigned long long)r->next + 1, JOIST_ARG(r->query->table),
                    what);
    jst_printable(e->message);
    return JOIST_FAILED;
}

static joist_status bad_column(const jst_sqlite_rows *r, joist_error *e, const joist_field *f,
                               const char *what)
{
    char text[256];
    snprintf(text, sizeof text, "its field \"%.100s\" %s", f->name, what);
    return bad_row(r, e, text);
}

/* The row's size as stored. Without this a single value could be a gigabyte. */
static joist_status measure(const jst_sqlite_rows *r, size_t *size, joist_error *e)
{
    *size = 0;
    for (size_t i = 0; i < r->query->type->count; i++)
        if (r->columns[i] >= 0)
            *size += (size_t)sqlite3_column_bytes(r->statement, r->columns[i]);
    if (*size <= (uint64_t)r->query->max_record)
        return JOIST_OK;
    return bad_row(r, e, "it is longer than a record may be");
}

static joist_status read_row(const jst_sqlite_rows *r, void *record, joist_arena *arena,
                             joist_error *e)
{
    memset(record, 0, r->query->type->size);
    for (size_t i = 0; i < r->query->type->count; i++) {
        const joist_field *f = &r->query->type->fields[i];
        if (r->columns[i] >= 0 && !jst_sqlite_column(r->statement, r->columns[i], f, record, arena))
            return bad_column(r, e, f, "is not the JSON it should be");
        if (f->flags & JOIST_REQUIRED && joist_field_is_null(f, record))
            return bad_column(r, e, f, "is required, and NULL or of another type");
    }
    return JOIST_OK;
}

joist_status jst_sqlite_rows_next(jst_sqlite_rows *r, void *record, size_t *size, bool *more,
                                  joist_arena *arena, joist_error *e)
{
    int rc = sqlite3_step(r->statement);
    *more = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return jst_sqlite_fail(r->db, r->query->path, "read", e);
    if (rc == SQLITE_DONE) {
        sqlite3_reset(r->statement); /* drops the lock: this run may want to write the file */
        return JOIST_OK;
    }
    joist_status status = measure(r, size, e);
    if (status == JOIST_OK)
        status = read_row(r, record, arena, e);
    r->next++;
    return status;
}
