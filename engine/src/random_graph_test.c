/* SPDX-License-Identifier: Apache-2.0
 * Random graphs over random inputs against a model that is too simple to be wrong: one array per
 * collection, made by loops. Every graph runs with several numbers of workers, sizes of bundles,
 * cuts of the input into files and limits of memory, and must give the model's rows each time.
 *
 *     JOIST_SEED=N tests/engine.random_graph_test     the graph of a failure alone, again */
/* Tests: stage.c pool.c view.c */
#include "random_model_test.h"

enum { GRAPHS = 80, RUNS = 7 };

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

/* A random collection of this shape, at most so large; MOST_COLLS: there is none. `like`: in the
 * same windows as that one. */
static size_t some_like(shape s, size_t most, const coll *like)
{
    for (int tries = 0; tries < 50; tries++) {
        size_t i = below(colls_count);
        if (colls[i].shape == s && colls[i].count <= most
            && (!like || same_windowing(&colls[i], like)))
            return i;
    }
    return MOST_COLLS;
}

static size_t some(shape s, size_t most) { return some_like(s, most, NULL); }

static bool push(op o)
{
    for (size_t i = 0; i < o.ins; i++)
        if (o.in[i] == MOST_COLLS)
            return false;
    if (ops_count == MOST_OPS || colls_count + 2 > MOST_COLLS)
        return false;
    o.salt = (int64_t)below(1000);
    ops[ops_count] = o;
    model(&ops[ops_count++]);
    return true;
}

static size_t last_out(void) { return ops[ops_count - 1].out[0]; }

/* A collection of kvs in the windows of `in`; made, if there is none. */
static size_t kvs_for(size_t in)
{
    size_t found = some_like(KV_, LARGEST, &colls[in]);
    if (found < MOST_COLLS && below(2))
        return found;
    size_t from = some_like(EV, LARGEST / 3, &colls[in]);
    return push((op){ .kind = TO_KV_, .in = { from }, .ins = 1 }) ? last_out() : MOST_COLLS;
}

static void push_window(size_t in)
{
    static const windowing into[] = {
        { .fixed = 100 }, { .fixed = 250, .offset = -30 }, { .sliding = 300, .every = 100 },
        { .sliding = 50, .every = 70, .offset = 7 }, { .gap = 5 }, { .gap = 40 }, { .gap = 40 },
        { 0 },
    };
    if (below(4) && in < MOST_COLLS && push((op){ .kind = STAMP_, .in = { in }, .ins = 1 }))
        in = last_out();
    push((op){ .kind = WINDOW, .in = { in }, .ins = 1, .into = into[below(8)] });
    if (below(3) == 0)
        push((op){ .kind = REVEAL_, .in = { last_out() }, .ins = 1 });
}

static void push_latest(size_t in)
{
    bool pure = colls[in].pure;
    if (!colls[in].in.gap)
        push((op){ .kind = LATEST, .in = { in }, .ins = 1, .way = below(pure ? 9 : 3) });
}

static void push_flatten(size_t in)
{
    push((op){ .kind = FLATTEN, .ins = 2 + below(2),
               .in = { in, some_like(EV, LARGEST / 3, &colls[in]),
                       some_like(EV, LARGEST / 3, &colls[in]) } });
}

static void push_lookup(size_t in)
{
    size_t kvs = some(KV_, LARGEST);
    if (kvs == MOST_COLLS) {
        push((op){ .kind = TO_KV_, .in = { in }, .ins = 1 });
        return;
    }
    bool pure = colls[kvs].pure;
    if (!is_global(&colls[kvs]))
        return;
    switch (below(3)) {
    case 0:
        push((op){ .kind = MULTI_, .in = { in, kvs }, .ins = 2, .times = pure && below(4) });
        break;
    case 1:
        if (colls[kvs].count <= LARGEST / 10)
            push((op){ .kind = LISTED_, .in = { in, kvs }, .ins = 2, .times = pure && below(4) });
        break;
    default:
        if (push((op){ .kind = LATEST_KV, .in = { kvs }, .ins = 1 }))
            push((op){ .kind = JOIN_, .in = { in, last_out() }, .ins = 2 });
    }
}

static void push_single(size_t in)
{
    size_t from = some(EV, LARGEST / 3);
    if (is_global(&colls[from])
        && push((op){ .kind = GATHER_, .in = { from }, .ins = 1, .way = 3 }))
        push((op){ .kind = SINGLE_, .in = { in, last_out() }, .ins = 2 });
}

static void push_join(size_t in)
{
    size_t kvs = kvs_for(in);
    if (kvs == MOST_COLLS)
        return;
    bool pure = colls[in].pure && colls[kvs].pure;
    if (below(3) == 0)
        push((op){ .kind = COGROUP, .in = { in, kvs }, .ins = 2, .times = pure && below(4) });
    else if (pairs_between(&colls[in], &colls[kvs]) <= LARGEST)
        push((op){ .kind = PAIR_UP, .in = { in, kvs }, .ins = 2, .way = below(4) });
}

