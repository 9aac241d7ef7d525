/* SPDX-License-Identifier: Apache-2.0
 * SQLite connections as Joist uses them: paths that are only ever paths, bounded waiting for
 * locks, and errors in the engine's words. */
#ifndef JST_SQLITE_DB_H
#define JST_SQLITE_DB_H

#include <joist.h>
#include <sqlite3.h>

/* The file behind `sqlite:PATH`, safe to hand to SQLite; free with joist_free. NULL: see *e. */
char *jst_sqlite_path(joist_text uri, joist_error *e);

/* Is there a file? False with *e filled: there is something, but not a regular file. */
bool jst_sqlite_exists(const char *path, joist_error *e);

/* Opens it for one thread at a time. `flags` as for sqlite3_open_v2. */
joist_status jst_sqlite_connect(const char *path, int flags, joist_env *env, sqlite3 **db,
                                joist_error *e);

/* What went wrong last on `db`, as FAILED: "cannot DOING PATH: why". */
joist_status jst_sqlite_fail(sqlite3 *db, const char *path, const char *doing, joist_error *e);

/* The same for a call that returns its code without keeping it in the connection. */
joist_status jst_sqlite_fail_code(int code, sqlite3 *db, const char *path, const char *doing,
                                  joist_error *e);

joist_status jst_sqlite_exec(sqlite3 *db, const char *path, const char *sql, joist_error *e);
joist_status jst_sqlite_prepare(sqlite3 *db, const char *path, joist_text sql, sqlite3_stmt **out,
                                joist_error *e);

/* Binds a text that outlives the statement's use; NULL binds NULL. */
int jst_sqlite_bind_text(sqlite3_stmt *s, int at, joist_text t);

/* An identifier in double quotes: any name is only a name. */
void jst_sqlite_quote(joist_buffer *sql, joist_text name);

/* Is there a table of that name? FAILED: the database cannot be read. A view is an error. */
joist_status jst_sqlite_has_table(sqlite3 *db, const char *path, joist_text table, bool *has,
                                  joist_error *e);

#endif
