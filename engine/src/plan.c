/* SPDX-License-Identifier: Apache-2.0
 * Planning in three passes: name the shuffles, views and stores; grow a stage from every root; put
 * the stages in an order in which everything a stage needs is complete. */
#include "assign.h"
#include "plan_parts.h"

static const jst_node *node_at(const jst_plan *plan, size_t i)
{
    return &plan->p->graph.nodes.items[i];
}

static size_t nodes_count(const jst_plan *plan)
{
    return plan->p->graph.nodes.count;
}

static const joist_type *coll_type(const jst_plan *plan, int64_t coll)
{
    size_t port = 0;
    const jst_node *n = jst_graph_producer(&plan->p->graph, coll, &port);
    return jst_types_find(&plan->p->types, n->outputs.items[port].type);
}

static joist_fields fields(const joist_type *type, joist_text_list names)
{
    joist_fields f;
    joist_text missing;
    jst_fields_of(type, names, &f, &missing);
    return f;
}

static void add_target(jst_plan *plan, jst_targets *t, jst_target_kind kind, size_t index)
{
    if (t->count == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 4;
        jst_target *items = joist_arena_alloc(plan->arena, cap * sizeof *items);
        if (t->count)
            memcpy(items, t->items, t->count * sizeof *items);
        t->items = items;
        t->cap = cap;
    }
    t->items[t->count++] = (jst_target){ .kind = kind, .index = index };
}

/* ---- pass 1: shuffles, views, stores --------------------------------------------------------- */

static bool same_names(joist_text_list a, joist_text_list b)
{
    bool same = a.count == b.count;
    for (size_t i = 0; same && i < a.count; i++)
        same = joist_text_equal(a.items[i], b.items[i]);
    return same;
}

/* A write of a latest by the latest's own key, or without one, reads its shuffle as it stands. */
static const jst_node *written_latest(const jst_plan *plan, const jst_node *write)
{
    const jst_graph *g = &plan->p->graph;
    int64_t coll = write->inputs.items[0].coll;
    const jst_node *from = jst_graph_producer(g, coll, NULL);
    if (jst_op_of(from->op) != JST_LATEST || jst_graph_windowing(g, coll))
        return NULL;
    return !write->key.count || same_names(write->key, from->key) ? from : NULL;
}

static size_t shuffle_of(const jst_plan *plan, const jst_node *n)
{
    size_t i = 0;
    while (i < plan->shuffles_count && plan->shuffles[i].node != n)
        i++;
    return i;
}

static uint32_t offset_of(const joist_type *type, const char *name)
{
    return joist_type_field(type, joist_text_of(name))->offset;
}

static jst_pairing pairing_of(const jst_node *n, const joist_type *out)
{
    bool cogroup = joist_text_equal(n->how, JOIST_TEXT("cogroup"));
    bool full = cogroup || joist_text_equal(n->how, JOIST_TEXT("full"));
    const joist_type *pair = cogroup ? out->values : out;
    return (jst_pairing){
        .pair = pair, .cogroup = cogroup,
        .left = offset_of(pair, "left"), .right = offset_of(pair, "right"),
        .has_left = offset_of(pair, "has_left"), .has_right = offset_of(pair, "has_right"),
        .keep_left = full || joist_text_equal(n->how, JOIST_TEXT("left")),
        .keep_right = full || joist_text_equal(n->how, JOIST_TEXT("right")),
    };
}

static jst_prepared prepared(jst_plan *plan, const jst_node *n, const joist_type *in)
{
    jst_prepared done = { 0 };
    joist_error e;      /* check was through here */
    jst_combine_prepare(jst_combine_of(plan->p->def, n->combine), n, in, plan->arena, &done, &e);
    return done;
}

static jst_reduce reduce_of(jst_op op)
{
    return op == JST_LATEST ? JST_REDUCE_LATEST
         : op == JST_READ_ALL ? JST_REDUCE_APPEND
         : op == JST_COMBINE ? JST_REDUCE_COMBINE : JST_REDUCE_GROUP;
}

