/* SPDX-License-Identifier: Apache-2.0
 * Rows as records. A field is read from the column of its name; if there is none, from the one
 * named by its `.from` (any of its alternatives); if there is none either, it is NULL.
 *
 * Every row either becomes a record or ends the reading with its number: a store is not bad input,
 * and a table read in part (projects, say) would reject good events by the thousand.
 *
 * Only the columns that are fields are asked for: SQLite walks over the others without decoding them.
 *
 * A journal left by a killed run is rolled back first, so the file is opened for writing if it can
 * be; `query_only` sees to it that nothing else is written. */
#include "sqlite_rows.h"

#include "local_file.h"
#include "sqlite_column.h"

#include <stdio.h>

enum { MOST_SHOWN = 200 };      /* bytes of a query in a message */

struct jst_sqlite_rows {
    const jst_sqlite_query *query;
    sqlite3 *db;
    sqlite3_stmt *statement;
    int *columns;               /* of each field, -1: none */
    int rowid;                  /* the column it is in, of a range */
    uint64_t number;            /* of the row read last, from 1 */
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

/* ---- queries --------------------------------------------------------------------------------- */
static joist_status bad_query(const jst_sqlite_query *q, const char *why, int at, joist_error *e)
{
    char place[32] = "";
    if (at >= 0)
        snprintf(place, sizeof place, " (byte %d)", at);
    joist_fail_with(e, JOIST_FATAL, "%s: %s%s, in the query %.*s%s", q->path, why, place,
                    (int)(q->sql.len < MOST_SHOWN ? q->sql.len : MOST_SHOWN), q->sql.ptr,
                    q->sql.len > MOST_SHOWN ? "…" : "");
    jst_printable(e->message);
    return JOIST_FAILED;
}

/* Nothing but white space, semicolons and comments? To SQLite that is an empty statement. */
static bool is_blank(sqlite3 *db, const char *sql, size_t n)
{
    sqlite3_stmt *more = NULL;
    bool good = sqlite3_prepare_v2(db, sql, (int)n, &more, NULL) == SQLITE_OK;
    bool blank = good && !more;
    sqlite3_finalize(more);
    return blank;
}

static const char *flaw_of(sqlite3 *db, sqlite3_stmt *s, const char *rest, size_t n)
{
    if (!s || !sqlite3_column_count(s) || !sqlite3_stmt_readonly(s))
        return "only a SELECT can be read";
    if (sqlite3_bind_parameter_count(s))
        return "nobody gives its parameters a value";
    return is_blank(db, rest, n) ? NULL : "only one statement can be read";
}

static joist_status prepare_query(const jst_sqlite_query *q, sqlite3 *db, sqlite3_stmt **out,
                                  joist_error *e)
{
    const char *rest = NULL;
    if (q->sql.len > INT32_MAX)
        return bad_query(q, "it is too long", -1, e);
    int rc = sqlite3_prepare_v3(db, q->sql.ptr, (int)q->sql.len, SQLITE_PREPARE_PERSISTENT, out,
                                &rest);
    int low = rc & 0xff;        /* SCHEMA: the same, of a connection that has read no schema yet */
    if (low == SQLITE_ERROR || low == SQLITE_SCHEMA)
        return bad_query(q, sqlite3_errmsg(db), sqlite3_error_offset(db), e);
    if (rc != SQLITE_OK)
        return jst_sqlite_fail(db, q->path, "read", e);
    const char *flaw = flaw_of(db, *out, rest, q->sql.len - (size_t)(rest - q->sql.ptr));
    if (!flaw)
        return JOIST_OK;
    sqlite3_finalize(*out);
    *out = NULL;
    return bad_query(q, flaw, -1, e);
}

/* ---- rows ------------------------------------------------------------------------------------ */
static joist_status has_rows(const jst_sqlite_query *q, sqlite3 *db, bool *has, joist_error *e)
{
    sqlite3_stmt *row = NULL;
    joist_status status = q->sql.len ? prepare_query(q, db, &row, e)
                                     : select_rows(q, db, "1", &row, e);
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
    if (status == JOIST_OK && !q->sql.len)
        status = jst_sqlite_has_table(db, q->path, q->table, any, e);
    if (status == JOIST_OK && (*any || q->sql.len))
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

/* How many fields have one. */
static size_t match_columns(jst_sqlite_rows *r)
{
    const joist_type *type = r->query->type;
    size_t matched = 0;
    r->columns = joist_calloc(type->count, sizeof *r->columns);
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        r->columns[i] = column_named(r->statement, joist_text_of(f->name));
        if (r->columns[i] < 0 && f->from)
            r->columns[i] = column_from(r->statement, joist_text_of(f->from));
        matched += r->columns[i] >= 0;
    }
    return matched;
}

/* ---- the columns that are wanted ------------------------------------------------------------- */

/* A name of the rowid that is not a column's; NULL: there is none. */
static const char *rowid_name(sqlite3_stmt *all)
{
    static const char *const names[] = { "_rowid_", "rowid", "oid" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (column_named(all, joist_text_of(names[i])) < 0)
            return names[i];
    return NULL;
}

/* The names of the columns that fields have, whose numbers change accordingly. */
static int list_columns(jst_sqlite_rows *r, joist_buffer *sql)
{
    int count = 0;
    for (size_t i = 0; i < r->query->type->count; i++)
        if (r->columns[i] >= 0) {
            joist_buffer_text(sql, count ? JOIST_TEXT(", ") : JOIST_TEXT(""));
            jst_sqlite_quote(sql, joist_text_of(sqlite3_column_name(r->statement, r->columns[i])));
            r->columns[i] = count++;
        }
    return count;
}

/* NOT INDEXED: an index that has all the columns would give the rows in its own order. */
static void narrow_sql(jst_sqlite_rows *r, joist_buffer *sql)
{
    const char *rowid = r->query->range.set ? rowid_name(r->statement) : NULL;
    joist_buffer_printf(sql, "SELECT ");
    r->rowid = list_columns(r, sql);
    joist_buffer_printf(sql, "%s%s FROM ", r->rowid && rowid ? ", " : "",
                        rowid ? rowid : r->rowid ? "" : "1");
    jst_sqlite_quote(sql, r->query->table);
    joist_buffer_printf(sql, " NOT INDEXED");
    if (rowid)
        joist_buffer_printf(sql, " WHERE %s BETWEEN %lld AND %lld", rowid,
                            (long long)r->query->range.first, (long long)r->query->range.last);
}

static joist_status narrow(jst_sqlite_rows *r, joist_error *e)
{
    joist_buffer sql = { 0 };
    narrow_sql(r, &sql);
    sqlite3_finalize(r->statement);
    r->statement = NULL;
    joist_status status = jst_sqlite_prepare(r->db, r->query->path, joist_buffer_view(&sql),
                                             &r->statement, e);
    joist_buffer_free(&sql);
    return status;
}

/* ---------------------------------------------------------------------------------------------- */

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
        status = q->sql.len ? prepare_query(q, r->db, &r->statement, e)
                            : select_rows(q, r->db, "*", &r->statement, e);
    if (status == JOIST_OK && match_columns(r) == 0 && q->sql.len)
        status = bad_query(q, "none of its columns is a field", -1, e);
    if (status == JOIST_OK && !q->sql.len)
        status = narrow(r, e);
    if (status == JOIST_OK)
        return r;
    jst_sqlite_rows_close(r);
    return NULL;
}

joist_status jst_sqlite_query_verify(const jst_sqlite_query *q, joist_error *e)
{
    jst_sqlite_rows *r = jst_sqlite_rows_open(q, e);
    jst_sqlite_rows_close(r);
    return r ? JOIST_OK : JOIST_FAILED;
}

static joist_status bad_row(const jst_sqlite_rows *r, joist_error *e, const char *what)
{
    char why[400];
    const jst_sqlite_query *q = r->query;
    snprintf(why, sizeof why, "row %llu cannot be read: %s", (unsigned long long)r->number, what);
    if (q->sql.len)
        return bad_query(q, why, -1, e);
    joist_fail_with(e, JOIST_FATAL, "%s: row %llu of table \"%.*s\" cannot be read: %s", q->path,
                    (unsigned long long)r->number, JOIST_ARG(q->table), what);
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

/* Asked for the bytes of a number, SQLite would print it. */
static size_t stored_size(sqlite3_stmt *s, int at)
{
    int type = sqlite3_column_type(s, at);
    return type == SQLITE_TEXT || type == SQLITE_BLOB ? (size_t)sqlite3_column_bytes(s, at)
         : type == SQLITE_NULL ? 0 : sizeof(int64_t);
}

/* The row's size as stored. Without this a single value could be a gigabyte. */
static joist_status measure(const jst_sqlite_rows *r, size_t *size, joist_error *e)
{
    *size = 0;
    for (size_t i = 0; i < r->query->type->count; i++)
        if (r->columns[i] >= 0)
            *size += stored_size(r->statement, r->columns[i]);
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
    r->number = r->query->range.set ? (uint64_t)sqlite3_column_int64(r->statement, r->rowid)
                                    : r->number + 1;
    joist_status status = measure(r, size, e);
    return status == JOIST_OK ? read_row(r, record, arena, e) : status;
}

uint64_t jst_sqlite_rows_number(const jst_sqlite_rows *r)
{
    return r->number;
}

/* ---- the span -------------------------------------------------------------------------------- */

/* In WAL mode somebody may commit while others read, and connections that begin to read one after
 * another see different tables. */
static joist_status is_wal(const jst_sqlite_query *q, sqlite3 *db, bool *wal, joist_error *e)
{
    sqlite3_stmt *mode = NULL;
    joist_status status = jst_sqlite_prepare(db, q->path, JOIST_TEXT("PRAGMA journal_mode"), &mode,
                                             e);
    if (status == JOIST_OK && sqlite3_step(mode) != SQLITE_ROW)
        status = jst_sqlite_fail(db, q->path, "read", e);
    if (status == JOIST_OK)
        *wal = sqlite3_stricmp((const char *)sqlite3_column_text(mode, 0), "wal") == 0;
    sqlite3_finalize(mode);
    return status;
}

/* Does not prepare of a table WITHOUT ROWID. */
static sqlite3_stmt *ask_for_span(const jst_sqlite_query *q, sqlite3 *db, const char *rowid)
{
    sqlite3_stmt *span = NULL;
    joist_buffer sql = { 0 };
    joist_buffer_printf(&sql, "SELECT (SELECT min(%s) FROM ", rowid);
    jst_sqlite_quote(&sql, q->table);
    joist_buffer_printf(&sql, "), (SELECT max(%s) FROM ", rowid);
    jst_sqlite_quote(&sql, q->table);
    joist_buffer_byte(&sql, ')');
    sqlite3_prepare_v2(db, sql.ptr, (int)sql.len, &span, NULL);
    joist_buffer_free(&sql);
    return span;
}

static joist_status read_span(const jst_sqlite_query *q, sqlite3 *db, jst_sqlite_range *span,
                              joist_error *e)
{
    sqlite3_stmt *all = NULL;
    joist_status status = select_rows(q, db, "*", &all, e);
    const char *rowid = status == JOIST_OK ? rowid_name(all) : NULL;
    sqlite3_stmt *s = rowid ? ask_for_span(q, db, rowid) : NULL;
    if (s && sqlite3_step(s) != SQLITE_ROW)
        status = jst_sqlite_fail(db, q->path, "read", e);
    else if (s)
        *span = (jst_sqlite_range){ sqlite3_column_int64(s, 0) > 0, sqlite3_column_int64(s, 0),
                                    sqlite3_column_int64(s, 1) };
    sqlite3_finalize(s);
    sqlite3_finalize(all);
    return status;
}

joist_status jst_sqlite_rows_span(const jst_sqlite_query *q, jst_sqlite_range *span, joist_error *e)
{
    sqlite3 *db = NULL;
    bool wal = true;
    *span = (jst_sqlite_range){ 0 };
    joist_status status = connect_query(q, &db, e);
    if (status == JOIST_OK)
        status = is_wal(q, db, &wal, e);
    if (status == JOIST_OK && !wal)
        status = read_span(q, db, span, e);
    sqlite3_close(db);
    return status;
}
