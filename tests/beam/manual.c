/* SPDX-License-Identifier: Apache-2.0
 * The snippets of docs/beam.md as one program, so that they compile and run. */
#include <joist.h>

/* ---- records --------------------------------------------------------------------------------- */
#define SALE(F, T)                                                                                \
    F(T, joist_text, shop, JOIST_REQUIRED) F(T, joist_text, customer) F(T, joist_int, cents)      \
    F(T, joist_float, weight) F(T, joist_time, at)
JOIST_RECORD(sale, SALE);

#define CUSTOMER(F, T) F(T, joist_text, id, JOIST_REQUIRED) F(T, joist_text, name)
JOIST_RECORD(customer, CUSTOMER);

#define LIMITS(F, T) F(T, int64_t, most, 0)
JOIST_RECORD(limits, LIMITS);

/* ---- ParDo ----------------------------------------------------------------------------------- */
#define CHECK(IN, OUT, SIDE, CFG, STATE)                                                          \
    IN(sale) OUT(sale, good) OUT(sale, large) SIDE(customer, customers) CFG(limits)
JOIST_DOFN(check, CHECK);
static joist_status check_process(const check_call *v, const sale *s)
{
    if (!s->cents.set)
        return joist_reject(v->ctx, "no_price", "a sale in %.*s", JOIST_ARG(s->shop));
    if (!customer_get(v->side.customers, s->customer))
        joist_count_add(v->ctx, "strangers", 1);
    return sale_emit(s->cents.v > v->cfg->most ? v->out.large : v->out.good, *s);
}

#define WATCH(IN, OUT, SIDE, CFG, STATE) IN(sale) OUT(sale, sales)
JOIST_HOOK(watch, finish_bundle);
JOIST_DOFN_LIFECYCLE(watch, WATCH, .finish_bundle = watch_finish_bundle);
static joist_status watch_process(const watch_call *v, const sale *s)
{
    return sale_emit(v->out.sales, *s);
}

static joist_status watch_finish_bundle(const watch_call *v)
{
    joist_count_add(v->ctx, "bundles", 1);
    return JOIST_OK;
}

/* ---- Map, Filter, FlatMap, Partition --------------------------------------------------------- */
JOIST_MAP(in_euros, sale, sale);
static sale in_euros_map(const sale *s)
{
    sale changed = *s;
    changed.cents.v /= 100;
    return changed;
}

JOIST_FILTER(is_paid, sale);
static bool is_paid_keep(const sale *s) { return s->cents.v > 0; }

JOIST_FLAT_MAP(twice, sale, sale);
static void twice_flat_map(const sale *s, sale_out out)
{
    sale_emit(out, *s);
    sale_emit(out, *s);
}

JOIST_PARTITION(by_size, sale, small, large);
static int by_size_partition(const sale *s)
{
    return s->cents.v < 1000 ? by_size_small : by_size_large;
}

/* ---- GroupByKey, CoGroupByKey ---------------------------------------------------------------- */
#define COUNT_CENTS(IN, OUT, SIDE, CFG, STATE) IN(sale_group) OUT(joist_total, totals)
JOIST_DOFN(count_cents, COUNT_CENTS);
static joist_status count_cents_process(const count_cents_call *v, const sale_group *g)
{
    joist_total t = { g->key->shop, 0 };
    for (const sale *s; (s = sale_next(g)) != NULL;)
        t.total += s->cents.v;
    return joist_total_emit(v->out.totals, t);
}

JOIST_PAIR(bought, customer, sale);

#define HALVES(IN, OUT, SIDE, CFG, STATE) IN(bought_group) OUT(joist_tally, tallies)
JOIST_DOFN(halves, HALVES);
static joist_status halves_process(const halves_call *v, const bought_group *g)
{
    joist_tally t = { g->key->left.id, 0 };
    for (const bought *b; (b = bought_next(g)) != NULL;)
        t.count += b->has_right;
    return joist_tally_emit(v->out.tallies, t);
}

/* ---- CombineFn ------------------------------------------------------------------------------- */
#define RANGE_ACC(F, T) F(T, joist_int, low, 0) F(T, joist_int, high, 0)
JOIST_RECORD(range_acc, RANGE_ACC);

