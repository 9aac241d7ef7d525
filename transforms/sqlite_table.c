/* SPDX-License-Identifier: Apache-2.0
 * SQL text for one table. The columns are the record's fields in order:
 *
 *   TEXT     text, json, time (YYYY-MM-DDTHH:MM:SS.mmmZ), lists and nested records (compact JSON)
 *   INTEGER  int, bool (0, 1)      REAL  float      BLOB  bytes
 *
 * The key is the PRIMARY KEY of a rowid table, its columns NOT NULL. Measured against WITHOUT ROWID
 * (write_sqlite.c has the figures): equally fast into an empty table, five to nine times faster
 * when new random keys are merged into a large one, because only the narrow index is touched all
 * over.
 *
 * Two schemas are compared as SQLite sees them, not as SQL text: the spec is declared in a
 * database in memory and both sides are listed by pragma_table_info. That also finds, before
 * anything is written, names SQLite refuses: columns that differ in case only, tables called
 * sqlite_…, one table twice. */
#include "sqlite_table.h"

#include "local_file.h"

#include <stdio.h>

const char *jst_sqlite_column_type(const joist_field *f)
{
    if (joist_field_repeated(f))
        return "TEXT";
    switch (f->kind) {
    case JOIST_KIND_INT:
    case JOIST_KIND_BOOL:  return "INTEGER";
    case JOIST_KIND_FLOAT: return "REAL";
    case JOIST_KIND_BYTES: return "BLOB";
    case JOIST_KIND_TEXT:
    case JOIST_KIND_TIME:
    case JOIST_KIND_JSON:
    case JOIST_KIND_RECORD:
    default:               return "TEXT";
    }
}

static bool among(const joist_fields *fields, const joist_field *f)
{
    for (uint32_t i = 0; i < fields->count; i++)
        if (fields->offset[i] == f->offset)
            return true;
    return false;
}

static void add(joist_buffer *sql, const char *s)
{
    joist_buffer_add(sql, s, strlen(s));
}

/* scope."name" */
static void add_column(joist_buffer *sql, const char *scope, const joist_field *f)
{
    add(sql, scope);
    jst_sqlite_quote(sql, joist_text_of(f->name));
}

static void add_columns(joist_buffer *sql, const joist_type *type, const joist_fields *fields)
{
    for (uint32_t i = 0; i < fields->count; i++)
        add_column(sql, i ? ", " : "", joist_type_field_at(type, fields->offset[i]));
}

void jst_sqlite_create_sql(const joist_table_spec *t, joist_buffer *sql)
{
    add(sql, "CREATE TABLE ");
    jst_sqlite_quote(sql, t->table);
    for (size_t i = 0; i < t->type->count; i++) {
        const joist_field *f = &t->type->fields[i];
        add_column(sql, i ? ",\n  " : " (\n  ", f);
        joist_buffer_printf(sql, " %s%s", jst_sqlite_column_type(f),
                            among(&t->key, f) ? " NOT NULL" : "");
    }
    if (t->key.count) {
        add(sql, ",\n  PRIMARY KEY (");
        add_columns(sql, t->type, &t->key);
        add(sql, ")");
    }
    add(sql, "\n)");
}

/* The new row's `by` is not smaller than the stored one's, compared field by field, NULL first.
 * SQLite's row values do not do: a NULL anywhere would make the answer NULL. */
static void add_not_smaller(joist_buffer *sql, const joist_type *type, const joist_fields *by)
{
    for (uint32_t i = 0; i + 1 < by->count; i++) {
        const joist_field *f = joist_type_field_at(type, by->offset[i]);
        add_column(sql, "excluded.", f);
        add_column(sql, " > stored.", f);
        add_column(sql, " OR (stored.", f);
        add_column(sql, " IS NULL AND excluded.", f);
        add_column(sql, " IS NOT NULL) OR (excluded.", f);
        add_column(sql, " IS stored.", f);
        add(sql, " AND (");
    }
    const joist_field *last = joist_type_field_at(type, by->offset[by->count - 1]);
    add_column(sql, "excluded.", last);
    add_column(sql, " >= stored.", last);
    add_column(sql, " OR stored.", last);
    add(sql, " IS NULL");
    for (uint32_t i = 0; i + 1 < by->count; i++)
        add(sql, "))");
}

