/* SPDX-License-Identifier: Apache-2.0
 * The model of random graphs, too simple to be wrong: one array per collection, made by loops. */
#ifndef JST_RANDOM_MODEL_TEST_H
#define JST_RANDOM_MODEL_TEST_H

#include "random_steps_test.h"

enum { MOST_COLLS = 64, MOST_OPS = 40, LARGEST = 4000 };

typedef enum kind {
    READ, MAP_, JOIN_, TO_KV_, BACK_, LATEST, LATEST_KV, COUNT, SUM, FLATTEN, STAMP_, WINDOW,
    REVEAL_, GROUP, PAIR_UP, COGROUP, GATHER_, MULTI_, LISTED_, SINGLE_
} kind;
typedef enum shape { EV, KV_, TALLY, TOTAL } shape;
static const joist_type *const types[] = { &ev_type, &kv_type, &joist_tally_type,
                                           &joist_total_type };

/* All zeroes: the global window. */
typedef struct windowing { int64_t fixed, sliding, every, gap, offset; } windowing;

typedef struct element {
    union { ev e; kv k; joist_tally tally; joist_total total; } is;
    uint64_t place;             /* in the input; the last of two ties is the later one */
    int64_t ts;
    joist_window w;
} element;

/* `pure`: every element is of another record, so that the input decides ties. */
typedef struct coll {
    shape shape;
    element *items; size_t count;
    bool used, pure;
    unsigned sources;
    windowing in;
} coll;

typedef struct op {
    kind kind;
    size_t in[3], ins, out[2], way;
    int64_t salt, times;
    windowing into;
} op;

static op ops[MOST_OPS];
static coll colls[MOST_COLLS];
static joist_arena *arena;         /* of the model's texts */
static size_t ops_count, colls_count, inputs_count, rejects;
static ev *inputs[3];
static size_t input_counts[3];

static void add(coll *c, element e)
{
    if ((c->count & (c->count + 1)) == 0)
        c->items = joist_realloc(c->items, (2 * c->count + 2) * sizeof *c->items);
    c->items[c->count++] = e;
}

/* What a step made of one element is where that was. */
static void add_ev(coll *c, const element *from, ev e)
{
    element made = *from;
    made.is.e = e;
    add(c, made);
}

/* What was made of a group is in its window, at the last instant. */
static element in_group(joist_window w)
{
    element e;
    memset(&e, 0, sizeof e);
    e.w = w;
    e.ts = joist_window_last(w);
    return e;
}

static coll *new_coll(op *o, size_t port, shape s, const coll *from)
{
    o->out[port] = colls_count;
    colls[colls_count] = (coll){ .shape = s };
    if (from) {
        colls[colls_count].in = from->in;
        colls[colls_count].sources = from->sources;
        colls[colls_count].pure = from->pure;
    }
    return &colls[colls_count++];
}

static bool is_global(const coll *c) { return !c->in.fixed && !c->in.sliding && !c->in.gap; }
static bool same_windowing(const coll *a, const coll *b)
{
    return memcmp(&a->in, &b->in, sizeof a->in) == 0;
}

/* ---- element by element ---------------------------------------------------------------------- */

static void model_read(op *o)
{
    coll *c = new_coll(o, 0, EV, NULL);
    c->pure = true;
    c->sources = 1u << o->way;
    for (size_t i = 0; i < input_counts[o->way]; i++) {
        element e = in_group(JOIST_GLOBAL_WINDOW);
        e.ts = JOIST_TIMESTAMP_MIN;
        e.place = (uint64_t)o->way << 32 | i;
        e.is.e = inputs[o->way][i];
        add(c, e);
    }
}

static void model_map(op *o, const coll *in)
{
    coll *two[2] = { new_coll(o, 0, EV, in), new_coll(o, 1, EV, in) };
    const salt s = { o->salt, o->times };
    for (size_t i = 0; i < in->count; i++) {
        const ev *e = &in->items[i].is.e;
        bool no = refused(e, o->salt);
        rejects += no;
        for (int64_t k = 0; !no && k < copies(e, &s); k++)
            add_ev(two[odd(e)], &in->items[i], derived(e, o->salt, k));
    }
    for (int i = 0; i < 2; i++)
        two[i]->pure &= o->times < 2;
}

