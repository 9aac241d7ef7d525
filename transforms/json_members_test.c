/* SPDX-License-Identifier: Apache-2.0
 * Tests: json_members.c json_names.c
 * Values are looked at short and long: a long one is read by an index. */
#include "json_members_test.h"

#include <criterion/criterion.h>

static joist_arena *arena;
static const joist_text names[] = { { "name", 4 }, { "a longer name", 13 } };

static void set_up(void)
{
    arena = joist_arena_new();
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(json_members, .init = set_up, .fini = tear_down);

static joist_json json_of(joist_text t)
{
    return (joist_json){ t.ptr, t.len };
}

/* The container with much white space behind its opening bracket. */
static joist_json widened(joist_json v)
{
    joist_buffer b = joist_buffer_in(arena, v.len + 300);
    joist_buffer_add(&b, v.ptr, 1);
    memset(joist_buffer_reserve(&b, 300), '\n', 300);
    b.len += 300;
    joist_buffer_add(&b, v.ptr + 1, v.len - 1);
    return json_of(joist_buffer_view(&b));
}

static void expect_members(joist_json v, const char *want)
{
    size_t n;
    joist_buffer out = joist_buffer_in(arena, 256);
    const joist_member *m = joist_json_table(v, names, 2, arena, &n);
    for (size_t i = 0; i < n; i++) {
        joist_buffer_printf(&out, "%.*s=%.*s", JOIST_ARG(m[i].key), JOIST_ARG(m[i].value));
        for (size_t k = 0; m[i].columns && k < 2; k++)
            joist_buffer_printf(&out, "|%.*s", JOIST_ARG(m[i].columns[k]));
        joist_buffer_byte(&out, ';');
    }
    joist_text got = joist_buffer_view(&out);
    cr_expect(joist_text_equal(got, joist_text_of(want)), "%.*s, not %s", JOIST_ARG(got), want);
}

static void check(const char *in, const char *want)
{
    joist_json v = json_of(joist_text_of(in));
    expect_members(v, want);
    if (in && (*in == '{' || *in == '['))
        expect_members(widened(v), want);
}

Test(json_members, what_has_none)
{
    check(NULL, "");
    check("null", "");
    check("\"{}\"", "");
    check("{}", "");
    check("[ ]", "");
}

Test(json_members, members_and_items)
{
    check("{\"a\":1,\"b\":[1,{\"c\":\"]}\"}],\"c\":\"x\\\"y\"}",
          "a=1;b=[1,{\"c\":\"]}\"}];c=\"x\\\"y\";");
    check("{ \"a\" : 1 , \"b\" : [ [ ] , { } ] } ", "a=1;b=[ [ ] , { } ];");
    check("[1, \"a\" ,null,[],{}]", "=1;=\"a\";=null;=[];={}||;");
}

Test(json_members, of_duplicates_the_last_where_it_stands)
{
    check("{\"a\":1,\"b\":2,\"a\":3}", "b=2;a=3;");
    check("{\"a\":1,\"\\u0061\":2}", "a=2;");
    check("{\"\":1,\"\":2}", "=2;");
    check("{\"\\ud800\":1,\"\\udc00\":2,\"x\":3}", "\xEF\xBF\xBD=2;x=3;");
    check("{\"a\":[],\"a\":[],\"a\":null}", "a=null;");
}

Test(json_members, columns)
{
    check("{\"p\":{\"x\":{\"name\":1},\"name\":\"n\",\"a longer name\":[{}]},\"q\":{},\"r\":1}",
          "p={\"x\":{\"name\":1},\"name\":\"n\",\"a longer name\":[{}]}|\"n\"|[{}];"
          "q={}||;r=1;");
    check("{\"p\":{ \"name\" : 1 , \"n\\u0061me\" : 2 } }",
          "p={ \"name\" : 1 , \"n\\u0061me\" : 2 }|2|;");
    check("[{\"name\":null},[{\"name\":1}]]", "={\"name\":null}|null|;=[{\"name\":1}];");
}

/* `count` names that differ, name `twice` once more at the end. */
static joist_json with_names(size_t count, size_t twice, const char *format)
{
    joist_buffer b = joist_buffer_in(arena, 32 * count);
    for (size_t i = 0; i <= count; i++) {
        joist_buffer_byte(&b, i ? ',' : '{');
        joist_buffer_printf(&b, format, i < count ? i : twice);
        joist_buffer_printf(&b, ":%zu", i);
    }
    joist_buffer_byte(&b, '}');
    return json_of(joist_buffer_view(&b));
}

Test(json_members, a_duplicate_is_found_among_any_number)
{
    static const char *const formats[] = {
        "\"%zu\"", "\"name-%05zu\"", "\"long names with the same ends %05zu, all of them\""
    };
    static const size_t counts[] = { 1, 2, 7, 8, 9, 31, 32, 33, 127, 128, 129, 700 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < 3; k++) {
            size_t n = counts[i];
            cr_expect(members_agree(with_names(n, 0, formats[k]), names, 2, arena));
            cr_expect(members_agree(with_names(n, n / 2, formats[k]), names, 2, arena));
            cr_expect(members_agree(with_names(n, n - 1, formats[k]), names, 2, arena));
            cr_expect(members_agree(with_names(n, n, formats[k]), names, 2, arena));
        }
}

/* A hundred thousand members, all names equal but for a few; quadratic work would take minutes. */
Test(json_members, many_equal_names, .timeout = 20)
{
    enum { COUNT = 100000 };
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "{");
    for (int i = 0; i < COUNT; i++)
        joist_buffer_printf(&b, "%s\"same_head_%05d_same_tail\":%d", i ? "," : "", i % 40000, i);
    joist_buffer_printf(&b, "}");
    size_t n;
    const joist_member *m = joist_json_members((joist_json){ b.ptr, b.len }, arena, &n);
    cr_assert_eq(n, 40000u);
    cr_assert(joist_text_equal((joist_text){ m[0].value.ptr, m[0].value.len },
                               JOIST_TEXT("60000")));
    cr_assert(joist_text_equal((joist_text){ m[n - 1].value.ptr, m[n - 1].value.len },
                               JOIST_TEXT("99999")));
    joist_buffer_free(&b);
}

