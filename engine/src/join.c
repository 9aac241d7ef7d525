/* SPDX-License-Identifier: Apache-2.0
 * Pairs of one key: its left values come first and are kept, the right ones are streamed past them.
 * Only in sessions, whose values come in order of time, right ones are kept too. */
#include "groups.h"

typedef struct kept_side {
    const joist_type *type;
    char *items; size_t count, cap;
    joist_arena *arena;
} kept_side;

static joist_status unreadable(const jst_groups *g)
{
    return joist_fail_with(g->e, JOIST_FATAL, "a value of '%.*s' cannot be read back",
                           JOIST_ARG(g->s->plan->node->name));
}

static void grow(kept_side *k)
{
    k->cap = k->cap ? 2 * k->cap : 16;
    k->items = joist_realloc(k->items, k->cap * k->type->size);
}

static bool read_value(const jst_groups *g, const joist_type *type, void *record,
                       joist_arena *arena)
{
    joist_text row = joist_arena_text(arena, jst_entry_value(g->next));
    memset(record, 0, type->size);
    return joist_row_decode(type, row.ptr, row.len, record, arena) > 0;
}

static joist_status keep(const jst_groups *g, kept_side *k)
{
    if (k->count == k->cap)
        grow(k);
    if (!read_value(g, k->type, k->items + k->count * k->type->size, k->arena))
        return unreadable(g);
    k->count++;
    return JOIST_OK;
}

/* The left values, and of a session the right ones. */
static joist_status keep_values(jst_groups *g, kept_side *left, kept_side *right)
{
    joist_status status = JOIST_OK;
    for (; status == JOIST_OK && jst_groups_inside(g); jst_groups_advance(g)) {
        if (jst_groups_right(g) && !g->s->plan->sessions)
            break;
        status = keep(g, jst_groups_right(g) ? right : left);
    }
    return status;
}

/* Either side may be missing. */
static void emit_pair(jst_groups *g, void *pair, const void *left, const void *right)
{
    const jst_pairing *p = &g->s->plan->pairing;
    bool has_left = left, has_right = right;
    memset(pair, 0, p->pair->size);
    memcpy((char *)pair + p->has_left, &has_left, sizeof has_left);
    memcpy((char *)pair + p->has_right, &has_right, sizeof has_right);
    if (left)
        memcpy((char *)pair + p->left, left, g->s->plan->in->size);
    if (right)
        memcpy((char *)pair + p->right, right, g->s->plan->right->size);
    joist_port_emit(&g->c->ports[0], pair, p->pair->size);
}

static void pair_right(jst_groups *g, const kept_side *left, const void *right, void *pair)
{
    g->c->ctx.pub.position = jst_groups_position(g);
    if (!left->count && g->s->plan->pairing.keep_right)
        emit_pair(g, pair, NULL, right);
    for (size_t i = 0; i < left->count; i++)
        emit_pair(g, pair, left->items + i * left->type->size, right);
    jst_groups_pause(g);
}

/* A right value lives until its pairs have gone on. */
static joist_status stream_right(jst_groups *g, const kept_side *left, void *pair, bool *found)
{
    for (; jst_groups_inside(g); jst_groups_advance(g)) {
        joist_arena *arena = g->c->worker->arena;
        void *right = joist_arena_alloc(arena, g->s->plan->right->size);
        if (!read_value(g, g->s->plan->right, right, arena))
            return unreadable(g);
        *found = true;
        pair_right(g, left, right, pair);
    }
    return JOIST_OK;
}

static joist_status pair_all(jst_groups *g, const kept_side *left, const kept_side *right,
                             void *pair)
{
    bool found = right->count;
    for (size_t i = 0; i < right->count; i++)
        pair_right(g, left, right->items + i * right->type->size, pair);
    if (stream_right(g, left, pair, &found))
        return JOIST_FAILED;
    g->c->ctx.pub.position = jst_groups_position(g);
    for (size_t i = 0; !found && g->s->plan->pairing.keep_left && i < left->count; i++)
        emit_pair(g, pair, left->items + i * left->type->size, NULL);
    return JOIST_OK;
}

joist_status jst_join_group(jst_groups *g)
{
    joist_arena *arena = joist_arena_new();
    kept_side left = { .type = g->s->plan->in, .arena = arena };
    kept_side right = { .type = g->s->plan->right, .arena = arena };
    void *pair = joist_malloc(g->s->plan->pairing.pair->size);
    joist_status status = keep_values(g, &left, &right);
    if (status == JOIST_OK)
        status = pair_all(g, &left, &right, pair);
    joist_port_drain(&g->c->ports[0]);      /* before the kept sides go */
    joist_free(pair);
    joist_free(left.items);
    joist_free(right.items);
    joist_arena_free(arena);
    return g->e->message[0] ? JOIST_FAILED : status;
}