#define RANGE(IN, ACC, OUT, CFG) IN(sale) ACC(range_acc) OUT(joist_total)
JOIST_COMBINE_FN(range, RANGE);
static void range_add(const range_call *v, range_acc *a, const sale *s)
{
    range_merge(v, a, &(range_acc){ s->cents, s->cents });
}

static void range_merge(const range_call *v, range_acc *a, const range_acc *b)
{
    (void)v;
    if (b->low.set && (!a->low.set || b->low.v < a->low.v))
        a->low = b->low;
    if (b->high.set && (!a->high.set || b->high.v > a->high.v))
        a->high = b->high;
}

static joist_status range_extract(const range_call *v, const range_acc *a, const sale *key)
{
    return joist_total_emit(v->out, (joist_total){ key->shop, a->high.v - a->low.v });
}

/* ---- composite transforms -------------------------------------------------------------------- */
static joist_tally_coll visits(joist_pipeline *p, sale_coll sales, const char *name)
{
    joist_tally_coll found = { { 0 } };
    JOIST_SCOPE(p, name) {
        sale_coll sessions = joist_window_into(sale, sales, .gap_ms = 1800000);
        found = joist_count(sale, sessions, customer);
    }
    return found;
}

/* ---- the pipeline ---------------------------------------------------------------------------- */
#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED) F(T, joist_text, output, 0, .fallback = "out")
JOIST_RECORD(options, OPTIONS);

static void write_totals(joist_pipeline *p, joist_total_coll rows, const options *o,
                         const char *name)
{
    joist_write(rows, .uri = joist_build_printf(p, "%.*s/%s.jsonl", JOIST_ARG(o->output), name));
}

static void write_tallies(joist_pipeline *p, joist_tally_coll rows, const options *o,
                          const char *name)
{
    joist_write(rows, .uri = joist_build_printf(p, "%.*s/%s.jsonl", JOIST_ARG(o->output), name));
}

static void write_sales(joist_pipeline *p, sale_coll rows, const options *o, const char *name)
{
    joist_write(rows, .uri = joist_build_printf(p, "%.*s/%s.jsonl", JOIST_ARG(o->output), name));
}

static void group(joist_pipeline *p, sale_coll sales, customer_coll customers, const options *o)
{
    sale_group_coll by_shop = joist_group_by_key(sale, sales, .key = JOIST_FIELDS(sale, shop));
    joist_total_coll totals = JOIST_APPLY(count_cents, by_shop).totals;
    write_totals(p, totals, o, "grouped");

    bought_group_coll both = joist_cogroup(bought, customers, sales,
        .left = JOIST_FIELDS(customer, id), .right = JOIST_FIELDS(sale, customer));
    write_tallies(p, JOIST_APPLY(halves, both).tallies, o, "cogrouped");

    bought_coll pairs = joist_join(bought, customers, sales, .how = JOIST_LEFT_JOIN,
        .left = JOIST_FIELDS(customer, id), .right = JOIST_FIELDS(sale, customer));
    joist_write(pairs, .uri = joist_build_printf(p, "%.*s/joined.jsonl", JOIST_ARG(o->output)));
}

