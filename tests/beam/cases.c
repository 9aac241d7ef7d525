/* SPDX-License-Identifier: Apache-2.0
 * One small pipeline per transform and kind of window, on one input. The same ones in Beam are in
 * oracle.py, and what those made of the inputs in golden/in is in golden/.
 *
 *     beam_cases run --input FILE --output FOLDER [--only CASE]
 *
 * writes FOLDER/CASE.WINDOWS.jsonl. */
#include "rows.h"

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED) F(T, joist_text, output, JOIST_REQUIRED)              \
    F(T, joist_text, only, 0, .help = "one case; default: all of them")
JOIST_RECORD(options, OPTIONS);

/* ---- a CombineFn of our own: with an accumulator that points somewhere ----------------------- */
#define SPREAD_ACC(F, T)                                                                          \
    F(T, int64_t, n, 0) F(T, joist_int, low, 0) F(T, joist_int, high, 0)                          \
    F(T, int64_t, squares, 0) F(T, joist_text, label, 0)
JOIST_RECORD(spread_acc, SPREAD_ACC);
#define SPREAD(IN, ACC, OUT, CFG) IN(item) ACC(spread_acc) OUT(joist_line)
JOIST_COMBINE_FN(spread, SPREAD);

static void spread_widen(spread_acc *a, joist_int low, joist_int high)
{
    if (low.set && (!a->low.set || low.v < a->low.v))
        a->low = low;
    if (high.set && (!a->high.set || high.v > a->high.v))
        a->high = high;
}

static void spread_add(const spread_call *v, spread_acc *a, const item *i)
{
    joist_text label = joist_arena_printf(v->arena, "i%05lld", (long long)i->id);
    spread_widen(a, i->n, i->n);
    a->n++;
    a->squares += i->n.v * i->n.v;
    if (!a->label.ptr || joist_text_compare(label, a->label) > 0)
        a->label = label;
}

static void spread_merge(const spread_call *v, spread_acc *a, const spread_acc *b)
{
    (void)v;
    spread_widen(a, b->low, b->high);
    a->n += b->n;
    a->squares += b->squares;
    if (!a->label.ptr || (b->label.ptr && joist_text_compare(b->label, a->label) > 0))
        a->label = b->label;
}

/* The key goes before a tab: it may be NULL. */
static joist_status spread_extract(const spread_call *v, const spread_acc *a, const item *key)
{
    joist_context *ctx = v->call->ctx;
    joist_text low = int_text(ctx, a->low), high = int_text(ctx, a->high);
    joist_text k = key->key.ptr ? key->key : JOIST_TEXT("null");
    joist_text l = a->label.ptr ? a->label : JOIST_TEXT("null");
    return joist_line_emit(v->out, (joist_line){ joist_printf(ctx,
        "%.*s\t%lld %.*s %.*s %lld %.*s", JOIST_ARG(k), (long long)a->n, JOIST_ARG(low),
        JOIST_ARG(high), (long long)a->squares, JOIST_ARG(l)) });
}

#define SHOW_SPREAD(IN, OUT, SIDE, CFG, STATE) IN(joist_line) OUT(row, rows)
JOIST_DOFN(show_spread, SHOW_SPREAD);
static joist_status show_spread_process(const show_spread_call *v, const joist_line *l)
{
    const char *tab = memchr(l->text.ptr, '\t', l->text.len);
    joist_text key = { l->text.ptr, (size_t)(tab - l->text.ptr) };
    joist_text value = { tab + 1, l->text.len - key.len - 1 };
    key = joist_text_equal(key, JOIST_TEXT("null")) ? JOIST_NO_TEXT : key;
    return row_emit(v->out.rows, row_of(v->ctx, key, value));
}

/* ---- side inputs, parts ---------------------------------------------------------------------- */
#define NAMED(F, T) F(T, joist_text, code, JOIST_REQUIRED) F(T, joist_text, name)
JOIST_RECORD(named, NAMED);

