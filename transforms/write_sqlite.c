/* SPDX-License-Identifier: Apache-2.0
 * SQLite store: one transaction over all tables, begun at the first row and committed whole. A
 * process killed at any instant leaves a rollback journal, from which the next reader restores the
 * old state.
 *
 * Opening verifies and writes nothing: a missing file is made with its parents at the first row. A
 * store closed without commit may leave an empty database file behind; to every reader that is no
 * table.
 *
 * Rows go in by plain INSERT as long as their table was empty (or its window was just emptied):
 * the engine has one row per key already. Should a key be there all the same, the statement
 * becomes an upsert.
 *
 * Measured: 36 columns, sorted 24-byte text key, new file, one core, SQLite 3.40, thousand rows/s
 * of wall clock, fsync included, best of three on a shared machine; left rows of 0.6 KB, right of
 * 2 KB:
 *
 *   page 4 / 16 / 32 / 64 KiB, rowid + key       276 325 338 334    159 214 240 233
 *   page 4 / 16 / 32 / 64 KiB, WITHOUT ROWID     259 314 329 335     70 185 209 225
 *   32 KiB, no key at all / index made last      392 352            262 239
 *   32 KiB, WAL instead of rollback journal      272                141
 *   32 KiB, 4 rows a statement                   212                182
 *   32 KiB, cache 2 / 8 / 64 / 256 MiB           342 333 330 293    255 253 210 127
 *   locking_mode EXCLUSIVE, secure_delete OFF, synchronous NORMAL: no difference beyond noise.
 *   this store (32 KiB pages, 32 MiB cache)      420                284
 *
 * Merging 30,000 rows with new random keys into a table of 1,000,000: rowid 0.25 s, WITHOUT ROWID
 * 1.8 s (it rewrites nearly every page); replacing 30,000 random rows: 0.45 s either way. Hence
 * rowid tables, 32 KiB pages, a rollback journal, one row a statement. The cache is bounded: when
 * it is full of changed pages SQLite writes them to the file early, so the disk works while rows
 * are still coming. Rows come sorted by key, so 4 MiB are as good as 32, and two stores take little
 * of a small --memory. A database that is in WAL mode already stays so. synchronous EXTRA also
 * makes the journal's removal durable. */
#include "write_sqlite.h"

#include "local_file.h"

#include <stdio.h>

enum { PAGE_SIZE = 32 << 10, CACHE_KIB = 4 << 10 };

static jst_sqlite_store_state *state_of(joist_store *s)
{
    return (jst_sqlite_store_state *)(void *)s;
}

/* ---- open ---------------------------------------------------------------------------------- */
static joist_status configure(jst_sqlite_store_state *s, joist_error *e)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "PRAGMA page_size = %d; PRAGMA cache_size = -%d; PRAGMA synchronous = EXTRA",
             PAGE_SIZE, CACHE_KIB);
    return jst_sqlite_exec(s->db, s->path, sql, e);
}

static joist_status connect_store(jst_sqlite_store_state *s, int flags, joist_error *e)
{
    joist_status status =
        jst_sqlite_connect(s->path, flags | SQLITE_OPEN_READWRITE, s->env, &s->db, e);
    return status == JOIST_OK ? configure(s, e) : status;
}

joist_status jst_sqlite_store_attach(jst_sqlite_store_state *s, joist_error *e)
{
    if (s->db)
        return JOIST_OK;
    if (jst_sqlite_exists(s->path, e))
        return connect_store(s, 0, e);
    return e->message[0] ? JOIST_FAILED : JOIST_OK;
}

/* The record's tables that are there are the right ones. */
static joist_status verify_tables(jst_sqlite_store_state *s, joist_error *e)
{
    for (size_t i = 0; i < s->count; i++) {
        bool has = false;
        joist_text table = s->tables[i].spec->table;
        joist_status status = jst_sqlite_has_table(s->db, s->path, table, &has, e);
        if (status == JOIST_OK && has)
            status = jst_sqlite_compare(s->db, s->path, s->model, table, e);
        if (status != JOIST_OK)
            return status;
    }
    return JOIST_OK;
}

