/* SPDX-License-Identifier: Apache-2.0
 * What the SQLite store does before the first row of a transaction: tables that are missing are
 * made, what is replaced whole is deleted, statements are prepared. */
#include "write_sqlite.h"

static joist_status create_table(jst_sqlite_store_state *s, const joist_table_spec *t,
                                 joist_error *e)
{
    bool has = false;
    joist_status status = jst_sqlite_has_table(s->db, s->path, t->table, &has, e);
    if (status == JOIST_OK && !has) {
        joist_buffer sql = { 0 };
        jst_sqlite_create_sql(t, &sql);
        joist_buffer_byte(&sql, '\0');
        status = jst_sqlite_exec(s->db, s->path, sql.ptr, e);
        joist_buffer_free(&sql);
    }
    if (status == JOIST_OK && t->outbox)
        status = jst_sqlite_outbox_index(s, t, e);
    return status;
}

static joist_status delete_window(jst_sqlite_store_state *s, const joist_table_spec *t,
                                  joist_error *e)
{
    joist_buffer sql = { 0 }, at = { 0 };
    sqlite3_stmt *statement = NULL;
    jst_sqlite_delete_sql(t, &sql);
    joist_buffer_printf(&at, "%.*s:00:00.000Z", JOIST_ARG(t->hour));
    joist_status status =
        jst_sqlite_prepare(s->db, s->path, joist_buffer_view(&sql), &statement, e);
    if (status == JOIST_OK) {
        jst_sqlite_bind_text(statement, 1, joist_buffer_view(&at));
        if (sqlite3_step(statement) != SQLITE_DONE)
            status = jst_sqlite_fail(s->db, s->path, "replace a window in", e);
    }
    sqlite3_finalize(statement);
    joist_buffer_free(&sql);
    joist_buffer_free(&at);
    return status;
}

static joist_status delete_all(jst_sqlite_store_state *s, const joist_table_spec *t,
                               joist_error *e)
{
    joist_buffer sql = { 0 };
    joist_buffer_printf(&sql, "DELETE FROM ");
    jst_sqlite_quote(&sql, t->table);
    joist_buffer_byte(&sql, '\0');
    joist_status status = jst_sqlite_exec(s->db, s->path, sql.ptr, e);
    joist_buffer_free(&sql);
    return status;
}

bool jst_sqlite_replaces_window(const joist_table_spec *t)
{
    return t->window.count && t->hour.len;
}

static joist_status is_empty(jst_sqlite_store_state *s, const joist_table_spec *t, bool *empty,
                             joist_error *e)
{
    joist_buffer sql = { 0 };
    sqlite3_stmt *statement = NULL;
    joist_buffer_printf(&sql, "SELECT 1 FROM ");
    jst_sqlite_quote(&sql, t->table);
    joist_buffer_printf(&sql, " LIMIT 1");
    joist_status status =
        jst_sqlite_prepare(s->db, s->path, joist_buffer_view(&sql), &statement, e);
    int rc = status == JOIST_OK ? sqlite3_step(statement) : SQLITE_DONE;
    *empty = rc == SQLITE_DONE;
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        status = jst_sqlite_fail(s->db, s->path, "read", e);
    sqlite3_finalize(statement);
    joist_buffer_free(&sql);
    return status;
}

joist_status jst_sqlite_use_insert(jst_sqlite_store_state *s, jst_sqlite_store_table *t,
                                   bool upsert, joist_error *e)
{
    joist_buffer sql = { 0 };
    sqlite3_finalize(t->insert);
    t->insert = NULL;
    t->upsert = upsert;
    if (t->spec->erase)
        jst_sqlite_erase_sql(t->spec, &sql);
    else
        jst_sqlite_insert_sql(t->spec, upsert, &sql);
    joist_status status =
        jst_sqlite_prepare(s->db, s->path, joist_buffer_view(&sql), &t->insert, e);
    joist_buffer_free(&sql);
    return status;
}

/* `fresh`: no row is where rows will come to. */
static joist_status make_room(jst_sqlite_store_state *s, const joist_table_spec *t, bool *fresh,
                              joist_error *e)
{
    *fresh = true;
    if (t->replace_all)
        return delete_all(s, t, e);
    return jst_sqlite_replaces_window(t) ? delete_window(s, t, e) : is_empty(s, t, fresh, e);
}

static joist_status begin_table(jst_sqlite_store_state *s, jst_sqlite_store_table *t,
                                joist_error *e)
{
    bool fresh = false;
    joist_status status = create_table(s, t->spec, e);
    if (status == JOIST_OK)
        status = jst_sqlite_changes_begin(t->changes, s->db, s->path, e);
    if (status == JOIST_OK)
        status = make_room(s, t->spec, &fresh, e);
    bool upsert = t->spec->key.count && !fresh;
    return status == JOIST_OK ? jst_sqlite_use_insert(s, t, upsert, e) : status;
}

/* What erases comes after its table is there. */
joist_status jst_sqlite_store_begin(jst_sqlite_store_state *s, joist_error *e)
{
    joist_status status = JOIST_OK;
    for (size_t i = 0; i < s->count && status == JOIST_OK; i++)
        if (!s->tables[i].spec->erase)
            status = begin_table(s, &s->tables[i], e);
    for (size_t i = 0; i < s->count && status == JOIST_OK; i++)
        if (s->tables[i].spec->erase)
            status = jst_sqlite_use_insert(s, &s->tables[i], false, e);
    return status;
}
