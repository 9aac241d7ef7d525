/* SPDX-License-Identifier: Apache-2.0
 * Random graphs over random inputs against a model that is too simple to be wrong: one array per
 * collection, made by loops. Every graph runs with several numbers of workers, sizes of bundles,
 * cuts of the input into files and limits of memory, and must give the model's rows each time.
 *
 *     JOIST_SEED=N tests/engine.random_graph_test     the graph of a failure alone, again */
/* Tests: stage.c pool.c view.c */
#include "run_test.h"

enum { GRAPHS = 60, RUNS = 7, MOST_COLLS = 64, MOST_OPS = 40, LARGEST = 4000 };

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

/* ---- a graph and its model ------------------------------------------------------------------- */

typedef enum kind { READ, MAP_, JOIN_, TO_KV_, BACK_, LATEST, LATEST_KV, COUNT, SUM, FLATTEN } kind;
typedef enum shape { EV, KV_, TALLY, TOTAL } shape;
static const joist_type *const types[] = { &ev_type, &kv_type, &joist_tally_type,
                                           &joist_total_type };

typedef struct element {
    union { ev e; kv k; joist_tally tally; joist_total total; } is;
    uint64_t place;             /* in the input; the last of two ties is the later one */
} element;

/* `pure`: every element is of another record, so that the input decides ties. */
typedef struct coll {
    shape shape;
    element *items; size_t count;
    bool used, pure;
    unsigned sources;
} coll;

typedef struct op { kind kind; size_t in[3], ins, out[2], way; int64_t salt, times; } op;

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

static coll *new_coll(op *o, size_t port, shape s)
{
    o->out[port] = colls_count;
    colls[colls_count] = (coll){ .shape = s };
    return &colls[colls_count++];
}

static void model_read(op *o)
{
    coll *c = new_coll(o, 0, EV);
    c->pure = true;
    c->sources = 1u << o->way;
    for (size_t i = 0; i < input_counts[o->way]; i++)
        add(c, (element){ { .e = inputs[o->way][i] }, (uint64_t)o->way << 32 | i });
}

static void model_map(op *o, const coll *in)
{
    coll *two[2] = { new_coll(o, 0, EV), new_coll(o, 1, EV) };
    const salt s = { o->salt, o->times };
    for (size_t i = 0; i < in->count; i++) {
        const ev *e = &in->items[i].is.e;
        bool no = refused(e, o->salt);
        rejects += no;
        for (int64_t k = 0; !no && k < copies(e, &s); k++)
            add(two[odd(e)], (element){ { .e = derived(e, o->salt, k) }, in->items[i].place });
    }
    for (int i = 0; i < 2; i++) {
        two[i]->pure = in->pure && o->times < 2;
        two[i]->sources = in->sources;
    }
}

static void model_join(op *o, const coll *in, const coll *side)
{
    coll *two[2] = { new_coll(o, 0, EV), new_coll(o, 1, EV) };
    for (size_t i = 0; i < in->count; i++) {
        const ev *e = &in->items[i].is.e;
        ev out = derived(e, o->salt, 0);
        size_t k = 0;
        while (k < side->count
               && !(e->key.ptr && joist_text_equal(side->items[k].is.k.key, e->key)))
            k++;
        if (k < side->count)
            out.tag = side->items[k].is.k.value;
        add(two[k == side->count], (element){ { .e = out }, in->items[i].place });
    }
    for (int i = 0; i < 2; i++) {
        two[i]->pure = in->pure;
        two[i]->sources = in->sources;
    }
}

static bool texts_differ(joist_text a, joist_text b)
{
    return !a.ptr != !b.ptr || !joist_text_equal(a, b);
}

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

static void model_latest(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, EV);
    for (size_t i = 0, k; i < in->count; i++) {
        for (k = 0; k < c->count && !same_group(o->way, &in->items[i].is.e, &c->items[k].is.e); k++)
            ;
        if (k == c->count)
            add(c, in->items[i]);
        else if (replaces(o->way, &in->items[i], &c->items[k]))
            c->items[k] = in->items[i];
    }
    c->pure = in->pure;
    c->sources = in->sources;
}

static void model_latest_kv(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, KV_);
    for (size_t i = 0, k; i < in->count; i++) {
        const kv *e = &in->items[i].is.k;
        for (k = 0; k < c->count && texts_differ(e->key, c->items[k].is.k.key); k++)
            ;
        if (k == c->count)
            add(c, in->items[i]);
        else if (e->seq > c->items[k].is.k.seq)
            c->items[k] = in->items[i];
    }
}

