/* SPDX-License-Identifier: Apache-2.0
 * Tests: read_sqlite.c, as far as it does not need a running pipeline, and tables in ranges. */
#include "read_sqlite.h"
#include "sqlite_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

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

/* ---- ranges ---------------------------------------------------------------------------------- */

enum { ROWS = 3000 };           /* of 10 KB each: some splits */

static test_name large_table(const char *name)
{
    test_name path = name_in("", name);
    run_sql(path.text, "CREATE TABLE t (id TEXT, filler); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                       " SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT 'r' || i,"
                       " zeroblob(10000) FROM n");
    return path;
}

JOIST_BUILD(copy, row);
static void copy(joist_pipeline *p, const row *o)
{
    (void)o;
    row_coll rows = joist_read(row, p, .uri = joist_build_printf(p, "%s",
                               name_in("sqlite:", "x.db").text), .table = JOIST_TEXT("t"));
    joist_write(rows, .uri = joist_build_printf(p, "%s", name_in("sqlite:", "copy.db").text),
                .table = JOIST_TEXT("copies"), .key = JOIST_FIELDS(row, id));
}

Test(read_sqlite, every_row_of_a_large_table_is_read_once)
{
    static const joist_pipeline_def def = { .name = "copy", .options = &row_type,
                                            .build = copy_any };
    large_table("x.db");
    run_sql(name_in("", "x.db").text, "DELETE FROM t WHERE rowid % 3 = 0 OR rowid < 100");
    const joist_report *report;
    joist_pipeline *p = joist_pipeline_new(&def);
    OK(joist_pipeline_check(p, &(row){ JOIST_NO_TEXT }, &error));
    OK(joist_pipeline_run(p, &(joist_run_options){ .workers = 4 }, &report));
    cr_assert(report->records == 1934 && report->files == 1, "%d records", (int)report->records);
    joist_pipeline_free(p);
    EXPECT(name_in("", "copy.db").text,
           "SELECT count(*), count(DISTINCT id), sum(substr(id, 2)) FROM copies",
           "1934|1934|2996733");
}

static const joist_split *open_large(size_t *count)
{
    OK(open_source("x.db", "t", false));
    const joist_split *splits = source->ops->splits(source, count);
    cr_assert_geq(*count, 3);
    return splits;
}

static joist_reader *start(const joist_split *split)
{
    joist_reader *r = source->ops->start(source, split, &error);
    cr_assert_not_null(r, "%s", error.message);
    return r;
}

static int try_to_write(const char *path)
{
    sqlite3 *db = direct(path);
    int rc = sqlite3_exec(db, "INSERT INTO t (id) VALUES ('new')", NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

Test(read_sqlite, nobody_commits_between_two_ranges)
{
    size_t count;
    test_name path = large_table("x.db");
    const joist_split *splits = open_large(&count);
    cr_assert_eq(try_to_write(path.text), SQLITE_OK, "nothing has begun");
    for (size_t i = 0; i < count; i++) {
        joist_reader *r = start(&splits[i]);
        cr_assert_eq(try_to_write(path.text), SQLITE_BUSY);
        r->ops->stop(r);
        cr_assert_eq(try_to_write(path.text), i + 1 < count ? SQLITE_BUSY : SQLITE_OK);
    }
    source->ops->close(source);
}

/* A process that writes once `go` is closed; forked before this one has anything to do with the
 * file, since SQLite does not survive a fork. */
static pid_t later_writer(const char *path, int go[2])
{
    char nothing;
    cr_assert_eq(pipe(go), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child)
        return child;
    close(go[1]);
    if (read(go[0], &nothing, 1))
        _exit(1);
    sqlite3 *db = direct(path);
    sqlite3_busy_timeout(db, 60000);
    _exit(sqlite3_exec(db, "INSERT INTO t (id) VALUES ('new')", NULL, NULL, NULL));
}

/* Until somebody has the lock that keeps new readers out while he waits for the others to go. */
static void wait_for_pending(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);    /* to close it would drop our own locks */
    struct flock pending;
    do {
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
        pending = (struct flock){ .l_type = F_RDLCK, .l_start = 0x40000000, .l_len = 1 };
        cr_assert_eq(fcntl(fd, F_GETLK, &pending), 0);
    } while (pending.l_type == F_UNLCK);
}

Test(read_sqlite, who_waits_to_write_keeps_no_further_range_out, .timeout = 120)
{
    size_t count;
    int status, go[2];
    test_name path = name_in("", "x.db");
    pid_t writer = later_writer(path.text, go);
    large_table("x.db");
    const joist_split *splits = open_large(&count);
    joist_reader *first = start(&splits[0]);
    close(go[1]);
    wait_for_pending(path.text);
    for (size_t i = 1; i < count; i++) {
        joist_reader *r = start(&splits[i]);
        r->ops->stop(r);
    }
    first->ops->stop(first);
    waitpid(writer, &status, 0);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == SQLITE_OK);
    source->ops->close(source);
}

/* ---------------------------------------------------------------------------------------------- */

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
