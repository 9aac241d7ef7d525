/* SPDX-License-Identifier: Apache-2.0
 * A full pile is sorted; only if that frees less than half of it, it grows. So n additions cost n
 * log n, and the room is at most four times what is different. */
#include "pile.h"

#include <stdlib.h>

enum { LEAST_CAP = 16 };

/* Every T_list looks like a jst_pile, but may not be used as one. */
static jst_pile get(const void *list)
{
    jst_pile p;
    memcpy(&p, list, sizeof p);
    return p;
}

static void set(void *list, jst_pile p)
{
    memcpy(list, &p, sizeof p);
}

static void settle(const jst_pile_kind *k, jst_pile *p, const void *context)
{
    char *items = p->items;
    size_t kept = 0;
    if (p->count)
        qsort(items, p->count, k->size, k->compare);
    for (size_t i = 1; i < p->count; i++)
        if (!k->fold(items + kept * k->size, items + i * k->size, context)
            && ++kept != i)
            memcpy(items + kept * k->size, items + i * k->size, k->size);
    p->count = p->count ? kept + 1 : 0;
}

static jst_pile copy(const jst_pile_kind *k, jst_pile p, size_t cap, joist_arena *arena)
{
    void *items = joist_arena_alloc(arena, cap * k->size);
    if (p.count)
        memcpy(items, p.items, p.count * k->size);
    return (jst_pile){ items, p.count };
}

static void make_room(const jst_pile_kind *k, jst_pile *p, int64_t *cap, const void *context,
                      joist_arena *arena)
{
    settle(k, p, context);
    if (*cap && (int64_t)p->count * 2 <= *cap)
        return;
    *cap = *cap < LEAST_CAP ? LEAST_CAP : *cap * 2;
    *p = copy(k, *p, (size_t)*cap, arena);
}

void jst_pile_add(const jst_pile_kind *k, void *list, int64_t *cap, const void *item,
                  const void *context, joist_arena *arena)
{
    jst_pile p = get(list);
    if ((int64_t)p.count >= *cap)
        make_room(k, &p, cap, context, arena);
    memcpy((char *)p.items + p.count++ * k->size, item, k->size);
    set(list, p);
}

/* Both may have been read back, so that there is no room but what is made here. */
void jst_pile_merge(const jst_pile_kind *k, void *list, int64_t *cap, const void *other,
                    const void *context, joist_arena *arena)
{
    jst_pile p = get(list), q = get(other);
    *cap = (int64_t)(p.count + q.count);
    p = copy(k, p, (size_t)*cap, arena);
    if (q.count)
        memcpy((char *)p.items + p.count * k->size, q.items, q.count * k->size);
    p.count += q.count;
    settle(k, &p, context);
    set(list, p);
}

jst_pile jst_pile_sorted(const jst_pile_kind *k, const void *list, const void *context,
                         joist_arena *arena)
{
    jst_pile p = get(list);
    p = copy(k, p, p.count, arena);
    settle(k, &p, context);
    return p;
}
