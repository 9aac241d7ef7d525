/* SPDX-License-Identifier: Apache-2.0
 * Values of a group are neighbours in the merge, so a group is read as a stream and may be more
 * than memory. Where a session ends is known only at its last value: a second merge runs ahead of
 * the first, up to there. */
#include "groups.h"
#include "memory.h"

enum { BUNDLE_BYTES = 1 << 20 };

struct joist_values {
    jst_groups *g;
    void *record;
    joist_arena *arena;
    bool taken;                 /* g->next was handed out and is behind us */
};

/* ---- the stream ------------------------------------------------------------------------------ */

static bool same_user_key(const jst_groups *g, const jst_entry *e)
{
    size_t len = g->prefix.len - JST_WINDOW_KEY;
    return jst_entry_user_key(g->s->plan, e) == len && memcmp(e->bytes, g->prefix.ptr, len) == 0;
}

/* Do the window at hand and the entry's overlap? Both start in this order. One that is cut off at
 * the end of time holds all that begins there. */
static bool continues(const jst_groups *g, const jst_entry *e)
{
    return e && same_user_key(g, e)
        && (jst_entry_window(g->s->plan, e).start_ms < g->window.end_ms
            || g->window.end_ms == INT64_MAX);
}

static void extend(jst_groups *g, const jst_entry *e)
{
    joist_window w = jst_entry_window(g->s->plan, e);
    if (w.end_ms > g->window.end_ms)
        g->window.end_ms = w.end_ms;
}

static void scout_session(jst_groups *g)
{
    for (g->left = 0; continues(g, g->ahead) && !g->e->message[0]; g->left++) {
        extend(g, g->ahead);
        if (g->lefts.pair && !jst_groups_is_right(g, g->ahead))
            jst_join_keep(g, g->ahead);
        if (!g->e->message[0])
            g->ahead = jst_merge_next(g->scout, g->e);
    }
}

void jst_groups_enter(jst_groups *g)
{
    const jst_shuffle_plan *plan = g->s->plan;
    g->prefix.len = 0;
    joist_buffer_add(&g->prefix, g->next->bytes, jst_entry_prefix(plan, g->next));
    g->window = plan->windowed ? jst_entry_window(plan, g->next) : JOIST_GLOBAL_WINDOW;
    if (g->scout)
        scout_session(g);
}

bool jst_groups_inside(const jst_groups *g)
{
    if (!g->next || g->scout)
        return g->next && g->left > 0;
    size_t len = jst_entry_prefix(g->s->plan, g->next);
    return len == g->prefix.len && memcmp(g->next->bytes, g->prefix.ptr, len) == 0;
}

void jst_groups_advance(jst_groups *g)
{
    g->left -= g->scout != NULL;
    g->next = jst_merge_next(g->m, g->e);
}

joist_status jst_groups_skip(jst_groups *g)
{
    while (jst_groups_inside(g))
        jst_groups_advance(g);
    return g->e->message[0] ? JOIST_FAILED : JOIST_OK;
}

const void *jst_groups_key(const jst_groups *g)
{
    const jst_shuffle_plan *plan = g->s->plan;
    joist_arena *arena = g->c->worker->arena;
    void *key = joist_arena_alloc(arena, plan->in->size);
    jst_key_decode(plan->in, &plan->key, g->prefix.ptr, key, arena);
    return key;
}

/* The values' keys end in their places; a group's place is its key. */
joist_position *jst_groups_position(const jst_groups *g)
{
    const joist_position at = { .timestamp_ms = joist_window_last(g->window),
                                .window = g->window };
    return jst_position_of_key(g->s->plan, &at, joist_buffer_view(&g->prefix),
                               g->c->worker->arena);
}

bool jst_groups_is_right(const jst_groups *g, const jst_entry *entry)
{
    return entry->bytes[jst_entry_prefix(g->s->plan, entry)] != 0;
}

bool jst_groups_right(const jst_groups *g)
{
    return jst_groups_is_right(g, g->next);
}