/* Takes the write lock for a moment: a right that is missing or a lock held by somebody shows
 * here, and nothing is written by a transaction that does nothing. */
static joist_status verify_existing(jst_sqlite_store_state *s, joist_error *e)
{
    joist_status status = jst_sqlite_exec(s->db, s->path, "BEGIN IMMEDIATE", e);
    if (status != JOIST_OK)
        return status;
    if (sqlite3_db_readonly(s->db, "main"))
        status = jst_sqlite_fail_code(SQLITE_READONLY, s->db, s->path, "write", e);
    if (status == JOIST_OK)
        status = verify_tables(s, e);
    if (status == JOIST_OK)
        status = jst_sqlite_fence_check(s, e);
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static joist_status declare_tables(jst_sqlite_store_state *s, joist_error *e)
{
    joist_status status =
        jst_sqlite_connect(":memory:", SQLITE_OPEN_READWRITE, s->env, &s->model, e);
    for (size_t i = 0; i < s->count && status == JOIST_OK; i++) {
        status =
            s->tables[i].spec->outbox ? jst_sqlite_outbox_check(s->tables[i].spec, e) : JOIST_OK;
        if (status == JOIST_OK)
            status = jst_sqlite_declare(s->model, s->tables[i].spec, e);
    }
    return status == JOIST_OK && s->run ? jst_sqlite_fence_declare(s->model, e) : status;
}

static joist_status verify(jst_sqlite_store_state *s, joist_error *e)
{
    joist_status status = declare_tables(s, e);
    if (status == JOIST_OK)
        status = jst_sqlite_store_attach(s, e);
    if (status != JOIST_OK)
        return status;
    return s->db ? verify_existing(s, e) : jst_file_creatable(s->path, e);
}

static void store_close(joist_store *store);

static jst_sqlite_store_state *new_state(joist_text uri, const joist_table_spec *tables,
                                         size_t count, joist_env *env, joist_error *e)
{
    char *path = jst_sqlite_path(uri, e);
    if (!path)
        return NULL;
    jst_sqlite_store_state *s = joist_calloc(1, sizeof *s);
    *s = (jst_sqlite_store_state){
        .base.ops = &jst_sqlite_store, .path = path, .env = env, .count = count,
        .ahead = { .fd = -1 }
    };
    s->tables = joist_calloc(count, sizeof *s->tables);
    for (size_t i = 0; i < count; i++)
        s->tables[i] = (jst_sqlite_store_table){ &tables[i], jst_sqlite_binder_new(tables[i].type),
                                                 NULL, false, NULL, NULL };
    return s;
}

static joist_status store_check(joist_text uri, const joist_table_spec *tables, size_t count,
                                joist_error *e)
{
    jst_sqlite_store_state *s = new_state(uri, tables, count, joist_env_system(), e);
    if (!s)
        return JOIST_FAILED;
    joist_status status = declare_tables(s, e);
    store_close(&s->base);
    return status;
}

static joist_status store_open(joist_text uri, const joist_table_spec *tables, size_t count,
                               const joist_run_identity *run, joist_env *env, joist_store **out,
                               joist_error *e)
{
    jst_sqlite_store_state *s = new_state(uri, tables, count, env, e);
    if (!s)
        return JOIST_FAILED;
    s->run = run && run->number ? run : NULL;
    joist_status status = verify(s, e);
    if (status == JOIST_OK)
        *out = &s->base;
    else
        store_close(&s->base);
    return status;
}

/* ---- begin --------------------------------------------------------------------------------- */
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

static bool replaces_window(const joist_table_spec *t)
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

static joist_status use_insert(jst_sqlite_store_state *s, jst_sqlite_store_table *t, bool upsert,
                               joist_error *e)
{
    joist_buffer sql = { 0 };
    sqlite3_finalize(t->insert);
    t->insert = NULL;
    t->upsert = upsert;
    jst_sqlite_insert_sql(t->spec, upsert, &sql);
    joist_status status =
        jst_sqlite_prepare(s->db, s->path, joist_buffer_view(&sql), &t->insert, e);
    joist_buffer_free(&sql);
    return status;
}

static joist_status begin_table(jst_sqlite_store_state *s, jst_sqlite_store_table *t,
                                joist_error *e)
{
    bool fresh = replaces_window(t->spec);
    joist_status status = create_table(s, t->spec, e);
    if (status == JOIST_OK)
        status = fresh ? delete_window(s, t->spec, e) : is_empty(s, t->spec, &fresh, e);
    return status == JOIST_OK ? use_insert(s, t, t->spec->key.count && !fresh, e) : status;
}

static joist_status connect_for_writing(jst_sqlite_store_state *s, joist_error *e)
{
    if (s->db)
        return JOIST_OK;
    joist_status status = jst_file_make_parents(s->path, e);
    return status == JOIST_OK ? connect_store(s, SQLITE_OPEN_CREATE, e) : status;
}

/* EXCLUSIVE, not IMMEDIATE: readers are waited for once, here. Otherwise each of them would stop
 * changed pages from leaving the cache, which then grows without bound, and might still fail the
 * commit. */
static joist_status begin(jst_sqlite_store_state *s, joist_error *e)
{
    joist_status status = connect_for_writing(s, e);
    if (status == JOIST_OK)
        status = jst_sqlite_exec(s->db, s->path, "BEGIN EXCLUSIVE", e);
    if (status != JOIST_OK)
        return status;
    s->begun = true;
    if (s->ahead.fd < 0)
        jst_ahead_open(&s->ahead, s->path);
    status = verify_tables(s, e);       /* again: the lock was free since open */
    if (status == JOIST_OK)
        status = jst_sqlite_fence_set(s, e);
    for (size_t i = 0; i < s->count && status == JOIST_OK; i++)
        status = begin_table(s, &s->tables[i], e);
    s->broken = status != JOIST_OK;
    return status;
}

/* Two runs with leases may write the same stores side by side: their locks are taken in order.
 * Others begin with their first row, and leave a store alone for which they have none. */
static joist_status store_begin(joist_store *store, joist_error *e)
{
    jst_sqlite_store_state *s = state_of(store);
    return s->run && !s->begun ? begin(s, e) : JOIST_OK;
}

/* ---- write --------------------------------------------------------------------------------- */
static bool row_is_to_blame(int code)
{
    int low = code & 0xff;
    return low == SQLITE_CONSTRAINT || low == SQLITE_TOOBIG || low == SQLITE_MISMATCH;
}

static bool key_is_there(int code)
{
    return code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE;
}

static joist_status refuse_row(jst_sqlite_store_state *s, const jst_sqlite_store_table *t,
                               joist_error *e)
{
    joist_fail_with(e, JOIST_FATAL, "%s, table \"%.*s\": %s", s->path, JOIST_ARG(t->spec->table),
                    sqlite3_errmsg(s->db));
    jst_printable(e->message);
    return JOIST_REJECTED;
}

static joist_status write_row(jst_sqlite_store_state *s, jst_sqlite_store_table *t, const void *row,
                              joist_error *e)
{
    int rc = jst_sqlite_bind(t->binder, t->insert, row);
    if (JOIST_LIKELY(rc == SQLITE_OK)) {
        rc = sqlite3_step(t->insert);
        /* The code stays with the connection; reset reports the failed step once more. */
        sqlite3_reset(t->insert);
        if (JOIST_LIKELY(rc == SQLITE_DONE))
            return JOIST_OK;
    }
    rc = sqlite3_extended_errcode(s->db);
    if (key_is_there(rc) && !t->upsert && t->spec->key.count) {
        joist_status status = use_insert(s, t, true, e);
        return status == JOIST_OK ? write_row(s, t, row, e) : status;
    }
    return row_is_to_blame(rc) ? refuse_row(s, t, e) : jst_sqlite_fail(s->db, s->path, "write", e);
}

static joist_status is_broken(const jst_sqlite_store_state *s, joist_error *e)
{
    return joist_fail_with(e, JOIST_FATAL, "cannot write %s: an earlier write failed", s->path);
}

static joist_status store_write(joist_store *store, size_t table, const joist_rows *rows,
                                size_t *row, joist_error *e)
{
    jst_sqlite_store_state *s = state_of(store);
    if (s->broken && s->begun) /* without a lock nothing was begun: that may be tried again */
        return is_broken(s, e);
    joist_status status = s->begun ? JOIST_OK : begin(s, e);
    for (size_t i = 0; i < rows->count && status == JOIST_OK; i++) {
        status = write_row(s, &s->tables[table], (const char *)rows->items + i * rows->size, e);
        if (status != JOIST_OK)
            *row = i;
    }
    jst_ahead_step(&s->ahead);
    s->broken = status == JOIST_FAILED;
    return status;
}

/* ---- prepare and commit -------------------------------------------------------------------- */
static bool has_window(const jst_sqlite_store_state *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (replaces_window(s->tables[i].spec))
            return true;
    return false;
}

/* Lets the database file itself reach the disk before the commit, through SQLite's own handle:
 * opening the file a second time and closing it would drop the process's locks on it. */
static joist_status sync_file(jst_sqlite_store_state *s, joist_error *e)
{
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) || !file
        || !file->pMethods)
        return JOIST_OK;
    if (file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK)
        return JOIST_OK;
    return joist_fail_with(e, JOIST_FATAL, "cannot write %s: the disk refused its data", s->path);
}

