/* SPDX-License-Identifier: Apache-2.0
 * Timestamps and windows: which window each instant is in, down to the ends of int64, and what
 * elements carry from step to step. */
#include "event_test.h"

#include <stdlib.h>

static const joist_pipeline_def def;

static joist_window_options windows;        /* of window_and_show */

static void window_and_show(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    hit_coll windowed = { joist_window_into_(in.c, &windows) };
    TO_LINES(JOIST_APPLY(show, windowed).out);
}

#define WINDOWS(...) (windows = (joist_window_options){ __VA_ARGS__, .site_ = JOIST_SITE })

/* ---- which window ---------------------------------------------------------------------------- */

static const hit around_zero[] = {
    HIT_("a", -101, 0), HIT_("a", -100, 1), HIT_("a", -1, 2), HIT_("a", 0, 3), HIT_("a", 99, 4),
    HIT_("a", 100, 5),
};

Test(assign, fixed)
{
    GIVE(0, around_zero);
    WINDOWS(.fixed_ms = 100);
    ALWAYS_GIVES(window_and_show,
                 "a 0 -101[-200,-100)\na 1 -100[-100,0)\na 2 -1[-100,0)\na 3 0[0,100)\n"
                 "a 4 99[0,100)\na 5 100[100,200)\n");
}

Test(assign, fixed_with_an_offset)
{
    GIVE(0, around_zero);
    WINDOWS(.fixed_ms = 100, .offset_ms = 30);
    ALWAYS_GIVES(window_and_show,
                 "a 0 -101[-170,-70)\na 1 -100[-170,-70)\na 2 -1[-70,30)\na 3 0[-70,30)\n"
                 "a 4 99[30,130)\na 5 100[30,130)\n");
}

/* Whole windows of offset change nothing, nor does its sign. */
Test(assign, offsets_that_are_alike)
{
    static const int64_t offsets[] = { -70, 130, 30 - 100000, 30 + 100000 };
    GIVE(0, around_zero);
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        WINDOWS(.fixed_ms = 100, .offset_ms = offsets[i]);
        ALWAYS_GIVES(window_and_show,
                     "a 0 -101[-170,-70)\na 1 -100[-170,-70)\na 2 -1[-70,30)\na 3 0[-70,30)\n"
                     "a 4 99[30,130)\na 5 100[30,130)\n");
    }
}

Test(assign, sliding_the_latest_window_first)
{
    static const hit hits[] = { HIT_("a", 0, 0), HIT_("a", -1, 1), HIT_("a", 29, 2) };
    GIVE(0, hits);
    WINDOWS(.sliding_ms = 30, .every_ms = 10);
    ALWAYS_GIVES(window_and_show,
                 "a 0 0[0,30)\na 0 0[-10,20)\na 0 0[-20,10)\n"
                 "a 1 -1[-10,20)\na 1 -1[-20,10)\na 1 -1[-30,0)\n"
                 "a 2 29[20,50)\na 2 29[10,40)\na 2 29[0,30)\n");
}

/* A window that does not divide: 25 long, every 10: three windows or two. */
Test(assign, sliding_by_no_divisor_and_with_an_offset)
{
    static const hit hits[] = { HIT_("a", 3, 0), HIT_("a", 8, 1) };
    GIVE(0, hits);
    WINDOWS(.sliding_ms = 25, .every_ms = 10, .offset_ms = 3);
    ALWAYS_GIVES(window_and_show,
                 "a 0 3[3,28)\na 0 3[-7,18)\na 0 3[-17,8)\n"
                 "a 1 8[3,28)\na 1 8[-7,18)\n");
}

/* Windows shorter than their period leave gaps; who is in one is in no window. */
Test(assign, sliding_with_gaps)
{
    static const hit hits[] = { HIT_("a", 9, 0), HIT_("a", 10, 1), HIT_("a", -91, 2),
                                HIT_("a", -90, 3) };
    GIVE(0, hits);
    WINDOWS(.sliding_ms = 10, .every_ms = 100);
    ALWAYS_GIVES(window_and_show, "a 0 9[0,10)\na 2 -91[-100,-90)\n");
}

