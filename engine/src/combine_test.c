/* SPDX-License-Identifier: Apache-2.0
 * CombineFns: accumulators that are flat and that point elsewhere, made by zeroes or by `create`,
 * with a configuration; per key, per window, per session, of everything and of nothing; what
 * `extract` may do; and counting and adding, as the library does. */
/* Tests: combine.c merge.c groups.c */
#include "event_test.h"

static const joist_pipeline_def def;

static joist_status emit_line(joist_line_out out, const joist_combine_call *c, const hit *key,
                              joist_buffer *b)
{
    joist_buffer line = { 0 };
    if (c->key->count)
        add_text(&line, key->who);
    joist_buffer_byte(&line, ' ');
    add_moment(&line, c->ctx);
    joist_buffer_printf(&line, ":%.*s", (int)b->len, b->ptr ? b->ptr : "");
    joist_buffer_free(b);
    return joist_line_emit(out, line_in(c->ctx, &line));
}

/* ---- a flat accumulator ---------------------------------------------------------------------- */

#define RANGE(F, T)                                                                               \
    F(T, int64_t, count) F(T, joist_int, least) F(T, int64_t, most) F(T, double, sum)             \
    F(T, bool, any) F(T, joist_time, first)
JOIST_RECORD(range, RANGE);
#define TIMES(F, T) F(T, int64_t, times) F(T, joist_text, word)
JOIST_RECORD(times, TIMES);

#define SPAN(IN, ACC, OUT, CFG) IN(hit) ACC(range) OUT(joist_line) CFG(times)
JOIST_COMBINE_FN_CREATE(span, SPAN);
static void span_create(const span_call *v, range *a)
{
    a->most = INT64_MIN / v->cfg->times;
}
static void span_join(range *a, joist_int least, int64_t most, joist_time first)
{
    if (least.set && (!a->least.set || least.v < a->least.v))
        a->least = least;
    a->most = most > a->most ? most : a->most;
    if (first.set && (!a->first.set || first.ms < a->first.ms))
        a->first = first;
}
static void span_add(const span_call *v, range *a, const hit *h)
{
    cr_assert(a->any || (a->count == 0 && a->most == INT64_MIN / v->cfg->times), "created");
    a->count++;
    a->any = true;
    a->sum += (double)(h->n * v->cfg->times);
    span_join(a, JOIST_INT(h->n), h->n, h->at);
}
static void span_merge(const span_call *v, range *a, const range *b)
{
    (void)v;
    a->count += b->count;
    a->any |= b->any;
    a->sum += b->sum;
    span_join(a, b->least, b->most, b->first);
}
static joist_status span_extract(const span_call *v, const range *a, const hit *key)
{
    joist_buffer b = { 0 };
    if (a->any)
        joist_buffer_printf(&b, " %.*s %lld %lld..%lld %g %lld", JOIST_ARG(v->cfg->word),
                            (long long)a->count, (long long)a->least.v, (long long)a->most, a->sum,
                            (long long)a->first.ms);
    return emit_line(v->out, v->call, key, &b);
}

static joist_window_options windows;
#define WINDOWS(...) (windows = (joist_window_options){ __VA_ARGS__, .site_ = JOIST_SITE })

static hit_coll windowed_hits(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    return (hit_coll){ joist_window_into_(in.c, &windows) };
}

static void spans(joist_pipeline *p)
{
    TO_LINES(JOIST_COMBINE(span, windowed_hits(p), .key = JOIST_FIELDS(hit, who), .cfg.times = 2,
                           .cfg.word = JOIST_TEXT("w")));
}

static const hit some[] = {
    HIT_("b", 10, 5), HIT_("a", 3, -7), HIT_("a", 12, 4), { .who = { "a", 1 }, .at = { 1, true } },
    HIT_("b", 0, 9), HIT_("c", 30, 1), HIT_("a", 25, 2), HIT_("b", 11, -1),
};

Test(combine, a_flat_accumulator)
{
    GIVE(0, some);
    WINDOWS(.global = true);
    ALWAYS_GIVES(spans, "a max[min,max): w 4 -7..4 -2 1\nb max[min,max): w 3 -1..9 26 0\n"
                        "c max[min,max): w 1 1..1 2 30\n");
}

