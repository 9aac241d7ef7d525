/* SPDX-License-Identifier: Apache-2.0
 * Pairs of one key: its left values come first and are kept, the right ones are streamed past
 * them. */
#include "groups.h"

typedef struct left_side { char *items; size_t count, cap; joist_arena *arena; } left_side;

static joist_status unreadable(const jst_groups *g)
{
    return joist_fail_with(g->e, JOIST_FATAL, "a value of '%.*s' cannot be read back",
                           JOIST_ARG(g->s->plan->node->name));
}

static void grow(left_side *l, size_t size)
{
    l->cap = l->cap ? 2 * l->cap : 16;
    l->items = joist_realloc(l->items, l->cap * size);
}

static joist_status keep_left(jst_groups *g, left_side *l)
{
    size_t size = g->s->plan->in->size;
    for (; jst_groups_inside(g) && !jst_groups_right(g); jst_groups_advance(g)) {
        if (l->count == l->cap)
            grow(l, size);
        const joist_type *type = g->s->plan->in;
        joist_text row = joist_arena_text(l->arena, jst_entry_value(g->next));
        void *item = l->items + l->count++ * size;
        memset(item, 0, size);
        if (!joist_row_decode(type, row.ptr, row.len, item, l->arena))
            return unreadable(g);
    }
    return JOIST_OK;
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

/* The right value lives until its pairs have gone on. */
static joist_status pair_right(jst_groups *g, const left_side *l, void *pair)
{
    joist_arena *arena = g->c->worker->arena;
    size_t size = g->s->plan->in->size;
    void *right = joist_arena_zalloc(arena, g->s->plan->right->size);
    joist_text row = joist_arena_text(arena, jst_entry_value(g->next));
    if (!joist_row_decode(g->s->plan->right, row.ptr, row.len, right, arena))
        return unreadable(g);
    if (!l->count && g->s->plan->pairing.keep_right)
        emit_pair(g, pair, NULL, right);
    for (size_t i = 0; i < l->count; i++)
        emit_pair(g, pair, l->items + i * size, right);
    return JOIST_OK;
}

static joist_status pair_all(jst_groups *g, const left_side *l, void *pair)
{
    bool found = false;
    size_t size = g->s->plan->in->size;
    joist_status status = JOIST_OK;
    for (; status == JOIST_OK && jst_groups_inside(g); jst_groups_advance(g)) {
        found = true;
        g->c->ctx.pub.position = jst_groups_position(g);
        status = pair_right(g, l, pair);
        jst_groups_pause(g);
    }
    g->c->ctx.pub.position = jst_groups_position(g);
    for (size_t i = 0; !found && g->s->plan->pairing.keep_left && i < l->count; i++)
        emit_pair(g, pair, l->items + i * size, NULL);
    return status;
}

joist_status jst_join_group(jst_groups *g)
{
    left_side l = { .arena = joist_arena_new() };
    void *pair = joist_malloc(g->s->plan->pairing.pair->size);
    joist_status status = keep_left(g, &l);
    if (status == JOIST_OK)
        status = pair_all(g, &l, pair);
    joist_port_drain(&g->c->ports[0]);      /* before the left side goes */
    joist_free(pair);
    joist_free(l.items);
    joist_arena_free(l.arena);
    return g->e->message[0] ? JOIST_FAILED : status;
}
