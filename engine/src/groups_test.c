/* SPDX-License-Identifier: Apache-2.0
 * GroupByKey: which elements meet, in which order, in windows and sessions, and what a DoFn may do
 * with a group. */
/* Tests: groups.c shuffle_add.c build_group.c */
#include "event_test.h"

static const joist_pipeline_def def;

static void by_who(joist_pipeline *p)
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(show_group, g).out);
}

/* ---- keys and order -------------------------------------------------------------------------- */

Test(groups, values_in_input_order_groups_in_key_order)
{
    static const hit hits[] = { HIT_("b", 0, 9), HIT_("a", 0, 5), HIT_("b", 0, 1), HIT_("a", 0, 7),
                                HIT_("a", 0, 2), HIT_("c", 0, 0), HIT_("b", 0, 9) };
    GIVE(0, hits);
    ALWAYS_GIVES(by_who, "a max[min,max): 5 7 2\nb max[min,max): 9 1 9\nc max[min,max): 0\n");
}

Test(groups, of_nothing_there_are_none)
{
    static const hit hits[1];
    GIVE(0, hits);
    world.inputs[0].count = 0;
    ALWAYS_GIVES(by_who, "");
}

Test(groups, null_empty_and_texts_with_nul_are_keys_of_their_own)
{
    static const hit hits[] = {
        { .n = 0 }, HIT_("", 0, 1), HIT_("\0", 0, 2), HIT_("\0\xff", 0, 3), HIT_("\0\0", 0, 4),
        { .n = 5 }, HIT_("", 0, 6), HIT_("\0", 0, 7), HIT_("a\0b", 0, 8), HIT_("a", 0, 9),
        HIT_("\0\xff", 0, 10), HIT_("null", 0, 11),
    };
    GIVE(0, hits);
    ALWAYS_GIVES(by_who, "null max[min,max): 0 5\n max[min,max): 1 6\n"
                         "\\u0000 max[min,max): 2 7\n\\u0000\\u0000 max[min,max): 4\n"
                         "\\u0000\xef\xbf\xbd max[min,max): 3 10\na max[min,max): 9\n"
                         "a\\u0000b max[min,max): 8\nnull max[min,max): 11\n");
}

/* Numbers by value: NULL is none of them. */
#define NUM(F, T)                                                                                 \
    F(T, joist_float, x) F(T, joist_int, i) F(T, joist_bool, b) F(T, double, y) F(T, int64_t, n)
JOIST_RECORD(num, NUM);
#define X_(v, n_) { .x = { v, true }, .n = n_ }

