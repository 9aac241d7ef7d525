/* SPDX-License-Identifier: Apache-2.0
 * Outbox of the SQLite store: pages of what is still to be sent, and marks of what became of it.
 *
 * Sent messages stay in the table, so pages come from a partial index over the pending ones. A
 * mark is a transaction of its own: what was sent is known to be sent, also after a crash a moment
 * later. */
#include "write_sqlite.h"

#include "local_file.h"

static const joist_field *key_of(const joist_table_spec *t)
{
    return joist_type_field_at(t->type, t->key.offset[0]);
}

joist_status jst_sqlite_outbox_check(const joist_table_spec *t, joist_error *e)
{
    static const struct { const char *name; joist_kind kind; } columns[] = {
        { "status", JOIST_KIND_TEXT }, { "attempts", JOIST_KIND_INT },
        { "last_error", JOIST_KIND_TEXT }, { "created_at", JOIST_KIND_TIME },
        { "updated_at", JOIST_KIND_TIME }, { "body", JOIST_KIND_JSON },
    };
    if (t->key.count != 1 || key_of(t)->kind != JOIST_KIND_TEXT)
        return joist_fail_with(e, JOIST_USAGE, "the outbox \"%.*s\" needs one text as its key",
                               JOIST_ARG(t->table));
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        const joist_field *f = joist_type_field(t->type, joist_text_of(columns[i].name));
        if (!f || f->kind != columns[i].kind)
            return joist_fail_with(e, JOIST_USAGE, "the outbox \"%.*s\" needs a field %s of kind"
                                   " %s", JOIST_ARG(t->table), columns[i].name,
                                   joist_kind_name(columns[i].kind));
    }
    return JOIST_OK;
}

joist_status jst_sqlite_outbox_index(jst_sqlite_store_state *s, const joist_table_spec *t,
                                     joist_error *e)
{
    joist_buffer sql = { 0 }, name = { 0 };
    joist_buffer_text(&name, t->table);
    joist_buffer_printf(&name, "_pending");
    joist_buffer_printf(&sql, "CREATE INDEX IF NOT EXISTS ");
    jst_sqlite_quote(&sql, joist_buffer_view(&name));
    joist_buffer_printf(&sql, " ON ");
    jst_sqlite_quote(&sql, t->table);
    joist_buffer_printf(&sql, " (");
    jst_sqlite_quote(&sql, joist_text_of(key_of(t)->name));
    joist_buffer_printf(&sql, ") WHERE \"status\" = 'pending'");
    joist_buffer_byte(&sql, '\0');
    joist_status status = jst_sqlite_exec(s->db, s->path, sql.ptr, e);
    joist_buffer_free(&sql);
    joist_buffer_free(&name);
    return status;
}

static void pending_sql(const joist_table_spec *t, joist_buffer *sql)
{
    joist_text key = joist_text_of(key_of(t)->name);
    joist_buffer_printf(sql, "SELECT ");
    jst_sqlite_quote(sql, key);
    joist_buffer_printf(sql, ", \"body\", \"attempts\" FROM ");
    jst_sqlite_quote(sql, t->table);
    joist_buffer_printf(sql, " WHERE \"status\" = 'pending' AND ");
    jst_sqlite_quote(sql, key);
    joist_buffer_printf(sql, " > ?1 ORDER BY ");
    jst_sqlite_quote(sql, key);
    joist_buffer_printf(sql, " LIMIT ?2");
}

static void mark_sql(const joist_table_spec *t, joist_buffer *sql)
{
    joist_buffer_printf(sql, "UPDATE ");
    jst_sqlite_quote(sql, t->table);
    joist_buffer_printf(sql, " SET \"status\" = ?1, \"attempts\" = ?2, \"last_error\" = ?3,"
                             " \"updated_at\" = ?4 WHERE ");
    jst_sqlite_quote(sql, joist_text_of(key_of(t)->name));
    joist_buffer_printf(sql, " = ?5");
}

static joist_status prepare_once(jst_sqlite_store_state *s, const joist_table_spec *t,
                                 sqlite3_stmt **out,
                                 void (*write_sql)(const joist_table_spec *, joist_buffer *),
                                 joist_error *e)
{
    if (*out)
        return JOIST_OK;
    joist_buffer sql = { 0 };
    write_sql(t, &sql);
    joist_status status = jst_sqlite_prepare(s->db, s->path, joist_buffer_view(&sql), out, e);
    joist_buffer_free(&sql);
    return status;
}

