/* SPDX-License-Identifier: Apache-2.0
 * A table spec as SQL, and its comparison with a table that is there already. */
#ifndef JST_SQLITE_TABLE_H
#define JST_SQLITE_TABLE_H

#include "sqlite_db.h"

const char *jst_sqlite_column_type(const joist_field *f);
void jst_sqlite_create_sql(const joist_table_spec *t, joist_buffer *sql);

/* `INSERT`, and what a row with a stored key does: `upsert` false: it is an error. */
void jst_sqlite_insert_sql(const joist_table_spec *t, bool upsert, joist_buffer *sql);

/* `DELETE` of the rows whose window field is parameter 1. */
void jst_sqlite_delete_sql(const joist_table_spec *t, joist_buffer *sql);

/* `DELETE` of the rows that are equal to a record in the spec's key; parameter i + 1 is field i of
 * it. */
void jst_sqlite_erase_sql(const joist_table_spec *t, joist_buffer *sql);

/* Can the spec be a table at all? Makes it in `model`, an empty database in memory. */
joist_status jst_sqlite_declare(sqlite3 *model, const joist_table_spec *t, joist_error *e);

/* Is the table in `db` the one in `model`? FAILED: the first difference. */
joist_status jst_sqlite_compare(sqlite3 *db, const char *path, sqlite3 *model, joist_text table,
                                joist_error *e);

#endif