#define SHOW_NUMS(IN, OUT, SIDE, CFG, STATE) IN(num_group) OUT(joist_line, out)
JOIST_DOFN(show_nums, SHOW_NUMS);
static joist_status show_nums_process(const show_nums_call *v, const num_group *g)
{
    joist_buffer b = { 0 };
    joist_json_write_record(&b, &num_type, g->key, 0);
    for (char *c = b.ptr; c < b.ptr + b.len; c++)
        *c = *c == '"' ? '\'' : *c;
    for (const num *n; (n = num_next(g));)
        joist_buffer_printf(&b, " %lld", (long long)n->n);
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static void by_x(joist_pipeline *p)
{
    num_coll in = joist_read(num, p, .uri = JOIST_TEXT("mem:in"));
    TO_LINES(JOIST_APPLY(show_nums, joist_group_by_key(num, in, .key = JOIST_FIELDS(num, x))).out);
}

Test(groups, floats_by_value)
{
    static num nums[] = {
        X_(0.0, 0), X_(-0.0, 1), X_(1.5, 2), { .n = 3 }, X_(0, 4), X_(0, 5), X_(-1e300, 6),
        X_(0.0, 7), { .n = 8 }, X_(0, 9),
    };
    const uint64_t nan = 0xfff8000000000123, infinity = 0x7ff0000000000000;
    memcpy(&nums[4].x.v, &nan, sizeof nan);
    memcpy(&nums[5].x.v, &infinity, sizeof infinity);
    nums[9].x.v = -nums[4].x.v;
    GIVE(0, nums);
    ALWAYS_GIVES(by_x, "{'x':null,'i':null,'b':null,'y':0,'n':0} 3 8\n"
                       "{'x':-1e+300,'i':null,'b':null,'y':0,'n':0} 6\n"
                       "{'x':0,'i':null,'b':null,'y':0,'n':0} 0 1 7\n"
                       "{'x':1.5,'i':null,'b':null,'y':0,'n':0} 2\n"
                       "{'x':null,'i':null,'b':null,'y':0,'n':0} 5\n"
                       "{'x':null,'i':null,'b':null,'y':0,'n':0} 4 9\n");
}

static void by_all_kinds(joist_pipeline *p)
{
    num_coll in = joist_read(num, p, .uri = JOIST_TEXT("mem:in"));
    num_group_coll g = joist_group_by_key(num, in, .key = JOIST_FIELDS(num, b, i, y));
    TO_LINES(JOIST_APPLY(show_nums, g).out);
}

Test(groups, by_several_fields)
{
    static const num nums[] = {
        { .i = { 7, true }, .b = { false, true }, .y = 2, .n = 0 },
        { .i = { 7, true }, .b = { true, true }, .y = 2, .n = 1 },
        { .i = { 7, true }, .y = 2, .n = 2 },
        { .i = { -7, true }, .b = { true, true }, .y = 2, .n = 3 },
        { .i = { 7, true }, .b = { true, true }, .y = 2, .n = 4 },
        { .b = { true, true }, .y = 2, .n = 5 },
        { .i = { 7, true }, .b = { true, true }, .y = -2, .n = 6 },
    };
    GIVE(0, nums);
    ALWAYS_GIVES(by_all_kinds, "{'x':null,'i':7,'b':null,'y':2,'n':0} 2\n"
                               "{'x':null,'i':7,'b':false,'y':2,'n':0} 0\n"
                               "{'x':null,'i':null,'b':true,'y':2,'n':0} 5\n"
                               "{'x':null,'i':-7,'b':true,'y':2,'n':0} 3\n"
                               "{'x':null,'i':7,'b':true,'y':-2,'n':0} 6\n"
                               "{'x':null,'i':7,'b':true,'y':2,'n':0} 1 4\n");
}

/* ---- windows --------------------------------------------------------------------------------- */

static joist_window_options windows;
#define WINDOWS(...) (windows = (joist_window_options){ __VA_ARGS__, .site_ = JOIST_SITE })

static void by_who_in_windows(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    hit_coll windowed = { joist_window_into_(in.c, &windows) };
    hit_group_coll g = joist_group_by_key(hit, windowed, .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(show_group, g).out);
}

static const hit some[] = {
    HIT_("a", 0, 0), HIT_("b", 5, 1), HIT_("a", 99, 2), HIT_("a", -1, 3), HIT_("a", 100, 4),
    HIT_("b", 150, 5), HIT_("a", 30, 6), HIT_("a", 30, 7),
};

Test(groups, of_each_window)
{
    GIVE(0, some);
    WINDOWS(.fixed_ms = 100);
    ALWAYS_GIVES(by_who_in_windows, "a -1[-100,0): 3\na 99[0,100): 0 2 6 7\na 199[100,200): 4\n"
                                    "b 99[0,100): 1\nb 199[100,200): 5\n");
}

Test(groups, of_windows_that_overlap)
{
    static const hit hits[] = { HIT_("a", 5, 0), HIT_("a", 15, 1), HIT_("b", 15, 2) };
    GIVE(0, hits);
    WINDOWS(.sliding_ms = 20, .every_ms = 10);
    ALWAYS_GIVES(by_who_in_windows, "a 9[-10,10): 0\na 19[0,20): 0 1\na 29[10,30): 1\n"
                                    "b 19[0,20): 2\nb 29[10,30): 2\n");
}

/* ---- sessions -------------------------------------------------------------------------------- */

Test(groups, sessions_chain_and_do_not_merge_when_they_touch)
{
    static const hit hits[] = {
        HIT_("a", 18, 0), HIT_("a", 0, 1), HIT_("a", 9, 2),     /* 0, 9, 18: a chain of gaps < 10 */
        HIT_("a", 28, 3),                                      /* 18 + 10: touches, another one */
        HIT_("b", 5, 4), HIT_("a", 37, 5), HIT_("a", -20, 6), HIT_("a", 0, 7),
    };
    GIVE(0, hits);
    WINDOWS(.gap_ms = 10);
    ALWAYS_GIVES(by_who_in_windows, "a -11[-20,-10): 6\na 27[0,28): 1 7 2 0\na 46[28,47): 3 5\n"
                                    "b 14[5,15): 4\n");
}

/* Of one session a value is in the order of its time, then of the input. */
Test(groups, long_sessions_of_many_keys)
{
    enum { HITS = 3000, KEYS = 7 };
    static hit hits[HITS];
    static const char *const names[KEYS] = { "k0", "k1", "k2", "k3", "k4", "k5", "k6" };
    joist_buffer expected = { 0 };
    for (size_t i = 0; i < HITS; i++)
        hits[i] = (hit){ joist_text_of(names[i % KEYS]),
                         { (int64_t)(i * 7919 % HITS) * 10 + (i % KEYS == 3) * 5, true },
                         (int64_t)i };
    for (size_t k = 0; k < KEYS; k++) {
        bool open = false;
        int64_t end = 0;
        for (int64_t t = 0; t < HITS * 10 + 10; t += 5)
            for (size_t i = k; i < HITS; i += KEYS) {
                if (hits[i].at.ms != t)
                    continue;
                if (!open || t >= end) {
                    joist_buffer_printf(&expected, "%s%s %c", open ? "\n" : "", names[k], 1);
                    open = true;
                }
                joist_buffer_printf(&expected, " %zu", i);
                end = t + 71;
            }
        joist_buffer_byte(&expected, '\n');
    }
    joist_buffer_byte(&expected, '\0');
    GIVE(0, hits);
    WINDOWS(.gap_ms = 71);
    ONCE(by_who_in_windows);
    for (int spill = 0; spill < 2; spill++) {
        o.memory = spill ? 1 : 64 << 20;
        world.inputs[0].per_file = 100;
        DONE(p, &o);
        cr_assert_eq(report->spilled_bytes > 0, spill);
        joist_buffer lines = lines_seen(), plain = { 0 };
        for (const char *line = lines.ptr, *end; (end = strchr(line, '\n')); line = end + 1) {
            const char *moment = strchr(line, ' '), *values = strchr(line, ':') + 1;
            joist_buffer_printf(&plain, "%.*s \1%.*s\n", (int)(moment - line), line,
                                (int)(end - values), values);
        }
        joist_buffer_byte(&plain, '\0');
        cr_assert_str_eq(plain.ptr, expected.ptr);
        joist_buffer_free(&lines);
        joist_buffer_free(&plain);
    }
    joist_buffer_free(&expected);
    joist_pipeline_free(p);
}

/* At the end of time windows are cut off, and yet those that meet there are one session. */
Test(groups, sessions_at_the_ends_of_time)
{
    static const hit hits[] = {
        HIT_("a", INT64_MAX, 0), HIT_("a", INT64_MAX, 1), HIT_("a", INT64_MAX - 5, 2),
        HIT_("a", INT64_MIN, 3), HIT_("a", INT64_MIN + 9, 4), HIT_("b", INT64_MAX, 5),
        HIT_("a", INT64_MAX - 15, 6),
    };
    GIVE(0, hits);
    WINDOWS(.gap_ms = 10);
    ALWAYS_GIVES(by_who_in_windows,
                 "a -9223372036854775790[min,-9223372036854775789): 3 4\n"
                 "a 9223372036854775801[9223372036854775792,9223372036854775802): 6\n"
                 "a 9223372036854775806[9223372036854775802,max): 2 0 1\n"
                 "b 9223372036854775806[max,max): 5\n");
}

/* What is made of a group in the global window has the last timestamp there is. */
static void sessions_of_groups(joist_pipeline *p)
{
    hit_coll latest = joist_latest(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who, n));
    hit_coll windowed = joist_window_into(hit, latest, .gap_ms = 10);
    hit_group_coll g = joist_group_by_key(hit, windowed, .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(show_group, g).out);
}

