/* SPDX-License-Identifier: Apache-2.0
 * The steps of random graphs: what the engine runs, made of the same small functions as the
 * model. */
#ifndef JST_RANDOM_STEPS_TEST_H
#define JST_RANDOM_STEPS_TEST_H

#include "run_test.h"

/* ---- chance ---------------------------------------------------------------------------------- */

static uint64_t chance;

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t z = (a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2))) * 0xbf58476d1ce4e5b9u;
    return z ^ z >> 29;
}

static size_t below(size_t n)
{
    chance = mix(chance, 77);
    return (size_t)((chance >> 16) % n);
}

/* ---- the steps ------------------------------------------------------------------------------- */

#define KV(F, T) F(T, joist_text, key) F(T, joist_text, value) F(T, int64_t, seq)
JOIST_RECORD(kv, KV);
#define SALT(F, T) F(T, int64_t, salt) F(T, int64_t, times)
JOIST_RECORD(salt, SALT);

static const joist_text words[] = { { "alpha", 5 }, { "beta", 4 }, { "", 0 }, { NULL, 0 },
                                    { "gamma", 5 }, { "delta", 5 }, { "x", 1 }, { "yz", 2 } };
static joist_text word_of(uint64_t n) { return words[n % 8]; }

/* Copy `i` of what a step with this salt makes of e; unique in seq, so that nothing is a tie. */
static ev derived(const ev *e, int64_t salt_, int64_t i)
{
    ev d = *e;
    d.seq = (int64_t)(mix(mix((uint64_t)e->seq, (uint64_t)salt_), (uint64_t)i) >> 8);
    d.n.v += i;
    if (salt_ % 3 == 0)
        d.tag = word_of((uint64_t)d.seq);
    return d;
}
static bool refused(const ev *e, int64_t salt_)
{
    return mix((uint64_t)e->seq, (uint64_t)salt_) % 11 == 0;
}
static bool odd(const ev *e) { return e->seq % 2; }
static int64_t copies(const ev *e, const salt *s)
{
    int64_t some_number = (int64_t)(mix((uint64_t)e->seq, (uint64_t)s->salt) % 4);
    return s->times < 0 ? 1 : some_number % (s->times + 1);
}
static kv kv_of(const ev *e)
{
    return (kv){ e->key.ptr ? e->key : JOIST_TEXT("none"), word_of((uint64_t)e->seq >> 3), e->seq };
}
static ev ev_of(const joist_tally *t, int64_t salt_)
{
    uint64_t h = mix((uint64_t)t->count, (uint64_t)salt_);
    for (size_t i = 0; i < t->key.len; i++)
        h = mix(h, (unsigned char)t->key.ptr[i]);
    return (ev){ t->key, JOIST_INT(t->count), (int64_t)(h >> 8), t->key };
}

#define MAP(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, even) OUT(ev, odd) CFG(salt)
JOIST_DOFN(map, MAP);
static joist_status map_process(const map_call *v, const ev *e)
{
    if (refused(e, v->cfg->salt))
        return joist_reject(v->ctx, "refused", "by chance");
    for (int64_t i = 0; i < copies(e, v->cfg); i++)
        ev_emit(odd(e) ? v->out.odd : v->out.even, derived(e, v->cfg->salt, i));
    return JOIST_OK;
}

#define JOIN(IN, OUT, SIDE, CFG, STATE)                                                           \
    IN(ev) OUT(ev, found) OUT(ev, missing) SIDE(kv, known) CFG(salt)
JOIST_DOFN(join, JOIN);
static joist_status join_process(const join_call *v, const ev *e)
{
    const kv *k = kv_get(v->side.known, e->key);
    ev out = derived(e, v->cfg->salt, 0);
    if (k)
        out.tag = k->value;
    return ev_emit(k ? v->out.found : v->out.missing, out);
}

#define TO_KV(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(kv, ok)
JOIST_DOFN(to_kv, TO_KV);
static joist_status to_kv_process(const to_kv_call *v, const ev *e)
{
    return kv_emit(v->out.ok, kv_of(e));
}

