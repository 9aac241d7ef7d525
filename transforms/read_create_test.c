/* SPDX-License-Identifier: Apache-2.0
 * Records written in a program: through the graph, the runner and the file store. */
#include "read_create.h"
#include "store_test.h"

#define PART(F, T) F(T, joist_text, name, 0) F(T, joist_int, n, 0)
JOIST_RECORD(part, PART);
#define THING(F, T)                                                                               \
    F(T, joist_text, id, 0) F(T, int64_t, seq, 0) F(T, joist_float, x, 0)                         \
    F(T, joist_text_list, tags, 0) F(T, part_list, parts, 0, JOIST_LIST_OF(part))
JOIST_RECORD(thing, THING);

static test_name target;
static thing many[1000];
static size_t count;

static void set_up(void)
{
    make_dir();
    target = name_in("", "out.jsonl");
}

TestSuite(read_create, .init = set_up, .fini = drop_dir);

static void some(joist_pipeline *p, const void *options)
{
    (void)options;
    thing_coll things = joist_create(thing, p, { .id = JOIST_TEXT("a"), .seq = 1 },
        { .seq = -2, .x = JOIST_FLOAT(0.5), .tags = { (joist_text[]){ JOIST_TEXT("t,") }, 1 },
          .parts = { (part[]){ { JOIST_TEXT("p"), JOIST_INT(7) } }, 1 } });
    joist_write(things, .uri = joist_text_of(target.text));
}

static void all_of(joist_pipeline *p, const void *options)
{
    (void)options;
    thing_coll things = joist_create_from(thing, p, many, count, .name = "many");
    joist_write(things, .uri = joist_text_of(target.text));
}

static const joist_report *report;

static char *run(void (*build)(joist_pipeline *, const void *), size_t bundle)
{
    static joist_pipeline *p;
    static joist_pipeline_def def;
    size_t len;
    joist_pipeline_free(p);
    def = (joist_pipeline_def){ .name = "t", .build = build };
    p = joist_pipeline_new(&def);
    joist_run_options o = { .workers = 2, .bundle_elements = bundle };
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "%s", error.message);
    cr_assert_eq(joist_pipeline_run(p, &o, &report), JOIST_OK, "%s", report->error.message);
    char *text = read_file(target.text, &len);
    cr_assert_not_null(text);
    return text;
}

Test(read_create, every_kind)
{
    char *text = run(some, 0);
    cr_expect_str_eq(text, "{\"id\":\"a\",\"seq\":1,\"x\":null,\"tags\":[],\"parts\":[]}\n"
                           "{\"id\":null,\"seq\":-2,\"x\":0.5,\"tags\":[\"t,\"],"
                           "\"parts\":[{\"name\":\"p\",\"n\":7}]}\n");
    cr_expect_eq(report->records, 2);
    joist_free(text);
}

Test(read_create, an_array_in_its_order)
{
    static const size_t bundles[] = { 1, 7, 0 };
    count = sizeof many / sizeof *many;
    for (size_t i = 0; i < count; i++)
        many[i] = (thing){ .id = JOIST_TEXT("x"), .seq = (int64_t)i };
    for (size_t b = 0; b < 3; b++) {
        char *text = run(all_of, bundles[b]), *p = text;
        for (size_t i = 0; i < count; i++, p = strchr(p, '\n') + 1) {
            char wanted[64];
            snprintf(wanted, sizeof wanted, "{\"id\":\"x\",\"seq\":%zu,", i);
            cr_assert_eq(strncmp(p, wanted, strlen(wanted)), 0, "%.40s is not %s", p, wanted);
        }
        cr_expect_eq(report->records, count);
        joist_free(text);
    }
}

Test(read_create, nothing)
{
    count = 0;
    char *text = run(all_of, 0);
    cr_expect_str_eq(text, "");
    joist_free(text);
}
