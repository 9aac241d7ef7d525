/* SPDX-License-Identifier: Apache-2.0
 * Pairs of one key: its left values are kept, the right ones are streamed past them. Left values
 * come first, but of a session: its windows are in the order of time, so the merge that runs ahead
 * keeps the left values of all of them. */
#include "groups.h"
#include "memory.h"

enum { KEPT_BYTES = 1 << 20 };      /* of groups that went by; their pairs may not have gone on */

void jst_join_open(jst_groups *g)
{
    if (!g->s->plan->pairing.pair || g->s->plan->pairing.cogroup)
        return;
    g->lefts.arena = joist_arena_new();
    g->lefts.pair = joist_malloc(g->s->plan->pairing.pair->size);
}

void jst_join_close(jst_groups *g)
{
    joist_arena_free(g->lefts.arena);
    joist_free(g->lefts.items);
    joist_free(g->lefts.pair);
}

static void unreadable(const jst_groups *g)
{
    joist_fail_with(g->e, JOIST_FATAL, "a value of '%.*s' cannot be read back",
                    JOIST_ARG(g->s->plan->node->name));
}

void jst_join_keep(jst_groups *g, const jst_entry *entry)
{
    const joist_type *type = g->s->plan->in;
    jst_lefts *l = &g->lefts;
    if (l->count == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 16;
        l->items = joist_realloc(l->items, l->cap * type->size);
    }
    joist_text row = joist_arena_text(l->arena, jst_entry_value(entry));
    void *item = l->items + l->count++ * type->size;
    memset(item, 0, type->size);
    if (!joist_row_decode(type, row.ptr, row.len, item, l->arena))
        unreadable(g);
}

/* Either side may be missing. */
static void emit_pair(jst_groups *g, const void *left, const void *right)
{
    const jst_pairing *p = &g->s->plan->pairing;
    bool has_left = left, has_right = right;
    char *pair = g->lefts.pair;
    memset(pair, 0, p->pair->size);
    memcpy(pair + p->has_left, &has_left, sizeof has_left);
    memcpy(pair + p->has_right, &has_right, sizeof has_right);
    if (left)
        memcpy(pair + p->left, left, g->s->plan->in->size);
    if (right)
        memcpy(pair + p->right, right, g->s->plan->right->size);
    joist_port_emit(&g->c->ports[0], pair, p->pair->size);
}

/* The right value lives until its pairs have gone on. */
static void pair_right(jst_groups *g)
{
    joist_arena *arena = g->c->worker->arena;
    const jst_lefts *l = &g->lefts;
    size_t size = g->s->plan->in->size;
    void *right = joist_arena_zalloc(arena, g->s->plan->right->size);
    joist_text row = joist_arena_text(arena, jst_entry_value(g->next));
    if (!joist_row_decode(g->s->plan->right, row.ptr, row.len, right, arena)) {
        unreadable(g);
        return;
    }
    if (!l->count && g->s->plan->pairing.keep_right)
        emit_pair(g, NULL, right);
    for (size_t i = 0; i < l->count; i++)
        emit_pair(g, l->items + i * size, right);
}

static void pair_all(jst_groups *g)
{
    const jst_lefts *l = &g->lefts;
    bool found = false;
    size_t size = g->s->plan->in->size;
    for (; !g->e->message[0] && jst_groups_inside(g); jst_groups_advance(g)) {
        if (!jst_groups_right(g))
            continue;
        found = true;
        g->c->ctx.pub.position = jst_groups_position(g);
        pair_right(g);
        if (g->e->message[0])
            return;
        jst_groups_pause(g);
    }
    g->c->ctx.pub.position = jst_groups_position(g);
    for (size_t i = 0; !found && g->s->plan->pairing.keep_left && i < l->count; i++)
        emit_pair(g, l->items + i * size, NULL);
}

joist_status jst_join_group(jst_groups *g)
{
    if (!g->scout)
        for (; !g->e->message[0] && jst_groups_inside(g) && !jst_groups_right(g);
             jst_groups_advance(g))
            jst_join_keep(g, g->next);
    if (!g->e->message[0])
        pair_all(g);
    g->lefts.count = 0;
    if (jst_arena_used(g->lefts.arena) > KEPT_BYTES) {
        joist_port_drain(&g->c->ports[0]);
        joist_arena_reset(g->lefts.arena);
    }
    return g->e->message[0] ? JOIST_FAILED : JOIST_OK;
}