static void combine(joist_pipeline *p, sale_coll sales, const options *o)
{
    joist_total_coll ranges = JOIST_COMBINE(range, sales, .key = JOIST_FIELDS(sale, shop));
    write_totals(p, ranges, o, "ranges");

    joist_tally_coll per_shop = joist_count(sale, sales, shop);
    joist_tally_coll all = joist_count_globally(sale, sales);
    joist_total_coll revenue = joist_sum(sale, sales, shop, cents);
    joist_float_total_coll weight = joist_sum_globally(sale, sales, weight);
    joist_int_result_coll dearest = joist_max(sale, sales, shop, cents);
    joist_float_result_coll lightest = joist_min_globally(sale, sales, weight);
    joist_float_result_coll mean = joist_mean(sale, sales, shop, cents);
    joist_quantile_coll quartiles = joist_quantiles(sale, sales, shop, cents, 5);
    joist_tally_coll buyers = joist_count_distinct(sale, sales, shop, customer);
    joist_tally_coll about = joist_approx_count_distinct(sale, sales, shop, customer);
    write_tallies(p, joist_flatten(joist_tally, per_shop, all, buyers, about), o, "counts");
    write_totals(p, revenue, o, "revenue");
    joist_write(weight, .uri = joist_build_printf(p, "%.*s/weight.jsonl", JOIST_ARG(o->output)));
    joist_write(dearest, .uri = joist_build_printf(p, "%.*s/dearest.jsonl", JOIST_ARG(o->output)));
    joist_write(joist_flatten(joist_float_result, lightest, mean),
                .uri = joist_build_printf(p, "%.*s/floats.jsonl", JOIST_ARG(o->output)));
    joist_write(quartiles, .uri = joist_build_printf(p, "%.*s/quartiles.jsonl",
                                                     JOIST_ARG(o->output)));
}

static void choose(joist_pipeline *p, sale_coll sales, const options *o)
{
    sale_coll best = joist_top(sale, sales, 3, .by = JOIST_FIELDS(sale, cents),
                               .key = JOIST_FIELDS(sale, shop));
    sale_coll worst = joist_bottom(sale, sales, 1, .by = JOIST_FIELDS(sale, cents));
    sale_coll first = joist_distinct(sale, sales, .key = JOIST_FIELDS(sale, shop, customer));
    sale_coll last = joist_latest(sale, sales, .key = JOIST_FIELDS(sale, customer),
                                  .by = JOIST_FIELDS(sale, at));
    sale_coll some = joist_sample(sale, sales, 2, .seed = 42);
    write_sales(p, joist_flatten(sale, best, worst, first, last, some), o, "chosen");
}

static void time_and_parts(joist_pipeline *p, sale_coll sales, const options *o)
{
    sale_coll timed = joist_with_timestamps(sale, sales, at);
    sale_coll hourly = joist_window_into(sale, timed, .fixed_ms = 3600000);
    sale_coll sliding = joist_window_into(sale, timed, .sliding_ms = 3600000, .every_ms = 600000);
    sale_coll sessions = joist_window_into(sale, timed, .gap_ms = 1800000);
    write_tallies(p, joist_count(sale, hourly, shop), o, "hourly");
    write_tallies(p, joist_count(sale, sliding, shop), o, "sliding");
    write_tallies(p, joist_count(sale, sessions, shop), o, "sessions");
    write_tallies(p, visits(p, timed, "visits"), o, "visits");

    by_size_result parts = JOIST_APPLY(by_size, sales);
    sale_coll together = joist_flatten(sale, parts.small, parts.large);
    write_sales(p, JOIST_APPLY(twice, together), o, "together");
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    sale_coll all = joist_read(sale, p, .uri = o->input);
    customer_coll customers = joist_create(customer, p, { JOIST_TEXT("ann"), JOIST_TEXT("Ann") },
                                           { JOIST_TEXT("bob"), JOIST_TEXT("Bob") });

    check_result checked = JOIST_APPLY(check, all, .cfg = { .most = 100000 },
        .side.customers = joist_map_by(customer, customers, id));
    sale_coll sales = JOIST_APPLY(is_paid, JOIST_APPLY(in_euros, checked.good));
    write_sales(p, JOIST_APPLY(watch, checked.large).sales, o, "large");

    group(p, sales, customers, o);
    combine(p, sales, o);
    choose(p, sales, o);
    time_and_parts(p, sales, o);
}

static const joist_dofn *const dofns[] = {
    &check_dofn, &watch_dofn, &in_euros_dofn, &is_paid_dofn, &twice_dofn, &by_size_dofn,
    &count_cents_dofn, &halves_dofn, NULL,
};
static const joist_combine *const combines[] = { &range_combine, NULL };
static const joist_code codes[] = { { "no_price", "a sale without a price" }, { NULL, NULL } };

static const joist_pipeline_def def = {
    .name = "beam_manual", .about = "The snippets of docs/beam.md.", .options = &options_type,
    .dofns = dofns, .combines = combines, .codes = codes, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
