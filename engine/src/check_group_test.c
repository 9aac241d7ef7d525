/* SPDX-License-Identifier: Apache-2.0
 * What can be wrong with timestamps, windows, groups, joins, CombineFns and the four kinds of side
 * inputs: every sentence, by `build` where it can be said in C, else in a spoiled graph. */
/* Tests: check_group.c build_group.c check.c */
#include "run_test.h"

#define HIT(F, T) F(T, joist_text, who) F(T, joist_time, at) F(T, int64_t, n)
JOIST_RECORD(hit, HIT);
#define WORD(F, T) F(T, joist_text, text) F(T, joist_text_list, all) F(T, joist_float, x)
JOIST_RECORD(word, WORD);
JOIST_PAIR(hit_word, hit, word);
JOIST_PAIR(two_hits, hit, hit);

#define TAKE(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(hit, out)
JOIST_DOFN(take, TAKE);
static joist_status take_process(const take_call *v, const hit_group *g)
{
    return hit_emit(v->out.out, *hit_next(g));
}
#define TAKE_PAIRS(IN, OUT, SIDE, CFG, STATE) IN(hit_word_group) OUT(hit, out)
JOIST_DOFN(take_pairs, TAKE_PAIRS);
static joist_status take_pairs_process(const take_pairs_call *v, const hit_word_group *g)
{
    return hit_emit(v->out.out, hit_word_next(g)->left);
}
#define PASS(IN, OUT, SIDE, CFG, STATE) IN(hit) OUT(hit, out) SIDE(hit_one, one)
JOIST_DOFN(pass, PASS);
static joist_status pass_process(const pass_call *v, const hit *h)
{
    return hit_emit(v->out.out, *h);
}
#define ASK(IN, OUT, SIDE, CFG, STATE)                                                            \
    IN(hit_group) OUT(hit, out) SIDE(hit_many, many) SIDE(hit_all, all) SIDE(hit_one, one)
JOIST_DOFN(ask, ASK);
static joist_status ask_process(const ask_call *v, const hit_group *g)
{
    return hit_emit(v->out.out, *hit_next(g));
}

#define ACC(F, T) F(T, int64_t, n)
JOIST_RECORD(acc, ACC);
#define LIMIT(F, T) F(T, int64_t, most)
JOIST_RECORD(limit, LIMIT);
#define COUNT_HITS(IN, ACC_, OUT, CFG) IN(hit) ACC_(acc) OUT(hit) CFG(limit)
JOIST_COMBINE_FN(count_hits, COUNT_HITS);
static void count_hits_add(const count_hits_call *v, acc *a, const hit *h)
{
    (void)v;
    a->n += h->n;
}
static void count_hits_merge(const count_hits_call *v, acc *a, const acc *b)
{
    (void)v;
    a->n += b->n;
}
static joist_status count_hits_extract(const count_hits_call *v, const acc *a, const hit *key)
{
    return hit_emit(v->out, (hit){ .who = key->who, .n = a->n });
}
#define STRAY(IN, ACC_, OUT, CFG) IN(hit) ACC_(acc) OUT(hit)
JOIST_COMBINE_FN(stray, STRAY);
static void stray_add(const stray_call *v, acc *a, const hit *h) { (void)v, (void)h, a->n++; }
static void stray_merge(const stray_call *v, acc *a, const acc *b) { (void)v, a->n += b->n; }
static joist_status stray_extract(const stray_call *v, const acc *a, const hit *key)
{
    return hit_emit(v->out, (hit){ .who = key->who, .n = a->n });
}

static const joist_dofn *const dofns[] = { &take_dofn, &take_pairs_dofn, &pass_dofn, &ask_dofn,
                                           NULL };
static const joist_combine *const combines[] = { &count_hits_combine, NULL };

static void (*chosen)(joist_pipeline *p);
static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    chosen(p);
}
static const joist_pipeline_def def = { .name = "def", .dofns = dofns, .combines = combines,
                                        .connectors = mem_connectors, .build = build };
static joist_pipeline *p;
static jst_node *nodes;         /* of a good graph, to be spoiled */