/* way % 3: by key, by tag, by n. */
static joist_text group_text(size_t way, const ev *e)
{
    if (way % 3 != 2)
        return way % 3 ? e->tag : e->key;
    return e->n.set ? joist_arena_printf(arena, "%lld", (long long)e->n.v) : JOIST_NO_TEXT;
}

static void model_group(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, o->kind == COUNT ? TALLY : TOTAL);
    for (size_t i = 0, k; i < in->count; i++) {
        const ev *e = &in->items[i].is.e;
        joist_text key = group_text(o->way, e);
        for (k = 0; k < c->count && texts_differ(key, c->items[k].is.tally.key); k++)
            ;
        if (k == c->count)
            add(c, (element){ { .tally = { key, 0 } }, 0 });
        c->items[k].is.tally.count += o->kind == COUNT ? 1 : e->n.set ? e->n.v : 0;
    }
}

static void model_convert(op *o, const coll *in)
{
    coll *c = new_coll(o, 0, o->kind == TO_KV_ ? KV_ : EV);
    for (size_t i = 0; i < in->count; i++)
        add(c, o->kind == TO_KV_ ? (element){ { .k = kv_of(&in->items[i].is.e) }, 0 }
                                 : (element){ { .e = ev_of(&in->items[i].is.tally, o->salt) }, 0 });
}

static void model_flatten(op *o)
{
    coll *c = new_coll(o, 0, EV);
    c->pure = true;
    for (size_t k = 0; k < o->ins; k++) {
        const coll *in = &colls[o->in[k]];
        for (size_t i = 0; i < in->count; i++)
            add(c, in->items[i]);
        c->pure &= in->pure && !(c->sources & in->sources);
        c->sources |= in->sources;
    }
}

static void model(op *o)
{
    const coll *in = &colls[o->in[0]];
    for (size_t i = 0; i < o->ins; i++)
        colls[o->in[i]].used = true;
    switch (o->kind) {
    case READ: model_read(o); break;
    case MAP_: model_map(o, in); break;
    case JOIN_: model_join(o, in, &colls[o->in[1]]); break;
    case TO_KV_:
    case BACK_: model_convert(o, in); break;
    case LATEST: model_latest(o, in); break;
    case LATEST_KV: model_latest_kv(o, in); break;
    case COUNT:
    case SUM: model_group(o, in); break;
    case FLATTEN: model_flatten(o); break;
    }
}

/* ---- making one up --------------------------------------------------------------------------- */

static void make_input(size_t at)
{
    static const size_t counts[] = { 0, 1, 7, 60, 200, 400 };
    size_t n = input_counts[at] = counts[below(6)], hot = below(4), keys = 1 + below(50);
    inputs[at] = joist_arena_zalloc(arena, (n + 1) * sizeof(ev));
    for (size_t i = 0; i < n; i++) {
        static char names[50][8];
        size_t k = hot == 0 ? 0 : hot == 1 && below(2) ? 1 : below(keys);
        snprintf(names[k], sizeof names[k], "k%zu", k);
        inputs[at][i] = (ev){ .key = below(20) ? joist_text_of(names[k]) : JOIST_NO_TEXT,
                              .n = { (int64_t)below(9) - 4, below(10) > 0 },
                              .seq = (int64_t)(mix(i, at) >> 8), .tag = word_of(below(8)) };
    }
}

/* A random collection of this shape, at most so large; MOST_COLLS: there is none. */
static size_t some(shape s, size_t most)
{
    for (int tries = 0; tries < 50; tries++) {
        size_t i = below(colls_count);
        if (colls[i].shape == s && colls[i].count <= most)
            return i;
    }
    return MOST_COLLS;
}

static void push(op o)
{
    for (size_t i = 0; i < o.ins; i++)
        if (o.in[i] == MOST_COLLS)
            return;
    o.salt = (int64_t)below(1000);
    ops[ops_count] = o;
    model(&ops[ops_count++]);
}

