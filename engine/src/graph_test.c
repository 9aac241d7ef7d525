/* SPDX-License-Identifier: Apache-2.0
 * The graph as data: it comes back from its serialised form as it was, a graph that somebody put
 * together wrongly is refused with a sentence, and one with broken bytes crashes nobody. */
/* Tests: graph.c pipeline.c */
#include "run_test.h"

#define OTHER(F, T) F(T, joist_text, key) F(T, joist_float, x) F(T, joist_time, at)
JOIST_RECORD(other, OTHER);
#define LIMITS(F, T) F(T, int64_t, most) F(T, joist_text, word) F(T, joist_text_list, words)
JOIST_RECORD(limits, LIMITS);

#define JOIN(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(ev) OUT(ev, ok) OUT(other, rest) SIDE(other, others) CFG(limits)
JOIST_DOFN(join, JOIN);
static joist_status join_process(const join_call *v, const ev *e)
{
    return ev_emit(v->out.ok, *e);
}

static const joist_text words[] = { { "b", 1 }, { "", 0 } };

static void build(joist_pipeline *q, const void *options)
{
    (void)options;
    ev_coll in = joist_read(ev, q, .uri = JOIST_TEXT("mem:in"),
                            .window = JOIST_TEXT("2026-01-01T00"),
                            .otherwise = { JOIST_TEXT("mem:in2"), JOIST_TEXT("mem:in3") });
    other_coll others = joist_read(other, q, .uri = JOIST_TEXT("mem:side"), .except = in.c);
    join_result r = JOIST_APPLY(join, in, .side.others = joist_map_by(other, others, key,
                                                                      .allow_empty = true),
                                .cfg.most = -1, .cfg.word = JOIST_TEXT("w"),
                                .cfg.words = { words, 2 });
    joist_write(joist_latest(ev, joist_flatten(ev, in, r.ok), .key = JOIST_FIELDS(ev, key, tag),
                             .by = JOIST_FIELDS(ev, n, seq)), .uri = JOIST_TEXT("mem:out"));
    joist_write(joist_sum(ev, r.ok, key, n), .uri = JOIST_TEXT("mem:out"));
    joist_write(joist_count(ev, r.ok, seq), .uri = JOIST_TEXT("mem:out"));
    joist_write(r.rest, .uri = JOIST_TEXT("mem:hours"), .window = JOIST_FIELDS(other, at),
                .hour = JOIST_TEXT("2026-01-01T00"), .key = JOIST_FIELDS(other, key));
}

static const joist_dofn *const dofns[] = { &join_dofn, NULL };
static const joist_pipeline_def def = { .name = "def", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };
static joist_pipeline *p;
static jst_node *nodes;         /* of the graph that check has accepted, to be spoiled */

static void set_up(void)
{
    p = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    nodes = (jst_node *)(uintptr_t)p->graph.nodes.items;
}
static void tear_down(void) { joist_pipeline_free(p); }
TestSuite(graph, .init = set_up, .fini = tear_down);

Test(graph, comes_back_byte_for_byte)
{
    joist_buffer again = { 0 };
    joist_row_encode(&jst_graph_type, &p->graph, &again);
    cr_assert(joist_text_equal(joist_buffer_view(&again), joist_buffer_view(&p->wire)));
    cr_expect_gt(again.len, 400);
    joist_buffer_free(&again);
    limits l = { 0 };
    joist_arena *arena = joist_arena_new();
    size_t used = joist_row_decode(&limits_type, nodes[2].config.ptr, nodes[2].config.len, &l,
                                   arena);
    cr_expect_eq(used, nodes[2].config.len);
    cr_expect_eq(l.most, -1);
    cr_expect_eq(l.words.count, 2);
    joist_arena_free(arena);
}

Test(graph, what_is_checked_is_what_came_back)
{
    for (size_t i = 0; i < p->count; i++)
        p->building[i] = (jst_node){ .op = JOIST_TEXT("broken") };
    cr_expect_eq(jst_check_graph(p, &error), JOIST_OK, "%s", error.message);
}

Test(graph, ops_have_names)
{
    for (int i = 0; i < JST_OP_COUNT; i++)
        cr_expect_eq(jst_op_of(joist_text_of(jst_op_name((jst_op)i))), (jst_op)i);
    cr_expect_eq(jst_op_of(JOIST_TEXT("merge")), JST_OP_COUNT);
    cr_expect_str_eq(jst_op_name(JST_OP_COUNT), "?");
}

