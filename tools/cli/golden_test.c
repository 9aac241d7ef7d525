/* SPDX-License-Identifier: Apache-2.0
 * `test` on cases made here, with a pipeline of its own that can be told to misbehave: it marks
 * each record with its place in the bundle, which no result may depend on. */
/* Tests: golden.c golden_case.c golden_run.c golden_expect.c golden_swap.c golden_files.c */
#include "capture_test.h"
#include "golden_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a pipeline ------------------------------------------------------------------------------ */
#define OPTIONS(F, T)                                                                              \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "what to read")                                \
    F(T, joist_text, names, 0, .fallback = "sqlite:out/names.db", .help = "names of items")        \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/items.db", .help = "where items go")       \
    F(T, joist_text, lines, 0, .fallback = "out/lines.txt", .help = "where lines go")              \
    F(T, joist_text, endpoint, 0, .help = "where messages go")                                     \
    F(T, bool, place, 0, .fallback = "false", .help = "mark the place in the bundle")
JOIST_RECORD(options, OPTIONS);

#define ITEM(F, T)                                                                                 \
    F(T, joist_text, id, 0, .from = "key") F(T, joist_int, n, 0) F(T, joist_text, name, 0)         \
    F(T, joist_time, at, 0) F(T, int64_t, place, 0)
JOIST_RECORD(item, ITEM);
#define NAME(F, T) F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, name, JOIST_REQUIRED)
JOIST_RECORD(name, NAME);
#define MESSAGE(F, T)                                                                              \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, status, JOIST_REQUIRED)                  \
    F(T, int64_t, attempts, 0) F(T, joist_text, last_error, 0) F(T, joist_time, created_at, 0)     \
    F(T, joist_time, updated_at, 0) F(T, joist_json, body, 0)
JOIST_RECORD(message, MESSAGE);
#define CHOICE(F, T) F(T, bool, place, 0)
JOIST_RECORD(choice, CHOICE);

typedef struct counter { int64_t n; } counter;
#define MAKE(IN, OUT, SIDE, CFG, STATE)                                                            \
    IN(item) OUT(item, items) OUT(joist_line, lines) OUT(message, messages) SIDE(name, names)      \
    CFG(choice) STATE(counter)
JOIST_HOOK(make, start_bundle);
JOIST_DOFN_LIFECYCLE(make, MAKE, .start_bundle = make_start_bundle);

static joist_status make_start_bundle(const make_call *v)
{
    v->state->n = 0;
    return JOIST_OK;
}

static joist_status make_process(const make_call *v, const item *in)
{
    const name *known = joist_text_null(in->id) ? NULL : name_get(v->side.names, in->id);
    item found = *in;
    if (in->n.set && in->n.v < 0)
        return joist_reject(v->ctx, "negative", "%lld is less than nothing", (long long)in->n.v);
    if (in->n.set && in->n.v > 1000)
        return joist_fail(v->ctx, "%lld is too much", (long long)in->n.v);
    found.name = known ? known->name : JOIST_NO_TEXT;
    found.at = joist_now(v->ctx);
    found.place = v->cfg->place ? v->state->n++ : 0;
    item_emit(v->out.items, found);
    if (joist_text_null(in->id))
        return JOIST_OK;
    message_emit(v->out.messages, (message){ .id = in->id, .status = JOIST_TEXT("pending"),
                                             .created_at = found.at, .updated_at = found.at,
                                             .body = { "{\"hi\":1}", 8 } });
    return joist_line_emit(v->out.lines, (joist_line){ in->id });
}

static const joist_code codes[] = { { "negative", "less than nothing" }, { NULL, NULL } };
static const joist_dofn *const dofns[] = { &make_dofn, NULL };

static void build(joist_pipeline *p, const void *config)
{
    const options *o = config;
    item_coll items = joist_read(item, p, .uri = o->input);
    name_coll names = joist_read(name, p, .uri = o->names, .table = JOIST_TEXT("names"));
    name_map map = joist_map_by(name, names, id, .allow_empty = true);
    make_result made = JOIST_APPLY(make, items, .side.names = map, .cfg.place = o->place);
    joist_write(made.items, .uri = o->output, .table = JOIST_TEXT("items"),
                .key = JOIST_FIELDS(item, id));
    joist_write(made.lines, .uri = o->lines);
    joist_write(made.messages, .uri = o->output, .table = JOIST_TEXT("outbox"),
                .key = JOIST_FIELDS(message, id), .outbox = true, .endpoint = o->endpoint);
}

