/* SPDX-License-Identifier: Apache-2.0
 * Tests: sqlite_rows.c sqlite_column.c */
#include "sqlite_rows.h"
#include "sqlite_test.h"

#include <math.h>

#define ITEM(F, T) F(T, joist_text, sku) F(T, int64_t, count)
JOIST_RECORD(item, ITEM);

#define EVERY(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_bytes, raw) F(T, joist_int, n)                \
    F(T, int64_t, plain_n) F(T, joist_float, x) F(T, double, plain_x) F(T, joist_bool, b)         \
    F(T, bool, plain_b) F(T, joist_time, at) F(T, joist_json, j) F(T, joist_text_list, words)     \
    F(T, item, one, 0, JOIST_OF(item)) F(T, item_list, many, 0, JOIST_LIST_OF(item))
JOIST_RECORD(every, EVERY);

#define NAMED(F, T)                                                                               \
    F(T, joist_text, id, 0, .from = "_id") F(T, joist_text, url, 0, .from = "id")                 \
    F(T, joist_text, either, 0, .from = "a.b|c") F(T, joist_int, missing)
JOIST_RECORD(named, NAMED);

#define T(literal) { "" literal, sizeof(literal) - 1 }

static test_name path;
static joist_arena *arena;
static jst_sqlite_query query;

static void set_up(void)
{
    make_dir();
    path = name_in("", "x.db");
    arena = joist_arena_new();
    query = (jst_sqlite_query){ .path = path.text, .table = JOIST_TEXT("t"), .type = &every_type,
                                .max_record = 1 << 20, .env = ENV };
}

static void tear_down(void)
{
    joist_arena_free(arena);
    drop_dir();
}

TestSuite(sqlite_rows, .init = set_up, .fini = tear_down);

/* Makes table t of one row by SQL and reads that row. */
static joist_status read_first(const char *sql, const joist_type *type, void *record)
{
    bool more = false;
    size_t size;
    unlink(path.text);
    run_sql(path.text, sql);
    query.type = type;
    jst_sqlite_rows *r = jst_sqlite_rows_open(&query, &error);
    cr_assert_not_null(r, "%s", error.message);
    joist_status status = jst_sqlite_rows_next(r, record, &size, &more, arena, &error);
    cr_assert(more);
    jst_sqlite_rows_close(r);
    return status;
}

static every first(const char *columns)
{
    every v;
    char sql[512];
    snprintf(sql, sizeof sql, "CREATE TABLE t AS SELECT %s", columns);
    OK(read_first(sql, &every_type, &v));
    return v;
}

#define PAIR(F, T) F(T, joist_text, name, 0, .from = "label") F(T, joist_int, n)
JOIST_RECORD(pair, PAIR);

static joist_status read_query(const char *sql, pair *out, bool *more)
{
    size_t size;
    query.type = &pair_type;
    query.sql = joist_text_of(sql);
    jst_sqlite_rows *r = jst_sqlite_rows_open(&query, &error);
    if (!r)
        return JOIST_FAILED;
    joist_status status = jst_sqlite_rows_next(r, out, &size, more, arena, &error);
    jst_sqlite_rows_close(r);
    return status;
}

Test(sqlite_rows, of_a_query_by_the_names_of_its_columns)
{
    pair p;
    bool more;
    run_sql(path.text, "CREATE TABLE t (a, b); INSERT INTO t VALUES ('x', 1), ('y', 2), ('x', 3);"
                       "CREATE VIEW v AS SELECT a AS name FROM t");
    OK(read_query("SELECT sum(b) AS n, a AS label FROM t GROUP BY a ORDER BY 1 DESC; -- all\n", &p,
                  &more));
    cr_assert(more && p.n.v == 4 && joist_text_equal(p.name, JOIST_TEXT("x")));
    OK(read_query("WITH w AS (SELECT 'z' AS name) SELECT * FROM w", &p, &more));
    cr_assert(more && !p.n.set && joist_text_equal(p.name, JOIST_TEXT("z")));
    OK(read_query("SELECT name FROM v WHERE name = 'y'", &p, &more));
    cr_assert(more && joist_text_equal(p.name, JOIST_TEXT("y")));
    OK(read_query("SELECT name FROM v WHERE name = 'q'", &p, &more));
    cr_assert(!more);
}

