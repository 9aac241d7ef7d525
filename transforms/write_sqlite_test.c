/* SPDX-License-Identifier: Apache-2.0
 * Tests: write_sqlite.c sqlite_ahead.c sqlite_db.c sqlite_table.c sqlite_bind.c */
#include "sqlite_test.h"

#include <sys/wait.h>
#include <unistd.h>

#define ITEM(F, T) F(T, joist_text, sku) F(T, int64_t, count)
JOIST_RECORD(item, ITEM);

#define EVERY(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_bytes, raw) F(T, joist_int, n)                \
    F(T, int64_t, plain_n) F(T, joist_float, x) F(T, double, plain_x) F(T, joist_bool, b)         \
    F(T, bool, plain_b) F(T, joist_time, at) F(T, joist_json, j) F(T, joist_text_list, words)     \
    F(T, item, one, 0, JOIST_OF(item)) F(T, item_list, many, 0, JOIST_LIST_OF(item))
JOIST_RECORD(every, EVERY);

#define VISIT(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_time, hour) F(T, joist_int, version)          \
    F(T, joist_text, who)
JOIST_RECORD(visit, VISIT);

TestSuite(write_sqlite, .init = make_dir, .fini = drop_dir);

static const joist_table_spec every_spec = { .table = { "everys", 6 }, .type = &every_type };
static const joist_table_spec visit_spec = {
    .table = { "visits", 6 }, .type = &visit_type, .key = { 1, { offsetof(visit, id) } },
    .by = { 2, { offsetof(visit, version), offsetof(visit, who) } } };

#define T(literal) { "" literal, sizeof(literal) - 1 }

static void put(const char *uri, const joist_table_spec *spec, const visit *rows, size_t count)
{
    joist_store *s = opened(uri, spec, 1);
    size_t row = 0;
    OK(s->ops->write(s, 0, &(joist_rows){ rows, count, sizeof *rows, NULL }, &row, &error));
    commit_and_close(s);
}

Test(write_sqlite, every_kind_has_its_column)
{
    test_name uri = name_in("sqlite:", "new/dir/x.db"), path = name_in("", "new/dir/x.db");
    joist_text words[] = { T("a\"b"), T("c") };
    item items[] = { { T("p"), 1 }, { JOIST_NO_TEXT, 2 } };
    every rows[] = {
        { .id = T("1"), .raw = { "\0\xff", 2 }, .n = JOIST_INT(INT64_MIN), .plain_n = 7,
          .x = JOIST_FLOAT(0.5), .plain_x = -1.5, .b = JOIST_BOOL(true), .plain_b = true,
          .at = JOIST_TIME_MS(1700000000123), .j = T("{\"k\":1}"), .words = { words, 2 },
          .one = { T("q"), 3 }, .many = { items, 2 } },
        { .id = T("2") } };
    joist_store *s = opened(uri.text, &every_spec, 1);
    cr_assert_not(file_exists(name_in("", "new").text), "opening must not write");
    OK(WRITE(s, 0, rows));
    commit_and_close(s);
    EXPECT(path.text,
           "SELECT id, hex(raw), n, plain_n, x, plain_x, b, plain_b, at, j, words, one, many"
           " FROM everys WHERE id = '1'",
           "1|00FF|-9223372036854775808|7|0.5|-1.5|1|1|2023-11-14T22:13:20.123Z|{\"k\":1}|"
           "[\"a\\\"b\",\"c\"]|{\"sku\":\"q\",\"count\":3}|"
           "[{\"sku\":\"p\",\"count\":1},{\"sku\":null,\"count\":2}]");
    EXPECT(path.text, "SELECT raw, n, plain_n, x, plain_x, b, plain_b, at, j, words, one, many"
                      " FROM everys WHERE id = '2'",
           "null|null|0|null|0.0|null|0|null|null|[]|{\"sku\":null,\"count\":0}|[]");
    EXPECT(
        path.text,
        "SELECT DISTINCT typeof(raw), typeof(x), typeof(b), typeof(at) FROM everys WHERE id = '1'",
        "blob|real|integer|text");
    EXPECT(path.text, "SELECT group_concat(type, ' ') FROM pragma_table_info('everys')",
           "TEXT BLOB INTEGER INTEGER REAL REAL INTEGER INTEGER TEXT TEXT TEXT TEXT TEXT");
}

