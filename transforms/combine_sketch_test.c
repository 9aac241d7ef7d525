/* SPDX-License-Identifier: Apache-2.0
 * Quantiles and counts of different values, exact and within the error they promise.
 *
 * Tests: combine_quantiles.c combine_count_distinct.c combine_approx_count_distinct.c */
#include "combine_test.h"

#include <math.h>

STEP(thirds, joist_quantiles(sale, sales, shop, cents, 3))
STEP(all_tenths, joist_quantiles_globally(sale, sales, weight, 11))
STEP(exact, joist_quantiles_globally(sale, sales, weight, 11, .exact = true))
STEP(coarse, joist_quantiles_globally(sale, sales, weight, 11, .error = 0.25))
STEP(by_shop, joist_quantiles(sale, sales, shop, weight, 5))
STEP(one_quantile, joist_quantiles_globally(sale, sales, weight, 1))
STEP(no_error, joist_quantiles_globally(sale, sales, weight, 3, .error = -1))
STEP(tags, joist_count_distinct(sale, sales, shop, tag))
STEP(all_cents, joist_count_distinct_globally(sale, sales, cents))
STEP(about_tags, joist_approx_count_distinct(sale, sales, shop, tag))
STEP(about_cents, joist_approx_count_distinct(sale, sales, shop, cents, .precision = 10))
STEP(about_all, joist_approx_count_distinct_globally(sale, sales, cents, .precision = 14))
STEP(about_nothing, joist_approx_count_distinct(sale, sales, shop, tag, .precision = 3))

/* ---- quantiles ------------------------------------------------------------------------------- */

Test(combine_quantiles, least_median_greatest)
{
    expect(thirds, "{\"shop\":\"a\",\"cents\":30}\n{\"shop\":\"a\",\"cents\":-10}\n"
                   "{\"shop\":\"a\"}\n"
                   "{\"shop\":\"a\",\"cents\":20}\n{\"shop\":\"b\"}\n{\"shop\":\"c\",\"cents\":4}\n"
                   "{\"shop\":\"c\",\"cents\":5}\n",
           "{\"key\":\"a\",\"fraction\":0,\"value\":-10}\n"
           "{\"key\":\"a\",\"fraction\":0.5,\"value\":20}\n"
           "{\"key\":\"a\",\"fraction\":1,\"value\":30}\n"
           "{\"key\":\"b\",\"fraction\":0,\"value\":null}\n"
           "{\"key\":\"b\",\"fraction\":0.5,\"value\":null}\n"
           "{\"key\":\"b\",\"fraction\":1,\"value\":null}\n"
           "{\"key\":\"c\",\"fraction\":0,\"value\":4}\n"
           "{\"key\":\"c\",\"fraction\":0.5,\"value\":5}\n"
           "{\"key\":\"c\",\"fraction\":1,\"value\":5}\n");
}

/* 1 to 4000 squared, and as many negative numbers. */
static void write_squares(void)
{
    FILE *out = fopen(name_in("", "in/a.jsonl").text, "w");
    cr_assert_not_null(out);
    for (int i = -4000; i <= 4000; i++) {
        int n = (int)((long)(i + 4000) * 11 % 8001) - 4000;
        fprintf(out, "{\"weight\":\"%d\"}\n", n < 0 ? -n * n : n * n);
    }
    fclose(out);
}

static double value_of(const char *text, int line)
{
    for (; line; line--)
        text = strchr(text, '\n') + 1;
    return strtod(strstr(text, "\"value\":") + 8, NULL);
}

static void expect_within(void (*what)(sale_coll, joist_text), double most)
{
    begin_input(what);
    write_squares();
    char *text = run_for_text(1, 0, 0);
    for (int i = 0; i <= 10; i++) {
        int n = -4000 + i * 800;
        double want = n < 0 ? -(double)n * n : (double)n * n;
        cr_expect(fabs(value_of(text, i) - want) <= most * fabs(want), "%d: %.17g, not %.17g", i,
                  value_of(text, i), want);
    }
    expect_same(text);
    joist_free(text);
}

Test(combine_quantiles, are_within_the_error)
{
    expect_within(all_tenths, 0.01);
    expect_within(coarse, 0.25);
    expect_within(exact, 0);
}