/* All rows to disk, the journal first: space, disk errors and readers in the way show here. What
 * is left to the commit is one page, the journal's removal and their fsyncs. */
static joist_status flush(jst_sqlite_store_state *s, joist_error *e)
{
    int rc = sqlite3_db_cacheflush(s->db);
    if (rc != SQLITE_OK)
        return jst_sqlite_fail_code(rc, s->db, s->path, "write", e);
    return sync_file(s, e);
}

static joist_status store_prepare(joist_store *store, joist_error *e)
{
    jst_sqlite_store_state *s = state_of(store);
    if (s->broken)
        return is_broken(s, e);
    joist_status status = JOIST_OK;
    /* Without a file there is no window to empty; but who has a lease says that it was here. */
    if (!s->begun && (s->run || has_window(s))) {
        status = jst_sqlite_store_attach(s, e);
        if (status == JOIST_OK && (s->run || s->db))
            status = begin(s, e);
    }
    if (status == JOIST_OK && s->begun)
        status = flush(s, e);
    s->broken = status != JOIST_OK;
    return status;
}

static void end_transaction(jst_sqlite_store_state *s)
{
    for (size_t i = 0; i < s->count; i++) {
        sqlite3_finalize(s->tables[i].insert);
        s->tables[i].insert = NULL;
    }
    s->begun = false;
}