/* Asked by another process: a process never waits for its own POSIX locks. */
static bool another_may_write(const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
        rc = rc == SQLITE_OK ? sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) : rc;
        _exit(rc == SQLITE_OK ? 0 : rc == SQLITE_BUSY ? 1 : 2);
    }
    int status = 0;
    cr_assert(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    cr_assert_lt(WEXITSTATUS(status), 2);
    return WEXITSTATUS(status) == 0;
}

Test(write_sqlite, starting_the_disk_early_keeps_the_lock)
{
    enum { ROWS = 400, LENGTH = 100000 };
    static char text[LENGTH];
    static every rows[ROWS];
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (every){ .id = { text, LENGTH - i } };
    joist_store *s = opened(uri.text, &every_spec, 1);
    size_t row = 0;
    for (int i = 0; i < 3; i++)
        OK(s->ops->write(s, 0, &(joist_rows){ rows, ROWS, sizeof *rows, NULL }, &row, &error));
    cr_expect_not(another_may_write(path.text));
    commit_and_close(s);
    cr_expect(another_may_write(path.text));
    EXPECT(path.text, "SELECT count(*) FROM everys", "1200");
}

Test(write_sqlite, rows_without_a_key_are_appended)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    for (int i = 0; i < 2; i++) {
        joist_store *s = opened(uri.text, &every_spec, 1);
        OK(WRITE(s, 0, ((every[]){ { .id = T("same") } })));
        commit_and_close(s);
    }
    EXPECT(path.text, "SELECT count(*) FROM everys", "2");
    EXPECT(path.text, "PRAGMA page_size", "32768");
}

Test(write_sqlite, greatest_by_stays_and_equal_replaces)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    put(uri.text, &visit_spec, (visit[]){
        { .id = T("equal"), .version = JOIST_INT(2), .who = T("m"), .hour = JOIST_TIME_MS(0) },
        { .id = T("newer"), .version = JOIST_INT(1), .who = T("z") },
        { .id = T("null-new"), .version = JOIST_INT(-5), .who = T("old") },
        { .id = T("null-old"), .who = T("old") },
        { .id = T("older"), .version = JOIST_INT(3), .who = T("old") },
        { .id = T("second"), .version = JOIST_INT(2), .who = T("m") } }, 6);
    put(uri.text, &visit_spec, (visit[]){
        { .id = T("equal"), .version = JOIST_INT(2), .who = T("m"), .hour = JOIST_TIME_MS(1) },
        { .id = T("fresh"), .version = JOIST_INT(1) },
        { .id = T("newer"), .version = JOIST_INT(2), .who = T("a") },
        { .id = T("null-new"), .who = T("zz") },
        { .id = T("null-old"), .version = JOIST_INT(-5), .who = T("a") },
        { .id = T("older"), .version = JOIST_INT(2), .who = T("zz") },
        { .id = T("second"), .version = JOIST_INT(2), .who = T("l") } }, 7);
    EXPECT(path.text, "SELECT id, version, who, substr(hour, 20) FROM visits ORDER BY id",
           "equal|2|m|.001Z\nfresh|1|null|null\nnewer|2|a|null\nnull-new|-5|old|null\n"
           "null-old|-5|a|null\nolder|3|old|null\nsecond|2|m|null");
}

