/* SPDX-License-Identifier: Apache-2.0
 * Hanging up is shutdown(2): the thread that owns the connection then reads its end and closes it,
 * so no descriptor is closed, and perhaps used again, behind anybody's back. */
#include "connections.h"

#include "joist/memory.h"
#include "limits.h"

#include <pthread.h>
#include <sys/socket.h>

struct connection {
    connection *prev, *next;
    int fd;
    atomic_int phase;
    atomic_int_least64_t deadline_us;
};

struct connections {
    pthread_mutex_t lock;
    connection *first;
    size_t count;
};

connections *connections_new(void)
{
    connections *c = joist_calloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void connections_free(connections *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    joist_free(c);
}

connection *connections_add(connections *c, int fd, int64_t now_us)
{
    connection *one = joist_calloc(1, sizeof *one);
    one->fd = fd;
    connection_enter(one, PHASE_HEADERS, now_us);
    pthread_mutex_lock(&c->lock);
    one->next = c->first;
    if (c->first)
        c->first->prev = one;
    c->first = one;
    c->count++;
    pthread_mutex_unlock(&c->lock);
    return one;
}

void connections_remove(connections *c, connection *one)
{
    pthread_mutex_lock(&c->lock);
    if (one->prev)
        one->prev->next = one->next;
    else
        c->first = one->next;
    if (one->next)
        one->next->prev = one->prev;
    c->count--;
    pthread_mutex_unlock(&c->lock);
    joist_free(one);
}

void connection_enter(connection *one, phase p, int64_t now_us)
{
    static const int64_t seconds[] = { HEADER_SECONDS, BODY_SECONDS, 0 };
    int64_t deadline = p == PHASE_WORK ? INT64_MAX : now_us + seconds[p] * 1000000;
    atomic_store(&one->deadline_us, deadline);
    atomic_store(&one->phase, (int)p);
}

size_t connections_sweep(connections *c, int64_t now_us)
{
    size_t late = 0;
    pthread_mutex_lock(&c->lock);
    for (connection *one = c->first; one; one = one->next) {
        if (atomic_load(&one->deadline_us) > now_us)
            continue;
        shutdown(one->fd, SHUT_RDWR);
        atomic_store(&one->deadline_us, INT64_MAX);
        late++;
    }
    pthread_mutex_unlock(&c->lock);
    return late;
}

/* A request may arrive at any instant, and the library drops one whose connection it sees ending
 * before it was answered. So no connection is cut off that was used a moment ago. */
static bool idle(const connection *one, int64_t now_us)
{
    int64_t since = atomic_load(&one->deadline_us) - HEADER_SECONDS * 1000000;
    return atomic_load(&one->phase) == PHASE_HEADERS && now_us - since >= IDLE_SECONDS * 1000000;
}

void connections_drain(connections *c, int64_t now_us, bool all)
{
    pthread_mutex_lock(&c->lock);
    for (connection *one = c->first; one; one = one->next)
        if (idle(one, now_us) || (all && atomic_load(&one->phase) != PHASE_WORK))
            shutdown(one->fd, SHUT_RD);
    pthread_mutex_unlock(&c->lock);
}

size_t connections_count(connections *c)
{
    pthread_mutex_lock(&c->lock);
    size_t count = c->count;
    pthread_mutex_unlock(&c->lock);
    return count;
}