Test(groups, sessions_of_what_has_no_time_of_its_own)
{
    GIVE(0, some);
    ALWAYS_GIVES(sessions_of_groups, "a 9223372036854775806[max,max): 0 2 3 4 6 7\n"
                                     "b 9223372036854775806[max,max): 1 5\n");
}

/* ---- groups of groups ------------------------------------------------------------------------ */

#define FIRST(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(hit, out)
JOIST_DOFN(first, FIRST);
static joist_status first_process(const first_call *v, const hit_group *g)
{
    hit h = *hit_next(g);
    h.who = JOIST_TEXT("all");
    return hit_emit(v->out.out, h);     /* the rest is left unread */
}

static void groups_of_groups(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    hit_coll fixed = joist_window_into(hit, in, .fixed_ms = 100);
    hit_coll firsts = JOIST_APPLY(first, joist_group_by_key(hit, fixed,
                                                            .key = JOIST_FIELDS(hit, who))).out;
    hit_coll longer = joist_window_into(hit, firsts, .fixed_ms = 200);
    hit_group_coll g = joist_group_by_key(hit, longer, .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(show_group, g).out);
}

/* Their values are in the order of the groups they come from: a's windows, then b's. */
Test(groups, values_left_unread_and_groups_of_groups)
{
    GIVE(0, some);
    ALWAYS_GIVES(groups_of_groups, "all -1[-200,0): 3\nall 199[0,200): 0 4 1 5\n");
}