Test(write_sqlite, null_sorts_before_everything_in_the_last_field_too)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec spec = visit_spec;
    spec.by = JOIST_FIELDS(visit, who).fields;
    put(uri.text, &spec,
        (visit[]){ { .id = T("a"), .who = T("x") }, { .id = T("b") }, { .id = T("c") } }, 3);
    put(uri.text, &spec, (visit[]){ { .id = T("a"), .version = JOIST_INT(9) },
        { .id = T("b"), .version = JOIST_INT(9) }, { .id = T("c"), .who = T("") } }, 3);
    EXPECT(path.text, "SELECT id, version, who FROM visits ORDER BY id",
           "a|null|x\nb|9|null\nc|null|");
}

Test(write_sqlite, without_by_the_last_one_stays)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec spec = visit_spec;
    spec.by = (joist_fields){ 0 };
    put(uri.text, &spec, (visit[]){ { .id = T("a"), .version = JOIST_INT(9) } }, 1);
    put(uri.text, &spec, (visit[]){ { .id = T("a"), .version = JOIST_INT(1) } }, 1);
    EXPECT(path.text, "SELECT version FROM visits", "1");
}

#define HOUR 3600000

static joist_table_spec windowed(joist_text hour)
{
    joist_table_spec spec = visit_spec;
    spec.by = (joist_fields){ 0 };
    spec.key = JOIST_FIELDS(visit, hour, id).fields;
    spec.window = JOIST_FIELDS(visit, hour).fields;
    spec.hour = hour;
    return spec;
}

Test(write_sqlite, a_window_is_replaced_whole)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec spec = windowed(JOIST_NO_TEXT);
    put(uri.text, &spec,
        (visit[]){ { .hour = JOIST_TIME_MS(0), .id = T("a") },
                   { .hour = JOIST_TIME_MS(0), .id = T("b") },
                   { .hour = JOIST_TIME_MS(HOUR), .id = T("a") } },
        3);
    spec = windowed(JOIST_TEXT("1970-01-01T00"));
    put(uri.text, &spec, (visit[]){ { .hour = JOIST_TIME_MS(0), .id = T("c") } }, 1);
    EXPECT(path.text, "SELECT hour, id FROM visits ORDER BY 1, 2",
           "1970-01-01T00:00:00.000Z|c\n1970-01-01T01:00:00.000Z|a");
    put(uri.text, &spec, NULL, 0);
    EXPECT(path.text, "SELECT hour, id FROM visits", "1970-01-01T01:00:00.000Z|a");
}

Test(write_sqlite, a_window_without_rows_is_emptied_at_prepare)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec all = windowed(JOIST_NO_TEXT), hour = windowed(JOIST_TEXT("1970-01-01T00"));
    put(uri.text, &all, (visit[]){ { .hour = JOIST_TIME_MS(0), .id = T("a") },
                                   { .hour = JOIST_TIME_MS(HOUR), .id = T("a") } }, 2);
    commit_and_close(opened(uri.text, &all, 1));
    EXPECT(path.text, "SELECT count(*) FROM visits", "2");
    commit_and_close(opened(uri.text, &hour, 1));
    EXPECT(path.text, "SELECT hour FROM visits", "1970-01-01T01:00:00.000Z");
}

Test(write_sqlite, no_rows_and_no_file_make_no_file)
{
    joist_table_spec hour = windowed(JOIST_TEXT("1970-01-01T00"));
    commit_and_close(opened(name_in("sqlite:", "x.db").text, &hour, 1));
    cr_assert_not(file_exists(name_in("", "x.db").text));
}

/* A row whose key is there although its window was just emptied: the insert becomes an upsert. */
Test(write_sqlite, a_key_of_another_window_is_no_error)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec spec = windowed(JOIST_TEXT("1970-01-01T00"));
    spec.key = JOIST_FIELDS(visit, id).fields;
    put(uri.text, &spec, (visit[]){ { .hour = JOIST_TIME_MS(HOUR), .id = T("a") } }, 1);
    put(uri.text, &spec, (visit[]){ { .hour = JOIST_TIME_MS(0), .id = T("a") },
                                    { .hour = JOIST_TIME_MS(0), .id = T("b") } }, 2);
    EXPECT(path.text, "SELECT substr(hour, 12, 2), id FROM visits ORDER BY id", "00|a\n00|b");
}

