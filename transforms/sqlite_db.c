/* SPDX-License-Identifier: Apache-2.0
 * Connections. Waiting for somebody else's lock goes through the engine's clock (joist_env), ends
 * after about five seconds, and at once when the run is stopping; then the run ends as TEMPORARY,
 * exit 75.
 *
 * A database from outside is not trusted: its triggers and views may not call functions with
 * effects (trusted_schema), and nobody may write its schema behind SQLite's back (defensive). */
#include "sqlite_db.h"

#include "local_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { BUSY_WAIT_MS = 5000, BUSY_STEP_MS = 25 };

char *jst_sqlite_path(joist_text uri, joist_error *e)
{
    char *path = jst_file_path(joist_uri_rest(uri), e);
    if (!path || (path[0] != ':' && strncmp(path, "file:", 5) != 0))
        return path;
    /* ":memory:" and "file:…?mode=" have a meaning of their own to SQLite. */
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "./%s", path);
    joist_free(path);
    path = joist_text_dup(joist_buffer_view(&b));
    joist_buffer_free(&b);
    return path;
}

bool jst_sqlite_exists(const char *path, joist_error *e)
{
    struct stat st;
    e->message[0] = '\0';
    if (stat(path, &st)) {
        if (errno != ENOENT)
            joist_fail_with(e, JOIST_FATAL, "cannot open %s: %s", path, strerror(errno));
        jst_printable(e->message);
        return false;
    }
    if (S_ISREG(st.st_mode))
        return true;
    joist_fail_with(e, JOIST_FATAL, "%s is %s, not a database", path,
                    S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
    jst_printable(e->message);
    return false;
}

static int wait_for_lock(void *user, int tries)
{
    joist_env *env = user;
    if (tries >= BUSY_WAIT_MS / BUSY_STEP_MS || env->stopping(env))
        return 0;
    env->sleep_ms(env, BUSY_STEP_MS);
    return 1;
}

/* Words for the codes a person can do something about; NULL: SQLite's own words. */
static const char *explain(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOTADB:   return "the file is not a SQLite database";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:   return "another process holds its lock";
    case SQLITE_READONLY: return "it is read-only here";
    case SQLITE_FULL:     return "the disk is full";
    case SQLITE_CORRUPT:  return "the database is damaged";
    case SQLITE_NOMEM:    return "out of memory";
    default:              return NULL;
    }
}

static const char *advice(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:   return "run again when the other process is done";
    case SQLITE_FULL:     return "free some space and run again; the store is as it was before";
    case SQLITE_IOERR:    return "check the disk and run again; the store is as it was before";
    case SQLITE_READONLY: return "give this user write access to the file and its directory";
    case SQLITE_NOTADB:   return "name another file, or move this one away";
    case SQLITE_CORRUPT:  return "check it with: sqlite3 FILE 'PRAGMA integrity_check'";
    default:              return "";
    }
}

joist_status jst_sqlite_fail_code(int code, sqlite3 *db, const char *path, const char *doing,
                                  joist_error *e)
{
    int low = code & 0xff;
    const char *why = explain(code);
    int os_error = low == SQLITE_IOERR || low == SQLITE_CANTOPEN ? sqlite3_system_errno(db) : 0;
    if (!why)
        why = sqlite3_errcode(db) == SQLITE_OK ? sqlite3_errstr(code) : sqlite3_errmsg(db);
    joist_fail_with(e, low == SQLITE_BUSY || low == SQLITE_LOCKED ? JOIST_TEMPORARY : JOIST_FATAL,
                    "cannot %s %s: %s%s%s", doing, path, why, os_error ? ": " : "",
                    os_error ? strerror(os_error) : "");
    jst_printable(e->message);
    snprintf(e->hint, sizeof e->hint, "%s", advice(code));
    return JOIST_FAILED;
}

joist_status jst_sqlite_fail(sqlite3 *db, const char *path, const char *doing, joist_error *e)
{
    return jst_sqlite_fail_code(sqlite3_extended_errcode(db), db, path, doing, e);
}

static void distrust(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
}

joist_status jst_sqlite_connect(const char *path, int flags, joist_env *env, sqlite3 **db,
                                joist_error *e)
{
    int rc = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (*db && rc == SQLITE_OK) {
        distrust(*db);
        sqlite3_busy_handler(*db, wait_for_lock, env ? env : joist_env_system());
        return JOIST_OK;
    }
    jst_sqlite_fail(*db, path, "open", e);
    sqlite3_close(*db);
    *db = NULL;
    return JOIST_FAILED;
}

joist_status jst_sqlite_exec(sqlite3 *db, const char *path, const char *sql, joist_error *e)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return JOIST_OK;
    return jst_sqlite_fail(db, path, "use", e);
}

joist_status jst_sqlite_prepare(sqlite3 *db, const char *path, joist_text sql, sqlite3_stmt **out,
                                joist_error *e)
{
    int len = sql.len < INT32_MAX ? (int)sql.len : INT32_MAX;
    if (sqlite3_prepare_v3(db, sql.ptr, len, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK)
        return JOIST_OK;
    return jst_sqlite_fail(db, path, "use", e);
}

int jst_sqlite_bind_text(sqlite3_stmt *s, int at, joist_text t)
{
    return sqlite3_bind_text64(s, at, t.ptr, t.len, SQLITE_STATIC, SQLITE_UTF8);
}

void jst_sqlite_quote(joist_buffer *sql, joist_text name)
{
    joist_buffer_byte(sql, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            joist_buffer_byte(sql, '"');
        joist_buffer_byte(sql, name.ptr[i]);
    }
    joist_buffer_byte(sql, '"');
}

joist_status jst_sqlite_has_table(sqlite3 *db, const char *path, joist_text table, bool *has,
                                  joist_error *e)
{
    sqlite3_stmt *s = NULL;
    joist_status status = jst_sqlite_prepare(db, path,
        JOIST_TEXT("SELECT type = 'table' FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"
                   " AND type IN ('table', 'view')"), &s, e);
    if (status != JOIST_OK)
        return status;
    jst_sqlite_bind_text(s, 1, table);
    int rc = sqlite3_step(s);
    *has = rc == SQLITE_ROW;
    if (*has && !sqlite3_column_int(s, 0))
        status = joist_fail_with(e, JOIST_FATAL, "%s: \"%.*s\" is a view, not a table", path,
                                 JOIST_ARG(table));
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        status = jst_sqlite_fail(db, path, "read", e);
    sqlite3_finalize(s);
    return status;
}
