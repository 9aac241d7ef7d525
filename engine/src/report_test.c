/* SPDX-License-Identifier: Apache-2.0
 * Numbers: what counts as a record, an event, a reject; that lies are found out before anybody sees
 * a row; and what progress sees on the way. */
/* Tests: report.c run.c */
#include "run_test.h"

enum { COUNT = 60 };
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

#define SITE_REC(F, T) F(T, joist_text, key) F(T, int64_t, seq)
JOIST_RECORD(site, SITE_REC);
static site sites[] = { { { "a", 1 }, 0 }, { { "b", 1 }, 1 }, { { "a", 1 }, 2 } };

/* Rejects every tenth of its salt; what is odd takes the other way. */
#define TENTH(F, T) F(T, int64_t, digit)
JOIST_RECORD(tenth, TENTH);
#define SIFT(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, even) OUT(ev, odd) CFG(tenth)
JOIST_DOFN(sift, SIFT);
static joist_status sift_process(const sift_call *v, const ev *e)
{
    if (e->seq % 10 == v->cfg->digit)
        return joist_reject(v->ctx, "digit", "not today");
    return ev_emit(e->seq % 2 ? v->out.odd : v->out.even, *e);
}

#define LOOKUP(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(site, sites)
JOIST_DOFN(lookup, LOOKUP);
static joist_status lookup_process(const lookup_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}

#define CHECK_SITE(IN, OUT, SIDE, CFG, STATE) IN(site) OUT(site, ok)
JOIST_DOFN(check_site, CHECK_SITE);
static joist_status check_site_process(const check_site_call *v, const site *s)
{
    return s->seq ? joist_reject(v->ctx, "digit", "a bad site") : site_emit(v->out.ok, *s);
}

/* Goes on once progress has been looked at. */
static atomic_int looks;
#define LINGER(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(linger, LINGER);
static joist_status linger_process(const linger_call *v, const ev *e)
{
    while (!atomic_load(&looks))
        usleep(1000);
    return ev_emit(v->out.ok, *e);
}

static const joist_dofn *const dofns[] = { &sift_dofn, &lookup_dofn, &check_site_dofn,
                                           &linger_dofn, NULL };
static const joist_code codes[] = { { "digit", "the wrong one" }, { NULL, NULL } };

static void set_up(void)
{
    for (int i = 0; i < COUNT; i++)
        evs[i] = (ev){ .key = { &"abcdef"[i % 6], 1 }, .n = JOIST_INT(i), .seq = i };
    world.inputs[0] = (mem_input){ "in", evs, COUNT, sizeof *evs, .per_file = 7 };
    world.inputs[1] = (mem_input){ "more", evs, 20, sizeof *evs, .per_file = 20 };
    world.inputs[2] = (mem_input){ "sites", sites, 2, sizeof *sites, .per_file = 1 };
    def = (joist_pipeline_def){ .name = "numbers", .dofns = dofns, .codes = codes, .build = build,
                                .connectors = mem_connectors };
    p = joist_pipeline_new(&def);
    o = defaults();
}
static void tear_down(void) { joist_pipeline_free(p); }
TestSuite(report, .init = set_up, .fini = tear_down);

#define READ(name_) joist_read(ev, q, .uri = JOIST_TEXT("mem:" name_))
#define WRITE(coll, name_) joist_write(coll, .uri = JOIST_TEXT("mem:out"), .name = name_,         \
                                       .table = JOIST_TEXT(name_))

/* ---- events ---------------------------------------------------------------------------------- */

static void forked(joist_pipeline *q)
{
    sift_result first = JOIST_APPLY(sift, READ("in"), .cfg.digit = 3, .name = "before");
    sift_result second = JOIST_APPLY(sift, first.even, .cfg.digit = 4, .name = "behind");
    WRITE(second.even, "w");
    WRITE(second.odd, "w2");
    WRITE(first.odd, "w3");
    WRITE(joist_flatten(ev, first.odd, first.even), "w4");
}

