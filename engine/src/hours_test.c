/* SPDX-License-Identifier: Apache-2.0
 * Digests and hours of a pipeline over a real directory. */
#include "run_test.h"

#define ROW(F, T) F(T, int64_t, n)
JOIST_RECORD(row, ROW);

static joist_text input, also, window;

static void build_hour(joist_pipeline *p, const void *options)
{
    (void)options;
    row_coll rows = joist_read(row, p, .uri = input, .window = window);
    joist_write(rows, .uri = JOIST_TEXT("mem:out"));
    if (also.len)
        joist_write(joist_read(row, p, .uri = also, .window = window, .name = "more"),
                    .uri = JOIST_TEXT("mem:out"), .name = "out2", .table = JOIST_TEXT("more"));
    joist_write(joist_read(row, p, .uri = JOIST_TEXT("mem:rows"), .name = "whole"),
                .uri = JOIST_TEXT("mem:out"), .name = "out3", .table = JOIST_TEXT("whole"));
}

static const joist_pipeline_def hour = { .name = "hour", .build = build_hour,
                                         .connectors = mem_connectors };
static joist_arena *arena;

static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", test_dir, name);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0777);
    }
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static void set_up(void)
{
    make_dir();
    arena = joist_arena_new();
    input = joist_text_of(test_dir);
    also = JOIST_NO_TEXT;
    window = JOIST_TEXT("2026-08-20T09");
    world.inputs[0] = (mem_input){ .name = "rows", .size = sizeof(row) };
    put("2026/08/20/09/a.json", "{\"n\":1}");
    put("2026/08/20/10/a.json", "{\"n\":2}");
}

static void tear_down(void)
{
    joist_arena_free(arena);
    drop_dir();
}

TestSuite(hours, .init = set_up, .fini = tear_down);

static joist_pipeline *checked(void)
{
    joist_pipeline *p = joist_pipeline_new(&hour);
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    return p;
}

static joist_text digest(void)
{
    char hex[JOIST_DIGEST_SIZE];
    joist_pipeline *p = checked();
    cr_assert_eq(joist_pipeline_digest(p, &the_env.env, hex, &error), JOIST_OK, "%s",
                 error.message);
    joist_pipeline_free(p);
    return joist_arena_text(arena, joist_text_of(hex));
}

static bool same(joist_text a, joist_text b)
{
    return joist_text_equal(a, b);
}

Test(hours, the_digest_is_of_the_window_alone)
{
    joist_text first = digest();
    cr_expect_eq(first.len, 64);
    put("2026/08/20/10/b.json", "{\"n\":3}");
    cr_expect(same(digest(), first));
    put("2026/08/20/09/b.json", "{\"n\":3}");
    cr_expect_not(same(digest(), first));
    window = JOIST_TEXT("2026-08-20T10");
    cr_expect_not(same(digest(), first));
}

Test(hours, a_run_reports_the_digest_of_what_it_read)
{
    joist_run_options o = defaults();
    joist_text before = digest();
    joist_pipeline *p = joist_pipeline_new(&hour);
    DONE(p, &o);
    cr_expect(same(report->digest, before), "%.*s", JOIST_ARG(report->digest));
    joist_pipeline_free(p);
}

Test(hours, two_reads_of_the_window_have_one_digest)
{
    also = joist_arena_printf(arena, "%s/more", test_dir);
    put("more/2026/08/20/09/a.json", "{\"n\":1}");
    joist_text first = digest();
    put("more/2026/08/20/09/b.json", "{\"n\":3}");
    cr_expect_not(same(digest(), first));
}

Test(hours, a_source_that_cannot_tell_leaves_it_unknown)
{
    also = JOIST_TEXT("mem:rows");
    cr_expect_eq(digest().len, 0);
}

Test(hours, without_a_window_there_is_none)
{
    window = JOIST_NO_TEXT;
    cr_expect_eq(digest().len, 0);
}

Test(hours, what_cannot_be_opened_fails)
{
    char hex[JOIST_DIGEST_SIZE];
    input = JOIST_TEXT("/no/such/place");
    joist_pipeline *p = checked();
    cr_expect_eq(joist_pipeline_digest(p, &the_env.env, hex, &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "/no/such/place"), "%s", error.message);
    joist_pipeline_free(p);
}

static joist_status find(joist_text uri, joist_hours *out)
{
    joist_hours none = { 0 };
    window = JOIST_NO_TEXT;
    joist_pipeline *p = checked();
    joist_status status = joist_pipeline_hours(p, uri, &none, &the_env.env, arena, out, &error);
    joist_pipeline_free(p);
    return status;
}

Test(hours, are_those_of_the_input)
{
    joist_hours found;
    cr_assert_eq(find(input, &found), JOIST_OK, "%s", error.message);
    cr_assert_eq(found.count, 2);
    cr_expect_eq(found.items[1] - found.items[0], 3600000);
}

Test(hours, need_a_read_whose_source_can_tell)
{
    joist_hours found;
    cr_expect_eq(find(JOIST_TEXT("elsewhere"), &found), JOIST_FAILED);
    cr_expect_eq(error.failure, JOIST_USAGE);
    cr_expect(strstr(error.message, "no step reads 'elsewhere'"), "%s", error.message);
    cr_expect_eq(find(JOIST_TEXT("mem:rows"), &found), JOIST_FAILED);
    cr_expect(strstr(error.message, "cannot tell which hours"), "%s", error.message);
}

Test(hours, ids_of_runs_tell_their_second)
{
    joist_text id = joist_new_run_id(&the_env.env, arena);
    cr_expect_eq(id.len, sizeof "20231114T221320-0007" - 1);
    cr_expect(joist_text_starts(id, JOIST_TEXT("20231114T221320-")), "%.*s", JOIST_ARG(id));
}
