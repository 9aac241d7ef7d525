/* SPDX-License-Identifier: Apache-2.0
 * Count, sum, min, max, mean: per key and globally, in windows, with NULL, NaN and numbers that
 * tempt a sum to round too early.
 *
 * Tests: combine_count.c combine_sum.c combine_extreme.c combine_min.c combine_max.c
 * combine_mean.c */
#include "combine_test.h"

/* ---- count ----------------------------------------------------------------------------------- */
STEP(count, joist_count(sale, sales, shop))
STEP(count_all, joist_count_globally(sale, sales))
STEP(count_cents, joist_count(sale, sales, cents))

Test(combines, count_counts_per_key_and_globally)
{
    const char *in = "{\"shop\":\"b\",\"cents\":3}\n{\"shop\":\"a\"}\n{}\n"
                     "{\"shop\":\"b\",\"cents\":-3}\n"
                     "{\"shop\":\"0\",\"copies\":3}\n";
    expect(count, in, "{\"key\":null,\"count\":1}\n{\"key\":\"0\",\"count\":3}\n"
                      "{\"key\":\"a\",\"count\":1}\n{\"key\":\"b\",\"count\":2}\n");
    expect(count_all, in, "{\"key\":null,\"count\":7}\n");
    expect(count_cents, in, "{\"key\":null,\"count\":5}\n{\"key\":\"-3\",\"count\":1}\n"
                            "{\"key\":\"3\",\"count\":1}\n");
}

Test(combines, of_nothing_at_all_globally_is_nothing)
{
    expect(count_all, "", "{\"key\":null,\"count\":0}\n");
    expect(count, "", "");
}

/* ---- sum ------------------------------------------------------------------------------------- */
STEP(sum, joist_sum(sale, sales, shop, cents))
STEP(sum_all, joist_sum_globally(sale, sales, cents))
STEP(sum_float, joist_sum(sale, sales, shop, weight))

Test(combines, sum_of_ints_ignores_null_and_passes_beyond_int64)
{
    const char *in = "{\"shop\":\"a\",\"cents\":9223372036854775807}\n"
                     "{\"shop\":\"a\",\"cents\":5}\n"
                     "{\"shop\":\"b\"}\n{\"shop\":\"a\",\"cents\":-9223372036854775808}\n";
    expect(sum, in, "{\"key\":\"a\",\"total\":4}\n{\"key\":\"b\",\"total\":0}\n");
    expect(sum_all, in, "{\"key\":null,\"total\":4}\n");
    expect(sum_all, "", "{\"key\":null,\"total\":0}\n");
}

Test(combines, sum_of_floats_rounds_once)
{
    expect(sum_float,
           "{\"shop\":\"a\",\"weight\":\"1e308\"}\n{\"shop\":\"a\",\"weight\":\"1e308\"}\n"
           "{\"shop\":\"a\",\"weight\":\"0.5\"}\n{\"shop\":\"a\",\"weight\":\"-1e308\"}\n"
           "{\"shop\":\"a\",\"weight\":\"-1e308\"}\n"
           "{\"shop\":\"b\",\"weight\":\"0.1\",\"copies\":10}\n{\"shop\":\"c\"}\n"
           "{\"shop\":\"d\",\"weight\":\"5e-324\",\"copies\":3}\n",
           "{\"key\":\"a\",\"total\":0.5}\n{\"key\":\"b\",\"total\":1}\n"
           "{\"key\":\"c\",\"total\":0}\n{\"key\":\"d\",\"total\":1.48219693752374e-323}\n");
}

/* ---- min, max -------------------------------------------------------------------------------- */
STEP(min, joist_min(sale, sales, shop, cents))
STEP(max, joist_max(sale, sales, shop, cents))
STEP(max_all, joist_max_globally(sale, sales, cents))
STEP(min_float, JOIST_APPLY(show_float, joist_min(sale, sales, shop, weight)).rows)
STEP(max_float, JOIST_APPLY(show_float, joist_max(sale, sales, shop, weight)).rows)

Test(combines, min_and_max_of_ints)
{
    const char *in = "{\"shop\":\"a\",\"cents\":-5}\n{\"shop\":\"a\",\"cents\":7}\n"
                     "{\"shop\":\"a\"}\n"
                     "{\"shop\":\"b\"}\n{\"shop\":\"a\",\"cents\":0}\n";
    expect(min, in, "{\"key\":\"a\",\"value\":-5}\n{\"key\":\"b\",\"value\":null}\n");
    expect(max, in, "{\"key\":\"a\",\"value\":7}\n{\"key\":\"b\",\"value\":null}\n");
    expect(max_all, in, "{\"key\":null,\"value\":7}\n");
    expect(max_all, "", "{\"key\":null,\"value\":null}\n");
}

static const char *const odd_floats =
    "{\"shop\":\"a\",\"weight\":\"nan\"}\n{\"shop\":\"a\",\"weight\":\"-inf\"}\n"
    "{\"shop\":\"a\",\"weight\":\"2\"}\n{\"shop\":\"n\",\"weight\":\"-nan\"}\n"
    "{\"shop\":\"z\",\"weight\":\"-0.0\"}\n{\"shop\":\"z\",\"weight\":\"0\"}\n"
    "{\"shop\":\"i\",\"weight\":\"inf\"}\n{\"shop\":\"i\",\"weight\":\"-inf\"}\n";

