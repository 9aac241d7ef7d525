/* SPDX-License-Identifier: Apache-2.0
 * The maps `users` and `plugins`. */
#include "maps.h"

#include "rules_test.h"

static joist_arena *arena;
static joist_warnings w;

static void set_up(void)
{
    arena = joist_arena_new();
    w = (joist_warnings){ .arena = arena };
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(maps, .init = set_up, .fini = tear_down);

Test(maps, users_are_counts_by_role)
{
    expect_json(users_of(json("{\"total\":9, \"a\":\"3\", \"b\":null, \"c\":-0}"), arena, &w),
                "{\"a\":3,\"c\":0}");
    expect_warnings(&w, "");
    expect_json(users_of(json("{\"total\":1}"), arena, &w), "{}");
}

Test(maps, a_user_count_that_is_none_is_left_out)
{
    expect_json(users_of(json("{\"a\":1.5,\"b\":\"x\",\"c\":{},\"d\":2}"), arena, &w),
                "{\"d\":2}");
    expect_warnings(&w, "cast:users.a cast:users.b cast:users.c");
}

Test(maps, what_is_missing_is_null_and_no_warning)
{
    static const char *const missing[] = { NULL, "null", "[]", "[ ]", "\"\"" };
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        expect_json(users_of(json(missing[i]), arena, &w), NULL);
        expect_json(plugins_of(json(missing[i]), arena, &w), NULL);
    }
    expect_warnings(&w, "");
    expect_json(users_of(json("[1]"), arena, &w), NULL);
    expect_json(plugins_of(json("\" \""), arena, &w), NULL);
    expect_warnings(&w, "cast:plugins cast:users");
}

Test(maps, plugins_have_slug_name_and_version)
{
    expect_json(plugins_of(json("{\"p\":{\"version\":1.20,\"name\":\" n\\u00e9 \"},\"q\":{}}"),
                           arena, &w),
                "[{\"slug\":\"p\",\"name\":\"né\",\"version\":\"1.20\"},"
                "{\"slug\":\"q\",\"name\":null,\"version\":null}]");
    expect_json(plugins_of(json("{}"), arena, &w), "[]");
    expect_warnings(&w, "");
}

Test(maps, a_plugin_that_is_no_object_is_left_out)
{
    expect_json(plugins_of(json("{\"p\":\"x\",\"q\":null,\"r\":{\"name\":[],\"version\":\"1\"}}"),
                           arena, &w),
                "[{\"slug\":\"r\",\"name\":null,\"version\":\"1\"}]");
    expect_warnings(&w, "cast:plugins.p cast:plugins.r.name");
}

Test(maps, a_slug_may_hold_a_nul)
{
    plugins_of(json("{\"a\\u0000b\":{\"name\":{}}}"), arena, &w);
    cr_assert_eq(w.count, 1);
    cr_expect(joist_text_equal(w.items[0], JOIST_TEXT("cast:plugins.a\0b.name")));
}

Test(maps, a_long_slug_is_cut_in_warnings_only)
{
    char text[256], *t = text;
    memcpy(t, "{\"", 2);
    memset(t + 2, 's', 200);
    memcpy(t + 202, "\":{\"version\":{}}}", 18);
    joist_json out = plugins_of(json(text), arena, &w);
    cr_expect_gt(out.len, 200);
    cr_assert_eq(w.count, 1);
    cr_expect_eq(w.items[0].len, strlen("cast:plugins.") + 128 + strlen(".version"));
}

/* n plugins, then `rest`. */
static void many(size_t n, const char *rest)
{
    joist_buffer b = joist_buffer_in(arena, 1024);
    joist_buffer_byte(&b, '{');
    for (size_t i = 0; i < n; i++)
        joist_buffer_printf(&b, "\"s%zu\":{},", i);
    joist_buffer_printf(&b, "%s}", rest);
    joist_json out = plugins_of((joist_json){ b.ptr, b.len }, arena, &w);
    size_t kept;
    joist_json_members(out, arena, &kept);
    cr_expect_eq(kept, 500);
}

Test(maps, five_hundred_plugins_are_kept)
{
    many(499, "\"last\":{}");
    many(500, "\"nothing\":null");
    expect_warnings(&w, "");
    many(500, "\"one more\":5");
    expect_warnings(&w, "truncated:plugins");
}