static void set_up(void) { p = joist_pipeline_new(&def); }
static void tear_down(void) { joist_pipeline_free(p); }
TestSuite(check_group, .init = set_up, .fini = tear_down);

#define IN_HITS joist_read(hit, q, .uri = JOIST_TEXT("mem:in"))
#define IN_WORDS joist_read(word, q, .uri = JOIST_TEXT("mem:words"))
#define OUT JOIST_TEXT("mem:out")

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
    snprintf(at, sizeof at, "check_group_test.c:%d: ", line_of_mistake);
    cr_expect(line_of_mistake && strstr(error.message, at), "'%s' is not in '%s'", at,
              error.message);
}
#define REFUSES(name, part)                                                                       \
    static void build_##name(joist_pipeline *q);                                                  \
    Test(check_group, name) { refused(build_##name, part); }                                      \
    static void build_##name(joist_pipeline *q)

static void accepted(void (*b)(joist_pipeline *))
{
    chosen = b;
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    nodes = (jst_node *)(uintptr_t)p->graph.nodes.items;
}
#define ACCEPTS(name)                                                                             \
    static void build_##name(joist_pipeline *q);                                                  \
    Test(check_group, name) { accepted(build_##name); }                                           \
    static void build_##name(joist_pipeline *q)

/* What joist_write does not compile for. */
static void write_groups(joist_coll groups, int line)
{
    joist_write_(groups, &(joist_write_options){ .uri = OUT, .name = "w",
                                                 .site_ = { __FILE__, line } });
}

/* ---- windows --------------------------------------------------------------------------------- */

REFUSES(no_kind_of_window, "joist_window_into needs one of .fixed_ms")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(joist_window_into(hit, in, .offset_ms = 3), .uri = OUT);
}
REFUSES(two_kinds_of_window, "joist_window_into needs one of .fixed_ms")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(joist_window_into(hit, in, .fixed_ms = 3, .global = true), .uri = OUT);
}
REFUSES(windows_of_negative_length, "the windows of 'w' have no length")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(joist_window_into(hit, in, .fixed_ms = -3, .name = "w"), .uri = OUT);
}
REFUSES(a_negative_gap, "the windows of 'w' have no length")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(joist_window_into(hit, in, .gap_ms = -1, .name = "w"), .uri = OUT);
}
REFUSES(sliding_without_every, "'w' needs .every_ms, greater than 0")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(joist_window_into(hit, in, .sliding_ms = 3, .name = "w"), .uri = OUT);
}
REFUSES(sliding_backwards, "'w' needs .every_ms, greater than 0")
{
    hit_coll in = IN_HITS;
    HERE; in = joist_window_into(hit, in, .sliding_ms = 3, .every_ms = -1, .name = "w");
    joist_write(in, .uri = OUT);
}
REFUSES(too_many_windows, "'w' would put an element into 100001 windows; the most is 100000")
{
    hit_coll in = IN_HITS;
    HERE; in = joist_window_into(hit, in, .sliding_ms = 200002, .every_ms = 2, .name = "w");
    joist_write(in, .uri = OUT);
}
ACCEPTS(as_many_windows_as_there_may_be)
{
    joist_write(joist_window_into(hit, IN_HITS, .sliding_ms = 200001, .every_ms = 2), .uri = OUT);
}
REFUSES(latest_of_sessions, "'l' cannot merge sessions: group by key instead")
{
    hit_coll in = joist_window_into(hit, IN_HITS, .gap_ms = 5);
    HERE; in = joist_latest(hit, in, .key = JOIST_FIELDS(hit, who), .name = "l");
    joist_write(in, .uri = OUT);
}
ACCEPTS(latest_of_sessions_that_ended)
{
    hit_coll in = joist_window_into(hit, IN_HITS, .gap_ms = 5);
    in = joist_window_into(hit, in, .global = true);
    joist_write(joist_latest(hit, in, .key = JOIST_FIELDS(hit, who)), .uri = OUT);
}
REFUSES(flattened_windows_that_differ, "the inputs of 'flatten' are in different windows")
{
    hit_coll in = IN_HITS, windowed = joist_window_into(hit, in, .fixed_ms = 5);
    HERE; joist_write(joist_flatten(hit, in, windowed), .uri = OUT);
}
REFUSES(flattened_windows_of_other_lengths, "the inputs of 'flatten' are in different windows")
{
    hit_coll a = joist_window_into(hit, IN_HITS, .fixed_ms = 5);
    hit_coll b = joist_window_into(hit, IN_HITS, .fixed_ms = 5);
    hit_coll c = joist_window_into(hit, IN_HITS, .fixed_ms = 6);
    HERE; joist_write(joist_flatten(hit, a, b, c), .uri = OUT);
}
ACCEPTS(flattened_windows_that_are_alike)
{
    hit_coll a = joist_window_into(hit, IN_HITS, .fixed_ms = 5, .offset_ms = 1);
    hit_coll b = joist_window_into(hit, IN_HITS, .fixed_ms = 5, .offset_ms = 1);
    joist_write(joist_flatten(hit, a, b), .uri = OUT);
}
REFUSES(timestamps_of_nothing, "the input of joist_with_timestamps is missing")
{
    hit_coll none = { { q, 0 } };
    HERE; joist_write(joist_with_timestamps(hit, none, at), .uri = OUT);
}
REFUSES(windows_of_nothing, "the input of joist_window_into is missing")
{
    hit_coll none = { { q, 0 } };
    HERE; joist_write(joist_window_into(hit, none, .fixed_ms = 1), .uri = OUT);
}