static bool decode_side(const jst_groups *g, void *pair, joist_arena *arena)
{
    const jst_pairing *p = &g->s->plan->pairing;
    bool right = jst_groups_right(g), yes = true;
    const joist_type *type = right ? g->s->plan->right : g->s->plan->in;
    memset(pair, 0, p->pair->size);
    memcpy((char *)pair + (right ? p->has_right : p->has_left), &yes, sizeof yes);
    return joist_row_decode(type, g->next->value, g->next->value_len,
                            (char *)pair + (right ? p->right : p->left), arena) > 0;
}

bool jst_groups_value(const jst_groups *g, void *record, joist_arena *arena)
{
    if (g->s->plan->pairing.cogroup)
        return decode_side(g, record, arena);
    const joist_type *type = g->s->plan->pairing.pair && jst_groups_right(g) ? g->s->plan->right
                                                                            : g->s->plan->in;
    memset(record, 0, type->size);
    return joist_row_decode(type, g->next->value, g->next->value_len, record, arena) > 0;
}

void jst_groups_pause(jst_groups *g)
{
    if (jst_arena_used(g->c->worker->arena) <= BUNDLE_BYTES)
        return;
    jst_chain_end(g->c);
    jst_chain_begin(g->c);
}

/* ---- GroupByKey ------------------------------------------------------------------------------ */

const void *joist_values_next(struct joist_values *v)
{
    jst_groups *g = v->g;
    if (v->taken)
        jst_groups_advance(g);
    v->taken = jst_groups_inside(g);
    g->c->group_begun = true;
    if (!v->taken)
        return NULL;
    joist_arena_reset(v->arena);
    if (jst_groups_value(g, v->record, v->arena))
        return v->record;
    joist_fail_with(g->e, JOIST_FATAL, "a value of a group cannot be read back");
    jst_run_fail(g->c->worker->run, g->e);
    return NULL;
}

/* Of a cogroup the key is a pair with the left key's fields set. */
static const void *key_of_values(const jst_groups *g)
{
    const jst_pairing *p = &g->s->plan->pairing;
    const void *key = jst_groups_key(g);
    if (!p->pair)
        return key;
    char *pair = joist_arena_zalloc(g->c->worker->arena, p->pair->size);
    memcpy(pair + p->left, key, g->s->plan->in->size);
    return pair;
}

static joist_status read_group(jst_groups *g, struct joist_values *values)
{
    joist_port *port = &g->c->ports[0];
    joist_line_group group = { key_of_values(g), values };  /* every T_group is alike */
    values->taken = g->c->group_begun = false;
    memcpy(port->items, &group, sizeof group);
    g->c->ctx.pub.position = port->positions[0] = jst_groups_position(g);
    port->count = 1;
    joist_port_drain(port);
    return jst_groups_skip(g);
}

static joist_status read_groups(jst_groups *g)
{
    const joist_type *type = g->s->plan->out->values;
    struct joist_values values = { .g = g, .arena = joist_arena_new(),
                                   .record = joist_calloc(1, type->size) };
    joist_status status = JOIST_OK;
    while (status == JOIST_OK && g->next && !jst_run_stopping(g->c->worker->run)) {
        jst_groups_enter(g);
        status = g->e->message[0] ? JOIST_FAILED : read_group(g, &values);
        jst_groups_pause(g);
    }
    joist_arena_free(values.arena);
    joist_free(values.record);
    return status;
}

/* ---- combine --------------------------------------------------------------------------------- */

static joist_status extract(jst_groups *g, joist_combine_call *call, const void *acc)
{
    jst_context *ctx = &g->c->ctx;
    const void *key = jst_groups_key(g);
    call->at = ctx->pub.position = jst_groups_position(g);
    call->ctx = &ctx->pub;
    call->port = &g->c->ports[0];
    ctx->pub.element = key;
    ctx->type = g->s->plan->in;
    ctx->rejected = false;
    joist_status status = g->s->plan->combine.fn->extract(call, acc, key);
    if (status == JOIST_OK || (status == JOIST_REJECTED && ctx->rejected))
        return JOIST_OK;
    *g->e = ctx->error;
    return g->e->message[0] ? JOIST_FAILED
         : joist_fail_with(g->e, JOIST_FATAL, "step '%.*s' (%.*s:%d) failed",
                           JOIST_ARG(ctx->node->name), JST_AT(ctx->node));
}