Test(combine, per_key_and_window)
{
    GIVE(0, some);
    WINDOWS(.fixed_ms = 10);
    ALWAYS_GIVES(spans, "a 9[0,10): w 2 -7..0 -14 1\na 19[10,20): w 1 4..4 8 12\n"
                        "a 29[20,30): w 1 2..2 4 25\nb 9[0,10): w 1 9..9 18 0\n"
                        "b 19[10,20): w 2 -1..5 8 10\nc 39[30,40): w 1 1..1 2 30\n");
}

Test(combine, per_sliding_window)
{
    static const hit hits[] = { HIT_("a", 5, 1), HIT_("a", 15, 2) };
    GIVE(0, hits);
    WINDOWS(.sliding_ms = 20, .every_ms = 10);
    ALWAYS_GIVES(spans, "a 9[-10,10): w 1 1..1 2 5\na 19[0,20): w 2 1..2 6 5\n"
                        "a 29[10,30): w 1 2..2 4 15\n");
}

Test(combine, per_session)
{
    GIVE(0, some);
    WINDOWS(.gap_ms = 10);
    ALWAYS_GIVES(spans, "a 21[1,22): w 3 -7..4 -6 1\na 34[25,35): w 1 2..2 4 25\n"
                        "b 9[0,10): w 1 9..9 18 0\nb 20[10,21): w 2 -1..5 8 10\n"
                        "c 39[30,40): w 1 1..1 2 30\n");
}

Test(combine, sessions_at_the_ends_of_time)
{
    static const hit hits[] = {
        HIT_("a", INT64_MAX, 1), HIT_("a", INT64_MAX - 5, 2), HIT_("a", INT64_MAX, 3),
        HIT_("a", INT64_MIN, 4), HIT_("a", INT64_MIN + 9, 5),
    };
    GIVE(0, hits);
    WINDOWS(.gap_ms = 10);
    ALWAYS_GIVES(spans, "a -9223372036854775790[min,-9223372036854775789): w 2 4..5 18 "
                        "-9223372036854775808\n"
                        "a 9223372036854775806[9223372036854775802,max): w 3 1..3 12 "
                        "9223372036854775802\n");
}

/* ---- of everything, of nothing --------------------------------------------------------------- */

static void one_span(joist_pipeline *p)
{
    TO_LINES(JOIST_COMBINE(span, windowed_hits(p), .cfg.times = 1, .cfg.word = JOIST_TEXT("w")));
}

Test(combine, of_everything)
{
    GIVE(0, some);
    WINDOWS(.global = true);
    ALWAYS_GIVES(one_span, " max[min,max): w 8 -7..9 13 0\n");
}

Test(combine, of_everything_in_a_window)
{
    GIVE(0, some);
    WINDOWS(.fixed_ms = 20);
    ALWAYS_GIVES(one_span, " 19[0,20): w 6 -7..9 10 0\n 39[20,40): w 2 1..2 3 25\n");
}

Test(combine, of_everything_in_sessions)
{
    GIVE(0, some);
    WINDOWS(.gap_ms = 13);
    ALWAYS_GIVES(one_span, " 24[0,25): w 6 -7..9 10 0\n 42[25,43): w 2 1..2 3 25\n");
}

/* The combination of nothing is what `create` makes, and there is one of it. */
Test(combine, of_nothing)
{
    GIVE(0, some);
    world.inputs[0].count = 0;
    WINDOWS(.global = true);
    ALWAYS_GIVES(one_span, " max[min,max):\n");
    WINDOWS(.fixed_ms = 20);
    ALWAYS_GIVES(one_span, "");
    WINDOWS(.global = true);
    ALWAYS_GIVES(spans, "");
}

/* ---- an accumulator that points elsewhere ---------------------------------------------------- */

#define INNER(F, T) F(T, joist_text, who) F(T, int64_t, n)
JOIST_RECORD(inner, INNER);
#define LIST(F, T)                                                                                \
    F(T, joist_text_list, texts) F(T, inner, last, 0, JOIST_OF(inner)) F(T, joist_text, longest)
JOIST_RECORD(list, LIST);

#define NAMES(IN, ACC, OUT, CFG) IN(hit) ACC(list) OUT(joist_line)
JOIST_COMBINE_FN(names, NAMES);

