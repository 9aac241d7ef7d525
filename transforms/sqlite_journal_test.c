/* SPDX-License-Identifier: Apache-2.0
 * The journal as a file: what is kept, who gets a lease among processes, what is refused. */
#include "sqlite_journal.h"

#include "sqlite_test.h"

#include <sys/wait.h>

enum { NOW = 1700000000 };          /* seconds */
#define MS(seconds) ((NOW + (int64_t)(seconds)) * 1000)

static joist_arena *arena;
static test_name uri, store_path, path;

static void begin(void)
{
    make_dir();
    arena = joist_arena_new();
    uri = name_in("sqlite:", "out/latest.db");
    store_path = name_in("", "out/latest.db");
    path = name_in("", "out/latest.db-runs");
}

static void end(void)
{
    joist_arena_free(arena);
    drop_dir();
}

TestSuite(sqlite_journal, .init = begin, .fini = end);

static joist_status open_journal(const char *pipeline, bool create, joist_journal **out)
{
    error = (joist_error){ 0 };
    return jst_sqlite_journal.open(joist_text_of(uri.text), joist_text_of(pipeline), create, ENV,
                                   out, &error);
}

static joist_journal *opened_journal(void)
{
    joist_journal *j;
    OK(open_journal("p", true, &j));
    return j;
}

static joist_journal *opened_with_store(void)
{
    joist_journal *j = opened_journal();
    write_file(store_path.text, "");
    return j;
}

static joist_status take_at(joist_journal *j, const char *window, const char *holder, int64_t at,
                            joist_journal_entry *entry)
{
    joist_lease_request want = { joist_text_of(window), joist_text_of(holder), MS(at),
                                 MS(at + 600) };
    error = (joist_error){ 0 };
    return jst_sqlite_journal.take(j, &want, arena, entry, &error);
}

static joist_journal_entry taken(joist_journal *j, const char *window)
{
    joist_journal_entry entry;
    OK(take_at(j, window, "a", 0, &entry));
    return entry;
}

static joist_status put(joist_journal *j, const joist_journal_entry *entry)
{
    error = (joist_error){ 0 };
    return jst_sqlite_journal.put(j, entry, &error);
}

static void finish(joist_journal *j, const char *window)
{
    joist_journal_entry entry = taken(j, window);
    entry.state = JOIST_TEXT("done");
    entry.holder = JOIST_NO_TEXT;
    OK(put(j, &entry));
}

/* "window:state" of each, by ' '. */
static const char *listed(joist_journal *j, const char *since, const char *until)
{
    joist_journal_entry *entries;
    size_t count;
    joist_buffer out = joist_buffer_in(arena, 64);
    OK(jst_sqlite_journal.list(j, joist_text_of(since), joist_text_of(until), arena, &entries,
                               &count, &error));
    for (size_t i = 0; i < count; i++)
        joist_buffer_printf(&out, "%s%.*s:%.*s", i ? " " : "", JOIST_ARG(entries[i].window),
                            JOIST_ARG(entries[i].state));
    joist_buffer_byte(&out, '\0');
    return out.ptr;
}

Test(sqlite_journal, there_is_none_until_one_is_asked_for)
{
    joist_journal *j = NULL;
    OK(open_journal("p", false, &j));
    cr_expect_null(j);
    cr_expect_not(file_exists(path.text));
    j = opened_journal();
    cr_expect(file_exists(path.text));
    cr_expect_not(file_exists(store_path.text));
    j->ops->close(j);
    OK(open_journal("p", false, &j));
    cr_expect_not_null(j);
    j->ops->close(j);
}

Test(sqlite_journal, keeps_every_field_of_an_entry)
{
    joist_journal *j = opened_with_store();
    joist_journal_entry entry = taken(j, "2026-08-20T09"), *back;
    size_t count;
    entry.state = JOIST_TEXT("history committed");
    entry.run = JOIST_TEXT("r1");
    entry.digest = JOIST_TEXT("abc");
    entry.started = JOIST_TIME_MS(MS(1));
    entry.ended = JOIST_TIME_MS(MS(2));
    entry.records = 5;
    entry.events = 4;
    entry.rejected = 1;
    entry.rows = 9;
    entry.exit_code = 4;
    entry.error = JOIST_TEXT("'quoted'; \"too\"");
    OK(put(j, &entry));
    j->ops->close(j);
    OK(open_journal("p", false, &j));
    OK(j->ops->list(j, JOIST_NO_TEXT, JOIST_NO_TEXT, arena, &back, &count, &error));
    cr_assert_eq(count, 1);
    joist_buffer a = joist_buffer_in(arena, 64), b = joist_buffer_in(arena, 64);
    joist_json_write_record(&a, &joist_journal_entry_type, &entry, 0);
    joist_json_write_record(&b, &joist_journal_entry_type, back, 0);
    cr_expect(joist_text_equal(joist_buffer_view(&a), joist_buffer_view(&b)), "%.*s\n%.*s",
              (int)a.len, a.ptr, (int)b.len, b.ptr);
    j->ops->close(j);
}

