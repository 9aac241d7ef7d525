/* SPDX-License-Identifier: Apache-2.0
 * Chosen numbers of a run: subsets, and what of a summary does not depend on threads. */
#include "golden_summary.h"

#include <criterion/criterion.h>

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    cr_assert_not_null(value, "%s", text);
    return value;
}

static void expect_diff(const char *expected, const char *got, const char *diff)
{
    json_t *a = parse(expected), *b = parse(got);
    joist_buffer out = { 0 };
    jst_golden_summary_diff(&out, a, b, "summary.json");
    cr_assert(joist_text_equal(joist_buffer_view(&out), joist_text_of(diff)), "%.*s",
              (int)out.len, out.ptr ? out.ptr : "");
    joist_buffer_free(&out);
    json_decref(a);
    json_decref(b);
}

Test(golden_summary, members_not_expected_are_not_looked_at)
{
    expect_diff("{}", "{\"exit\":0}", "");
    expect_diff("{\"read\":{\"files\":1}}", "{\"read\":{\"records\":2,\"files\":1},\"exit\":0}",
                "");
    expect_diff("{\"sinks\":[{\"rows\":1}]}", "{\"sinks\":[{\"rows\":1,\"name\":\"x\"}]}", "");
}

Test(golden_summary, differences)
{
    expect_diff("{\"read\":{\"files\":1,\"records\":7}}", "{\"read\":{\"files\":2}}",
                "    summary.json read files\n            expected 1\n            got      2\n"
                "    summary.json read records\n            expected 7\n"
                "            got      nothing\n");
    expect_diff("{\"sinks\":[{\"rows\":1}]}", "{\"sinks\":[{\"rows\":2}]}",
                "    summary.json sinks 0 rows\n            expected 1\n            got      2\n");
    expect_diff("{\"sinks\":[]}", "{\"sinks\":[1]}",
                "    summary.json sinks\n            expected []\n            got      [1]\n");
}

static void expect_json(json_t *got, const char *text)
{
    json_t *expected = parse(text);
    cr_assert(json_equal(got, expected), "not %s", text);
    json_decref(expected);
    json_decref(got);
}

Test(golden_summary, update_keeps_the_choice)
{
    json_t *old = parse("{\"exit\":0,\"read\":{\"files\":1}}");
    json_t *got = parse("{\"exit\":4,\"read\":{\"files\":2,\"records\":9},\"seconds\":1.5}");
    expect_json(jst_golden_summary_update(old, got), "{\"exit\":4,\"read\":{\"files\":2}}");
    json_decref(old);
    json_decref(got);
}

Test(golden_summary, common_members)
{
    json_t *done = parse("{\"exit\":0,\"seconds\":1.5,\"events\":3,\"error\":null}");
    expect_json(jst_golden_summary_common(done), "{\"exit\":0,\"events\":3,\"error\":null}");
    json_decref(done);
    json_t *failed = parse("{\"exit\":1,\"events\":3,\"error\":{\"message\":\"x\"}}");
    expect_json(jst_golden_summary_common(failed), "{\"exit\":1,\"error\":{\"message\":\"x\"}}");
    json_decref(failed);
}

static void expect_unplaced(const char *text, const char *expected)
{
    joist_arena *a = joist_arena_new();
    cr_assert_str_eq(jst_golden_unplaced(a, joist_text_of(text)).ptr, expected);
    joist_arena_free(a);
}

Test(golden_summary, places_in_sources_are_names_only)
{
    expect_unplaced("", "");
    expect_unplaced("pipelines/x.c:12", "x.c");
    expect_unplaced("a/b.c:12:3: it (see ../d/e.cc:7) is wrong", "b.c: it (see e.cc) is wrong");
    expect_unplaced("x.c:12: 'y/z.h:1'", "x.c: 'z.h'");
    expect_unplaced("side/x.jsonl:3: wrong at 10:30", "side/x.jsonl:3: wrong at 10:30");
    expect_unplaced("host.c: no number, x.c:", "host.c: no number, x.c:");
}

Test(golden_summary, an_errors_message_is_unplaced)
{
    joist_arena *a = joist_arena_new();
    json_t *summary = parse("{\"error\":{\"message\":\"a/b.c:12: it is wrong\"}}");
    jst_golden_summary_unplace(a, summary);
    expect_json(summary, "{\"error\":{\"message\":\"b.c: it is wrong\"}}");
    summary = parse("{\"error\":null}");
    jst_golden_summary_unplace(a, summary);
    expect_json(summary, "{\"error\":null}");
    joist_arena_free(a);
}
