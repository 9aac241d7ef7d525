/* SPDX-License-Identifier: Apache-2.0
 * The log of changes of one table: which groups a commit changed, whatever happened to their rows.
 *
 * A group are the rows alike in the fields of joist_table_spec.changes, times cut to their UTC day.
 * The log is the table TABLE_changes of the same database: `seq`, which only grows, and a column
 * per field. A commit puts each group whose rows it adds, replaces or removes at the end, so the
 * log is as long as there are groups, and a reader who has seen everything up to some `seq` finds
 * what has changed since behind it. */
#ifndef JST_SQLITE_CHANGES_H
#define JST_SQLITE_CHANGES_H

#include "sqlite_db.h"

typedef struct jst_sqlite_changes jst_sqlite_changes;

/* NULL if the table keeps none. `index`: the table's in its store. */
jst_sqlite_changes *jst_sqlite_changes_new(const joist_table_spec *t, size_t index, joist_env *env);
void jst_sqlite_changes_free(jst_sqlite_changes *c);

/* As jst_sqlite_declare, and is the table in `db`, if there is one, that of `model`? */
joist_status jst_sqlite_changes_declare(const jst_sqlite_changes *c, sqlite3 *model,
                                        joist_error *e);
joist_status jst_sqlite_changes_verify(const jst_sqlite_changes *c, sqlite3 *db, const char *path,
                                       sqlite3 *model, joist_error *e);

/* In the transaction of the rows: from here on, what is updated or deleted in the table is noted,
 * until `end`. */
joist_status jst_sqlite_changes_begin(jst_sqlite_changes *c, sqlite3 *db, const char *path,
                                      joist_error *e);
/* A row that was inserted. */
joist_status jst_sqlite_changes_note(jst_sqlite_changes *c, const void *row, joist_error *e);
/* Writes down all that was noted. */
joist_status jst_sqlite_changes_flush(jst_sqlite_changes *c, joist_error *e);
void jst_sqlite_changes_end(jst_sqlite_changes *c);

#endif