Test(assign, sessions_begin_one_by_one)
{
    static const hit hits[] = { HIT_("a", -5, 0), HIT_("b", 10, 1) };
    GIVE(0, hits);
    WINDOWS(.gap_ms = 10);
    ALWAYS_GIVES(window_and_show, "a 0 -5[-5,5)\nb 1 10[10,20)\n");
}

/* ---- the ends of time ------------------------------------------------------------------------ */

static const hit ends[] = {
    HIT_("a", INT64_MIN, 0), HIT_("a", INT64_MIN + 1, 1), HIT_("a", INT64_MAX - 1, 2),
    HIT_("a", INT64_MAX, 3),
};

Test(assign, fixed_windows_are_cut_off_at_the_ends_of_time)
{
    GIVE(0, ends);
    WINDOWS(.fixed_ms = 1000);      /* …775808 is 192 past a multiple of 1000, …775807 193 before */
    ALWAYS_GIVES(window_and_show,
                 "a 0 min[min,-9223372036854775000)\n"
                 "a 1 -9223372036854775807[min,-9223372036854775000)\n"
                 "a 2 9223372036854775806[9223372036854775000,max)\n"
                 "a 3 max[9223372036854775000,max)\n");
}

Test(assign, the_longest_window_there_can_be)
{
    GIVE(0, ends);
    WINDOWS(.fixed_ms = INT64_MAX, .offset_ms = INT64_MIN);
    ALWAYS_GIVES(window_and_show,
                 "a 0 min[min,-1)\na 1 -9223372036854775807[min,-1)\n"
                 "a 2 9223372036854775806[9223372036854775806,max)\n"
                 "a 3 max[9223372036854775806,max)\n");
}

Test(assign, sliding_and_sessions_at_the_ends_of_time)
{
    GIVE(0, ends);
    WINDOWS(.sliding_ms = INT64_MAX, .every_ms = INT64_MAX);
    ALWAYS_GIVES(window_and_show,
                 "a 0 min[min,-9223372036854775807)\na 1 -9223372036854775807"
                 "[-9223372036854775807,0)\na 2 9223372036854775806[0,max)\n"
                 "a 3 max[max,max)\n");
    WINDOWS(.gap_ms = INT64_MAX);
    ALWAYS_GIVES(window_and_show,
                 "a 0 min[min,-1)\na 1 -9223372036854775807[-9223372036854775807,0)\n"
                 "a 2 9223372036854775806[9223372036854775806,max)\na 3 max[max,max)\n");
}

/* Any instant, length, period and offset: the windows are those that hold the instant. */
Test(assign, whatever_the_numbers_a_window_holds_its_instant)
{
    enum { HITS = 40 };
    static hit hits[HITS];
    uint64_t chance = 1;
    GIVE(0, hits);
    for (int round = 0; round < 60; round++) {
        for (size_t i = 0; i < HITS; i++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            hits[i] = (hit){ JOIST_TEXT("a"), { (int64_t)chance >> (chance >> 59), true },
                             (int64_t)i };
        }
        int64_t every = 1 + (int64_t)(chance >> (20 + chance % 40)), size = every;
        if (round % 2)
            WINDOWS(.sliding_ms = (size = every > INT64_MAX / 7 ? every : every * 3 + every / 2),
                    .every_ms = every, .offset_ms = (int64_t)chance);
        else
            WINDOWS(.fixed_ms = every, .offset_ms = (int64_t)chance);
        ONCE(window_and_show);
        DONE(p, &o);
        joist_buffer lines = lines_seen();
        size_t count = 0;
        for (char *line = lines.ptr, *end; (end = strchr(line, '\n')); line = end + 1, count++) {
            long long n, from, to;
            *end = '\0';
            cr_assert_eq(sscanf(line, "a %lld", &n), 1);
            char *at = strchr(line, '[');
            from = strncmp(at + 1, "min", 3) ? strtoll(at + 1, NULL, 10) : INT64_MIN;
            at = strchr(at, ',');
            to = strncmp(at + 1, "max", 3) ? strtoll(at + 1, NULL, 10) : INT64_MAX;
            cr_assert(from <= hits[n].at.ms && (hits[n].at.ms < to || to == INT64_MAX), "%s", line);
            if (from > INT64_MIN && to < INT64_MAX) {
                cr_assert_eq(to - from, size, "%s", line);
                __extension__ __int128 shift = (__int128)from - windows.offset_ms;
                cr_assert_eq((int64_t)(shift % every), 0, "%s", line);
            }
        }
        cr_assert_geq(count, HITS * (size_t)(size / every));
        cr_assert_leq(count, HITS * (size_t)(size / every + 1));
        joist_buffer_free(&lines);
        joist_pipeline_free(p);
    }
}

