/* SPDX-License-Identifier: Apache-2.0
 * Tests: read_sqlite.c, as far as it does not need a running pipeline. */
#include "read_sqlite.h"
#include "sqlite_test.h"

#define ROW(F, T) F(T, joist_text, id)
JOIST_RECORD(row, ROW);

TestSuite(read_sqlite, .init = make_dir, .fini = drop_dir);

static joist_source *source;

static joist_status open_source(const char *name, const char *table, bool optional)
{
    test_name uri = name_in("sqlite:", name);
    joist_source_spec spec = { .uri = joist_text_of(uri.text),
                               .table = joist_text_of(table),
                               .type = &row_type,
                               .max_record = 1 << 20,
                               .first_rank = 3,
                               .env = ENV };
    source = NULL;
    return jst_sqlite_source.open(&spec, optional, &source, &error);
}

Test(read_sqlite, nothing_is_not_an_error)
{
    test_name path = name_in("", "x.db");
    OK(open_source("x.db", "t", true));
    cr_assert(!source && !file_exists(path.text));
    FAILED(open_source("x.db", "t", false), JOIST_FATAL, "no database");
    write_file(path.text, "");
    OK(open_source("x.db", "t", true));
    cr_assert_null(source);
    run_sql(path.text, "CREATE TABLE t (id)");
    OK(open_source("x.db", "t", true));
    cr_assert_null(source);
    OK(open_source("x.db", "u", false));
    cr_assert_null(source);
    run_sql(path.text, "INSERT INTO t VALUES (1)");
    OK(open_source("x.db", "t", false));
    cr_assert_not_null(source);
    source->ops->close(source);
}

static joist_status open_query(const char *sql, bool optional)
{
    test_name uri = name_in("sqlite:", "x.db");
    joist_source_spec spec = { .uri = joist_text_of(uri.text), .query = joist_text_of(sql),
                               .table = JOIST_TEXT("rows"), .type = &row_type,
                               .max_record = 1 << 20, .env = ENV };
    source = NULL;
    return jst_sqlite_source.open(&spec, optional, &source, &error);
}

Test(read_sqlite, a_query)
{
    test_name path = name_in("", "x.db");
    OK(open_query("SELECT id FROM t", true));
    cr_assert(!source && !file_exists(path.text));
    FAILED(open_query("SELECT id FROM t", false), JOIST_FATAL, "no database");
    run_sql(path.text, "CREATE TABLE t (id)");
    OK(open_query("SELECT id FROM t", true));
    cr_assert_null(source, "it has no rows, and something else may");
    OK(open_query("SELECT id FROM t", false));
    cr_assert_not_null(source, "nothing else will be read, so it is not run to find out");
    source->ops->close(source);
    FAILED(open_query("SELECT id FROM u", false), JOIST_FATAL, "no such table: u");
    FAILED(open_query("SELECT id FROM u", true), JOIST_FATAL, "no such table: u");
    FAILED(open_query("SELECT 1 AS x", true), JOIST_FATAL, "none of its columns is a field");
}

Test(read_sqlite, check_refuses_csv)
{
    joist_source_spec spec = { .uri = JOIST_TEXT("sqlite:x.db"), .type = &row_type, .csv = true };
    FAILED(jst_sqlite_source.check(&spec, &error), JOIST_USAGE, "cannot be CSV");
    spec.csv = false;
    OK(jst_sqlite_source.check(&spec, &error));
    spec.uri = JOIST_TEXT("sqlite:");
    FAILED(jst_sqlite_source.check(&spec, &error), JOIST_USAGE, "path is missing");
}

Test(read_sqlite, what_cannot_be_read_is_an_error_even_if_optional)
{
    test_name path = name_in("", "x.db");
    write_file(path.text,
               "this is a letter to my aunt and not a database at all, however long it is\n");
    FAILED(open_source("x.db", "t", true), JOIST_FATAL, "not a SQLite database");
    FAILED(open_source("x.db/y", "t", true), JOIST_FATAL, "Not a directory");
    FAILED(open_source("", "t", true), JOIST_FATAL, "is a directory");
    unlink(path.text);
    run_sql(path.text, "CREATE VIEW t AS SELECT 1");
    FAILED(open_source("x.db", "t", true), JOIST_FATAL, "is a view");
    sqlite3 *other = direct(path.text);
    sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    FAILED(open_source("x.db", "t", true), JOIST_TEMPORARY, "lock");
    sqlite3_close(other);
}

Test(read_sqlite, one_split)
{
    test_name path = name_in("", "x.db");
    run_sql(path.text, "CREATE TABLE t (id); INSERT INTO t VALUES (1)");
    OK(open_source("x.db", "t", false));
    size_t count = 0;
    const joist_split *split = source->ops->splits(source, &count);
    cr_assert(count == 1 && split->count == 1 && split->bytes > 0);
    cr_assert(source->ops->ranks(source) == 1 && source->ops->skipped(source) == 0);
    joist_reader *r = source->ops->start(source, split, &error);
    cr_assert_not_null(r);
    r->ops->stop(r);
    source->ops->close(source);
}

static void copy_file(const char *from, const char *to)
{
    size_t len;
    char *bytes = read_file(from, &len);
    FILE *f = fopen(to, "w");
    cr_assert(bytes && f && fwrite(bytes, 1, len, f) == len);
    fclose(f);
    joist_free(bytes);
}

/* The journal of a killed run: reading rolls it back, whatever the reader asked for. */
Test(read_sqlite, a_hot_journal_is_rolled_back)
{
    test_name path = name_in("", "x.db"), copy = name_in("", "y.db");
    run_sql(path.text, "CREATE TABLE t (id); INSERT INTO t VALUES ('old')");
    sqlite3 *db = direct(path.text);
    sqlite3_exec(db, "BEGIN; DELETE FROM t", NULL, NULL, NULL);
    cr_assert_eq(sqlite3_db_cacheflush(db), SQLITE_OK);
    copy_file(path.text, copy.text);
    copy_file(name_in("", "x.db-journal").text, name_in("", "y.db-journal").text);
    sqlite3_close(db);
    OK(open_source("y.db", "t", false));
    cr_assert_not_null(source, "the old row is there");
    source->ops->close(source);
}