/* ---- groups ---------------------------------------------------------------------------------- */

REFUSES(groups_without_a_key, "step 'g' has no key")
{
    hit_coll in = IN_HITS;
    HERE; hit_group_coll g = joist_group_by_key(hit, in, .name = "g");
    joist_write(JOIST_APPLY(take, g).out, .uri = OUT);
}
REFUSES(a_list_as_a_key, "field 'all' is a list and cannot be a key")
{
    word_coll in = IN_WORDS;
    HERE; word_group_coll g = joist_group_by_key(word, in, .key = JOIST_FIELDS(word, all));
    write_groups(g.c, __LINE__);
}
REFUSES(groups_that_are_written, "step 'w' cannot take groups: a DoFn with IN(hit_group) can")
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS, .key = JOIST_FIELDS(hit, who));
    HERE; write_groups(g.c, __LINE__);
}
REFUSES(groups_that_are_windowed, "cannot take groups: a DoFn with IN(hit_group) can")
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS, .key = JOIST_FIELDS(hit, who));
    HERE; joist_coll w = joist_window_into_(g.c, &(joist_window_options){ 5, .site_ = JOIST_SITE });
    write_groups(w, __LINE__);
}
REFUSES(groups_nobody_takes, "output 'out' of 'g' goes nowhere")
{
    hit_coll in = IN_HITS;
    HERE; (void)joist_group_by_key(hit, in, .key = JOIST_FIELDS(hit, who), .name = "g");
}
REFUSES(groups_two_take, "'b' takes groups that 'a' takes: they can be read once, so group once "
                         "more")
{
    hit_group_coll g = joist_group_by_key(hit, IN_HITS, .key = JOIST_FIELDS(hit, who));
    joist_write(JOIST_APPLY(take, g, .name = "a").out, .uri = OUT);
    HERE; joist_write(JOIST_APPLY(take, g, .name = "b").out, .uri = OUT);
}
REFUSES(groups_of_nothing, "the input of joist_group_by_key is missing")
{
    hit_coll none = { { q, 0 } };
    HERE; hit_group_coll g = joist_group_by_key(hit, none, .key = JOIST_FIELDS(hit, who));
    joist_write(JOIST_APPLY(take, g).out, .uri = OUT);
}

/* ---- combine --------------------------------------------------------------------------------- */