/* ---- what elements carry --------------------------------------------------------------------- */

static void untouched(joist_pipeline *p) { TO_LINES(JOIST_APPLY(show, IN_HITS(p)).out); }

Test(assign, a_source_is_in_the_global_window_before_all_time)
{
    static const hit hits[] = { HIT_("a", 5, 0) };
    GIVE(0, hits);
    ALWAYS_GIVES(untouched, "a 0 min[min,max)\n");
}

static void timestamped_after(joist_pipeline *p)
{
    hit_coll in = joist_window_into(hit, IN_HITS(p), .fixed_ms = 100);
    TO_LINES(JOIST_APPLY(show, joist_with_timestamps(hit, in, at)).out);
}

Test(assign, a_timestamp_does_not_move_a_window_that_is_there)
{
    static const hit hits[] = { HIT_("a", 5, 0) };
    GIVE(0, hits);
    ALWAYS_GIVES(timestamped_after, "a 0 5[min,-9223372036854775800)\n");
}

static void again_and_back(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    hit_coll fixed = joist_window_into(hit, in, .fixed_ms = 10);
    hit_coll longer = joist_window_into(hit, fixed, .fixed_ms = 100);
    hit_coll global = joist_window_into(hit, longer, .global = true);
    TO_LINES(JOIST_APPLY(show, longer).out);
    joist_write(JOIST_APPLY(show, global).out, .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("global"));
}

static void check_global(const char *how)
{
    check_lines(how);
    cr_assert_str_eq(seen("out.global"), "{\"text\":\"a 0 5[min,max)\"}\n"
                                         "{\"text\":\"b 1 123[min,max)\"}\n", "%s", how);
}

Test(assign, the_last_windowing_counts_and_global_ends_it)
{
    static const hit hits[] = { HIT_("a", 5, 0), HIT_("b", 123, 1) };
    GIVE(0, hits);
    ONCE(again_and_back);
    expected_lines = "a 0 5[0,100)\nb 1 123[100,200)\n";
    each_way(p, check_global);
    joist_pipeline_free(p);
}

/* Outputs of a DoFn are where their input is; T_emit_at moves the timestamp only. */
#define LATER(IN, OUT, SIDE, CFG, STATE) IN(hit) OUT(hit, out)
JOIST_DOFN(later, LATER);
static joist_status later_process(const later_call *v, const hit *h)
{
    const joist_position before = *joist_where(v->ctx);
    hit_emit(v->out.out, *h);
    hit_emit_at(v->out.out, *h, h->at.ms + 1000);
    cr_assert(joist_timestamp(v->ctx) == before.timestamp_ms
              && joist_window_equal(joist_window_of(v->ctx), before.window));
    return hit_emit(v->out.out, *h);
}

static void emitting_later(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    hit_coll windowed = joist_window_into(hit, in, .fixed_ms = 100);
    TO_LINES(JOIST_APPLY(show, JOIST_APPLY(later, windowed).out).out);
}

Test(assign, outputs_are_where_their_input_is)
{
    static const hit hits[] = { HIT_("a", 5, 0), HIT_("b", 150, 1) };
    GIVE(0, hits);
    ALWAYS_GIVES(emitting_later, "a 0 5[0,100)\na 0 1005[0,100)\na 0 5[0,100)\n"
                                 "b 1 150[100,200)\nb 1 1150[100,200)\nb 1 150[100,200)\n");
}

