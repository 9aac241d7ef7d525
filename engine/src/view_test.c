/* SPDX-License-Identifier: Apache-2.0
 * Side inputs as map, multimap, list and singleton: what is found, in which order, and what makes
 * them fail; the same from any number of workers. */
#include "event_test.h"

static const joist_pipeline_def def;

#define NAME(F, T) F(T, joist_text, key) F(T, joist_text, name) F(T, int64_t, n)
JOIST_RECORD(name, NAME);
#define NAME_(k, v, n_) { { k, sizeof(k) - 1 }, { v, sizeof(v) - 1 }, n_ }

/* ---- asking in every way --------------------------------------------------------------------- */

#define ASK(IN, OUT, SIDE, CFG, STATE)                                                            \
    IN(hit) OUT(joist_line, out) SIDE(name, map) SIDE(name_many, many)
JOIST_DOFN(ask, ASK);
static joist_status ask_process(const ask_call *v, const hit *h)
{
    joist_buffer b = { 0 };
    const name *one = name_get(v->side.map, h->who);
    name_list many = name_many(v->side.many, h->who);
    add_text(&b, h->who);
    joist_buffer_printf(&b, ": ");
    add_text(&b, one ? one->name : JOIST_TEXT("-"));
    joist_buffer_printf(&b, ";");
    for (size_t i = 0; i < many.count; i++)
        joist_buffer_printf(&b, " %.*s", JOIST_ARG(many.items[i].name));
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static void asking(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll latest = joist_latest(name, names, .key = JOIST_FIELDS(name, key));
    TO_LINES(JOIST_APPLY(ask, IN_HITS(p), .side.map = joist_map_by(name, latest, key),
                         .side.many = joist_multimap_by(name, names, key)).out);
}

static const hit asked[] = { HIT_("b", 0, 0), HIT_("", 0, 1), { .n = 2 }, HIT_("zz", 0, 3),
                             HIT_("a", 0, 4), HIT_("a\0", 0, 5), HIT_("bb", 0, 6) };

/* Several of one key keep the order of the input, among those of other keys. */
Test(view, maps_and_multimaps)
{
    static const name names[] = {
        NAME_("b", "b1", 9), NAME_("a", "a1", 9), NAME_("b", "b2", 1), NAME_("", "e1", 0),
        NAME_("zz", "z1", 0), NAME_("b", "b0", 5), NAME_("a\0", "n1", 0), NAME_("a", "a0", 3),
        NAME_("b", "b1", 0), NAME_("", "e0", 9),
    };
    GIVE(0, asked);
    GIVE(1, names);
    ALWAYS_GIVES(asking, "b: b1; b1 b2 b0 b1\n: e0; e1 e0\nnull: -;\nzz: z1; z1\na: a0; a1 a0\n"
                         "a\\u0000: n1; n1\nbb: -;\n");
}

Test(view, multimaps_of_many_keys)
{
    enum { NAMES = 1000, KEYS = 37 };
    static name names[NAMES];
    static hit hits[KEYS + 1];
    static char texts[NAMES][8];
    joist_buffer expected = { 0 };
    for (size_t i = 0; i < NAMES; i++)
        snprintf(texts[i], sizeof texts[i], "%zu", i);
    for (size_t i = 0; i < NAMES; i++)
        names[i] = (name){ joist_text_of(texts[i * 7 % KEYS]), joist_text_of(texts[i]), 0 };
    for (size_t k = 0; k <= KEYS; k++) {
        size_t last = NAMES;
        hits[k] = (hit){ joist_text_of(texts[k]), { 0 }, 0 };
        for (size_t i = 0; i < NAMES; i++)
            last = i * 7 % KEYS == k ? i : last;
        joist_buffer_printf(&expected, "%zu: ", k);
        joist_buffer_printf(&expected, last < NAMES ? "%zu;" : "-;", last);
        for (size_t i = 0; i < NAMES; i++)
            if (i * 7 % KEYS == k)
                joist_buffer_printf(&expected, " %zu", i);
        joist_buffer_byte(&expected, '\n');
    }
    joist_buffer_byte(&expected, '\0');
    GIVE(0, hits);
    GIVE(1, names);
    ALWAYS_GIVES(asking, expected.ptr);
    joist_buffer_free(&expected);
}

/* ---- lists and singletons -------------------------------------------------------------------- */

#define LOOK(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(hit) OUT(joist_line, out) SIDE(name_all, all) SIDE(name_one, one)
JOIST_DOFN(look, LOOK);
static joist_status look_process(const look_call *v, const hit *h)
{
    joist_buffer b = { 0 };
    const name *one = name_one(v->side.one);
    name_list all = name_all(v->side.all);
    joist_buffer_printf(&b, "%lld ", (long long)h->n);
    add_text(&b, one ? one->name : JOIST_TEXT("-"));
    for (size_t i = 0; i < all.count; i++)
        joist_buffer_printf(&b, " %.*s", JOIST_ARG(all.items[i].name));
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static bool empty_all, empty_one;
static void looking(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll one = joist_read(name, p, .uri = JOIST_TEXT("mem:one"),
                               .otherwise = { JOIST_TEXT("mem:in3") });
    TO_LINES(JOIST_APPLY(look, IN_HITS(p),
                         .side.all = joist_list_of(name, names, .allow_empty = empty_all),
                         .side.one = joist_singleton(name, one, .allow_empty = empty_one)).out);
}

static const hit two_hits[] = { HIT_("a", 0, 0), HIT_("b", 0, 1) };
static const name five[] = { NAME_("b", "1", 0), NAME_("a", "2", 0), { .name = { "3", 1 } },
                             NAME_("b", "4", 0), NAME_("", "5", 0) };
static const name only[] = { NAME_("x", "only", 0) };

static void give_one(const name *items, size_t count)
{
    world.inputs[2] = (mem_input){ .name = "one", .items = items, .count = count,
                                   .size = sizeof(name) };
}

/* Their keys are nobody's business. */
Test(view, lists_in_input_order_and_singletons)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(only, 1);
    ALWAYS_GIVES(looking, "0 only 1 2 3 4 5\n1 only 1 2 3 4 5\n");
}

Test(view, empty_ones_where_they_are_allowed)
{
    empty_all = empty_one = true;
    GIVE(0, two_hits);
    GIVE(1, five);
    world.inputs[1].count = 0;
    give_one(only, 0);
    ALWAYS_GIVES(looking, "0 -\n1 -\n");
}

static void fails_with(const char *part)
{
    joist_pipeline *p = joist_pipeline_new(&def);
    o = defaults();
    FAILS(p, &o, JOIST_FATAL, part);
    cr_expect_str_eq(seen("out.lines"), "");
    joist_pipeline_free(p);
}

Test(view, empty_ones_where_they_are_not)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(only, 0);
    chosen = looking;
    fails_with("side input 'one' of step 'look' is empty: there is no name at all");
    give_one(only, 1);
    world.inputs[1].count = 0;
    fails_with("side input 'all' of step 'look' is empty: there is no name at all");
}

Test(view, a_singleton_of_two)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(five, 2);
    chosen = looking;
    fails_with("side input 'one' is to be one name, not 2");
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void asking_directly(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll more = joist_read(name, p, .uri = JOIST_TEXT("mem:one"));
    TO_LINES(JOIST_APPLY(ask, IN_HITS(p), .side.map = joist_map_by(name, names, key),
                         .side.many = joist_multimap_by(name, more, key)).out);
}

Test(view, two_of_one_key_fail_a_map)
{
    static const name twice[] = { NAME_("x", "1", 0), NAME_("y", "2", 0), NAME_("x", "3", 0) };
    GIVE(0, two_hits);
    GIVE(1, twice);
    give_one(only, 1);
    chosen = asking_directly;
    fails_with("side input 'map': two elements of 'name' have the key 'x'");
}

Test(view, no_key_fails_a_map_and_a_multimap)
{
    GIVE(0, two_hits);
    GIVE(1, only);
    give_one(five + 2, 1);
    chosen = asking_directly;
    fails_with("side input 'many': a name without its key 'key'");
    GIVE(1, five);
    world.inputs[1].items = five + 2;
    world.inputs[1].count = 1;
    give_one(only, 1);
    fails_with("side input 'map': a name without its key 'key'");
}

/* ---- ways into a view ------------------------------------------------------------------------ */

#define TWO(IN, OUT, SIDE, CFG, STATE) IN(name) OUT(name, even) OUT(name, odd)
JOIST_DOFN(two, TWO);
static joist_status two_process(const two_call *v, const name *n)
{
    name twice = *n;
    twice.name = joist_printf(v->ctx, "%.*s'", JOIST_ARG(n->name));
    name_emit(v->out.odd, *n);
    name_emit(v->out.even, twice);
    return name_emit(v->out.odd, *n);
}

/* What one record became comes in the order of the ways, however full ports were. */
static void by_two_ways(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll one = joist_read(name, p, .uri = JOIST_TEXT("mem:one"));
    two_result t = JOIST_APPLY(two, names);
    TO_LINES(JOIST_APPLY(look, IN_HITS(p),
                         .side.all = joist_list_of(name, joist_flatten(name, t.even, t.odd)),
                         .side.one = joist_singleton(name, one)).out);
}

Test(view, lists_of_what_came_by_several_ways)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(only, 1);
    ALWAYS_GIVES(by_two_ways, "0 only 1' 1 1 2' 2 2 3' 3 3 4' 4 4 5' 5 5\n"
                              "1 only 1' 1 1 2' 2 2 3' 3 3 4' 4 4 5' 5 5\n");
}