Test(combines, nan_is_greater_than_every_number)
{
    expect(min_float, odd_floats,
           "{\"key\":\"a\",\"value\":\"-inf\"}\n{\"key\":\"i\",\"value\":\"-inf\"}\n"
           "{\"key\":\"n\",\"value\":\"nan\"}\n{\"key\":\"z\",\"value\":\"0\"}\n");
    expect(max_float, odd_floats,
           "{\"key\":\"a\",\"value\":\"nan\"}\n{\"key\":\"i\",\"value\":\"inf\"}\n"
           "{\"key\":\"n\",\"value\":\"nan\"}\n{\"key\":\"z\",\"value\":\"0\"}\n");
}

/* ---- mean ------------------------------------------------------------------------------------ */
STEP(mean, joist_mean(sale, sales, shop, cents))
STEP(mean_float, JOIST_APPLY(show_float, joist_mean(sale, sales, shop, weight)).rows)
STEP(mean_all, joist_mean_globally(sale, sales, weight))

Test(combines, mean_of_ints)
{
    expect(mean, "{\"shop\":\"a\",\"cents\":9223372036854775807,\"copies\":3}\n{\"shop\":\"b\"}\n"
                 "{\"shop\":\"c\",\"cents\":1}\n{\"shop\":\"c\",\"cents\":2}\n{\"shop\":\"c\"}\n",
           "{\"key\":\"a\",\"value\":9.223372036854776e+18}\n{\"key\":\"b\",\"value\":null}\n"
           "{\"key\":\"c\",\"value\":1.5}\n");
}

Test(combines, mean_of_floats)
{
    expect(mean_float, odd_floats,
           "{\"key\":\"a\",\"value\":\"nan\"}\n{\"key\":\"i\",\"value\":\"nan\"}\n"
           "{\"key\":\"n\",\"value\":\"nan\"}\n{\"key\":\"z\",\"value\":\"0\"}\n");
    expect(mean_all, "{\"weight\":\"1e308\",\"copies\":4}\n{\"weight\":\"2e308\"}\n", NULL);
    expect(mean_all, "{\"weight\":\"1.5e308\",\"copies\":3}\n",
           "{\"key\":null,\"value\":1.5e+308}\n");
    expect(mean_all, "", "{\"key\":null,\"value\":null}\n");
}

/* ---- windows --------------------------------------------------------------------------------- */
#define TIMED(F, T) F(T, joist_text, key) F(T, joist_float, value) F(T, int64_t, start)           \
    F(T, int64_t, end) F(T, int64_t, at)
JOIST_RECORD(timed, TIMED);
#define WITH_TIME(IN, OUT, SIDE, CFG, STATE) IN(joist_float_result) OUT(timed, rows)
JOIST_DOFN(with_time, WITH_TIME);
static joist_status with_time_process(const with_time_call *v, const joist_float_result *r)
{
    joist_window w = joist_window_of(v->ctx);
    return timed_emit(v->out.rows, (timed){ r->key, r->value, w.start_ms, w.end_ms,
                                            joist_timestamp(v->ctx) });
}

static const joist_dofn *const window_dofns[] = { &to_sale_dofn, &with_time_dofn, NULL };
static const joist_pipeline_def window_def = { .name = "w", .options = &options_type,
                                               .dofns = window_dofns, .build = build };

static void sessions(sale_coll sales, joist_text output)
{
    sale_coll timed_sales = joist_with_timestamps(sale, sales, at);
    sale_coll windows = joist_window_into(sale, timed_sales, .gap_ms = 10);
    joist_write(JOIST_APPLY(with_time, joist_mean(sale, windows, shop, weight)).rows,
                .uri = output);
}

Test(combines, sessions_merge_accumulators_that_point_somewhere)
{
    begin_input(sessions);
    write_file(name_in("", "in/a.jsonl").text,
               "{\"shop\":\"a\",\"ms\":0,\"weight\":\"1\"}\n"
               "{\"shop\":\"a\",\"ms\":18,\"weight\":\"4\"}\n"
               "{\"shop\":\"a\",\"ms\":9,\"weight\":\"1e300\"}\n"
               "{\"shop\":\"a\",\"ms\":18,\"weight\":\"-1e300\"}\n"
               "{\"shop\":\"a\",\"ms\":28,\"weight\":\"5\"}\n");
    for (int workers = 1; workers <= 4; workers += 3) {
        test_name in = name_in("", "in"), out = name_in("", "out.jsonl");
        const options o = { joist_text_of(in.text), joist_text_of(out.text) };
        joist_pipeline *p = joist_pipeline_new(&window_def);
        const joist_report *report = NULL;
        joist_error e = { 0 };
        cr_assert_eq(joist_pipeline_check(p, &o, &e), JOIST_OK, "%s", e.message);
        const joist_run_options r = { .workers = workers, .bundle_elements = 1 };
        cr_assert_eq(joist_pipeline_run(p, &r, &report), JOIST_OK);
        joist_pipeline_free(p);
        size_t len;
        char *text = read_file(out.text, &len);
        cr_expect_str_eq(text,
                         "{\"key\":\"a\",\"value\":1.25,\"start\":0,\"end\":28,\"at\":27}\n"
                         "{\"key\":\"a\",\"value\":5,\"start\":28,\"end\":38,\"at\":37}\n");
        joist_free(text);
    }
    drop_dir();
}

Test(combines, means_of_much_are_the_same_for_all_workers_and_when_spilled)
{
    begin_input(mean_float);
    write_many(5, 4000);
    expect_same(NULL);
    cr_expect_gt(spilled, 0);
}