/* What waits for a side input waits on disk, or in memory; it carries the same afterwards. */
#define SIFT(IN, OUT, SIDE, CFG, STATE) IN(hit) OUT(hit, out) OUT(hit, side)
JOIST_DOFN(sift, SIFT);
static joist_status sift_process(const sift_call *v, const hit *h)
{
    if (h->n == 0)
        hit_emit(v->out.side, *h);
    return hit_emit(v->out.out, *h);
}
#define WAIT(IN, OUT, SIDE, CFG, STATE) IN(hit) OUT(hit, out) SIDE(hit_one, first)
JOIST_DOFN(wait_for, WAIT);
static joist_status wait_for_process(const wait_for_call *v, const hit *h)
{
    return hit_emit(v->out.out, (hit){ h->who, h->at, h->n + hit_one(v->side.first)->at.ms });
}

static void waiting(joist_pipeline *p)
{
    hit_coll in = joist_with_timestamps(hit, IN_HITS(p), at);
    sift_result two = JOIST_APPLY(sift, in);
    hit_coll windowed = joist_window_into(hit, two.out, .fixed_ms = 100);
    hit_coll waited = JOIST_APPLY(wait_for, windowed, .side.first = joist_singleton(hit, two.side))
        .out;
    TO_LINES(JOIST_APPLY(show, waited).out);
}

Test(assign, who_waits_for_a_side_input_keeps_time_and_window)
{
    static const hit hits[] = { HIT_("a", 7, 0), HIT_("b", 150, 1), HIT_("c", 250, 2) };
    GIVE(0, hits);
    ALWAYS_GIVES(waiting, "a 7 7[0,100)\nb 8 150[100,200)\nc 9 250[200,300)\n");
}

/* ---- no time --------------------------------------------------------------------------------- */

static const hit timeless[] = { HIT_("a", 5, 0), { .who = { "b", 1 }, .n = 1 }, HIT_("c", 6, 2),
                                { .n = 3 } };

static void check_timeless(const char *how)
{
    expect_lines("a 0 5[0,10)\nc 2 6[0,10)\n", how);
    const joist_stage_report *s = stage_named("timestamp_hit");
    cr_assert_eq(report->rejected, 2, "%s", how);
    cr_assert_eq(report->events, 2);
    cr_assert(s->in == 4 && s->outs[0].count == 2 && s->rejected[0].count == 2, "%s", how);
    cr_assert_str_eq(s->rejected[0].code, "no_timestamp");
}

Test(assign, an_element_without_time_is_rejected)
{
    GIVE(0, timeless);
    WINDOWS(.fixed_ms = 10);
    ONCE(window_and_show);
    each_way(p, check_timeless);
    joist_pipeline_free(p);
}

Test(assign, its_dead_letter_tells_the_place)
{
    GIVE(0, timeless);
    WINDOWS(.fixed_ms = 10);
    ONCE(window_and_show);
    o.dead = JOIST_TEXT("mem:dead");
    DONE(p, &o);
    char table[64];
    snprintf(table, sizeof table, "dead/%.*s.jsonl.dead", JOIST_ARG(report->run_id));
    const char *dead = seen(table);
    cr_expect(strstr(dead, "\\\"code\\\":\\\"no_timestamp\\\""), "%s", dead);
    cr_expect(strstr(dead, "\\\"stage\\\":\\\"timestamp_hit\\\""), "%s", dead);
    cr_expect(strstr(dead, "\\\"who\\\":\\\"b\\\""), "%s", dead);
    cr_expect(strstr(dead, "\\\"line\\\":2"), "%s", dead);
    joist_pipeline_free(p);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const joist_dofn *const dofns[] = { &show_dofn, &show_group_dofn, &later_dofn, &sift_dofn,
                                           &wait_for_dofn, NULL };
static const joist_pipeline_def def = { .name = "assign", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };
