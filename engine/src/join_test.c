/* SPDX-License-Identifier: Apache-2.0
 * Joins and cogroups against every pair there should be: duplicates, empty sides, keys of several
 * fields and of other flavours, NULL, windows, a hot key, and more than memory. */
/* Tests: join.c groups.c build_group.c */
#include "event_test.h"

static const joist_pipeline_def def;

#define CITY(F, T)                                                                                \
    F(T, joist_text, name) F(T, joist_text, who, JOIST_REQUIRED) F(T, joist_int, n)               \
    F(T, joist_time, since)
JOIST_RECORD(city, CITY);
#define CITY_(name_, who_, n_, since_)                                                            \
    { { name_, sizeof(name_) - 1 }, { who_, sizeof(who_) - 1 }, { n_, true }, { since_, true } }
JOIST_PAIR(hit_city, hit, city);
JOIST_PAIR(hit_hit, hit, hit);

/* "a 1|x 2 12[0,100)"; a side that is not there is a dash, and zeroes. */
#define SHOW_PAIR(IN, OUT, SIDE, CFG, STATE) IN(hit_city) OUT(joist_line, out)
JOIST_DOFN(show_pair, SHOW_PAIR);
static joist_status show_pair_process(const show_pair_call *v, const hit_city *p)
{
    joist_buffer b = { 0 };
    cr_assert(p->has_left || (!p->left.who.ptr && !p->left.at.set && !p->left.n));
    cr_assert(p->has_right || (!p->right.name.ptr && !p->right.n.set && !p->right.since.set));
    add_text(&b, p->has_left ? p->left.who : JOIST_TEXT("-"));
    joist_buffer_printf(&b, " %lld|", (long long)p->left.n);
    add_text(&b, p->has_right ? p->right.name : JOIST_TEXT("-"));
    joist_buffer_byte(&b, ' ');
    add_moment(&b, v->ctx);
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

#define SHOW_COGROUP(IN, OUT, SIDE, CFG, STATE) IN(hit_city_group) OUT(joist_line, out)
JOIST_DOFN(show_cogroup, SHOW_COGROUP);
static joist_status show_cogroup_process(const show_cogroup_call *v, const hit_city_group *g)
{
    joist_buffer b = { 0 };
    add_text(&b, g->key->left.who);
    cr_assert(!g->key->has_left && !g->key->has_right && !g->key->right.name.ptr);
    joist_buffer_byte(&b, ' ');
    add_moment(&b, v->ctx);
    joist_buffer_byte(&b, ':');
    for (const hit_city *p; (p = hit_city_next(g));) {
        cr_assert(p->has_left != p->has_right);
        if (p->has_left)
            joist_buffer_printf(&b, " %lld", (long long)p->left.n);
        else
            joist_buffer_printf(&b, " %.*s", JOIST_ARG(p->right.name));
    }
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static joist_join_how how_;
static void joined(joist_pipeline *p)
{
    city_coll cities = joist_read(city, p, .uri = JOIST_TEXT("mem:in2"));
    hit_city_coll j = joist_join(hit_city, IN_HITS(p), cities, .left = JOIST_FIELDS(hit, who),
                                 .right = JOIST_FIELDS(city, who), .how = how_);
    TO_LINES(JOIST_APPLY(show_pair, j).out);
}
static void cogrouped(joist_pipeline *p)
{
    city_coll cities = joist_read(city, p, .uri = JOIST_TEXT("mem:in2"));
    hit_city_group_coll j = joist_cogroup(hit_city, IN_HITS(p), cities,
                                          .left = JOIST_FIELDS(hit, who),
                                          .right = JOIST_FIELDS(city, who));
    TO_LINES(JOIST_APPLY(show_cogroup, j).out);
}

/* b and x on both sides, twice; a on the left, d on the right only. */
static const hit lefts[] = { HIT_("b", 0, 1), HIT_("x", 0, 2), HIT_("a", 0, 3), HIT_("b", 0, 4),
                             HIT_("x", 0, 5) };
static const city rights[] = { CITY_("Xi", "x", 1, 0), CITY_("Bo", "b", 2, 0),
                               CITY_("Da", "d", 3, 0), CITY_("Ba", "b", 4, 0),
                               CITY_("Bu", "b", 5, 0) };
#define PAIRS_OF_B                                                                                \
    "b 1|Bo max[min,max)\nb 4|Bo max[min,max)\nb 1|Ba max[min,max)\nb 4|Ba max[min,max)\n"        \
    "b 1|Bu max[min,max)\nb 4|Bu max[min,max)\n"
#define PAIRS_OF_X "x 2|Xi max[min,max)\nx 5|Xi max[min,max)\n"

Test(join, inner)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    how_ = JOIST_INNER_JOIN;
    ALWAYS_GIVES(joined, PAIRS_OF_B PAIRS_OF_X);
}

Test(join, left)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    how_ = JOIST_LEFT_JOIN;
    ALWAYS_GIVES(joined, "a 3|- max[min,max)\n" PAIRS_OF_B PAIRS_OF_X);
}

