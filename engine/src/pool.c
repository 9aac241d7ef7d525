/* SPDX-License-Identifier: Apache-2.0
 * Work on all workers at once. The caller's thread waits, and looks at the numbers every 100 ms. */
#include "run.h"

#include <time.h>

typedef struct crew {
    jst_run *run;
    jst_work work;
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t all_done;
    size_t left;
} crew;

typedef struct member { crew *crew; jst_worker *worker; } member;

static void *member_main(void *arg)
{
    member *m = arg;
    m->crew->work(m->worker, m->crew->arg);
    pthread_mutex_lock(&m->crew->lock);
    if (--m->crew->left == 0)
        pthread_cond_signal(&m->crew->all_done);
    pthread_mutex_unlock(&m->crew->lock);
    return NULL;
}

void jst_run_look(jst_run *run)
{
    if (run->o.progress)
        run->o.progress(run->o.user, jst_report_make(run, "running"));
}

static void wait_for_all(crew *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->left) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100 * 1000 * 1000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&c->all_done, &c->lock, &until);
        pthread_mutex_unlock(&c->lock);
        jst_run_look(c->run);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
}

/* A thread that cannot be had is no reason to fail: the others, at worst this one, do its work. */
void jst_parallel(jst_run *run, jst_work work, void *arg)
{
    size_t n = run->workers_count;
    crew c = { .run = run, .work = work, .arg = arg, .left = n };
    pthread_mutex_init(&c.lock, NULL);
    pthread_cond_init(&c.all_done, NULL);
    pthread_t *threads = joist_calloc(n, sizeof *threads);
    member *members = joist_calloc(n, sizeof *members);
    bool *started = joist_calloc(n, sizeof *started);
    for (size_t i = 0; i < n; i++) {
        members[i] = (member){ &c, &run->workers[i] };
        started[i] = pthread_create(&threads[i], NULL, member_main, &members[i]) == 0;
    }
    for (size_t i = 0; i < n; i++)
        if (!started[i])
            member_main(&members[i]);
    wait_for_all(&c);
    for (size_t i = 0; i < n; i++)
        if (started[i])
            pthread_join(threads[i], NULL);
    joist_free(started);
    joist_free(members);
    joist_free(threads);
    pthread_cond_destroy(&c.all_done);
    pthread_mutex_destroy(&c.lock);
}