Test(combine_quantiles, of_much)
{
    begin_input(by_shop);
    write_many(5, 4000);
    expect_same(NULL);
    cr_expect_gt(spilled, 0);
}

Test(combine_quantiles, are_refused_what_makes_no_sense)
{
    expect_refused(one_quantile, "joist_quantiles gives 2 to 10000 values");
    expect_refused(no_error, "joist_quantiles gives 2 to 10000 values");
}

/* ---- count distinct -------------------------------------------------------------------------- */

Test(combine_count_distinct, ignores_null)
{
    const char *in = "{\"shop\":\"a\",\"tag\":\"x\",\"cents\":1}\n{\"shop\":\"b\"}\n"
                     "{\"tag\":\"x\"}\n"
                     "{\"shop\":\"a\",\"tag\":\"y\",\"cents\":1}\n{\"shop\":\"a\"}\n"
                     "{\"shop\":\"a\",\"tag\":\"x\",\"cents\":2}\n";
    expect(tags, in, "{\"key\":null,\"count\":1}\n{\"key\":\"a\",\"count\":2}\n"
                     "{\"key\":\"b\",\"count\":0}\n");
    expect(about_tags, in, "{\"key\":null,\"count\":1}\n{\"key\":\"a\",\"count\":2}\n"
                           "{\"key\":\"b\",\"count\":0}\n");
    expect(all_cents, in, "{\"key\":null,\"count\":2}\n");
    expect(all_cents, "", "{\"key\":null,\"count\":0}\n");
    expect(about_all, "", "{\"key\":null,\"count\":0}\n");
}

Test(combine_count_distinct, of_much)
{
    begin_input(tags);
    write_many(5, 4000);
    expect_same(NULL);
    cr_expect_gt(spilled, 0);
}

static void in_sessions(sale_coll sales, joist_text output)
{
    sale_coll timed = joist_window_into(sale, joist_with_timestamps(sale, sales, at), .gap_ms = 10);
    joist_write(joist_count_distinct(sale, timed, shop, tag), .uri = output);
}

/* x is twice in the first session, but more than a gap from itself. */
Test(combine_count_distinct, counts_a_value_once_per_session_of_its_key)
{
    expect(in_sessions,
           "{\"shop\":\"a\",\"ms\":0,\"tag\":\"x\"}\n{\"shop\":\"a\",\"ms\":8,\"tag\":\"y\"}\n"
           "{\"shop\":\"a\",\"ms\":16,\"tag\":\"x\"}\n{\"shop\":\"a\",\"ms\":100,\"tag\":\"x\"}\n",
           "{\"key\":\"a\",\"count\":2}\n{\"key\":\"a\",\"count\":1}\n");
}

/* ---- approximately --------------------------------------------------------------------------- */

/* Five standard errors. */
static void expect_about(double want, int precision)
{
    char *text = run_for_text(2, 0, 0);
    double got = strtod(strstr(text, "\"count\":") + 8, NULL);
    double most = 5 * 1.04 / sqrt((double)(1 << precision));
    cr_expect(fabs(got / want - 1) < most, "%.0f, not %.0f", got, want);
    joist_free(text);
}

static void write_numbers(int count)
{
    FILE *out = fopen(name_in("", "in/a.jsonl").text, "w");
    cr_assert_not_null(out);
    for (int i = 0; i < count; i++)
        fprintf(out, "{\"shop\":\"a\",\"cents\":%d}\n{\"shop\":\"a\",\"cents\":%d}\n", i,
                count - i);
    fclose(out);
}

Test(combine_approx_count_distinct, is_within_the_error_at_every_size)
{
    static const int sizes[] = { 100, 1000, 3000, 20000, 100000 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        begin_input(about_cents);
        write_numbers(sizes[i]);
        expect_about(sizes[i] + 1, 10);
        declare = about_all;
        expect_about(sizes[i] + 1, 14);
        drop_dir();
    }
}

Test(combine_approx_count_distinct, is_the_same_for_all_workers_and_when_spilled)
{
    begin_input(about_cents);
    write_many(5, 4000);
    expect_same(NULL);
    cr_expect_gt(spilled, 0);
    expect_refused(about_nothing, ".precision of joist_approx_count_distinct is 4 to 18");
}
