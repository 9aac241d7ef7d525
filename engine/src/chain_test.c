/* SPDX-License-Identifier: Apache-2.0
 * DoFns in a run: their lifecycle, what they may answer, what they may ask, and how elements of a
 * bundle move from one to the next. */
/* Tests: chain.c context.c */
#include "run_test.h"

enum { COUNT = 100, FILES = 5 };
static ev evs[COUNT];

static joist_pipeline *p;
static joist_run_options o;
static joist_pipeline_def def;
static void (*chosen)(joist_pipeline *p);
static void build(joist_pipeline *q, const void *options)
{
    (void)options;
    chosen(q);
}

static const joist_code codes[] = { { "odd", "an odd number" }, { NULL, NULL } };

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

TestSuite(chain, .init = set_up, .fini = tear_down);

static joist_pipeline *pipeline(const joist_dofn *const *dofns, void (*b)(joist_pipeline *))
{
    def = (joist_pipeline_def){ .name = "def", .dofns = dofns, .codes = codes, .build = build,
                                .connectors = mem_connectors };
    chosen = b;
    joist_pipeline_free(p);
    return p = joist_pipeline_new(&def);
}
#define READ joist_read(ev, q, .uri = JOIST_TEXT("mem:in"))
#define WRITE(coll) joist_write(coll, .uri = JOIST_TEXT("mem:out"))

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

/* ---- lifecycle ------------------------------------------------------------------------------- */

static atomic_int setups, starts, finishes, teardowns, processed, wrong;
static int fail_setup_of = -1, fail_start;

#define LIFE_STATE(F, T) F(T, int64_t, phase) F(T, int64_t, seen)
JOIST_RECORD(life_state, LIFE_STATE);
#define LIFE_CONFIG(F, T) F(T, int64_t, number) F(T, bool, silent)
JOIST_RECORD(life_config, LIFE_CONFIG);
#define LIFE(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) CFG(life_config) STATE(life_state)
JOIST_HOOK(life, setup);
JOIST_HOOK(life, start_bundle);
JOIST_HOOK(life, finish_bundle);
JOIST_HOOK(life, teardown);
JOIST_DOFN_LIFECYCLE(life, LIFE, .setup = life_setup, .start_bundle = life_start_bundle,
                     .finish_bundle = life_finish_bundle, .teardown = life_teardown);

/* 0 zeroed, 1 set up, 2 in a bundle. */
static void step(const life_call *v, int64_t from, int64_t to)
{
    atomic_fetch_add(&wrong, v->state->phase != from);
    v->state->phase = to;
}

static joist_status life_setup(const life_call *v)
{
    atomic_fetch_add(&setups, 1);
    if (v->cfg->number == fail_setup_of)
        return joist_fail(v->ctx, "no luck with number %d", (int)v->cfg->number);
    step(v, 0, 1);
    return JOIST_OK;
}

static joist_status life_start_bundle(const life_call *v)
{
    atomic_fetch_add(&starts, 1);
    step(v, 1, 2);
    atomic_fetch_add(&wrong, joist_where(v->ctx)->origin != NULL);  /* no element yet */
    return fail_start ? JOIST_FAILED : JOIST_OK;
}

static joist_status life_process(const life_call *v, const ev *e)
{
    atomic_fetch_add(&processed, 1);
    step(v, 2, 2);
    v->state->seen++;
    return v->cfg->silent ? JOIST_OK : ev_emit(v->out.ok, *e);
}

static joist_status life_finish_bundle(const life_call *v)
{
    atomic_fetch_add(&finishes, 1);
    step(v, 2, 1);
    ev end = { .key = JOIST_TEXT("end"), .n = JOIST_INT(v->cfg->number), .seq = v->state->seen };
    v->state->seen = 0;
    return ev_emit(v->out.ok, end);
}

static joist_status life_teardown(const life_call *v)
{
    atomic_fetch_add(&teardowns, 1);
    atomic_fetch_add(&wrong, v->state->phase > 1);
    return JOIST_OK;
}

static const joist_dofn *const life_table[] = { &life_dofn, NULL };

