/* SPDX-License-Identifier: Apache-2.0
 * An array that is sorted at the end. */
#include "hour_set.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

bool jst_hour_set_asks(const jst_hour_set *s, int64_t hour)
{
    const joist_hours *known = s->known;
    return !known->count
        || !bsearch(&hour, known->items, known->count, sizeof hour, by_time);
}

/* Files of one hour mostly come one after another. */
void jst_hour_set_add(jst_hour_set *s, int64_t hour)
{
    if (s->count && s->items[s->count - 1] == hour)
        return;
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        s->items = joist_realloc(s->items, s->cap * sizeof *s->items);
    }
    s->items[s->count++] = hour;
}

joist_hours jst_hour_set_sorted(jst_hour_set *s, joist_arena *arena)
{
    int64_t *out = joist_arena_alloc(arena, s->count * sizeof *out);
    size_t count = 0;
    if (s->count)
        qsort(s->items, s->count, sizeof *s->items, by_time);
    for (size_t i = 0; i < s->count; i++)
        if (!count || out[count - 1] != s->items[i])
            out[count++] = s->items[i];
    return (joist_hours){ out, count };
}

void jst_hour_set_free(jst_hour_set *s)
{
    joist_free(s->items);
    s->items = NULL;
}
