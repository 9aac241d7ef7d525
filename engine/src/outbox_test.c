/* SPDX-License-Identifier: Apache-2.0
 * Messages after the commit: what is retried, for how long, how it is marked, and that whatever the
 * endpoint does, the data is done. */
#include "run_test.h"

#define NOTE(F, T)                                                                                \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, status) F(T, int64_t, attempts)         \
    F(T, joist_text, last_error) F(T, joist_time, created_at) F(T, joist_time, updated_at)        \
    F(T, joist_json, body)
JOIST_RECORD(note, NOTE);

enum { MOST = 400, PAGE = 128, TRIES = 5 };
static note notes[MOST];
static char ids[MOST][24];
static const char *endpoint, *store;

static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    note_coll in = joist_read(note, p, .uri = JOIST_TEXT("mem:in"));
    joist_write(in, .uri = joist_text_of(store), .key = JOIST_FIELDS(note, id), .outbox = true,
                .endpoint = joist_text_of(endpoint), .name = "mail");
}
static const joist_pipeline_def def = { .name = "def", .build = build,
                                        .connectors = mem_connectors };
static joist_pipeline *p;
static joist_run_options o;

static void messages(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(ids[i], sizeof ids[i], "m%03zu", i);
        notes[i] = (note){ .id = joist_text_of(ids[i]), .status = JOIST_TEXT("pending"),
                           .body = { "{}", 2 } };
    }
    world.inputs[0] = (mem_input){ "in", notes, n, sizeof *notes, .per_file = 10 };
}

static void set_up(void)
{
    make_dir();
    endpoint = "post:there";
    store = "mem:out";
    p = joist_pipeline_new(&def);
    o = defaults();
    messages(3);
}

static void tear_down(void)
{
    joist_pipeline_free(p);
    drop_dir();
}

TestSuite(outbox, .init = set_up, .fini = tear_down);

static const mem_mail *mail(const char *key)
{
    for (size_t i = 0; i < world.mail_count; i++)
        if (strcmp(world.mail[i].key, key) == 0)
            return &world.mail[i];
    cr_assert(0, "no mail %s", key);
    return NULL;
}

static size_t with_status(const char *status)
{
    size_t n = 0;
    for (size_t i = 0; i < world.mail_count; i++)
        n += strcmp(world.mail[i].status, status) == 0;
    return n;
}

static void numbers(uint64_t sent, uint64_t failed, uint64_t pending)
{
    cr_expect_eq(report->mail_sent, sent, "%d sent", (int)report->mail_sent);
    cr_expect_eq(report->mail_failed, failed, "%d failed", (int)report->mail_failed);
    cr_expect_eq(report->mail_pending, pending, "%d pending", (int)report->mail_pending);
    cr_expect_eq(with_status("sent"), sent);
    cr_expect_eq(with_status("failed"), failed);
    cr_expect_eq(with_status("pending"), pending);
    cr_expect(report->sinks[0].committed);
    cr_expect(strstr(seen("out.notes"), "\"id\":\"m000\""));
}

static void reply_busy(joist_reply *r, int64_t after)
{
    *r = (joist_reply){ JOIST_RETRY, after, "busy" };
}

Test(outbox, all_sent)
{
    DONE(p, &o);
    numbers(3, 0, 0);
    cr_expect_eq(world.sends, 1);
    cr_expect_eq(mail("m001")->attempts, 1);
    cr_expect_str_eq(mail("m001")->error, "");
    cr_expect(strstr(world.log, "commit:out") < strstr(world.log, "send:mail"));
}

Test(outbox, pages)
{
    messages(300);
    DONE(p, &o);
    numbers(300, 0, 0);
    cr_expect_eq(world.sends, 3);
}

/* ---- trying again ---------------------------------------------------------------------------- */

static void m001_busy_twice(const joist_message_row *row, joist_reply *r)
{
    if (joist_text_equal(row->key, JOIST_TEXT("m001")) && world.sends < 3)
        reply_busy(r, 0);
}

Test(outbox, what_is_busy_is_tried_again_alone)
{
    world.answer = m001_busy_twice;
    DONE(p, &o);
    numbers(3, 0, 0);
    cr_expect_eq(world.sends, 3);
    cr_expect_eq(mail("m001")->attempts, 3);
    cr_expect_eq(mail("m002")->attempts, 1);
    cr_expect_eq(the_env.slept, 200 + 400);
}

static void wait_three_seconds(const joist_message_row *row, joist_reply *r)
{
    if (joist_text_equal(row->key, JOIST_TEXT("m001")) && world.sends == 1)
        reply_busy(r, 3000);
}

static void wait_a_day(const joist_message_row *row, joist_reply *r)
{
    if (joist_text_equal(row->key, JOIST_TEXT("m001")) && world.sends == 1)
        reply_busy(r, 86400 * 1000);
}

Test(outbox, waits_as_long_as_the_endpoint_asks_within_reason)
{
    world.answer = wait_three_seconds;
    DONE(p, &o);
    cr_expect_eq(the_env.slept, 3000);
    world.mail_count = 0;
    world.sends = 0;
    world.answer = wait_a_day;
    DONE(p, &o);
    cr_expect_eq(the_env.slept, 3000 + 10000);
    numbers(3, 0, 0);
}

static void m001_always_busy(const joist_message_row *row, joist_reply *r)
{
    if (joist_text_equal(row->key, JOIST_TEXT("m001")))
        reply_busy(r, 0);
}