/* All that overlap, of one session; outside of sessions there is one accumulator a group. */
static joist_status combine_group(jst_groups *g)
{
    const jst_shuffle_plan *plan = g->s->plan;
    joist_combine_call call = jst_combine_call_of(plan, g->c->worker->arena);
    void *acc = jst_combine_thaw(plan, g->next, &call);
    for (jst_groups_advance(g); plan->sessions && continues(g, g->next); jst_groups_advance(g)) {
        extend(g, g->next);
        plan->combine.fn->merge(&call, acc, jst_combine_thaw(plan, g->next, &call));
    }
    return g->e->message[0] ? JOIST_FAILED : extract(g, &call, acc);
}

static bool is_empty(const jst_shuffle *s)
{
    uint64_t arrived = 0;
    for (size_t i = 0; i < s->shares_count; i++)
        arrived += s->shares[i].arrived;
    return arrived == 0;
}

/* Of nothing at all, everything combined is the combination of nothing. */
static joist_status combine_nothing(jst_groups *g)
{
    const jst_shuffle_plan *plan = g->s->plan;
    joist_combine_call call = jst_combine_call_of(plan, g->c->worker->arena);
    void *acc = joist_arena_zalloc(call.arena, plan->combine.fn->acc->size);
    if (plan->combine.fn->create)
        plan->combine.fn->create(&call, acc);
    g->window = JOIST_GLOBAL_WINDOW;
    return extract(g, &call, acc);
}

static joist_status combine_groups(jst_groups *g)
{
    joist_status status = JOIST_OK;
    if (!g->s->plan->key.count && !g->s->plan->windowed && g->partition == 0 && is_empty(g->s))
        return combine_nothing(g);
    while (status == JOIST_OK && g->next && !jst_run_stopping(g->c->worker->run)) {
        jst_groups_enter(g);
        status = combine_group(g);
        jst_groups_pause(g);
    }
    return status;
}

/* ---- join ------------------------------------------------------------------------------------ */

static joist_status join_groups(jst_groups *g)
{
    joist_status status = JOIST_OK;
    while (status == JOIST_OK && g->next && !jst_run_stopping(g->c->worker->run)) {
        jst_groups_enter(g);
        status = g->e->message[0] ? JOIST_FAILED : jst_join_group(g);
        jst_groups_pause(g);
    }
    return status;
}

/* ---- all of a partition ---------------------------------------------------------------------- */

static joist_status read_all(jst_groups *g)
{
    const jst_shuffle_plan *plan = g->s->plan;
    if (g->e->message[0])
        return JOIST_FAILED;
    return plan->reduce == JST_REDUCE_COMBINE ? combine_groups(g)
         : plan->out->values ? read_groups(g) : join_groups(g);
}

joist_status jst_groups_read(jst_chain *c, const jst_shuffle *s, size_t partition, joist_error *e)
{
    jst_groups g = { .c = c, .s = s, .partition = partition, .e = e };
    g.m = jst_merge_open(s, partition);
    g.next = jst_merge_next(g.m, e);
    joist_buffer_reserve(&g.prefix, JST_WINDOW_KEY);    /* it may stay empty, but somewhere */
    if (s->plan->sessions && s->plan->reduce == JST_REDUCE_GROUP && !e->message[0]) {
        g.scout = jst_merge_open(s, partition);
        g.ahead = jst_merge_next(g.scout, e);
    }
    jst_join_open(&g);
    jst_chain_begin(c);
    joist_status status = read_all(&g);
    jst_chain_end(c);
    jst_join_close(&g);
    jst_merge_close(g.m);
    jst_merge_close(g.scout);
    joist_buffer_free(&g.prefix);
    return status;
}
