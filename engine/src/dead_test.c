/* SPDX-License-Identifier: Apache-2.0
 * Dead letters of a run: one for a record and a code, in input order, in one file that is there
 * whole before anything is committed. */
/* Tests: dead.c */
#include "run_test.h"

enum { COUNT = 500, LARGE = 100000 };
static ev evs[COUNT];
static joist_pipeline *p;
static joist_run_options o;
static char *large;
static char path[400];

typedef enum mode { EVERY_FIFTH, TWICE, WITH_RAW } mode;
static mode how;

#define LETTER(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(refuse, LETTER);
static joist_status refuse_process(const refuse_call *v, const ev *e)
{
    if (e->seq % 5)
        return ev_emit(v->out.ok, *e);
    if (how == WITH_RAW)
        return joist_reject_raw(v->ctx, e->seq % 2 ? "odd" : "even",
                                (joist_bytes){ large, e->seq ? 10 : LARGE }, 7, "broken");
    return joist_reject(v->ctx, "even", "number %d", (int)e->seq);
}

/* Gives every element three times. */
JOIST_DOFN(thrice, LETTER);
static joist_status thrice_process(const thrice_call *v, const ev *e)
{
    for (int i = 0; i < 3; i++)
        ev_emit(v->out.ok, *e);
    return JOIST_OK;
}

