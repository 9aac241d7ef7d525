/* SPDX-License-Identifier: Apache-2.0
 * The mistake of a field list that tests/compile cannot hold, because it compiles: a struct in a
 * record without the record it is of.
 *
 * Tests: build.c */
#include <criterion/criterion.h>
#include <joist.h>

typedef struct point { double x, y; } point;
#define PLACE(F, T) F(T, joist_text, name, 0) F(T, point, at, 0)
JOIST_RECORD(place, PLACE);

#define PIN(F, T) F(T, double, x, 0) F(T, double, y, 0)
JOIST_RECORD(pin, PIN);
#define TOWN(F, T) F(T, pin, at, 0, JOIST_OF(pin)) F(T, pin_list, all, 0, JOIST_LIST_OF(pin))
JOIST_RECORD(town, TOWN);

static void build_places(joist_pipeline *p, const void *options)
{
    (void)options;
    joist_write(joist_read(place, p, .uri = JOIST_TEXT("in.json")), .uri = JOIST_TEXT("out.jsonl"));
}

static void build_towns(joist_pipeline *p, const void *options)
{
    (void)options;
    joist_write(joist_read(town, p, .uri = JOIST_TEXT("in.json")), .uri = JOIST_TEXT("out.jsonl"));
}

#define STREET(F, T) F(T, place, corner, 0, JOIST_OF(place))
JOIST_RECORD(street, STREET);

static void build_streets(joist_pipeline *p, const void *options)
{
    (void)options;
    joist_write(joist_read(street, p, .uri = JOIST_TEXT("in.json")),
                .uri = JOIST_TEXT("out.jsonl"));
}

static joist_status check(void (*build)(joist_pipeline *, const void *), joist_error *e)
{
    joist_pipeline *p = joist_pipeline_new(&(joist_pipeline_def){ .name = "t", .build = build });
    joist_status status = joist_pipeline_check(p, NULL, e);
    joist_pipeline_free(p);
    return status;
}

Test(build_struct, is_refused_without_its_record)
{
    joist_error e = { 0 };
    cr_assert_eq(check(build_places, &e), JOIST_FAILED);
    cr_assert_eq(e.failure, JOIST_GRAPH);
    cr_assert(strstr(e.message, "build_struct_test.c:"), "%s", e.message);
    cr_assert(strstr(e.message, "place.at is a struct: say of which record, by JOIST_OF(…)"), "%s",
              e.message);
}

Test(build_struct, is_refused_inside_a_record_too)
{
    joist_error e = { 0 };
    cr_assert_eq(check(build_streets, &e), JOIST_FAILED);
    cr_assert(strstr(e.message, "place.at is a struct"), "%s", e.message);
}

Test(build_struct, is_taken_with_its_record)
{
    joist_error e = { 0 };
    cr_assert_eq(check(build_towns, &e), JOIST_OK, "%s", e.message);
}