static void add_gathering(jst_plan *plan, const jst_node *n)
{
    const joist_type *in = coll_type(plan, n->inputs.items[0].coll);
    const joist_type *out = coll_type(plan, n->outputs.items[0].coll);
    const jst_node *w = jst_graph_windowing(&plan->p->graph, n->inputs.items[0].coll);
    jst_op op = jst_op_of(n->op);
    jst_shuffle_plan s = {
        .reduce = reduce_of(op), .node = n, .coll = n->outputs.items[0].coll, .in = in, .out = out,
        .key = fields(in, n->key), .by = fields(in, n->by), .windowed = w,
        .sessions = w && joist_text_equal(w->windowing, JOIST_TEXT("sessions")),
    };
    if (op == JST_COMBINE)
        s.combine = prepared(plan, n, in);
    if (op == JST_JOIN) {
        s.right = coll_type(plan, n->inputs.items[1].coll);
        s.right_key = fields(s.right, n->right_key);
        s.pairing = pairing_of(n, out);
    }
    plan->shuffles[plan->shuffles_count++] = s;
}

static void add_staging(jst_plan *plan, const jst_node *n, joist_text_list key, int64_t coll)
{
    const joist_type *in = coll_type(plan, n->inputs.items[0].coll);
    plan->shuffles[plan->shuffles_count++] = (jst_shuffle_plan){
        .reduce = key.count ? JST_REDUCE_LATEST : JST_REDUCE_APPEND, .node = n, .coll = coll,
        .in = in, .out = in, .key = fields(in, key),
    };
}

static void add_shuffles(jst_plan *plan)
{
    plan->shuffles_count = 0;
    for (size_t i = 0; i < nodes_count(plan); i++) {
        const jst_node *n = node_at(plan, i);
        jst_op op = jst_op_of(n->op);
        if (jst_op_gathers(op))
            add_gathering(plan, n);
        else if (op == JST_WRITE && !written_latest(plan, n))
            add_staging(plan, n, n->key, 0);
        else if (plan->materialised[i])
            add_staging(plan, n, (joist_text_list){ 0 }, n->inputs.items[0].coll);
    }
}

/* How the DoFn looks at its k-th side input. */
static joist_shape shape_of(const jst_plan *plan, const jst_node *n, size_t k)
{
    joist_shape shape = jst_dofn_of(plan->p->def, n->dofn)->sides[k].type->shape;
    return shape == JOIST_SHAPE_RECORD ? JOIST_SHAPE_MAP : shape;
}

static size_t view_of(jst_plan *plan, const jst_node *n, size_t k)
{
    const jst_side *side = &n->sides.items[k];
    const joist_type *type = coll_type(plan, side->coll);
    joist_shape shape = shape_of(plan, n, k);
    uint32_t key = side->key.len ? joist_type_field(type, side->key)->offset : 0;
    for (size_t i = 0; i < plan->views_count; i++) {
        jst_view_plan *v = &plan->views[i];
        if (v->coll != side->coll || v->key != key || v->shape != shape)
            continue;
        v->allow_empty &= side->allow_empty;
        return i;
    }
    char *name = joist_arena_zalloc(plan->arena, side->name.len + 1);
    memcpy(name, side->name.ptr, side->name.len);
    plan->views[plan->views_count] = (jst_view_plan){
        .coll = side->coll, .type = type, .shape = shape, .key = key,
        .allow_empty = side->allow_empty, .node = n, .side = k, .name = name };
    return plan->views_count++;
}

static jst_store_plan *store_of(jst_plan *plan, joist_text uri)
{
    for (size_t i = 0; i < plan->stores_count; i++)
        if (joist_text_equal(plan->stores[i].uri, uri))
            return &plan->stores[i];
    jst_store_plan *s = &plan->stores[plan->stores_count++];
    size_t most = nodes_count(plan);
    *s = (jst_store_plan){ .uri = uri, .connector = jst_connector_of(plan->p->def, uri) };
    s->tables = joist_arena_zalloc(plan->arena, most * sizeof *s->tables);
    s->specs = joist_arena_zalloc(plan->arena, most * sizeof *s->specs);
    return s;
}

