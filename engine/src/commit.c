/* SPDX-License-Identifier: Apache-2.0
 * Stores: opened before anything is read, written and prepared side by side after everything has
 * been processed, committed one after another in the order of their first joist_write. Killed
 * before its commit a store shows nothing of the run; killed between two commits, running again
 * completes it. */
#include "run.h"

enum { ROWS_BYTES = 64 << 10, MOST_ROWS = 256 };

joist_status jst_stores_open(jst_run *run)
{
    for (size_t i = 0; i < run->plan->stores_count && !run->o.dry_run; i++) {
        const jst_store_plan *s = &run->plan->stores[i];
        joist_error e = { 0 };
        joist_status status;
        int attempt = 0;
        do
            status = s->connector->store->open(s->uri, s->specs, s->count, &run->identity,
                                               run->env, &run->stores[i], &e);
        while (jst_run_again(run, status, attempt++, &e));
        if (status != JOIST_OK)
            return jst_run_fail_uri(run, s->uri, &e);
    }
    return JOIST_OK;
}

void jst_stores_close(jst_run *run)
{
    for (size_t i = 0; i < run->plan->stores_count; i++) {
        if (run->stores[i])
            run->stores[i]->ops->close(run->stores[i]);
        run->stores[i] = NULL;
    }
}

/* ---- writing one table ----------------------------------------------------------------------- */

typedef struct table_writer {
    jst_run *run;
    jst_worker *worker;
    joist_store *store;             /* NULL: a dry run */
    const jst_table_plan *table;
    size_t index;                   /* of the table in its store */
    const jst_shuffle *shuffle;
    size_t node;
    joist_arena *arena;
    char *rows; size_t count, cap;
    const joist_position *positions[MOST_ROWS];
    uint64_t written, refused;
} table_writer;

static void reject_row(table_writer *w, size_t i, const joist_error *why)
{
    jst_rejected r = { .node = w->table->node, .code = "sink_row",
                       .message = joist_text_of(why->message),
                       .type = w->shuffle->plan->out,
                       .element = w->rows + i * w->shuffle->plan->out->size,
                       .at = w->positions[i] };
    size_t code = jst_code_index(w->run, r.code);
    jst_tick_add(&w->worker->counts[w->node].rejected[code], 1);
    jst_dead_add(w->worker, &r);
    w->refused++;
}

/* What became of one call: true to call again with the rows from *from on. */
static bool write_more(table_writer *w, joist_status *status, size_t row, size_t *from,
                       int *attempt, joist_error *e)
{
    if (*status != JOIST_REJECTED)
        return jst_run_again(w->run, *status, (*attempt)++, e);
    if (row >= w->count - *from) {
        *status = joist_fail_with(e, JOIST_FATAL, "the store of '%.*s' refused row %zu of %zu",
                                  JOIST_ARG(w->table->node->uri), row, w->count - *from);
        return false;
    }
    reject_row(w, *from + row, e);
    *from += row + 1;
    *attempt = 0;
    *status = JOIST_OK;
    return *from < w->count;
}

/* What the store took of the rows from `from` on: all, or those before the refused one. */
static void show(const table_writer *w, joist_status status, size_t from, size_t row)
{
    joist_tap *tap = w->run->o.tap;
    const joist_type *type = w->shuffle->plan->out;
    size_t rest = w->count - from, before = row < rest ? row : rest;
    size_t taken = status == JOIST_OK ? rest : status == JOIST_REJECTED ? before : 0;
    if (tap && taken)
        tap->see(tap, &(joist_tap_event){ .kind = JOIST_TAP_WRITTEN,
            .step = w->table->node->name, .type = type,
            .rows = { w->rows + from * type->size, taken, type->size, w->positions + from } });
}

/* Rows behind a refused one are a new call. Many refused rows are many dead letters: they count as
 * memory like everything else. */
