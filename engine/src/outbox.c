/* SPDX-License-Identifier: Apache-2.0
 * Outboxes: after all data is committed, every message still pending is posted once, tried again
 * while its endpoint asks for that, and marked. A kill between a post and its mark posts again with
 * the same Idempotency-Key. Nothing here delays or fails the data; when an endpoint does not take
 * one message of a whole page it is left alone, and what is pending waits for the next run. */
#include "run.h"

enum { PAGE = 128, MOST_ATTEMPTS = 5, FIRST_WAIT_MS = 200, LONGEST_WAIT_MS = 10000 };

typedef struct refusal { struct refusal *next; joist_text key, why; } refusal;

typedef struct delivery {
    jst_run *run;
    const jst_table_plan *table;
    size_t index;
    joist_store *store;
    joist_sender *sender;
    joist_arena *arena;             /* of a page */
    refusal *refused;               /* for dead letters; in the run's arena */
    bool reached;                   /* the endpoint took or refused something */
} delivery;

/* A mark that is lost leaves the message pending: it is posted again, with the same key. */
static bool mark(delivery *d, const joist_message_row *row, const char *as, int64_t attempts,
                 const char *why)
{
    joist_error e;
    joist_status status;
    int attempt = 0;
    joist_time at = JOIST_TIME_MS(d->run->env->now_ms(d->run->env));
    joist_text reason = why[0] ? joist_text_of(why) : JOIST_NO_TEXT;
    do
        status = d->store->ops->mark(d->store, d->index, row->key, joist_text_of(as), attempts,
                                     reason, at, &e);
    while (jst_run_again(d->run, status, attempt++, &e));
    return status == JOIST_OK;
}

static void note_refusal(delivery *d, const joist_message_row *row, const char *why)
{
    refusal *r = joist_arena_alloc(d->run->arena, sizeof *r);
    *r = (refusal){ d->refused, joist_arena_text(d->run->arena, row->key),
                    joist_arena_text(d->run->arena, joist_text_of(why)) };
    d->refused = r;
    d->run->mail_refused = true;
}

/* What is settled is marked; what should be tried again moves to the front. Returns how many. */
static size_t settle(delivery *d, joist_message_row *rows, const joist_reply *replies, size_t count,
                     int attempt, int64_t *wait_ms)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        const joist_reply *r = &replies[i];
        int64_t attempts = rows[i].attempts + attempt;
        d->reached |= r->status != JOIST_RETRY;
        if (r->retry_after_ms > *wait_ms)
            *wait_ms = r->retry_after_ms;
        if (r->status == JOIST_RETRY && attempt < MOST_ATTEMPTS) {
            rows[left++] = rows[i];
            continue;
        }
        bool sent = r->status == JOIST_OK;
        if (mark(d, &rows[i], sent ? "sent" : "failed", attempts, sent ? "" : r->error))
            atomic_fetch_add(sent ? &d->run->mail_sent : &d->run->mail_failed, 1);
        if (r->status == JOIST_REJECTED)
            note_refusal(d, &rows[i], r->error);
    }
    return left;
}

static void deliver_page(delivery *d, joist_message_row *rows, size_t count)
{
    joist_reply *replies = joist_arena_alloc(d->arena, count * sizeof *replies);
    for (int attempt = 1; count && !jst_run_stopping(d->run); attempt++) {
        memset(replies, 0, count * sizeof *replies);
        d->sender->ops->send(d->sender, rows, count, replies);
        int64_t wait = (int64_t)FIRST_WAIT_MS << (attempt - 1);
        count = settle(d, rows, replies, count, attempt, &wait);
        if (count)
            d->run->env->sleep_ms(d->run->env, wait > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait);
    }
}

static bool next_page(delivery *d, joist_text *after, joist_message_row *rows, size_t *count)
{
    joist_error e;
    *count = 0;
    joist_arena_reset(d->arena);
    if (d->store->ops->pending(d->store, d->index, *after, PAGE, rows, count, d->arena, &e)
        || !*count)
        return false;
    *after = joist_arena_text(d->run->arena, rows[*count - 1].key);
    return true;
}

static void deliver_all(delivery *d)
{
    joist_message_row rows[PAGE];
    joist_text after = JOIST_NO_TEXT;
    size_t count;
    while (!jst_run_stopping(d->run) && next_page(d, &after, rows, &count)) {
        d->reached = false;
        jst_run_look(d->run);
        deliver_page(d, rows, count);
        if (!d->reached)
            return;
    }
}

/* What is left for the next run, of this run and of those before. */
static void count_pending(delivery *d)
{
    joist_message_row rows[PAGE];
    joist_text after = JOIST_NO_TEXT;
    size_t count;
    while (next_page(d, &after, rows, &count))
        atomic_fetch_add(&d->run->mail_pending, count);
}

static const refusal *refusal_of(const delivery *d, joist_text key)
{
    const refusal *r = d->refused;
    while (r && !joist_text_equal(r->key, key))
        r = r->next;
    return r;
}

/* The messages of this run are still in their shuffle, with their positions. */
static void bury_refused(delivery *d)
{
    const jst_shuffle *s = d->run->shuffles[d->table->shuffle];
    jst_merge *m = jst_merge_open(s, JST_PARTITIONS);
    uint32_t key_at = d->table->spec.key.offset[0];
    char *record = joist_malloc(s->plan->out->size);
    joist_error e = { 0 };
    for (const jst_entry *entry; d->refused && (entry = jst_merge_next(m, &e));) {
        joist_arena_reset(d->arena);
        joist_text key;
        if (!jst_entry_decode(s, entry, record, d->arena))
            break;
        memcpy(&key, record + key_at, sizeof key);
        const refusal *r = refusal_of(d, key);
        if (r)
            jst_dead_add(&d->run->workers[0], &(jst_rejected){
                .node = d->table->node, .code = "mail_failed", .message = r->why,
                .type = s->plan->out, .element = record,
                .at = jst_entry_position(s, entry, d->arena) });
    }
    joist_free(record);
    jst_merge_close(m);
}

static void deliver_outbox(jst_run *run, size_t store, size_t index)
{
    const jst_table_plan *table = &run->plan->stores[store].tables[index];
    joist_text endpoint = table->node->endpoint;
    delivery d = { .run = run, .table = table, .index = index, .store = run->stores[store] };
    if (!endpoint.len || !d.store->ops->pending) {
        size_t node = jst_node_index(run->plan, table->node);
        atomic_fetch_add(&run->mail_pending, atomic_load(&run->tables[node].rows));
        return;
    }
    joist_error e;
    const joist_connector *c = jst_connector_of(run->p->def, endpoint);
    d.arena = joist_arena_new();
    if (c->sender->open(endpoint, run->env, &d.sender, &e) == JOIST_OK) {
        deliver_all(&d);
        d.sender->ops->close(d.sender);
        bury_refused(&d);
    }
    count_pending(&d);
    run->mail_of_all = true;
    joist_arena_free(d.arena);
}

void jst_outbox_deliver(jst_run *run)
{
    for (size_t s = 0; s < run->plan->stores_count; s++)
        for (size_t t = 0; t < run->plan->stores[s].count && run->stores[s]; t++)
            if (run->plan->stores[s].tables[t].spec.outbox)
                deliver_outbox(run, s, t);
}