Test(join, right)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    how_ = JOIST_RIGHT_JOIN;
    ALWAYS_GIVES(joined, PAIRS_OF_B "- 0|Da max[min,max)\n" PAIRS_OF_X);
}

Test(join, full)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    how_ = JOIST_FULL_JOIN;
    ALWAYS_GIVES(joined, "a 3|- max[min,max)\n" PAIRS_OF_B "- 0|Da max[min,max)\n" PAIRS_OF_X);
}

Test(join, cogroup)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    ALWAYS_GIVES(cogrouped, "a max[min,max): 3\nb max[min,max): 1 4 Bo Ba Bu\n"
                            "d max[min,max): Da\nx max[min,max): 2 5 Xi\n");
}

/* ---- empty sides ----------------------------------------------------------------------------- */

static void with_sides(size_t left, size_t right, const char *const expected[5])
{
    GIVE(0, lefts);
    GIVE(1, rights);
    world.inputs[0].count = left;
    world.inputs[1].count = right;
    for (int how = 0; how < 4; how++) {
        how_ = (joist_join_how)how;
        ALWAYS_GIVES(joined, expected[how]);
    }
    ALWAYS_GIVES(cogrouped, expected[4]);
}

Test(join, no_left_side)
{
    const char *right = "- 0|Bo max[min,max)\n- 0|Xi max[min,max)\n";
    with_sides(0, 2, (const char *const[]){ "", "", right, right,
                                            "b max[min,max): Bo\nx max[min,max): Xi\n" });
}

Test(join, no_right_side)
{
    const char *left = "b 1|- max[min,max)\nx 2|- max[min,max)\n";
    with_sides(2, 0, (const char *const[]){ "", left, "", left,
                                            "b max[min,max): 1\nx max[min,max): 2\n" });
}

Test(join, no_side_at_all) { with_sides(0, 0, (const char *const[]){ "", "", "", "", "" }); }

/* ---- keys ------------------------------------------------------------------------------------ */

static void by_three(joist_pipeline *p)
{
    city_coll cities = joist_read(city, p, .uri = JOIST_TEXT("mem:in2"));
    hit_city_coll j = joist_join(hit_city, IN_HITS(p), cities,
                                 .left = JOIST_FIELDS(hit, n, who, at),
                                 .right = JOIST_FIELDS(city, n, name, since),
                                 .how = JOIST_FULL_JOIN);
    TO_LINES(JOIST_APPLY(show_pair, j).out);
}

/* An int64_t on one side and a joist_int on the other, fields in another order; NULL equals
 * NULL. */
Test(join, by_several_fields)
{
    static const hit hits[] = { HIT_("a", 5, 1), HIT_("a", 6, 1), HIT_("b", 5, 1), HIT_("a", 5, -1),
                                { .at = { 5, true }, .n = 1 }, { .who = { "a", 1 }, .n = 1 } };
    static const city cities[] = {
        CITY_("a", "-", 1, 5), CITY_("b", "-", 1, 6), CITY_("a", "-", -1, 5),
        { .n = { 1, true }, .since = { 5, true } },
        { .name = { "a", 1 }, .n = { 1, true } },
        { .name = { "a", 1 }, .since = { 5, true } },
    };
    GIVE(0, hits);
    GIVE(1, cities);
    ALWAYS_GIVES(by_three, "- 0|a max[min,max)\na -1|a max[min,max)\nnull 1|null max[min,max)\n"
                           "a 1|a max[min,max)\na 1|a max[min,max)\na 1|- max[min,max)\n"
                           "b 1|- max[min,max)\n- 0|b max[min,max)\n");
}

/* Both sides may be one collection. */
#define OTHERS(IN, OUT, SIDE, CFG, STATE) IN(hit_hit) OUT(joist_line, out)
JOIST_DOFN(others, OTHERS);
static joist_status others_process(const others_call *v, const hit_hit *p)
{
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "%lld-%lld", (long long)p->left.n, (long long)p->right.n);
    return joist_line_emit(v->out.out, line_in(v->ctx, &b));
}