static joist_status flush(table_writer *w, joist_error *e)
{
    size_t size = w->shuffle->plan->out->size, from = 0, row;
    joist_status status = JOIST_OK;
    int attempt = 0;
    if (w->store && w->count)
        do {
            joist_rows rows = { w->rows + from * size, w->count - from, size, w->positions + from };
            row = 0;
            e->message[0] = '\0';
            status = w->store->ops->write(w->store, w->index, &rows, &row, e);
            show(w, status, from, row);
        } while (write_more(w, &status, row, &from, &attempt, e));
    if (status == JOIST_OK && from)
        status = jst_shuffle_account(w->run->dead, w->worker->index, e);
    w->written += w->count;
    w->count = 0;
    joist_arena_reset(w->arena);
    return status;
}

static joist_status add_row(table_writer *w, const jst_merge *m, const jst_entry *next,
                            joist_error *e)
{
    const jst_entry *entry = jst_merge_keep(m, next, w->arena);
    char *row = w->rows + w->count * w->shuffle->plan->out->size;
    if (!jst_entry_decode(w->shuffle, entry, row, w->arena))
        return joist_fail_with(e, JOIST_FATAL, "a temporary row of '%s' cannot be read back",
                               w->shuffle->plan->out->name);
    w->positions[w->count++] = jst_entry_position(w->shuffle, entry, w->arena);
    return w->count == w->cap ? flush(w, e) : JOIST_OK;
}

/* Without a store the rows are merged, which tells how many there are, and nothing else. */
static joist_status take_row(table_writer *w, const jst_merge *m, const jst_entry *entry,
                             joist_error *e)
{
    if (w->store)
        return add_row(w, m, entry, e);
    w->written++;
    return JOIST_OK;
}

static joist_status write_rows(table_writer *w, joist_error *e)
{
    jst_merge *m = jst_merge_open(w->shuffle, JST_PARTITIONS);
    joist_status status = JOIST_OK;
    for (const jst_entry *entry; status == JOIST_OK && (entry = jst_merge_next(m, e));) {
        status = take_row(w, m, entry, e);
        if (status == JOIST_OK && jst_run_stopping(w->run))
            status = JOIST_FAILED;
    }
    if (status == JOIST_OK && e->message[0])
        status = JOIST_FAILED;
    if (status == JOIST_OK)
        status = flush(w, e);
    jst_tick_add(&w->run->tables[w->node].folded, jst_merge_folded(m));
    jst_merge_close(m);
    return status;
}

static joist_status write_table(jst_worker *worker, size_t store, size_t index, joist_error *e)
{
    jst_run *run = worker->run;
    const jst_table_plan *table = &run->plan->stores[store].tables[index];
    const jst_shuffle *shuffle = run->shuffles[table->shuffle];
    size_t size = shuffle->plan->out->size, cap = ROWS_BYTES / size;
    table_writer w = { .run = run, .worker = worker, .store = run->stores[store], .table = table,
                       .index = index, .shuffle = shuffle, .arena = joist_arena_new(),
                       .node = jst_node_index(run->plan, table->node),
                       .cap = cap < 1 ? 1 : cap > MOST_ROWS ? MOST_ROWS : cap };
    w.rows = joist_malloc(w.cap * size);
    int64_t begin = jst_nanoseconds();
    joist_status status = write_rows(&w, e);
    jst_table_state *state = &run->tables[w.node];
    jst_tick_add(&state->busy_ns, (uint64_t)(jst_nanoseconds() - begin));
    jst_tick_add(&state->rows, w.written - w.refused);
    jst_tick_add(&state->refused, w.refused);
    joist_free(w.rows);
    joist_arena_free(w.arena);
    return status;
}

/* ---- all stores side by side ----------------------------------------------------------------- */

typedef struct store_work { atomic_size_t next, next_share; } store_work;