Test(report, a_forked_graph)
{
    chosen = forked;
    DONE(p, &o);
    cr_expect_eq(report->records, COUNT);
    cr_expect_eq(report->rejected, 12);
    cr_expect_eq(report->events, COUNT - 6, "rejected behind the fork is an event");
    cr_expect_eq(report->files, 9);
    cr_expect_eq(report->skipped, 1);
    cr_expect_eq(report->bytes, COUNT);
    cr_expect_eq(report->bytes_total, 9 * 7);
    cr_assert_eq(report->stages_count, 3);
    cr_expect_str_eq(report->stages[0].name, "read_ev");
    cr_expect_eq(report->stages[0].in, COUNT);
    cr_expect_eq(report->stages[0].outs[0].count, COUNT);
    const joist_stage_report *s = stage_named("before");
    cr_expect_eq(s->in, COUNT);
    cr_expect_eq(s->outs[0].count, 30);
    cr_expect_eq(s->outs[1].count, 24);
    s = stage_named("behind");
    cr_expect_eq(s->in, 30);
    cr_expect_eq(s->outs[0].count, 24);
    cr_expect_eq(s->outs[1].count, 0);
    cr_expect_str_eq(s->rejected[0].code, "digit");
    cr_expect_eq(s->rejected[0].count, 6);
    cr_expect_eq(report->sinks_count, 4);
    cr_expect_eq(report->sinks[3].rows, 54);
    cr_expect_str_eq(report->sinks[3].name, "w4");
    cr_expect_str_eq(report->pipeline, "numbers");
    cr_expect_eq(report->started.ms, 1700000000000);
    cr_expect_eq(report->spilled_bytes, 0);
    cr_expect_gt(report->peak_memory, 1 << 20);
    cr_expect_gt(report->seconds, 0);
    cr_expect_gt(report->first_record_seconds, 0);
}

/* Each of two inputs has its own way: what is rejected on it reaches no output either. */
static void two_inputs(joist_pipeline *q)
{
    sift_result a = JOIST_APPLY(sift, READ("in"), .cfg.digit = 3, .name = "a");
    sift_result b = JOIST_APPLY(sift, READ("more"), .cfg.digit = 4, .name = "b");
    WRITE(joist_flatten(ev, a.even, a.odd, b.even, b.odd), "w");
}

Test(report, two_inputs_with_a_way_each)
{
    chosen = two_inputs;
    DONE(p, &o);
    cr_expect_eq(report->records, COUNT + 20);
    cr_expect_eq(report->rejected, 8);
    cr_expect_eq(report->events, COUNT + 20 - 8);
}

/* An element of an aggregate is not one record. */
static void behind_latest(joist_pipeline *q)
{
    ev_coll l = joist_latest(ev, READ("in"), .key = JOIST_FIELDS(ev, key), .name = "l");
    sift_result a = JOIST_APPLY(sift, l, .cfg.digit = 5, .name = "a");
    WRITE(joist_flatten(ev, a.even, a.odd), "w");
    WRITE(joist_count(ev, a.even, key), "w2");
}

Test(report, rejected_behind_an_aggregate)
{
    chosen = behind_latest;
    DONE(p, &o);
    cr_expect_eq(report->rejected, 1);
    cr_expect_eq(report->events, COUNT);
    cr_expect_eq(stage_named("l")->in, COUNT);
    cr_expect_eq(stage_named("l")->outs[0].count, 6);
    cr_expect_eq(stage_named("a")->in, 6);
    cr_expect_eq(stage_named("count_by_key")->in, 3);
    cr_expect_eq(stage_named("count_by_key")->outs[0].count, 3, "rows of the table that reads it");
}

/* Ways through it: two to the power of LINKS. None may be walked one by one. */
enum { LINKS = 40, NEVER = 10 };
static void linked(joist_pipeline *q)
{
    ev_coll in = READ("in");
    for (int i = 0; i < LINKS; i++) {
        sift_result r = JOIST_APPLY(sift, in, .cfg.digit = NEVER);
        in = joist_flatten(ev, r.even, r.odd);
    }
    sift_result last = JOIST_APPLY(sift, in, .cfg.digit = 3, .name = "last");
    WRITE(last.even, "w");
    WRITE(last.odd, "w2");
}

