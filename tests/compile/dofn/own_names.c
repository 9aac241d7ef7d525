/* SPDX-License-Identifier: Apache-2.0
 * A global with a name that the macros use. They declare nothing in a program but names that begin
 * with the step's or end with an underscore, so under -Wshadow all others are the program's.
 *
 * EXPECT gcc: 'tally_process' redeclared as different kind of symbol
 * EXPECT clang: redefinition of 'tally_process' as different kind of symbol */
#include "../base.h"

#ifdef CURED
extern int a, acc, all, args, b, bundle, c, call, cfg, config, count, create, ctx, def, dofn, e;
extern int element, elements, f, fn, frame, g, hook, hooks, i, in, item, items, it, j, k, key, l, m;
extern int n, name, next, o, out, outs, p, part, phase, port, ports, position, r, result, s, scope;
extern int side, sides, site, size, state, status, v, value, w, x, y;
#else
extern int tally_process;
#endif

#define TALLY(IN, OUT, SIDE, CFG, STATE)                                                          \
    IN(word) OUT(word, ok) OUT(event, at) SIDE(event, known) SIDE(word_all, every) CFG(limits)    \
    STATE(limits)
JOIST_HOOK(tally, setup);
JOIST_DOFN_LIFECYCLE(tally, TALLY, .setup = tally_setup);
static joist_status tally_setup(const tally_call *call_) { (void)call_; return JOIST_OK; }
static joist_status tally_process(const tally_call *call_, const word *in_)
{
    return word_emit(call_->out.ok, *in_);
}

JOIST_MAP(copy, word, word);
static word copy_map(const word *w_) { return *w_; }
JOIST_FILTER(some, word);
static bool some_keep(const word *w_) { return w_->length.set; }
JOIST_FLAT_MAP(both, word, word);
static void both_flat_map(const word *w_, word_out out_)
{
    word_emit(out_, *w_);
    word_emit(out_, *w_);
}
JOIST_PARTITION(halves, word, small, large);
static int halves_partition(const word *w_)
{
    return w_->length.v > 9 ? halves_large : halves_small;
}

#define LONGEST(IN, ACC, OUT, CFG) IN(word) ACC(word) OUT(word) CFG(limits)
JOIST_COMBINE_FN(longest, LONGEST);
static void longest_add(const longest_call *call_, word *acc_, const word *w_)
{
    (void)call_;
    *acc_ = w_->length.v > acc_->length.v ? *w_ : *acc_;
}
static void longest_merge(const longest_call *call_, word *acc_, const word *b_)
{
    longest_add(call_, acc_, b_);
}
static joist_status longest_extract(const longest_call *call_, const word *acc_, const word *key_)
{
    (void)key_;
    return word_emit(call_->out, *acc_);
}

JOIST_PAIR(pair, word, word);

JOIST_BUILD(build, limits);
static void build(joist_pipeline *p_, const limits *o_)
{
    word_coll words_ = joist_read(word, p_), parts_ = words_;
    JOIST_SCOPE(p_, "scope") {
        word_coll copies_ = JOIST_APPLY(some, JOIST_APPLY(copy, words_));
        parts_ = JOIST_APPLY(halves, JOIST_APPLY(both, copies_)).small;
    }
    word_coll long_ = JOIST_COMBINE(longest, parts_, .key = JOIST_FIELDS(word, text), .cfg = *o_);
    pair_coll pairs_ = joist_join(pair, long_, words_, .left = JOIST_FIELDS(word, text),
                                  .right = JOIST_FIELDS(word, text));
    joist_write(pairs_, .uri = JOIST_TEXT("out.jsonl"));
}

extern const joist_pipeline_def definition;
const joist_pipeline_def definition = { .name = "names", .options = &limits_type,
                                        .build = build_any };