static void one_life(joist_pipeline *q)
{
    WRITE(JOIST_APPLY(life, READ, .cfg.number = 1).ok);
}

static void two_lives(joist_pipeline *q)
{
    ev_coll a = JOIST_APPLY(life, READ, .cfg.number = 1, .name = "first").ok;
    WRITE(JOIST_APPLY(life, a, .cfg.number = 2, .name = "second").ok);
}

Test(chain, setup_once_a_worker_and_bundles_between)
{
    pipeline(life_table, one_life);
    for (int workers = 1; workers <= 3; workers++)
        for (size_t bundle = 1; bundle <= 64; bundle *= 4) {
            setups = starts = finishes = teardowns = processed = 0;
            o.workers = workers;
            o.bundle_elements = bundle;
            DONE(p, &o);
            cr_expect_eq(setups, workers);
            cr_expect_eq(teardowns, workers);
            cr_expect_eq(starts, finishes);
            cr_expect_geq((size_t)starts, COUNT / bundle);
            cr_expect_eq(processed, COUNT);
            cr_expect_eq(wrong, 0);
            cr_expect_eq(lines(seen("out.evs")), (size_t)(COUNT + finishes));
        }
}

Test(chain, what_finish_bundle_emits_is_an_element_for_those_behind)
{
    pipeline(life_table, two_lives);
    o.workers = 1;
    o.bundle_elements = COUNT;
    DONE(p, &o);
    cr_expect_eq(wrong, 0);
    size_t bundles = (size_t)finishes / 2;
    cr_expect_eq(stage_named("second")->in, COUNT + bundles);
    cr_expect_eq(stage_named("second")->outs[0].count, COUNT + 2 * bundles);
    cr_expect(strstr(seen("out.evs"), "{\"key\":\"end\",\"n\":1,\"seq\":20,\"tag\":null}"));
    cr_expect(strstr(seen("out.evs"), "{\"key\":\"end\",\"n\":2,\"seq\":21,\"tag\":null}"));
}

static void life_behind_aggregates(joist_pipeline *q)
{
    ev_coll l = joist_latest(ev, READ, .key = JOIST_FIELDS(ev, key));
    ev_coll a = JOIST_APPLY(life, l, .cfg.silent = true).ok;
    WRITE(joist_latest(ev, a, .key = JOIST_FIELDS(ev, key, seq)));
    joist_write(a, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("all"));
}

/* A partition without elements has bundles too: what they emit comes from nowhere. */
Test(chain, bundles_without_elements_emit_too)
{
    pipeline(life_table, life_behind_aggregates);
    for (int workers = 1; workers <= 3; workers++) {
        finishes = processed = 0;
        o.workers = workers;
        DONE(p, &o);
        cr_expect_eq(processed, 10);
        cr_expect_eq(lines(seen("out.all")), (size_t)finishes);
        cr_expect_eq(wrong, 0);
        cr_expect(strstr(seen("out.evs"), "\"key\":\"end\",\"n\":0,\"seq\":0"));
    }
}

Test(chain, a_setup_that_fails_ends_the_run_before_any_element)
{
    pipeline(life_table, two_lives);
    fail_setup_of = 1;
    o.workers = 1;
    FAILS(p, &o, JOIST_FATAL, "no luck with number 1 (step 'first', ");
    cr_expect_eq(setups, 1, "those behind it are not set up");
    cr_expect_eq(teardowns, 1);
    cr_expect_eq(processed, 0);
    cr_expect_eq(starts, 0);
    fail_setup_of = 2;
    FAILS(p, &o, JOIST_FATAL, "no luck with number 2 (step 'second', ");
    cr_expect_eq(setups, 3);
    cr_expect_eq(teardowns, 3);
    cr_expect_eq(processed, 0);
    cr_expect_str_eq(seen("out.evs"), "");
}

Test(chain, a_start_bundle_that_fails_ends_the_run)
{
    pipeline(life_table, one_life);
    fail_start = 1;
    FAILS(p, &o, JOIST_FATAL, "step 'life' (");
    cr_expect(strstr(report->error.message, "failed without saying why"));
    cr_expect_str_eq(seen("out.evs"), "");
}

