/* SPDX-License-Identifier: Apache-2.0
 * One stage on all workers. Splits are taken in input order from one counter; a worker that finds
 * none left asks the readers still running to give up half of what they have not begun. Ranges of a
 * joist_read_all are elements of a shuffle and readers like splits: so they are read bundle by
 * bundle, not inside of the bundle that they came in. */
#include "groups.h"

enum { BUNDLE_BYTES = 256 << 10 };

typedef struct stage_work {
    jst_run *run;
    const jst_stage *stage;
    joist_source *source;
    const joist_split *splits; size_t splits_count;
    atomic_size_t next;             /* split, or partition of the shuffle */
    pthread_mutex_t lock;       /* of `reading`: a reader is not stopped while it is stolen from */
    joist_reader **reading;         /* by worker */
} stage_work;

/* ---- sealing what the stage needs ------------------------------------------------------------ */

static void seal_share(jst_worker *w, void *shuffle)
{
    jst_shuffle_seal(shuffle, w->index);
}

static joist_status seal_views(jst_run *run, const jst_stage *stage, joist_error *e)
{
    for (size_t i = 0; i < stage->count; i++)
        for (size_t k = 0; k < stage->dofns[i].fn->sides_count; k++) {
            jst_view *v = run->views[stage->dofns[i].views[k]];
            if (!v->sealed && jst_view_seal(v, e))
                return JOIST_FAILED;
        }
    return JOIST_OK;
}

/* ---- sources --------------------------------------------------------------------------------- */

static bool steal(stage_work *work, joist_split *rest)
{
    bool got = false;
    pthread_mutex_lock(&work->lock);
    for (size_t i = 0; !got && i < work->run->workers_count; i++)
        if (work->reading[i] && work->reading[i]->ops->steal)
            got = work->reading[i]->ops->steal(work->reading[i], rest);
    pthread_mutex_unlock(&work->lock);
    return got;
}

static bool take_split(stage_work *work, joist_split *split)
{
    size_t i = atomic_fetch_add(&work->next, 1);
    if (i >= work->splits_count)
        return steal(work, split);
    *split = work->splits[i];
    return true;
}

static void set_reading(stage_work *work, jst_worker *w, joist_reader *r)
{
    pthread_mutex_lock(&work->lock);
    work->reading[w->index] = r;
    pthread_mutex_unlock(&work->lock);
}

static void note_first_record(jst_run *run, const joist_batch *b)
{
    int64_t none = 0;
    if (b->records && !atomic_load_explicit(&run->first_record_ns, memory_order_relaxed))
        atomic_compare_exchange_strong(&run->first_record_ns, &none, jst_nanoseconds());
}

static void count_batch(jst_worker *w, jst_chain *c, const joist_batch *b)
{
    bool ranges = c->stage->from_shuffle;
    if (!c->stage->side_only) {
        jst_tick_add(&w->files, ranges ? 0 : b->files);
        jst_tick_add(&w->records, b->records);
        jst_tick_add(&w->bytes, b->bytes);
        note_first_record(w->run, b);
    }
    size_t node = jst_node_index(w->run->plan, c->ctx.node);
    jst_tick_add(&w->counts[node].in, ranges ? 0 : b->records - c->blank);
    c->blank = 0;
}

static joist_status read_bundle(jst_chain *c, joist_reader *reader, bool *done, joist_error *e)
{
    jst_run *run = c->worker->run;
    joist_batch b = { .ctx = &c->ctx.pub, .port = &c->ports[0], .max_elements = c->ports[0].cap,
                      .max_bytes = run->o.bundle_elements ? SIZE_MAX : BUNDLE_BYTES };
    int64_t begin = jst_nanoseconds();
    joist_status status = reader->ops->read(reader, &b, e);
    size_t node = jst_node_index(run->plan, c->ctx.node);
    jst_tick_add(&c->worker->counts[node].busy_ns, (uint64_t)(jst_nanoseconds() - begin));
    count_batch(c->worker, c, &b);
    *done = b.done;
    return status;
}

static joist_status count_retry(jst_chain *c)
{
    size_t node = jst_node_index(c->worker->run->plan, c->ctx.node);
    jst_tick_add(&c->worker->counts[node].retried, 1);
    return JOIST_OK;
}

/* What a reader emitted before it asked for a retry is a bundle like any other. */
static joist_status read_to_end(jst_chain *c, joist_reader *reader, joist_error *e)
{
    jst_run *run = c->worker->run;
    joist_status status = JOIST_OK;
    int attempt = 0;
    for (bool done = false; !done && status == JOIST_OK && !jst_run_stopping(run);) {
        jst_chain_begin(c);
        status = read_bundle(c, reader, &done, e);
        jst_chain_end(c);
        if (status == JOIST_OK)
            attempt = 0;
        else if (jst_run_again(run, status, attempt++, e))
            status = count_retry(c);
    }
    return status;
}

static joist_status read_split(stage_work *work, jst_chain *c, const joist_split *split,
                               joist_error *e)
{
    joist_reader *reader = work->source->ops->start(work->source, split, e);
    if (!reader)
        return JOIST_FAILED;
    set_reading(work, c->worker, reader);
    joist_status status = read_to_end(c, reader, e);
    set_reading(work, c->worker, NULL);
    reader->ops->stop(reader);
    return status;
}