Test(sqlite_journal, lists_oldest_first_within_bounds)
{
    joist_journal *j = opened_with_store();
    finish(j, "2026-08-20T10");
    finish(j, "2026-08-19T23");
    finish(j, "2026-08-20T09");
    cr_expect_str_eq(listed(j, "", ""), "2026-08-19T23:done 2026-08-20T09:done 2026-08-20T10:done");
    cr_expect_str_eq(listed(j, "2026-08-20T09", ""), "2026-08-20T09:done 2026-08-20T10:done");
    cr_expect_str_eq(listed(j, "", "2026-08-20T09"), "2026-08-19T23:done");
    cr_expect_str_eq(listed(j, "2026-08-21T00", ""), "");
    j->ops->close(j);
}

Test(sqlite_journal, pipelines_do_not_see_each_other_but_nobody_in_particular_sees_all)
{
    joist_journal *a = opened_with_store(), *b, *all;
    OK(open_journal("q", true, &b));
    finish(a, "2026-08-20T09");
    finish(b, "2026-08-20T10");
    cr_expect_str_eq(listed(a, "", ""), "2026-08-20T09:done");
    cr_expect_str_eq(listed(b, "", ""), "2026-08-20T10:done");
    OK(open_journal("", false, &all));
    cr_expect_str_eq(listed(all, "", ""), "2026-08-20T09:done 2026-08-20T10:done");
    all->ops->close(all);
    a->ops->close(a);
    b->ops->close(b);
}

Test(sqlite_journal, a_held_window_is_refused_until_its_lease_expires)
{
    joist_journal *a = opened_with_store(), *b = opened_journal();
    joist_journal_entry mine = taken(a, "2026-08-20T09"), theirs;
    cr_expect_eq(mine.number, NOW);
    cr_expect(joist_text_equal(mine.pipeline, JOIST_TEXT("p")));
    cr_assert_eq(take_at(b, "2026-08-20T09", "b", 599, &theirs), JOIST_REJECTED);
    cr_expect(joist_text_equal(theirs.holder, JOIST_TEXT("a")));
    cr_expect_eq(theirs.lease_until.ms, MS(600));
    OK(take_at(b, "2026-08-20T10", "b", 1, &theirs));
    OK(take_at(b, "2026-08-20T09", "b", 600, &theirs));
    cr_expect_eq(theirs.number, NOW + 600);
    a->ops->close(a);
    b->ops->close(b);
}

Test(sqlite_journal, who_lost_the_lease_can_put_nothing)
{
    joist_journal *j = opened_with_store();
    joist_journal_entry mine = taken(j, "2026-08-20T09"), theirs;
    OK(put(j, &mine));
    OK(take_at(j, "2026-08-20T09", "b", 601, &theirs));
    mine.state = JOIST_TEXT("done");
    cr_expect_eq(put(j, &mine), JOIST_REJECTED);
    theirs.state = JOIST_TEXT("planned");
    OK(put(j, &theirs));
    cr_expect_str_eq(listed(j, "", ""), "2026-08-20T09:planned");
    mine.window = JOIST_TEXT("2026-08-20T11");
    cr_expect_eq(put(j, &mine), JOIST_REJECTED);
    j->ops->close(j);
}

Test(sqlite_journal, with_the_store_gone_only_numbers_and_leases_count)
{
    joist_journal *j = opened_with_store();
    finish(j, "2026-08-20T09");
    joist_journal_entry entry = taken(j, "2026-08-20T10"), again;
    entry.state = JOIST_TEXT("history committed");
    OK(put(j, &entry));
    remove(store_path.text);
    cr_expect_str_eq(listed(j, "", ""), "2026-08-20T10:history committed", "its run goes on");
    cr_expect_eq(take_at(j, "2026-08-20T10", "b", 1, &again), JOIST_REJECTED);
    OK(take_at(j, "2026-08-20T09", "b", 1, &again));
    cr_expect_eq(again.number, NOW + 1);
    cr_expect_eq(again.state.len, 0);
    write_file(store_path.text, "");
    cr_expect_str_eq(listed(j, "", ""), "2026-08-20T09: 2026-08-20T10:history committed",
                     "a new store does not bring back what was said of the old one");
    j->ops->close(j);
}

