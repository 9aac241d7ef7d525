/* SPDX-License-Identifier: Apache-2.0
 * A build function whose options are not those of the definition: no compiler sees it, because a
 * definition takes any program's build function, but its options would be bytes of another record.
 *
 * Tests: build.c */
#include <criterion/criterion.h>
#include <joist.h>

#define WANTED(F, T) F(T, joist_text, out, 0)
JOIST_RECORD(wanted, WANTED);
#define OTHER(F, T) F(T, int64_t, n, 0)
JOIST_RECORD(other, OTHER);
#define LINE(F, T) F(T, joist_text, text, 0)
JOIST_RECORD(line, LINE);

static int builds;

JOIST_BUILD(build, wanted);
static void build(joist_pipeline *p, const wanted *o)
{
    builds++;
    joist_write(joist_create(line, p, { JOIST_TEXT("a") }), .uri = o->out);
}

static joist_status check(const joist_type *options, joist_error *e)
{
    wanted given = { JOIST_TEXT("out.jsonl") };
    joist_pipeline_def def = { .name = "t", .options = options, .build = build_any };
    joist_pipeline *p = joist_pipeline_new(&def);
    joist_status status = joist_pipeline_check(p, &given, e);
    joist_pipeline_free(p);
    return status;
}

static void expect_refused(const joist_type *options, const char *why)
{
    joist_error e = { 0 };
    cr_assert_eq(check(options, &e), JOIST_FAILED);
    cr_assert_eq(e.failure, JOIST_GRAPH);
    cr_assert(strstr(e.message, "build_options_test.c:"), "%s", e.message);
    cr_assert(strstr(e.message, why), "%s", e.message);
    cr_assert_eq(builds, 0, "a build function never sees another program's options");
}

Test(build_options, of_another_record_are_refused)
{
    expect_refused(&other_type, "build takes 'wanted', but the definition says .options = "
                                "&other_type");
    expect_refused(NULL, "build takes 'wanted', but the definition names no options: add .options "
                         "= &wanted_type");
}

/* A record that two files declare is one. */
Test(build_options, of_an_equal_record_are_taken)
{
    joist_error e = { 0 };
    joist_type same = wanted_type;
    cr_assert_eq(check(&wanted_type, &e), JOIST_OK, "%s", e.message);
    cr_assert_eq(check(&same, &e), JOIST_OK, "%s", e.message);
    cr_assert_eq(builds, 2);
}
