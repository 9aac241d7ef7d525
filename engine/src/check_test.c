/* SPDX-License-Identifier: Apache-2.0
 * What `build` can get wrong and what a graph can: every sentence that check says, from one build
 * function each. */
/* Tests: build.c check.c */
#include "run_test.h"

#define OTHER(F, T) F(T, joist_text, key) F(T, joist_text_list, words) F(T, joist_float, x)
JOIST_RECORD(other, OTHER);
#define LIMITS(F, T) F(T, int64_t, most) F(T, joist_text, word)
JOIST_RECORD(limits, LIMITS);

#define PASS(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) CFG(limits)
JOIST_DOFN(pass, PASS);
static joist_status pass_process(const pass_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}

#define JOIN(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) OUT(other, rest) SIDE(other, others)
JOIST_DOFN(join, JOIN);
static joist_status join_process(const join_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}

#define STRAY(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(stray, STRAY);
static joist_status stray_process(const stray_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}

static const joist_connector old_connector = { .version = 0, .name = "old", .schemes = { "old" },
                                               .source = &mem_source_ops };
static const joist_connector *const connectors[] = { &mem_connector, &post_connector,
                                                     &old_connector, NULL };
static const joist_dofn *const dofns[] = { &pass_dofn, &join_dofn, NULL };

static void (*chosen)(joist_pipeline *p);
static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    chosen(p);
}
static const joist_pipeline_def def = { .name = "def", .dofns = dofns, .connectors = connectors,
                                        .build = build };
static joist_pipeline *p;

static void set_up(void) { p = joist_pipeline_new(&def); }
static void tear_down(void) { joist_pipeline_free(p); }
TestSuite(check, .init = set_up, .fini = tear_down);

static int line_of_mistake;
#define HERE (line_of_mistake = __LINE__)

static void refused(void (*b)(joist_pipeline *), const char *part)
{
    char at[64];
    chosen = b;
    line_of_mistake = 0;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_FAILED, "no '%s'", part);
    cr_expect_eq(error.failure, JOIST_GRAPH);
    cr_expect(strstr(error.message, part), "'%s' is not in '%s'", part, error.message);
    snprintf(at, sizeof at, "check_test.c:%d: ", line_of_mistake);
    cr_expect(!line_of_mistake || strstr(error.message, at), "'%s' is not in '%s'", at,
              error.message);
}
#define REFUSES(name, part)                                                                       \
    static void build_##name(joist_pipeline *q);                                                  \
    Test(check, name) { refused(build_##name, part); }                                            \
    static void build_##name(joist_pipeline *q)

#define IN JOIST_TEXT("mem:in")
#define OUT JOIST_TEXT("mem:out")

static void build_good(joist_pipeline *q)
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    other_coll others = joist_read(other, q, .uri = IN, .except = in.c);
    join_result r = JOIST_APPLY(join, in, .side.others = joist_map_by(other, others, key));
    ev_coll ok = JOIST_APPLY(pass, r.ok, .cfg.most = 3).ok;
    joist_write(joist_latest(ev, joist_flatten(ev, ok, r.ok), .key = JOIST_FIELDS(ev, key)),
                .uri = OUT, .hour = JOIST_TEXT(""));
    joist_write(joist_count(other, r.rest, key), .uri = OUT);
}

Test(check, a_good_graph_passes_again_and_again)
{
    chosen = build_good;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
        cr_assert_eq(p->graph.nodes.count, 9);
    }
    cr_expect_str_eq(joist_pipeline_name(p).ptr, "def");
}

REFUSES(nothing_at_all, "has no steps") { (void)q; }

REFUSES(the_first_mistake_stays, "check_test.c:7: the first, 1")
{
    joist_mistake(q, (joist_site){ "check_test.c", 7 }, "the first, %d", 1);
    joist_mistake(q, (joist_site){ "check_test.c", 8 }, "the second");
}