#define BACK(IN, OUT, SIDE, CFG, STATE) IN(joist_tally) OUT(ev, ok) CFG(salt)
JOIST_DOFN(back, BACK);
static joist_status back_process(const back_call *v, const joist_tally *t)
{
    return ev_emit(v->out.ok, ev_of(t, v->cfg->salt));
}

/* ---- event time ------------------------------------------------------------------------------ */

/* Some are at the end of time, where windows are cut off. */
static int64_t time_of(const ev *e, int64_t salt_)
{
    int64_t t = (int64_t)(mix((uint64_t)e->seq, (uint64_t)salt_) % 2000) - 500;
    return salt_ % 5 ? t : INT64_MAX - (t + 500) % 20;
}

static joist_text moment(joist_arena *arena, int64_t ts, joist_window w)
{
    return joist_arena_printf(arena, "%lld[%lld,%lld)", (long long)ts, (long long)w.start_ms,
                              (long long)w.end_ms);
}

#define STAMP(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) CFG(salt)
JOIST_DOFN(stamp, STAMP);
static joist_status stamp_process(const stamp_call *v, const ev *e)
{
    return ev_emit_at(v->out.ok, *e, time_of(e, v->cfg->salt));
}

#define REVEAL(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok)
JOIST_DOFN(reveal, REVEAL);
static joist_status reveal_process(const reveal_call *v, const ev *e)
{
    ev out = *e;
    out.tag = moment(joist_context_arena(v->ctx), joist_timestamp(v->ctx),
                     joist_window_of(v->ctx));
    return ev_emit(v->out.ok, out);
}

/* ---- many into one: `ordered` where the input decides the order ------------------------------ */

typedef struct digest { uint64_t hash; int64_t count; bool ordered; } digest;

static void digest_add(digest *d, int64_t seq)
{
    uint64_t h = mix((uint64_t)seq, 99);
    d->hash = d->ordered ? mix(d->hash, h) : d->hash + h;
    d->count++;
}
static ev digested(const digest *d, joist_text key, joist_text tag)
{
    return (ev){ key, JOIST_INT(d->count), (int64_t)(d->hash >> 8), tag };
}

/* times 0: all, in any order; 1: all in order; 2: the first only. */
#define FOLD(IN, OUT, SIDE, CFG, STATE) IN(ev_group) OUT(ev, ok) CFG(salt)
JOIST_DOFN(fold, FOLD);
static joist_status fold_process(const fold_call *v, const ev_group *g)
{
    digest d = { (uint64_t)v->cfg->salt, 0, v->cfg->times > 0 };
    for (const ev *e; (d.count == 0 || v->cfg->times < 2) && (e = ev_next(g));)
        digest_add(&d, e->seq);
    return ev_emit(v->out.ok, digested(&d, g->key->key, g->key->tag));
}

JOIST_PAIR(ev_kv, ev, kv);
static ev unpaired(const ev *left, const kv *right, int64_t salt_)
{
    ev out = left ? *left : (ev){ .key = right->key, .n = JOIST_INT(-1), .seq = salt_ };
    if (right) {
        out.tag = right->value;
        out.seq = (int64_t)(mix((uint64_t)out.seq, (uint64_t)right->seq) >> 8);
    }
    return out;
}
#define UNPAIR(IN, OUT, SIDE, CFG, STATE) IN(ev_kv) OUT(ev, ok) CFG(salt)
JOIST_DOFN(unpair, UNPAIR);
static joist_status unpair_process(const unpair_call *v, const ev_kv *p)
{
    return ev_emit(v->out.ok, unpaired(p->has_left ? &p->left : NULL,
                                       p->has_right ? &p->right : NULL, v->cfg->salt));
}

#define FOLD_BOTH(IN, OUT, SIDE, CFG, STATE) IN(ev_kv_group) OUT(ev, ok) CFG(salt)
JOIST_DOFN(fold_both, FOLD_BOTH);
static joist_status fold_both_process(const fold_both_call *v, const ev_kv_group *g)
{
    digest d = { (uint64_t)v->cfg->salt, 0, v->cfg->times > 0 };
    for (const ev_kv *p; (p = ev_kv_next(g));)
        digest_add(&d, p->has_left ? p->left.seq : -p->right.seq);
    return ev_emit(v->out.ok, digested(&d, g->key->left.key, g->key->left.key));
}

