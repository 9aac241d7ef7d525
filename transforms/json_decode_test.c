/* SPDX-License-Identifier: Apache-2.0
 * Tests: json_decode.c json_walk.c json_plan.c json_index.c simdjson_shim.cc
 * Whole records: paths, alternatives, parents, duplicates, repair, errors; and the fast path
 * against the reference scanner on thousands of damaged documents. */
#include <criterion/criterion.h>
#include <joist.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "json_index.h"
#include "json_plan.h"

#define POINT(F, T) F(T, joist_int, x, 0) F(T, joist_text, label, 0, .from = "meta.label|label")
JOIST_RECORD(point, POINT);

#define THING(F, T)                                                                               \
    F(T, joist_text, name, 0) F(T, joist_text, site, JOIST_ENTITIES, .limit = 8)                  \
    F(T, joist_text, mail, 0, .from = "admin_email|user_email")                                   \
    F(T, joist_text, locale, 0, .from = "wp.locale")                                              \
    F(T, joist_bool, debug, 0, .from = "wp.debug")                                                \
    F(T, joist_text, theme, 0, .from = "wp.theme|theme")                                          \
    F(T, joist_text, deep, 0, .from = "a.b.c.d")                                                  \
    F(T, joist_text, rid, JOIST_IF_OBJECT, .from = "_collector.request_id")                       \
    F(T, joist_int, n, 0) F(T, joist_float, x, 0) F(T, joist_time, at, 0) F(T, joist_json, j, 0)  \
    F(T, joist_bytes, raw, 0) F(T, int64_t, bare, 0) F(T, bool, flag, 0) F(T, double, ratio, 0)   \
    F(T, joist_text_list, tags, 0) F(T, point, home, 0, JOIST_OF(point))                          \
    F(T, point_list, path, 0, JOIST_LIST_OF(point))
JOIST_RECORD(thing, THING);

static joist_arena *arena;
static joist_warnings warnings;