REFUSES(empty_handles_are_safe_everywhere, "the input of joist_latest is missing")
{
    ev_coll none = { { q, 0 } };
    HERE; ev_coll a = joist_latest(ev, none, .key = JOIST_FIELDS(ev, key));
    ev_coll b = JOIST_APPLY(pass, a).ok;
    join_result r = JOIST_APPLY(join, b, .side.others = { .side = { .coll = { q, 0 } } });
    joist_write(joist_count(ev, r.ok, key), .uri = OUT);
    joist_write(joist_sum(ev, joist_flatten(ev, a, b), key, n), .uri = OUT);
    joist_write(joist_count(other, r.rest, key), .uri = OUT);
    (void)joist_map_by(ev, a, key);
}

REFUSES(handles_from_nowhere, "has no steps")
{
    (void)q;
    ev_coll none = { { NULL, 0 } };
    ev_coll a = JOIST_APPLY(stray, joist_flatten(ev, none, none)).ok;
    joist_write(joist_latest(ev, a, .key = JOIST_FIELDS(ev, key)), .uri = OUT);
    (void)joist_map_by(ev, none, key);
}

REFUSES(a_name_given_twice, "two steps are called 'x'")
{
    ev_coll in = joist_read(ev, q, .uri = IN, .name = "x");
    HERE; joist_write(in, .uri = OUT, .name = "x");
}

REFUSES(latest_without_a_key, "joist_latest needs .key")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(joist_latest(ev, in, .name = "l"), .uri = OUT);
}

REFUSES(sum_of_a_text, "'sum_by_key': joist_sum takes an int or a float field; 'tag' is neither")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    const joist_number_config tag = { JOIST_TEXT("tag") };
    joist_combine_args args = { .in = in.c, .fn = &joist_sum_combine, .out = &joist_total_type,
                                .key = JOIST_FIELDS(ev, key).fields, .config = &tag };
    HERE; args.site = (joist_site)JOIST_SITE;
    joist_combine_(&args);
}

REFUSES(no_side_input, "join needs its side input .side.others = joist_map_by(other, …)")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; join_result r = JOIST_APPLY(join, in, .name = "j");
    joist_write(r.ok, .uri = OUT);
    joist_write(r.rest, .uri = OUT);
}

REFUSES(a_side_input_keyed_by_a_number, "must be keyed by a text field")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    other_coll others = joist_read(other, q, .uri = IN);
    joist_side by_x = joist_view_(others.c, JOIST_FIELDS(other, x).fields,
                                  &(joist_view_options){ .site_ = JOIST_SITE });
    HERE; join_result r = JOIST_APPLY(join, in, .side.others = { .side = by_x });
    joist_write(r.ok, .uri = OUT);
    joist_write(r.rest, .uri = OUT);
}

REFUSES(an_output_that_goes_nowhere, "output 'rest' of 'join' goes nowhere")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    other_coll others = joist_read(other, q, .uri = IN);
    HERE; join_result r = JOIST_APPLY(join, in, .side.others = joist_map_by(other, others, key));
    joist_write(r.ok, .uri = OUT);
}

REFUSES(a_dofn_that_is_in_no_table, "DoFn 'stray' is not in the program's table: add &stray_dofn")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(JOIST_APPLY(stray, in, .name = "s").ok, .uri = OUT);
}

REFUSES(a_separator_that_is_a_quote, "the .separator of 'read_ev' must be an ASCII character, no")
{
    HERE; ev_coll in = joist_read(ev, q, .uri = IN, .separator = '"');
    joist_write(in, .uri = OUT);
}

REFUSES(a_separator_beyond_ascii, "the .separator of 'w' must be an ASCII character, no quote")
{
    ev_coll in = joist_read(ev, q, .uri = IN, .separator = ';');
    HERE; joist_write(in, .uri = OUT, .name = "w", .separator = (char)0xE4);
}

REFUSES(a_table_and_a_query, "joist_read takes .table or .query, not both")
{
    HERE; ev_coll in = joist_read(ev, q, .uri = IN, .table = OUT, .query = OUT);
    joist_write(in, .uri = OUT);
}

REFUSES(an_unknown_scheme, "cannot read 'gopher:' (step 'read_ev'); known here: a path, file:, "
                           "sqlite:, mem:, old:")
{
    HERE; joist_write(joist_read(ev, q, .uri = JOIST_TEXT("gopher:x")), .uri = OUT);
}

