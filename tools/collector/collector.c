/* SPDX-License-Identifier: Apache-2.0
 * Stopping has an order. No connection is taken any more; what was accepted is answered, each
 * answer closing its connection; then nothing new reaches the batcher, which puts what it has; and
 * only then the HTTP server ends, because it must not while a connection is suspended. After
 * STOP_SECONDS what is left is given up: nobody was told that it is stored. */
#include "collector.h"

#include "../cli/proxy.h"
#include "../cli/signals.h"
#include "limits.h"
#include "server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

enum { SWEEP_MS = 250, DRAIN_MS = 20, LOG_MS = 1000 };

typedef struct moved_clock { jst_cli_proxy proxy; int64_t by_ms; } moved_clock;

typedef struct collector {
    server server;
    store store;
    jst_cli_log log;
    moved_clock clock;
    atomic_int_least64_t logged_us;     /* when the storage's last failure was */
} collector;

/* ---- seams ----------------------------------------------------------------------------------- */
static int wake = -1;                   /* an eventfd: what a signal handler may write to */

static void on_stop(void)
{
    uint64_t one = 1;
    ssize_t n = write(wake, &one, sizeof one);
    (void)n;                            /* full: it is awake already */
}

static int64_t moved_now(joist_env *env)
{
    const moved_clock *c = (const moved_clock *)(const void *)env;
    return c->proxy.real->now_ms(c->proxy.real) + c->by_ms;
}

static joist_env *clock_of(moved_clock *c, joist_time now)
{
    joist_env *real = joist_env_system();
    if (!now.set)
        return real;
    jst_cli_proxy_begin(&c->proxy, real);
    c->by_ms = now.ms - real->now_ms(real);
    c->proxy.env.now_ms = moved_now;
    return &c->proxy.env;
}

/* One line a second at most: a full disk fails every put. */
static void on_put_failed(void *user, const joist_error *e)
{
    collector *c = user;
    int64_t now = metrics_now_us(), last = atomic_load(&c->logged_us);
    if (now - last >= LOG_MS * 1000 && atomic_compare_exchange_strong(&c->logged_us, &last, now))
        jst_cli_log_printf(&c->log, JST_CLI_ERROR, "storage: %s", e->message);
}

/* ---- start ----------------------------------------------------------------------------------- */
static bool start(collector *c, const settings *s, joist_error *e)
{
    server *v = &c->server;
    int64_t port = s->o->port;
    if (getrandom(&v->seed, sizeof v->seed, 0) != (ssize_t)sizeof v->seed
        || !store_open(&c->store, s->o->storage, e))
        return false;
    v->env = clock_of(&c->clock, s->o->now);
    v->trusted = &s->trusted;
    pthread_mutex_init(&v->ids.lock, NULL);
    v->instant = c->store.kind->instant;
    v->per_project = rate_new(s->o->rate_project, v->seed);
    v->per_address = rate_new(s->o->rate_address, v->seed);
    v->batcher = batcher_start(&(batch_options){ .store = &c->store, .gap_ms = s->o->batch_ms,
                                                 .metrics = &v->metrics,
                                                 .failed = on_put_failed, .user = c });
    if (!v->batcher) {
        joist_fail_with(e, JOIST_FATAL, "cannot start a thread");
        return false;
    }
    int listening = server_listen(s->o->host, &port, e);
    if (listening < 0 || !server_start(v, listening, e))
        return false;
    jst_cli_log_printf(&c->log, JST_CLI_INFO, "listening on %.*s, port %lld, storage %.*s",
                       JOIST_ARG(s->o->host), (long long)port, JOIST_ARG(s->o->storage));
    return true;
}

static void serve(collector *c)
{
    struct pollfd woken = { .fd = wake, .events = POLLIN };
    server *v = &c->server;
    while (!jst_cli_signal_caught()) {
        poll(&woken, 1, SWEEP_MS);
        size_t late = connections_sweep(v->connections, metrics_now_us());
        atomic_fetch_add(&v->metrics.timeouts, late);
    }
}

/* ---- end ------------------------------------------------------------------------------------- */
static bool wait_until_empty(server *v, int64_t end_us)
{
    bool all = false;
    while (connections_count(v->connections) > 0) {
        int64_t now = metrics_now_us();
        if (now >= end_us)
            break;
        all = all || end_us - now < 1000000;    /* the last second: bodies are not waited for */
        connections_drain(v->connections, now, all);
        poll(NULL, 0, DRAIN_MS);
    }
    atomic_store(&v->stopped, true);
    while (atomic_load(&v->with_batcher) > 0) {
        if (metrics_now_us() >= end_us)
            return false;
        poll(NULL, 0, DRAIN_MS);
    }
    return true;
}

static void release(collector *c)
{
    server *v = &c->server;
    server_stop(v);
    if (v->batcher)
        batcher_stop(v->batcher);
    rate_free(v->per_project);
    rate_free(v->per_address);
    store_close(&c->store);
}

static int stop(collector *c)
{
    server *v = &c->server;
    int64_t end_us = metrics_now_us() + (STOP_SECONDS * 1000000 - 250000);
    jst_cli_log_printf(&c->log, JST_CLI_INFO, "stopping: signal %d", jst_cli_signal_caught());
    server_drain(v);
    if (!wait_until_empty(v, end_us)) {
        jst_cli_log_printf(&c->log, JST_CLI_ERROR, "the storage does not answer: %lld requests are "
                           "given up unanswered", (long long)atomic_load(&v->with_batcher));
        _exit(1);                       /* threads that hang in the storage cannot be joined */
    }
    uint64_t events = atomic_load(&v->metrics.events);
    release(c);
    jst_cli_log_printf(&c->log, JST_CLI_INFO, "stopped: %llu events in %llu objects",
                       (unsigned long long)events,
                       (unsigned long long)atomic_load(&v->metrics.objects));
    return 0;
}

int collector_run(const settings *s)
{
    joist_error e = { .failure = JOIST_FATAL };
    collector *c = joist_calloc(1, sizeof *c);
    c->log = jst_cli_log_new(stderr, JST_CLI_JSON, false, false);
    wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    jst_cli_signals_begin(on_stop);
    int code = e.failure;
    if (start(c, s, &e)) {
        serve(c);
        code = stop(c);
    } else {
        jst_cli_log_error(&c->log, &e);
        release(c);
        code = e.failure == JOIST_USAGE ? 2 : 1;
    }
    jst_cli_signals_end();
    close(wake);
    joist_free(c);
    return code;
}
