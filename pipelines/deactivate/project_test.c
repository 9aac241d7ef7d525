/* SPDX-License-Identifier: Apache-2.0
 * Documents of projects, good ones and such that must end the run. */
#include "project.h"

#include "custom.h"
#include "rules_test.h"

static joist_arena *arena;

static void set_up(void)
{
    arena = joist_arena_new();
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(project, .init = set_up, .fini = tear_down);

#define GOOD "{\"_id\":\"p1\",\"hash\":\"0B7C2F52-6A0E-4D0E-9B7E-3F6F2D1C9A01\""

/* NULL, or why the members behind a good beginning make no project. */
static const char *read_from(const char *uri, const char *members, project *out)
{
    project_document d;
    joist_json_error e;
    joist_text text = joist_arena_printf(arena, GOOD "%s}", members);
    cr_assert(joist_json_decode_with(text, &project_document_type, &d, arena, NULL, &e));
    return project_of(&d, joist_text_of(uri), arena, out);
}
static const char *read(const char *members, project *out)
{
    return read_from("in/projects.jsonl", members, out);
}

Test(project, needs_an_id_and_a_hash_only)
{
    project p;
    cr_assert_null(read("", &p));
    expect_text(p.id, "p1");
    expect_text(p.hash, "0b7c2f52-6a0e-4d0e-9b7e-3f6f2d1c9a01");
    cr_expect(p.active);
    cr_expect_null(p.integrations.ptr);
    cr_expect_eq(p.reasons.count + p.custom_fields.count, 0);
}

Test(project, is_inactive_only_by_false)
{
    static const struct { const char *active; bool is; } cases[] = {
        { "true", true }, { "null", true }, { "\"no\"", true }, { "false", false },
        { "0", true }, { "1", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        project p;
        cr_assert_null(read(joist_arena_printf(arena, ",\"active\":%s%c", cases[i].active, 0).ptr,
                            &p));
        cr_expect_eq(p.active, cases[i].is, "%s", cases[i].active);
    }
}

Test(project, is_inactive_by_0_in_a_database_without_booleans)
{
    project p;
    cr_assert_null(read_from("sqlite:latest.db", ",\"active\":0", &p));
    cr_expect_not(p.active);
    cr_assert_null(read_from("sqlite:latest.db", ",\"active\":1", &p));
    cr_expect(p.active);
}

Test(project, has_its_own_reasons_and_the_default_ones)
{
    project p;
    cr_assert_null(read(",\"reasons\":[{\"slug\":\"too-slow\"},"
                        "{\"slug\":\"old\",\"active\":false}]", &p));
    cr_expect(is_reason_of(&p, JOIST_TEXT("too-slow")));
    cr_expect(is_reason_of(&p, JOIST_TEXT("old")));
    cr_expect(is_reason_of(&p, JOIST_TEXT("none")));
    cr_expect(is_reason_of(&p, JOIST_TEXT("did-not-work-as-expected")));
    cr_expect_not(is_reason_of(&p, JOIST_TEXT("Other")));
    cr_expect_not(is_reason_of(&p, JOIST_TEXT("")));
}

Test(project, has_custom_fields_in_order)
{
    project p;
    cr_assert_null(read(",\"custom_fields\":[{\"key\":\"b\",\"type\":\"int\"},"
                        "{\"key\":\"a\",\"type\":\"date\"}]", &p));
    cr_assert_eq(p.custom_fields.count, 2);
    expect_text(p.custom_fields.items[0].key, "b");
    cr_expect_eq(p.custom_fields.items[1].type, custom_type_of(JOIST_TEXT("date")));
}

Test(project, keeps_the_integrations_that_are_enabled)
{
    project p;
    cr_assert_null(read(",\"integrations\":{\"a\":{\"enabled\":false},"
                        "\"b\":{\"enabled\":true, \"list\":\"l\"},"
                        "\"c\":{\"enabled\":\"true\"},\"d\":{\"enabled\":true}}", &p));
    expect_json(p.integrations, "{\"b\":{\"enabled\":true,\"list\":\"l\"},"
                                "\"d\":{\"enabled\":true}}");
    cr_assert_null(read(",\"integrations\":{\"a\":{}}", &p));
    cr_expect_null(p.integrations.ptr);
}

Test(project, is_refused_if_anything_is_unclear)
{
    static const char *const bad[] = {
        ",\"reasons\":5", ",\"reasons\":{}", ",\"reasons\":[1]", ",\"reasons\":[{\"label\":\"x\"}]",
        ",\"custom_fields\":[{\"key\":\"a\",\"type\":\"money\"}]",
        ",\"custom_fields\":[{\"key\":\"a\"}]", ",\"custom_fields\":[{\"type\":\"int\"}]",
        ",\"custom_fields\":[{\"key\":\"a\",\"type\":\"int\"},{\"key\":\"a\",\"type\":\"bool\"}]",
        ",\"integrations\":[]", ",\"integrations\":{\"a\":true}", ",\"integrations\":\"x\"",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        project p;
        cr_expect_not_null(read(bad[i], &p), "%s", bad[i]);
    }
}