#define LOOK_UP(IN, OUT, SIDE, CFG, STATE)                                                        \
    IN(item) OUT(row, rows) SIDE(named, map) SIDE(named_many, many) SIDE(named_all, all)          \
    SIDE(named_one, one)
JOIST_DOFN(look_up, LOOK_UP);
static joist_status look_up_process(const look_up_call *v, const item *i)
{
    joist_text key = i->key.ptr ? i->key : JOIST_TEXT("null");
    const named *found = named_get(v->side.map, key), *one = named_one(v->side.one);
    named_list many = named_many(v->side.many, key), all = named_all(v->side.all);
    joist_text name = found ? found->name : JOIST_TEXT("-");
    return row_emit(v->out.rows, row_of(v->ctx, i->key, joist_printf(v->ctx,
        "%lld %.*s %zu %zu %.*s", (long long)i->id, JOIST_ARG(name), many.count, all.count,
        JOIST_ARG(one->name))));
}

JOIST_PARTITION(by_sign, item, negative, zero, positive);
static int by_sign_partition(const item *i)
{
    return i->n.v < 0 ? by_sign_negative : i->n.v > 0 ? by_sign_positive : by_sign_zero;
}

JOIST_FILTER(is_left, item);
static bool is_left_keep(const item *i) { return !i->right; }

JOIST_FILTER(is_right, item);
static bool is_right_keep(const item *i) { return i->right; }

/* ---- the cases ------------------------------------------------------------------------------- */
typedef struct inputs { joist_pipeline *p; item_coll all; } inputs;
typedef row_coll (*case_fn)(const inputs *in);

static item_coll left_of(const inputs *in) { return JOIST_APPLY(is_left, in->all); }
static item_coll right_of(const inputs *in) { return JOIST_APPLY(is_right, in->all); }

#define CASE(NAME, SHOWN, COLL)                                                                   \
    static row_coll case_##NAME(const inputs *in) { return JOIST_APPLY(SHOWN, COLL).rows; }

CASE(times, show_id, in->all)
CASE(group, show_group, joist_group_by_key(item, in->all, .key = JOIST_FIELDS(item, key)))
CASE(group_x, show_x_group, joist_group_by_key(item, in->all, .key = JOIST_FIELDS(item, x)))
CASE(cogroup, show_cogroup, joist_cogroup(both, left_of(in), right_of(in),
     .left = JOIST_FIELDS(item, key), .right = JOIST_FIELDS(item, key)))
CASE(join_inner, show_pair, joist_join(both, left_of(in), right_of(in),
     .left = JOIST_FIELDS(item, key), .right = JOIST_FIELDS(item, key)))
CASE(join_left, show_pair, joist_join(both, left_of(in), right_of(in), .how = JOIST_LEFT_JOIN,
     .left = JOIST_FIELDS(item, key), .right = JOIST_FIELDS(item, key)))
CASE(join_right, show_pair, joist_join(both, left_of(in), right_of(in), .how = JOIST_RIGHT_JOIN,
     .left = JOIST_FIELDS(item, key), .right = JOIST_FIELDS(item, key)))
CASE(join_full, show_pair, joist_join(both, left_of(in), right_of(in), .how = JOIST_FULL_JOIN,
     .left = JOIST_FIELDS(item, key), .right = JOIST_FIELDS(item, key)))
CASE(combine, show_spread, JOIST_COMBINE(spread, in->all, .key = JOIST_FIELDS(item, key)))
CASE(combine_globally, show_spread, JOIST_COMBINE(spread, in->all))
CASE(count, show_tally, joist_count(item, in->all, key))
CASE(count_globally, show_tally, joist_count_globally(item, in->all))
CASE(sum, show_total, joist_sum(item, in->all, key, n))
CASE(sum_globally, show_total, joist_sum_globally(item, in->all, n))
CASE(sum_x, show_float_total, joist_sum(item, in->all, key, x))
CASE(min, show_int, joist_min(item, in->all, key, n))
CASE(min_globally, show_int, joist_min_globally(item, in->all, n))
CASE(min_x, show_float, joist_min(item, in->all, key, x))
CASE(max, show_int, joist_max(item, in->all, key, n))
CASE(max_globally, show_int, joist_max_globally(item, in->all, n))
CASE(max_x, show_float, joist_max(item, in->all, key, x))
CASE(mean, show_float, joist_mean(item, in->all, key, n))
CASE(mean_globally, show_float, joist_mean_globally(item, in->all, n))
CASE(mean_x, show_float, joist_mean(item, in->all, key, x))
CASE(top, show_n, joist_top(item, in->all, 3, .by = JOIST_FIELDS(item, n),
                            .key = JOIST_FIELDS(item, key)))