/* The ways may meet before: a DoFn that is fed by both. */
#define SAME(IN, OUT, SIDE, CFG, STATE) IN(name) OUT(name, out)
JOIST_DOFN(same, SAME);
static joist_status same_process(const same_call *v, const name *n)
{
    return name_emit(v->out.out, *n);
}

static void by_ways_that_meet(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll one = joist_read(name, p, .uri = JOIST_TEXT("mem:one"));
    two_result t = JOIST_APPLY(two, names);
    name_coll met = JOIST_APPLY(same, joist_flatten(name, t.even, t.odd)).out;
    TO_LINES(JOIST_APPLY(look, IN_HITS(p), .side.all = joist_list_of(name, met),
                         .side.one = joist_singleton(name, one)).out);
}

Test(view, lists_of_ways_that_met_before)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(only, 1);
    ALWAYS_GIVES(by_ways_that_meet, "0 only 1' 1 1 2' 2 2 3' 3 3 4' 4 4 5' 5 5\n"
                                    "1 only 1' 1 1 2' 2 2 3' 3 3 4' 4 4 5' 5 5\n");
}

/* A collection flattened with itself is there twice, in a view too. */
static void twice(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll one = joist_read(name, p, .uri = JOIST_TEXT("mem:one"));
    name_coll both = joist_flatten(name, names, names);
    joist_line_coll a = JOIST_APPLY(look, IN_HITS(p), .side.all = joist_list_of(name, both),
                                    .side.one = joist_singleton(name, one)).out;
    joist_line_coll b = JOIST_APPLY(look, IN_HITS(p), .side.all = joist_list_of(name, both),
                                    .side.one = joist_singleton(name, one)).out;
    TO_LINES(joist_flatten(joist_line, a, b));
}

Test(view, what_is_flattened_with_itself_is_there_twice_whoever_looks)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(only, 1);
    ALWAYS_GIVES(twice, "0 only 1 1 2 2 3 3 4 4 5 5\n1 only 1 1 2 2 3 3 4 4 5 5\n"
                        "0 only 1 1 2 2 3 3 4 4 5 5\n1 only 1 1 2 2 3 3 4 4 5 5\n");
}

/* Of groups: in the order of the groups. */
#define LAST(IN, OUT, SIDE, CFG, STATE) IN(name_group) OUT(name, out)
JOIST_DOFN(last, LAST);
static joist_status last_process(const last_call *v, const name_group *g)
{
    name found = *g->key;
    for (const name *n; (n = name_next(g));)
        found.name = joist_printf(v->ctx, "%.*s%.*s", JOIST_ARG(found.name), JOIST_ARG(n->name));
    name_emit(v->out.out, found);
    found.name = JOIST_TEXT(".");
    return name_emit(v->out.out, found);
}

static void of_groups(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    name_coll one = joist_read(name, p, .uri = JOIST_TEXT("mem:one"));
    name_coll joined = JOIST_APPLY(last, joist_group_by_key(name, names,
                                                            .key = JOIST_FIELDS(name, key))).out;
    TO_LINES(JOIST_APPLY(look, IN_HITS(p), .side.all = joist_list_of(name, joined),
                         .side.one = joist_singleton(name, one)).out);
}

Test(view, lists_of_what_groups_made)
{
    GIVE(0, two_hits);
    GIVE(1, five);
    give_one(only, 1);
    ALWAYS_GIVES(of_groups, "0 only 3 . 5 . 2 . 14 .\n1 only 3 . 5 . 2 . 14 .\n");
}

static void one_collection_two_shapes(joist_pipeline *p)
{
    name_coll names = joist_read(name, p, .uri = JOIST_TEXT("mem:in2"));
    TO_LINES(JOIST_APPLY(ask, IN_HITS(p), .side.map = joist_map_by(name, names, key),
                         .side.many = joist_multimap_by(name, names, key)).out);
}

Test(view, two_shapes_of_one_collection_are_two_views)
{
    static const name names[] = { NAME_("b", "B", 0), NAME_("a", "A", 0) };
    GIVE(0, two_hits);
    GIVE(1, names);
    ALWAYS_GIVES(one_collection_two_shapes, "a: A; A\nb: B; B\n");
    joist_pipeline *p = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    jst_plan *plan = jst_plan_new(p);
    cr_expect_eq(plan->views_count, 2);
    jst_plan_free(plan);
    joist_pipeline_free(p);
}

static const joist_dofn *const dofns[] = { &ask_dofn, &look_dofn, &two_dofn, &same_dofn, &last_dofn,
                                           &show_dofn, &show_group_dofn, NULL };
static const joist_pipeline_def def = { .name = "view", .dofns = dofns, .build = build,
                                        .connectors = mem_connectors };