/* In the order of the numbers, so that the order of the calls is no matter. */
static void keep(joist_arena *arena, list *a, joist_text text)
{
    size_t at = 0, n = a->texts.count;
    joist_text *items = joist_arena_alloc(arena, (n + 1) * sizeof *items);
    while (at < n && joist_text_compare(a->texts.items[at], text) < 0)
        at++;
    for (size_t i = 0; i <= n; i++)
        items[i] = i < at ? a->texts.items[i] : i > at ? a->texts.items[i - 1]
                                                       : joist_arena_text(arena, text);
    a->texts = (joist_text_list){ items, n + 1 };
}
static void keep_last(joist_arena *arena, list *a, joist_text who, int64_t n, joist_text longest)
{
    if (n > a->last.n)
        a->last = (inner){ joist_arena_text(arena, who), n };
    if (longest.len > a->longest.len
        || (longest.len == a->longest.len && joist_text_compare(longest, a->longest) > 0))
        a->longest = joist_arena_text(arena, longest);
}
static void names_add(const names_call *v, list *a, const hit *h)
{
    joist_text text = joist_arena_printf(v->arena, "%03lld", (long long)h->n);
    keep(v->arena, a, text);
    keep_last(v->arena, a, h->who, h->n, text);
}
/* What `b` points to lives as long as what `a` points to. */
static void names_merge(const names_call *v, list *a, const list *b)
{
    for (size_t i = 0; i < b->texts.count; i++)
        keep(v->arena, a, b->texts.items[i]);
    if (b->last.n > a->last.n)
        a->last = b->last;
    keep_last(v->arena, a, JOIST_NO_TEXT, 0, b->longest);
}
static joist_status names_extract(const names_call *v, const list *a, const hit *key)
{
    joist_buffer b = { 0 };
    for (size_t i = 0; i < a->texts.count; i++)
        joist_buffer_printf(&b, " %.*s", JOIST_ARG(a->texts.items[i]));
    joist_buffer_printf(&b, " (%.*s %lld)", JOIST_ARG(a->last.who), (long long)a->last.n);
    return emit_line(v->out, v->call, key, &b);
}

static void all_names(joist_pipeline *p)
{
    TO_LINES(JOIST_COMBINE(names, windowed_hits(p), .key = JOIST_FIELDS(hit, who)));
}

static const hit numbered[] = {
    HIT_("b", 10, 5), HIT_("a", 3, 7), HIT_("a", 12, 4), HIT_("a", 1, 12), HIT_("b", 0, 9),
    HIT_("c", 30, 1), HIT_("a", 25, 2), HIT_("b", 11, 11), HIT_("a", 26, 100), HIT_("a", 2, 99),
};

Test(combine, an_accumulator_that_points_elsewhere)
{
    GIVE(0, numbered);
    WINDOWS(.global = true);
    ALWAYS_GIVES(all_names, "a max[min,max): 002 004 007 012 099 100 (a 100)\n"
                            "b max[min,max): 005 009 011 (b 11)\nc max[min,max): 001 (c 1)\n");
}

Test(combine, an_accumulator_that_points_elsewhere_in_sessions)
{
    GIVE(0, numbered);
    WINDOWS(.gap_ms = 10);
    ALWAYS_GIVES(all_names, "a 21[1,22): 004 007 012 099 (a 99)\na 35[25,36): 002 100 (a 100)\n"
                            "b 9[0,10): 009 (b 9)\nb 20[10,21): 005 011 (b 11)\n"
                            "c 39[30,40): 001 (c 1)\n");
}

/* Read back from many runs on disk, by buffers that are used again and again. */
Test(combine, many_accumulators_from_disk)
{
    enum { HITS = 6000, KEYS = 900 };
    static hit hits[HITS];
    static char keys[KEYS][300];
    for (size_t k = 0; k < KEYS; k++)
        snprintf(keys[k], sizeof keys[k], "%0280zu", k);
    for (size_t i = 0; i < HITS; i++)
        hits[i] = (hit){ joist_text_of(keys[i * 7919 % KEYS]), { (int64_t)(i % 40), true },
                         (int64_t)i + 1 };
    GIVE(0, hits);
    ONCE(all_names);
    for (int sessions = 0; sessions < 2; sessions++) {
        joist_buffer expected = { 0 };
        if (sessions)
            WINDOWS(.gap_ms = 100);
        else
            WINDOWS(.global = true);
        for (int spill = 0; spill < 2; spill++) {
            o.memory = spill ? 256 << 10 : 64 << 20;
            world.inputs[0].per_file = 500;
            DONE(p, &o);
            cr_assert_eq(report->spilled_bytes > 0, spill);
            joist_buffer lines = lines_seen();
            if (!spill) {
                joist_buffer_text(&expected, joist_buffer_view(&lines));
                cr_assert(strstr(lines.ptr, " (0000000") && strstr(lines.ptr, " 5401 "));
            }
            cr_assert_str_eq(lines.ptr, expected.ptr);
            joist_buffer_free(&lines);
        }
        joist_buffer_free(&expected);
    }
    joist_pipeline_free(p);
}