static void model_join(op *o, const coll *in, const coll *side)
{
    coll *two[2] = { new_coll(o, 0, EV, in), new_coll(o, 1, EV, in) };
    for (size_t i = 0; i < in->count; i++) {
        const ev *e = &in->items[i].is.e;
        ev out = derived(e, o->salt, 0);
        size_t k = 0;
        while (k < side->count
               && !(e->key.ptr && joist_text_equal(side->items[k].is.k.key, e->key)))
            k++;
        if (k < side->count)
            out.tag = side->items[k].is.k.value;
        add_ev(two[k == side->count], &in->items[i], out);
    }
}

static int by_place(const void *a, const void *b)
{
    const element *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Those of `side` with this key, in input order where there is one; NULL: any key. */
static digest look_at(const coll *side, const joist_text *key, bool ordered, joist_text *first)
{
    digest d = { 1, 0, ordered };
    for (size_t i = 0; i < side->count; i++) {
        const kv *k = &side->items[i].is.k;
        if (key && !(key->ptr && joist_text_equal(*key, k->key)))
            continue;
        *first = ordered && d.count == 0 ? k->value : *first;
        digest_add(&d, k->seq);
    }
    return d;
}

static void model_look(op *o, const coll *in, coll *side)
{
    coll *c = new_coll(o, 0, EV, in);
    if (o->times > 0 && side->count)
        qsort(side->items, side->count, sizeof *side->items, by_place);
    for (size_t i = 0; i < in->count; i++) {
        const ev *e = &in->items[i].is.e;
        joist_text first = JOIST_NO_TEXT;
        digest d = look_at(side, o->kind == MULTI_ ? &e->key : NULL, o->times > 0, &first);
        add_ev(c, &in->items[i],
               looked_up(e, &d, o->kind == MULTI_ ? first : JOIST_NO_TEXT, o->salt));
    }
}

static void model_single(op *o, const coll *in, const coll *side)
{
    coll *c = new_coll(o, 0, EV, in);
    digest d = { 1, 0, false };
    digest_add(&d, side->items[0].is.e.seq);
    for (size_t i = 0; i < in->count; i++)
        add_ev(c, &in->items[i],
               looked_up(&in->items[i].is.e, &d, side->items[0].is.e.tag, o->salt));
}

static void model_convert(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, o->kind == TO_KV_ ? KV_ : EV, in);
    for (size_t i = 0; i < in->count; i++) {
        element made = in->items[i];
        if (o->kind == TO_KV_)
            made.is.k = kv_of(&in->items[i].is.e);
        else
            made.is.e = ev_of(&in->items[i].is.tally, o->salt);
        add(c, made);
    }
}

static void model_flatten(op *o)
{
    coll *c = new_coll(o, 0, EV, &colls[o->in[0]]);
    c->pure = true;
    c->sources = 0;
    for (size_t k = 0; k < o->ins; k++) {
        const coll *in = &colls[o->in[k]];
        for (size_t i = 0; i < in->count; i++)
            add(c, in->items[i]);
        c->pure &= in->pure && !(c->sources & in->sources);
        c->sources |= in->sources;
    }
}

/* ---- event time ------------------------------------------------------------------------------ */

static void model_stamp(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, EV, in);
    for (size_t i = 0; i < in->count; i++) {
        element e = in->items[i];
        e.ts = time_of(&e.is.e, o->salt);
        add(c, e);
    }
}

static void model_reveal(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, EV, in);
    for (size_t i = 0; i < in->count; i++) {
        ev e = in->items[i].is.e;
        e.tag = moment(arena, in->items[i].ts, in->items[i].w);
        add_ev(c, &in->items[i], e);
    }
}

__extension__ typedef __int128 wide;

static int64_t cut(wide ms)
{
    return ms < INT64_MIN ? INT64_MIN : ms > INT64_MAX ? INT64_MAX : (int64_t)ms;
}