static void read_source(jst_worker *w, void *arg)
{
    stage_work *work = arg;
    jst_chain *c = jst_chain_new(w, work->stage);
    joist_split split;
    joist_error e = { 0 };
    while (!jst_run_stopping(work->run) && take_split(work, &split))
        if (read_split(work, c, &split, &e))
            jst_run_fail_uri(work->run, c->ctx.node->uri, &e);
    jst_chain_free(c);
}

/* ---- ranges ---------------------------------------------------------------------------------- */

static joist_status read_range(jst_chain *c, joist_source *source, const joist_time_range *range,
                               joist_error *e)
{
    joist_reader *reader = source->ops->start_range(source, range, e);
    if (!reader)
        return JOIST_FAILED;
    joist_status status = read_to_end(c, reader, e);
    reader->ops->stop(reader);
    if (status == JOIST_OK)
        e->message[0] = '\0';       /* of what was tried again */
    return status;
}

/* The ranges of a partition, one after another. They hold no texts, so nothing is allocated. */
static joist_status read_ranges(jst_chain *c, const jst_shuffle *s, size_t partition,
                                joist_error *e)
{
    jst_run *run = c->worker->run;
    joist_source *source = run->sources[jst_node_index(run->plan, s->plan->node)];
    jst_merge *m = jst_merge_open(s, partition);
    joist_status status = JOIST_OK;
    joist_time_range range;
    const jst_entry *entry;
    e->message[0] = '\0';
    while (source && status == JOIST_OK && !jst_run_stopping(run) && (entry = jst_merge_next(m, e)))
        status = jst_entry_decode(s, entry, &range, c->worker->arena)
                     ? read_range(c, source, &range, e)
                     : joist_fail_with(e, JOIST_FATAL, "a range cannot be read back");
    jst_merge_close(m);
    return status != JOIST_OK || e->message[0] ? JOIST_FAILED : JOIST_OK;
}

/* ---- shuffles -------------------------------------------------------------------------------- */

static bool emit_entry(jst_chain *c, const jst_shuffle *s, const jst_entry *entry)
{
    joist_arena *arena = c->worker->arena;
    joist_port *port = &c->ports[0];
    char *record = port->items + port->count * s->plan->in->size;
    if (!jst_entry_decode(s, entry, record, arena))
        return false;
    c->ctx.pub.position = port->positions[port->count++] = jst_entry_position(s, entry, arena);
    return true;
}

static joist_status merge_bundle(jst_chain *c, const jst_shuffle *s, jst_merge *m, bool *done,
                                 joist_error *e)
{
    joist_port *port = &c->ports[0];
    while (port->count < port->cap && joist_arena_bytes(c->worker->arena) < 16u << 20) {
        const jst_entry *entry = jst_merge_next(m, e);
        *done = !entry;
        if (!entry)
            return e->message[0] ? JOIST_FAILED : JOIST_OK;
        if (!emit_entry(c, s, jst_merge_keep(m, entry, c->worker->arena)))
            return joist_fail_with(e, JOIST_FATAL, "a temporary row of '%s' cannot be read back",
                                   s->plan->out->name);
    }
    return JOIST_OK;
}

static joist_status merge_partition(jst_chain *c, const jst_shuffle *s, size_t partition,
                                    joist_error *e)
{
    jst_merge *m = jst_merge_open(s, partition);
    joist_status status = JOIST_OK;
    for (bool done = false; !done && status == JOIST_OK && !jst_run_stopping(c->worker->run);) {
        jst_chain_begin(c);
        status = merge_bundle(c, s, m, &done, e);
        jst_chain_end(c);
    }
    jst_merge_close(m);
    return status;
}

static joist_status read_partition(jst_chain *c, const jst_shuffle *s, size_t partition,
                                   joist_error *e)
{
    jst_reduce reduce = s->plan->reduce;
    if (jst_op_of(s->plan->node->op) == JST_READ_ALL)
        return read_ranges(c, s, partition, e);
    bool rows = reduce == JST_REDUCE_LATEST || reduce == JST_REDUCE_APPEND;
    return rows ? merge_partition(c, s, partition, e) : jst_groups_read(c, s, partition, e);
}

static void read_shuffle(jst_worker *w, void *arg)
{
    stage_work *work = arg;
    const jst_shuffle *s = w->run->shuffles[work->stage->root];
    jst_chain *c = jst_chain_new(w, work->stage);
    joist_error e = { 0 };
    size_t p;
    while (!jst_run_stopping(work->run) && (p = atomic_fetch_add(&work->next, 1)) < s->partitions)
        if (read_partition(c, s, p, &e))
            jst_run_fail_uri(work->run, s->plan->node->uri, &e);
    jst_chain_free(c);
}

/* ---------------------------------------------------------------------------------------------- */

joist_status jst_stage_run(jst_run *run, const jst_stage *stage)
{
    joist_error e;
    if (seal_views(run, stage, &e))
        return jst_run_fail(run, &e);
    stage_work work = { .run = run, .stage = stage };
    pthread_mutex_init(&work.lock, NULL);
    work.reading = joist_calloc(run->workers_count, sizeof *work.reading);
    if (stage->from_shuffle) {
        jst_parallel(run, seal_share, run->shuffles[stage->root]);
        jst_parallel(run, read_shuffle, &work);
    } else if ((work.source = run->sources[stage->root])) {
        work.splits = work.source->ops->splits(work.source, &work.splits_count);
        jst_parallel(run, read_source, &work);
    }
    joist_free(work.reading);
    pthread_mutex_destroy(&work.lock);
    return atomic_load(&run->failed) ? JOIST_FAILED : JOIST_OK;
}