static joist_status store_commit(joist_store *store, joist_error *e)
{
    jst_sqlite_store_state *s = state_of(store);
    if (s->broken)
        return is_broken(s, e);
    if (!s->begun)
        return JOIST_OK;
    if (jst_sqlite_exec(s->db, s->path, "COMMIT", e) != JOIST_OK) {
        s->broken = true;
        return JOIST_FAILED;
    }
    end_transaction(s);
    return JOIST_OK;
}

static void store_close(joist_store *store)
{
    jst_sqlite_store_state *s = state_of(store);
    end_transaction(s);
    for (size_t i = 0; i < s->count; i++) {
        sqlite3_finalize(s->tables[i].pending);
        sqlite3_finalize(s->tables[i].mark);
        jst_sqlite_binder_free(s->tables[i].binder);
    }
    sqlite3_close(s->db);               /* rolls back what is open */
    jst_ahead_close(&s->ahead);
    sqlite3_close(s->model);
    joist_free(s->tables);
    joist_free(s->path);
    joist_free(s);
}

const joist_store_ops jst_sqlite_store = {
    .check = store_check, .open = store_open, .begin = store_begin, .write = store_write,
    .prepare = store_prepare, .commit = store_commit, .close = store_close,
    .pending = jst_sqlite_pending, .mark = jst_sqlite_mark,
};