static bool left_out(const jst_node *n, const joist_field *f)
{
    for (size_t i = 0; i < n->without.count; i++)
        if (joist_text_equal(n->without.items[i], joist_text_of(f->name)))
            return true;
    return false;
}

/* The columns of a table: the same struct, some of its fields. */
static const joist_type *columns_of(jst_plan *plan, const jst_node *n, const joist_type *type)
{
    if (!n->without.count)
        return type;
    joist_type *columns = joist_arena_alloc(plan->arena, sizeof *columns);
    joist_field *fields = joist_arena_alloc(plan->arena, type->count * sizeof *fields);
    *columns = (joist_type){ .name = type->name, .size = type->size, .fields = fields };
    for (size_t i = 0; i < type->count; i++)
        if (!left_out(n, &type->fields[i]))
            fields[columns->count++] = type->fields[i];
    return columns;
}

static void add_table(jst_plan *plan, const jst_node *n)
{
    const joist_type *type = coll_type(plan, n->inputs.items[0].coll);
    const jst_node *latest = written_latest(plan, n);
    jst_store_plan *s = store_of(plan, n->uri);
    joist_table_spec spec = { .table = n->table, .type = columns_of(plan, n, type),
                              .key = fields(type, n->key),
                              .by = fields(type, n->by), .hour = n->window, .outbox = n->outbox,
                              .csv = n->csv, .separator = jst_separator(n), .erase = n->erase,
                              .replace_all = n->replace_all,
                              .changes = fields(type, n->changes) };
    if (n->window_field.len)
        spec.window = fields(type, (joist_text_list){ &n->window_field, 1 });
    s->specs[s->count] = spec;
    s->tables[s->count++] =
        (jst_table_plan){ n, shuffle_of(plan, latest ? latest : n), spec };
}

static void add_stores(jst_plan *plan)
{
    for (size_t i = 0; i < nodes_count(plan); i++)
        if (jst_op_of(node_at(plan, i)->op) == JST_WRITE)
            add_table(plan, node_at(plan, i));
}

/* ---- pass 2: stages -------------------------------------------------------------------------- */

static size_t *views_of(jst_plan *plan, const jst_node *n)
{
    size_t *views = joist_arena_alloc(plan->arena, (n->sides.count + 1) * sizeof *views);
    for (size_t i = 0; i < n->sides.count; i++)
        views[i] = view_of(plan, n, i);
    return views;
}

static const void *config_of(jst_plan *plan, const jst_node *n, const joist_dofn *fn)
{
    if (!fn->config)
        return NULL;
    void *config = joist_arena_zalloc(plan->arena, fn->config->size);
    joist_row_decode(fn->config, n->config.ptr, n->config.len, config, plan->arena);
    return config;
}

static void grow(jst_plan *plan, jst_stage *stage, int64_t coll, jst_targets *out);

/* The stage's own copy of a DoFn; its outputs are grown after all of its consumers can find it. */
static size_t fuse(jst_plan *plan, jst_stage *stage, const jst_node *n)
{
    for (size_t i = 0; i < stage->count; i++)
        if (stage->dofns[i].node == n)
            return i;
    size_t at = stage->count++;
    bool own = jst_op_of(n->op) == JST_PARDO;
    const void *config = NULL;
    const joist_dofn *fn = own ? jst_dofn_of(plan->p->def, n->dofn)
                               : jst_assign_dofn(n, coll_type(plan, n->inputs.items[0].coll),
                                                 plan->arena, &config);
    stage->dofns[at] = (jst_fused_dofn){ .node = n, .fn = fn,
        .config = own ? config_of(plan, n, fn) : config, .views = views_of(plan, n),
        .outs = joist_arena_zalloc(plan->arena, fn->outs_count * sizeof(jst_targets)) };
    return at;
}