/* ---- what a DoFn may answer ------------------------------------------------------------------ */

typedef enum answer {
    GOOD, RETRY_TWICE, RETRY_ALWAYS, REJECT_ODD, REJECT_SILENTLY, REJECT_UNKNOWN, FAIL_AT_37,
    FAIL_SILENTLY, REJECT_RAW, STOP_AND_RETRY, NONSENSE
} answer;
static answer how;
static atomic_int tries[COUNT];

#define ANSWER(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) OUT(ev, more)
JOIST_DOFN(answering, ANSWER);
static joist_status answering_process(const answering_call *v, const ev *e)
{
    int tried = atomic_fetch_add(&tries[e->seq], 1);
    switch (how) {
    case RETRY_TWICE:
        if (tried < 2)
            return JOIST_RETRY;
        break;
    case RETRY_ALWAYS: return JOIST_RETRY;
    case STOP_AND_RETRY:
        atomic_store(&the_env.stop, true);
        return JOIST_RETRY;
    case REJECT_ODD:
        if (e->seq % 2)
            return joist_reject(v->ctx, "odd", "%d is odd", (int)e->seq);
        break;
    case REJECT_RAW:
        if (e->seq == 37)
            return joist_reject_raw(v->ctx, "odd", (joist_bytes){ "\1\2\3", 3 }, 2, "broken");
        break;
    case REJECT_SILENTLY: return JOIST_REJECTED;
    case REJECT_UNKNOWN: return joist_reject(v->ctx, "even", "never heard of");
    case FAIL_AT_37:
        if (e->seq == 37)
            return joist_fail(v->ctx, "%d is too much", 37);
        break;
    case FAIL_SILENTLY: return JOIST_FAILED;
    case NONSENSE: return (joist_status)99;
    default: break;
    }
    ev_emit(v->out.more, *e);
    return ev_emit(v->out.ok, *e);
}
static const joist_dofn *const answer_table[] = { &answering_dofn, NULL };

static void answers(joist_pipeline *q)
{
    answering_result r = JOIST_APPLY(answering, READ, .name = "asked");
    WRITE(r.ok);
    joist_write(r.more, .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("more"));
}

static void asked(answer a)
{
    how = a;
    pipeline(answer_table, answers);
}

Test(chain, retry_is_tried_again_and_costs_waiting)
{
    asked(RETRY_TWICE);
    DONE(p, &o);
    cr_expect_eq(the_env.sleeps, 2 * COUNT, "tries of one element do not count for the next");
    cr_expect_geq(the_env.slept, COUNT * (100 + 200));
    cr_expect_eq(stage_named("asked")->retried, 2 * COUNT);
    cr_expect_eq(lines(seen("out.evs")), COUNT);
}

Test(chain, retry_without_end_is_temporary)
{
    asked(RETRY_ALWAYS);
    o.workers = 1;
    FAILS(p, &o, JOIST_TEMPORARY, "step 'asked' (");
    cr_expect(strstr(report->error.message, "asked for a retry 6 times"));
    cr_expect_eq(tries[0], 7);
    cr_expect_eq(tries[1], 0);
    cr_expect_str_eq(seen("out.evs"), "");
}

Test(chain, retry_while_the_run_is_stopping_is_no_failure)
{
    asked(STOP_AND_RETRY);
    o.workers = 1;
    cr_expect_eq(run_it(p, &o), JOIST_FAILED);
    cr_expect_str_eq(report->status, "interrupted");
    cr_expect_eq(tries[0], 1);
}

Test(chain, rejected_elements_are_counted_by_code)
{
    asked(REJECT_ODD);
    o.dead = joist_text_of(test_dir);
    DONE(p, &o);
    const joist_stage_report *s = stage_named("asked");
    cr_expect_eq(s->in, COUNT);
    cr_expect_eq(s->outs[0].count, COUNT / 2);
    cr_expect_str_eq(s->outs[0].name, "ok");
    cr_expect_eq(s->rejected_count, 1);
    cr_expect_str_eq(s->rejected[0].code, "odd");
    cr_expect_eq(s->rejected[0].count, COUNT / 2);
    cr_expect_eq(report->rejected, COUNT / 2);
    cr_expect_eq(report->events, COUNT / 2);
    cr_expect_eq(lines(seen("out.evs")), COUNT / 2);
}

