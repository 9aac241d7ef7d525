/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the SQLite store share: asking a database file directly. */
#ifndef JST_SQLITE_TEST_H
#define JST_SQLITE_TEST_H

#include "store_test.h"
#include "write_sqlite.h"

JOIST_INLINE sqlite3 *direct(const char *path)
{
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
                 SQLITE_OK);
    return db;
}

JOIST_INLINE void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = direct(path);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s", sql,
                 sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* All values of the answer, columns by '|', rows by '\n', NULL as "null". */
JOIST_INLINE test_name ask(const char *path, const char *sql)
{
    test_name out = { "" };
    size_t len = 0;
    sqlite3 *db = direct(path);
    sqlite3_stmt *s = NULL;
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    for (int rc; (rc = sqlite3_step(s)) != SQLITE_DONE;) {
        cr_assert_eq(rc, SQLITE_ROW, "%s", sqlite3_errmsg(db));
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *v = (const char *)sqlite3_column_text(s, i);
            len += (size_t)snprintf(out.text + len, sizeof out.text - len, "%s%s",
                                    i ? "|" : len ? "\n" : "", v ? v : "null");
            cr_assert_lt(len, sizeof out.text);
        }
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return out;
}

#define EXPECT(path, sql, answer) cr_assert_str_eq(ask(path, sql).text, answer)

JOIST_INLINE joist_status open_store(const char *uri, const joist_table_spec *tables, size_t count,
                                     joist_store **out)
{
    *out = NULL;
    return jst_sqlite_store.open(joist_text_of(uri), tables, count, NULL, ENV, out, &error);
}

JOIST_INLINE joist_store *opened(const char *uri, const joist_table_spec *tables, size_t count)
{
    joist_store *s;
    OK(open_store(uri, tables, count, &s));
    return s;
}

JOIST_INLINE void commit_and_close(joist_store *s)
{
    OK(s->ops->prepare(s, &error));
    OK(s->ops->commit(s, &error));
    s->ops->close(s);
}

#endif
