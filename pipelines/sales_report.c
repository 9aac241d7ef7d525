/* SPDX-License-Identifier: Apache-2.0
 * A report by several keys with a CombineFn of its own: for each region and product how many sales
 * there were, what they brought, the largest one, and when the last one was.
 *
 *     build/sales_report run --input sales/ --output sqlite:out/report.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "sales: a file or a directory")               \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/report.db", .help = "the report")
JOIST_RECORD(options, OPTIONS);

#define SALE(F, T)                                                                                \
    F(T, joist_text, region, JOIST_REQUIRED) F(T, joist_text, product, JOIST_REQUIRED)            \
    F(T, int64_t, cents, 0) F(T, joist_time, at, 0)
JOIST_RECORD(sale, SALE);

#define SUMMARY(F, T)                                                                             \
    F(T, int64_t, count, 0) F(T, int64_t, cents, 0) F(T, int64_t, largest, 0)                     \
    F(T, joist_time, last, 0)
JOIST_RECORD(summary, SUMMARY);

#define REPORT(F, T)                                                                              \
    F(T, joist_text, region, 0) F(T, joist_text, product, 0) F(T, int64_t, sales, 0)              \
    F(T, int64_t, cents, 0) F(T, int64_t, largest, 0) F(T, double, mean, 0)                       \
    F(T, joist_time, last, 0)
JOIST_RECORD(report, REPORT);

/* What one sale or a part of them says, in one place: add is a merge of one. */
static void join(summary *a, const summary *b)
{
    if (!a->count || b->largest > a->largest)
        a->largest = b->largest;
    if (b->last.set && (!a->last.set || b->last.ms > a->last.ms))
        a->last = b->last;
    a->count += b->count;
    a->cents += b->cents;
}

#define SUM_UP(IN, ACC, OUT, CFG) IN(sale) ACC(summary) OUT(report)
JOIST_COMBINE_FN(sum_up, SUM_UP);
static void sum_up_add(const sum_up_call *v, summary *a, const sale *s)
{
    (void)v;
    join(a, &(summary){ .count = 1, .cents = s->cents, .largest = s->cents, .last = s->at });
}

static void sum_up_merge(const sum_up_call *v, summary *a, const summary *b)
{
    (void)v;
    if (b->count)
        join(a, b);
}

static joist_status sum_up_extract(const sum_up_call *v, const summary *a, const sale *key)
{
    return report_emit(v->out, (report){ key->region, key->product, a->count, a->cents, a->largest,
                                         (double)a->cents / (double)a->count, a->last });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    sale_coll sales = joist_read(sale, p, .uri = o->input);
    report_coll reports = JOIST_COMBINE(sum_up, sales, .key = JOIST_FIELDS(sale, region, product));
    joist_write(reports, .uri = o->output, .key = JOIST_FIELDS(report, region, product));
}

static const joist_combine *const combines[] = { &sum_up_combine, NULL };

static const joist_pipeline_def def = {
    .name = "sales_report", .about = "Sales by region and product.", .options = &options_type,
    .combines = combines, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