Test(write_sqlite, all_tables_or_none)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec both[] = { visit_spec, every_spec };
    joist_store *s = opened(uri.text, both, 2);
    OK(WRITE(s, 0, ((visit[]){ { .id = T("a") } })));
    OK(WRITE(s, 1, ((every[]){ { .id = T("b") } })));
    OK(s->ops->prepare(s, &error));
    s->ops->close(s);
    EXPECT(path.text, "SELECT count(*) FROM sqlite_schema", "0");
    s = opened(uri.text, both, 2);
    OK(WRITE(s, 0, ((visit[]){ { .id = T("a") } })));
    OK(WRITE(s, 1, ((every[]){ { .id = T("b") } })));
    OK(s->ops->prepare(s, &error));
    OK(s->ops->commit(s, &error));
    OK(WRITE(s, 0, ((visit[]){ { .id = T("second transaction") } })));
    commit_and_close(s);
    EXPECT(path.text, "SELECT (SELECT count(*) FROM visits), (SELECT count(*) FROM everys)", "2|1");
}

Test(write_sqlite, a_refused_row_costs_that_row_only)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    visit rows[] = { { .id = T("a") }, { .id = JOIST_NO_TEXT }, { .id = T("c") } };
    joist_store *s = opened(uri.text, &visit_spec, 1);
    size_t row = 9;
    joist_rows all = { rows, 3, sizeof *rows, NULL }, rest = { rows + 2, 1, sizeof *rows, NULL };
    cr_assert_eq(s->ops->write(s, 0, &all, &row, &error), JOIST_REJECTED);
    cr_assert_eq(row, 1u);
    cr_assert(strstr(error.message, "NOT NULL"), "%s", error.message);
    OK(s->ops->write(s, 0, &rest, &row, &error));
    commit_and_close(s);
    EXPECT(path.text, "SELECT id FROM visits ORDER BY id", "a\nc");
}

#define HOSTILE(F, T)                                                                             \
    F(T, joist_text, select, JOIST_REQUIRED) F(T, joist_text, stored) F(T, joist_text, excluded)
JOIST_RECORD(hostile, HOSTILE);

Test(write_sqlite, names_and_values_are_never_sql)
{
    test_name uri = name_in("sqlite:", "x'; --.db"), path = name_in("", "x'; --.db");
    static const char *const names[] = { "excluded", "a\"b", "x\"; DROP TABLE y; --",
                                         "select",   "a.b",  "日本" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        joist_table_spec spec = { .table = joist_text_of(names[i]), .type = &hostile_type,
            .key = JOIST_FIELDS(hostile, select).fields,
            .by = JOIST_FIELDS(hostile, stored, excluded).fields };
        for (int again = 0; again < 2; again++) {
            joist_store *s = opened(uri.text, &spec, 1);
            OK(WRITE(
                s, 0,
                ((hostile[]){ { .select = T("'); DROP TABLE x; --\0\"z"), .stored = T("'") } })));
            commit_and_close(s);
        }
    }
    EXPECT(path.text, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'", "6");
    EXPECT(path.text, "SELECT hex(\"select\"), count(*) FROM \"a\"\"b\"",
           "27293B2044524F50205441424C4520783B202D2D00227A|1");
}

#define TWICE(F, T) F(T, joist_text, id) F(T, joist_text, ID)
JOIST_RECORD(twice, TWICE);

Test(write_sqlite, impossible_tables_are_told_before_anything_is_written)
{
    test_name uri = name_in("sqlite:", "x.db");
    joist_store *s;
    joist_table_spec spec = { .table = T("t"), .type = &twice_type };
    FAILED(open_store(uri.text, &spec, 1, &s), JOIST_USAGE, "duplicate column name");
    spec = (joist_table_spec){ .table = T("sqlite_x"), .type = &visit_type };
    FAILED(open_store(uri.text, &spec, 1, &s), JOIST_USAGE, "reserved");
    spec.table = JOIST_NO_TEXT;
    FAILED(open_store(uri.text, &spec, 1, &s), JOIST_USAGE, "no name of a table");
    FAILED(open_store(uri.text, (joist_table_spec[]){ visit_spec, visit_spec }, 2, &s), JOIST_USAGE,
           "already exists");
    cr_assert_not(file_exists(name_in("", "x.db").text));
}

#define WIDER(F, T) VISIT(F, T) F(T, joist_text, more)
JOIST_RECORD(wider, WIDER);

static void expect_other_schema(const char *sql, const joist_type *type, const char *part)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_table_spec spec = visit_spec;
    joist_store *s;
    size_t before = 0, after = 0;
    unlink(path.text);
    run_sql(path.text, sql);
    char *bytes = read_file(path.text, &before);
    spec.type = type;
    FAILED(open_store(uri.text, &spec, 1, &s), JOIST_FATAL, part);
    char *again = read_file(path.text, &after);
    cr_assert(before == after && memcmp(bytes, again, before) == 0, "opening changed the file");
    joist_free(bytes);
    joist_free(again);
}

