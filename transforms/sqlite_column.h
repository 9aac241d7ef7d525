/* SPDX-License-Identifier: Apache-2.0
 * A column of a result row into a field of a record. */
#ifndef JST_SQLITE_COLUMN_H
#define JST_SQLITE_COLUMN_H

#include "sqlite_db.h"

/* Sets the field, by the rules of JSON decoding where the column's type is not the field's. What
 * is kept lives in `arena`. False: the column should hold JSON and does not; the field is
 * unspecified. */
bool jst_sqlite_column(sqlite3_stmt *s, int at, const joist_field *f, void *record,
                       joist_arena *arena);

#endif