Test(chain, mistakes_of_a_program_end_the_run)
{
    asked(REJECT_SILENTLY);
    FAILS(p, &o, JOIST_FATAL, "returned JOIST_REJECTED without calling joist_reject");
    asked(REJECT_UNKNOWN);
    FAILS(p, &o, JOIST_FATAL, "step 'asked' (");
    cr_expect(strstr(report->error.message, "with the code 'even', which is in no table"));
    asked(FAIL_SILENTLY);
    FAILS(p, &o, JOIST_FATAL, "failed without saying why: joist_fail does that");
    asked(NONSENSE);
    FAILS(p, &o, JOIST_FATAL, "failed without saying why");
    cr_expect_str_eq(seen("out.evs"), "");
}

Test(chain, a_failure_names_the_record_and_the_step)
{
    asked(FAIL_AT_37);
    FAILS(p, &o, JOIST_FATAL, "mem:in:18: 37 is too much (step 'asked', ");
    cr_expect(strstr(report->error.message, "chain_test.c:"), "%s", report->error.message);
}

/* ---- a reject inside another element's emit -------------------------------------------------- */

#define FIRST(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(first, FIRST);
static joist_status first_process(const first_call *v, const ev *e)
{
    if (how == REJECT_SILENTLY) {
        ev_emit(v->out.ok, *e);
        ev_emit(v->out.ok, *e);
        return JOIST_REJECTED;
    }
    joist_status rejected = joist_reject(v->ctx, "odd", "this one");
    ev_emit(v->out.ok, *e);
    ev_emit(v->out.ok, *e);
    return rejected;
}
#define ALL(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(all, ALL);
static joist_status all_process(const all_call *v, const ev *e)
{
    return how == REJECT_SILENTLY ? joist_reject(v->ctx, "odd", "all") : ev_emit(v->out.ok, *e);
}
static const joist_dofn *const nested_table[] = { &first_dofn, &all_dofn, NULL };
static void nested(joist_pipeline *q) { WRITE(JOIST_APPLY(all, JOIST_APPLY(first, READ).ok).ok); }

Test(chain, a_reject_further_on_is_not_taken_for_ones_own)
{
    pipeline(nested_table, nested);
    o.bundle_elements = 1;
    how = REJECT_SILENTLY;
    FAILS(p, &o, JOIST_FATAL, "step 'first' (");
    how = GOOD;
    DONE(p, &o);
    cr_expect_eq(stage_named("first")->rejected[0].count, COUNT);
    cr_expect_eq(stage_named("all")->in, 2 * COUNT);
}

/* ---- what a DoFn may ask --------------------------------------------------------------------- */

#define ASK(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(ask, ASK);
static joist_status ask_process(const ask_call *v, const ev *e)
{
    static const char *const many[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
                                        "m", "n" };
    char *bytes = joist_alloc(v->ctx, 100);
    memset(bytes, 'x', 100);
    joist_count_add(v->ctx, e->seq % 2 ? "odd" : "even", 1);
    joist_count_add(v->ctx, "sum", e->seq);
    joist_count_add(v->ctx, "sum", -1);
    for (size_t i = 0; i < sizeof many / sizeof *many && e->seq == 7; i++)
        joist_count_add(v->ctx, many[i], 1);
    ev out = *e;
    out.key = joist_printf(v->ctx, "%.*s@%d", JOIST_ARG(joist_where(v->ctx)->origin->uri),
                           (int)joist_where(v->ctx)->line);
    out.tag = joist_run_id(v->ctx);
    out.n = JOIST_INT(joist_now(v->ctx).ms);
    return ev_emit(v->out.ok, out);
}
static const joist_dofn *const ask_table[] = { &ask_dofn, NULL };
static void asks(joist_pipeline *q) { WRITE(JOIST_APPLY(ask, READ).ok); }

