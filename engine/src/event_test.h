/* SPDX-License-Identifier: Apache-2.0
 * For tests of event time, groups, joins and combining: hits with a time, steps that write what
 * they get as lines, and a pipeline that must give the same lines however it is run. */
#ifndef JST_EVENT_TEST_H
#define JST_EVENT_TEST_H

#include "run_test.h"

#define HIT(F, T) F(T, joist_text, who) F(T, joist_time, at) F(T, int64_t, n)
JOIST_RECORD(hit, HIT);
#define HIT_(who_, at_, n_) { .who = { who_, sizeof(who_) - 1 }, .at = { at_, true }, .n = n_ }

/* ---- lines ----------------------------------------------------------------------------------- */

JOIST_INLINE void add_time(joist_buffer *b, int64_t ms)
{
    if (ms == INT64_MIN || ms == INT64_MAX)
        joist_buffer_printf(b, ms < 0 ? "min" : "max");
    else
        joist_buffer_printf(b, "%lld", (long long)ms);
}

/* "12[0,100)": a timestamp in a window. */
JOIST_INLINE void add_moment(joist_buffer *b, const joist_context *ctx)
{
    joist_window w = joist_window_of(ctx);
    add_time(b, joist_timestamp(ctx));
    joist_buffer_byte(b, '[');
    add_time(b, w.start_ms);
    joist_buffer_byte(b, ',');
    add_time(b, w.end_ms);
    joist_buffer_byte(b, ')');
}

JOIST_INLINE void add_text(joist_buffer *b, joist_text t)
{
    joist_buffer_text(b, t.ptr ? t : JOIST_TEXT("null"));
}

JOIST_INLINE joist_line line_in(joist_context *ctx, joist_buffer *b)
{
    joist_line line = { joist_arena_text(joist_context_arena(ctx), joist_buffer_view(b)) };
    joist_buffer_free(b);
    return line;
}

/* A hit: "a 1 12[0,100)". */
#define SHOW(IN, OUT, SIDE, CFG, STATE) IN(hit) OUT(joist_line, out)
JOIST_DOFN(show, SHOW);
static joist_status show_process(const show_call *v, const hit *h)
{
    joist_buffer b = { 0 };
    add_text(&b, h->who);
    joist_buffer_printf(&b, " %lld ", (long long)h->n);
    add_moment(&b, v->ctx);
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

/* A group of hits: "a 99[0,100): 1 2 3". */
#define SHOW_GROUP(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(joist_line, out)
JOIST_DOFN(show_group, SHOW_GROUP);
static joist_status show_group_process(const show_group_call *v, const hit_group *g)
{
    joist_buffer b = { 0 };
    add_text(&b, g->key->who);
    joist_buffer_byte(&b, ' ');
    add_moment(&b, v->ctx);
    joist_buffer_byte(&b, ':');
    for (const hit *h; (h = hit_next(g));)
        joist_buffer_printf(&b, " %lld", (long long)h->n);
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

/* ---- the pipeline ---------------------------------------------------------------------------- */

static void (*chosen)(joist_pipeline *p);
JOIST_INLINE void build(joist_pipeline *p, const void *options)
{
    (void)options;
    chosen(p);
}
static joist_run_options o;

#define IN_HITS(p) joist_read(hit, p, .uri = JOIST_TEXT("mem:in"))
#define TO_LINES(coll) joist_write(coll, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("lines"))
#define GIVE(where, array)                                                                        \
    world.inputs[where] = (mem_input){ where ? "in2" : "in", array,                               \
                                       sizeof(array) / sizeof *(array), sizeof *(array), 0,       \
                                       0, NULL, 0 }

/* The texts of "out.lines", a line each. */
JOIST_INLINE joist_buffer lines_seen(void)
{
    joist_buffer out = { 0 };
    for (const char *line = seen("out.lines"), *end; (end = strchr(line, '\n')); line = end + 1)
        joist_buffer_printf(&out, "%.*s\n", (int)(end - line) - 11, line + 9);
    joist_buffer_byte(&out, '\0');
    return out;
}

JOIST_INLINE void expect_lines(const char *expected, const char *how)
{
    joist_buffer lines = lines_seen();
    cr_assert(strcmp(lines.ptr, expected) == 0, "%s: expected\n%s\nbut got\n%s", how, expected,
              lines.ptr);
    joist_buffer_free(&lines);
}

/* Every number of workers, size of bundles and of files, in memory and on disk. */
JOIST_INLINE void each_way(joist_pipeline *p, void (*check)(const char *how))
{
    static const int workers[] = { 1, 2, 5 };
    static const size_t sizes[] = { 0, 1, 3 };
    o.env = &the_env.env;
    for (int way = 0; way < 3 * 3 * 3 * 2; way++) {
        char how[100];
        o.workers = workers[way % 3];
        o.bundle_elements = sizes[way / 3 % 3];
        o.memory = way / 27 ? 1 : 64 << 20;
        for (size_t i = 0; i < MOST_PLACES && world.inputs[i].name; i++)
            world.inputs[i].per_file = sizes[way / 9 % 3];
        snprintf(how, sizeof how, "%d workers, bundles of %zu, files of %zu, memory %llu",
                 o.workers, o.bundle_elements, sizes[way / 9 % 3], (unsigned long long)o.memory);
        world.log_len = 0;
        DONE(p, &o);
        check(how);
    }
}

static const char *expected_lines;
JOIST_INLINE void check_lines(const char *how) { expect_lines(expected_lines, how); }

/* However it is run, `b` gives these lines; from `def` of the file that includes this. */
#define ALWAYS_GIVES(b, lines)                                                                    \
    do {                                                                                          \
        joist_pipeline *p_ = joist_pipeline_new(&def);                                            \
        chosen = b;                                                                               \
        expected_lines = lines;                                                                   \
        each_way(p_, check_lines);                                                                \
        joist_pipeline_free(p_);                                                                  \
    } while (0)

#define ONCE(b)                                                                                   \
    joist_pipeline *p = joist_pipeline_new(&def);                                                 \
    o = defaults();                                                                               \
    chosen = b

#endif
