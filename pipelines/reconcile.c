/* SPDX-License-Identifier: Apache-2.0
 * Two lists compared key by key (CoGroupByKey): what the books say of each reference, what the bank
 * says, and where the two disagree. Each side may have any number of entries of one reference.
 *
 *     build/reconcile run --input books.jsonl --bank bank.jsonl */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "entries of the books")                       \
    F(T, joist_text, bank, JOIST_REQUIRED, .help = "entries of the bank")                         \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/open.db", .help = "what is open")
JOIST_RECORD(options, OPTIONS);

#define BOOKED(F, T) F(T, joist_text, reference, JOIST_REQUIRED) F(T, int64_t, cents, 0)
JOIST_RECORD(booked, BOOKED);

#define PAID(F, T) F(T, joist_text, reference, JOIST_REQUIRED) F(T, int64_t, cents, 0)
JOIST_RECORD(paid, PAID);

#define OPEN_ITEM(F, T)                                                                           \
    F(T, joist_text, reference, 0) F(T, int64_t, booked, 0) F(T, int64_t, paid, 0)                \
    F(T, int64_t, missing, 0, .help = "booked less paid")
JOIST_RECORD(open_item, OPEN_ITEM);

JOIST_PAIR(entry, booked, paid);

/* Elements of a group have one side each. */
#define COMPARE(IN, OUT, SIDE, CFG, STATE) IN(entry_group) OUT(open_item, open)
JOIST_DOFN(compare, COMPARE);
static joist_status compare_process(const compare_call *v, const entry_group *g)
{
    open_item sums = { .reference = g->key->left.reference };
    for (const entry *e; (e = entry_next(g));) {
        sums.booked += e->has_left ? e->left.cents : 0;
        sums.paid += e->has_right ? e->right.cents : 0;
    }
    sums.missing = sums.booked - sums.paid;
    if (sums.missing == 0) {
        joist_count_add(v->ctx, "settled", 1);
        return JOIST_OK;
    }
    return open_item_emit(v->out.open, sums);
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    booked_coll books = joist_read(booked, p, .uri = o->input);
    paid_coll bank = joist_read(paid, p, .uri = o->bank);
    entry_group_coll by_reference = joist_cogroup(entry, books, bank,
                                                  .left = JOIST_FIELDS(booked, reference),
                                                  .right = JOIST_FIELDS(paid, reference));
    joist_write(JOIST_APPLY(compare, by_reference).open, .uri = o->output,
                .key = JOIST_FIELDS(open_item, reference));
}

static const joist_dofn *const dofns[] = { &compare_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "reconcile", .about = "What the books and the bank disagree about.",
    .options = &options_type, .dofns = dofns, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