static const joist_pipeline_def def = {
    .name = "sample", .options = &options_type, .dofns = dofns, .codes = codes, .build = build,
};

/* ---- cases ----------------------------------------------------------------------------------- */
static joist_arena *arena;
static joist_text top;

static void set_up(void)
{
    joist_error e = { 0 };
    arena = joist_arena_new();
    cr_assert_eq(jst_golden_temporary(arena, &top, &e), JOIST_OK, "%s", e.message);
}

static void tear_down(void)
{
    jst_golden_remove(arena, top);
    cr_assert(!jst_golden_is_there(top));
    joist_arena_free(arena);
}

TestSuite(golden, .init = set_up, .fini = tear_down);

static joist_text at(const char *path)
{
    return jst_golden_path(arena, top, path);
}

/* Makes the folders around it, too. */
static void put(const char *path, const char *text)
{
    joist_error e = { 0 };
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        mkdir(at(joist_arena_printf(arena, "%.*s", (int)(slash - path), path).ptr).ptr, 0777);
    cr_assert_eq(jst_golden_write(at(path), joist_text_of(text), &e), JOIST_OK, "%s", e.message);
}

static const char *get(const char *path)
{
    joist_text text;
    joist_error e = { 0 };
    bool there = jst_golden_read(arena, at(path), &text, &e);
    return there ? joist_arena_printf(arena, "%.*s", JOIST_ARG(text)).ptr : "(none)";
}

/* `test PATH ARGUMENT`, PATH below the test's folder. */
static int test(const char *path, const char *argument)
{
    const char *typed = at(path).ptr;
    char *argv[] = { "sample", "test", (char *)(uintptr_t)typed, (char *)(uintptr_t)argument,
                     NULL };
    return captured_main(argv, &def);
}