static void push_random(void)
{
    size_t in = some(EV, LARGEST / 3);
    bool pure = in < MOST_COLLS && colls[in].pure;
    switch (below(9)) {
    case 0:
    case 1:
        push((op){ .kind = MAP_, .in = { in }, .ins = 1, .times = (int64_t)below(5) - 1 });
        break;
    case 2:
    case 3: push((op){ .kind = LATEST, .in = { in }, .ins = 1, .way = below(pure ? 9 : 3) }); break;
    case 4: push((op){ .kind = COUNT, .in = { in }, .ins = 1, .way = below(3) }); break;
    case 5: push((op){ .kind = SUM, .in = { in }, .ins = 1, .way = below(3) }); break;
    case 6: push((op){ .kind = BACK_, .in = { some(TALLY, LARGEST) }, .ins = 1 }); break;
    case 7: push((op){ .kind = FLATTEN, .ins = 2 + below(2),
                       .in = { in, some(EV, LARGEST / 3), some(EV, LARGEST / 3) } }); break;
    default:
        push((op){ .kind = TO_KV_, .in = { in }, .ins = 1 });
        push((op){ .kind = LATEST_KV, .in = { some(KV_, LARGEST) }, .ins = 1 });
        if (ops[ops_count - 1].kind == LATEST_KV)
            push((op){ .kind = JOIN_, .ins = 2,
                   .in = { some(EV, LARGEST / 3), ops[ops_count - 1].out[0] } });
    }
}

static void make_graph(void)
{
    ops_count = colls_count = rejects = 0;
    inputs_count = 1 + below(3);
    for (size_t i = 0; i < inputs_count; i++) {
        make_input(i);
        push((op){ .kind = READ, .way = i });
    }
    for (size_t n = 3 + below(12); n > 0; n--)
        push_random();
}

/* All that nobody uses is written, and some that is; some by a key, once more. */
static bool is_written(size_t i) { return !colls[i].used || i % 5 == 0; }
static bool is_keyed(size_t i) { return colls[i].pure && colls[i].shape == EV && i % 3 == 0; }

/* ---- the same graph for the engine ----------------------------------------------------------- */

static joist_coll made[MOST_COLLS];
#define EV_OF(i) ((ev_coll){ made[i] })

static ev_coll build_latest(const op *o)
{
    const ev_fields keys[] = { JOIST_FIELDS(ev, key), JOIST_FIELDS(ev, tag),
                                      JOIST_FIELDS(ev, key, tag) };
    ev_fields by = o->way / 3 == 0 ? JOIST_FIELDS(ev, n, seq) : JOIST_FIELDS(ev, n);
    if (o->way / 3 == 2)
        by.fields.count = 0;
    return joist_latest(ev, EV_OF(o->in[0]), .key = keys[o->way % 3], .by = by);
}

static joist_coll build_group(const op *o)
{
    ev_coll in = EV_OF(o->in[0]);
    if (o->kind == COUNT)
        return o->way % 3 == 0 ? joist_count(ev, in, key).c
             : o->way % 3 == 1 ? joist_count(ev, in, tag).c : joist_count(ev, in, n).c;
    return o->way % 3 == 0 ? joist_sum(ev, in, key, n).c
         : o->way % 3 == 1 ? joist_sum(ev, in, tag, n).c : joist_sum(ev, in, n, n).c;
}

static void build_two(const op *o)
{
    const salt s = { o->salt, o->times };
    if (o->kind == MAP_) {
        map_result r = JOIST_APPLY(map, EV_OF(o->in[0]), .cfg = s);
        made[o->out[0]] = r.even.c;
        made[o->out[1]] = r.odd.c;
    } else {
        join_result r = JOIST_APPLY(join, EV_OF(o->in[0]), .cfg = s, .side.known =
            joist_map_by(kv, ((kv_coll){ made[o->in[1]] }), key, .allow_empty = true));
        made[o->out[0]] = r.found.c;
        made[o->out[1]] = r.missing.c;
    }
}

static joist_coll build_one(joist_pipeline *p, const op *o)
{
    switch (o->kind) {
    case READ: return joist_read(ev, p, .uri = joist_build_printf(p, "mem:in%zu", o->way)).c;
    case TO_KV_: return JOIST_APPLY(to_kv, EV_OF(o->in[0])).ok.c;
    case BACK_: return JOIST_APPLY(back, ((joist_tally_coll){ made[o->in[0]] }),
                                   .cfg.salt = o->salt).ok.c;
    case LATEST: return build_latest(o).c;
    case LATEST_KV: return joist_latest(kv, ((kv_coll){ made[o->in[0]] }),
                                        .key = JOIST_FIELDS(kv, key),
                                        .by = JOIST_FIELDS(kv, seq)).c;
    case FLATTEN:
        return o->ins == 2 ? joist_flatten(ev, EV_OF(o->in[0]), EV_OF(o->in[1])).c
             : joist_flatten(ev, EV_OF(o->in[0]), EV_OF(o->in[1]), EV_OF(o->in[2])).c;
    default: return build_group(o);
    }
}