static void expect_refused(const char *sql, const char *why)
{
    pair p;
    bool more;
    FAILED(read_query(sql, &p, &more), JOIST_FATAL, why);
    cr_assert(strstr(error.message, sql), "%s", error.message);
    cr_assert(strstr(error.message, path.text), "%s", error.message);
}

Test(sqlite_rows, of_what_is_no_query)
{
    run_sql(path.text, "CREATE TABLE t (a, b)");
    expect_refused("SELECT name FORM t", "near \"t\": syntax error (byte 17)");
    expect_refused("SELECT z FROM t", "no such column: z (byte 7)");
    expect_refused("SELECT name FROM u", "no such table: u");
    expect_refused("DELETE FROM t", "only a SELECT can be read");
    expect_refused("INSERT INTO t VALUES (1, 2) RETURNING a AS name", "only a SELECT can be read");
    expect_refused("ATTACH 'y.db' AS y", "only a SELECT can be read");
    expect_refused("-- nothing", "only a SELECT can be read");
    expect_refused("SELECT 1 AS n; SELECT 2 AS n", "only one statement can be read");
    expect_refused("SELECT 1 AS n; DELETE FROM t", "only one statement can be read");
    expect_refused("SELECT 1 AS n; nonsense", "only one statement can be read");
    expect_refused("SELECT a AS name FROM t WHERE b = ?1", "nobody gives its parameters a value");
    expect_refused("SELECT a, b FROM t", "none of its columns is a field");
}

#define SURE(F, T) F(T, joist_text, id, JOIST_REQUIRED)
JOIST_RECORD(sure, SURE);

Test(sqlite_rows, a_row_of_a_query_that_is_none)
{
    size_t size;
    bool more;
    sure s;
    run_sql(path.text, "CREATE TABLE t (a)");
    query.type = &sure_type;
    query.sql = JOIST_TEXT("SELECT NULL AS id");
    jst_sqlite_rows *r = jst_sqlite_rows_open(&query, &error);
    cr_assert_not_null(r, "%s", error.message);
    FAILED(jst_sqlite_rows_next(r, &s, &size, &more, arena, &error), JOIST_FATAL,
           "row 1 cannot be read: its field \"id\" is required, and NULL or of another type, in "
           "the query SELECT NULL AS id");
    jst_sqlite_rows_close(r);
}

static void expect_text(joist_text t, const char *text)
{
    cr_assert(joist_text_equal(t, joist_text_of(text)), "'%.*s' is not '%s'", JOIST_ARG(t), text);
}