Test(outbox, gives_a_message_up_after_so_many_tries)
{
    world.answer = m001_always_busy;
    DONE(p, &o);
    numbers(2, 1, 0);
    cr_expect_eq(world.sends, TRIES);
    cr_expect_eq(mail("m001")->attempts, TRIES);
    cr_expect_str_eq(mail("m001")->error, "busy");
    cr_expect_eq(report->rejected, 0, "what was only late is no dead letter");
}

Test(outbox, attempts_of_earlier_runs_count)
{
    snprintf(world.mail[0].key, sizeof world.mail[0].key, "m990");
    snprintf(world.mail[0].status, sizeof world.mail[0].status, "pending");
    world.mail[0].attempts = 7;
    world.mail_count = 1;
    DONE(p, &o);
    cr_expect_eq(mail("m990")->attempts, 8);
    numbers(4, 0, 0);
}

/* ---- an endpoint that is down ---------------------------------------------------------------- */

static void always_busy(const joist_message_row *row, joist_reply *r)
{
    (void)row;
    reply_busy(r, 0);
}

Test(outbox, a_page_of_which_nothing_arrives_is_the_last)
{
    messages(300);
    world.answer = always_busy;
    DONE(p, &o);
    numbers(0, PAGE, 300 - PAGE);
    cr_expect_eq(world.sends, TRIES);
}

Test(outbox, a_sender_that_cannot_be_opened_leaves_all_pending)
{
    world.faults[0] = (mem_fault){ "post:there", 1, JOIST_FAILED, "no such host" };
    DONE(p, &o);
    numbers(0, 0, 3);
    cr_expect_eq(world.sends, 0);
}

Test(outbox, a_store_that_cannot_be_asked_leaves_all_pending)
{
    world.faults[0] = (mem_fault){ "pending:out", 1, JOIST_FAILED, "locked" };
    DONE(p, &o);
    cr_expect_eq(world.sends, 0);
    numbers(0, 0, 3);
}

/* A message whose mark is lost is posted again by the next run, with the same key. */
Test(outbox, a_mark_that_fails_leaves_the_message_pending)
{
    world.faults[0] = (mem_fault){ "mark:out", 1, JOIST_FAILED, "locked" };
    DONE(p, &o);
    numbers(2, 0, 1);
}

/* The first two marks of the run are busy. */
Test(outbox, a_mark_of_a_busy_store_is_tried_again)
{
    world.faults[0] = (mem_fault){ "mark:out", 2, JOIST_RETRY, "busy" };
    DONE(p, &o);
    numbers(3, 0, 0);
}

Test(outbox, without_an_endpoint_all_stay_pending)
{
    endpoint = "";
    DONE(p, &o);
    numbers(0, 0, 3);
}

Test(outbox, a_store_without_outbox_keeps_them_as_rows)
{
    store = "plain:out";
    DONE(p, &o);
    cr_expect_eq(report->mail_pending, 3);
    cr_expect_eq(world.sends, 0);
}

Test(outbox, a_dry_run_posts_nothing)
{
    o.dry_run = true;
    DONE(p, &o);
    cr_expect_eq(world.sends, 0);
}

/* ---- refused --------------------------------------------------------------------------------- */

static void m001_refused(const joist_message_row *row, joist_reply *r)
{
    if (joist_text_equal(row->key, JOIST_TEXT("m001")))
        *r = (joist_reply){ JOIST_REJECTED, 0, "410 gone" };
}

static char *dead_letters(void)
{
    static char text[1 << 14];
    FILE *f = fopen(report->dead.ptr, "r");
    cr_assert_not_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

Test(outbox, a_refused_message_is_a_dead_letter_with_its_source)
{
    o.dead = joist_text_of(test_dir);
    world.answer = m001_refused;
    DONE(p, &o);
    numbers(2, 1, 0);
    cr_expect_str_eq(mail("m001")->error, "410 gone");
    const char *text = dead_letters();
    cr_expect(strstr(text, "\"stage\":\"mail\",\"code\":\"mail_failed\",\"message\":\"410 gone\""),
              "%s", text);
    cr_expect(strstr(text, "\"uri\":\"mem:in\",\"offset\":10,\"line\":2,\"record\":1}"), "%s",
              text);
    cr_expect(strstr(text, "\"element\":{\"id\":\"m001\","), "%s", text);
    cr_expect_eq(strchr(text, '\n')[1], '\0', "one line");
}

static void m002_refused(const joist_message_row *row, joist_reply *r)
{
    if (joist_text_equal(row->key, JOIST_TEXT("m002")))
        *r = (joist_reply){ JOIST_REJECTED, 0, "410 gone" };
}

/* The file was written before the commit; with the refused messages it is written whole again, in
 * input order. */
Test(outbox, dead_letters_of_both_rounds_are_in_one_file)
{
    messages(5);
    o.dead = joist_text_of(test_dir);
    world.inputs[0].reject = "bad_json";
    world.answer = m002_refused;
    DONE(p, &o);
    cr_expect_eq(report->rejected, 2);
    const char *text = dead_letters(), *first = strstr(text, "\"message\":\"record 1\""),
               *second = strstr(text, "\"code\":\"mail_failed\""),
               *third = strstr(text, "\"message\":\"record 3\"");
    cr_expect(first && second && third && first < second && second < third, "%s", text);
    cr_expect(strstr(text, "\"raw\":\"cmF3\""), "%s", text);
    numbers(2, 1, 0);
}

Test(outbox, a_signal_while_posting_leaves_the_rest_pending)
{
    messages(300);
    world.stop_at = "send:mail";
    cr_expect_eq(run_it(p, &o), JOIST_FAILED);
    cr_expect_str_eq(report->status, "interrupted");
    numbers(PAGE, 0, 300 - PAGE);
}