static void build(joist_pipeline *q, const void *options)
{
    (void)options;
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:in"));
    if (how == TWICE)
        in = JOIST_APPLY(thrice, in).ok;
    joist_write(JOIST_APPLY(refuse, in, .name = "step").ok, .uri = JOIST_TEXT("mem:out"));
}
static const joist_dofn *const dofns[] = { &refuse_dofn, &thrice_dofn, NULL };
static const joist_code codes[] = { { "odd", "odd" }, { "even", "even" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "letters", .dofns = dofns, .codes = codes,
                                        .build = build, .connectors = mem_connectors };

static void set_up(void)
{
    make_dir();
    for (int i = 0; i < COUNT; i++)
        evs[i] = (ev){ .key = JOIST_TEXT("k"), .n = JOIST_INT(i), .seq = i,
                       .tag = JOIST_TEXT("private") };
    world.inputs[0] = (mem_input){ "in", evs, COUNT, sizeof *evs, .per_file = 20 };
    p = joist_pipeline_new(&def);
    o = defaults();
    o.dead = joist_text_of(test_dir);
    o.run_id = JOIST_TEXT("r");
    snprintf(path, sizeof path, "%s/r.jsonl", test_dir);
    large = joist_calloc(LARGE, 1);
}

static void tear_down(void)
{
    joist_pipeline_free(p);
    joist_free(large);
    drop_dir();
}

TestSuite(dead, .init = set_up, .fini = tear_down);

static char *letters(void)
{
    static char text[1 << 18];
    FILE *f = fopen(path, "r");
    cr_assert_not_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

Test(dead, letters_are_in_input_order_however_the_run_went)
{
    char *first = NULL;
    for (o.workers = 1; o.workers <= 4; o.workers++) {
        o.memory = o.workers % 2 ? 64 << 20 : 10000;
        DONE(p, &o);
        cr_expect(joist_text_equal(report->dead, joist_text_of(path)));
        first = first ? first : joist_strdup(letters());
        cr_assert_str_eq(letters(), first);
        cr_expect_eq(report->rejected, COUNT / 5);
    }
    char message[32];
    const char *line = first;
    for (int i = 0; i < COUNT; i += 5, line = strchr(line, '\n') + 1) {
        snprintf(message, sizeof message, "\"number %d\"", i);
        cr_assert_eq(strstr(line, "\"number"), strstr(line, message), "%d", i);
    }
    cr_expect_eq(*line, '\0');
    joist_free(first);
}

Test(dead, a_letter)
{
    DONE(p, &o);
    char *text = letters();
    *strchr(text, '\n') = '\0';
    char *site = strstr(text, "\"site\":\""), *source = strstr(text, "\",\"source\":");
    cr_assert(site && source);
    cr_expect(strstr(site, "dead_test.c:") < source);
    *site = '\0';
    cr_expect_str_eq(text, "{\"v\":1,\"run\":\"r\",\"pipeline\":\"letters\",\"stage\":\"step\","
                           "\"code\":\"even\",\"message\":\"number 0\",");
    cr_expect_str_eq(source, "\",\"source\":{\"uri\":\"mem:in\",\"offset\":0,\"line\":1,"
                             "\"record\":0},\"attempts\":1,"
                             "\"seen_at\":\"2023-11-14T22:13:20.000Z\","
                             "\"element\":{\"key\":\"k\",\"n\":0,\"seq\":0,\"tag\":\"private\"}}");
}

static int64_t by_line(joist_env *env, const joist_position *at)
{
    cr_expect_eq(env, &the_env.env);
    return (int64_t)at->line - 1;
}

Test(dead, attempts_before_are_counted_on)
{
    o.attempts = by_line;
    DONE(p, &o);
    const char *second = strchr(letters(), '\n') + 1;
    cr_expect(strstr(letters(), "\"line\":1,\"record\":0},\"attempts\":1,") < second);
    cr_expect(strstr(second, "\"line\":6,\"record\":5},\"attempts\":6,"));
}

Test(dead, personal_data_is_masked_on_request)
{
    o.mask_pii = true;
    DONE(p, &o);
    cr_expect(!strstr(letters(), "private"));
    cr_expect(strstr(letters(), "\"tag\":\"***\""));
}

Test(dead, one_letter_for_a_record_and_a_code)
{
    how = TWICE;
    DONE(p, &o);
    cr_expect_eq(report->rejected, 3 * COUNT / 5);
    cr_expect_eq(lines(letters()), COUNT / 5);
}

Test(dead, raw_bytes_are_kept_up_to_a_limit)
{
    how = WITH_RAW;
    DONE(p, &o);
    char *text = letters(), *second = strchr(text, '\n') + 1;
    cr_expect_eq(lines(text), COUNT / 5);
    second[-1] = '\0';
    cr_expect(strstr(text, "\"raw_truncated\":true"));
    cr_expect_gt(strlen(text), (64 << 10) * 4 / 3);
    cr_expect_lt(strlen(text), (65 << 10) * 4 / 3);
    cr_expect(strstr(second, "\"code\":\"odd\",\"message\":\"broken (byte 7)\""));
    cr_expect(strstr(second, "\"raw\":\"AAAAAAAAAAAAAA==\",\"raw_truncated\":false"));
}

Test(dead, without_rejects_there_is_no_file)
{
    world.inputs[0].count = 0;
    DONE(p, &o);
    cr_expect_eq(report->dead.len, 0);
    cr_expect_neq(access(path, F_OK), 0);
}

Test(dead, a_directory_that_cannot_be_written_fails_the_run_before_the_commit)
{
    o.dead = JOIST_TEXT("/proc/nowhere");
    FAILS(p, &o, JOIST_FATAL, "/proc/nowhere");
    cr_expect_str_eq(seen("out.evs"), "");
    o.dead = JOIST_TEXT("post:dead");
    FAILS(p, &o, JOIST_USAGE, "dead letters cannot be written to 'post:dead/r.jsonl'");
    cr_expect_eq(report->dead.len, 0);
}

Test(dead, a_store_of_ones_own_may_keep_them_and_fail)
{
    static const char *const steps[] = { "open:dead/r.jsonl", "write:dead/r.jsonl",
                                         "prepare:dead/r.jsonl", "commit:dead/r.jsonl" };
    o.dead = JOIST_TEXT("mem:dead");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        world.faults[0] = (mem_fault){ steps[i], 1, JOIST_FAILED, "full" };
        FAILS(p, &o, JOIST_FATAL, "full");
        cr_expect_str_eq(seen("out.evs"), "");
        cr_expect_str_eq(seen("dead/r.jsonl.dead"), "");
    }
    world.faults[0].op = NULL;
    DONE(p, &o);
    cr_expect_eq(lines(seen("dead/r.jsonl.dead")), COUNT / 5);
    cr_expect_eq(table_named("dead/r.jsonl.dead")->commits, 1);
}