Test(sqlite_rows, what_the_store_wrote_comes_back)
{
    test_name uri = name_in("sqlite:", "x.db");
    joist_table_spec spec = { .table = T("t"), .type = &every_type };
    joist_text words[] = { T(" a\"b\n"), T("c"), T("") };
    item items[] = { { T("p"), 1 }, { JOIST_NO_TEXT, 2 } };
    every in = { .id = T("  spaces stay "),
                 .raw = { "\0\xff", 2 },
                 .n = JOIST_INT(INT64_MIN),
                 .plain_n = 7,
                 .x = JOIST_FLOAT(0.1),
                 .plain_x = -1.5,
                 .b = JOIST_BOOL(false),
                 .plain_b = true,
                 .at = JOIST_TIME_MS(-1),
                 .j = T("{\"k\":[1,\"\\u00e4\"]}"),
                 .words = { words, 3 },
                 .one = { T("q"), 3 },
                 .many = { items, 2 } },
          out;
    joist_store *s = opened(uri.text, &spec, 1);
    OK(WRITE(s, 0, ((every[]){ in, { .id = T("") } })));
    commit_and_close(s);
    query.type = &every_type;
    bool more;
    size_t size;
    jst_sqlite_rows *r = jst_sqlite_rows_open(&query, &error);
    OK(jst_sqlite_rows_next(r, &out, &size, &more, arena, &error));
    joist_buffer a = { 0 }, b = { 0 };
    joist_row_encode(&every_type, &in, &a);
    joist_row_encode(&every_type, &out, &b);
    cr_assert(more && joist_text_equal(joist_buffer_view(&a), joist_buffer_view(&b)));
    OK(jst_sqlite_rows_next(r, &out, &size, &more, arena, &error));
    cr_assert(more && out.id.ptr && !out.id.len && !out.raw.ptr && !out.n.set && !out.at.set
              && !out.j.ptr);
    cr_assert(!out.words.count && !out.many.count && !out.one.sku.ptr);
    OK(jst_sqlite_rows_next(r, &out, &size, &more, arena, &error));
    cr_assert_not(more);
    run_sql(path.text, "DELETE FROM t");        /* the lock is gone although the reader is not */
    jst_sqlite_rows_close(r);
    joist_buffer_free(&a);
    joist_buffer_free(&b);
}

Test(sqlite_rows, other_types_are_cast_as_json_would_be)
{
    every v = first(
        "12 id, ' 12 ' n, '7' plain_n, '1e2' x, 3 plain_x, 'YES' b, 1 plain_b, 5 at, 'x' raw");
    expect_text(v.id, "12");
    cr_assert(v.n.set && v.n.v == 12 && v.plain_n == 7 && v.x.set && v.x.v == 100
              && v.plain_x == 3);
    cr_assert(v.b.set && v.b.v && v.plain_b && !v.at.set && v.raw.len == 1 && v.raw.ptr[0] == 'x');
    v = first(
        "1.5 id, 1.5 n, 'x' plain_n, 'x' x, x'00' plain_x, 2 b, 'maybe' plain_b, '2024-01-01' at");
    expect_text(v.id, "1.5");
    cr_assert(!v.n.set && v.plain_n == 0 && !v.x.set && v.plain_x == 0 && !v.b.set && !v.plain_b
              && !v.at.set);
    v = first("'i' id, '\"' n, 9e999 x, 0 b, '2024-01-01T00:00:00+01:00' at");
    cr_assert(!v.n.set && v.x.set && isinf(v.x.v) && v.b.set && !v.b.v && v.at.ms == 1704063600000);
}

Test(sqlite_rows, json_columns)
{
    every v = first("'i' id, ' [1, 2] ' j, '[\"a\", null, 3]' words, '{\"sku\":\"s\"}' one,"
                    " '[{},{\"count\":4}]' many");
    expect_text((joist_text){ v.j.ptr, v.j.len }, "[1, 2]");
    cr_assert_eq(v.words.count, 2u);
    expect_text(v.words.items[1], "3");
    expect_text(v.one.sku, "s");
    cr_assert(v.many.count == 2 && v.many.items[0].count == 0 && v.many.items[1].count == 4);
    v = first("'i' id, 'null' j, 'null' words, NULL one, '[]' many");
    cr_assert(!v.j.ptr && !v.words.count && !v.one.sku.ptr && !v.many.count);
    v = first("'i' id, 5 j");
    expect_text((joist_text){ v.j.ptr, v.j.len }, "5");
}

Test(sqlite_rows, damaged_json_ends_the_reading)
{
    static const char *const bad[] = { "'{' j",      "'' j",      "'1 2' j",   "'1},\"x\":{' j",
                                       "'{}' words", "'[' words", "'[1]' one", "'7' one",
                                       "'[1]' many", "x'7b' j" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        every v;
        char sql[256];
        snprintf(sql, sizeof sql, "CREATE TABLE t AS SELECT 'i' id, %s", bad[i]);
        FAILED(read_first(sql, &every_type, &v), JOIST_FATAL, "row 1 of table \"t\"");
    }
}