/* Outputs that wait on disk for a side input keep the window of their group. */
#define SPLIT(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(hit, out) OUT(hit, side)
JOIST_DOFN(split, SPLIT);
static joist_status split_process(const split_call *v, const hit_group *g)
{
    const hit *h = hit_next(g);
    if (h->n == 0)
        hit_emit(v->out.side, *h);
    hit copy = *h;
    copy.who = JOIST_TEXT("all");
    return hit_emit(v->out.out, copy);
}
#define ADD(IN, OUT, SIDE, CFG, STATE) IN(hit) OUT(hit, out) SIDE(hit_one, one)
JOIST_DOFN(add_one, ADD);
static joist_status add_one_process(const add_one_call *v, const hit *h)
{
    return hit_emit(v->out.out, (hit){ h->who, h->at, h->n + 10 + hit_one(v->side.one)->n });
}

static void waiting_groups(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    hit_coll fixed = joist_window_into(hit, in, .fixed_ms = 100);
    split_result two =
        JOIST_APPLY(split, joist_group_by_key(hit, fixed, .key = JOIST_FIELDS(hit, who)));
    hit_coll side = joist_window_into(hit, two.side, .global = true);
    hit_coll waited = JOIST_APPLY(add_one, two.out, .side.one = joist_singleton(hit, side)).out;
    hit_group_coll g = joist_group_by_key(hit, waited, .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(show_group, g).out);
}

Test(groups, what_waits_for_a_side_input_keeps_the_window_of_its_group)
{
    GIVE(0, some);
    ALWAYS_GIVES(waiting_groups,
                 "all -1[-100,0): 13\nall 99[0,100): 10 11\nall 199[100,200): 14 15\n");
}

/* ---- reading them ---------------------------------------------------------------------------- */