Test(chain, services)
{
    pipeline(ask_table, asks);
    o.workers = 3;
    o.run_id = JOIST_TEXT("run-7");
    DONE(p, &o);
    cr_expect(strstr(seen("out.evs"), "{\"key\":\"mem:in@1\",\"n\":1700000000000,\"seq\":0,"
                                      "\"tag\":\"run-7\"}\n"), "%.200s", seen("out.evs"));
    const joist_stage_report *s = stage_named("ask");
    uint64_t odd = 0, even = 0, sum = 0;
    for (size_t i = 0; i < s->counters_count; i++) {
        odd += strcmp(s->counters[i].name, "odd") == 0 ? s->counters[i].count : 0;
        even += strcmp(s->counters[i].name, "even") == 0 ? s->counters[i].count : 0;
        sum += strcmp(s->counters[i].name, "sum") == 0 ? s->counters[i].count : 0;
    }
    cr_expect_eq(odd, COUNT / 2);
    cr_expect_eq(even, COUNT / 2);
    cr_expect_eq(sum, COUNT * (COUNT - 1) / 2 - COUNT);
    cr_expect_eq(s->counters_count, 17, "none is dropped");
}

/* ---- order where ways meet ------------------------------------------------------------------- */

/* `a` gives one element, `b` three, of the same record: in one table, those of a come first. */
#define TAG_CONFIG(F, T) F(T, joist_text, tag) F(T, int64_t, times) F(T, bool, keep)
JOIST_RECORD(tag_config, TAG_CONFIG);
#define TAG(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) OUT(ev, late) CFG(tag_config)
JOIST_DOFN(tagging, TAG);
static joist_status tagging_process(const tagging_call *v, const ev *e)
{
    ev out = *e;
    if (v->cfg->keep)
        return ev_emit(v->out.ok, *e);
    out.tag = v->cfg->tag;
    for (out.n.v = 0; out.n.v < v->cfg->times; out.n.v++) {
        ev_emit(v->out.late, out);
        if (out.n.v)
            ev_emit(v->out.late, out);
        ev_emit(v->out.ok, out);
    }
    return JOIST_OK;
}
static const joist_dofn *const tag_table[] = { &tagging_dofn, NULL };

static void ways(joist_pipeline *q)
{
    ev_coll in = READ;
    tagging_result a = JOIST_APPLY(tagging, in, .cfg.tag = JOIST_TEXT("a"), .cfg.times = 1);
    tagging_result b = JOIST_APPLY(tagging, in, .cfg.tag = JOIST_TEXT("b"), .cfg.times = 3);
    ev_coll both = joist_flatten(ev, b.ok, a.ok, a.late);
    WRITE(joist_flatten(ev, both, b.late));
    joist_write(joist_latest(ev, both, .key = JOIST_FIELDS(ev, seq)), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("latest"));
    ev_coll crossed = joist_flatten(ev, b.late, b.ok, a.ok);
    tagging_result c = JOIST_APPLY(tagging, crossed, .cfg.tag = JOIST_TEXT("c"), .cfg.times = 1,
                                   .cfg.keep = true);
    joist_write(joist_flatten(ev, c.ok, c.late), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("crossed"));
}

Test(chain, elements_of_one_record_meet_in_one_order)
{
    pipeline(tag_table, ways);
    char *first = NULL, *latest = NULL, *crossed = NULL;
    for (o.workers = 1; o.workers <= 4; o.workers += 3)
        for (o.bundle_elements = 0; o.bundle_elements < 8; o.bundle_elements++) {
            DONE(p, &o);
            first = first ? first : joist_strdup(seen("out.evs"));
            latest = latest ? latest : joist_strdup(seen("out.latest"));
            crossed = crossed ? crossed : joist_strdup(seen("out.crossed"));
            cr_assert_str_eq(seen("out.crossed"), crossed);
            cr_assert_str_eq(seen("out.evs"), first);
            cr_assert_str_eq(seen("out.latest"), latest);
        }
    cr_expect_eq(lines(first), 10 * COUNT);
    cr_expect_eq(lines(crossed), 9 * COUNT);
    cr_expect_eq(lines(latest), COUNT);
    joist_free(first);
    joist_free(latest);
    joist_free(crossed);
}
