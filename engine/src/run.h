/* SPDX-License-Identifier: Apache-2.0
 * One run: what its workers share, and each worker's own. */
#ifndef JST_RUN_H
#define JST_RUN_H

#include "shuffle.h"
#include "view.h"

#include <pthread.h>

enum { JST_MOST_PORTS = 8, JST_MOST_CODES = JOIST_MOST_CODES, JST_MOST_METRICS = 64 };

/* Counted by one worker, read by others: relaxed atomics, no read-modify-write. */
typedef _Atomic uint64_t jst_tick;
JOIST_INLINE void jst_tick_add(jst_tick *t, uint64_t n)
{
    uint64_t now = atomic_load_explicit(t, memory_order_relaxed);
    atomic_store_explicit(t, now + n, memory_order_relaxed);
}

typedef struct jst_counts {             /* of one graph node on one worker */
    jst_tick in, outs[JST_MOST_PORTS], rejected[JST_MOST_CODES], retried, busy_ns;
    jst_tick metrics[JST_MOST_METRICS][4];      /* named by jst_metric_names, see metrics.c */
} jst_counts;

typedef enum jst_metric_kind { JST_COUNTER, JST_DISTRIBUTION, JST_GAUGE } jst_metric_kind;
typedef struct jst_metric_names {       /* of one graph node; only grows */
    atomic_size_t count;
    struct { jst_metric_kind kind; char *name; } items[JST_MOST_METRICS];
} jst_metric_names;

/* The last place at which a step rejected what comes from no record, and how often it did. */
typedef struct jst_again { joist_buffer place; uint32_t count; } jst_again;

typedef struct jst_worker {
    struct jst_run *run;
    size_t index;
    joist_arena *arena;                 /* of the bundle */
    jst_counts *counts;                 /* one per graph node */
    jst_tick files, records, bytes;
    joist_buffer scratch;
    jst_again *again;                   /* one per graph node */
} jst_worker;

typedef struct jst_table_state {        /* counted by the worker that writes the table */
    jst_tick rows, refused;
    jst_tick folded;                    /* rows that a later one with the same key replaced */
    jst_tick busy_ns;
    bool committed;
} jst_table_state;

typedef struct jst_run {
    joist_pipeline *p;
    jst_plan *plan;
    joist_run_options o;
    joist_env *env;
    joist_arena *arena;                 /* of the run */
    int64_t started_ms;
    joist_time now;
    joist_text id;
    joist_run_identity identity;
    jst_worker *workers; size_t workers_count;
    jst_metric_names *metric_names; size_t nodes_count;         /* by graph node */
    jst_memory memory;
    jst_shuffle **shuffles;             /* one per plan->shuffles */
    jst_shuffle_plan dead_plan;
    jst_shuffle *dead;                  /* dead letters, by position and code */
    jst_view **views;                   /* one per plan->views */
    joist_source **sources;             /* one per graph node, NULL where it is no read */
    joist_store **stores;               /* one per plan->stores; NULL in a dry run */
    const joist_code *codes[JST_MOST_CODES]; size_t codes_count;
    atomic_bool failed;
    pthread_mutex_t lock;               /* error; growing metric_names */
    joist_error error;
    _Atomic int64_t first_record_ns;
    int64_t started_ns;
    uint64_t skipped, bytes_total;
    jst_table_state *tables;            /* by graph node, of the writes */
    atomic_uint_least64_t mail_sent, mail_failed, mail_pending;
    bool mail_of_all;                   /* mail_pending: of other runs, too */
    bool mail_refused;                  /* there are dead letters of the outbox */
    joist_text dead_file;
    joist_text digest;                  /* of what the reads of a window listed */
    bool added_up, ended;
    joist_report report;
    joist_arena *report_arena;
} jst_run;

void jst_run_free(jst_run *run);        /* NULL is a no-op */

/* The first failure wins and stops every worker. Returns JOIST_FAILED. */
joist_status jst_run_fail(jst_run *run, const joist_error *e);

/* The same for what a connector answered; one that gave no reason is named by its URI. Without a
 * reason while the run is stopping nothing failed: it is only not finished. */
joist_status jst_run_fail_uri(jst_run *run, joist_text uri, joist_error *e);
bool jst_run_stopping(jst_run *run);    /* failed, or a signal asked to stop */

/* After a RETRY: waits with growing delay and true, or false when it is time to give up: then *e is
 * a temporary failure, or empty if the run is stopping. `attempt` counts from 0. */
bool jst_run_again(jst_run *run, joist_status status, int attempt, joist_error *e);
int64_t jst_nanoseconds(void);          /* monotonic, for durations only */

/* codes: index of a known code, or JST_MOST_CODES. */
size_t jst_code_index(const jst_run *run, const char *code);

/* ---- stage.c: running one stage on all workers ----------------------------------------------- */
joist_status jst_stage_run(jst_run *run, const jst_stage *stage);

/* ---- pool.c ----------------------------------------------------------------------------------
 * Runs `work` on every worker's thread, progress on the caller's; returns when all are done. */
typedef void (*jst_work)(jst_worker *w, void *arg);
void jst_parallel(jst_run *run, jst_work work, void *arg);
void jst_run_look(jst_run *run);        /* progress, from the thread that runs it all */

/* ---- dead.c: dead letters -------------------------------------------------------------------- */
typedef struct jst_rejected {
    const jst_node *node;               /* the step that rejects */
    const char *code;
    joist_text message;
    const joist_type *type; const void *element;    /* the element, or NULL for raw */
    joist_bytes raw; bool raw_truncated;
    const joist_position *at;
} jst_rejected;
void jst_dead_add(jst_worker *w, const jst_rejected *r);
joist_status jst_dead_write(jst_run *run);     /* writes the file whole, again when called again */

/* ---- commit.c: stores ------------------------------------------------------------------------ */
joist_status jst_stores_open(jst_run *run);
joist_status jst_stores_write(jst_run *run);        /* everything up to prepare */
joist_status jst_stores_commit(jst_run *run);
void jst_stores_close(jst_run *run);

/* ---- hours.c ---------------------------------------------------------------------------------
 * Sets run->digest, of the open reads of a window; empty if one of their sources cannot tell. */
void jst_digest_windows(jst_run *run);

/* ---- outbox.c: messages, after the commit; never fails the run ------------------------------- */
void jst_outbox_deliver(jst_run *run);

/* ---- report.c -------------------------------------------------------------------------------- */
const joist_report *jst_report_make(jst_run *run, const char *status);

/* Law 7, once everything is written: false, and *e names the step whose numbers do not add up. */
bool jst_report_adds_up(jst_run *run, joist_error *e);

#endif