REFUSES(a_combine_fn_that_is_in_no_table, "CombineFn 'stray' is not in the program's table: add "
                                          "&stray_combine to combines[]")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(JOIST_COMBINE(stray, in, .key = JOIST_FIELDS(hit, who)), .uri = OUT);
}
REFUSES(combine_by_a_list, "field 'all' is a list and cannot be a key")
{
    word_coll in = IN_WORDS;
    joist_combine_args args = { .in = in.c, .fn = &joist_count_combine, .out = &joist_tally_type,
                                .key = JOIST_FIELDS(word, all).fields };
    HERE; args.site = (joist_site)JOIST_SITE;
    joist_write((joist_tally_coll){ joist_combine_(&args) }, .uri = OUT);
}
REFUSES(combine_of_nothing, "the input of JOIST_COMBINE is missing")
{
    hit_coll none = { { q, 0 } };
    HERE; joist_write(JOIST_COMBINE(count_hits, none), .uri = OUT);
}
ACCEPTS(combine_of_everything) { joist_write(JOIST_COMBINE(count_hits, IN_HITS), .uri = OUT); }

/* ---- joins ----------------------------------------------------------------------------------- */

#define BY(LEFT, RIGHT) .left = JOIST_FIELDS LEFT, .right = JOIST_FIELDS RIGHT

REFUSES(a_join_without_keys, "'j' needs .left and .right with as many fields of the same kinds")
{
    hit_coll in = IN_HITS;
    word_coll words = IN_WORDS;
    HERE; joist_write(joist_join(hit_word, in, words, .name = "j"), .uri = OUT);
}
REFUSES(keys_of_different_kinds, "with as many fields of the same kinds")
{
    hit_coll in = IN_HITS;
    word_coll words = IN_WORDS;
    HERE; hit_word_coll j = joist_join(hit_word, in, words, BY((hit, n), (word, text)));
    joist_write(j, .uri = OUT);
}
REFUSES(keys_of_different_lengths, "with as many fields of the same kinds")
{
    hit_coll in = IN_HITS;
    word_coll words = IN_WORDS;
    HERE; hit_word_coll j = joist_join(hit_word, in, words, BY((hit, who, who), (word, text)));
    joist_write(j, .uri = OUT);
}
REFUSES(a_list_as_the_right_key, "field 'all' is a list and cannot be a key")
{
    hit_coll in = IN_HITS;
    word_coll words = IN_WORDS;
    HERE; hit_word_coll j = joist_join(hit_word, in, words, BY((hit, who), (word, all)));
    joist_write(j, .uri = OUT);
}
REFUSES(a_join_of_different_windows, "the inputs of 'j' are in different windows")
{
    hit_coll in = joist_window_into(hit, IN_HITS, .fixed_ms = 5);
    word_coll to = IN_WORDS;
    HERE; hit_word_coll j = joist_join(hit_word, in, to, BY((hit, who), (word, text)), .name = "j");
    joist_write(j, .uri = OUT);
}
REFUSES(a_join_of_windows_with_another_offset, "the inputs of 'j' are in different windows")
{
    hit_coll in = joist_window_into(hit, IN_HITS, .fixed_ms = 5);
    hit_coll in2 = joist_window_into(hit, IN_HITS, .fixed_ms = 5, .offset_ms = 1);
    HERE; two_hits_coll j = joist_join(two_hits, in, in2, BY((hit, who), (hit, who)), .name = "j");
    joist_write(j, .uri = OUT);
}
REFUSES(the_left_side_of_nothing, "the left input of a join is missing")
{
    hit_coll none = { { q, 0 } };
    word_coll words = IN_WORDS;
    HERE; hit_word_coll j = joist_join(hit_word, none, words, BY((hit, who), (word, text)));
    joist_write(j, .uri = OUT);
}
REFUSES(the_right_side_of_nothing, "the right input of a join is missing")
{
    hit_coll in = IN_HITS;
    word_coll none = { { q, 0 } };
    HERE; hit_word_group_coll j = joist_cogroup(hit_word, in, none, BY((hit, who), (word, text)));
    joist_write(JOIST_APPLY(take_pairs, j).out, .uri = OUT);
}
REFUSES(cogroups_that_are_written, "cannot take groups: a DoFn with IN(hit_word_group) can")
{
    hit_coll in = IN_HITS;
    word_coll words = IN_WORDS;
    hit_word_group_coll j = joist_cogroup(hit_word, in, words, BY((hit, who), (word, text)));
    HERE; write_groups(j.c, __LINE__);
}

/* ---- side inputs ----------------------------------------------------------------------------- */