/* ---- extract --------------------------------------------------------------------------------- */

#define SUM(F, T) F(T, int64_t, sum)
JOIST_RECORD(sum_of, SUM);
#define JUDGE(IN, ACC, OUT, CFG) IN(hit) ACC(sum_of) OUT(hit)
JOIST_COMBINE_FN(judge, JUDGE);
static void judge_add(const judge_call *v, sum_of *a, const hit *h)
{
    cr_assert_not_null(v->call->at->origin, "the place of the element");
    a->sum += h->n;
}
static void judge_merge(const judge_call *v, sum_of *a, const sum_of *b)
{
    (void)v;
    a->sum += b->sum;
}
/* 13 is rejected, 666 fails, 99 fails without a word; others come out as often as they say. */
static joist_status judge_extract(const judge_call *v, const sum_of *a, const hit *key)
{
    cr_assert(key->n == 0 && !key->at.set, "only the key is set");
    if (a->sum == 13)
        return joist_reject(v->call->ctx, "unlucky", "the sum of %.*s", JOIST_ARG(key->who));
    if (a->sum == 666)
        return joist_fail(v->call->ctx, "evil");
    if (a->sum == 99)
        return JOIST_FAILED;
    if (a->sum == 98)
        return JOIST_REJECTED;
    for (int64_t i = 0; i < a->sum; i++)
        hit_emit_at(v->out, (hit){ .who = key->who, .n = i }, i);
    return JOIST_OK;
}

static void judged(joist_pipeline *p)
{
    hit_coll j = JOIST_COMBINE(judge, IN_HITS(p), .key = JOIST_FIELDS(hit, who), .name = "j");
    TO_LINES(JOIST_APPLY(show, j).out);
}

static const hit lucky[] = { HIT_("a", 0, 1), HIT_("b", 0, 6), HIT_("a", 0, 2), HIT_("b", 0, 7),
                             HIT_("c", 0, 0), HIT_("d", 0, 13), HIT_("e", 0, 1) };

static void check_lucky(const char *how)
{
    expect_lines("a 0 0[min,max)\na 1 1[min,max)\na 2 2[min,max)\ne 0 0[min,max)\n", how);
    const joist_stage_report *s = stage_named("j");
    cr_assert(s->in == 7 && s->outs[0].count == 4 && s->rejected[0].count == 2, "%s", how);
    cr_assert_str_eq(s->rejected[0].code, "unlucky");
    cr_assert_eq(report->rejected, 2);
    cr_assert_eq(report->events, 7, "an aggregate is not one record");
}

Test(combine, several_outputs_none_and_rejects)
{
    GIVE(0, lucky);
    ONCE(judged);
    each_way(p, check_lucky);
    joist_pipeline_free(p);
}

Test(combine, the_dead_letter_of_a_key)
{
    GIVE(0, lucky);
    ONCE(judged);
    o.dead = JOIST_TEXT("mem:dead");
    o.run_id = JOIST_TEXT("r");
    DONE(p, &o);
    const char *dead = seen("dead/r.jsonl.dead");
    cr_expect(strstr(dead, "the sum of b") && strstr(dead, "the sum of d"), "%s", dead);
    cr_expect(strstr(dead, "\\\"element\\\":{\\\"who\\\":\\\"b\\\",\\\"at\\\":null,"), "%s", dead);
    cr_expect(strstr(dead, "\\\"stage\\\":\\\"j\\\""), "%s", dead);
    joist_pipeline_free(p);
}

static void fails_by(int64_t sum, const char *part)
{
    const hit one[] = { { { "z", 1 }, { 0 }, 5 }, { { "z", 1 }, { 0 }, sum - 5 },
                        { { "a", 1 }, { 0 }, 13 } };
    GIVE(0, one);
    ONCE(judged);
    FAILS(p, &o, JOIST_FATAL, part);
    cr_expect_str_eq(seen("out.lines"), "");
    joist_pipeline_free(p);
}

