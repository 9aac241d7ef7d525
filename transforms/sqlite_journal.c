/* SPDX-License-Identifier: Apache-2.0
 * The journal of a SQLite store is a database of its own beside it: `latest.db` has
 * `latest.db-runs` with one table, `runs`. SQLite has one write lock per file, and a run holds that
 * of its store from the first row to the commit; renewing a lease, or looking at one, must not wait
 * for that.
 *
 * Every call is one short transaction. synchronous EXTRA makes it durable, the removal of SQLite's
 * own journal included: a state once told is never taken back by a power cut.
 *
 * Where the store's file is gone, what the journal says of it is void: only numbers and leases
 * count then, and the first lease makes that last, as the store will soon be there again. A run
 * with a lease makes the file when it commits, rows or not, so a window that is done always has
 * one. */
#include "sqlite_journal.h"

#include "local_file.h"
#include "sqlite_bind.h"
#include "sqlite_column.h"
#include "sqlite_table.h"

typedef struct journal {
    joist_journal base;
    char *store, *path;         /* files: the store's, the journal's */
    joist_text pipeline;        /* empty: all; owned */
    joist_env *env;
    joist_table_spec spec;
    sqlite3 *db;
    jst_sqlite_binder *binder;
} journal;

static journal *journal_of(joist_journal *j)
{
    return (journal *)(void *)j;
}

/* ---- open ------------------------------------------------------------------------------------ */
static joist_status compare_schema(journal *j, joist_error *e)
{
    sqlite3 *model = NULL;
    joist_status status = jst_sqlite_connect(":memory:", SQLITE_OPEN_READWRITE, j->env, &model, e);
    if (status == JOIST_OK)
        status = jst_sqlite_declare(model, &j->spec, e);
    if (status == JOIST_OK)
        status = jst_sqlite_compare(j->db, j->path, model, j->spec.table, e);
    sqlite3_close(model);
    return status;
}

static joist_status create_table(journal *j, joist_error *e)
{
    joist_buffer sql = { 0 };
    jst_sqlite_create_sql(&j->spec, &sql);
    joist_buffer_byte(&sql, '\0');
    joist_status status = jst_sqlite_exec(j->db, j->path, sql.ptr, e);
    joist_buffer_free(&sql);
    return status;
}

static joist_status end(journal *j, joist_status status, joist_error *e)
{
    if (status == JOIST_OK)
        status = jst_sqlite_exec(j->db, j->path, "COMMIT", e);
    if (status != JOIST_OK)
        sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* The write lock is taken before anything is read: two processes that both saw no table, or both a
 * free lease, would both act on it. */
static joist_status begin(journal *j, joist_error *e)
{
    return jst_sqlite_exec(j->db, j->path, "BEGIN IMMEDIATE", e);
}

static joist_status make_table(journal *j, joist_error *e)
{
    bool has = false;
    joist_status status = begin(j, e);
    if (status != JOIST_OK)
        return status;
    status = jst_sqlite_has_table(j->db, j->path, j->spec.table, &has, e);
    if (status == JOIST_OK && !has)
        status = create_table(j, e);
    return end(j, status, e);
}

static joist_status connect_journal(journal *j, int flags, joist_error *e)
{
    joist_status status =
        jst_sqlite_connect(j->path, SQLITE_OPEN_READWRITE | flags, j->env, &j->db, e);
    if (status == JOIST_OK)
        status = jst_sqlite_exec(j->db, j->path, "PRAGMA synchronous = EXTRA", e);
    return status;
}

/* *has: there is a table. A file without one was left by a process killed while making it. */
static joist_status attach(journal *j, bool create, bool *has, joist_error *e)
{
    bool there = jst_sqlite_exists(j->path, e);
    *has = false;
    if (e->message[0])
        return JOIST_FAILED;
    if (!there && !create)
        return JOIST_OK;
    joist_status status = there ? JOIST_OK : jst_file_make_parents(j->path, e);
    if (status == JOIST_OK)
        status = connect_journal(j, create ? SQLITE_OPEN_CREATE : 0, e);
    if (status == JOIST_OK)
        status = jst_sqlite_has_table(j->db, j->path, j->spec.table, has, e);
    if (status == JOIST_OK && !*has && create) {
        status = make_table(j, e);
        *has = true;
    }
    return status == JOIST_OK && *has ? compare_schema(j, e) : status;
}

static char *path_beside(const char *store)
{
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "%s-runs", store);
    char *path = joist_text_dup(joist_buffer_view(&b));
    joist_buffer_free(&b);
    return path;
}

