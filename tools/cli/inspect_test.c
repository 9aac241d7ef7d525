/* SPDX-License-Identifier: Apache-2.0
 * dead, replay, peek and --trace-record on a small pipeline of typed records, with an aggregate, a
 * flatten and a step with two ports. The flagship's are tests/e2e/inspect_test.py. */
/* Tests: dead.c peek.c replay.c replay_letters.c replay_origin.c replay_source.c trace.c */
#include "capture_test.h"
#include "replay.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a pipeline ------------------------------------------------------------------------------ */
#define OPTIONS(F, T)                                                                              \
    F(T, joist_text, input, 0, .fallback = "in", .help = "what to read")                           \
    F(T, joist_text, output, 0, .fallback = "sqlite:out.db", .help = "where items go")             \
    F(T, int64_t, most, 0, .fallback = "5", .help = "the greatest number that is right")           \
    F(T, int64_t, max_record, 0, .fallback = "1K", .help = "bytes")
JOIST_RECORD(options, OPTIONS);
#define ITEM(F, T)                                                                                 \
    F(T, joist_text, id, JOIST_REQUIRED, .from = "the.key") F(T, joist_int, n)                     \
    F(T, joist_text, owner, JOIST_PII) F(T, joist_text, pin, JOIST_SECRET)
JOIST_RECORD(item, ITEM);
#define LIMIT(F, T) F(T, int64_t, most, 0)
JOIST_RECORD(limit, LIMIT);

#define JUDGE(IN, OUT, SIDE, CFG, STATE) IN(item) OUT(item, even) OUT(item, odd) CFG(limit)
JOIST_DOFN(judge, JUDGE);
static joist_status judge_process(const judge_call *v, const item *in)
{
    if (in->n.v > v->cfg->most)
        return joist_reject(v->ctx, "too_much", "%lld is too much", (long long)in->n.v);
    return in->n.v % 2 ? item_emit(v->out.odd, *in) : item_emit(v->out.even, *in);
}
#define CHECK(IN, OUT, SIDE, CFG, STATE) IN(joist_total) OUT(joist_total, out) CFG(limit)
JOIST_DOFN(check, CHECK);
static joist_status check_process(const check_call *v, const joist_total *t)
{
    if (t->total > 2 * v->cfg->most)
        return joist_reject(v->ctx, "too_much", "%lld in all", (long long)t->total);
    return joist_total_emit(v->out.out, *t);
}

static void build(joist_pipeline *p, const void *config)
{
    const options *o = config;
    limit most = { o->most };
    item_coll items = joist_read(item, p, .uri = o->input, .max_record = o->max_record,
                                 .name = "read");
    judge_result r = JOIST_APPLY(judge, items, .cfg = most);
    item_coll both = joist_flatten(item, r.even, r.odd);
    item_coll newest = joist_latest(item, both, .key = JOIST_FIELDS(item, id),
                                    .by = JOIST_FIELDS(item, n), .name = "newest");
    joist_write(newest, .uri = o->output, .table = JOIST_TEXT("items"),
                .key = JOIST_FIELDS(item, id), .by = JOIST_FIELDS(item, n), .name = "write_items");
    joist_total_coll totals = joist_sum(item, items, id, n);
    joist_total_coll right = JOIST_APPLY(check, totals, .cfg = most).out;
    joist_write(right, .uri = o->output, .table = JOIST_TEXT("totals"),
                .key = JOIST_FIELDS(joist_total, key), .name = "write_totals");
}

static const joist_code codes[] = { { "too_much", "too much" }, { NULL, NULL } };
static const joist_dofn *const dofns[] = { &judge_dofn, &check_dofn, NULL };
static const joist_pipeline_def def = { .name = "sample", .options = &options_type,
                                        .dofns = dofns, .codes = codes, .build = build };