/* One group takes one value and leaves the others to their owners. */
#define ODDLY(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(joist_line, out)
JOIST_DOFN(oddly, ODDLY);
static joist_status oddly_process(const oddly_call *v, const hit_group *g)
{
    joist_buffer b = { 0 };
    add_text(&b, g->key->who);
    const hit *h = NULL;
    for (int i = 0; i < g->key->who.ptr[0] - 'a'; i++)
        if ((h = hit_next(g)))
            joist_buffer_printf(&b, " %lld", (long long)h->n);
    if (g->key->who.ptr[0] == 'd')
        for (int i = 0; i < 5; i++)     /* behind the end it is the end */
            joist_buffer_printf(&b, "%s", hit_next(g) ? " more" : " .");
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static void read_oddly(joist_pipeline *p)
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(oddly, g).out);
}

Test(groups, may_be_left_unread_and_read_beyond_their_end)
{
    static const hit hits[] = { HIT_("a", 0, 0), HIT_("b", 0, 1), HIT_("c", 0, 2), HIT_("d", 0, 3),
                                HIT_("a", 0, 4), HIT_("b", 0, 5), HIT_("c", 0, 6), HIT_("c", 0, 7),
                                HIT_("d", 0, 8), HIT_("e", 0, 9) };
    GIVE(0, hits);
    ALWAYS_GIVES(read_oddly, "a\nb 1\nc 2 6\nd 3 8 . . . . .\ne 9\n");
}

/* More than fits, one key: only counted, with its texts. */
#define BIG(F, T) F(T, joist_text, key) F(T, joist_text, text) F(T, int64_t, n)
JOIST_RECORD(big, BIG);
#define WEIGH(IN, OUT, SIDE, CFG, STATE) IN(big_group) OUT(joist_tally, out)
JOIST_DOFN(weigh, WEIGH);
static joist_status weigh_process(const weigh_call *v, const big_group *g)
{
    int64_t bytes = 0, n = 0;
    for (const big *b; (b = big_next(g)); n++) {
        bytes += (int64_t)b->text.len;
        if (b->n != n || b->text.ptr[b->text.len - 1] != (char)('a' + n % 26))
            return joist_fail(v->ctx, "value %lld is %lld", (long long)n, (long long)b->n);
    }
    return joist_tally_emit(v->out.out, (joist_tally){ g->key->key, bytes });
}

static void weighed(joist_pipeline *p)
{
    big_coll in = joist_read(big, p, .uri = JOIST_TEXT("mem:in"));
    big_group_coll g = joist_group_by_key(big, in, .key = JOIST_FIELDS(big, key));
    joist_write(JOIST_APPLY(weigh, g).out, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("t"));
}

Test(groups, of_more_values_than_memory)
{
    enum { BIGS = 3000, LENGTH = 4000 };
    static big bigs[BIGS];
    char *text = joist_malloc(LENGTH * 26);
    memset(text, 'x', LENGTH * 26);
    for (size_t i = 0; i < BIGS; i++) {
        text[i % 26 * LENGTH + LENGTH - 1] = (char)('a' + i % 26);
        bigs[i] = (big){ JOIST_TEXT("hot"), { text + i % 26 * LENGTH, LENGTH }, (int64_t)i };
    }
    GIVE(0, bigs);
    ONCE(weighed);
    o.memory = 1 << 20;
    world.inputs[0].per_file = 64;
    DONE(p, &o);
    cr_expect_gt(report->spilled_bytes, 8 << 20);
    cr_expect_str_eq(seen("out.t"), "{\"key\":\"hot\",\"count\":12000000}\n");
    joist_pipeline_free(p);
    joist_free(text);
}

/* ---- rejecting, failing, trying again -------------------------------------------------------- */