/* A message that is asked for again keeps its history: how often it was tried and why it failed. */
static bool kept_in_outbox(const joist_field *f)
{
    static const char *const kept[] = { "attempts", "last_error", "created_at" };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (strcmp(f->name, kept[i]) == 0)
            return true;
    return false;
}

static size_t add_assignments(const joist_table_spec *t, joist_buffer *sql)
{
    size_t n = 0;
    for (size_t i = 0; i < t->type->count; i++) {
        const joist_field *f = &t->type->fields[i];
        if (among(&t->key, f) || (t->outbox && kept_in_outbox(f)))
            continue;
        add_column(sql, n++ ? ", " : "", f);
        add_column(sql, " = excluded.", f);
    }
    return n;
}

static void add_conflict(const joist_table_spec *t, joist_buffer *sql)
{
    add(sql, " ON CONFLICT (");
    add_columns(sql, t->type, &t->key);
    add(sql, ") DO ");
    size_t start = sql->len;
    add(sql, "UPDATE SET ");
    if (!add_assignments(t, sql)) {         /* nothing but a key */
        sql->len = start;
        add(sql, "NOTHING");
    } else if (t->outbox) {
        add(sql, " WHERE stored.\"status\" IS NOT 'sent'");
    } else if (t->by.count) {
        add(sql, " WHERE ");
        add_not_smaller(sql, t->type, &t->by);
    }
}

void jst_sqlite_insert_sql(const joist_table_spec *t, bool upsert, joist_buffer *sql)
{
    add(sql, "INSERT INTO ");
    jst_sqlite_quote(sql, t->table);
    add(sql, " AS stored");                 /* a fixed alias: the table may be called "excluded" */
    for (size_t i = 0; i < t->type->count; i++)
        add_column(sql, i ? ", " : " (", &t->type->fields[i]);
    for (size_t i = 0; i < t->type->count; i++)
        add(sql, i ? ", ?" : ") VALUES (?");
    add(sql, ")");
    if (upsert && t->key.count)
        add_conflict(t, sql);
}

void jst_sqlite_delete_sql(const joist_table_spec *t, joist_buffer *sql)
{
    add(sql, "DELETE FROM ");
    jst_sqlite_quote(sql, t->table);
    add_column(sql, " WHERE ", joist_type_field_at(t->type, t->window.offset[0]));
    add(sql, " = ?1");
}

/* IS: fields of a group may be NULL. It uses an index as = does. */
void jst_sqlite_erase_sql(const joist_table_spec *t, joist_buffer *sql)
{
    add(sql, "DELETE FROM ");
    jst_sqlite_quote(sql, t->table);
    for (uint32_t i = 0; i < t->key.count; i++) {
        add_column(sql, i ? " AND " : " WHERE ", joist_type_field_at(t->type, t->key.offset[i]));
        add(sql, " IS ?");
    }
}

static joist_status try_in_model(sqlite3 *model, const joist_table_spec *t, joist_buffer *sql)
{
    sqlite3_stmt *s = NULL;
    jst_sqlite_create_sql(t, sql);
    joist_buffer_byte(sql, '\0');
    int rc = sqlite3_exec(model, sql->ptr, NULL, NULL, NULL);
    sql->len = 0;
    jst_sqlite_insert_sql(t, true, sql);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(model, sql->ptr, (int)sql->len, &s, NULL);
    sqlite3_finalize(s);
    return rc == SQLITE_OK ? JOIST_OK : JOIST_FAILED;
}

