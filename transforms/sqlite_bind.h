/* SPDX-License-Identifier: Apache-2.0
 * A record into the parameters of an INSERT. */
#ifndef JST_SQLITE_BIND_H
#define JST_SQLITE_BIND_H

#include "sqlite_db.h"

typedef struct jst_sqlite_binder jst_sqlite_binder;
jst_sqlite_binder *jst_sqlite_binder_new(const joist_type *type);
void jst_sqlite_binder_free(jst_sqlite_binder *b);         /* NULL is a no-op */

/* Binds field i to parameter i + 1. Nothing is copied: record and binder must live, unchanged,
 * until the statement is reset. Returns SQLITE_OK or what SQLite objects to. */
int jst_sqlite_bind(jst_sqlite_binder *b, sqlite3_stmt *s, const void *record);

#endif