static void set_up(void)
{
    arena = joist_arena_new();
    warnings = (joist_warnings){ .arena = arena };
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(json_decode, .init = set_up, .fini = tear_down);

static thing decode(const char *json)
{
    thing t;
    joist_json_error e;
    warnings.count = 0;
    bool ok = joist_json_decode_with(joist_text_of(json), &thing_type, &t, arena, &warnings, &e);
    cr_assert(ok, "%s: %s", json, ok ? "" : e.message);
    return t;
}

static void expect_text(joist_text t, const char *want)
{
    bool same = want ? t.ptr && joist_text_equal(t, joist_text_of(want)) : t.ptr == NULL;
    cr_assert(same, "'%.*s', not '%s'", JOIST_ARG(t), want ? want : "NULL");
}

/* The warnings of the last decode, joined by a space. */
static void expect_warnings(const char *want)
{
    joist_buffer all = { 0 };
    joist_text_list list = joist_warnings_sorted(&warnings, 16);
    for (size_t i = 0; i < list.count; i++)
        joist_buffer_printf(&all, "%s%.*s", i ? " " : "", JOIST_ARG(list.items[i]));
    cr_assert(joist_text_equal(joist_buffer_view(&all), joist_text_of(want)), "'%.*s', not '%s'",
              JOIST_ARG(joist_buffer_view(&all)), want);
    joist_buffer_free(&all);
}

static void expect_error(const char *json, const char *code, size_t at, const char *message)
{
    thing t;
    joist_json_error e;
    cr_assert_not(joist_json_decode_with(joist_text_of(json), &thing_type, &t, arena, NULL, &e),
                  "%s", json);
    cr_assert_str_eq(e.code, code, "%s", json);
    cr_assert_eq(e.at, at, "%s: at %zu", json, e.at);
    cr_assert_str_eq(e.message, message);
}

Test(json_decode, an_empty_object_is_all_null)
{
    thing t = decode(" {} ");
    for (size_t i = 0; i < thing_type.count; i++)
        if (joist_field_nullable(&thing_type.fields[i]))
            cr_assert(joist_field_is_null(&thing_type.fields[i], &t), "%s",
                      thing_type.fields[i].name);
    cr_assert(t.bare == 0 && !t.flag && t.tags.count == 0 && t.path.count == 0);
    expect_warnings("");
}

Test(json_decode, every_kind)
{
    thing t = decode("{\"name\":\"Ada\",\"n\":-7,\"x\":1.5,\"at\":\"2026-11-23T10:14:07.412Z\","
                     "\"j\":{\"k\": [1]},\"raw\":\"AAEC\",\"bare\":\"12\",\"flag\":\"Yes\","
                     "\"ratio\":0.25,\"tags\":[\"a\",1,null,\" \"],"
                     "\"home\":{\"x\":1,\"label\":\"h\"},"
                     "\"path\":[{\"x\":2},null,{\"meta\":{\"label\":\"m\"}}]}");
    expect_text(t.name, "Ada");
    cr_assert(t.n.set && t.n.v == -7 && t.x.set && t.x.v == 1.5 && t.at.ms == 1795428847412);
    expect_text((joist_text){ t.j.ptr, t.j.len }, "{\"k\": [1]}");
    cr_assert(t.raw.len == 3 && memcmp(t.raw.ptr, "\0\1\2", 3) == 0);
    cr_assert(t.bare == 12 && t.flag && t.ratio == 0.25);
    cr_assert_eq(t.tags.count, 2u);
    expect_text(t.tags.items[1], "1");
    cr_assert(t.home.x.v == 1);
    expect_text(t.home.label, "h");
    cr_assert_eq(t.path.count, 2u);
    cr_assert(t.path.items[0].x.v == 2 && !t.path.items[1].x.set);
    expect_text(t.path.items[1].label, "m");
    expect_warnings("");
}

Test(json_decode, paths)
{
    thing t = decode("{\"a\":{\"b\":{\"x\":{\"c\":1},\"c\":{\"d\":\"found\"}}},"
                     "\"wp\":{\"locale\":\"de_DE\",\"debug\":\"no\"}}");
    expect_text(t.deep, "found");
    expect_text(t.locale, "de_DE");
    cr_assert(t.debug.set && !t.debug.v);
    t = decode("{\"locale\":\"x\",\"b\":{\"c\":{\"d\":\"y\"}},\"a\":{\"b\":{\"d\":\"z\"}}}");
    expect_text(t.deep, NULL);
    expect_text(t.locale, NULL);
    expect_warnings("");
}

Test(json_decode, second_source_only_if_the_first_is_null)
{
    expect_text(decode("{\"admin_email\":\"a\",\"user_email\":[]}").mail, "a");
    expect_warnings("");
    expect_text(decode("{\"admin_email\":\" \",\"user_email\":\"b\"}").mail, "b");
    expect_warnings("");
    expect_text(decode("{\"admin_email\":{},\"user_email\":[1]}").mail, NULL);
    expect_warnings("cast:admin_email cast:user_email");
    expect_text(decode("{\"wp\":{\"theme\":null},\"theme\":\"t\"}").theme, "t");
    expect_text(decode("{\"wp\":{\"theme\":\"s\"},\"theme\":{}}").theme, "s");
    expect_warnings("");
}

Test(json_decode, parents)
{
    decode("{\"wp\":[],\"a\":\"\",\"home\":[ ],\"path\":\"\",\"tags\":null}");
    expect_warnings("");
    decode("{\"wp\":5,\"a\":\" \"}");
    expect_warnings("cast:a cast:wp");
    decode("{\"wp\":[1],\"a\":{\"b\":true}}");
    expect_warnings("cast:a.b cast:wp");
    decode("{\"a\":{\"b\":{\"c\":\"x\"}},\"home\":1,\"path\":{},\"tags\":\"x\"}");
    expect_warnings("cast:a.b.c cast:home cast:path cast:tags");
    cr_assert_eq(warnings.count, 4u);
    decode("{\"_collector\":7}");       /* JOIST_IF_OBJECT */
    expect_warnings("");
    decode("{\"_collector\":{\"request_id\":[]}}");
    expect_warnings("cast:_collector.request_id");
    decode("{\"path\":[1,{\"x\":\"a\"}],\"home\":{\"meta\":3}}");
    expect_warnings("cast:home.meta cast:path cast:path.x");
}

Test(json_decode, the_last_duplicate_wins)
{
    expect_text(decode("{\"name\":\"a\",\"name\":\"b\"}").name, "b");
    expect_text(decode("{\"name\":\"a\",\"name\":null}").name, NULL);
    expect_text(decode("{\"name\":\"a\",\"n\\u0061me\":\"c\"}").name, "c");
    expect_text(decode("{\"wp\":{\"locale\":\"a\"},\"wp\":{}}").locale, NULL);
    expect_text(decode("{\"wp\":{\"locale\":\"a\"},\"wp\":{\"debug\":1}}").locale, NULL);
    expect_text(decode("{\"wp\":{\"locale\":\"a\"},\"wp\":7}").locale, NULL);
    expect_warnings("cast:wp");
    expect_text(decode("{\"wp\":7,\"wp\":{\"locale\":\"a\"}}").locale, "a");
    expect_warnings("");
    expect_text(decode("{\"a\":{\"b\":{\"c\":{\"d\":1}},\"b\":{\"c\":{}}}}").deep, NULL);
    thing t = decode("{\"j\":[1],\"j\":[2]}");
    expect_text((joist_text){ t.j.ptr, t.j.len }, "[2]");
}

Test(json_decode, invalid_utf8_is_repaired)
{
    expect_text(decode("{\"name\":\"a\xff" "b\"}").name, "a\xEF\xBF\xBD" "b");
    expect_warnings("utf8");
    expect_text(decode("{\"name\":\"\xed\xa0\x80\"}").name, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_text(decode("{\"name\":\"\xf0\x9f\x98\"}").name, "\xEF\xBF\xBD");
    expect_text(decode("{\"name\":\"\xe2\x82\"}").name, "\xEF\xBF\xBD");
    expect_text(decode("{\"unread\\n\":\"\xc3\",\"name\":\"x\"}").name, "x");
    expect_warnings("utf8");
    thing t = decode("{\"j\":[\"\xff\"]}");
    expect_text((joist_text){ t.j.ptr, t.j.len }, "[\"\xEF\xBF\xBD\"]");
    expect_error("{\"name\":\"\xff\",}", "bad_json", 12, "expected a name in quotes after ','");
    expect_error("{\"name\":\xff}", "bad_json", 8, "expected a value");
}

Test(json_decode, lone_surrogates_are_repaired)
{
    expect_text(decode("{\"name\":\"\\ud83d\\ude1e!\"}").name, "\xF0\x9F\x98\x9E!");
    expect_warnings("");
    expect_text(decode("{\"name\":\"\\ud83d!\"}").name, "\xEF\xBF\xBD!");
    expect_warnings("utf8");
    expect_text(decode("{\"name\":\"\\ude1e\\ud83d\"}").name, "\xEF\xBF\xBD\xEF\xBF\xBD");
    decode("{\"unread\":[{\"\\udc00\":1}]}");
    expect_warnings("utf8");
    decode("{\"unread\":\"\\\\udc00\"}");
    expect_warnings("");
}

Test(json_decode, numbers_beyond_range_are_no_error_of_the_record)
{
    thing t = decode("{\"n\":9223372036854775808,\"x\":1e400,\"name\":1e400,\"unread\":-1e999}");
    cr_assert(!t.n.set && !t.x.set);
    expect_text(t.name, "1e400");
    expect_warnings("cast:n cast:x");
}

Test(json_decode, text_rule_and_limits)
{
    expect_text(decode("{\"site\":\"A &amp; B &lt;x&gt;\"}").site, "A & B <x");
    expect_warnings("truncated:site");
    expect_text(decode("{\"site\":\"1234567\xc3\xa9\"}").site, "1234567");
    expect_warnings("truncated:site");
    expect_text(decode("{\"site\":\"&#10;&#1;x&#32;\"}").site, "x");
    expect_warnings("");
    expect_text(decode("{\"name\":\" a\\u0000\\u001fb\\n\\tc\x7f \"}").name, "ab\n\tc");
    expect_text(decode("{\"name\":\"\\u0001 \\u000b\"}").name, NULL);
    expect_text(decode("{\"name\":\"&amp;\"}").name, "&amp;");
    expect_text(decode("{\"name\":true}").name, "true");
    expect_text(decode("{\"name\":-1.50e+0}").name, "-1.50e+0");
    joist_text x = joist_arena_printf(arena, "{\"name\":\"%01500d\"}", 0);
    cr_assert_eq(decode(x.ptr).name.len, 1024u);
    expect_warnings("truncated:name");
}

Test(json_decode, errors)
{
    expect_error("", "bad_json", 0, "expected a JSON value");
    expect_error("{\"name\":1 2}", "bad_json", 10, "expected ',' or '}' after a member");
    expect_error("{} {}", "bad_json", 3, "nothing may follow the value");
    expect_error("1}", "bad_json", 1, "unexpected character after a number");
    expect_error(" [1]", "not_object", 1, "the record must be a JSON object");
    expect_error("null", "not_object", 0, "the record must be a JSON object");
    expect_error("\"{}\"", "not_object", 0, "the record must be a JSON object");
    expect_error("[1,{}]", "not_object", 0, "the record must be a JSON object");
    thing t;
    cr_assert_not(joist_json_decode_with(JOIST_NO_TEXT, &thing_type, &t, arena, NULL, NULL));
    cr_assert(joist_json_decode_with(JOIST_TEXT("{\"n\":[]}"), &thing_type, &t, arena, NULL, NULL));
}

/* ---- the fast path against the reference ----------------------------------------------------- */
static uint64_t random_state = 20261124;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % n;
}

static const char *const documents[] = {
    "{\"name\":\"Ada &amp; Sons\",\"wp\":{\"locale\":\"de_DE\",\"debug\":\"No\"},"
    "\"n\":10,\"x\":-1.5e3}",
    "{\"a\":{\"b\":{\"c\":{\"d\":\"deep\"}}},\"tags\":[\"x\",\"y\\n\",\"\\ud83d\\ude1e\"],"
    "\"flag\":true}",
    " { \"path\" : [ { \"x\" : 1 } , { \"x\" : null } ] , \"home\" : { \"x\" : 0 } } ",
    "{\"j\":[[],{},\"\",0,-0,1e9,true,false,null,[[[{\"k\":[]}]]]],"
    "\"bare\":12,\"unread\":\"\\\\\\\"\\/\\b\"}",
    "{\"name\":\"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xf0\x9f\x98\x80\","
    "\"at\":\"2026-11-23T10:14:07Z\"}",
};

static size_t mutate(char *text, size_t len, size_t cap)
{
    static const char bytes[] = "{}[]:,\"\\ \n\t0123456789-+.eEtrufalsn\x01\x7f\xff\xc3/u'";
    size_t at = random_below((uint32_t)len), other = random_below((uint32_t)len);
    switch (random_below(5)) {
    case 0:
        text[at] = bytes[random_below(sizeof bytes - 1)];
        return len;
    case 1:
        memmove(text + at, text + at + 1, len - at - 1);
        return len > 1 ? len - 1 : len;
    case 2:
        if (len == cap)
            return len;
        memmove(text + at + 1, text + at, len - at);
        text[at] = bytes[random_below(sizeof bytes - 1)];
        return len + 1;
    case 3: {
        char c = text[at];
        text[at] = text[other];
        text[other] = c;
        return len;
    }
    default:
        return random_below(8) ? len : at + 1;
    }
}

static size_t space_end(joist_text t, size_t at)
{
    while (at < t.len && memchr(" \t\n\r", t.ptr[at], 4))
        at++;
    return at;
}

/* The verdict, the code and the place must be those of the reference scanner. */
static void compare_with_reference(joist_text t)
{
    thing record;
    joist_json_error e, reference;
    bool ok = joist_json_decode_with(t, &thing_type, &record, arena, &warnings, &e);
    size_t used = joist_json_skip(t, &reference), first = space_end(t, 0);
    bool whole = used && space_end(t, used) == t.len;
    cr_assert_eq(ok, whole && t.ptr[first] == '{', "%.*s", JOIST_ARG(t));
    if (ok)
        return;
    cr_assert_str_eq(e.code, whole ? "not_object" : "bad_json");
    cr_assert_eq(e.at, whole ? first : used ? space_end(t, used) : reference.at);
}

Test(json_decode, damaged_documents_are_judged_as_the_reference_does)
{
    for (int i = 0; i < 20000; i++) {
        const char *from = documents[random_below(sizeof documents / sizeof *documents)];
        char text[512];
        size_t len = strlen(from);
        memcpy(text, from, len);
        for (uint32_t n = random_below(4) + (i % 10 != 0); n; n--)
            len = mutate(text, len, sizeof text);
        compare_with_reference((joist_text){ text, len });
        if (i % 256 == 0) {
            joist_arena_reset(arena);
            warnings = (joist_warnings){ .arena = arena };
        }
    }
}

/* ---- memory, threads, plans ------------------------------------------------------------------ */
/* Behind the text lies a page that must not be read. */
Test(json_decode, nothing_behind_the_text_is_read)
{
    long page = sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
    cr_assert_neq(pages, MAP_FAILED);
    cr_assert_eq(mprotect(pages + page, (size_t)page, PROT_NONE), 0);
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        for (size_t cut = 0; cut < strlen(documents[i]); cut++) {
            size_t len = strlen(documents[i]) - cut;
            char *text = pages + page - len;
            memcpy(text, documents[i], len);
            compare_with_reference((joist_text){ text, len });
        }
    munmap(pages, (size_t)page * 2);
}

static void *decode_often(void *result)
{
    joist_arena *own = joist_arena_new();
    bool ok = true;
    for (int i = 0; i < 200; i++) {
        thing t;
        ok &= joist_json_decode_with(joist_text_of(documents[0]), &thing_type, &t, own, NULL, NULL)
           && t.n.v == 10;
    }
    joist_arena_free(own);
    *(bool *)result = ok;
    return NULL;
}

Test(json_decode, threads_share_plans_only)
{
    pthread_t threads[4];
    bool ok[4] = { false };
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, decode_often, &ok[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        cr_assert(ok[i]);
    }
}

Test(json_decode, plans)
{
    const jst_plan *plan = jst_plan_of(&thing_type);
    cr_assert_eq(plan, jst_plan_of(&thing_type));
    cr_assert_neq((const void *)plan, (const void *)jst_plan_of(&point_type));
    for (uint16_t id = 1; id < plan->node_count; id++) {
        const jst_plan_node *n = &plan->nodes[id];
        cr_assert(n->parent < id && id < n->end && n->end <= plan->nodes[n->parent].end);
        const char *copy = joist_arena_text(arena, n->key).ptr;
        cr_assert_eq(jst_plan_child(plan, n->parent, copy, n->key.len, copy + n->key.len), id);
        char *other = joist_text_dup(n->key);
        other[n->key.len - 1] = '~';
        cr_assert_eq(jst_plan_child(plan, n->parent, other, n->key.len, other + n->key.len),
                     JST_NO_NODE);
        joist_free(other);
    }
}

/* Names that share their first and last eight bytes, prefixes of each other, the empty name. */
#define ALIKE(F, T)                                                                               \
    F(T, joist_int, a, 0, .from = "same_head_1_same_tail")                                        \
    F(T, joist_int, b, 0, .from = "same_head_2_same_tail")                                        \
    F(T, joist_int, c, 0, .from = "same_head_22_same_tail") F(T, joist_int, d, 0, .from = "x")    \
    F(T, joist_int, e, 0, .from = "xx") F(T, joist_int, f, 0, .from = "xxxxxxxx")                 \
    F(T, joist_int, g, 0, .from = "xxxxxxxxx") F(T, joist_int, h, 0, .from = "")                  \
    F(T, joist_int, i, 0, .from = "x.") F(T, joist_int, j, 0, .from = "none|xxx")
JOIST_RECORD(alike, ALIKE);

Test(json_decode, names_alike)
{
    alike r;
    cr_assert(joist_json_decode_with(JOIST_TEXT("{\"same_head_2_same_tail\":2,"
        "\"same_head_1_same_tail\":1,\"same_head_3_same_tail\":9,\"same_head_22_same_tail\":3,"
        "\"xxxxxxxx\":6,\"xxxxxxxxx\":7,\"xx\":5,"
        "\"\":8,\"xxx\":10,\"x\":4}"), &alike_type, &r, arena, &warnings, NULL));
    cr_assert(r.a.v == 1 && r.b.v == 2 && r.c.v == 3 && r.d.v == 4 && r.e.v == 5 && r.f.v == 6);
    cr_assert(r.g.v == 7 && r.h.v == 8 && !r.i.set && r.j.v == 10);
    expect_warnings("cast:x");
}

Test(json_decode, long_texts)
{
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "{\"unread\":\"");
    char *room = joist_buffer_reserve(&b, 3 << 20);
    memset(room, 'x', 3 << 20);
    b.len += 3 << 20;
    joist_buffer_printf(&b, "\",\"name\":\"y\"}");
    thing t;
    cr_assert(joist_json_decode_with(joist_buffer_view(&b), &thing_type, &t, arena, NULL, NULL));
    expect_text(t.name, "y");
    joist_buffer_free(&b);
}