Test(report, ways_that_part_and_meet_many_times)
{
    chosen = linked;
    DONE(p, &o);
    cr_expect_eq(stage_named("last")->in, COUNT);
    cr_expect_eq(report->rejected, 6);
    cr_expect_eq(report->events, COUNT - 6, "the ways meet before they are rejected");
}

Test(report, rejected_by_the_source)
{
    chosen = forked;
    world.inputs[0].reject = "bad_json";
    DONE(p, &o);
    cr_expect_eq(report->records, COUNT);
    cr_expect_eq(stage_named("read_ev")->rejected[0].count, 30);
    cr_expect_eq(stage_named("read_ev")->outs[0].count, 30);
    cr_expect_eq(report->events, 30);
}

/* ---- side inputs ----------------------------------------------------------------------------- */

static void with_side(joist_pipeline *q)
{
    ev_coll in = READ("in");
    site_coll all = joist_read(site, q, .uri = JOIST_TEXT("mem:sites"));
    WRITE(JOIST_APPLY(lookup, in, .side.sites = joist_map_by(site, all, key)).ok, "w");
}

static void with_side_through_an_aggregate(joist_pipeline *q)
{
    ev_coll in = READ("in");
    site_coll all = joist_read(site, q, .uri = JOIST_TEXT("mem:sites"));
    site_coll latest = joist_latest(site, all, .key = JOIST_FIELDS(site, key));
    site_coll good = JOIST_APPLY(check_site, latest).ok;
    WRITE(JOIST_APPLY(lookup, in, .side.sites = joist_map_by(site, good, key)).ok, "w");
}

Test(report, side_inputs_are_no_records)
{
    chosen = with_side;
    DONE(p, &o);
    cr_expect_eq(report->records, COUNT);
    cr_expect_eq(report->files, 9);
    cr_expect_eq(report->bytes_total, 9 * 7);
    cr_expect_eq(stage_named("read_site")->in, 2);
    chosen = with_side_through_an_aggregate;
    sites[1].seq = 0;
    DONE(p, &o);
    cr_expect_eq(report->records, COUNT);
    cr_expect_eq(report->events, COUNT);
    sites[1].seq = 1;
}

Test(report, a_reject_in_a_side_input_fails_the_run)
{
    chosen = with_side;
    world.inputs[2] = (mem_input){ "sites", sites, 2, sizeof *sites, .per_file = 2,
                                   .reject = "bad_json" };
    FAILS(p, &o, JOIST_FATAL, "mem:sites:2: record 1 (bad_json; a side input must be whole; step "
                              "'read_site', ");
    world.inputs[2].reject = NULL;
    chosen = with_side_through_an_aggregate;
    FAILS(p, &o, JOIST_FATAL, "mem:sites:2: a bad site (digit; a side input must be whole; step "
                              "'check_site', ");
    cr_expect_str_eq(seen("out.w"), "");
}

Test(report, side_inputs_that_are_empty_or_ambiguous_fail_the_run)
{
    chosen = with_side;
    world.inputs[2].count = 3;
    FAILS(p, &o, JOIST_FATAL, "side input 'sites': two elements of 'site' have the key 'a'");
    world.inputs[2].count = 0;
    FAILS(p, &o, JOIST_FATAL, "side input 'sites' of step 'lookup' is empty: there is no site");
    world.inputs[2].count = 1;
    sites[0].key = JOIST_NO_TEXT;
    FAILS(p, &o, JOIST_FATAL, "side input 'sites': a site without its key 'key'");
}

/* ---- lies ------------------------------------------------------------------------------------ */