/* ---- calling it ------------------------------------------------------------------------------ */
static char directory[64];

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static void set_up(void)
{
    snprintf(directory, sizeof directory, "/tmp/joist-inspect-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
    cr_assert_eq(mkdir("in", 0777), 0);
    write_file("in/a.jsonl",
               "{\"the\":{\"key\":\"a\"},\"n\":1,\"owner\":\"Ada\",\"pin\":\"1234\"}\n"
               "{\"the\":{\"key\":\"b\"},\"n\":8,\"owner\":\" Bea\"}\n"
               "{\"the\":{\"key\":\"a\"},\"n\":2}\n"
               "{\"n\":3}\n"
               "{\"the\":{\"key\":\"c\"},\"n\":4}\n");
    write_file("in/b.json", "{\"the\":{\"key\":\"c\"},\"n\":9}\n{\"n\":");
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void tear_down(void)
{
    nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(inspect, .init = set_up, .fini = tear_down);

#define CALL(...) captured_main((char *[]){ "sample", __VA_ARGS__, NULL }, &def)
#define RUN(id, ...) CALL(__VA_ARGS__, "--run-id", id, "--dead", "dead", "--summary", "json",      \
                          "--log-format", "human")

static void expect(const char *text, const char *part)
{
    cr_expect(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

/* ---- dead ------------------------------------------------------------------------------------ */
Test(inspect, dead_letters_are_listed)
{
    cr_assert_eq(RUN("r", "run"), 0, "%s", err);
    cr_assert_eq(CALL("dead", "ls", "--dead", "dead"), 0);
    cr_expect_eq(lines(out), 5, "%s", out);
    expect(out, "r-1  judge  too_much  in/a.jsonl:2  8 is too much\n");
    expect(out, "r-2  read   bad_json  in/a.jsonl:4  no item: the field 'id' is required\n");
    expect(out, "check  too_much  -  13 in all\n");
    cr_assert_eq(CALL("dead", "stats", "dead/r.jsonl"), 0);
    expect(out, "    2  bad_json  read   r-2      no item");
    expect(out, "5 dead letters in 1 file\n");
    cr_assert_eq(CALL("dead", "ls", "--json", "dead"), 0);
    expect(out, "{\"id\":\"r-1\",\"stage\":\"judge\",\"code\":\"too_much\"");
    cr_assert_eq(CALL("dead", "show", "r-1", "--dead", "dead"), 0);
    expect(out, "too_much: 8 is too much\n  --> in/a.jsonl:2  record 1, byte 53\n");
    expect(out, "   | owner: \"Bea\"\n");
    expect(out, "replay dead/r.jsonl --code too_much --dry-run");
    cr_assert_eq(CALL("dead", "stats", "--dead", "nowhere"), 0);
    cr_expect_str_eq(out, "no dead letters in nowhere\n");
    write_file("dead/r.jsonl", "{}\n");
    cr_assert_eq(CALL("dead", "ls", "--dead", "dead"), 2);
    expect(err, "dead letter of version 1");
}

/* ---- replay ---------------------------------------------------------------------------------- */
Test(inspect, elements_and_bytes_enter_where_they_were_rejected)
{
    cr_assert_eq(RUN("r", "run"), 0, "%s", err);
    cr_assert_eq(RUN("s", "replay", "dead/r.jsonl", "--code", "too_much", "--from", "newest"), 2);
    expect(err, "of another record than --from takes");
    cr_assert_eq(RUN("s", "replay", "dead/r.jsonl", "--code", "bad_json"), 2);
    expect(err, "nothing can be added at 'sum_by_id'");
    cr_assert_eq(RUN("s", "replay", "dead/r.jsonl", "--code", "too_much", "--most", "100",
                     "--workers", "3"), 0, "%s", err);
    expect(out, "\"adds_up\":true");
    expect(out, "{\"name\":\"replay_judge\",\"in\":2,\"out\":{\"out\":2}");
    expect(out, "{\"name\":\"replay_check\",\"in\":1,\"out\":{\"out\":1}");
    cr_assert_eq(CALL("peek", "newest", "--output", "sqlite:none.db"), 0);
    cr_expect_neq(access("none.db", F_OK), 0);
    cr_expect_neq(access("dead/s.jsonl", F_OK), 0, "all are right now");
}

Test(inspect, attempts_grow_with_a_place_and_without)
{
    cr_assert_eq(RUN("r", "run"), 0, "%s", err);
    cr_assert_eq(RUN("s", "replay", "dead/r.jsonl", "--code", "too_much"), 0, "%s", err);
    expect(out, "\"rejected\":{\"too_much\":3}");
    cr_assert_eq(RUN("t", "replay", "dead/s.jsonl", "--code", "too_much"), 0, "%s", err);
    cr_assert_eq(CALL("dead", "ls", "--json", "dead/t.jsonl"), 0);
    cr_expect_eq(lines(out), 3);
    char *at = out;
    for (int i = 0; i < 3; i++, at++)
        cr_assert_not_null(at = strstr(at, "\"attempts\":3"));
    expect(out, "{\"uri\":\"in/b.json\",\"offset\":0,\"line\":1,\"record\":0}");
    expect(out, "{\"uri\":null,");
}

Test(inspect, what_is_not_there_cannot_be_replayed)
{
    cr_assert_eq(RUN("r", "run", "--mask-pii"), 0, "%s", err);
    cr_assert_eq(RUN("s", "replay", "dead/r.jsonl", "--code", "too_much"), 2);
    expect(err, "the element's field 'owner' was masked");
    expect(err, "1 of 3 dead letters cannot be replayed\n  --> dead/r.jsonl:1\n");
    cr_assert_eq(RUN("s", "replay", "dead/r.jsonl", "--code", "too_much", "--skip-unfit"), 0);
    expect(err, "note: left out 1 dead letter that cannot be replayed\n");
    expect(err, "note: left out 2 dead letters of other codes\n");
    write_file("in/c.csv", "id,n\nx\n");
    cr_assert_eq(RUN("c", "run", "--input", "in/c.csv"), 0, "%s", err);
    cr_assert_eq(RUN("d", "replay", "dead/c.jsonl", "--input", "in/c.csv"), 2);
    expect(err, "it is a row of CSV without the header");
}

Test(inspect, what_is_not_replayed_was_not_rejected_before)
{
    jst_replay *r = joist_calloc(1, sizeof *r);
    joist_origin elsewhere = { .uri = JOIST_TEXT("in/side.jsonl") };
    joist_arena *arena = joist_arena_new();
    jst_replay_begin(r, joist_env_system(), arena);
    r->attempts = 4;
    cr_expect_eq(jst_replay_attempts(&r->proxy.env, &(joist_position){ .origin = &elsewhere }), 0);
    cr_expect_eq(jst_replay_attempts(&r->proxy.env, &(joist_position){ .line = 1 }), 4);
    jst_replay_end(r);
    joist_arena_free(arena);
    joist_free(r);
}

/* A pipeline of which nothing but the reads matters: what is read again must be as it was. */
static void read_only(joist_pipeline *p, const void *config)
{
    const options *o = config;
    item_coll items = joist_read(item, p, .uri = o->input, .max_record = o->max_record,
                                 .name = "read");
    joist_write(items, .uri = o->output, .table = JOIST_TEXT("items"),
                .key = JOIST_FIELDS(item, id), .name = "write_items");
}

static int main_of(const joist_pipeline_def *d, char **argv)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    FILE *o = tmpfile();
    fflush(stdout);
    int saved = redirect(STDOUT_FILENO, o), code = joist_main(argc, argv, d);
    fflush(stdout);
    restore(STDOUT_FILENO, saved, o, out, sizeof out);
    return code;
}

#define READ(...) main_of(&reads, (char *[]){ "sample", __VA_ARGS__, "--dead", "dead",             \
                                              "--summary", "json", "--quiet", NULL })
Test(inspect, bytes_are_read_by_the_rules_of_their_source)
{
    joist_pipeline_def reads = def;
    reads.build = read_only;
    write_file("in/b.json", "{\"the\":{\"key\":\"c\"}} [] {\"n\" 1} {\"the\":{\"key\":\"d\"}}");
    cr_assert_eq(READ("run", "--run-id", "r", "--max-record", "50"), 0);
    expect(out, "\"rejected\":{\"too_large\":1,\"bad_json\":2,\"not_object\":1}");
    cr_assert_eq(READ("replay", "dead/r.jsonl", "--run-id", "s", "--max-record", "50"), 0);
    expect(out, "\"rejected\":{\"too_large\":1,\"bad_json\":2,\"not_object\":1}");
    cr_assert_eq(READ("replay", "dead/r.jsonl", "--run-id", "t"), 0);
    expect(out, "\"rejected\":{\"bad_json\":2,\"not_object\":1}");
    expect(out, "\"events\":1");
    cr_assert_eq(CALL("dead", "ls", "--json", "dead/t.jsonl"), 0);
    expect(out, "{\"uri\":\"in/b.json\",\"offset\":23,\"line\":1,\"record\":2},\"attempts\":2");
}

/* ---- peek ------------------------------------------------------------------------------------ */
Test(inspect, elements_of_ports_and_flattens)
{
    cr_assert_eq(CALL("peek", "judge"), 2);
    expect(err, "'judge' has several ports");
    expect(err, "one of: judge.even judge.odd");
    cr_assert_eq(CALL("peek", "judge.even", "-n", "1"), 0, "%s", err);
    cr_expect_str_eq(out, "{\"id\":\"a\",\"n\":2,\"owner\":null,\"pin\":null}\n");
    cr_assert_eq(CALL("peek", "judge.odd", "--mask-pii"), 0);
    cr_expect_str_eq(out, "{\"id\":\"a\",\"n\":1,\"owner\":\"***\",\"pin\":\"***\"}\n");
    cr_assert_eq(CALL("peek", "flatten"), 0, "%s", err);
    cr_expect_eq(lines(out), 3);
    cr_assert_eq(CALL("peek", "sum_by_id", "--workers", "4"), 0, "%s", err);
    cr_expect_eq(lines(out), 3);
    cr_assert_eq(CALL("peek", "write_items"), 2);
    expect(err, "emits nothing");
    cr_assert_eq(CALL("peek", "read", "--elements", "-1"), 2);
    expect(err, "between 1 and 1048576");
    cr_assert_eq(CALL("peek", "read", "--input", "nowhere"), 1);
    expect(err, "nowhere");
}

/* ---- one record ------------------------------------------------------------------------------ */
Test(inspect, a_record_on_all_its_ways)
{
    cr_assert_eq(RUN("r", "run", "--trace-record", "a.jsonl#0"), 0, "%s", err);
    expect(err, "{\"trace\":\"read\",\"source\":{\"uri\":\"in/a.jsonl\",\"offset\":0,\"line\":1,"
                "\"record\":0},\"site\":");
    expect(err, "\"out\":{\"even\":[],\"odd\":[{\"id\":\"a\",\"n\":1,\"owner\":\"Ada\","
                "\"pin\":\"***\"}]},\"verdict\":\"ok\",\"code\":null,\"message\":null}\n");
    expect(err, "\"verdict\":\"aggregated\"");
    expect(err, "\"verdict\":\"replaced by another element with its key\"");
    cr_assert_eq(RUN("r", "run", "--trace-record", "a.jsonl:3"), 0);
    expect(err, "\"verdict\":\"written\"");
    cr_assert_eq(CALL("run", "--trace-record", "in/a.jsonl:4", "--quiet", "--dead="), 0);
    expect(err, "trace of in/a.jsonl:4 (record 3, byte ");
    expect(err, "  bytes    \"{\\\"n\\\":3}\"\n  = rejected bad_json: no item");
    cr_assert_eq(CALL("run", "--trace-record", "a.jsonl:70", "--trace-out", "t", "--quiet"), 0);
    cr_expect_eq(access("t", F_OK), 0);
}

Test(inspect, a_trace_of_a_run_that_failed)
{
    write_file("in/c.jsonl", "");
    cr_assert_eq(RUN("r", "run", "--trace-record", "a.jsonl:1", "--output", "sqlite:in"), 1);
    expect(err, "error");
}
