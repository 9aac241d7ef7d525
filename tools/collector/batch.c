/* SPDX-License-Identifier: Apache-2.0
 * A writer that is free takes what waits, at once; while all writers are syncing, events gather. So
 * nobody waits for company: a lone event is put immediately, and under load objects grow until the
 * storage keeps up. No timer is needed for either.
 *
 * An object holds events of one hour, so that it is in the folder of each of them. */
#include "batch.h"

#include "limits.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { HOUR_MS = 3600000, CHECK_SECONDS = 1 };

struct batcher {
    batch_options o;
    pthread_mutex_t lock;
    pthread_cond_t come;
    batch_item *first, **end;
    bool stopping;
    atomic_bool failing;
    unsigned count;
    pthread_t writers[WRITERS_MAX];
};

/* ---- taking ---------------------------------------------------------------------------------- */
static int64_t hour_of(const batch_item *item)
{
    int64_t ms = item->received_ms;
    return ms / HOUR_MS - (ms % HOUR_MS < 0);
}

static bool together(const batcher *b, const batch_item *item, const batch_item *next, size_t bytes)
{
    int64_t gap = next->received_ms - item->received_ms;
    return b->o.gap_ms > 0 && gap <= b->o.gap_ms && gap >= -b->o.gap_ms
        && hour_of(item) == hour_of(next) && bytes + next->line.len < BATCH_BYTES_MAX;
}

/* Those at the head that may share an object, off the queue. */
static batch_item *take(batcher *b)
{
    batch_item *first = b->first, *last = first;
    size_t bytes = last->line.len;
    while (last->next && together(b, last, last->next, bytes)) {
        last = last->next;
        bytes += last->line.len + 1;
    }
    b->first = last->next;
    if (!b->first)
        b->end = &b->first;
    last->next = NULL;
    return first;
}

/* ---- putting --------------------------------------------------------------------------------- */
static void finish(batch_item *item, bool stored)
{
    for (batch_item *next; item; item = next) {
        next = item->next;                  /* done() may free it */
        item->done(item, stored);
    }
}

static bool put(batcher *b, const batch_item *first, joist_buffer *bytes)
{
    char name[OBJECT_NAME_SIZE];
    joist_error e = { .failure = JOIST_TEMPORARY };
    uint64_t events = 0;
    bytes->len = 0;
    for (const batch_item *item = first; item; item = item->next, events++) {
        joist_buffer_text(bytes, item->line);
        joist_buffer_byte(bytes, '\n');
    }
    object_name(name, first->received_ms, first->request_id, events > 1);
    const store *s = b->o.store;
    int64_t begun = metrics_now_us();
    bool stored = s->kind->put(s->self, name, joist_buffer_view(bytes), &e);
    metrics_put(b->o.metrics, stored, events, bytes->len, metrics_now_us() - begun);
    atomic_store(&b->failing, !stored);
    if (!stored)
        b->o.failed(b->o.user, &e);
    return stored;
}

/* ---- writers --------------------------------------------------------------------------------- */
static void check(batcher *b)
{
    joist_error e;
    const store *s = b->o.store;
    if (s->kind->check(s->self, &e))
        atomic_store(&b->failing, false);
}

/* Waits for an event, but while the storage fails only until it should be looked at again. */
static void wait_for_one(batcher *b)
{
    struct timespec until;
    if (!atomic_load(&b->failing)) {
        pthread_cond_wait(&b->come, &b->lock);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CHECK_SECONDS;
    if (pthread_cond_timedwait(&b->come, &b->lock, &until) == 0)
        return;
    pthread_mutex_unlock(&b->lock);
    check(b);
    pthread_mutex_lock(&b->lock);
}

static void *write_batches(void *user)
{
    batcher *b = user;
    joist_buffer bytes = { 0 };
    pthread_mutex_lock(&b->lock);
    while (b->first || !b->stopping) {
        if (!b->first) {
            wait_for_one(b);
            continue;
        }
        batch_item *first = take(b);
        pthread_mutex_unlock(&b->lock);
        finish(first, put(b, first, &bytes));
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    joist_buffer_free(&bytes);
    return NULL;
}

batcher *batcher_start(const batch_options *o)
{
    batcher *b = joist_calloc(1, sizeof *b);
    b->o = *o;
    b->end = &b->first;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->come, NULL);
    unsigned wanted = o->store->kind->instant ? 0
                    : o->gap_ms > 0 ? o->store->kind->writers : WRITERS_MAX;
    while (b->count < wanted
           && pthread_create(&b->writers[b->count], NULL, write_batches, b) == 0)
        b->count++;
    if (b->count < wanted && b->count == 0) {
        batcher_stop(b);
        return NULL;
    }
    return b;
}

void batcher_add(batcher *b, batch_item *item)
{
    item->next = NULL;
    if (b->o.store->kind->instant) {
        joist_buffer none = { 0 };
        finish(item, put(b, item, &none));
        joist_buffer_free(&none);
        return;
    }
    pthread_mutex_lock(&b->lock);
    *b->end = item;
    b->end = &item->next;
    pthread_cond_signal(&b->come);
    pthread_mutex_unlock(&b->lock);
}

bool batcher_good(batcher *b)
{
    return !atomic_load(&b->failing);
}

void batcher_stop(batcher *b)
{
    pthread_mutex_lock(&b->lock);
    b->stopping = true;
    pthread_cond_broadcast(&b->come);
    pthread_mutex_unlock(&b->lock);
    for (unsigned i = 0; i < b->count; i++)
        pthread_join(b->writers[i], NULL);
    pthread_cond_destroy(&b->come);
    pthread_mutex_destroy(&b->lock);
    joist_free(b);
}