#define JUDGE(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(joist_line, out)
JOIST_DOFN(judge, JUDGE);
static atomic_int tries;
static joist_status judge_process(const judge_call *v, const hit_group *g)
{
    joist_buffer b = { 0 };
    add_text(&b, g->key->who);
    for (const hit *h; (h = hit_next(g));) {
        if (h->n == 13) {
            joist_buffer_free(&b);
            return joist_reject(v->ctx, "unlucky", "thirteen of %.*s", JOIST_ARG(g->key->who));
        }
        if (h->n == 666) {
            joist_buffer_free(&b);
            return joist_fail(v->ctx, "evil");
        }
        if (h->n == 99) {
            joist_buffer_free(&b);
            return JOIST_RETRY;
        }
        joist_buffer_printf(&b, " %lld", (long long)h->n);
    }
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static void judged(joist_pipeline *p)
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(judge, g).out);
}

static const hit unlucky[] = { HIT_("a", 0, 1), HIT_("b", 0, 2), HIT_("b", 0, 13), HIT_("c", 0, 3),
                               HIT_("b", 0, 4), HIT_("a", 0, 5), HIT_("d", 0, 13) };

static void check_unlucky(const char *how)
{
    expect_lines("a 1 5\nc 3\n", how);
    const joist_stage_report *s = stage_named("judge"), *g = stage_named("group_hit");
    cr_assert(s->in == 4 && s->outs[0].count == 2 && s->rejected[0].count == 2, "%s", how);
    cr_assert(g->in == 7 && g->outs[0].count == 4, "%s", how);
    cr_assert_eq(report->rejected, 2);
    cr_assert_eq(report->events, 7, "of a group nobody can say how many records it stands for");
}

Test(groups, a_group_rejected_in_its_middle)
{
    GIVE(0, unlucky);
    ONCE(judged);
    each_way(p, check_unlucky);
    joist_pipeline_free(p);
}

/* A dead letter of a group shows its key, and which field is whose business. */
Test(groups, the_dead_letter_of_a_group_shows_its_key)
{
    GIVE(0, unlucky);
    ONCE(judged);
    o.dead = JOIST_TEXT("mem:dead");
    o.run_id = JOIST_TEXT("r");
    DONE(p, &o);
    const char *dead = seen("dead/r.jsonl.dead");
    cr_expect(strstr(dead, "thirteen of b") && strstr(dead, "thirteen of d"), "%s", dead);
    cr_expect(strstr(dead, "\\\"element\\\":{\\\"who\\\":\\\"b\\\","), "%s", dead);
    joist_pipeline_free(p);
}

Test(groups, a_group_that_fails_the_run)
{
    static const hit hits[] = { HIT_("a", 0, 1), HIT_("b", 0, 666), HIT_("c", 0, 3) };
    GIVE(0, hits);
    ONCE(judged);
    FAILS(p, &o, JOIST_FATAL, "evil (step 'judge', ");
    cr_expect_str_eq(seen("out.lines"), "");
    joist_pipeline_free(p);
}

/* A group is read once: to try again after a part of it, the run must be run again. */
Test(groups, a_retry_within_a_group_ends_the_run_to_be_run_again)
{
    static const hit hits[] = { HIT_("a", 0, 1), HIT_("a", 0, 99), HIT_("a", 0, 3) };
    GIVE(0, hits);
    ONCE(judged);
    FAILS(p, &o, JOIST_TEMPORARY, "'judge'");
    cr_expect_str_eq(seen("out.lines"), "");
    joist_pipeline_free(p);
}

#define SLOW(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(joist_line, out)
JOIST_DOFN(slow, SLOW);
static joist_status slow_process(const slow_call *v, const hit_group *g)
{
    if (atomic_fetch_add(&tries, 1) % 3)
        return JOIST_RETRY;
    joist_buffer b = { 0 };
    for (const hit *h; (h = hit_next(g));)
        joist_buffer_printf(&b, "%lld ", (long long)h->n);
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static void slowly(joist_pipeline *p)
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(slow, g).out);
}