static void build(joist_pipeline *p, const void *options)
{
    (void)options;
    for (size_t i = 0; i < ops_count; i++) {
        if (ops[i].kind == MAP_ || ops[i].kind == JOIN_)
            build_two(&ops[i]);
        else
            made[ops[i].out[0]] = build_one(p, &ops[i]);
    }
    for (size_t i = 0; i < colls_count; i++) {
        joist_write_options o = { .uri = JOIST_TEXT("mem:out"), .site_ = JOIST_SITE,
                                  .table = joist_build_printf(p, "t%zu", i) };
        if (is_written(i))
            joist_write_(made[i], &o);
        o.table = joist_build_printf(p, "k%zu", i);
        o.key = JOIST_FIELDS(ev, key).fields;
        if (is_keyed(i))
            joist_write_(made[i], &o);
    }
}

static const joist_dofn *const dofns[] = { &map_dofn, &join_dofn, &to_kv_dofn, &back_dofn, NULL };
static const joist_code codes[] = { { "refused", "by chance" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "random", .dofns = dofns, .codes = codes,
                                        .connectors = mem_connectors, .build = build };

/* ---- comparing ------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    const joist_text *x = a, *y = b;
    return joist_text_compare(*x, *y);
}

static int by_place(const void *a, const void *b)
{
    const element *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static joist_buffer sorted_lines(const char *text)
{
    joist_buffer out = { 0 }, list = { 0 };
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
        joist_text line = { text, (size_t)(end + 1 - text) };
        joist_buffer_add(&list, &line, sizeof line);
    }
    joist_text *lines = (joist_text *)(void *)list.ptr;
    size_t n = list.len / sizeof *lines;
    if (n)
        qsort(lines, n, sizeof *lines, by_text);
    for (size_t i = 0; i < n; i++)
        joist_buffer_text(&out, lines[i]);
    joist_buffer_byte(&out, '\0');
    joist_buffer_free(&list);
    return out;
}

static joist_buffer model_lines(coll *c)
{
    joist_buffer out = { 0 };
    if (c->pure && c->count)
        qsort(c->items, c->count, sizeof *c->items, by_place);
    for (size_t i = 0; i < c->count; i++) {
        joist_json_write_record(&out, types[c->shape], &c->items[i].is, 0);
        joist_buffer_byte(&out, '\n');
    }
    joist_buffer_byte(&out, '\0');
    return out;
}

static bool is_latest(size_t at)
{
    for (size_t i = 0; i < ops_count; i++)
        if (ops[i].out[0] == at && ops[i].kind == LATEST)
            return true;
    return false;
}

/* In input order where there is one; a table that reads its aggregate is in the order of keys. */
static void compare_coll(size_t at, uint64_t seed, const char *run)
{
    char name[32];
    snprintf(name, sizeof name, "out.t%zu", at);
    coll *c = &colls[at];
    joist_buffer expected = model_lines(c), actual = { 0 };
    joist_buffer_printf(&actual, "%s", seen(name));
    if (!c->pure || c->shape != EV || is_latest(at)) {
        joist_buffer a = sorted_lines(expected.ptr), b = sorted_lines(seen(name));
        joist_buffer_free(&expected);
        joist_buffer_free(&actual);
        expected = a;
        actual = b;
    }
    cr_assert(strcmp(expected.ptr, actual.ptr ? actual.ptr : "") == 0,
              "JOIST_SEED=%llu, %s, collection %zu: expected\n%.2000s\nbut got\n%.2000s",
              (unsigned long long)seed, run, at, expected.ptr, actual.ptr);
    joist_buffer_free(&expected);
    joist_buffer_free(&actual);
}

/* Of two rows with one key the last in input order stays. */
static void compare_keyed(size_t at, uint64_t seed, const char *run)
{
    const coll *c = &colls[at];
    coll latest = { .shape = EV };
    char name[32];
    for (size_t i = 0, k; i < c->count; i++) {
        for (k = 0; k < latest.count && !same_group(0, &c->items[i].is.e, &latest.items[k].is.e);)
            k++;
        if (k == latest.count)
            add(&latest, c->items[i]);
        else if (c->items[i].place > latest.items[k].place)
            latest.items[k] = c->items[i];
    }
    snprintf(name, sizeof name, "out.k%zu", at);
    joist_buffer lines = model_lines(&latest);
    joist_buffer expected = sorted_lines(lines.ptr), actual = sorted_lines(seen(name));
    cr_assert_str_eq(actual.ptr, expected.ptr, "JOIST_SEED=%llu, %s, by key %zu",
                     (unsigned long long)seed, run, at);
    joist_buffer_free(&lines);
    joist_buffer_free(&expected);
    joist_buffer_free(&actual);
    joist_free(latest.items);
}

/* The order of a table is the engine's to choose, but always the same. */
static void compare_with_first(joist_buffer *first, uint64_t seed, const char *run)
{
    joist_buffer all = { 0 };
    for (size_t i = 0; i < MOST_PLACES && world.tables[i].name[0]; i++)
        if (*seen(world.tables[i].name))
            joist_buffer_printf(&all, "%s\n%s", world.tables[i].name, seen(world.tables[i].name));
    joist_buffer_byte(&all, '\0');
    if (!first->len)
        joist_buffer_text(first, joist_buffer_view(&all));
    size_t same = 0;
    while (first->ptr[same] && first->ptr[same] == all.ptr[same])
        same++;
    size_t from = same > 200 ? same - 200 : 0;
    cr_assert(strcmp(first->ptr, all.ptr) == 0,
              "JOIST_SEED=%llu, %s: another order; first\n…%.400s\nnow\n…%.400s",
              (unsigned long long)seed, run, first->ptr + from, all.ptr + from);
    joist_buffer_free(&all);
}

static joist_run_options some_options(char *text, size_t size)
{
    static const int workers[] = { 1, 2, 3, 8 };
    static const size_t bundles[] = { 1, 2, 7, 0 }, files[] = { 0, 1, 7, 50 };
    static const uint64_t memories[] = { 64 << 20, 10 << 10, 100 << 10, 400 << 10 };
    joist_run_options o = { .workers = workers[below(4)], .bundle_elements = bundles[below(4)],
                            .memory = memories[below(4)], .env = &the_env.env };
    size_t per_file = files[below(4)];
    for (size_t i = 0; i < inputs_count; i++) {
        static const char *const names[] = { "in0", "in1", "in2" };
        world.inputs[i] = (mem_input){ names[i], inputs[i], input_counts[i], sizeof(ev),
                                       .per_file = per_file };
    }
    snprintf(text, size, "%d workers, bundles of %zu, files of %zu, %llu bytes", o.workers,
             o.bundle_elements, per_file, (unsigned long long)o.memory);
    return o;
}

static void run_graph(joist_pipeline *p, joist_buffer *first, uint64_t seed)
{
    char text[200];
    joist_run_options o = some_options(text, sizeof text);
    world.log_len = 0;
    cr_assert_eq(joist_pipeline_run(p, &o, &report), JOIST_OK, "JOIST_SEED=%llu, %s: %s",
                 (unsigned long long)seed, text, report->error.message);
    cr_assert(report->adds_up);
    cr_assert_eq(report->rejected, rejects, "JOIST_SEED=%llu, %s", (unsigned long long)seed, text);
    for (size_t i = 0; i < colls_count; i++) {
        if (is_written(i))
            compare_coll(i, seed, text);
        if (is_keyed(i))
            compare_keyed(i, seed, text);
    }
    compare_with_first(first, seed, text);
}

static size_t spilled;

static void try_seed(uint64_t seed)
{
    chance = seed;
    arena = joist_arena_new();
    make_graph();
    memset(world.tables, 0, sizeof world.tables);
    joist_pipeline *p = joist_pipeline_new(&def);
    cr_assert_eq(joist_pipeline_check(p, NULL, &error), JOIST_OK, "JOIST_SEED=%llu: %s",
                 (unsigned long long)seed, error.message);
    joist_buffer first = { 0 };
    for (int i = 0; i < RUNS; i++) {
        run_graph(p, &first, seed);
        spilled += report->spilled_bytes;
    }
    joist_buffer_free(&first);
    joist_pipeline_free(p);
    joist_arena_free(arena);
    for (size_t i = 0; i < colls_count; i++)
        joist_free(colls[i].items);
    for (size_t i = 0; i < MOST_PLACES; i++) {
        joist_buffer_free(&world.tables[i].seen);
        joist_buffer_free(&world.tables[i].pending);
    }
}

Test(random_graph, every_way_to_run_it_gives_what_the_model_gives)
{
    const char *given = getenv("JOIST_SEED");
    if (given) {
        try_seed(strtoull(given, NULL, 10));
        return;
    }
    for (uint64_t seed = 1; seed <= GRAPHS; seed++)
        try_seed(seed);
    cr_expect_gt(spilled, 1 << 20);
    cr_expect_gt(world.stolen, 0);
}