static void journal_close(joist_journal *base)
{
    journal *j = journal_of(base);
    sqlite3_close(j->db);
    jst_sqlite_binder_free(j->binder);
    joist_free((char *)(uintptr_t)j->pipeline.ptr);
    joist_free(j->store);
    joist_free(j->path);
    joist_free(j);
}

static journal *new_journal(char *store, joist_text pipeline, joist_env *env)
{
    journal *j = joist_calloc(1, sizeof *j);
    *j = (journal){
        .base.ops = &jst_sqlite_journal, .store = store, .path = path_beside(store), .env = env,
        .pipeline = { joist_text_dup(pipeline), pipeline.len },
        .spec = { .table = JOIST_TEXT("runs"), .type = &joist_journal_entry_type,
                  .key = JOIST_FIELDS(joist_journal_entry, pipeline, window).fields },
        .binder = jst_sqlite_binder_new(&joist_journal_entry_type),
    };
    return j;
}

static joist_status journal_open(joist_text uri, joist_text pipeline, bool create, joist_env *env,
                                 joist_journal **out, joist_error *e)
{
    bool has;
    *out = NULL;
    char *store = jst_sqlite_path(uri, e);
    if (!store)
        return JOIST_FAILED;
    journal *j = new_journal(store, pipeline, env);
    joist_status status = attach(j, create, &has, e);
    if (status == JOIST_OK && has)
        *out = &j->base;
    else
        journal_close(&j->base);
    return status;
}

/* ---- rows ------------------------------------------------------------------------------------ */
static joist_status read_entry(journal *j, sqlite3_stmt *row, joist_arena *arena,
                               joist_journal_entry *out, joist_error *e)
{
    const joist_type *type = j->spec.type;
    *out = (joist_journal_entry){ 0 };
    for (size_t i = 0; i < type->count; i++)
        if (!jst_sqlite_column(row, (int)i, &type->fields[i], out, arena))
            return joist_fail_with(e, JOIST_FATAL, "%s: a column \"%s\" cannot be read", j->path,
                                   type->fields[i].name);
    return JOIST_OK;
}

/* With the store gone, what is told of a window that nobody has in hand, or that is done. */
static bool is_void(const joist_journal_entry *entry)
{
    return !entry->holder.len || joist_text_equal(entry->state, JOIST_TEXT("done"));
}

static void forget(joist_journal_entry *entry)
{
    *entry = (joist_journal_entry){
        .pipeline = entry->pipeline, .window = entry->window, .number = entry->number,
        .holder = entry->holder, .lease_until = entry->lease_until,
    };
}

static joist_status look_for_store(journal *j, bool *gone, joist_error *e)
{
    *gone = !jst_sqlite_exists(j->store, e);
    return e->message[0] ? JOIST_FAILED : JOIST_OK;
}

/* ---- list ------------------------------------------------------------------------------------ */
static joist_status add_entry(journal *j, sqlite3_stmt *row, bool gone, joist_arena *arena,
                              joist_buffer *entries, joist_error *e)
{
    joist_journal_entry entry;
    joist_status status = read_entry(j, row, arena, &entry, e);
    if (gone && is_void(&entry))
        forget(&entry);
    if (status != JOIST_OK || (!entry.state.len && !entry.holder.len))
        return status;          /* nobody ever began it */
    joist_buffer_add(entries, (const char *)&entry, sizeof entry);
    return JOIST_OK;
}

static joist_status select_entries(journal *j, joist_text since, joist_text until,
                                   sqlite3_stmt **out, joist_error *e)
{
    joist_status status = jst_sqlite_prepare(j->db, j->path,
        JOIST_TEXT("SELECT * FROM runs WHERE (?1 = '' OR pipeline = ?1)"
                   " AND \"window\" >= ?2 AND (?3 = '' OR \"window\" < ?3)"
                   " ORDER BY \"window\", pipeline"), out, e);
    if (status != JOIST_OK)
        return status;
    jst_sqlite_bind_text(*out, 1, j->pipeline);
    jst_sqlite_bind_text(*out, 2, since.len ? since : JOIST_TEXT(""));
    jst_sqlite_bind_text(*out, 3, until.len ? until : JOIST_TEXT(""));
    return JOIST_OK;
}

static joist_status journal_list(joist_journal *base, joist_text since, joist_text until,
                                 joist_arena *arena, joist_journal_entry **entries, size_t *count,
                                 joist_error *e)
{
    journal *j = journal_of(base);
    sqlite3_stmt *row = NULL;
    joist_buffer found = joist_buffer_in(arena, 16 * sizeof **entries);
    bool gone;
    int rc = SQLITE_DONE;
    joist_status status = look_for_store(j, &gone, e);
    if (status == JOIST_OK)
        status = select_entries(j, since, until, &row, e);
    while (status == JOIST_OK && (rc = sqlite3_step(row)) == SQLITE_ROW)
        status = add_entry(j, row, gone, arena, &found, e);
    if (status == JOIST_OK && rc != SQLITE_DONE)
        status = jst_sqlite_fail(j->db, j->path, "read", e);
    sqlite3_finalize(row);
    *entries = (joist_journal_entry *)(void *)found.ptr;
    *count = found.len / sizeof **entries;
    return status;
}

