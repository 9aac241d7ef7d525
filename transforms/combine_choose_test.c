/* SPDX-License-Identifier: Apache-2.0
 * Top, bottom, distinct, sample: ties, NULL, order, and that no order of the input shows.
 *
 * Tests: combine_top.c combine_distinct.c combine_sample.c */
#include "combine_test.h"

STEP(top2, joist_top(sale, sales, 2, .by = JOIST_FIELDS(sale, cents),
                     .key = JOIST_FIELDS(sale, shop)))
STEP(top_all, joist_top(sale, sales, 3, .by = JOIST_FIELDS(sale, weight)))
STEP(bottom2, joist_bottom(sale, sales, 2, .by = JOIST_FIELDS(sale, cents, tag)))
STEP(top_much, joist_top(sale, sales, 5, .by = JOIST_FIELDS(sale, tag, cents),
                         .key = JOIST_FIELDS(sale, shop)))
STEP(top_nothing, joist_top(sale, sales, 0, .by = JOIST_FIELDS(sale, cents)))
STEP(top_by_nothing, joist_top(sale, sales, 3))
STEP(distinct, joist_distinct(sale, sales, .key = JOIST_FIELDS(sale, shop)))
STEP(distinct_all, joist_distinct(sale, sales))
STEP(sample, joist_sample(sale, sales, 5, .key = JOIST_FIELDS(sale, shop), .seed = 1))
STEP(sample_other, joist_sample(sale, sales, 5, .key = JOIST_FIELDS(sale, shop), .seed = 2))
STEP(sample_all, joist_sample(sale, sales, 100))
STEP(sample_nothing, joist_sample(sale, sales, -1))
STEP(count_of_sample, joist_count(sale, joist_sample(sale, sales, 1000, .seed = 3), tag))

#define LINE(shop, cents, tag)                                                                    \
    "{\"shop\":\"" shop "\",\"cents\":" cents ",\"weight\":null,\"at\":null,\"tag\":" tag "}\n"

Test(combine_top, best_first_and_null_last)
{
    expect(top2, LINE("a", "1", "\"x\"") LINE("a", "3", "\"y\"") LINE("b", "null", "null")
                 LINE("a", "2", "\"z\"") LINE("a", "null", "null") LINE("b", "-9", "null"),
           LINE("a", "3", "\"y\"") LINE("a", "2", "\"z\"") LINE("b", "-9", "null")
           LINE("b", "null", "null"));
}

Test(combine_top, of_equals_those_with_smaller_other_fields_whatever_came_first)
{
    expect(top2, LINE("a", "1", "\"z\"") LINE("a", "1", "\"b\"") LINE("a", "1", "\"ccc\"")
                 LINE("a", "0", "\"a\"") LINE("a", "1", "\"b\""),
           LINE("a", "1", "\"b\"") LINE("a", "1", "\"b\""));
}

Test(combine_top, nan_is_the_greatest)
{
    expect(top_all, "{\"weight\":\"1\"}\n{\"weight\":\"nan\"}\n{\"weight\":\"-1\"}\n{}\n"
                    "{\"weight\":\"-0.0\"}\n",
           "{\"shop\":null,\"cents\":null,\"weight\":null,\"at\":null,\"tag\":null}\n"
           "{\"shop\":null,\"cents\":null,\"weight\":1,\"at\":null,\"tag\":null}\n"
           "{\"shop\":null,\"cents\":null,\"weight\":-0,\"at\":null,\"tag\":null}\n");
}

Test(combine_top, bottom_begins_with_null)
{
    expect(bottom2, LINE("a", "1", "\"z\"") LINE("b", "1", "null") LINE("c", "-1", "\"q\"")
                    LINE("d", "null", "\"q\""),
           LINE("d", "null", "\"q\"") LINE("c", "-1", "\"q\""));
    expect(bottom2, "", "");
}

Test(combine_top, of_much)
{
    begin_input(top_much);
    write_many(5, 4000);
    expect_same(NULL);
    cr_expect_gt(spilled, 0);
}

Test(combine_top, is_refused_without_by_or_n)
{
    expect_refused(top_nothing, "n of joist_top and joist_bottom is 1 to 1000000");
    expect_refused(top_by_nothing, "joist_top and joist_bottom need .by");
}

Test(combine_distinct, keeps_the_first_in_input_order)
{
    expect(distinct, LINE("b", "1", "\"first\"") LINE("a", "2", "\"first\"") LINE("b", "3", "null")
                     LINE("a", "4", "null") LINE("a", "5", "null"),
           LINE("a", "2", "\"first\"") LINE("b", "1", "\"first\""));
    expect(distinct, "", "");
}

Test(combine_distinct, without_key_of_whole_elements)
{
    expect(distinct_all, LINE("b", "1", "\"x\"") LINE("a", "2", "\"x\"") LINE("b", "1", "\"x\"")
                         LINE("b", "1", "null"),
           LINE("a", "2", "\"x\"") LINE("b", "1", "null") LINE("b", "1", "\"x\""));
}

Test(combine_distinct, of_much)
{
    begin_input(distinct);
    write_many(5, 4000);
    expect_same(NULL);
    cr_expect_gt(spilled, 0);
}

/* ---- sample ---------------------------------------------------------------------------------- */

static int lines_of(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

Test(combine_sample, is_the_same_for_one_seed_only)
{
    begin_input(sample);
    write_many(5, 4000);
    char *first = run_for_text(1, 0, 0);
    declare = sample_other;
    char *other = run_for_text(1, 0, 0);
    cr_expect_str_neq(first, other);
    cr_expect_eq(lines_of(first), lines_of(other));
    cr_expect_eq(lines_of(first), 997 * 5);
    declare = sample;
    expect_same(first);
    joist_free(first);
    joist_free(other);
}

Test(combine_sample, of_few_is_all)
{
    expect(sample_all, LINE("a", "1", "null") LINE("a", "1", "null"),
           LINE("a", "1", "null") LINE("a", "1", "null"));
    expect(sample_all, "", "");
    expect_refused(sample_nothing, "n of joist_sample is 1 to 1000000");
}

/* Of 13 tags, all of them nearly as often; equal elements of one line are drawn one by one. */
Test(combine_sample, draws_all_with_the_same_chance)
{
    begin_input(count_of_sample);
    FILE *out = fopen(name_in("", "in/a.jsonl").text, "w");
    for (int i = 0; i < 10; i++)
        fprintf(out, "{\"tag\":\"t%d\",\"copies\":5000}\n", i);
    fclose(out);
    char *text = run_for_text(2, 0, 0);
    for (char *line = text; *line; line = strchr(line, '\n') + 1) {
        long n = strtol(strstr(line, "\"count\":") + 8, NULL, 10);
        cr_expect(n > 60 && n < 140, "%ld of about 100", n);
    }
    cr_expect_eq(lines_of(text), 10);
    expect_same(text);
    joist_free(text);
}
