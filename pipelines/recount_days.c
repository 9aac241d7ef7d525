/* SPDX-License-Identifier: Apache-2.0
 * Counts the sales of some days anew, after they were corrected: reads those days only, from the
 * table that has them all, and replaces their totals, also of a shop that has sold nothing there
 * any more.
 *
 *     build/recount_days run --input days.jsonl --sales sqlite:out/sales.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "days to count: a file or a directory")       \
    F(T, joist_text, sales, 0, .fallback = "sqlite:out/sales.db", .help = "all sales")            \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/totals.db", .help = "the totals")
JOIST_RECORD(options, OPTIONS);

#define DAY(F, T) F(T, joist_time, day, JOIST_REQUIRED, .help = "any moment of it, UTC")
JOIST_RECORD(day, DAY);

#define SALE(F, T)                                                                                \
    F(T, joist_text, shop, JOIST_REQUIRED) F(T, joist_time, sold_at, JOIST_REQUIRED)              \
    F(T, int64_t, cents, 0)
JOIST_RECORD(sale, SALE);

#define TOTAL(F, T)                                                                               \
    F(T, joist_time, day, 0) F(T, joist_text, shop, 0) F(T, int64_t, sales, 0)                    \
    F(T, int64_t, cents, 0)
JOIST_RECORD(total, TOTAL);

static joist_time midnight(joist_time t)
{
    int64_t within = t.ms % JOIST_DAYS(1);
    return JOIST_TIME_MS(t.ms - within - (within < 0 ? JOIST_DAYS(1) : 0));
}

JOIST_MAP(whole_day, day, day);
static day whole_day_map(const day *d) { return (day){ midnight(d->day) }; }

JOIST_MAP(range_of, day, joist_time_range);
static joist_time_range range_of_map(const day *d)
{
    return (joist_time_range){ d->day, JOIST_TIME_MS(d->day.ms + JOIST_DAYS(1)) };
}

JOIST_MAP(totals_of, day, total);
static total totals_of_map(const day *d) { return (total){ .day = d->day }; }

JOIST_MAP(one_sale, sale, total);
static total one_sale_map(const sale *s)
{
    return (total){ midnight(s->sold_at), s->shop, 1, s->cents };
}

#define ADD_UP(IN, ACC, OUT, CFG) IN(total) ACC(total) OUT(total)
JOIST_COMBINE_FN(add_up, ADD_UP);
static void add_up_add(const add_up_call *v, total *a, const total *t)
{
    (void)v;
    a->sales += t->sales;
    a->cents += t->cents;
}
static void add_up_merge(const add_up_call *v, total *a, const total *b) { add_up_add(v, a, b); }
static joist_status add_up_extract(const add_up_call *v, const total *a, const total *key)
{
    return total_emit(v->out, (total){ key->day, key->shop, a->sales, a->cents });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    day_coll asked = JOIST_APPLY(whole_day, joist_read(day, p, .uri = o->input));
    day_coll days = joist_distinct(day, asked, .key = JOIST_FIELDS(day, day));
    sale_coll sales = joist_read_all(sale, JOIST_APPLY(range_of, days), .uri = o->sales,
                                     .by = JOIST_FIELDS(sale, sold_at));
    total_coll totals = JOIST_COMBINE(add_up, JOIST_APPLY(one_sale, sales),
                                      .key = JOIST_FIELDS(total, day, shop));
    joist_write(totals, .uri = o->output, .key = JOIST_FIELDS(total, day, shop),
                .groups = JOIST_APPLY(totals_of, days), .groups_by = JOIST_FIELDS(total, day));
}

static const joist_dofn *const dofns[] = {
    &whole_day_dofn, &range_of_dofn, &totals_of_dofn, &one_sale_dofn, NULL
};
static const joist_combine *const combines[] = { &add_up_combine, NULL };

static const joist_pipeline_def def = {
    .name = "recount_days", .about = "Totals of days, counted anew.", .options = &options_type,
    .dofns = dofns, .combines = combines, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