Test(groups, a_retry_before_the_first_value_is_one)
{
    static const hit hits[] = { HIT_("a", 0, 1), HIT_("a", 0, 2), HIT_("b", 0, 3) };
    GIVE(0, hits);
    ONCE(slowly);
    atomic_store(&tries, 1);
    o.workers = 1;
    DONE(p, &o);
    expect_lines("1 2 \n3 \n", "one worker");
    cr_expect_eq(stage_named("slow")->retried, 4);
    joist_pipeline_free(p);
}

/* ---- several groups in a bundle -------------------------------------------------------------- */

#define COUNTING(F, T) F(T, int64_t, groups)
JOIST_RECORD(counting, COUNTING);
JOIST_HOOK(in_bundle, finish_bundle);
#define IN_BUNDLE(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(joist_tally, out) STATE(counting)
JOIST_DOFN_LIFECYCLE(in_bundle, IN_BUNDLE, .finish_bundle = in_bundle_finish_bundle);
static atomic_int bundles;
static joist_status in_bundle_process(const in_bundle_call *v, const hit_group *g)
{
    joist_alloc(v->ctx, (size_t)hit_next(g)->n);
    v->state->groups++;
    return joist_tally_emit(v->out.out, (joist_tally){ g->key->who, 1 });
}
static joist_status in_bundle_finish_bundle(const in_bundle_call *v)
{
    atomic_fetch_add(&bundles, v->state->groups > 0);
    v->state->groups = 0;
    return JOIST_OK;
}

static void in_bundles(joist_pipeline *p)
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who));
    joist_write(JOIST_APPLY(in_bundle, g).out, .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("t"));
}

/* A bundle ends between groups, once they have used much memory. */
Test(groups, bundles_end_when_they_hold_much)
{
    enum { HITS = 1000 };
    static hit hits[HITS];
    static char names[HITS][8];
    for (size_t i = 0; i < HITS; i++) {
        snprintf(names[i], sizeof names[i], "%04zu", i);
        hits[i] = (hit){ joist_text_of(names[i]), { 0, true }, 100 };
    }
    GIVE(0, hits);
    ONCE(in_bundles);
    DONE(p, &o);
    cr_expect_leq(atomic_load(&bundles), 16);
    for (size_t i = 0; i < HITS; i++)
        hits[i].n = 100000;
    atomic_store(&bundles, 0);
    DONE(p, &o);
    cr_expect_geq(atomic_load(&bundles), HITS / 16);
    cr_expect_lt(atomic_load(&bundles), HITS / 2);
    cr_expect_eq(stage_named("in_bundle")->outs[0].count, HITS);
    joist_pipeline_free(p);
}

/* ---- stopping -------------------------------------------------------------------------------- */

#define STOPPER(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(joist_line, out)
JOIST_DOFN(stopper, STOPPER);
static joist_status stopper_process(const stopper_call *v, const hit_group *g)
{
    while (hit_next(g))
        atomic_store(&the_env.stop, true);
    return joist_line_emit(v->out.out, (joist_line){ JOIST_TEXT("x") });
}

static void stopped(joist_pipeline *p)
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS(p), .key = JOIST_FIELDS(hit, who));
    TO_LINES(JOIST_APPLY(stopper, g).out);
}

Test(groups, a_signal_among_groups_leaves_nothing)
{
    GIVE(0, some);
    ONCE(stopped);
    cr_assert_eq(run_it(p, &o), JOIST_FAILED);
    cr_expect_str_eq(report->status, "interrupted");
    cr_expect_str_eq(seen("out.lines"), "");
    joist_pipeline_free(p);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const joist_dofn *const dofns[] = {
    &show_dofn, &show_group_dofn, &show_nums_dofn, &first_dofn, &split_dofn, &add_one_dofn,
    &oddly_dofn, &weigh_dofn, &judge_dofn, &slow_dofn, &in_bundle_dofn, &stopper_dofn, NULL,
};
static const joist_code codes[] = { { "unlucky", "thirteen" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "groups", .dofns = dofns, .codes = codes,
                                        .build = build, .connectors = mem_connectors };