CASE(top_globally, show_id, joist_top(item, in->all, 3, .by = JOIST_FIELDS(item, id)))
CASE(bottom, show_id, joist_bottom(item, in->all, 2, .by = JOIST_FIELDS(item, n, id),
                                   .key = JOIST_FIELDS(item, key)))
CASE(distinct, show_n, joist_distinct(item, in->all, .key = JOIST_FIELDS(item, key, n)))
CASE(count_distinct, show_tally, joist_count_distinct(item, in->all, key, n))
CASE(count_distinct_globally, show_tally, joist_count_distinct_globally(item, in->all, n))
CASE(approx_count_distinct, show_tally, joist_approx_count_distinct(item, in->all, key, n))
CASE(latest, show_at, joist_latest(item, in->all, .key = JOIST_FIELDS(item, key),
                                   .by = JOIST_FIELDS(item, at)))
CASE(sample, show_tally, joist_count(item, joist_sample(item, in->all, 5,
                                     .key = JOIST_FIELDS(item, key)), key))
CASE(sample_globally, show_tally, joist_count_globally(item, joist_sample(item, in->all, 10)))
CASE(quantiles, show_quantile, joist_quantiles(item, in->all, key, n, 5))
CASE(flatten, show_id, joist_flatten(item, left_of(in), right_of(in), left_of(in)))

static row_coll case_partition(const inputs *in)
{
    by_sign_result parts = JOIST_APPLY(by_sign, in->all);
    row_coll negative = JOIST_APPLY(show_tally, joist_count_globally(item, parts.negative)).rows;
    row_coll zero = JOIST_APPLY(show_tally, joist_count(item, parts.zero, key)).rows;
    return joist_flatten(row, negative, zero, JOIST_APPLY(show_id, parts.positive).rows);
}

static row_coll case_side(const inputs *in)
{
    named_coll names = joist_create(named, in->p, { JOIST_TEXT("a"), JOIST_TEXT("Alpha") },
                                    { JOIST_TEXT("hot"), JOIST_TEXT("Heat") },
                                    { JOIST_TEXT("null"), JOIST_TEXT("nothing") });
    named_coll many = joist_create(named, in->p, { JOIST_TEXT("a"), JOIST_TEXT("1") },
                                   { JOIST_TEXT("b"), JOIST_TEXT("2") },
                                   { JOIST_TEXT("a"), JOIST_TEXT("3") });
    named_coll one = joist_create(named, in->p, { JOIST_TEXT("x"), JOIST_TEXT("One") });
    return JOIST_APPLY(look_up, in->all, .side.map = joist_map_by(named, names, code),
                       .side.many = joist_multimap_by(named, many, code),
                       .side.all = joist_list_of(named, many),
                       .side.one = joist_singleton(named, one)).rows;
}

/* ---- the table ------------------------------------------------------------------------------- */
enum { GLOBAL = 1, FIXED = 2, SLIDING = 4, SESSIONS = 8, ALL = 15 };
static const char *const window_names[] = { "global", "fixed", "sliding", "sessions" };