/* Every window that could hold t, from far before it to far behind it. */
static void add_windows(coll *c, element e, int64_t size, int64_t every, int64_t offset)
{
    wide t = e.ts, from = (t - offset - size) / every - 2;
    for (wide k = from; k * every + offset <= t; k++) {
        wide start = k * every + offset;
        if (start + size <= t)
            continue;
        e.w = (joist_window){ cut(start), cut(start + size) };
        add(c, e);
    }
}

static void model_window(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, EV, in);
    const windowing *w = &o->into;
    c->in = *w;
    c->pure &= !w->sliding;
    for (size_t i = 0; i < in->count; i++) {
        element e = in->items[i];
        e.w = w->gap ? (joist_window){ e.ts, cut((wide)e.ts + w->gap) } : JOIST_GLOBAL_WINDOW;
        if (w->fixed || w->sliding)
            add_windows(c, e, w->fixed + w->sliding, w->fixed + w->every, w->offset);
        else
            add(c, e);
    }
}

/* ---- groups ---------------------------------------------------------------------------------- */

static bool texts_differ(joist_text a, joist_text b)
{
    return !a.ptr != !b.ptr || !joist_text_equal(a, b);
}

/* An element on its way to a group: by up to two texts, and of which side of a join. */
typedef struct item { const element *at; joist_text key[2]; bool right; size_t group; } item;
typedef struct group { joist_text key[2]; joist_window w; } group;

static item *items;
static group *groups;
static size_t items_count, groups_count;
static bool in_sessions;

/* way % 4: by key, by tag, by both, by nothing. */
static void gather_items(const coll *c, size_t way, bool right)
{
    items = joist_realloc(items, (items_count + c->count + 1) * sizeof *items);
    for (size_t i = 0; i < c->count; i++) {
        const ev *e = &c->items[i].is.e;
        item it = { .at = &c->items[i], .right = right };
        it.key[0] = c->shape == KV_ ? c->items[i].is.k.key
                  : way % 4 == 1 || way % 4 == 3 ? JOIST_NO_TEXT : e->key;
        it.key[1] = c->shape == KV_ || way % 4 == 0 || way % 4 == 3 ? JOIST_NO_TEXT : e->tag;
        items[items_count++] = it;
    }
}

/* Sessions are in the order of time, left before right at one instant; others left before right. */
static int by_order(const void *a, const void *b)
{
    const item *x = a, *y = b;
    const int64_t s = in_sessions ? x->at->w.start_ms : 0, t = in_sessions ? y->at->w.start_ms : 0;
    if (s != t)
        return s > t ? 1 : -1;
    if (x->right != y->right)
        return x->right ? 1 : -1;
    return by_place(x->at, y->at);
}

static bool belongs(const item *it, const group *g)
{
    if (texts_differ(it->key[0], g->key[0]) || texts_differ(it->key[1], g->key[1]))
        return false;
    if (!in_sessions)
        return joist_window_equal(it->at->w, g->w);
    return it->at->w.start_ms < g->w.end_ms || g->w.end_ms == INT64_MAX;
}

static void put_into_groups(bool sessions)
{
    in_sessions = sessions;
    groups = joist_realloc(groups, (items_count + 1) * sizeof *groups);
    groups_count = 0;
    if (items_count)
        qsort(items, items_count, sizeof *items, by_order);
    for (size_t i = 0; i < items_count; i++) {
        item *it = &items[i];
        size_t g = groups_count;
        while (g > 0 && !belongs(it, &groups[g - 1]))
            g--;
        if (g == 0) {
            g = ++groups_count;
            groups[g - 1] = (group){ { it->key[0], it->key[1] }, it->at->w };
        }
        it->group = g - 1;
        if (it->at->w.end_ms > groups[g - 1].w.end_ms)
            groups[g - 1].w.end_ms = it->at->w.end_ms;
    }
}

static void group_up(const coll *left, size_t way, const coll *right)
{
    items_count = 0;
    gather_items(left, way, false);
    if (right)
        gather_items(right, way, true);
    put_into_groups(left->in.gap);
}

static coll *grouped(op *o, shape s, const coll *in)
{
    coll *c = new_coll(o, 0, s, in);
    c->pure = false;
    return c;
}