static void with_itself(joist_pipeline *p)
{
    hit_coll in = IN_HITS(p);
    TO_LINES(JOIST_APPLY(others, joist_join(hit_hit, in, in, .left = JOIST_FIELDS(hit, who),
                                            .right = JOIST_FIELDS(hit, who))).out);
}

Test(join, a_collection_with_itself)
{
    GIVE(0, lefts);
    ALWAYS_GIVES(with_itself, "3-3\n1-1\n4-1\n1-4\n4-4\n2-2\n5-2\n2-5\n5-5\n");
}

/* ---- windows --------------------------------------------------------------------------------- */

static joist_window_options windows;
#define WINDOWS(...) (windows = (joist_window_options){ __VA_ARGS__, .site_ = JOIST_SITE })

static void in_windows(joist_pipeline *p)
{
    city_coll cities = joist_with_timestamps(city, joist_read(city, p,
                                                              .uri = JOIST_TEXT("mem:in2")), since);
    hit_coll hits = joist_with_timestamps(hit, IN_HITS(p), at);
    city_coll right = { joist_window_into_(cities.c, &windows) };
    hit_coll left = { joist_window_into_(hits.c, &windows) };
    TO_LINES(JOIST_APPLY(show_pair, joist_join(hit_city, left, right,
                                               .left = JOIST_FIELDS(hit, who),
                                               .right = JOIST_FIELDS(city, who),
                                               .how = JOIST_FULL_JOIN)).out);
}

static const hit timed[] = { HIT_("a", 5, 1), HIT_("a", 15, 2), HIT_("a", 7, 3), HIT_("b", 5, 4),
                             HIT_("c", 25, 5) };
static const city dated[] = { CITY_("Aa", "a", 0, 9), CITY_("Ab", "a", 0, 10),
                              CITY_("Ac", "a", 0, 20), CITY_("Ba", "b", 0, 10),
                              CITY_("Ca", "c", 0, 20) };

Test(join, of_each_window)
{
    GIVE(0, timed);
    GIVE(1, dated);
    WINDOWS(.fixed_ms = 10);
    ALWAYS_GIVES(in_windows, "a 1|Aa 9[0,10)\na 3|Aa 9[0,10)\na 2|Ab 19[10,20)\n- 0|Ac 29[20,30)\n"
                             "b 4|- 9[0,10)\n- 0|Ba 19[10,20)\nc 5|Ca 29[20,30)\n");
}

/* Sessions are made of both sides: left at 5, right at 10 and left at 15 are one. */
Test(join, of_each_session)
{
    static const hit hits[] = { HIT_("a", 5, 1), HIT_("a", 15, 2), HIT_("a", 27, 3),
                                HIT_("b", 0, 4) };
    static const city cities[] = { CITY_("Aa", "a", 0, 10), CITY_("Ab", "a", 0, 28),
                                   CITY_("Ba", "b", 0, 7) };
    GIVE(0, hits);
    GIVE(1, cities);
    WINDOWS(.gap_ms = 7);
    ALWAYS_GIVES(in_windows, "a 1|Aa 21[5,22)\na 2|Aa 21[5,22)\na 3|Ab 34[27,35)\n"
                             "b 4|- 6[0,7)\n- 0|Ba 13[7,14)\n");
}

/* ---- large ones ------------------------------------------------------------------------------ */

#define COUNT_PAIRS(F, T) F(T, joist_text, key) F(T, int64_t, pairs) F(T, int64_t, sum)
JOIST_RECORD(pair_count, COUNT_PAIRS);
#define SMALL(IN, OUT, SIDE, CFG, STATE) IN(hit_city) OUT(joist_tally, out)
JOIST_DOFN(small, SMALL);
static joist_status small_process(const small_call *v, const hit_city *p)
{
    cr_assert(joist_text_equal(p->left.who, p->right.who));
    cr_assert_eq(p->right.name.len, 300);
    return joist_tally_emit(v->out.out, (joist_tally){ p->left.who, p->left.n * p->right.n.v });
}

