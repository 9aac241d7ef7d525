/* SPDX-License-Identifier: Apache-2.0
 * The rows of a table or a query as records, one after another, as one consistent snapshot. */
#ifndef JST_SQLITE_ROWS_H
#define JST_SQLITE_ROWS_H

#include "sqlite_db.h"

/* Some of a table's rows, by their rowid; both ends included. */
typedef struct jst_sqlite_range { bool set; int64_t first, last; } jst_sqlite_range;

/* What to read; borrowed by everything below. */
typedef struct jst_sqlite_query {
    const char *path;
    joist_text table;
    const joist_type *type;
    int64_t max_record;             /* bytes of one row */
    joist_env *env;
    joist_text sql;                 /* a SELECT; empty: all of the table */
    jst_sqlite_range range;         /* of the table; not set: all of it */
} jst_sqlite_query;

/* Is the query one statement that reads, without parameters, with a column for some field? */
joist_status jst_sqlite_query_verify(const jst_sqlite_query *q, joist_error *e);

/* Is there a row at all? No such table: no. */
joist_status jst_sqlite_rows_any(const jst_sqlite_query *q, bool *any, joist_error *e);

/* From the first rowid to the last; not set: the table's rows have none, no positive ones, or could
 * change while several connections read them (WAL). */
joist_status jst_sqlite_rows_span(const jst_sqlite_query *q, jst_sqlite_range *span,
                                  joist_error *e);

typedef struct jst_sqlite_rows jst_sqlite_rows;
jst_sqlite_rows *jst_sqlite_rows_open(const jst_sqlite_query *q, joist_error *e);  /* NULL: *e */
void jst_sqlite_rows_close(jst_sqlite_rows *r);     /* NULL is a no-op */

/* The next row into `record`, what it points to into `arena`, its stored size into *size. At the
 * end *more is false and the database is unlocked; not to be called again then. */
joist_status jst_sqlite_rows_next(jst_sqlite_rows *r, void *record, size_t *size, bool *more,
                                  joist_arena *arena, joist_error *e);

/* The number of the row read last, from 1: of a range its rowid, else how many there were. */
uint64_t jst_sqlite_rows_number(const jst_sqlite_rows *r);

#endif
