/* SPDX-License-Identifier: Apache-2.0
 * Custom fields of every type. */
#include "custom.h"

#include "rules_test.h"

static joist_arena *arena;
static joist_warnings w;
static custom_field fields[5];
static custom_field_list declared = { fields, 5 };

static void set_up(void)
{
    arena = joist_arena_new();
    w = (joist_warnings){ .arena = arena };
    static const char *const names[] = { "string", "int", "float", "bool", "date" };
    for (size_t i = 0; i < 5; i++)      /* the key is the type's first letter */
        fields[i] = (custom_field){ { names[i], 1 }, custom_type_of(joist_text_of(names[i])) };
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(custom, .init = set_up, .fini = tear_down);

static void expect(const char *extra, const char *want)
{
    expect_json(custom_fields_of(json(extra), &declared, arena, &w), want);
}

Test(custom, types_have_names)
{
    cr_expect_eq(custom_type_of(JOIST_TEXT("money")), -1);
    cr_expect_eq(custom_type_of(JOIST_NO_TEXT), -1);
    for (size_t i = 0; i < 5; i++)
        cr_expect_geq(fields[i].type, 0);
}

Test(custom, fields_come_in_the_declared_order)
{
    expect("{\"d\":\"2024-02-29\",\"b\":1,\"f\":1E+2,\"i\":\" +07\",\"s\":\" x \"}",
           "{\"s\":\"x\",\"i\":7,\"f\":1E+2,\"b\":true,\"d\":\"2024-02-29\"}");
    expect("{\"f\":\"1.50\",\"d\":\"2024-02-29t23:59:60z\",\"b\":\"\"}",
           "{\"f\":1.50,\"b\":false,\"d\":\"2024-02-29t23:59:60z\"}");
    expect_warnings(&w, "");
}

Test(custom, a_value_of_another_type_is_left_out)
{
    expect("{\"s\":{},\"i\":1.0,\"f\":\" 1\",\"b\":2,\"d\":\"2023-02-29\"}", NULL);
    expect_warnings(&w, "cast:extra.b cast:extra.d cast:extra.f cast:extra.i cast:extra.s");
}

Test(custom, a_date_is_a_string_as_it_stands)
{
    expect("{\"d\":20240229}", NULL);
    expect("{\"d\":\" 2024-02-29\"}", NULL);
    expect_warnings(&w, "cast:extra.d");
}

Test(custom, null_is_absent)
{
    expect("{\"s\":null,\"i\":null,\"f\":null,\"b\":null,\"d\":null,\"x\":null}", NULL);
    expect("{\"s\":\" \",\"i\":\"\"}", NULL);
    expect_warnings(&w, "");
}

Test(custom, what_is_not_declared_is_dropped)
{
    expect("{\"x\":1,\"s\":\"a\",\"S\":{}}", "{\"s\":\"a\"}");
    expect_warnings(&w, "undeclared:extra.S undeclared:extra.x");
}

Test(custom, extra_must_be_a_map)
{
    expect("[]", NULL);
    expect(NULL, NULL);
    expect_warnings(&w, "");
    expect("[1]", NULL);
    expect_warnings(&w, "cast:extra");
}

Test(custom, of_equal_keys_the_last_counts)
{
    expect("{\"i\":1,\"\\u0069\":\"2\"}", "{\"i\":2}");
}