Test(combine, extract_that_fails_the_run)
{
    fails_by(666, "evil (step 'j', ");
    fails_by(99, "step 'j' (");
    fails_by(98, "step 'j' (");     /* although an earlier key was rejected by the rules */
}

/* ---- counts and sums: the library's ---------------------------------------------------------- */

#define KINDS(F, T)                                                                               \
    F(T, joist_text, text) F(T, joist_int, i) F(T, joist_bool, b) F(T, int64_t, n)
JOIST_RECORD(kinds, KINDS);

static void counted(joist_pipeline *p)
{
    kinds_coll in = joist_read(kinds, p, .uri = JOIST_TEXT("mem:in"));
    joist_write(joist_count(kinds, in, text), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("texts"));
    joist_write(joist_count(kinds, in, i), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("ints"));
    joist_write(joist_count(kinds, in, b), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("bools"));
    joist_write(joist_sum(kinds, in, b, i), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("sums"));
    joist_write(joist_sum(kinds, in, n, n), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("by_n"));
}

static void check_counted(const char *how)
{
    cr_assert_str_eq(seen("out.texts"), "{\"key\":null,\"count\":2}\n{\"key\":\"\",\"count\":1}\n"
                                        "{\"key\":\"a\",\"count\":2}\n", "%s", how);
    cr_assert_str_eq(seen("out.ints"), "{\"key\":null,\"count\":2}\n{\"key\":\"-12\",\"count\":1}\n"
                                       "{\"key\":\"7\",\"count\":2}\n", "%s", how);
    cr_assert_str_eq(seen("out.bools"), "{\"key\":null,\"count\":1}\n"
                                        "{\"key\":\"false\",\"count\":2}\n"
                                        "{\"key\":\"true\",\"count\":2}\n", "%s", how);
    cr_assert_str_eq(seen("out.sums"), "{\"key\":null,\"total\":-12}\n"
                                       "{\"key\":\"false\",\"total\":0}\n"
                                       "{\"key\":\"true\",\"total\":14}\n", "%s", how);
    cr_assert_str_eq(seen("out.by_n"), "{\"key\":\"-1\",\"total\":-1}\n"
                                       "{\"key\":\"0\",\"total\":0}\n"
                                       "{\"key\":\"5\",\"total\":10}\n", "%s", how);
}

Test(combine, keys_of_counts_and_sums_are_texts)
{
    static const kinds in[] = {
        { .i = { 7, true }, .b = { true, true }, .n = 5 },
        { .text = { "", 0 }, .i = { -12, true } },
        { .text = { "a", 1 }, .b = { false, true }, .n = 5 },
        { .text = { "a", 1 }, .i = { 7, true }, .b = { true, true }, .n = -1 },
        { .b = { false, true } },
    };
    GIVE(0, in);
    ONCE(counted);
    each_way(p, check_counted);
    joist_pipeline_free(p);
}

static void summed(joist_pipeline *p)
{
    joist_write(joist_sum(hit, IN_HITS(p), who, n), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("sums"));
}

static void check_max(const char *how)
{
    cr_assert_str_eq(seen("out.sums"), "{\"key\":\"k\",\"total\":-4}\n", "%s", how);
}

/* Only the result decides: not the order in which it came about. */
Test(combine, sums_beyond_int64)
{
    static hit hits[8];
    GIVE(0, hits);
    for (size_t i = 0; i < 8; i++)
        hits[i] = (hit){ JOIST_TEXT("k"), { 0 }, i < 4 ? INT64_MAX : INT64_MIN };
    ONCE(summed);
    each_way(p, check_max);
    hits[7].n = -INT64_MAX;
    hits[6].n = 3;
    hits[5].n = 0;
    for (int way = 0; way < 8; way++) {
        o.workers = 1 + way % 4;
        o.memory = way / 4 ? 1 : 64 << 20;
        world.inputs[0].per_file = 1;
        FAILS(p, &o, JOIST_FATAL, "a sum is beyond int64 (step 'sum_by_who', ");
    }
    joist_pipeline_free(p);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const joist_dofn *const dofns[] = { &show_dofn, &show_group_dofn, NULL };
static const joist_combine *const combines[] = { &span_combine, &names_combine, &judge_combine,
                                                 NULL };
static const joist_code codes[] = { { "unlucky", "thirteen" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "combine", .dofns = dofns, .combines = combines,
                                        .codes = codes, .build = build,
                                        .connectors = mem_connectors };