Test(sqlite_journal, a_window_only_taken_and_given_back_is_no_entry)
{
    joist_journal *j = opened_with_store();
    joist_journal_entry entry = taken(j, "2026-08-20T09");
    cr_expect_str_eq(listed(j, "", ""), "2026-08-20T09:");
    entry.holder = JOIST_NO_TEXT;
    OK(put(j, &entry));
    cr_expect_str_eq(listed(j, "", ""), "");
    OK(take_at(j, "2026-08-20T09", "b", 0, &entry));
    cr_expect_eq(entry.number, NOW + 1);
    j->ops->close(j);
}

Test(sqlite_journal, a_file_without_its_table_is_finished_by_the_next)
{
    joist_journal *j = opened_with_store();
    j->ops->close(j);
    remove(path.text);
    write_file(path.text, "");
    OK(open_journal("p", false, &j));
    cr_expect_null(j);
    j = opened_journal();
    taken(j, "2026-08-20T09");
    j->ops->close(j);
}

Test(sqlite_journal, another_schema_is_refused_before_anything_is_written)
{
    joist_journal *j = opened_journal();
    j->ops->close(j);
    remove(path.text);
    run_sql(path.text, "CREATE TABLE runs (a TEXT)");
    FAILED(open_journal("p", true, &j), JOIST_FATAL, "another schema than the record");
    FAILED(open_journal("p", false, &j), JOIST_FATAL, "another schema than the record");
    EXPECT(path.text, "SELECT sql FROM sqlite_schema", "CREATE TABLE runs (a TEXT)");
}

Test(sqlite_journal, what_is_no_database_is_refused)
{
    joist_journal *j = opened_journal();
    j->ops->close(j);
    write_file(path.text, "not a database, but long enough to be looked at as if it were one ..."
                          "........................................................");
    FAILED(open_journal("p", false, &j), JOIST_FATAL, "not a SQLite database");
    remove(path.text);
    mkdir(path.text, 0777);
    FAILED(open_journal("p", true, &j), JOIST_FATAL, "is a directory, not a database");
}

Test(sqlite_journal, a_read_only_one_can_be_listed_and_says_why_it_takes_nothing)
{
    joist_journal *j = opened_with_store();
    joist_journal_entry entry;
    finish(j, "2026-08-20T09");
    j->ops->close(j);
    if (geteuid() == 0)
        cr_skip_test("root may write everything");
    chmod(path.text, 0444);
    OK(open_journal("p", true, &j));
    cr_expect_str_eq(listed(j, "", ""), "2026-08-20T09:done");
    FAILED(take_at(j, "2026-08-20T09", "a", 0, &entry), JOIST_FATAL, "it is read-only here");
    j->ops->close(j);
}

Test(sqlite_journal, somebody_elses_transaction_is_waited_for_and_then_temporary)
{
    joist_journal *j = opened_with_store();
    joist_journal_entry entry;
    sqlite3 *db = direct(path.text);
    cr_assert_eq(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    int64_t slept = env_for_tests.slept;
    FAILED(take_at(j, "2026-08-20T09", "a", 0, &entry), JOIST_TEMPORARY, "holds its lock");
    cr_expect_geq(env_for_tests.slept - slept, 5000);
    sqlite3_close(db);
    OK(take_at(j, "2026-08-20T09", "a", 0, &entry));
    j->ops->close(j);
}

/* Processes, not threads: SQLite's locks are those of processes. */
static int try_to_take(int who)
{
    joist_journal *j = NULL;
    joist_journal_entry entry;
    char holder[16];
    snprintf(holder, sizeof holder, "h%d", who);
    if (jst_sqlite_journal.open(joist_text_of(uri.text), JOIST_TEXT("p"), true,
                                joist_env_system(), &j, &error) != JOIST_OK)
        return 2;
    joist_status status = take_at(j, "2026-08-20T09", holder, 0, &entry);
    j->ops->close(j);
    return status == JOIST_OK ? 0 : status == JOIST_REJECTED ? 1 : 2;
}

Test(sqlite_journal, of_many_processes_that_begin_at_once_one_gets_the_lease)
{
    enum { PROCESSES = 8 };
    int answers[3] = { 0 }, status;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            _exit(try_to_take(i));
    for (int i = 0; i < PROCESSES; i++) {
        cr_assert_gt(wait(&status), 0);
        cr_assert(WIFEXITED(status));
        answers[WEXITSTATUS(status)]++;
    }
    cr_expect_eq(answers[0], 1);
    cr_expect_eq(answers[1], PROCESSES - 1);
}