Test(report, a_source_that_lies_about_its_records_is_found_out_before_the_commit)
{
    chosen = forked;
    world.inputs[0].lie = 1;
    FAILS(p, &o, JOIST_FATAL, "the numbers of 'read_ev' (");
    const char *sums = "do not add up: 60 records emitted or rejected, not 69";
    cr_expect(strstr(report->error.message, sums), "%s", report->error.message);
    cr_expect(!report->adds_up);
    cr_expect_str_eq(seen("out.w"), "");
    cr_expect(!strstr(world.log, "commit:"));
}

/* A finished run whose counters are bent one by one. */
Test(report, elements_that_vanish_in_the_engine_are_found_out)
{
    chosen = behind_latest;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK);
    DONE(p, &o);
    jst_run *run = p->run;
    joist_error e;
    cr_expect(jst_report_adds_up(run, &e));
    size_t l = 1, a = 2;
    jst_tick_add(&run->workers[0].counts[a].in, 1);
    cr_expect(!jst_report_adds_up(run, &e));
    cr_expect(strstr(e.message, "the numbers of 'a' ("), "%s", e.message);
    jst_tick_add(&run->workers[0].counts[a].in, UINT64_MAX);
    jst_tick_add(&run->workers[0].counts[l].outs[0], 1);
    cr_expect(!jst_report_adds_up(run, &e));
    jst_tick_add(&run->workers[0].counts[l].outs[0], UINT64_MAX);
    run->shuffles[0]->shares[0].arrived++;
    cr_expect(!jst_report_adds_up(run, &e));
    cr_expect(strstr(e.message, "the numbers of 'l' ("), "%s", e.message);
    run->shuffles[0]->shares[0].arrived--;
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (jst_op_of(p->graph.nodes.items[i].op) == JST_WRITE) {
            jst_tick_add(&run->tables[i].rows, 1);
            cr_expect(!jst_report_adds_up(run, &e));
            cr_expect(strstr(e.message, "rows written, replaced or refused"), "%s", e.message);
            jst_tick_add(&run->tables[i].rows, UINT64_MAX);
        }
    cr_expect(jst_report_adds_up(run, &e));
}

/* ---- progress -------------------------------------------------------------------------------- */

static uint64_t last_records;
static pthread_t looker;
static const char *last_status;

static void look(void *user, const joist_report *r)
{
    cr_expect_eq(user, &looks);
    cr_expect_geq(r->records, last_records, "numbers only grow");
    cr_expect(strcmp(r->status, "running") == 0 || r->records == COUNT);
    last_records = r->records;
    last_status = r->status;
    looker = pthread_self();
    atomic_fetch_add(&looks, 1);
}

static void lingering(joist_pipeline *q) { WRITE(JOIST_APPLY(linger, READ("in")).ok, "w"); }

Test(report, progress_looks_from_the_callers_thread_and_sees_the_end)
{
    chosen = lingering;
    o.progress = look;
    o.user = &looks;
    DONE(p, &o);
    cr_expect_geq(atomic_load(&looks), 2);
    cr_expect(pthread_equal(looker, pthread_self()));
    cr_expect_eq(last_records, COUNT);
    cr_expect_str_eq(last_status, "done");
}

/* ---- the run itself -------------------------------------------------------------------------- */

Test(report, a_run_has_an_id_of_its_second_and_some_chance)
{
    chosen = forked;
    DONE(p, &o);
    char first[64];
    snprintf(first, sizeof first, "%.*s", JOIST_ARG(report->run_id));
    cr_expect_eq(strncmp(first, "20231114T221320-", 16), 0, "%s", first);
    cr_expect_eq(strlen(first), 20);
    DONE(p, &o);
    cr_expect(!joist_text_equal(report->run_id, joist_text_of(first)));
    o.run_id = JOIST_TEXT("mine");
    DONE(p, &o);
    cr_expect(joist_text_equal(report->run_id, JOIST_TEXT("mine")));
}