/* `side`: which input of the consumer this is. */
static void grow_consumer(jst_plan *plan, jst_stage *stage, const jst_node *n, size_t side,
                          jst_targets *out)
{
    jst_op op = jst_op_of(n->op);
    if (op == JST_FLATTEN)
        grow(plan, stage, n->outputs.items[0].coll, out);
    else if (jst_op_fuses(op) && !plan->materialised[jst_node_index(plan, n)])
        add_target(plan, out, JST_TO_DOFN, fuse(plan, stage, n));
    else if (shuffle_of(plan, n) < plan->shuffles_count) {
        add_target(plan, out, JST_TO_SHUFFLE, shuffle_of(plan, n));
        out->items[out->count - 1].side = op == JST_JOIN && side;
    }
}

/* Several may look at one view: it is fed for the first of them. */
static void grow_view(jst_plan *plan, const jst_node *n, size_t side, jst_targets *out)
{
    size_t i = view_of(plan, n, side);
    if (plan->views[i].node == n && plan->views[i].side == side)
        add_target(plan, out, JST_TO_VIEW, i);
}

static void grow(jst_plan *plan, jst_stage *stage, int64_t coll, jst_targets *out)
{
    for (size_t i = 0; i < nodes_count(plan); i++) {
        const jst_node *n = node_at(plan, i);
        for (size_t k = 0; k < n->inputs.count; k++)
            if (n->inputs.items[k].coll == coll)
                grow_consumer(plan, stage, n, k, out);
        for (size_t k = 0; k < n->sides.count; k++)
            if (n->sides.items[k].coll == coll)
                grow_view(plan, n, k, out);
    }
}

/* fuse() appends in the order of discovery; bundles finish in graph order. */
static void sort_dofns(jst_stage *stage)
{
    for (size_t i = 1; i < stage->count; i++) {
        jst_fused_dofn d = stage->dofns[i];
        size_t k = i;
        for (; k > 0 && stage->dofns[k - 1].node > d.node; k--)
            stage->dofns[k] = stage->dofns[k - 1];
        stage->dofns[k] = d;
    }
}

/* Everything behind the DoFns that the stage has so far: stage->count grows meanwhile. */
static void discover(jst_plan *plan, jst_stage *stage)
{
    for (size_t i = 0; i < stage->count; i++)
        for (size_t o = 0; o < stage->dofns[i].fn->outs_count; o++) {
            jst_targets none = { 0 };
            grow(plan, stage, stage->dofns[i].node->outputs.items[o].coll, &none);
        }
}

static void connect_dofns(jst_plan *plan, jst_stage *stage)
{
    for (size_t i = 0; i < stage->count; i++)
        for (size_t o = 0; o < stage->dofns[i].fn->outs_count; o++) {
            jst_targets *out = &stage->dofns[i].outs[o];
            grow(plan, stage, stage->dofns[i].node->outputs.items[o].coll, out);
        }
}

/* First find every DoFn of the stage, then number them in graph order, then connect. */
static void grow_stage(jst_plan *plan, jst_stage *stage, int64_t coll)
{
    jst_targets ignored = { 0 };
    stage->dofns = joist_arena_zalloc(plan->arena, nodes_count(plan) * sizeof *stage->dofns);
    stage->type = coll_type(plan, coll);
    grow(plan, stage, coll, &ignored);
    discover(plan, stage);
    sort_dofns(stage);
    grow(plan, stage, coll, &stage->root_out);
    connect_dofns(plan, stage);
}

/* The materialised input of a DoFn starts a stage that holds this DoFn only (its twins read
 * elsewhere). */