static void write_stores(jst_worker *w, void *arg)
{
    store_work *work = arg;
    jst_run *run = w->run;
    size_t i;
    while ((i = atomic_fetch_add(&work->next, 1)) < run->plan->stores_count) {
        joist_error e = { 0 };
        joist_status status = JOIST_OK;
        for (size_t t = 0; t < run->plan->stores[i].count && status == JOIST_OK; t++)
            status = write_table(w, i, t, &e);
        int attempt = 0;
        while (status == JOIST_OK && run->stores[i]) {
            status = run->stores[i]->ops->prepare(run->stores[i], &e);
            if (!jst_run_again(run, status, attempt++, &e))
                break;
            status = JOIST_OK;
        }
        if (status != JOIST_OK)
            jst_run_fail_uri(run, run->plan->stores[i].uri, &e);
    }
}

/* Workers take (shuffle, share) pairs, so that sorting is shared out evenly. */
static void seal_tables(jst_worker *w, void *arg)
{
    store_work *work = arg;
    jst_run *run = w->run;
    size_t i;
    size_t shares = run->plan->shuffles_count * run->workers_count;
    while ((i = atomic_fetch_add(&work->next_share, 1)) < shares)
        jst_shuffle_seal(run->shuffles[i / run->workers_count], i % run->workers_count);
}

static joist_status begin_stores(jst_run *run)
{
    for (size_t i = 0; i < run->plan->stores_count; i++) {
        joist_store *s = run->stores[i];
        joist_error e = { 0 };
        joist_status status = JOIST_OK;
        int attempt = 0;
        if (s && s->ops->begin)
            do
                status = s->ops->begin(s, &e);
            while (jst_run_again(run, status, attempt++, &e));
        if (status != JOIST_OK)
            return jst_run_fail_uri(run, run->plan->stores[i].uri, &e);
    }
    return JOIST_OK;
}

joist_status jst_stores_write(jst_run *run)
{
    store_work work = { 0 };
    if (begin_stores(run) != JOIST_OK)
        return JOIST_FAILED;
    jst_parallel(run, seal_tables, &work);
    jst_parallel(run, write_stores, &work);
    return jst_run_stopping(run) ? JOIST_FAILED : JOIST_OK;
}

/* ---- commit ---------------------------------------------------------------------------------- */

static bool may_commit(jst_run *run)
{
    joist_error e = { 0 };
    if (!run->o.may_commit || run->o.may_commit(run->o.user, &e))
        return true;
    jst_run_fail(run, &e);
    return false;
}

static joist_status commit_store(jst_run *run, size_t i)
{
    const jst_store_plan *s = &run->plan->stores[i];
    joist_error e = { 0 };
    joist_status status;
    int attempt = 0;
    do
        status = run->stores[i]->ops->commit(run->stores[i], &e);
    while (jst_run_again(run, status, attempt++, &e));
    if (status != JOIST_OK)
        return jst_run_fail_uri(run, s->uri, &e);
    for (size_t t = 0; t < s->count; t++)
        run->tables[jst_node_index(run->plan, s->tables[t].node)].committed = true;
    return JOIST_OK;
}

static joist_status tell_committed(jst_run *run, const jst_store_plan *s)
{
    joist_error e = { 0 };
    bool replaced = false;
    for (size_t t = 0; t < s->count; t++)
        replaced |= s->specs[t].window.count && s->specs[t].hour.len;
    if (!run->o.committed || run->o.committed(run->o.user, s->uri, replaced, &e) == JOIST_OK)
        return JOIST_OK;
    return jst_run_fail(run, &e);
}

/* A signal that comes before the first commit is the last that can prevent it: some stores without
 * the others would be worse than all. */
joist_status jst_stores_commit(jst_run *run)
{
    if (jst_run_stopping(run))
        return JOIST_FAILED;
    if (run->o.dry_run || !run->plan->stores_count)
        return JOIST_OK;
    if (!may_commit(run))
        return JOIST_FAILED;
    for (size_t i = 0; i < run->plan->stores_count; i++)
        if (commit_store(run, i) || tell_committed(run, &run->plan->stores[i]))
            return JOIST_FAILED;
    return JOIST_OK;
}