Test(report, workers_and_memory_have_defaults)
{
    chosen = forked;
    o.workers = 0;
    o.memory = 0;
    DONE(p, &o);
    cr_expect_geq(p->run->workers_count, 1);
    cr_expect_gt(p->run->memory.limit, 1 << 20);
    o.workers = -3;
    DONE(p, &o);
}

Test(report, spilling_is_counted_and_needs_the_directory_given)
{
    chosen = forked;
    o.memory = 1;
    o.spill = JOIST_TEXT("/nowhere/at/all");
    FAILS(p, &o, JOIST_FATAL, "cannot create a temporary file in /nowhere/at/all");
    o.spill = JOIST_TEXT("/tmp");
    DONE(p, &o);
    cr_expect_gt(report->spilled_bytes, 1000);
}

static void fallback(joist_pipeline *q)
{
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:nothing"),
                            .otherwise = { JOIST_TEXT("mem:none"), JOIST_TEXT("mem:more") });
    WRITE(in, "w");
}

static void nothing_to_read(joist_pipeline *q)
{
    WRITE(READ("nothing"), "w");
}

Test(report, an_input_that_is_not_there_falls_back_or_fails)
{
    chosen = fallback;
    DONE(p, &o);
    cr_expect_eq(report->records, 20);
    chosen = nothing_to_read;
    FAILS(p, &o, JOIST_FATAL, "no input nothing");
    world.inputs[1].name = "less";
    chosen = fallback;
    DONE(p, &o);
    cr_expect_eq(report->records, 0);
    cr_expect_eq(report->first_record_seconds, 0);
}

Test(report, an_empty_input_commits_empty_tables)
{
    chosen = forked;
    world.inputs[0].count = 0;
    DONE(p, &o);
    cr_expect_eq(report->records, 0);
    cr_expect_eq(report->events, 0);
    cr_expect(report->sinks[0].committed);
}

Test(report, check_online_opens_everything_and_writes_nothing)
{
    chosen = with_side;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK);
    cr_expect_eq(joist_pipeline_check_online(p, &the_env.env, &error), JOIST_OK);
    cr_expect_str_eq(world.log, "read:in read:sites open:out close:out ");
    world.faults[0] = (mem_fault){ "open:out", 1, JOIST_FAILED, "no right to write" };
    cr_expect_eq(joist_pipeline_check_online(p, &the_env.env, &error), JOIST_FAILED);
    cr_expect_str_eq(error.message, "no right to write");
    world.faults[0] = (mem_fault){ "read:sites", 1, JOIST_FAILED, "no right to read" };
    cr_expect_eq(joist_pipeline_check_online(p, &the_env.env, &error), JOIST_FAILED);
    cr_expect_str_eq(error.message, "no right to read");
}

/* ---- readers that are busy ------------------------------------------------------------------- */

Test(report, a_busy_reader_is_asked_again_and_what_it_gave_before_stays)
{
    chosen = forked;
    o.bundle_elements = 5;
    world.faults[0] = (mem_fault){ "bundle:in", 3, JOIST_RETRY, "busy" };
    world.faults[1] = (mem_fault){ "after:in", 2, JOIST_RETRY, "busy" };
    DONE(p, &o);
    cr_expect_eq(report->records, COUNT);
    cr_expect_eq(stage_named("read_ev")->retried, 5);
    cr_expect_eq(the_env.sleeps, 5);
}

Test(report, a_reader_that_stays_busy_is_temporary)
{
    chosen = forked;
    world.faults[0] = (mem_fault){ "bundle:in", 1000, JOIST_RETRY, "busy" };
    FAILS(p, &o, JOIST_TEMPORARY, "busy");
    world.faults[0] = (mem_fault){ "bundle:in", 1, JOIST_FAILED, "torn" };
    FAILS(p, &o, JOIST_FATAL, "torn");
    world.faults[0] = (mem_fault){ "start:in", 1, JOIST_FAILED, NULL };
    FAILS(p, &o, JOIST_FATAL, "mem:in failed without saying why");
    cr_expect_str_eq(seen("out.w"), "");
}