REFUSES(a_singleton_that_is_missing,
        "pass needs its side input .side.one = joist_singleton(hit, …)")
{
    hit_coll in = IN_HITS;
    HERE; joist_write(JOIST_APPLY(pass, in).out, .uri = OUT);
}
REFUSES(a_multimap_that_is_missing,
        "ask needs its side input .side.many = joist_multimap_by(hit, …)")
{
    hit_coll in = IN_HITS;
    hit_group_coll g = joist_group_by_key(hit, in, .key = JOIST_FIELDS(hit, who));
    HERE; hit_coll out = JOIST_APPLY(ask, g).out;
    joist_write(out, .uri = OUT);
}
REFUSES(a_list_that_is_missing, "ask needs its side input .side.all = joist_list_of(hit, …)")
{
    hit_coll in = IN_HITS;
    hit_group_coll g = joist_group_by_key(hit, in, .key = JOIST_FIELDS(hit, who));
    hit_many_map many = joist_multimap_by(hit, in, who);
    HERE; hit_coll out = JOIST_APPLY(ask, g, .side.many = many).out;
    joist_write(out, .uri = OUT);
}
REFUSES(a_side_input_in_windows, "side input 'one' of 'pass' must be in the global window")
{
    hit_coll in = IN_HITS, windowed = joist_window_into(hit, in, .fixed_ms = 5);
    HERE; joist_write(JOIST_APPLY(pass, in, .side.one = joist_singleton(hit, windowed)).out,
                      .uri = OUT);
}
ACCEPTS(a_side_input_out_of_windows)
{
    hit_coll in = IN_HITS, windowed = joist_window_into(hit, in, .fixed_ms = 5);
    hit_coll back = joist_window_into(hit, windowed, .global = true);
    joist_write(JOIST_APPLY(pass, in, .side.one = joist_singleton(hit, back)).out, .uri = OUT);
}

/* ---- broken bytes ---------------------------------------------------------------------------- */

static void good(joist_pipeline *q);
static unsigned taken, ran;

/* Another scheme would write somewhere: such a graph is planned only. */
static bool is_in_memory(void)
{
    bool all = true;
    for (size_t i = 0; i < p->graph.nodes.count; i++) {
        const jst_node *n = &p->graph.nodes.items[i];
        jst_op op = jst_op_of(n->op);
        if (op == JST_READ || op == JST_WRITE)
            all &= joist_text_equal(joist_uri_scheme(n->uri), JOIST_TEXT("mem"))
                && !n->otherwise.count && !n->endpoint.len;
    }
    return all;
}

/* What check accepts can be planned and run, whatever comes of it. */
static void take_bytes(const char *bytes, size_t len)
{
    joist_arena *arena = joist_arena_new();
    joist_run_options options = { .workers = 1, .env = &the_env.env, .memory = 1 << 20 };
    p->graph = (jst_graph){ 0 };
    error.message[0] = '\0';
    size_t used = joist_row_decode(&jst_graph_type, bytes, len, &p->graph, arena);
    if (used == len && jst_check_all(p, &error) == JOIST_OK) {
        world.log_len = 0;
        taken++;
        jst_plan_free(jst_plan_new(p));
    }
    if (used == len && !error.message[0] && is_in_memory()) {
        bool done = joist_pipeline_run(p, &options, &report) == JOIST_OK;
        joist_failure how = report->error.failure;
        cr_assert(done || (how != JOIST_GRAPH && how != JOIST_USAGE), "%s", report->error.message);
        ran += done;
    }
    p->graph = (jst_graph){ 0 };
    jst_run_free(p->run);
    p->run = NULL;
    joist_arena_free(arena);
}

static const hit some_hits[] = { { { "a", 1 }, { 5, true }, 1 }, { { "b", 1 }, { 7, true }, 2 },
                                 { { "a", 1 }, { 6, true }, 3 } };
static const word some_words[] = { { { "a", 1 }, { NULL, 0 }, { 1, true } } };

