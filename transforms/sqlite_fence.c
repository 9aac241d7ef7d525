/* SPDX-License-Identifier: Apache-2.0
 * The fence of the SQLite store: table joist_commits has, per pipeline and window, the number of
 * the run whose rows these are. It changes in the transaction of the rows, so the store itself
 * tells what is committed, whatever became of the journal. */
#include "local_file.h"
#include "write_sqlite.h"

#include <stdio.h>

#define COMMIT(F, T)                                                                              \
    F(T, joist_text, pipeline, JOIST_REQUIRED) F(T, joist_text, window, JOIST_REQUIRED)           \
    F(T, int64_t, number, 0) F(T, joist_text, run, 0) F(T, joist_time, committed_at, 0)
JOIST_RECORD(commit, COMMIT);

static const joist_table_spec commits = {
    .table = { "joist_commits", 13 }, .type = &commit_type,
};

static joist_table_spec spec_of(void)
{
    joist_table_spec spec = commits;
    spec.key = JOIST_FIELDS(commit, pipeline, window).fields;
    return spec;
}

joist_status jst_sqlite_fence_declare(sqlite3 *model, joist_error *e)
{
    joist_table_spec spec = spec_of();
    return jst_sqlite_declare(model, &spec, e);
}

static joist_status outrun(const jst_sqlite_store_state *s, sqlite3_stmt *row, joist_error *e)
{
    joist_fail_with(e, JOIST_TEMPORARY, "%s: window %.*s belongs to a later run by now, %s with"
                    " number %lld; this one has %lld", s->path, JOIST_ARG(s->run->window),
                    (const char *)sqlite3_column_text(row, 1),
                    (long long)sqlite3_column_int64(row, 0), (long long)s->run->number);
    jst_printable(e->message);
    snprintf(e->hint, sizeof e->hint, "this run lost its lease and has changed nothing here; run"
             " again if the window is not done");
    return JOIST_FAILED;
}

static joist_status compare_number(const jst_sqlite_store_state *s, joist_error *e)
{
    sqlite3_stmt *row = NULL;
    joist_status status = jst_sqlite_prepare(s->db, s->path,
        JOIST_TEXT("SELECT number, coalesce(run, '') FROM joist_commits"
                   " WHERE pipeline = ?1 AND \"window\" = ?2"), &row, e);
    if (status != JOIST_OK)
        return status;
    jst_sqlite_bind_text(row, 1, s->run->pipeline);
    jst_sqlite_bind_text(row, 2, s->run->window);
    int rc = sqlite3_step(row);
    if (rc == SQLITE_ROW && sqlite3_column_int64(row, 0) > s->run->number)
        status = outrun(s, row, e);
    else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        status = jst_sqlite_fail(s->db, s->path, "read", e);
    sqlite3_finalize(row);
    return status;
}

joist_status jst_sqlite_fence_check(const jst_sqlite_store_state *s, joist_error *e)
{
    bool has = false;
    if (!s->run)
        return JOIST_OK;
    joist_status status = jst_sqlite_has_table(s->db, s->path, commits.table, &has, e);
    if (status == JOIST_OK && has)
        status = jst_sqlite_compare(s->db, s->path, s->model, commits.table, e);
    return status == JOIST_OK && has ? compare_number(s, e) : status;
}

static joist_status make_table(const jst_sqlite_store_state *s, const joist_table_spec *spec,
                               joist_error *e)
{
    bool has = false;
    joist_buffer sql = { 0 };
    joist_status status = jst_sqlite_has_table(s->db, s->path, spec->table, &has, e);
    jst_sqlite_create_sql(spec, &sql);
    joist_buffer_byte(&sql, '\0');
    if (status == JOIST_OK && !has)
        status = jst_sqlite_exec(s->db, s->path, sql.ptr, e);
    joist_buffer_free(&sql);
    return status;
}

static joist_status insert(const jst_sqlite_store_state *s, const joist_table_spec *spec,
                           const commit *row, joist_error *e)
{
    joist_buffer sql = { 0 };
    sqlite3_stmt *statement = NULL;
    jst_sqlite_binder *binder = jst_sqlite_binder_new(spec->type);
    jst_sqlite_insert_sql(spec, true, &sql);
    joist_status status =
        jst_sqlite_prepare(s->db, s->path, joist_buffer_view(&sql), &statement, e);
    if (status == JOIST_OK && (jst_sqlite_bind(binder, statement, row) != SQLITE_OK
                               || sqlite3_step(statement) != SQLITE_DONE))
        status = jst_sqlite_fail(s->db, s->path, "write", e);
    sqlite3_finalize(statement);
    jst_sqlite_binder_free(binder);
    joist_buffer_free(&sql);
    return status;
}

joist_status jst_sqlite_fence_set(const jst_sqlite_store_state *s, joist_error *e)
{
    joist_table_spec spec = spec_of();
    if (!s->run)
        return JOIST_OK;
    commit row = {
        .pipeline = s->run->pipeline, .window = s->run->window, .number = s->run->number,
        .run = s->run->run, .committed_at = JOIST_TIME_MS(s->env->now_ms(s->env)),
    };
    joist_status status = jst_sqlite_fence_check(s, e);
    if (status == JOIST_OK)
        status = make_table(s, &spec, e);
    return status == JOIST_OK ? insert(s, &spec, &row, e) : status;
}