/* ---- a CombineFn whose accumulator points elsewhere ------------------------------------------ */

#define GATHERED(F, T) F(T, joist_text, least) F(T, int64_t, hash) F(T, int64_t, count)
JOIST_RECORD(gathered, GATHERED);
#define GATHER(IN, ACC, OUT, CFG) IN(ev) ACC(gathered) OUT(ev) CFG(salt)
JOIST_COMBINE_FN_CREATE(gather, GATHER);
static void gather_create(const gather_call *v, gathered *a) { a->hash = v->cfg->salt; }
static void keep_least(joist_arena *to, gathered *a, joist_text tag)
{
    if (tag.ptr && (!a->least.ptr || joist_text_compare(tag, a->least) < 0))
        a->least = joist_arena_text(to, tag);
}
static void gather_add(const gather_call *v, gathered *a, const ev *e)
{
    a->hash = (int64_t)((uint64_t)a->hash + mix((uint64_t)e->seq, 99));
    a->count++;
    keep_least(v->arena, a, e->tag);
}
static void gather_merge(const gather_call *v, gathered *a, const gathered *b)
{
    a->hash = (int64_t)((uint64_t)a->hash + (uint64_t)b->hash - (uint64_t)v->cfg->salt);
    a->count += b->count;
    keep_least(v->arena, a, b->least);
}
static ev ev_of_gathered(const gathered *a, joist_text key)
{
    return (ev){ key, JOIST_INT(a->count), (int64_t)((uint64_t)a->hash >> 8), a->least };
}
static joist_status gather_extract(const gather_call *v, const gathered *a, const ev *key)
{
    return ev_emit(v->out, ev_of_gathered(a, key->key.ptr ? key->key : key->tag));
}

/* ---- side inputs of every kind --------------------------------------------------------------- */

static ev looked_up(const ev *e, const digest *d, joist_text tag, int64_t salt_)
{
    ev out = derived(e, salt_, 0);
    out.n.v += d->count;
    out.seq = (int64_t)(mix((uint64_t)out.seq, d->hash) >> 8);
    if (tag.ptr)
        out.tag = tag;
    return out;
}

#define MULTI(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(kv_many, many) CFG(salt)
JOIST_DOFN(multi, MULTI);
static joist_status multi_process(const multi_call *v, const ev *e)
{
    kv_list many = kv_many(v->side.many, e->key);
    digest d = { 1, 0, v->cfg->times > 0 };
    for (size_t i = 0; i < many.count; i++)
        digest_add(&d, many.items[i].seq);
    return ev_emit(v->out.ok, looked_up(e, &d, d.ordered && d.count ? many.items[0].value
                                                                    : JOIST_NO_TEXT,
                                        v->cfg->salt));
}

#define LISTED(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(kv_all, all) CFG(salt)
JOIST_DOFN(listed, LISTED);
static joist_status listed_process(const listed_call *v, const ev *e)
{
    kv_list all = kv_all(v->side.all);
    digest d = { 1, 0, v->cfg->times > 0 };
    for (size_t i = 0; i < all.count; i++)
        digest_add(&d, all.items[i].seq);
    return ev_emit(v->out.ok, looked_up(e, &d, JOIST_NO_TEXT, v->cfg->salt));
}

#define SINGLE(IN, OUT, SIDE, CFG, STATE) IN(ev) OUT(ev, ok) SIDE(ev_one, one) CFG(salt)
JOIST_DOFN(single, SINGLE);
static joist_status single_process(const single_call *v, const ev *e)
{
    const ev *one = ev_one(v->side.one);
    digest d = { 1, 0, false };
    digest_add(&d, one->seq);
    return ev_emit(v->out.ok, looked_up(e, &d, one->tag, v->cfg->salt));
}

static const joist_dofn *const dofns[] = {
    &map_dofn, &join_dofn, &to_kv_dofn, &back_dofn, &stamp_dofn, &reveal_dofn, &fold_dofn,
    &unpair_dofn, &fold_both_dofn, &multi_dofn, &listed_dofn, &single_dofn, NULL,
};
static const joist_combine *const combines[] = { &gather_combine, NULL };

#endif
