/* SPDX-License-Identifier: Apache-2.0
 * A binary heap in arena memory. A worker's elements mostly come in some order already, so the
 * bytes of an item that goes are used again: else a rising sequence would keep all it was. */
#include "best.h"

#include <stdlib.h>

enum { LEAST_CAP = 64 };

JOIST_RECORD_DEFINE(jst_best_item, JST_BEST_ITEM);
JOIST_RECORD_DEFINE(jst_best, JST_BEST);

static joist_text order_of(const jst_best_item *i)
{
    return (joist_text){ i->bytes.ptr, (size_t)i->order };
}

static joist_text row_of(const jst_best_item *i)
{
    return (joist_text){ i->bytes.ptr + i->order, i->bytes.len - (size_t)i->order };
}

static int compare(const void *a, const void *b)
{
    int c = joist_text_compare(order_of(a), order_of(b));
    return c ? c : joist_text_compare(row_of(a), row_of(b));
}

static bool is_full(const jst_best *b, int64_t n)
{
    return (int64_t)b->items.count >= n;
}

bool jst_best_wants(const jst_best *b, int64_t n, joist_text order)
{
    if (!is_full(b, n))
        return true;
    joist_text worst = order_of(&b->items.items[0]);
    worst.len = worst.len < order.len ? worst.len : order.len;
    return joist_text_compare(order, worst) <= 0;
}

/* ---- the heap -------------------------------------------------------------------------------- */

static jst_best_item *items_of(const jst_best *b)
{
    return (jst_best_item *)b->items.items;     /* our own, from the arena */
}

static size_t room(size_t count)
{
    size_t cap = 1;
    while (cap < count)
        cap *= 2;
    return cap;
}

static void move_to(jst_best *b, size_t cap, joist_arena *arena)
{
    jst_best_item *items = joist_arena_alloc(arena, cap * sizeof *items);
    if (b->items.count)
        memcpy(items, b->items.items, b->items.count * sizeof *items);
    b->items.items = items;
}

static void sift_up(jst_best_item *items, size_t at)
{
    jst_best_item item = items[at];
    for (; at && compare(&items[(at - 1) / 2], &item) < 0; at = (at - 1) / 2)
        items[at] = items[(at - 1) / 2];
    items[at] = item;
}

static void sift_down(jst_best_item *items, size_t count)
{
    jst_best_item item = items[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && compare(&items[child + 1], &items[child]) > 0;
        if (compare(&items[child], &item) <= 0)
            break;
        items[at] = items[child];
    }
    items[at] = item;
}

static void put(jst_best *b, int64_t n, jst_best_item item, joist_arena *arena)
{
    if (is_full(b, n)) {
        items_of(b)[0] = item;
        sift_down(items_of(b), b->items.count);
        return;
    }
    if (room(b->items.count) == b->items.count || !b->items.count)
        move_to(b, room(b->items.count + 1), arena);
    items_of(b)[b->items.count++] = item;
    sift_up(items_of(b), b->items.count - 1);
}

/* ---- elements -------------------------------------------------------------------------------- */

static bool is_better(const jst_best *b, int64_t n, const jst_best_item *item)
{
    return !is_full(b, n) || compare(item, &b->items.items[0]) < 0;
}

static bool row_is_better(const jst_best *b, int64_t n, joist_text order, joist_text row)
{
    if (!is_full(b, n))
        return true;
    int c = joist_text_compare(order, order_of(&b->items.items[0]));
    return c < 0 || (c == 0 && joist_text_compare(row, row_of(&b->items.items[0])) < 0);
}

void jst_best_add(jst_best *b, int64_t n, joist_text order, joist_text row, joist_arena *arena)
{
    if (!row_is_better(b, n, order, row))
        return;
    jst_best_item item = { .order = (int64_t)order.len };
    size_t len = order.len + row.len;
    if (is_full(b, n) && (size_t)b->items.items[0].cap >= len)
        item = b->items.items[0];
    else
        item.cap = (int64_t)room(len > LEAST_CAP ? len : LEAST_CAP);
    char *bytes = item.bytes.ptr ? (char *)item.bytes.ptr
                                 : joist_arena_alloc(arena, (size_t)item.cap);
    memcpy(bytes, order.ptr, order.len);
    memcpy(bytes + order.len, row.ptr, row.len);
    item.order = (int64_t)order.len;
    item.bytes = (joist_bytes){ bytes, len };
    put(b, n, item, arena);
}

void jst_best_merge(jst_best *b, int64_t n, const jst_best *other, joist_arena *arena)
{
    move_to(b, room(b->items.count), arena);    /* it may have been read back: without room */
    for (size_t i = 0; i < b->items.count; i++)
        items_of(b)[i].cap = 0;
    for (size_t i = 0; i < other->items.count; i++) {
        jst_best_item item = other->items.items[i];
        item.cap = 0;
        if (is_better(b, n, &item))
            put(b, n, item, arena);
    }
}

joist_status jst_best_give(const joist_combine_call *c, const jst_best *b)
{
    size_t count = b->items.count;
    joist_arena *arena = joist_context_arena(c->ctx);
    jst_best_item *items = joist_arena_alloc(arena, count * sizeof *items);
    void *record = joist_arena_alloc(arena, c->type->size);
    if (count)
        memcpy(items, b->items.items, count * sizeof *items);
    qsort(items, count, sizeof *items, compare);
    for (size_t i = 0; i < count; i++) {
        joist_text row = row_of(&items[i]);
        memset(record, 0, c->type->size);
        if (!joist_row_decode(c->type, row.ptr, row.len, record, arena))
            return joist_fail(c->ctx, "an element that was kept cannot be read back");
        joist_port_emit(c->port, record, c->type->size);
    }
    return JOIST_OK;
}