static void model_fold(op *o, const coll *in)
{
    coll *c = grouped(o, EV, in);
    group_up(in, o->way, NULL);
    for (size_t g = 0; g < groups_count; g++) {
        digest d = { (uint64_t)o->salt, 0, o->times > 0 };
        for (size_t i = 0; i < items_count; i++)
            if (items[i].group == g && (d.count == 0 || o->times < 2))
                digest_add(&d, items[i].at->is.e.seq);
        element made = in_group(groups[g].w);
        made.is.e = digested(&d, groups[g].key[0], groups[g].key[1]);
        add(c, made);
    }
}

static void model_cogroup(op *o, const coll *in, const coll *right)
{
    coll *c = grouped(o, EV, in);
    group_up(in, 0, right);
    for (size_t g = 0; g < groups_count; g++) {
        digest d = { (uint64_t)o->salt, 0, o->times > 0 };
        for (size_t i = 0; i < items_count; i++)
            if (items[i].group == g)
                digest_add(&d, items[i].right ? -items[i].at->is.k.seq : items[i].at->is.e.seq);
        element made = in_group(groups[g].w);
        made.is.e = digested(&d, groups[g].key[0], groups[g].key[0]);
        add(c, made);
    }
}

static size_t count_of(size_t g, bool right)
{
    size_t n = 0;
    for (size_t i = 0; i < items_count; i++)
        n += items[i].group == g && items[i].right == right;
    return n;
}

static void add_pair(coll *c, const op *o, size_t g, const ev *left, const kv *right)
{
    element made = in_group(groups[g].w);
    made.is.e = unpaired(left, right, o->salt);
    add(c, made);
}

/* way: inner, left, right, full. */
static void model_pairs(op *o, const coll *in, const coll *right)
{
    coll *c = grouped(o, EV, in);
    group_up(in, 0, right);
    for (size_t g = 0; g < groups_count; g++) {
        bool no_left = !count_of(g, false), no_right = !count_of(g, true);
        for (size_t i = 0; i < items_count; i++) {
            if (items[i].group != g)
                continue;
            if (items[i].right && no_left && o->way >= 2)
                add_pair(c, o, g, NULL, &items[i].at->is.k);
            if (!items[i].right && no_right && o->way % 2)
                add_pair(c, o, g, &items[i].at->is.e, NULL);
            for (size_t k = 0; !items[i].right && k < items_count; k++)
                if (items[k].group == g && items[k].right)
                    add_pair(c, o, g, &items[i].at->is.e, &items[k].at->is.k);
        }
    }
}

/* How many pairs an inner join would have. */
static size_t pairs_between(const coll *in, const coll *right)
{
    size_t n = 0;
    group_up(in, 0, right);
    for (size_t g = 0; g < groups_count; g++)
        n += count_of(g, false) * count_of(g, true);
    return n;
}

static void model_gather(op *o, const coll *in)
{
    coll *c = grouped(o, EV, in);
    group_up(in, o->way, NULL);
    if (o->way % 4 == 3 && !groups_count && is_global(in))
        groups[groups_count++] = (group){ .w = JOIST_GLOBAL_WINDOW };
    for (size_t g = 0; g < groups_count; g++) {
        gathered a = { .hash = o->salt };
        for (size_t i = 0; i < items_count; i++)
            if (items[i].group == g) {
                a.hash = (int64_t)((uint64_t)a.hash + mix((uint64_t)items[i].at->is.e.seq, 99));
                a.count++;
                keep_least(arena, &a, items[i].at->is.e.tag);
            }
        element made = in_group(groups[g].w);
        made.is.e = ev_of_gathered(&a, groups[g].key[0].ptr ? groups[g].key[0]
                                                            : groups[g].key[1]);
        add(c, made);
    }
}

/* Counts and sums: way % 3: by key, by tag, by n. */
static joist_text group_text(size_t way, const ev *e)
{
    if (way % 3 != 2)
        return way % 3 ? e->tag : e->key;
    return e->n.set ? joist_arena_printf(arena, "%lld", (long long)e->n.v) : JOIST_NO_TEXT;
}