/* ---- any value ------------------------------------------------------------------------------- */
static uint64_t seed;

static size_t below(size_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(seed >> 33) % n;
}

static void add_any(joist_buffer *b, const char *const *words, size_t count)
{
    joist_buffer_text(b, joist_text_of(words[below(count)]));
}

static void add_space(joist_buffer *b)
{
    static const char *const spaces[] = { "", "", "", "", " ", "\n\t" };
    add_any(b, spaces, 6);
}

static void add_name(joist_buffer *b)
{
    static const char *const some[] = {
        "\"name\"", "\"a longer name\"", "\"n\\u0061me\"", "\"\"", "\"{\"", "\"\\\\\"", "\"\\\"}\"",
        "\"é\"", "\"b\"", "\"seventeen letters\""
    };
    if (below(3))
        joist_buffer_printf(b, "\"k%zu\"", below(50));
    else
        add_any(b, some, 10);
}

static void add_value(joist_buffer *b, int depth)
{
    static const char *const scalars[] = {
        "1", "-0.5e+3", "true", "false", "null", "\"\"", "\"text\"", "\"a,b:[c]{d}\"",
        "\"\\\\\"", "\"\\\"\"", "\"\xF0\x9F\x98\x80 \\ud83d\\ude00\""
    };
    size_t kind = depth < 4 ? below(4) : 0, members = kind > 1 ? below(depth ? 5 : 40) : 0;
    if (depth && kind < 2) {
        add_any(b, scalars, 11);
        return;
    }
    joist_buffer_byte(b, kind == 3 ? '[' : '{');
    add_space(b);
    for (size_t i = 0; i < members; i++) {
        joist_buffer_text(b, i ? JOIST_TEXT(",") : JOIST_TEXT(""));
        add_space(b);
        if (kind != 3) {
            add_name(b);
            add_space(b);
            joist_buffer_byte(b, ':');
            add_space(b);
        }
        add_value(b, depth + 1);
        add_space(b);
    }
    joist_buffer_byte(b, kind == 3 ? ']' : '}');
}

Test(json_members, any_value)
{
    for (seed = 1; seed < 40000; ) {
        uint64_t this = seed;
        joist_buffer b = joist_buffer_in(arena, 1024);
        add_value(&b, 0);
        joist_json v = { b.ptr, b.len };
        cr_assert_eq(joist_json_skip(joist_buffer_view(&b), NULL), b.len);
        cr_assert(members_agree(v, names, 2, arena), "%.*s", JOIST_ARG(v));
        cr_assert(members_agree(v, NULL, 0, arena), "%.*s", JOIST_ARG(v));
        joist_arena_reset(arena);
        seed = this + 1;
    }
}

/* ---- what is no JSON ------------------------------------------------------------------------- */
/* Whatever it holds, members lie within the value. Sanitizers see to it that nobody looks behind
 * it. */
static void check_unchecked(joist_text t)
{
    size_t n;
    char *copy = joist_malloc(t.len);
    memcpy(copy, t.ptr, t.len);
    const joist_member *m = joist_json_table((joist_json){ copy, t.len }, names, 2, arena, &n);
    for (size_t i = 0; i < n; i++)
        cr_assert(m[i].value.ptr >= copy && m[i].value.ptr + m[i].value.len <= copy + t.len);
    joist_free(copy);
}

Test(json_members, unchecked_values_are_safe)
{
    static const char whole[] =
        "{\"p\":{\"name\":\"n\\\\\",\"a longer name\":[1,{}]},\"\\u00e9\":[null,\"x\"],\"q\":1} ";
    for (size_t len = 1; len < sizeof whole; len++)
        for (size_t at = 0; at < len; at++) {
            char text[sizeof whole];
            memcpy(text, whole, len);
            text[at] = "{}[]\",:\\ 1"[(at + len) % 10];
            if (*text != '{' && *text != '[')
                continue;
            check_unchecked((joist_text){ text, len });
            joist_json wide = widened((joist_json){ text, len });
            check_unchecked((joist_text){ wide.ptr, wide.len });
            joist_arena_reset(arena);
        }
}
