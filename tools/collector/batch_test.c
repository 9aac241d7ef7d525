/* SPDX-License-Identifier: Apache-2.0
 * Which events share an object, and that each of them is told what became of it. The storage is one
 * that waits until the test lets it go on, and remembers what it was given. */
#include "batch.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { HOUR = 3600000, OBJECTS_MAX = 64 };

typedef struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int entered, allowed;               /* puts that began; that may end */
    bool bad;                           /* they fail */
    int checks;
    char names[OBJECTS_MAX][OBJECT_NAME_SIZE], texts[OBJECTS_MAX][200];
    int count;
} gate;

static bool gate_put(void *self, const char *name, joist_text bytes, joist_error *e)
{
    gate *g = self;
    pthread_mutex_lock(&g->lock);
    int mine = g->entered++;
    pthread_cond_broadcast(&g->moved);
    while (mine >= g->allowed)
        pthread_cond_wait(&g->moved, &g->lock);
    bool good = !g->bad;
    if (good) {
        snprintf(g->names[g->count], OBJECT_NAME_SIZE, "%s", name);
        snprintf(g->texts[g->count++], 200, "%.*s", JOIST_ARG(bytes));
    } else {
        joist_fail_with(e, JOIST_TEMPORARY, "as the test says");
    }
    pthread_mutex_unlock(&g->lock);
    return good;
}

static bool gate_check(void *self, joist_error *e)
{
    gate *g = self;
    pthread_mutex_lock(&g->lock);
    g->checks++;
    bool good = !g->bad;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
    if (!good)
        joist_fail_with(e, JOIST_TEMPORARY, "as the test says");
    return good;
}

static void gate_close(void *self)
{
    (void)self;
}

static const store_kind gated = { "gate", "", 1, false, NULL, gate_put, gate_check, gate_close };

typedef struct event { batch_item item; char text[40]; atomic_int done; } event;

typedef struct world {
    gate gate;
    store store;
    metrics metrics;
    atomic_int failures;
    batcher *batcher;
    event events[32];
    int count;
} world;

static void on_failed(void *user, const joist_error *e)
{
    world *w = user;
    cr_assert_str_eq(e->message, "as the test says");
    atomic_fetch_add(&w->failures, 1);
}

static void begin(world *w, int64_t gap_ms)
{
    *w = (world){ .count = 0 };
    pthread_mutex_init(&w->gate.lock, NULL);
    pthread_cond_init(&w->gate.moved, NULL);
    w->store = (store){ &gated, &w->gate };
    w->batcher = batcher_start(&(batch_options){ .store = &w->store, .gap_ms = gap_ms,
                                                 .metrics = &w->metrics, .failed = on_failed,
                                                 .user = w });
    cr_assert(w->batcher);
}

static void on_done(batch_item *item, bool stored)
{
    event *e = (event *)(void *)item;
    atomic_fetch_add(&e->done, stored ? 1 : 100);
}

static void add(world *w, int64_t received_ms)
{
    event *e = &w->events[w->count];
    snprintf(e->text, sizeof e->text, "e%d", w->count);
    snprintf(e->item.request_id, sizeof e->item.request_id, "%-35d", w->count++);
    e->item.line = joist_text_of(e->text);
    e->item.received_ms = received_ms;
    e->item.done = on_done;
    batcher_add(w->batcher, &e->item);
}

static void wait_entered(world *w, int puts)
{
    pthread_mutex_lock(&w->gate.lock);
    while (w->gate.entered < puts)
        pthread_cond_wait(&w->gate.moved, &w->gate.lock);
    pthread_mutex_unlock(&w->gate.lock);
}

static void allow(world *w, int puts)
{
    pthread_mutex_lock(&w->gate.lock);
    w->gate.allowed += puts;
    pthread_cond_broadcast(&w->gate.moved);
    pthread_mutex_unlock(&w->gate.lock);
}

static void end(world *w)
{
    allow(w, 1000);
    batcher_stop(w->batcher);
    for (int i = 0; i < w->count; i++)
        cr_assert(w->events[i].done == 1 || w->events[i].done == 100, "event %d", i);
}

Test(batch, what_waits_together_is_put_together)
{
    world w;
    begin(&w, 20);
    add(&w, 1000);
    wait_entered(&w, 1);
    for (int i = 0; i < 4; i++)
        add(&w, 1001 + i);
    end(&w);
    cr_assert_eq(w.gate.count, 2);
    cr_assert_str_eq(w.gate.texts[0], "e0\n");
    cr_assert_str_eq(w.gate.texts[1], "e1\ne2\ne3\ne4\n");
    cr_assert(strstr(w.gate.names[0], ".json") && strstr(w.gate.names[1], ".ndjson"));
    cr_assert_eq(w.metrics.events, 5u);
    cr_assert_eq(w.metrics.objects, 2u);
}

Test(batch, no_sharing_over_a_gap_or_an_hour)
{
    world w;
    begin(&w, 20);
    add(&w, 0);
    wait_entered(&w, 1);
    add(&w, HOUR - 30);
    add(&w, HOUR - 10);
    add(&w, HOUR - 1);
    add(&w, HOUR);
    add(&w, HOUR - 1);                  /* the clock went back */
    add(&w, HOUR - 22);
    end(&w);
    cr_assert_eq(w.gate.count, 5);
    cr_assert_str_eq(w.gate.texts[1], "e1\ne2\ne3\n");
    cr_assert_str_eq(w.gate.texts[2], "e4\n");
    cr_assert_str_eq(w.gate.texts[3], "e5\n");
    cr_assert_str_eq(w.gate.texts[4], "e6\n");
    cr_assert(strstr(w.gate.names[2], "/01/") && strstr(w.gate.names[3], "/00/"));
}

Test(batch, zero_never_shares)
{
    world w;
    begin(&w, 0);
    for (int i = 0; i < 20; i++)
        add(&w, 5);
    end(&w);
    cr_assert_eq(w.gate.count, 20);
}

Test(batch, a_failure_is_everybodys)
{
    world w;
    begin(&w, 20);
    w.gate.bad = true;
    add(&w, 5);
    wait_entered(&w, 1);
    add(&w, 6);
    add(&w, 6);
    allow(&w, 2);
    pthread_mutex_lock(&w.gate.lock);
    while (w.gate.checks < 1)           /* idle and failing: it looks whether all is well again */
        pthread_cond_wait(&w.gate.moved, &w.gate.lock);
    pthread_mutex_unlock(&w.gate.lock);
    cr_assert(!batcher_good(w.batcher));
    for (int i = 0; i < 3; i++)
        cr_assert_eq(w.events[i].done, 100);
    pthread_mutex_lock(&w.gate.lock);
    w.gate.bad = false;
    pthread_mutex_unlock(&w.gate.lock);
    allow(&w, 1);
    add(&w, 7);
    end(&w);
    cr_assert_eq(w.events[3].done, 1);
    cr_assert_eq(w.failures, 2);
    cr_assert_eq(w.metrics.put_failures, 2u);
    cr_assert_eq(w.metrics.events, 1u);
}

Test(batch, instant_storage_is_done_at_once)
{
    world w = { .count = 0 };
    joist_error e;
    cr_assert(store_open(&w.store, JOIST_TEXT("null:"), &e));
    w.batcher = batcher_start(&(batch_options){ .store = &w.store, .gap_ms = 20,
                                                .metrics = &w.metrics, .failed = on_failed,
                                                .user = &w });
    add(&w, 5);
    cr_assert_eq(w.events[0].done, 1);
    batcher_stop(w.batcher);
    store_close(&w.store);
}