Test(write_sqlite, another_schema_is_refused_with_its_first_difference)
{
#define COLUMNS "id TEXT NOT NULL, hour TEXT, version INTEGER, who TEXT"
    expect_other_schema(
        "CREATE TABLE visits (" COLUMNS ")", &visit_type,
        "column 1 is \"id\" TEXT in the database, \"id\" TEXT (key part 1) in the record");
    expect_other_schema(
        "CREATE TABLE visits (id TEXT PRIMARY KEY, hour INTEGER)", &visit_type,
        "column 2 is \"hour\" INTEGER in the database, \"hour\" TEXT in the record");
    expect_other_schema("CREATE TABLE VISITS (" COLUMNS ", PRIMARY KEY (id))", &wider_type,
                        "column 5 is nothing in the database, \"more\" TEXT in the record");
    expect_other_schema("CREATE TABLE visits (" COLUMNS ", x, PRIMARY KEY (id))", &visit_type,
                        "column 5 is \"x\"  in the database, nothing in the record");
    expect_other_schema("CREATE VIEW visits AS SELECT 1", &visit_type, "is a view");
}

Test(write_sqlite, a_schema_changed_after_open_is_seen_too)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_store *s = opened(uri.text, &visit_spec, 1);
    run_sql(path.text, "CREATE TABLE visits (id TEXT)");
    FAILED(WRITE(s, 0, ((visit[]){ { .id = T("a") } })), JOIST_FATAL, "another schema");
    FAILED(WRITE(s, 0, ((visit[]){ { .id = T("a") } })), JOIST_FATAL, "earlier write failed");
    FAILED(s->ops->commit(s, &error), JOIST_FATAL, "earlier write failed");
    s->ops->close(s);
    EXPECT(path.text, "SELECT count(*) FROM visits", "0");
}

Test(write_sqlite, what_is_no_database_is_left_alone)
{
    joist_store *s;
    test_name path = name_in("", "x.db");
    write_file(path.text,
               "this is a letter to my aunt and not a database at all, however long it is\n");
    FAILED(open_store(name_in("sqlite:", "x.db").text, &visit_spec, 1, &s), JOIST_FATAL,
           "not a SQLite database");
    FAILED(open_store(name_in("sqlite:", "").text, &visit_spec, 1, &s), JOIST_FATAL, "directory");
    FAILED(open_store(name_in("sqlite:", "x.db/y.db").text, &visit_spec, 1, &s), JOIST_FATAL,
           "Not a dir");
    FAILED(open_store("sqlite:/dev/null", &visit_spec, 1, &s), JOIST_FATAL, "no regular file");
    FAILED(open_store("sqlite:", &visit_spec, 1, &s), JOIST_USAGE, "path is missing");
    size_t len;
    char *text = read_file(path.text, &len);
    cr_assert_eq(len, 74u);
    joist_free(text);
}

