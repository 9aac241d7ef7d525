/* SPDX-License-Identifier: Apache-2.0
 * Group commit: events that wait for the storage at the same time are put as one object. */
#ifndef COLLECTOR_BATCH_H
#define COLLECTOR_BATCH_H

#include "metrics.h"
#include "store.h"
#include "uuid.h"

/* An event on its way; belongs to the caller, who keeps it until `done` was called. */
typedef struct batch_item batch_item;
struct batch_item {
    batch_item *next;
    joist_text line;                        /* JSON without a newline */
    int64_t received_ms;
    char request_id[UUID_SIZE];
    void (*done)(batch_item *item, bool stored);    /* once, from any thread */
};

typedef struct batcher batcher;

/* `gap_ms`: an event that came later than that after the one before begins a new object; 0: every
 * event has its own. `failed` is told of every put that failed. */
typedef struct batch_options {
    const store *store;
    int64_t gap_ms;
    metrics *metrics;
    void (*failed)(void *user, const joist_error *e);
    void *user;
} batch_options;

batcher *batcher_start(const batch_options *o);

/* Never waits, unless the storage is instant: then it is done when this returns. */
void batcher_add(batcher *b, batch_item *item);

/* Did the last put or, since it failed, the last check succeed? */
bool batcher_good(batcher *b);

/* Puts what waits, then ends. Nothing may be added any more. */
void batcher_stop(batcher *b);

#endif