static const struct { const char *name; case_fn fn; int windows; } cases[] = {
#define ROW_OF(NAME, WINDOWS) { #NAME, case_##NAME, WINDOWS }
    ROW_OF(times, GLOBAL | FIXED | SLIDING), ROW_OF(group, ALL), ROW_OF(group_x, GLOBAL),
    ROW_OF(cogroup, ALL), ROW_OF(join_inner, ALL), ROW_OF(join_left, ALL),
    ROW_OF(join_right, ALL), ROW_OF(join_full, ALL), ROW_OF(combine, ALL),
    ROW_OF(combine_globally, ALL), ROW_OF(count, ALL), ROW_OF(count_globally, ALL),
    ROW_OF(sum, ALL), ROW_OF(sum_globally, ALL), ROW_OF(sum_x, ALL), ROW_OF(min, ALL),
    ROW_OF(min_globally, ALL), ROW_OF(min_x, GLOBAL), ROW_OF(max, ALL),
    ROW_OF(max_globally, ALL), ROW_OF(max_x, GLOBAL), ROW_OF(mean, ALL),
    ROW_OF(mean_globally, ALL), ROW_OF(mean_x, ALL), ROW_OF(top, ALL),
    ROW_OF(top_globally, ALL), ROW_OF(bottom, ALL), ROW_OF(distinct, ALL),
    ROW_OF(count_distinct, ALL), ROW_OF(count_distinct_globally, ALL),
    ROW_OF(approx_count_distinct, ALL), ROW_OF(latest, GLOBAL | FIXED | SLIDING),
    ROW_OF(sample, ALL), ROW_OF(sample_globally, ALL), ROW_OF(quantiles, GLOBAL | FIXED),
    ROW_OF(flatten, GLOBAL | FIXED), ROW_OF(partition, GLOBAL | FIXED), ROW_OF(side, GLOBAL),
};

static item_coll in_windows(item_coll items, int windows)
{
    switch (windows) {
    case FIXED: return joist_window_into(item, items, .fixed_ms = 10000);
    case SLIDING:
        return joist_window_into(item, items, .sliding_ms = 10000, .every_ms = 4000,
                                 .offset_ms = 1000);
    case SESSIONS: return joist_window_into(item, items, .gap_ms = 3000);
    default: return items;
    }
}

static bool is_wanted(const options *o, size_t at, size_t windows)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", cases[at].name, window_names[windows]);
    return cases[at].windows & 1 << windows
        && (!o->only.ptr || joist_text_equal(o->only, joist_text_of(name)));
}

static void build_case(joist_pipeline *p, const options *o, size_t at, size_t windows,
                       item_coll items)
{
    joist_text name = joist_build_printf(p, "%s.%s%c", cases[at].name, window_names[windows], 0);
    name.len--;
    JOIST_SCOPE(p, name.ptr) {
        const inputs in = { p, in_windows(items, 1 << windows) };
        joist_write(cases[at].fn(&in),
                    .uri = joist_build_printf(p, "%.*s/%.*s.jsonl", JOIST_ARG(o->output),
                                              JOIST_ARG(name)));
    }
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    input_coll lines = joist_read(input, p, .uri = o->input);
    item_coll items = JOIST_APPLY(to_item, lines).items;
    items = joist_with_timestamps(item, items, at);
    for (size_t w = 0; w < sizeof window_names / sizeof window_names[0]; w++)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            if (is_wanted(o, i, w))
                build_case(p, o, i, w, items);
}

static const joist_dofn *const dofns[] = {
    &to_item_dofn, &show_n_dofn, &show_id_dofn, &show_at_dofn, &show_tally_dofn, &show_total_dofn,
    &show_float_total_dofn, &show_int_dofn, &show_float_dofn, &show_quantile_dofn,
    &show_group_dofn, &show_x_group_dofn, &show_cogroup_dofn, &show_pair_dofn, &show_spread_dofn,
    &look_up_dofn, &by_sign_dofn, &is_left_dofn, &is_right_dofn, NULL,
};
static const joist_combine *const combines[] = { &spread_combine, NULL };

static const joist_pipeline_def def = {
    .name = "beam_cases", .about = "One small pipeline per transform and kind of window.",
    .options = &options_type, .dofns = dofns, .combines = combines, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