REFUSES(a_scheme_that_cannot_be_written, "cannot write to 'post:' (step 'w'); known here: a path, "
                                         "file:, sqlite:, mem:")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = JOIST_TEXT("post:x"), .name = "w");
}

REFUSES(a_scheme_that_cannot_be_posted_to, "cannot post to 'mem:'")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = OUT, .endpoint = OUT);
}

REFUSES(an_unknown_scheme_to_fall_back_on, "cannot read 'gopher:'")
{
    HERE; ev_coll in = joist_read(ev, q, .uri = IN, .otherwise = { JOIST_TEXT("gopher:x") });
    joist_write(in, .uri = OUT);
}

REFUSES(a_connector_of_another_version, "connector 'old' is of version 0")
{
    HERE; joist_write(joist_read(ev, q, .uri = JOIST_TEXT("old:x")), .uri = OUT);
}

REFUSES(a_uri_with_a_nul, "step 'r' has a URI with a NUL byte")
{
    HERE; ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:\0x"), .name = "r");
    joist_write(in, .uri = OUT);
}

REFUSES(no_uri, ".uri is empty")
{
    HERE; joist_write(joist_read(ev, q, .name = "r"), .uri = OUT);
}

REFUSES(a_list_as_a_key, "field 'words' is a list and cannot be a key")
{
    other_coll in = joist_read(other, q, .uri = IN);
    HERE; joist_write(joist_latest(other, in, .key = JOIST_FIELDS(other, words)), .uri = OUT);
}

REFUSES(counting_by_a_list, "field 'words' is a list and cannot be a key")
{
    other_coll in = joist_read(other, q, .uri = IN);
    joist_combine_args args = { .in = in.c, .fn = &joist_count_combine, .out = &joist_tally_type,
                                .key = JOIST_FIELDS(other, words).fields };
    HERE; args.site = (joist_site)JOIST_SITE;
    joist_write((joist_tally_coll){ joist_combine_(&args) }, .uri = OUT);
}

REFUSES(a_bad_hour_to_read, "'2026-13-01T00' is no UTC hour")
{
    HERE; ev_coll in = joist_read(ev, q, .uri = IN, .until = JOIST_TEXT("2026-13-01T00"));
    joist_write(in, .uri = OUT);
}

REFUSES(a_bad_hour_to_write, "'2026-01-01' is no UTC hour")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = OUT, .hour = JOIST_TEXT("2026-01-01"));
}

REFUSES(an_hour_without_a_window, "needs .window = JOIST_FIELDS(ev, …)")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = OUT, .hour = JOIST_TEXT("2026-01-01T00"));
}

REFUSES(a_window_that_is_no_time, "the window of 'write_ev' is a time field; 'seq' is none")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = OUT, .window = JOIST_FIELDS(ev, seq));
}

REFUSES(an_outbox_without_a_key, "outbox 'write_ev' needs .key = one text field")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = OUT, .outbox = true);
}

REFUSES(an_outbox_of_the_wrong_record, "needs a field 'status' of kind text; 'ev' has none")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_write(in, .uri = OUT, .outbox = true, .key = JOIST_FIELDS(ev, key));
}

REFUSES(leaving_out_what_is_not_read, "can leave out only what an earlier joist_read reads")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    ev_coll latest = joist_latest(ev, in, .key = JOIST_FIELDS(ev, key));
    HERE; ev_coll again = joist_read(ev, q, .uri = IN, .except = latest.c);
    joist_write(joist_flatten(ev, latest, again), .uri = OUT);
}

/* Another type of the same name, as two files of one program may declare. */
static const joist_field impostor_fields[] = {
    { .name = "key", .kind = JOIST_KIND_INT, .size = sizeof(int64_t) },
};
static const joist_type impostor = { .name = "ev", .size = sizeof(int64_t),
    .fields = impostor_fields, .count = 1 };