static void model_count(op *o, const coll *in)
{
    coll *c = grouped(o, o->kind == COUNT ? TALLY : TOTAL, in);
    items_count = 0;
    gather_items(in, 3, false);
    for (size_t i = 0; i < items_count; i++)
        items[i].key[0] = group_text(o->way, &items[i].at->is.e);
    put_into_groups(in->in.gap);
    for (size_t g = 0; g < groups_count; g++) {
        element made = in_group(groups[g].w);
        made.is.tally.key = groups[g].key[0];
        for (size_t i = 0; i < items_count; i++) {
            const ev *e = &items[i].at->is.e;
            if (items[i].group == g)
                made.is.tally.count += o->kind == COUNT ? 1 : e->n.set ? e->n.v : 0;
        }
        add(c, made);
    }
}

/* ---- latest ---------------------------------------------------------------------------------- */

/* way % 3: by key, by tag, by both. */
static bool same_group(size_t way, const ev *a, const ev *b)
{
    return !(way % 3 != 1 && texts_differ(a->key, b->key))
        && !(way % 3 != 0 && texts_differ(a->tag, b->tag));
}

static int compare_ints(joist_int a, joist_int b)
{
    return a.set != b.set ? (a.set ? 1 : -1) : !a.set ? 0 : (a.v > b.v) - (a.v < b.v);
}

/* way / 3: by n and seq, by n, by nothing; the last only where the input decides ties. */
static bool replaces(size_t way, const element *a, const element *b)
{
    int c = way / 3 < 2 ? compare_ints(a->is.e.n, b->is.e.n) : 0;
    if (!c && way / 3 == 0)
        c = (a->is.e.seq > b->is.e.seq) - (a->is.e.seq < b->is.e.seq);
    return c ? c > 0 : a->place >= b->place;
}

static void end_of_windows(coll *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->items[i].ts = joist_window_last(c->items[i].w);
}

static void model_latest(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, EV, in);
    for (size_t i = 0, k; i < in->count; i++) {
        const element *e = &in->items[i];
        for (k = 0; k < c->count && !(same_group(o->way, &e->is.e, &c->items[k].is.e)
                                      && joist_window_equal(e->w, c->items[k].w)); k++)
            ;
        if (k == c->count)
            add(c, *e);
        else if (replaces(o->way, e, &c->items[k]))
            c->items[k] = *e;
    }
    end_of_windows(c);
}

static void model_latest_kv(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, KV_, in);
    for (size_t i = 0, k; i < in->count; i++) {
        const element *e = &in->items[i];
        for (k = 0; k < c->count && (texts_differ(e->is.k.key, c->items[k].is.k.key)
                                     || !joist_window_equal(e->w, c->items[k].w)); k++)
            ;
        if (k == c->count)
            add(c, *e);
        else if (e->is.k.seq > c->items[k].is.k.seq)
            c->items[k] = *e;
    }
    end_of_windows(c);
}

static void model(op *o)
{
    coll *in = &colls[o->in[0]], *second = &colls[o->in[1]];
    for (size_t i = 0; i < o->ins; i++)
        colls[o->in[i]].used = true;
    switch (o->kind) {
    case READ: model_read(o); break;
    case MAP_: model_map(o, in); break;
    case JOIN_: model_join(o, in, second); break;
    case TO_KV_:
    case BACK_: model_convert(o, in); break;
    case LATEST: model_latest(o, in); break;
    case LATEST_KV: model_latest_kv(o, in); break;
    case COUNT:
    case SUM: model_count(o, in); break;
    case FLATTEN: model_flatten(o); break;
    case STAMP_: model_stamp(o, in); break;
    case WINDOW: model_window(o, in); break;
    case REVEAL_: model_reveal(o, in); break;
    case GROUP: model_fold(o, in); break;
    case PAIR_UP: model_pairs(o, in, second); break;
    case COGROUP: model_cogroup(o, in, second); break;
    case GATHER_: model_gather(o, in); break;
    case MULTI_:
    case LISTED_: model_look(o, in, second); break;
    case SINGLE_: model_single(o, in, second); break;
    }
}

#endif