Test(sqlite_rows, names_first_then_from)
{
    named v;
    OK(read_first("CREATE TABLE t AS SELECT 'i' ID, 'u' _id, 'c' c", &named_type, &v));
    expect_text(v.id, "i");
    expect_text(v.url, "i");
    expect_text(v.either, "c");
    cr_assert_not(v.missing.set);
    OK(read_first("CREATE TABLE t AS SELECT 'u' _id, 'own' url, 'ab' \"a.b\", 'c' c", &named_type,
                  &v));
    expect_text(v.id, "u");
    expect_text(v.url, "own");
    expect_text(v.either, "ab");
}

Test(sqlite_rows, required_and_size)
{
    every v;
    FAILED(read_first("CREATE TABLE t AS SELECT NULL id", &every_type, &v), JOIST_FATAL,
           "\"id\" is required");
    FAILED(read_first("CREATE TABLE t AS SELECT 1 n", &every_type, &v), JOIST_FATAL,
           "\"id\" is required");
    query.max_record = 16;      /* any number counts as eight bytes */
    OK(read_first("CREATE TABLE t AS SELECT '12345678' id, 99 n, 'unread' z", &every_type, &v));
    FAILED(read_first("CREATE TABLE t AS SELECT '123456789' id, 99 n", &every_type, &v),
           JOIST_FATAL, "longer");
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* The ids of all rows of the query, with blanks between them, and in *numbers those of the rows. */
static joist_text all_ids(joist_text *numbers)
{
    static char ids[256], ns[256];
    every v;
    bool more;
    size_t size, at = 0, n = 0;
    jst_sqlite_rows *r = jst_sqlite_rows_open(&query, &error);
    cr_assert_not_null(r, "%s", error.message);
    while (jst_sqlite_rows_next(r, &v, &size, &more, arena, &error) == JOIST_OK && more) {
        at += (size_t)snprintf(ids + at, sizeof ids - at, "%.*s ", JOIST_ARG(v.id));
        n += (size_t)snprintf(ns + n, sizeof ns - n, "%d ", (int)jst_sqlite_rows_number(r));
    }
    jst_sqlite_rows_close(r);
    *numbers = (joist_text){ ns, n };
    return (joist_text){ ids, at };
}

static void expect_rows(jst_sqlite_range range, const char *ids, const char *numbers)
{
    joist_text got_numbers;
    query.range = range;
    joist_text got = all_ids(&got_numbers);
    cr_expect(joist_text_equal(got, joist_text_of(ids)), "%.*s, not %s", JOIST_ARG(got), ids);
    cr_expect(joist_text_equal(got_numbers, joist_text_of(numbers)), "%.*s, not %s",
              JOIST_ARG(got_numbers), numbers);
}

Test(sqlite_rows, a_range_of_rowids)
{
    run_sql(path.text, "CREATE TABLE t (id TEXT, n); INSERT INTO t (rowid, id) VALUES (2, 'a'),"
                       " (3, 'b'), (5, 'c'), (9223372036854775807, 'd')");
    expect_rows((jst_sqlite_range){ true, 1, 4 }, "a b ", "2 3 ");
    expect_rows((jst_sqlite_range){ true, 5, 5 }, "c ", "5 ");
    expect_rows((jst_sqlite_range){ true, 6, 100 }, "", "");
    expect_rows((jst_sqlite_range){ 0 }, "a b c d ", "1 2 3 4 ");
}

Test(sqlite_rows, a_range_of_a_table_whose_columns_are_called_rowid)
{
    run_sql(path.text, "CREATE TABLE t (id TEXT, rowid, _RowId_); INSERT INTO t VALUES"
                       " ('a', 7, 7), ('b', 8, 8)");
    expect_rows((jst_sqlite_range){ true, 2, 8 }, "b ", "2 ");
}

/* An index with all columns that are asked for would be shorter to walk over. */
Test(sqlite_rows, rows_come_in_their_own_order)
{
    run_sql(path.text, "CREATE TABLE t (id TEXT, other TEXT); CREATE INDEX i ON t (id);"
                       "INSERT INTO t VALUES ('c', 'x'), ('a', 'x'), ('b', 'x')");
    expect_rows((jst_sqlite_range){ 0 }, "c a b ", "1 2 3 ");
    expect_rows((jst_sqlite_range){ true, 1, 2 }, "c a ", "1 2 ");
}

static void expect_span(const char *sql, bool set, int64_t first, int64_t last)
{
    jst_sqlite_range span;
    unlink(path.text);
    run_sql(path.text, sql);
    OK(jst_sqlite_rows_span(&query, &span, &error));
    cr_expect_eq(span.set, set, "%s", sql);
    if (set)
        cr_expect(span.first == first && span.last == last, "%s", sql);
}

Test(sqlite_rows, the_span_of_a_table)
{
    expect_span("CREATE TABLE t (id); INSERT INTO t (rowid) VALUES (3), (17)", true, 3, 17);
    expect_span("CREATE TABLE t (id, rowid); INSERT INTO t VALUES (1, 99)", true, 1, 1);
    expect_span("CREATE TABLE t (id)", false, 0, 0);
    expect_span("CREATE TABLE t (id); INSERT INTO t (rowid) VALUES (0), (17)", false, 0, 0);
    expect_span("CREATE TABLE t (id); INSERT INTO t (rowid) VALUES (-5), (17)", false, 0, 0);
    expect_span("CREATE TABLE t (id PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES (1)", false, 0,
                0);
    expect_span("CREATE TABLE t (rowid, _rowid_, oid); INSERT INTO t VALUES (1, 2, 3)", false, 0, 0);
    expect_span("PRAGMA journal_mode = WAL; CREATE TABLE t (id); INSERT INTO t VALUES (1)", false, 0,
                0);
}

/* ---------------------------------------------------------------------------------------------- */

Test(sqlite_rows, a_hostile_table_name)
{
    bool any = false;
    query.table = JOIST_TEXT("x\"; DROP TABLE t; --");
    run_sql(path.text, "CREATE TABLE t (id); CREATE TABLE \"x\"\"; DROP TABLE t; --\" (id)");
    OK(jst_sqlite_rows_any(&query, &any, &error));
    cr_assert_not(any);
    run_sql(path.text, "INSERT INTO \"x\"\"; DROP TABLE t; --\" VALUES (1)");
    OK(jst_sqlite_rows_any(&query, &any, &error));
    cr_assert(any);
    EXPECT(path.text, "SELECT count(*) FROM t", "0");
}

/* A page in the middle of the file is destroyed: the rows before it are read, then the run ends. */
Test(sqlite_rows, a_damaged_file_is_an_error_half_way)
{
    enum { PAGE = 512 };
    run_sql(path.text,
            "PRAGMA page_size = 512; CREATE TABLE t (id TEXT); WITH RECURSIVE c(i) AS"
            " (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500) INSERT INTO t SELECT"
            " printf('%050d', i) FROM c");
    FILE *f = fopen(path.text, "r+");
    char junk[PAGE];
    memset(junk, 0xa5, sizeof junk);
    fseek(f, 20 * PAGE, SEEK_SET);
    fwrite(junk, 1, PAGE, f);
    fclose(f);
    every v;
    bool more = true;
    size_t size, rows = 0;
    joist_status status = JOIST_OK;
    jst_sqlite_rows *r = jst_sqlite_rows_open(&query, &error);
    for (; (status = jst_sqlite_rows_next(r, &v, &size, &more, arena, &error)) == JOIST_OK && more;
         rows++)
        ;
    jst_sqlite_rows_close(r);
    cr_assert_eq(status, JOIST_FAILED);
    cr_assert(strstr(error.message, "damaged"), "%s", error.message);
    cr_assert(rows > 0 && rows < 500);
}