/* A URI with a wrong byte may be a path: files land in a directory of their own. */
static joist_text good_bytes(void)
{
    make_dir();
    cr_assert_eq(chdir(test_dir), 0);
    accepted(good);
    world.inputs[0] = (mem_input){ .name = "in", .items = some_hits, .count = 3,
                                   .size = sizeof(hit) };
    world.inputs[1] = (mem_input){ .name = "words", .items = some_words, .count = 1,
                                   .size = sizeof(word) };
    return (joist_text){ joist_text_dup(joist_buffer_view(&p->wire)), p->wire.len };
}

Test(check_group, every_byte_of_a_graph_wrong_in_every_bit)
{
    joist_text wire = good_bytes();
    char *copy = joist_malloc(wire.len);
    take_bytes(wire.ptr, wire.len);
    cr_assert(taken == 1 && ran == 1);
    for (size_t i = 0; i < wire.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, wire.ptr, wire.len);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            take_bytes(copy, wire.len);
        }
        memcpy(copy, wire.ptr, i);
        take_bytes(copy, i);
    }
    cr_expect_gt(ran, 100, "changed names and windows are good graphs");
    joist_free(copy);
    joist_free((char *)(uintptr_t)wire.ptr);
    cr_assert_eq(chdir("/"), 0);
    drop_dir();
}

Test(check_group, many_bytes_of_a_graph_wrong)
{
    joist_text wire = good_bytes();
    char *copy = joist_malloc(wire.len);
    uint64_t chance = 3;
    for (int round = 0; round < 5000; round++) {
        memcpy(copy, wire.ptr, wire.len);
        for (int i = 0; i <= round % 5; i++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            copy[(chance >> 40) % wire.len] = (char)((chance >> 33) % 12);
        }
        take_bytes(copy, wire.len);
    }
    joist_free(copy);
    joist_free((char *)(uintptr_t)wire.ptr);
    cr_assert_eq(chdir("/"), 0);
    drop_dir();
}

/* ---- spoiled graphs -------------------------------------------------------------------------- */

static void good(joist_pipeline *q)
{
    hit_coll in = IN_HITS;
    word_coll words = IN_WORDS;
    hit_coll stamped = joist_with_timestamps(hit, in, at);
    hit_coll fixed = joist_window_into(hit, stamped, .fixed_ms = 5);
    hit_coll sliding = joist_window_into(hit, stamped, .sliding_ms = 5, .every_ms = 2);
    hit_group_coll g = joist_group_by_key(hit, fixed, .key = JOIST_FIELDS(hit, who));
    joist_write(joist_window_into(hit, JOIST_APPLY(take, g).out, .global = true), .uri = OUT);
    joist_write(JOIST_COMBINE(count_hits, sliding, .key = JOIST_FIELDS(hit, who), .cfg.most = 5),
                .uri = OUT, .table = JOIST_TEXT("t"));
    joist_write(joist_join(hit_word, in, words, .left = JOIST_FIELDS(hit, who),
                           .right = JOIST_FIELDS(word, text)), .uri = JOIST_TEXT("mem:pairs"));
    hit_word_group_coll j = joist_cogroup(hit_word, in, words, .left = JOIST_FIELDS(hit, who),
                                          .right = JOIST_FIELDS(word, text));
    joist_write(JOIST_APPLY(take_pairs, j).out, .uri = OUT, .table = JOIST_TEXT("u"));
}

static jst_node *named(const char *name)
{
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (joist_text_equal(nodes[i].name, joist_text_of(name)))
            return &nodes[i];
    cr_assert(0, "no step %s", name);
    return NULL;
}
static jst_port *out_of(const char *name)
{
    return (jst_port *)(uintptr_t)named(name)->outputs.items;
}

#define SPOILED(name, part)                                                                       \
    static void spoil_##name(void);                                                               \
    Test(check_group, name)                                                                       \
    {                                                                                             \
        accepted(good);                                                                           \
        cr_assert_eq(jst_check_graph(p, &error), JOIST_OK);                                       \
        spoil_##name();                                                                           \
        cr_assert_eq(jst_check_graph(p, &error), JOIST_FAILED, "no '%s'", part);                  \
        cr_expect(strstr(error.message, part), "'%s' is not in '%s'", part, error.message);       \
    }                                                                                             \
    static void spoil_##name(void)