joist_status jst_sqlite_declare(sqlite3 *model, const joist_table_spec *t, joist_error *e)
{
    joist_buffer sql = { 0 };
    bool named = t->table.len && !memchr(t->table.ptr, '\0', t->table.len);
    joist_status status = named ? try_in_model(model, t, &sql) : JOIST_FAILED;
    if (status != JOIST_OK) {
        bool no_memory = named && sqlite3_errcode(model) == SQLITE_NOMEM;
        joist_fail_with(e, no_memory ? JOIST_FATAL : JOIST_USAGE,
                        "the record %s cannot be the SQLite table \"%.*s\": %s",
                        t->type->name, JOIST_ARG(t->table),
                        named ? sqlite3_errmsg(model) : "that is no name of a table");
        jst_printable(e->message);
    }
    joist_buffer_free(&sql);
    return status;
}

static joist_status list_columns(sqlite3 *db, const char *path, joist_text table,
                                 sqlite3_stmt **out, joist_error *e)
{
    joist_status status = jst_sqlite_prepare(db, path,
        JOIST_TEXT("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid"), out, e);
    if (status == JOIST_OK)
        jst_sqlite_bind_text(*out, 1, table);
    return status;
}

static joist_text column_text(sqlite3_stmt *s, int at)
{
    const char *ptr = (const char *)sqlite3_column_text(s, at);
    return (joist_text){ ptr ? ptr : "", ptr ? (size_t)sqlite3_column_bytes(s, at) : 0 };
}

/* One column for people: "id" TEXT, 1st of the key. */
static void describe(sqlite3_stmt *s, bool row, joist_buffer *out)
{
    if (!row) {
        add(out, "nothing");
        return;
    }
    joist_text name = column_text(s, 0), type = column_text(s, 1);
    int key = sqlite3_column_int(s, 2);
    joist_buffer_printf(out, "\"%.*s\" %.*s", JOIST_ARG(name), JOIST_ARG(type));
    if (key)
        joist_buffer_printf(out, " (key part %d)", key);
}

static bool same_column(sqlite3_stmt *a, sqlite3_stmt *b)
{
    return joist_text_equal(column_text(a, 0), column_text(b, 0))
        && sqlite3_stricmp((const char *)sqlite3_column_text(a, 1),
                           (const char *)sqlite3_column_text(b, 1)) == 0
        && sqlite3_column_int(a, 2) == sqlite3_column_int(b, 2);
}

static joist_status differ(const char *path, joist_text table, int at, sqlite3_stmt *there,
                           bool has_there, sqlite3_stmt *ours, bool has_ours, joist_error *e)
{
    joist_buffer b = { 0 };
    describe(there, has_there, &b);
    add(&b, " in the database, ");
    describe(ours, has_ours, &b);
    joist_fail_with(e, JOIST_FATAL,
                    "%s: table \"%.*s\" has another schema than the record: column %d is"
                    " %.*s in the record",
                    path, JOIST_ARG(table), at, JOIST_ARG(b));
    jst_printable(e->message);
    snprintf(e->hint, sizeof e->hint, "write to another file or table, or move this one away");
    joist_buffer_free(&b);
    return JOIST_FAILED;
}

static joist_status compare_columns(const char *path, joist_text table, sqlite3_stmt *there,
                                    sqlite3_stmt *ours, joist_error *e)
{
    for (int at = 1;; at++) {
        bool has_there = sqlite3_step(there) == SQLITE_ROW,
             has_ours = sqlite3_step(ours) == SQLITE_ROW;
        if (!has_there && !has_ours)
            return JOIST_OK;
        if (!has_there || !has_ours || !same_column(there, ours))
            return differ(path, table, at, there, has_there, ours, has_ours, e);
    }
}

joist_status jst_sqlite_compare(sqlite3 *db, const char *path, sqlite3 *model, joist_text table,
                                joist_error *e)
{
    sqlite3_stmt *there = NULL, *ours = NULL;
    joist_status status = list_columns(db, path, table, &there, e);
    if (status == JOIST_OK)
        status = list_columns(model, path, table, &ours, e);
    if (status == JOIST_OK)
        status = compare_columns(path, table, there, ours, e);
    sqlite3_finalize(there);
    sqlite3_finalize(ours);
    return status;
}
