/* SPDX-License-Identifier: Apache-2.0
 * A run with a lease over a real database: what it leaves there, and when it comes too late. */
#include "sqlite_test.h"

#define VISIT(F, T) F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_time, hour)
JOIST_RECORD(visit, VISIT);

static const joist_table_spec visit_spec = {
    .table = { "visits", 6 }, .type = &visit_type,
    .key = { 2, { offsetof(visit, hour), offsetof(visit, id) } },
    .window = { 1, { offsetof(visit, hour) } }, .hour = { "2026-08-20T09", 13 } };

static test_name uri, path;

static void begin(void)
{
    make_dir();
    uri = name_in("sqlite:", "x.db");
    path = name_in("", "x.db");
}

TestSuite(sqlite_fence, .init = begin, .fini = drop_dir);

static joist_run_identity run_of(int64_t number)
{
    return (joist_run_identity){ JOIST_TEXT("p"), JOIST_TEXT("2026-08-20T09"),
                                 number == 7 ? JOIST_TEXT("seven") : JOIST_TEXT("other"), number };
}

static joist_status open_as(const joist_run_identity *run, joist_store **out)
{
    *out = NULL;
    error = (joist_error){ 0 };
    return jst_sqlite_store.open(joist_text_of(uri.text), &visit_spec, 1, run, ENV, out, &error);
}

static joist_status put(joist_store *s, const char *id)
{
    joist_time hour;
    cr_assert(joist_hour_parse(visit_spec.hour, &hour));
    error = (joist_error){ 0 };
    return WRITE(s, 0, ((visit[]){ { joist_text_of(id), hour } }));
}

static void run_once(int64_t number, const char *id)
{
    joist_run_identity run = run_of(number);
    joist_store *s;
    OK(open_as(&run, &s));
    if (id)
        OK(put(s, id));
    commit_and_close(s);
}

#define COMMITS "SELECT pipeline, \"window\", number, run, committed_at FROM joist_commits"

Test(sqlite_fence, the_store_tells_which_run_its_rows_are_of)
{
    run_once(7, "a");
    EXPECT(path.text, COMMITS, "p|2026-08-20T09|7|seven|2023-11-14T22:13:20.000Z");
    run_once(7, "b");
    run_once(8, "c");
    EXPECT(path.text, COMMITS, "p|2026-08-20T09|8|other|2023-11-14T22:13:20.000Z");
    EXPECT(path.text, "SELECT id FROM visits", "c");
}

Test(sqlite_fence, a_run_without_a_lease_is_not_compared_and_leaves_nothing)
{
    joist_store *s;
    run_once(0, "a");
    EXPECT(path.text, "SELECT count(*) FROM sqlite_schema WHERE name = 'joist_commits'", "0");
    run_once(7, "b");
    run_once(0, "c");
    OK(open_as(NULL, &s));
    OK(put(s, "d"));
    commit_and_close(s);
    EXPECT(path.text, "SELECT number FROM joist_commits", "7");
    EXPECT(path.text, "SELECT id FROM visits", "d");
}

Test(sqlite_fence, a_window_without_rows_is_committed_all_the_same)
{
    run_once(7, NULL);
    EXPECT(path.text, "SELECT number FROM joist_commits", "7");
    EXPECT(path.text, "SELECT count(*) FROM visits", "0");
}

Test(sqlite_fence, a_later_run_is_met_at_open)
{
    joist_run_identity late = run_of(6);
    joist_store *s;
    run_once(7, "a");
    FAILED(open_as(&late, &s), JOIST_TEMPORARY, "window 2026-08-20T09 belongs to a later run by"
           " now, seven with number 7; this one has 6");
    EXPECT(path.text, "SELECT id FROM visits", "a");
}

Test(sqlite_fence, one_that_committed_since_open_is_met_at_the_first_row)
{
    joist_run_identity late = run_of(6);
    joist_store *s;
    OK(open_as(&late, &s));
    run_once(7, "a");
    FAILED(put(s, "b"), JOIST_TEMPORARY, "belongs to a later run");
    cr_expect_eq(s->ops->prepare(s, &error), JOIST_FAILED);
    cr_expect_eq(s->ops->commit(s, &error), JOIST_FAILED);
    s->ops->close(s);
    EXPECT(path.text, "SELECT id FROM visits", "a");
    EXPECT(path.text, "SELECT number FROM joist_commits", "7");
}

Test(sqlite_fence, or_at_prepare_by_a_run_that_has_no_rows)
{
    joist_run_identity late = run_of(6);
    joist_store *s;
    OK(open_as(&late, &s));
    run_once(7, "a");
    FAILED(s->ops->prepare(s, &error), JOIST_TEMPORARY, "belongs to a later run");
    s->ops->close(s);
    EXPECT(path.text, "SELECT id FROM visits", "a");
}

Test(sqlite_fence, other_windows_and_pipelines_are_none_of_its_business)
{
    joist_run_identity run = run_of(3);
    joist_store *s;
    run_once(7, "a");
    run.window = JOIST_TEXT("2026-08-20T10");
    OK(open_as(&run, &s));
    commit_and_close(s);
    run = run_of(2);
    run.pipeline = JOIST_TEXT("q");
    OK(open_as(&run, &s));
    commit_and_close(s);
    EXPECT(path.text, "SELECT pipeline, \"window\", number FROM joist_commits ORDER BY 1, 2",
           "p|2026-08-20T09|7\np|2026-08-20T10|3\nq|2026-08-20T09|2");
}

Test(sqlite_fence, another_table_of_that_name_is_refused)
{
    joist_run_identity run = run_of(7);
    joist_store *s;
    run_sql(path.text, "CREATE TABLE joist_commits (a TEXT)");
    FAILED(open_as(&run, &s), JOIST_FATAL, "\"joist_commits\" has another schema");
}