static void products(joist_pipeline *p)
{
    city_coll cities = joist_read(city, p, .uri = JOIST_TEXT("mem:in2"));
    hit_city_coll j = joist_join(hit_city, IN_HITS(p), cities, .left = JOIST_FIELDS(hit, who),
                                 .right = JOIST_FIELDS(city, who));
    joist_tally_coll t = JOIST_APPLY(small, j).out;
    joist_write(joist_sum(joist_tally, t, key, count), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("sums"));
    joist_write(joist_count(joist_tally, t, key), .uri = JOIST_TEXT("mem:out"),
                .table = JOIST_TEXT("counts"));
}

/* A hot key of 40 x 2000 pairs, among others; more than a bundle's memory, read back from disk. */
Test(join, a_hot_key_and_more_than_memory)
{
    enum { LEFT = 300, RIGHT = 4000 };
    static hit hits[LEFT];
    static city cities[RIGHT];
    static char name[301];
    int64_t sum = 0, left_sum = 0;
    memset(name, 'n', 300);
    for (size_t i = 0; i < LEFT; i++) {
        static char names[LEFT][8];
        snprintf(names[i], sizeof names[i], "k%zu", i % 100);
        hits[i] = (hit){ i < 40 ? JOIST_TEXT("hot") : joist_text_of(names[i]), { 0 }, (int64_t)i };
        left_sum += i < 40 ? (int64_t)i : 0;
    }
    for (size_t i = 0; i < RIGHT; i++) {
        static char names[RIGHT][8];
        snprintf(names[i], sizeof names[i], "k%zu", i % 200);
        cities[i] = (city){ { name, 300 }, i % 2 ? JOIST_TEXT("hot") : joist_text_of(names[i]),
                            { (int64_t)i, true }, { 0 } };
        sum += i % 2 ? (int64_t)i : 0;
    }
    char expected[100];
    snprintf(expected, sizeof expected, "{\"key\":\"hot\",\"total\":%lld}\n",
             (long long)(sum * left_sum));
    GIVE(0, hits);
    GIVE(1, cities);
    ONCE(products);
    char *first = NULL;
    for (int spill = 0; spill < 2; spill++) {
        o.memory = spill ? 100 << 10 : 64 << 20;
        world.inputs[0].per_file = world.inputs[1].per_file = 100;
        DONE(p, &o);
        cr_assert_eq(report->spilled_bytes > 0, spill);
        cr_expect_eq(strncmp(seen("out.sums"), expected, strlen(expected)), 0);
        cr_expect(strstr(seen("out.counts"), "{\"key\":\"hot\",\"count\":80000}\n"));
        if (first)
            cr_expect_str_eq(first, seen("out.sums"));
        joist_free(first);
        first = joist_strdup(seen("out.sums"));
    }
    joist_free(first);
    joist_pipeline_free(p);
}

/* The left side of a key is more than a bundle holds, and its pairs do not fill a port. */
JOIST_PAIR(city_hit, city, hit);
enum { LONG_TEXT = 40000 };
#define WHOLE(IN, OUT, SIDE, CFG, STATE) IN(city_hit) OUT(joist_tally, out)
JOIST_DOFN(whole, WHOLE);
static joist_status whole_process(const whole_call *v, const city_hit *p)
{
    char expected = (char)('a' + p->left.n.v % 26);
    cr_assert_eq(p->left.name.len, LONG_TEXT);
    for (size_t i = 0; i < LONG_TEXT; i += 97)
        cr_assert_eq(p->left.name.ptr[i], expected, "of %lld", (long long)p->left.n.v);
    return joist_tally_emit(v->out.out, (joist_tally){ p->right.who, p->left.n.v });
}

static void whole_lefts(joist_pipeline *p)
{
    city_coll cities = joist_read(city, p, .uri = JOIST_TEXT("mem:in2"));
    city_hit_coll j = joist_join(city_hit, cities, IN_HITS(p), .left = JOIST_FIELDS(city, who),
                                 .right = JOIST_FIELDS(hit, who));
    joist_write(joist_count(joist_tally, JOIST_APPLY(whole, j).out, key),
                .uri = JOIST_TEXT("mem:out"), .table = JOIST_TEXT("counts"));
}