static void push_random(void)
{
    size_t in = some(EV, LARGEST / 3);
    if (in == MOST_COLLS)
        return;
    switch (below(16)) {
    case 0:
    case 1:
        push((op){ .kind = MAP_, .in = { in }, .ins = 1, .times = (int64_t)below(5) - 1 });
        break;
    case 2:
    case 3: push_latest(in); break;
    case 4: push((op){ .kind = COUNT, .in = { in }, .ins = 1, .way = below(3) }); break;
    case 5: push((op){ .kind = SUM, .in = { in }, .ins = 1, .way = below(3) }); break;
    case 6: push((op){ .kind = BACK_, .in = { some(TALLY, LARGEST) }, .ins = 1 }); break;
    case 7: push_flatten(in); break;
    case 8:
    case 9: push_window(in); break;
    case 10:
        push((op){ .kind = GROUP, .in = { in }, .ins = 1, .way = below(3),
                   .times = colls[in].pure ? (int64_t)below(3) : 0 });
        break;
    case 11:
    case 12: push_join(in); break;
    case 13: push((op){ .kind = GATHER_, .in = { in }, .ins = 1, .way = below(4) }); break;
    case 14: push_single(in); break;
    default: push_lookup(in);
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
    for (size_t n = 3 + below(16); n > 0; n--)
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

static joist_coll build_count(const op *o)
{
    ev_coll in = EV_OF(o->in[0]);
    if (o->kind == COUNT)
        return o->way % 3 == 0 ? joist_count(ev, in, key).c
             : o->way % 3 == 1 ? joist_count(ev, in, tag).c : joist_count(ev, in, n).c;
    return o->way % 3 == 0 ? joist_sum(ev, in, key, n).c
         : o->way % 3 == 1 ? joist_sum(ev, in, tag, n).c : joist_sum(ev, in, n, n).c;
}

static ev_fields key_of(size_t way)
{
    const ev_fields keys[] = { JOIST_FIELDS(ev, key), JOIST_FIELDS(ev, tag),
                               JOIST_FIELDS(ev, key, tag), { .fields = { 0 } } };
    return keys[way % 4];
}

static joist_coll build_window(const op *o)
{
    const windowing *w = &o->into;
    return joist_window_into(ev, EV_OF(o->in[0]), .fixed_ms = w->fixed, .sliding_ms = w->sliding,
                             .every_ms = w->every, .gap_ms = w->gap, .offset_ms = w->offset,
                             .global = !w->fixed && !w->sliding && !w->gap).c;
}

static joist_coll build_gathering(const op *o)
{
    const salt s = { o->salt, o->times };
    ev_coll in = EV_OF(o->in[0]);
    kv_coll right = { made[o->in[1]] };
    if (o->kind == GROUP)
        return JOIST_APPLY(fold, joist_group_by_key(ev, in, .key = key_of(o->way)), .cfg = s).ok.c;
    if (o->kind == GATHER_)
        return JOIST_COMBINE(gather, in, .key = key_of(o->way), .cfg = s).c;
    if (o->kind == COGROUP)
        return JOIST_APPLY(fold_both, joist_cogroup(ev_kv, in, right,
                                                    .left = JOIST_FIELDS(ev, key),
                                                    .right = JOIST_FIELDS(kv, key)),
                           .cfg = s).ok.c;
    return JOIST_APPLY(unpair, joist_join(ev_kv, in, right, .left = JOIST_FIELDS(ev, key),
                                          .right = JOIST_FIELDS(kv, key),
                                          .how = (joist_join_how)o->way), .cfg = s).ok.c;
}

static joist_coll build_lookup(const op *o)
{
    const salt s = { o->salt, o->times };
    ev_coll in = EV_OF(o->in[0]);
    if (o->kind == SINGLE_)
        return JOIST_APPLY(single, in, .cfg = s, .side.one =
                           joist_singleton(ev, EV_OF(o->in[1]))).ok.c;
    kv_coll kvs = { made[o->in[1]] };
    if (o->kind == LISTED_)
        return JOIST_APPLY(listed, in, .cfg = s, .side.all =
                           joist_list_of(kv, kvs, .allow_empty = true)).ok.c;
    return JOIST_APPLY(multi, in, .cfg = s, .side.many =
                       joist_multimap_by(kv, kvs, key, .allow_empty = true)).ok.c;
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
    case COUNT:
    case SUM: return build_count(o);
    case STAMP_: return JOIST_APPLY(stamp, EV_OF(o->in[0]), .cfg.salt = o->salt).ok.c;
    case REVEAL_: return JOIST_APPLY(reveal, EV_OF(o->in[0])).ok.c;
    case WINDOW: return build_window(o);
    case MULTI_:
    case LISTED_:
    case SINGLE_: return build_lookup(o);
    default: return build_gathering(o);
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
        o.groups = i % 2 ? made[i] : (joist_coll){ 0 };
        o.groups_by = i % 2 ? o.key : (joist_fields){ 0 };
        if (is_keyed(i))
            joist_write_(made[i], &o);
    }
}

static const joist_code codes[] = { { "refused", "by chance" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "random", .dofns = dofns, .codes = codes,
                                        .combines = combines, .connectors = mem_connectors,
                                        .build = build };

/* ---- comparing ------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    const joist_text *x = a, *y = b;
    return joist_text_compare(*x, *y);
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

/* Of two rows with one key the last in input order stays; so it is with groups that are emptied. */
static void compare_keyed(size_t at, const char *suffix, uint64_t seed, const char *run)
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
    snprintf(name, sizeof name, "out.k%zu%s", at, suffix);
    joist_buffer lines = model_lines(&latest);
    joist_buffer expected = sorted_lines(lines.ptr), actual = sorted_lines(seen(name));
    cr_assert_str_eq(actual.ptr, expected.ptr, "JOIST_SEED=%llu, %s, by key %zu%s",
                     (unsigned long long)seed, run, at, suffix);
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
            compare_keyed(i, "", seed, text);
        if (is_keyed(i) && i % 2)
            compare_keyed(i, "-", seed, text);
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