REFUSES(two_types_of_one_name, "two different record types are called 'ev'")
{
    ev_coll in = joist_read(ev, q, .uri = IN);
    HERE; joist_read_(q, &impostor, &(joist_read_options){ .uri = IN, .site_ = JOIST_SITE });
    joist_write(in, .uri = OUT);
}

Test(check, names_are_numbered_and_texts_are_kept)
{
    chosen = build_good;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK);
    static const char *const names[] = { "read_ev", "read_other", "join", "pass", "flatten",
                                         "latest_ev", "write_ev", "count_by_key",
                                         "write_joist_tally" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect(joist_text_equal(p->graph.nodes.items[i].name, joist_text_of(names[i])));
    cr_expect(joist_text_equal(p->graph.nodes.items[6].table, JOIST_TEXT("evs")));
    cr_expect_eq(p->graph.nodes.items[0].max_record, 1 << 20);
}

static void build_twins(joist_pipeline *q)
{
    char uri[] = "mem:in";
    ev_coll a = joist_read(ev, q, .uri = { uri, 6 });
    ev_coll b = joist_read(ev, q, .uri = joist_build_printf(q, "mem:%s", "in"));
    uri[0] = 'X';
    joist_write(joist_flatten(ev, a, b), .uri = OUT);
    joist_write(a, .uri = OUT, .table = JOIST_TEXT("t"));
}

Test(check, what_build_was_given_may_change_behind_it)
{
    chosen = build_twins;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    const jst_node *n = p->graph.nodes.items;
    cr_expect(joist_text_equal(n[0].uri, IN) && joist_text_equal(n[1].uri, IN));
    cr_expect(joist_text_equal(n[1].name, JOIST_TEXT("read_ev_2")));
    cr_expect(joist_text_equal(n[4].name, JOIST_TEXT("write_ev_2")));
    cr_expect(joist_text_equal(n[4].table, JOIST_TEXT("t")));
}

/* ---- a program's tables ---------------------------------------------------------------------- */

Test(check, more_codes_than_a_report_has_room_for)
{
    static joist_code codes[JOIST_MOST_CODES + 2];
    size_t ours = 0;
    while (joist_codes[ours].code)
        ours++;
    joist_pipeline_def many = def;
    many.codes = codes;
    chosen = build_good;
    for (size_t i = 0; i <= JOIST_MOST_CODES - ours; i++) {
        joist_pipeline *q = joist_pipeline_new(&many);
        cr_expect_eq(joist_pipeline_check(q, NULL, &error), JOIST_OK, "%zu: %s", i, error.message);
        joist_pipeline_free(q);
        codes[i] = (joist_code){ "code", "help" };
    }
    joist_pipeline *q = joist_pipeline_new(&many);
    cr_expect_eq(joist_pipeline_check(q, NULL, &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "65 codes"), "%s", error.message);
    joist_pipeline_free(q);
}

#define NINE(IN_, OUT_, SIDE, CFG, STATE)                                                         \
    IN_(ev) OUT_(ev, a) OUT_(ev, b) OUT_(ev, c) OUT_(ev, d) OUT_(ev, e) OUT_(ev, f) OUT_(ev, g)   \
    OUT_(ev, h) OUT_(ev, i)
JOIST_DOFN(nine, NINE);
static joist_status nine_process(const nine_call *v, const ev *e)
{
    return ev_emit(v->out.i, *e);
}

static void build_nine(joist_pipeline *q)
{
    nine_result r = JOIST_APPLY(nine, joist_read(ev, q, .uri = IN));
    joist_write(joist_flatten(ev, r.a, r.b, r.c, r.d, r.e, r.f, r.g, r.h), .uri = OUT);
    joist_write(r.i, .uri = OUT);
}

Test(check, more_outputs_than_a_report_has_room_for)
{
    const joist_dofn *const table[] = { &nine_dofn, NULL };
    joist_pipeline_def wide = def;
    wide.dofns = table;
    chosen = build_nine;
    joist_pipeline *q = joist_pipeline_new(&wide);
    cr_expect_eq(joist_pipeline_check(q, NULL, &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "DoFn 'nine' has 9 outputs; the most is 8"), "%s",
              error.message);
    joist_pipeline_free(q);
}
