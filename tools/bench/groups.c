/* SPDX-License-Identifier: Apache-2.0
 * What grouping costs: pairs are combined, grouped or joined by their keys, and what comes out is
 * counted and dropped. Counts and sums stand in the summary, so that peers can be compared.
 *
 *     build/bench-groups run --input pairs:FILE --job combine --dry-run
 *     build/bench-groups run --input pairs:FILE --job join --right pairs:FILE --dry-run
 * Tests: tests/e2e/bench_test.py */
#include "groups.h"

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .values = "URI", .help = "the pairs")                 \
    F(T, joist_text, right, 0, .values = "URI", .help = "of a join, the other pairs")             \
    F(T, joist_text, job, 0, .fallback = "combine", .values = "combine|group|join",               \
      .help = "sums and counts per key, the same of groups, or an inner join")
JOIST_RECORD(options, OPTIONS);

#define TOTAL(F, T) F(T, int64_t, key, 0) F(T, int64_t, count, 0) F(T, int64_t, sum, 0)
JOIST_RECORD(total, TOTAL);
JOIST_PAIR(match, pair, pair);

/* ---- combine --------------------------------------------------------------------------------- */
#define ADD_UP(IN, ACC, OUT, CFG) IN(pair) ACC(total) OUT(total)
JOIST_COMBINE_FN(add_up, ADD_UP);
static void add_up_add(const add_up_call *v, total *a, const pair *p)
{
    (void)v;
    a->count++;
    a->sum += p->value;
}

static void add_up_merge(const add_up_call *v, total *a, const total *b)
{
    (void)v;
    a->count += b->count;
    a->sum += b->sum;
}

static joist_status add_up_extract(const add_up_call *v, const total *a, const pair *key)
{
    return total_emit(v->out, (total){ key->key, a->count, a->sum });
}

/* ---- group and join -------------------------------------------------------------------------- */
#define FOLD(IN, OUT, SIDE, CFG, STATE) IN(pair_group) OUT(total, totals)
JOIST_DOFN(fold, FOLD);
static joist_status fold_process(const fold_call *v, const pair_group *g)
{
    total all = { .key = g->key->key };
    for (const pair *p; (p = pair_next(g)); all.count++)
        all.sum += p->value;
    return total_emit(v->out.totals, all);
}

JOIST_MAP(both, match, total);
static total both_map(const match *m)
{
    return (total){ m->left.key, 1, m->left.value + m->right.value };
}

/* ---- the end --------------------------------------------------------------------------------- */
typedef struct sums { int64_t rows, count, sum; } sums;

#define DROP(IN, OUT, SIDE, CFG, STATE) IN(total) OUT(total, none) STATE(sums)
JOIST_HOOK(drop, finish_bundle);
JOIST_DOFN_LIFECYCLE(drop, DROP, .finish_bundle = drop_finish_bundle);
static joist_status drop_process(const drop_call *v, const total *t)
{
    v->state->rows++;
    v->state->count += t->count;
    v->state->sum += t->sum;
    return JOIST_OK;
}

static joist_status drop_finish_bundle(const drop_call *v)
{
    joist_count_add(v->ctx, "rows", v->state->rows);
    joist_count_add(v->ctx, "count", v->state->count);
    joist_count_add(v->ctx, "sum", v->state->sum);
    *v->state = (sums){ 0 };
    return JOIST_OK;
}

static total_coll join_pairs(joist_pipeline *p, const options *o, pair_coll left)
{
    pair_coll right = joist_read(pair, p, .uri = o->right, .name = "right");
    match_coll all = joist_join(match, left, right, .left = JOIST_FIELDS(pair, key),
                                .right = JOIST_FIELDS(pair, key));
    return JOIST_APPLY(both, all);
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    total_coll totals;
    pair_coll pairs = joist_read(pair, p, .uri = o->input, .name = "pairs");
    if (joist_text_equal(o->job, JOIST_TEXT("join"))) {
        totals = join_pairs(p, o, pairs);
    } else if (joist_text_equal(o->job, JOIST_TEXT("group"))) {
        pair_group_coll groups = joist_group_by_key(pair, pairs, .key = JOIST_FIELDS(pair, key));
        totals = JOIST_APPLY(fold, groups).totals;
    } else {
        totals = JOIST_COMBINE(add_up, pairs, .key = JOIST_FIELDS(pair, key));
    }
    joist_write(JOIST_APPLY(drop, totals).none, .uri = JOIST_TEXT("out/bench-groups.ndjson"));
}

static const joist_dofn *const dofns[] = { &fold_dofn, &both_dofn, &drop_dofn, NULL };
static const joist_combine *const combines[] = { &add_up_combine, NULL };
static const joist_connector *const connectors[] = { &pairs_connector, NULL };

static const joist_pipeline_def def = {
    .name = "groups", .about = "Combines, groups or joins pairs, then drops what comes out.",
    .options = &options_type, .dofns = dofns, .combines = combines, .connectors = connectors,
    .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
