/* SPDX-License-Identifier: Apache-2.0
 * An arena that grew large is not kept: one hostile request should not cost memory for ever. */
#include "scratch.h"

#include "limits.h"

#include <pthread.h>

enum { KEPT_BYTES_MAX = 1 << 20 };

struct scratch {
    pthread_mutex_t lock;
    joist_arena *kept[WRITERS_MAX];
    size_t count;
};

scratch *scratch_new(void)
{
    scratch *s = joist_calloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void scratch_free(scratch *s)
{
    if (!s)
        return;
    while (s->count)
        joist_arena_free(s->kept[--s->count]);
    pthread_mutex_destroy(&s->lock);
    joist_free(s);
}

joist_arena *scratch_take(scratch *s)
{
    pthread_mutex_lock(&s->lock);
    joist_arena *arena = s->count ? s->kept[--s->count] : NULL;
    pthread_mutex_unlock(&s->lock);
    return arena ? arena : joist_arena_new();
}

void scratch_give(scratch *s, joist_arena *arena)
{
    bool keep = joist_arena_bytes(arena) <= KEPT_BYTES_MAX;
    if (keep)
        joist_arena_reset(arena);
    pthread_mutex_lock(&s->lock);
    keep = keep && s->count < WRITERS_MAX;
    if (keep)
        s->kept[s->count++] = arena;
    pthread_mutex_unlock(&s->lock);
    if (!keep)
        joist_arena_free(arena);
}