Test(write_sqlite, a_directory_that_cannot_be_made_fails_the_write)
{
    joist_store *s =
        opened("sqlite:/proc/nowhere/x.db", &visit_spec, 1); /* root is told no by /proc itself */
    FAILED(WRITE(s, 0, ((visit[]){ { .id = T("new") } })), JOIST_FATAL, "/proc/nowhere");
    s->ops->close(s);
}

/* Root may write anything, so no mode would be a missing right: a directory where
 * the journal has to be makes every change impossible for everybody. */
Test(write_sqlite, a_journal_that_cannot_be_made_fails_the_write)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    put(uri.text, &visit_spec, (visit[]){ { .id = T("old") } }, 1);
    joist_store *s = opened(uri.text, &visit_spec, 1);
    cr_assert_eq(mkdir(name_in("", "x.db-journal").text, 0700), 0);
    FAILED(WRITE(s, 0, ((visit[]){ { .id = T("new") } })), JOIST_FATAL, path.text);
    FAILED(s->ops->prepare(s, &error), JOIST_FATAL, "earlier write failed");
    FAILED(s->ops->commit(s, &error), JOIST_FATAL, "earlier write failed");
    s->ops->close(s);
    rmdir(name_in("", "x.db-journal").text);
    EXPECT(path.text, "SELECT id FROM visits", "old");
}

Test(write_sqlite, a_held_lock_is_temporary_after_five_seconds)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    joist_store *s;
    put(uri.text, &visit_spec, (visit[]){ { .id = T("old") } }, 1);
    sqlite3 *other = direct(path.text);
    cr_assert_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    FAILED(open_store(uri.text, &visit_spec, 1, &s), JOIST_TEMPORARY, "lock");
    cr_assert_eq(env_for_tests.slept, 5000);
    cr_assert_neq(error.hint[0], '\0');
    env_for_tests.stop = true;
    FAILED(open_store(uri.text, &visit_spec, 1, &s), JOIST_TEMPORARY, "lock");
    cr_assert_eq(env_for_tests.slept, 5000, "a stopping run does not wait");
    env_for_tests.stop = false;
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
    s = opened(uri.text, &visit_spec, 1);
    sqlite3_exec(other, "BEGIN; SELECT * FROM visits", NULL, NULL, NULL);
    FAILED(WRITE(s, 0, ((visit[]){ { .id = T("new") } })), JOIST_TEMPORARY, "lock");
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
    OK(WRITE(s, 0, ((visit[]){ { .id = T("new") } })));
    commit_and_close(s);
    sqlite3_close(other);
    EXPECT(path.text, "SELECT id FROM visits ORDER BY id", "new\nold");
}

Test(write_sqlite, names_with_a_meaning_to_sqlite_are_files)
{
    cr_assert_eq(chdir(test_dir), 0);
    put("sqlite::memory:", &visit_spec, (visit[]){ { .id = T("a") } }, 1);
    put("sqlite:file:x?mode=memory", &visit_spec, (visit[]){ { .id = T("a") } }, 1);
    cr_assert(file_exists(":memory:") && file_exists("file:x?mode=memory"));
}

Test(write_sqlite, a_database_in_wal_mode_stays_so)
{
    test_name uri = name_in("sqlite:", "x.db"), path = name_in("", "x.db");
    run_sql(path.text, "PRAGMA journal_mode = WAL; CREATE TABLE other (x)");
    put(uri.text, &visit_spec, (visit[]){ { .id = T("a") } }, 1);
    EXPECT(path.text, "PRAGMA journal_mode", "wal");
    EXPECT(path.text, "SELECT count(*) FROM visits", "1");
}