Test(graph, producers)
{
    size_t port = 9;
    int64_t rest = nodes[2].outputs.items[1].coll;
    cr_expect_eq(jst_graph_producer(&p->graph, rest, &port), &nodes[2]);
    cr_expect_eq(port, 1);
    cr_expect_null(jst_graph_producer(&p->graph, 99, NULL));
    cr_expect_null(jst_graph_producer(&p->graph, 0, NULL));
}

/* ---- types ----------------------------------------------------------------------------------- */

#define INNER(F, T) F(T, joist_text, a)
JOIST_RECORD(inner, INNER);
#define OUTER(F, T) F(T, inner, one, 0, JOIST_OF(inner)) F(T, int64_t, b)
JOIST_RECORD(outer, OUTER);

Test(graph, types_bring_the_records_in_them)
{
    jst_types types = { 0 };
    cr_expect_eq(jst_types_add(&types, &outer_type), &outer_type);
    cr_expect_eq(jst_types_find(&types, JOIST_TEXT("inner")), &inner_type);
    cr_expect_null(jst_types_find(&types, JOIST_TEXT("ev")));
    for (int i = 0; i < 3; i++)
        jst_types_add(&types, &outer_type);
    cr_expect_eq(types.count, 2);
    jst_types_free(&types);
}

static void differs(void (*spoil)(joist_field *f))
{
    joist_field fields[2];
    memcpy(fields, outer_type.fields, sizeof fields);
    spoil(fields);
    joist_type type = { .name = "outer", .size = sizeof(outer),
    .fields = fields, .count = 2 };
    cr_expect(!jst_type_equal(&type, &outer_type));
}
static void rename_it(joist_field *f) { f[1].name = "c"; }
static void move_it(joist_field *f) { f[1].offset += 8; }
static void box_it(joist_field *f) { f[1].boxed = true; }
static void flag_it(joist_field *f) { f[1].flags = JOIST_REQUIRED; }
static void flatten_it(joist_field *f) { f[0].record = NULL; }
static void replace_it(joist_field *f) { f[0].record = &other_type; }

Test(graph, types_are_equal_only_if_everything_is)
{
    joist_type same = outer_type, longer = outer_type, bigger = outer_type;
    longer.count--;
    bigger.size++;
    cr_expect(jst_type_equal(&same, &outer_type));
    cr_expect(!jst_type_equal(&longer, &outer_type));
    cr_expect(!jst_type_equal(&bigger, &outer_type));
    cr_expect(!jst_type_equal(&inner_type, &outer_type));
    void (*const spoils[])(joist_field *) = { rename_it, move_it, box_it, flag_it, flatten_it,
                                              replace_it };
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++)
        differs(spoils[i]);
}

/* ---- graphs that `build` cannot make --------------------------------------------------------- */

