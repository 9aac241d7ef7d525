/* SPDX-License-Identifier: Apache-2.0
 * The SQLite store: its operations, and what its files share. */
#ifndef JST_WRITE_SQLITE_H
#define JST_WRITE_SQLITE_H

#include "sqlite_ahead.h"
#include "sqlite_bind.h"
#include "sqlite_table.h"

extern const joist_store_ops jst_sqlite_store;

typedef struct jst_sqlite_store_table {
    const joist_table_spec *spec;
    jst_sqlite_binder *binder;
    sqlite3_stmt *insert;           /* of the open transaction */
    bool upsert;                    /* `insert` is an upsert */
    sqlite3_stmt *pending, *mark;   /* outbox; prepared on first use */
} jst_sqlite_store_table;

typedef struct jst_sqlite_store_state {
    joist_store base;
    char *path;
    joist_env *env;
    const joist_run_identity *run;  /* NULL: one without a lease */
    sqlite3 *model;                 /* in memory: the tables as they have to be */
    sqlite3 *db;                    /* NULL: no file yet */
    jst_sqlite_store_table *tables;
    size_t count;
    bool begun;                     /* a transaction is open */
    jst_ahead ahead;                /* of the file that rows go to */
    bool broken;                    /* rows are missing: nothing may be committed */
} jst_sqlite_store_state;

/* sqlite_outbox.c */
joist_status jst_sqlite_outbox_check(const joist_table_spec *t, joist_error *e);
joist_status jst_sqlite_outbox_index(jst_sqlite_store_state *s, const joist_table_spec *t,
                                     joist_error *e);
joist_status jst_sqlite_pending(joist_store *store, size_t table, joist_text after, size_t limit,
                                joist_message_row *rows, size_t *count, joist_arena *arena,
                                joist_error *e);
joist_status jst_sqlite_mark(joist_store *store, size_t table, joist_text key, joist_text status,
                             int64_t attempts, joist_text last_error, joist_time at,
                             joist_error *e);
/* sqlite_fence.c; all of them do nothing for a run without a lease */
joist_status jst_sqlite_fence_declare(sqlite3 *model, joist_error *e);
/* Has a later run of our window committed? */
joist_status jst_sqlite_fence_check(const jst_sqlite_store_state *s, joist_error *e);
/* The same, then makes the window ours, in the open transaction. */
joist_status jst_sqlite_fence_set(const jst_sqlite_store_state *s, joist_error *e);
/* Connects if there is a file by now; s->db stays NULL if not. */
joist_status jst_sqlite_store_attach(jst_sqlite_store_state *s, joist_error *e);

#endif
