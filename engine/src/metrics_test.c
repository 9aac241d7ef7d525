/* SPDX-License-Identifier: Apache-2.0
 * A program's own numbers: exact over any number of workers and bundles, and never dropped. */
#include "run_test.h"

enum { COUNT = 400, FILES = 20 };
static ev evs[COUNT];
static joist_pipeline *p;
static joist_run_options o;

static void set_up(void)
{
    for (int i = 0; i < COUNT; i++)
        evs[i] = (ev){ .key = { &"abcdefghij"[i % 10], 1 }, .n = JOIST_INT(i), .seq = i };
    world.inputs[0] = (mem_input){ "in", evs, COUNT, sizeof *evs, .per_file = COUNT / FILES };
    o = defaults();
    make_dir();
}

static void tear_down(void)
{
    joist_pipeline_free(p);
    drop_dir();
}

TestSuite(metrics, .init = set_up, .fini = tear_down);

/* `most`: how many metrics it makes; names are made of numbers, so none outlives its call. */
#define LIMIT(F, T) F(T, int64_t, most) F(T, bool, huge)
JOIST_RECORD(limit, LIMIT);
#define MEASURE(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) CFG(limit)
JOIST_DOFN(measure, MEASURE);
static joist_status measure_process(const measure_call *v, const ev *e)
{
    char name[32];
    for (int64_t i = 0; i < v->cfg->most; i++) {
        snprintf(name, sizeof name, "m%02d", (int)(i + e->seq) % (int)v->cfg->most);
        joist_count_add(v->ctx, name, 1);
        memset(name, 'x', sizeof name);
    }
    joist_distribution_update(v->ctx, "same", v->cfg->huge ? INT64_MAX - e->seq : e->seq - 100);
    joist_distribution_update(v->ctx, e->seq % 2 ? "odd" : "even", -e->seq);
    joist_gauge_set(v->ctx, "same", e->seq);
    return ev_emit(v->out.ok, *e);
}

static limit chosen;
static void build(joist_pipeline *q, const void *options)
{
    (void)options;
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:in"));
    joist_write(JOIST_APPLY(measure, in, .cfg = chosen).ok, .uri = JOIST_TEXT("mem:out"));
}

static const joist_dofn *const dofns[] = { &measure_dofn, NULL };
static const joist_pipeline_def def = { .name = "def", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };

static void choose(limit l, int workers, size_t bundle)
{
    chosen = l;
    joist_pipeline_free(p);
    p = joist_pipeline_new(&def);
    o.workers = workers;
    o.bundle_elements = bundle;
}

static void expect_distribution(const joist_distribution *d, const char *name, uint64_t count,
                                int64_t sum, int64_t min, int64_t max)
{
    cr_expect_str_eq(d->name, name);
    cr_expect_eq(d->count, count);
    cr_expect_eq(d->sum, sum);
    cr_expect_eq(d->min, min);
    cr_expect_eq(d->max, max);
}

Test(metrics, are_the_same_whoever_counts)
{
    static const size_t bundles[] = { 1, 7, 0 };
    for (int i = 0; i < 6; i++) {
        choose((limit){ .most = 3 }, i % 2 ? 4 : 1, bundles[i / 2]);
        DONE(p, &o);
        const joist_stage_report *s = stage_named("measure");
        cr_assert_eq(s->counters_count, 3);
        for (int c = 0; c < 3; c++) {
            cr_expect_eq(s->counters[c].name[2], '0' + c);
            cr_expect_eq(s->counters[c].count, COUNT);
        }
        cr_assert_eq(s->distributions_count, 3);
        expect_distribution(&s->distributions[0], "even", 200, -200 * 199, -398, 0);
        expect_distribution(&s->distributions[1], "odd", 200, -200 * 200, -399, -1);
        expect_distribution(&s->distributions[2], "same", 400, 200 * 399 - 40000, -100, 299);
        cr_assert_eq(s->gauges_count, 1);
        cr_expect_str_eq(s->gauges[0].name, "same");
        cr_expect(s->gauges[0].value >= 0 && s->gauges[0].value < COUNT);
        cr_expect_eq(stage_named("read_ev")->counters_count, 0);
    }
}

Test(metrics, a_gauge_is_what_was_set_last)
{
    choose((limit){ .most = 1 }, 1, 7);
    DONE(p, &o);
    cr_expect_eq(stage_named("measure")->gauges[0].value, COUNT - 1);
}

Test(metrics, a_sum_stays_in_its_range)
{
    choose((limit){ .most = 1, .huge = true }, 3, 7);
    DONE(p, &o);
    const joist_stage_report *s = stage_named("measure");
    expect_distribution(&s->distributions[2], "same", 400, INT64_MAX, INT64_MAX - 399, INT64_MAX);
}

/* 60 counters, three distributions and a gauge. */
Test(metrics, as_many_as_there_is_room_for)
{
    choose((limit){ .most = 60 }, 4, 7);
    DONE(p, &o);
    cr_expect_eq(stage_named("measure")->counters_count, 60);
}

Test(metrics, one_too_many_fails_the_run)
{
    for (int workers = 1; workers <= 4; workers += 3) {
        choose((limit){ .most = 61 }, workers, 1);
        FAILS(p, &o, JOIST_FATAL, "step 'measure' (");
        cr_expect(strstr(report->error.message, "has more than 64 counters, distributions and"),
                  "%s", report->error.message);
    }
}
