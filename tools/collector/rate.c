/* SPDX-License-Identifier: Apache-2.0
 * A key's state is one time, at which its next event would be due were they spread evenly. A time
 * in the past says the same as no entry, so entries need not be removed: one that is due may be
 * overwritten. A set of eight slots, chosen by the key's hash, is all that is searched; when all
 * eight are busy, the one nearest to being due gives way, which lets some of its events through:
 * that, and not memory, is what an attacker with many keys can win. */
#include "rate.h"

#include "joist/memory.h"
#include "limits.h"

#include <pthread.h>

enum { WAYS = 8, MINUTE_US = 60000000 };

typedef struct slot { uint64_t key; int64_t due_us; } slot;

struct rate {
    pthread_mutex_t lock;
    int64_t step_us, burst_us;
    uint64_t seed;
    slot *slots;
};

rate *rate_new(int64_t per_minute, uint64_t seed)
{
    if (per_minute <= 0)
        return NULL;
    rate *r = joist_calloc(1, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    r->step_us = per_minute < MINUTE_US ? MINUTE_US / per_minute : 1;
    r->burst_us = r->step_us * (per_minute < MINUTE_US ? per_minute - 1 : MINUTE_US);
    r->seed = seed;
    r->slots = joist_calloc(RATE_SLOTS, sizeof *r->slots);
    return r;
}

void rate_free(rate *r)
{
    if (!r)
        return;
    pthread_mutex_destroy(&r->lock);
    joist_free(r->slots);
    joist_free(r);
}

/* FNV-1a from a start that nobody knows, then stirred (murmur's finaliser). */
static uint64_t hash_of(const rate *r, joist_text key)
{
    uint64_t h = r->seed ^ 0xcbf29ce484222325u;
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
    h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
    h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 33;
}

static slot *slot_of(rate *r, uint64_t key)
{
    slot *set = &r->slots[key % (RATE_SLOTS / WAYS) * WAYS], *oldest = set;
    for (slot *s = set; s < set + WAYS; s++) {
        if (s->key == key)
            return s;
        if (s->due_us < oldest->due_us)
            oldest = s;
    }
    *oldest = (slot){ key, 0 };
    return oldest;
}

int64_t rate_take(rate *r, joist_text key, int64_t now_ms)
{
    if (!r)
        return 0;
    int64_t now = now_ms * 1000;
    pthread_mutex_lock(&r->lock);
    slot *s = slot_of(r, hash_of(r, key));
    int64_t due = s->due_us > now ? s->due_us : now, wait = due - now - r->burst_us;
    if (wait <= 0)
        s->due_us = due + r->step_us;
    pthread_mutex_unlock(&r->lock);
    return wait <= 0 ? 0 : wait / 1000 + 1;
}