static void refused(const char *part)
{
    cr_assert_eq(jst_check_graph(p, &error), JOIST_FAILED, "no '%s'", part);
    cr_expect(strstr(error.message, part), "'%s' is not in '%s'", part, error.message);
    cr_expect(strstr(error.message, "graph_test.c:"), "%s", error.message);
}
#define REFUSES(test, part)                                                                       \
    static void spoil_##test(void);                                                               \
    Test(graph, test) { spoil_##test(); refused(part); }                                          \
    static void spoil_##test(void)
#define EDGES(n) ((jst_edge *)(uintptr_t)(n).inputs.items)
#define PORTS(n) ((jst_port *)(uintptr_t)(n).outputs.items)
#define SIDES(n) ((jst_side *)(uintptr_t)(n).sides.items)

REFUSES(a_cycle, "step 'join' is part of a cycle: its input is made by 'flatten', which comes")
{
    EDGES(nodes[2])[0].coll = nodes[3].outputs.items[0].coll;
}
REFUSES(a_cycle_of_one, "step 'flatten' is part of a cycle")
{
    EDGES(nodes[3])[0].coll = nodes[3].outputs.items[0].coll;
}
REFUSES(a_cycle_through_a_side_input, "others is made by 'flatten', which comes later")
{
    SIDES(nodes[2])[0].coll = nodes[3].outputs.items[0].coll;
}
REFUSES(an_input_nobody_makes, "step 'join': no step makes its input")
{
    EDGES(nodes[2])[0].coll = 77;
}
REFUSES(one_name_twice, "two steps are called 'read_ev'; the other is at")
{
    nodes[1].name = nodes[0].name;
}
REFUSES(an_unknown_operation, "unknown operation 'merge'") { nodes[3].op = JOIST_TEXT("merge"); }
REFUSES(an_unknown_type, "record type 'moon' is not known")
{
    PORTS(nodes[0])[0].type = JOIST_TEXT("moon");
}
REFUSES(one_collection_twice, "two steps make collection 1") { PORTS(nodes[1])[0].coll = 1; }
REFUSES(no_input, "step 'join' has 0 inputs") { nodes[2].inputs.count = 0; }
REFUSES(a_read_of_a_read, "step 'read_other' has 1 inputs") { nodes[1].inputs = nodes[2].inputs; }
REFUSES(an_output_too_few, "step 'join' has 1 outputs, not 2") { nodes[2].outputs.count = 1; }
REFUSES(an_output_of_a_write, "has 2 outputs, not 0") { nodes[5].outputs = nodes[2].outputs; }
REFUSES(an_output_of_another_type, "output 'rest' of 'join' is 'ev', not 'other'")
{
    PORTS(nodes[2])[1].type = JOIST_TEXT("ev");
}
REFUSES(a_count_of_another_type, "is 'ev', not 'joist_tally'")
{
    PORTS(nodes[8])[0].type = JOIST_TEXT("ev");
}
REFUSES(an_input_of_another_type, "DoFn 'join' takes 'ev', its input is 'other'")
{
    EDGES(nodes[2])[0].coll = nodes[1].outputs.items[0].coll;
}
REFUSES(flattened_types, "flattens collections of different records")
{
    EDGES(nodes[3])[1].coll = nodes[1].outputs.items[0].coll;
}
REFUSES(a_side_input_of_another_type, "side input 'others' of 'join' is 'ev', not 'other'")
{
    SIDES(nodes[2])[0].coll = 1;
}
REFUSES(a_side_input_too_few, "has 1 side inputs, 0 are given") { nodes[2].sides.count = 0; }
REFUSES(a_side_input_of_a_write, "has side inputs and is no DoFn")
{
    nodes[5].sides = nodes[2].sides;
}
REFUSES(an_unknown_field, "record 'ev' has no field 'x'")
{
    ((joist_text *)(uintptr_t)nodes[4].key.items)[1] = JOIST_TEXT("x");
}
REFUSES(no_key, "step 'latest_ev' has no key") { nodes[4].key.count = 0; }
REFUSES(nothing_to_add, "the configuration of 'sum_by_key' is no 'joist_number_config'")
{
    nodes[6].config.len = 0;
}
REFUSES(a_configuration_that_is_not_asked_for,
        "the configuration of 'count_by_seq' is no 'nothing'")
{
    nodes[8].config = nodes[6].config;
}
REFUSES(a_combine_fn_that_is_in_no_table, "CombineFn 'sun' is not in the program's table: add "
                                          "&sun_combine to combines[]")
{
    nodes[6].combine = JOIST_TEXT("sun");
}
REFUSES(a_configuration_cut_short, "the configuration of 'join' is no 'limits'")
{
    nodes[2].config.len--;
}
REFUSES(a_window_nobody_knows, "the window of 'write_other' is a time field")
{
    nodes[10].window_field = JOIST_TEXT("when");
}
REFUSES(a_record_limit_of_nothing, "needs a positive .max_record") { nodes[0].max_record = 0; }

/* ---- broken bytes ---------------------------------------------------------------------------- */

static unsigned accepted;

/* Decodes, checks, and plans what is accepted. */
static void take(const char *bytes, size_t len)
{
    joist_arena *arena = joist_arena_new();
    p->graph = (jst_graph){ 0 };
    size_t used = joist_row_decode(&jst_graph_type, bytes, len, &p->graph, arena);
    if (used == len && jst_check_graph(p, &error) == JOIST_OK) {
        jst_plan_free(jst_plan_new(p));
        accepted++;
    }
    joist_arena_free(arena);
}

Test(graph, every_byte_wrong_in_every_bit_and_every_length)
{
    joist_text wire = joist_buffer_view(&p->wire);
    char *copy = joist_malloc(wire.len);
    for (size_t i = 0; i < wire.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, wire.ptr, wire.len);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            take(copy, wire.len);
        }
        memcpy(copy, wire.ptr, i);
        take(copy, i);
    }
    cr_expect_gt(accepted, 100, "changed URIs and names are good graphs");
    joist_free(copy);
}

Test(graph, many_bytes_wrong)
{
    joist_text wire = joist_buffer_view(&p->wire);
    char *copy = joist_malloc(wire.len);
    uint64_t chance = 1;
    for (int round = 0; round < 5000; round++) {
        memcpy(copy, wire.ptr, wire.len);
        for (int i = 0; i <= round % 7; i++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            copy[(chance >> 40) % wire.len] = (char)((chance >> 33) % 8);
        }
        take(copy, wire.len);
    }
    joist_free(copy);
}