Test(join, left_values_are_whole_until_their_pairs_have_gone_on)
{
    enum { LEFT = 800, KEYS = 20 };
    static city cities[LEFT];
    static hit hits[2 * KEYS];
    static char names[KEYS][24];
    joist_buffer expected = { 0 };
    char *texts = joist_malloc(26 * LONG_TEXT);
    for (size_t i = 0; i < 26 * LONG_TEXT; i++)
        texts[i] = (char)('a' + i / LONG_TEXT);
    for (size_t k = 0; k < KEYS; k++) {
        snprintf(names[k], sizeof names[k], "k%02zu", k);
        hits[k] = hits[KEYS + k] = (hit){ joist_text_of(names[k]), { 0 }, 0 };
    }
    for (size_t i = 0; i < LEFT; i++)
        cities[i] = (city){ { texts + i % 26 * LONG_TEXT, LONG_TEXT },
                            joist_text_of(names[i % KEYS]), { (int64_t)i, true }, { 0 } };
    for (size_t k = 0; k < KEYS; k++)
        joist_buffer_printf(&expected, "{\"key\":\"k%02zu\",\"count\":%d}\n", k,
                            2 * LEFT / KEYS);
    joist_buffer_byte(&expected, '\0');
    GIVE(0, hits);
    GIVE(1, cities);
    ONCE(whole_lefts);
    for (int spill = 0; spill < 2; spill++) {
        o.memory = spill ? 1 << 20 : 256 << 20;
        world.inputs[1].per_file = 50;
        DONE(p, &o);
        cr_assert_eq(report->spilled_bytes > 0, spill);
        cr_assert_str_eq(seen("out.counts"), expected.ptr);
    }
    joist_pipeline_free(p);
    joist_buffer_free(&expected);
    joist_free(texts);
}

/* ---- numbers --------------------------------------------------------------------------------- */

#define PICKY(IN, OUT, SIDE, CFG, STATE) IN(hit_city) OUT(joist_line, out)
JOIST_DOFN(picky, PICKY);
static joist_status picky_process(const picky_call *v, const hit_city *p)
{
    if (p->left.n == 4)
        return joist_reject(v->ctx, "picky", "four");
    return joist_line_emit(v->out.out, (joist_line){ p->right.name });
}

static void picked(joist_pipeline *p)
{
    city_coll cities = joist_read(city, p, .uri = JOIST_TEXT("mem:in2"));
    hit_city_coll j = joist_join(hit_city, IN_HITS(p), cities, .left = JOIST_FIELDS(hit, who),
                                 .right = JOIST_FIELDS(city, who));
    TO_LINES(JOIST_APPLY(picky, j).out);
}

static void check_picked(const char *how)
{
    const joist_stage_report *s = stage_named("picky"), *j = stage_named("join_hit_city");
    expect_lines("Bo\nBa\nBu\nXi\nXi\n", how);
    cr_assert(j->in == 10 && j->outs[0].count == 8, "%s", how);
    cr_assert(s->in == 8 && s->outs[0].count == 5 && s->rejected[0].count == 3, "%s", how);
    cr_assert(report->records == 10 && report->rejected == 3 && report->events == 10, "%s", how);
}

Test(join, numbers_add_up_and_pairs_may_be_rejected)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    ONCE(picked);
    each_way(p, check_picked);
    joist_pipeline_free(p);
}

/* Pairs of one key are in one place, and yet each has its letter; the same in every run. */
static char *first_letters;
static void check_letters(const char *how)
{
    const char *dead = seen("dead/r.jsonl.dead");
    first_letters = first_letters ? first_letters : joist_strdup(dead);
    cr_assert_str_eq(dead, first_letters, "%s", how);
}

Test(join, every_pair_that_is_rejected_has_a_letter)
{
    GIVE(0, lefts);
    GIVE(1, rights);
    ONCE(picked);
    o.dead = JOIST_TEXT("mem:dead");
    o.run_id = JOIST_TEXT("r");
    each_way(p, check_letters);
    const char *bo = strstr(first_letters, "\\\"name\\\":\\\"Bo\\\"");
    const char *ba = strstr(first_letters, "\\\"name\\\":\\\"Ba\\\"");
    const char *bu = strstr(first_letters, "\\\"name\\\":\\\"Bu\\\"");
    cr_expect(bo && ba && bu && bo < ba && ba < bu, "%s", first_letters);
    size_t lines = 0;
    for (const char *c = first_letters; *c; c++)
        lines += *c == '\n';
    cr_expect_eq(lines, 3);
    joist_free(first_letters);
    joist_pipeline_free(p);
}

static const joist_dofn *const dofns[] = {
    &show_pair_dofn, &show_cogroup_dofn, &others_dofn, &small_dofn, &whole_dofn, &picky_dofn,
    &show_dofn, &show_group_dofn, NULL,
};
static const joist_code codes[] = { { "picky", "four" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "join", .dofns = dofns, .codes = codes,
                                        .build = build, .connectors = mem_connectors };