SPOILED(a_time_that_is_no_field, "'timestamp_hit' goes by a time field; 'when' is none")
{
    named("timestamp_hit")->time = JOIST_TEXT("when");
}
SPOILED(a_time_that_is_a_number, "'timestamp_hit' goes by a time field; 'n' is none")
{
    named("timestamp_hit")->time = JOIST_TEXT("n");
}
SPOILED(another_kind_of_window, "'tumbling' is no kind of window")
{
    named("window_hit")->windowing = JOIST_TEXT("tumbling");
}
SPOILED(fixed_windows_with_holes, "the windows of 'window_hit' do not follow one another")
{
    named("window_hit")->period_ms = 0;
}
SPOILED(windows_that_make_words, "output 'out' of 'window_hit' is 'word', not 'hit'")
{
    out_of("window_hit")->type = JOIST_TEXT("word");
}
SPOILED(timestamps_that_make_words, "output 'out' of 'timestamp_hit' is 'word', not 'hit'")
{
    out_of("timestamp_hit")->type = JOIST_TEXT("word");
}
SPOILED(groups_of_another_type, "'group_hit' makes groups of 'hit', not 'hit_word_group'")
{
    out_of("group_hit")->type = JOIST_TEXT("hit_word_group");
}
SPOILED(groups_that_are_no_groups, "'group_hit' makes groups of 'hit', not 'hit'")
{
    out_of("group_hit")->type = JOIST_TEXT("hit");
}
SPOILED(groups_that_are_side_inputs, "'group_hit' makes groups of 'hit', not 'hit_many'")
{
    out_of("group_hit")->type = JOIST_TEXT("hit_many");
}
SPOILED(no_key_at_all, "step 'group_hit' has no key") { named("group_hit")->key.count = 0; }
SPOILED(no_such_combine, "CombineFn '?' is not in the program's table")
{
    named("count_hits_by_who")->combine = JOIST_TEXT("?");
}
SPOILED(combine_of_another_type, "CombineFn 'count_hits' takes 'hit', its input is 'word'")
{
    named("count_hits_by_who")->key.count = 0;
    ((jst_edge *)(uintptr_t)named("count_hits_by_who")->inputs.items)->coll =
        named("read_word")->outputs.items[0].coll;
}
SPOILED(combine_into_another_type, "output 'out' of 'count_hits_by_who' is 'word', not 'hit'")
{
    out_of("count_hits_by_who")->type = JOIST_TEXT("word");
}
SPOILED(a_configuration_cut_short, "the configuration of 'count_hits_by_who' is no 'limit'")
{
    named("count_hits_by_who")->config.len--;
}
SPOILED(another_kind_of_join, "'outer' is no kind of join")
{
    named("join_hit_word")->how = JOIST_TEXT("outer");
}
SPOILED(a_join_of_one, "step 'join_hit_word' has 1 inputs")
{
    named("join_hit_word")->inputs.count = 1;
}
SPOILED(a_join_that_makes_groups, "'hit_word_group' is no JOIST_PAIR of 'hit' and 'word'")
{
    out_of("join_hit_word")->type = JOIST_TEXT("hit_word_group");
}
SPOILED(a_join_that_makes_hits, "'hit' is no JOIST_PAIR of 'hit' and 'word'")
{
    out_of("join_hit_word")->type = JOIST_TEXT("hit");
}
SPOILED(a_cogroup_that_makes_no_groups, "a cogroup makes groups, not 'hit_word'")
{
    out_of("cogroup_hit_word")->type = JOIST_TEXT("hit_word");
}
SPOILED(a_cogroup_that_makes_side_inputs, "a cogroup makes groups, not 'hit_many'")
{
    out_of("cogroup_hit_word")->type = JOIST_TEXT("hit_many");
}
SPOILED(a_pair_of_others, "'hit_word' is no JOIST_PAIR of 'hit' and 'hit'")
{
    ((jst_edge *)(uintptr_t)named("join_hit_word")->inputs.items)[1].coll = 1;
    named("join_hit_word")->right_key = named("join_hit_word")->key;
}
SPOILED(a_right_key_that_is_no_field, "record 'word' has no field 'who'")
{
    named("join_hit_word")->right_key = named("join_hit_word")->key;
}