static void grow_materialised(jst_plan *plan, jst_stage *stage, const jst_node *n)
{
    size_t at = jst_node_index(plan, n);
    stage->dofns = joist_arena_zalloc(plan->arena, nodes_count(plan) * sizeof *stage->dofns);
    stage->type = coll_type(plan, n->inputs.items[0].coll);
    plan->materialised[at] = false;
    fuse(plan, stage, n);
    plan->materialised[at] = true;
    discover(plan, stage);
    sort_dofns(stage);
    add_target(plan, &stage->root_out, JST_TO_DOFN, 0);     /* the first in graph order */
    connect_dofns(plan, stage);
}

/* Nothing uses it: so it is in no graph as it was built, but in one that was cut down. */
static bool is_loose(const jst_plan *plan, int64_t coll)
{
    bool used = false;
    for (size_t i = 0; i < nodes_count(plan); i++) {
        const jst_node *n = node_at(plan, i);
        for (size_t k = 0; k < n->inputs.count; k++)
            used |= n->inputs.items[k].coll == coll;
        for (size_t k = 0; k < n->sides.count; k++)
            used |= n->sides.items[k].coll == coll;
    }
    return !used;
}

/* What is no input of another read is listed and not read, unless the graph was cut down to it:
 * then it comes last. */
static bool is_exception(const jst_plan *plan, size_t node)
{
    return node + 1 < nodes_count(plan)
        && is_loose(plan, node_at(plan, node)->outputs.items[0].coll);
}

static void add_source_stages(jst_plan *plan)
{
    for (size_t i = 0; i < nodes_count(plan); i++)
        if (jst_op_of(node_at(plan, i)->op) == JST_READ && !is_exception(plan, i)) {
            jst_stage *s = &plan->stages[plan->stages_count++];
            *s = (jst_stage){ .root = i };
            grow_stage(plan, s, node_at(plan, i)->outputs.items[0].coll);
        }
}

static void add_shuffle_stages(jst_plan *plan)
{
    for (size_t i = 0; i < plan->shuffles_count; i++) {
        jst_shuffle_plan *sh = &plan->shuffles[i];
        if (!sh->coll)
            continue;
        jst_stage s = { .from_shuffle = true, .root = i };
        if (jst_op_fuses(jst_op_of(sh->node->op)))
            grow_materialised(plan, &s, sh->node);
        else
            grow_stage(plan, &s, sh->coll);
        sh->is_root = s.root_out.count > 0 || is_loose(plan, sh->coll);
        if (sh->is_root)
            plan->stages[plan->stages_count++] = s;
    }
}

static void make_stages(jst_plan *plan)
{
    plan->stages_count = plan->views_count = 0;
    add_shuffles(plan);
    add_source_stages(plan);
    add_shuffle_stages(plan);
}

/* ---- all of it ------------------------------------------------------------------------------- */

jst_plan *jst_plan_new(const joist_pipeline *p)
{
    joist_arena *arena = joist_arena_new();
    jst_plan *plan = joist_arena_zalloc(arena, sizeof *plan);
    size_t n = p->graph.nodes.count, sides = 1;
    for (size_t i = 0; i < n; i++)
        sides += p->graph.nodes.items[i].sides.count;
    *plan = (jst_plan){ .arena = arena, .p = p };
    plan->stages = joist_arena_zalloc(arena, 2 * (n + 1) * sizeof *plan->stages);
    plan->shuffles = joist_arena_zalloc(arena, (n + 1) * sizeof *plan->shuffles);
    plan->views = joist_arena_zalloc(arena, sides * sizeof *plan->views);
    plan->stores = joist_arena_zalloc(arena, (n + 1) * sizeof *plan->stores);
    plan->materialised = joist_arena_zalloc(arena, n + 1);
    size_t stuck = 0;
    for (make_stages(plan); !jst_plan_order(plan, &stuck); make_stages(plan))
        jst_plan_materialise(plan, stuck);
    jst_plan_number(plan);
    jst_plan_share(plan);
    add_stores(plan);
    jst_plan_find_side_only(plan);
    return plan;
}

void jst_plan_free(jst_plan *plan)
{
    if (plan)
        joist_arena_free(plan->arena);
}