/* ---- take and put ---------------------------------------------------------------------------- */
static joist_status find_entry(journal *j, joist_text window, joist_arena *arena, bool *found,
                               joist_journal_entry *out, joist_error *e)
{
    sqlite3_stmt *row = NULL;
    joist_status status = jst_sqlite_prepare(j->db, j->path,
        JOIST_TEXT("SELECT * FROM runs WHERE pipeline = ?1 AND \"window\" = ?2"), &row, e);
    if (status != JOIST_OK)
        return status;
    jst_sqlite_bind_text(row, 1, j->pipeline);
    jst_sqlite_bind_text(row, 2, window);
    int rc = sqlite3_step(row);
    *found = rc == SQLITE_ROW;
    if (*found)
        status = read_entry(j, row, arena, out, e);
    else if (rc != SQLITE_DONE)
        status = jst_sqlite_fail(j->db, j->path, "read", e);
    sqlite3_finalize(row);
    return status;
}

static joist_status store_entry(journal *j, const joist_journal_entry *entry, joist_error *e)
{
    joist_buffer sql = { 0 };
    sqlite3_stmt *insert = NULL;
    jst_sqlite_insert_sql(&j->spec, true, &sql);
    joist_status status =
        jst_sqlite_prepare(j->db, j->path, joist_buffer_view(&sql), &insert, e);
    joist_buffer_free(&sql);
    if (status != JOIST_OK)
        return status;
    bool done = jst_sqlite_bind(j->binder, insert, entry) == SQLITE_OK
             && sqlite3_step(insert) == SQLITE_DONE;
    if (!done)
        status = jst_sqlite_fail(j->db, j->path, "write", e);
    sqlite3_finalize(insert);
    return status;
}

/* is_void, for good. */
static joist_status forget_all(journal *j, joist_error *e)
{
    return jst_sqlite_exec(j->db, j->path,
                           "UPDATE runs SET state = NULL, run = NULL, digest = NULL,"
                           " started = NULL, ended = NULL, looked = NULL, records = 0, events = 0,"
                           " rejected = 0, \"rows\" = 0, exit_code = 0, error = NULL"
                           " WHERE holder IS NULL OR state = 'done'", e);
}

static joist_status take_locked(journal *j, const joist_lease_request *want, joist_arena *arena,
                                joist_journal_entry *entry, joist_error *e)
{
    joist_journal_entry stored;
    bool found, gone;
    joist_status status = look_for_store(j, &gone, e);
    if (status == JOIST_OK && gone)
        status = forget_all(j, e);
    if (status == JOIST_OK)
        status = find_entry(j, want->window, arena, &found, &stored, e);
    if (status != JOIST_OK)
        return status;
    if (!joist_lease_grant(found ? &stored : NULL, want, entry))
        return JOIST_REJECTED;
    entry->pipeline = joist_arena_text(arena, j->pipeline);
    entry->window = joist_arena_text(arena, want->window);
    entry->holder = joist_arena_text(arena, want->holder);
    return store_entry(j, entry, e);
}

static joist_status journal_take(joist_journal *base, const joist_lease_request *want,
                                 joist_arena *arena, joist_journal_entry *entry, joist_error *e)
{
    journal *j = journal_of(base);
    joist_status status = begin(j, e);
    return status == JOIST_OK ? end(j, take_locked(j, want, arena, entry, e), e) : status;
}

static joist_status put_locked(journal *j, const joist_journal_entry *entry, joist_error *e)
{
    joist_journal_entry stored;
    bool found;
    joist_arena *arena = joist_arena_new();
    joist_status status = find_entry(j, entry->window, arena, &found, &stored, e);
    if (status == JOIST_OK && (!found || stored.number != entry->number))
        status = JOIST_REJECTED;
    joist_arena_free(arena);
    return status == JOIST_OK ? store_entry(j, entry, e) : status;
}

static joist_status journal_put(joist_journal *base, const joist_journal_entry *entry,
                                joist_error *e)
{
    journal *j = journal_of(base);
    joist_status status = begin(j, e);
    return status == JOIST_OK ? end(j, put_locked(j, entry, e), e) : status;
}

const joist_journal_ops jst_sqlite_journal = {
    .open = journal_open, .list = journal_list, .take = journal_take, .put = journal_put,
    .close = journal_close,
};