static void expect_in(const char *text, const char *part)
{
    cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

#define EXPECT(code, path, argument)                                                               \
    do {                                                                                           \
        int got = test(path, argument);                                                            \
        cr_assert_eq(got, code, "exit %d:\n%s%s", got, out, err);                                  \
    } while (0)

/* ---- finding --------------------------------------------------------------------------------- */
Test(golden, what_is_no_case)
{
    EXPECT(2, "nowhere", NULL);
    expect_in(err, "nowhere': No such file");
    put("cases/readme", "");
    EXPECT(2, "cases", NULL);
    expect_in(err, "there is no case in");
    put("cases/a/in/x.jsonl", "");
    EXPECT(2, "cases", "--case=b");
    expect_in(err, "there is no case 'b'");
    EXPECT(0, "cases", "--help");
    expect_in(out, "--update");
}

Test(golden, one_case_by_path_or_by_name)
{
    put("cases/a/in/x.jsonl", "{\"key\":\"1\"}\n");
    put("cases/b/in/x.jsonl", "{\"key\":\"1\"}\n");
    EXPECT(5, "cases/a", NULL);
    expect_in(out, "1 case, 1 FAILED\n");
    EXPECT(5, "cases", "--case=b");
    expect_in(out, "FAILED  b\n");
    expect_in(out, "cases/b --update\n");
    EXPECT(5, "cases", NULL);
    expect_in(out, "2 cases, 2 FAILED\n");
}

/* ---- expectations ---------------------------------------------------------------------------- */
Test(golden, recorded_and_then_compared)
{
    put("c/in/x.jsonl", "{\"key\":\"a\",\"n\":1}\n{\"key\":\"b\",\"n\":-1}\n{\"n\":2}\n");
    put("c/now", "2026-11-23T11:05:00Z\n");
    EXPECT(5, "c", NULL);
    EXPECT(0, "c", "--update");
    expect_in(out, "updated c\n1 case, 1 updated\nread every line");
    cr_assert_str_eq(get("c/expect/output.items.jsonl"),
                     "{\"id\":\"a\",\"n\":1,\"at\":\"2026-11-23T11:05:00.000Z\",\"place\":0}\n");
    cr_assert_str_eq(get("c/expect/lines.joist_lines.jsonl"), "{\"text\":\"a\"}\n");
    expect_in(get("c/expect/dead.jsonl"), "\"code\":\"negative\"");
    expect_in(get("c/expect/dead.jsonl"), "\"code\":\"sink_row\"");
    expect_in(get("c/expect/dead.jsonl"), "\"site\":\"golden_test.c\"");
    expect_in(get("c/expect/dead.jsonl"), "\"uri\":\"in/x.jsonl\",\"offset\":18,\"line\":2");
    cr_assert_str_eq(get("c/expect/summary.json"), "(none)");
    EXPECT(0, "c", NULL);
    cr_assert_str_eq(out, "ok      c\n1 case, all ok\n");
}

Test(golden, a_difference_is_told_by_field)
{
    put("c/in/x.jsonl", "{\"key\":\"a\",\"n\":1}\n");
    EXPECT(0, "c", "--update");
    put("c/in/x.jsonl", "{\"key\":\"a\",\"n\":2}\n");
    put("c/expect/summary.json", "{\"read\":{\"records\":3}}");
    EXPECT(5, "c", NULL);
    expect_in(out, "    expect/output.items.jsonl:1: the row differs\n"
                   "        n\n            expected 1\n            got      2\n");
    expect_in(out, "    expect/summary.json read records\n            expected 3\n");
    expect_in(out, "if that is right now: sample test ");
    EXPECT(0, "c", "--update");
    expect_in(get("c/expect/summary.json"), "\"records\": 1");
    EXPECT(0, "c", NULL);
}

Test(golden, update_removes_what_is_no_longer_there_and_leaves_what_is_right)
{
    const char *own = "{ \"text\" : \"a\" }\n\n";
    put("c/in/x.jsonl", "{\"key\":\"a\"}\n{\"n\":-1}\n");
    EXPECT(0, "c", "--update");
    put("c/expect/lines.joist_lines.jsonl", own);
    put("c/in/x.jsonl", "{\"key\":\"a\"}\n");
    EXPECT(0, "c", "--update");
    cr_assert_str_eq(get("c/expect/dead.jsonl"), "(none)");
    cr_assert_str_eq(get("c/expect/lines.joist_lines.jsonl"), own);
}

Test(golden, a_run_that_fails_must_be_expected)
{
    put("c/in/x.jsonl", "{\"key\":\"a\",\"n\":1001}\n");
    put("c/expect/none", "");
    EXPECT(5, "c", NULL);
    expect_in(out, "the run failed: ");
    expect_in(out, "expect/summary.json exit\n            expected 0\n            got      1\n");
    EXPECT(0, "c", "--update");
    expect_in(get("c/expect/summary.json"), "1001 is too much");
    EXPECT(0, "c", NULL);
    put("c/in/x.jsonl", "{\"key\":\"a\",\"n\":1}\n");
    EXPECT(5, "c", NULL);
    EXPECT(0, "c", "--update");
    EXPECT(0, "c", NULL);
}

Test(golden, broken_cases_fail_with_the_place)
{
    put("c/in/x.jsonl", "");
    put("c/options", "colour = red\n");
    EXPECT(5, "c", NULL);
    expect_in(out, "options:1: unknown option --colour");
    put("c/options", "");
    put("c/expect/dead.jsonl", "oops\n");
    EXPECT(5, "c", NULL);
    expect_in(out, "error: expect/dead.jsonl:1: this is no JSON object");
    put("c/now", "noon");
    EXPECT(5, "c", NULL);
    expect_in(out, "error: now: 'noon' is no time");
}

/* ---- ways ------------------------------------------------------------------------------------ */
Test(golden, results_must_not_depend_on_the_bundle)
{
    put("c/in/x.jsonl", "{\"key\":\"a\"}\n{\"key\":\"b\"}\n");
    put("c/options", "place = true\n");
    EXPECT(5, "c", "--update");
    expect_in(out, "expected, from workers 1, bundle 1; got, from workers 1, bundle 2:\n"
                   "    output.items: the row differs\n"
                   "        place\n            expected 0\n            got      1\n");
    cr_assert_str_eq(get("c/expect/output.items.jsonl"), "(none)");
}

/* ---- sources and sinks ----------------------------------------------------------------------- */
Test(golden, stores_hold_what_side_says)
{
    put("side/output/items.jsonl", "{\"id\":\"old\",\"n\":7}\n{\"id\":\"a\",\"n\":8}\n");
    put("c/side/names/names.jsonl", "{\"id\":\"a\",\"name\":\"Ann\"}\n");
    put("c/in/x.jsonl", "{\"key\":\"a\",\"n\":1}\n");
    EXPECT(0, "c", "--update");
    cr_assert_str_eq(get("c/expect/output.items.jsonl"),
                     "{\"id\":\"a\",\"n\":1,\"name\":\"Ann\",\"at\":\"2026-01-01T00:00:00.000Z\","
                     "\"place\":0}\n{\"id\":\"old\",\"n\":7,\"place\":0}\n");
}

Test(golden, a_file_of_side_is_the_option_of_its_name)
{
    put("c/side/names.jsonl", "{\"id\":\"a\",\"name\":\"Ann\"}\n");
    put("c/in/x.jsonl", "{\"key\":\"a\"}\n");
    EXPECT(0, "c", "--update");
    expect_in(get("c/expect/output.items.jsonl"), "\"name\":\"Ann\"");
    put("c/side/colours.jsonl", "");
    EXPECT(5, "c", NULL);
    expect_in(out, "side/colours.jsonl: there is no option --colours");
}

Test(golden, endpoints_answer_as_told)
{
    put("options", "endpoint = https://mail.test/x\n");
    put("c/in/x.jsonl", "{\"key\":\"a\"}\n{\"key\":\"b\"}\n{\"key\":\"c\"}\n");
    put("c/replies.jsonl", "{\"key\":\"a\",\"reply\":\"retry\",\"times\":1,\"error\":\"busy\"}\n"
                           "{\"key\":\"b\",\"reply\":\"refused\",\"error\":\"no\"}\n");
    EXPECT(0, "c", "--update");
    cr_assert_str_eq(get("c/expect/posts.jsonl"),
        "{\"endpoint\":\"https://mail.test/x\",\"key\":\"a\",\"tries\":2,\"body\":{\"hi\":1}}\n"
        "{\"endpoint\":\"https://mail.test/x\",\"key\":\"b\",\"tries\":1,\"body\":{\"hi\":1}}\n"
        "{\"endpoint\":\"https://mail.test/x\",\"key\":\"c\",\"tries\":1,\"body\":{\"hi\":1}}\n");
    expect_in(get("c/expect/output.outbox.jsonl"), "{\"id\":\"a\",\"status\":\"sent\"");
    expect_in(get("c/expect/output.outbox.jsonl"), "{\"id\":\"b\",\"status\":\"failed\"");
    expect_in(get("c/expect/dead.jsonl"), "\"code\":\"mail_failed\",\"message\":\"no\"");
    put("c/replies.jsonl", "{\"key\":\"a\",\"reply\":\"perhaps\"}\n");
    EXPECT(5, "c", NULL);
    expect_in(out, "error: replies.jsonl:1: wanted");
}

/* ---- files ----------------------------------------------------------------------------------- */
Test(golden, trees_are_copied_with_links_and_times)
{
    joist_error e = { 0 };
    struct stat st;
    char target[64] = { 0 };
    put("from/a/x", "one");
    cr_assert_eq(symlink("a/x", at("from/link").ptr), 0);
    cr_assert_eq(jst_golden_copy(arena, at("from"), at("to"), 1700000000123, &e), JOIST_OK);
    cr_assert_str_eq(get("to/a/x"), "one");
    cr_assert_eq(stat(at("to/a/x").ptr, &st), 0);
    cr_assert_eq(st.st_mtim.tv_sec, 1700000000);
    cr_assert_eq(st.st_mtim.tv_nsec, 123000000);
    cr_assert_eq(readlink(at("to/link").ptr, target, sizeof target - 1), 3);
    put("more/a/y", "two");
    cr_assert_eq(jst_golden_copy(arena, at("more"), at("to"), -1500, &e), JOIST_OK);
    cr_assert_str_eq(get("to/a/x"), "one");
    cr_assert_str_eq(get("to/a/y"), "two");
    cr_assert_eq(jst_golden_copy(arena, at("nothing"), at("none"), 0, &e), JOIST_OK);
    cr_assert(!jst_golden_is_there(at("none")));
}