static joist_text copy_column(sqlite3_stmt *s, int at, joist_arena *arena)
{
    const char *ptr = (const char *)sqlite3_column_text(s, at);
    return joist_arena_text(arena,
                            (joist_text){ ptr, ptr ? (size_t)sqlite3_column_bytes(s, at) : 0 });
}

static joist_status read_page(jst_sqlite_store_state *s, sqlite3_stmt *page,
                              joist_message_row *rows, size_t *count, joist_arena *arena,
                              joist_error *e)
{
    int rc;
    while ((rc = sqlite3_step(page)) == SQLITE_ROW) {
        joist_text body = copy_column(page, 1, arena);
        rows[(*count)++] = (joist_message_row){ copy_column(page, 0, arena), { body.ptr, body.len },
                                                sqlite3_column_int64(page, 2) };
    }
    sqlite3_reset(page);
    return rc == SQLITE_DONE ? JOIST_OK : jst_sqlite_fail(s->db, s->path, "read the outbox in", e);
}

joist_status jst_sqlite_pending(joist_store *store, size_t table, joist_text after, size_t limit,
                                joist_message_row *rows, size_t *count, joist_arena *arena,
                                joist_error *e)
{
    jst_sqlite_store_state *s = (jst_sqlite_store_state *)(void *)store;
    jst_sqlite_store_table *t = &s->tables[table];
    bool has = false;
    *count = 0;
    joist_status status = jst_sqlite_store_attach(s, e);
    if (status == JOIST_OK && s->db)
        status = jst_sqlite_has_table(s->db, s->path, t->spec->table, &has, e);
    if (status != JOIST_OK || !has)
        return status;
    status = prepare_once(s, t->spec, &t->pending, pending_sql, e);
    if (status != JOIST_OK)
        return status;
    jst_sqlite_bind_text(t->pending, 1, joist_text_null(after) ? JOIST_TEXT("") : after);
    sqlite3_bind_int64(t->pending, 2, (sqlite3_int64)limit);
    return read_page(s, t->pending, rows, count, arena, e);
}

static joist_status run_mark(jst_sqlite_store_state *s, sqlite3_stmt *mark, joist_text key,
                             joist_error *e)
{
    int rc = sqlite3_step(mark);
    joist_status status =
        rc == SQLITE_DONE ? JOIST_OK : jst_sqlite_fail(s->db, s->path, "update", e);
    sqlite3_reset(mark);
    if (status == JOIST_OK && !sqlite3_changes(s->db)) {
        status = joist_fail_with(e, JOIST_FATAL, "%s: the outbox has no message %.*s", s->path,
                                 JOIST_ARG(key));
        jst_printable(e->message);
    }
    return status;
}

joist_status jst_sqlite_mark(joist_store *store, size_t table, joist_text key, joist_text status,
                             int64_t attempts, joist_text last_error, joist_time at, joist_error *e)
{
    jst_sqlite_store_state *s = (jst_sqlite_store_state *)(void *)store;
    jst_sqlite_store_table *t = &s->tables[table];
    char when[JOIST_TIME_SIZE];
    joist_status result = jst_sqlite_store_attach(s, e);
    if (result == JOIST_OK && !s->db)
        result = joist_fail_with(e, JOIST_FATAL, "%s is gone: no message can be marked", s->path);
    if (result == JOIST_OK)
        result = prepare_once(s, t->spec, &t->mark, mark_sql, e);
    if (result != JOIST_OK)
        return result;
    joist_time_format(at.set ? at.ms : 0, when);
    jst_sqlite_bind_text(t->mark, 1, status);
    sqlite3_bind_int64(t->mark, 2, attempts);
    jst_sqlite_bind_text(t->mark, 3, last_error);
    jst_sqlite_bind_text(t->mark, 4, (joist_text){ when, at.set ? sizeof when : 0 });
    jst_sqlite_bind_text(t->mark, 5, key);
    return run_mark(s, t->mark, key, e);
}
