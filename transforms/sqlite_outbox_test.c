/* SPDX-License-Identifier: Apache-2.0
 * Tests: sqlite_outbox.c */
#include "sqlite_test.h"

#define MAIL(F, T)                                                                                \
    F(T, joist_text, event_id, JOIST_REQUIRED) F(T, joist_text, status) F(T, int64_t, attempts)   \
    F(T, joist_text, last_error) F(T, joist_time, created_at) F(T, joist_time, updated_at)        \
    F(T, joist_json, body)
JOIST_RECORD(mail, MAIL);

#define T(literal) { "" literal, sizeof(literal) - 1 }

static const joist_table_spec spec = { .table = { "mail_outbox", 11 },
                                       .type = &mail_type,
                                       .outbox = true,
                                       .key = { 1, { offsetof(mail, event_id) } } };
static test_name uri, path;

static void set_up(void)
{
    make_dir();
    uri = name_in("sqlite:", "x.db");
    path = name_in("", "x.db");
}

TestSuite(sqlite_outbox, .init = set_up, .fini = drop_dir);

static mail message(const char *id, const char *body, int64_t at)
{
    return (mail){ .event_id = joist_text_of(id),
                   .status = T("pending"),
                   .created_at = JOIST_TIME_MS(at),
                   .updated_at = JOIST_TIME_MS(at),
                   .body = { body, strlen(body) } };
}

static joist_store *with_messages(void)
{
    mail rows[] = { message("a", "1", 0), message("b", "2", 0), message("c", "3", 0),
                    message("d", "4", 0) };
    joist_store *s = opened(uri.text, &spec, 1);
    OK(WRITE(s, 0, rows));
    OK(s->ops->prepare(s, &error));
    OK(s->ops->commit(s, &error));
    return s;
}

/* The keys and bodies of one page: "a=1 b=2 ". */
static test_name page(joist_store *s, joist_text after, size_t limit)
{
    test_name out = { "" };
    size_t len = 0, count = 99;
    joist_message_row rows[8];
    joist_arena *arena = joist_arena_new();
    OK(s->ops->pending(s, 0, after, limit, rows, &count, arena, &error));
    cr_assert_leq(count, limit);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(out.text + len, sizeof out.text - len, "%.*s=%.*s/%d ",
                                JOIST_ARG(rows[i].key), JOIST_ARG(rows[i].body),
                                (int)rows[i].attempts);
    joist_arena_free(arena);
    return out;
}

static void mark(joist_store *s, const char *key, const char *status, int64_t attempts,
                 const char *why)
{
    OK(s->ops->mark(s, 0, joist_text_of(key), joist_text_of(status), attempts, joist_text_of(why),
                    JOIST_TIME_MS(5), &error));
}

Test(sqlite_outbox, pages_follow_the_key)
{
    joist_store *s = with_messages();
    cr_assert_str_eq(page(s, JOIST_NO_TEXT, 3).text, "a=1/0 b=2/0 c=3/0 ");
    cr_assert_str_eq(page(s, JOIST_TEXT("c"), 3).text, "d=4/0 ");
    cr_assert_str_eq(page(s, JOIST_TEXT("d"), 3).text, "");
    mark(s, "b", "sent", 1, NULL);
    mark(s, "c", "failed", 5, "HTTP 503");
    cr_assert_str_eq(page(s, JOIST_NO_TEXT, 3).text, "a=1/0 d=4/0 ");
    s->ops->close(s);
    EXPECT(path.text, "SELECT event_id, status, attempts, last_error, updated_at FROM mail_outbox"
                      " WHERE event_id IN ('b', 'c') ORDER BY 1",
           "b|sent|1|null|1970-01-01T00:00:00.005Z\nc|failed|5|HTTP 503|1970-01-01T00:00:00.005Z");
}

Test(sqlite_outbox, sent_stays_and_failed_is_pending_again)
{
    joist_store *s = with_messages();
    mark(s, "a", "sent", 1, NULL);
    mark(s, "b", "failed", 5, "why");
    s->ops->close(s);
    mail rows[] = { message("a", "10", 9), message("b", "20", 9), message("c", "30", 9) };
    s = opened(uri.text, &spec, 1);
    OK(WRITE(s, 0, rows));
    commit_and_close(s);
    EXPECT(
        path.text,
        "SELECT event_id, status, attempts, last_error, substr(created_at, 21),"
        " substr(updated_at, 21), body FROM mail_outbox ORDER BY 1",
        "a|sent|1|null|000Z|005Z|1\nb|pending|5|why|000Z|009Z|20\nc|pending|0|null|000Z|009Z|30\n"
        "d|pending|0|null|000Z|000Z|4");
}

Test(sqlite_outbox, without_a_file_or_table_nothing_is_pending)
{
    joist_store *s = opened(uri.text, &spec, 1);
    cr_assert_str_eq(page(s, JOIST_NO_TEXT, 3).text, "");
    FAILED(s->ops->mark(s, 0, JOIST_TEXT("a"), JOIST_TEXT("sent"), 1, JOIST_NO_TEXT,
                        JOIST_TIME_MS(0), &error),
           JOIST_FATAL, "is gone");
    run_sql(path.text, "CREATE TABLE other (x)");
    cr_assert_str_eq(page(s, JOIST_NO_TEXT, 3).text, "");
    s->ops->close(s);
}

Test(sqlite_outbox, marking_what_is_not_there_fails)
{
    joist_store *s = with_messages();
    FAILED(s->ops->mark(s, 0, JOIST_TEXT("zz\n"), JOIST_TEXT("sent"), 1, JOIST_NO_TEXT,
                        JOIST_TIME_MS(0), &error),
           JOIST_FATAL, "no message zz?");
    s->ops->close(s);
}

Test(sqlite_outbox, a_lock_held_by_somebody_is_temporary)
{
    joist_store *s = with_messages();
    sqlite3 *other = direct(path.text);
    sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    FAILED(s->ops->mark(s, 0, JOIST_TEXT("a"), JOIST_TEXT("sent"), 1, JOIST_NO_TEXT,
                        JOIST_TIME_MS(0), &error),
           JOIST_TEMPORARY, "lock");
    sqlite3_close(other);
    mark(s, "a", "sent", 1, NULL);
    s->ops->close(s);
}

Test(sqlite_outbox, pages_come_from_the_index)
{
    joist_store *s = with_messages();
    s->ops->close(s);
    test_name plan =
        ask(path.text, "EXPLAIN QUERY PLAN SELECT event_id, body, attempts FROM mail_outbox"
                       " WHERE status = 'pending' AND event_id > 'a' ORDER BY event_id LIMIT 3");
    cr_assert(strstr(plan.text, "mail_outbox_pending"), "%s", plan.text);
    cr_assert_null(strstr(plan.text, "TEMP B-TREE"), "%s", plan.text);
}

#define NOTE(F, T) F(T, joist_text, event_id) F(T, joist_text, status) F(T, joist_text, attempts)
JOIST_RECORD(note, NOTE);

Test(sqlite_outbox, a_record_that_is_no_message_is_refused)
{
    joist_store *s;
    joist_table_spec bad = { .table = T("notes"), .type = &note_type, .outbox = true };
    FAILED(open_store(uri.text, &bad, 1, &s), JOIST_USAGE, "one text as its key");
    bad.key = JOIST_FIELDS(note, event_id).fields;
    FAILED(open_store(uri.text, &bad, 1, &s), JOIST_USAGE, "a field attempts of kind int");
}
