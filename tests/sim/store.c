/* SPDX-License-Identifier: Apache-2.0
 * Two stores that promise what joist_store_ops asks for and no more. Of two kinds, as the seed has
 * it: one that is locked from begin to commit, as a SQLite file is, or one that compares numbers
 * again when it commits, as a server does, whose commit may arrive although its sender is dead. */
#include "sim.h"

typedef struct store {
    joist_store base;
    sim_process *process;
    const joist_table_spec *spec;
    sim_commit staged;
    bool committed;             /* a commit whose answer got lost is made again */
} store;

static const char *const names[SIM_STORES] = { "history", "latest" };

static store *store_of(joist_store *s)
{
    return (store *)(void *)s;
}

static joist_status outrun(const sim_commit *c, joist_error *e)
{
    if (sim.bug == SIM_FENCE || c->number >= sim.fence[c->store][c->hour])
        return JOIST_OK;
    return joist_fail_with(e, JOIST_TEMPORARY, "hour %zu belongs to a later run by now: %lld, not"
                           " %lld", c->hour, (long long)sim.fence[c->store][c->hour],
                           (long long)c->number);
}

/* ---- commit ---------------------------------------------------------------------------------- */
static bool newer(const sim_row *row, const sim_row *than)
{
    return row->seq > than->seq || (row->seq == than->seq && row->id >= than->id);
}

static void upsert(const sim_commit *c)
{
    for (size_t i = 0; i < c->count; i++) {
        sim_row *stored = &sim.latest[c->rows[i].site];
        if (!stored->id || sim.bug == SIM_LATEST || newer(&c->rows[i], stored))
            *stored = c->rows[i];
    }
}

static void replace(const sim_commit *c)
{
    memcpy(sim.history[c->hour], c->rows, c->count * sizeof *c->rows);
    sim.history_count[c->hour] = c->count;
}

joist_status sim_commit_apply(const sim_commit *c, joist_error *e)
{
    joist_status status = outrun(c, e);
    if (status != JOIST_OK)
        return status;
    if (c->store == SIM_HISTORY)
        replace(c);
    else
        upsert(c);
    if (c->number > sim.fence[c->store][c->hour])
        sim.fence[c->store][c->hour] = c->number;
    sim.commits++;
    sim_check_commit(c);
    return JOIST_OK;
}

/* ---- operations ------------------------------------------------------------------------------ */
static joist_status store_open(joist_text uri, const joist_table_spec *tables, size_t count,
                               const joist_run_identity *run, joist_env *env, joist_store **out,
                               joist_error *e)
{
    sim_process *p = sim_process_of(env);
    sim_store_name name = joist_text_equal(uri, JOIST_TEXT("sim:history")) ? SIM_HISTORY
                                                                           : SIM_LATEST_STORE;
    joist_status status = JOIST_OK;
    if (count != 1 || !run->number)
        sim_fail("a run without a lease opens %s", names[name]);
    sim_call c = sim_call_begin(p, SIM_LOOKS, "opens %s", names[name]);
    *out = NULL;
    if (c.act && !c.dies) {
        store *s = joist_calloc(1, sizeof *s);
        s->base.ops = &sim_store_ops;
        s->process = p;
        s->spec = tables;
        s->staged.store = name;
        s->staged.hour = sim_hour_of(run->window);
        s->staged.number = run->number;
        status = outrun(&s->staged, e);
        *out = &s->base;
    }
    return sim_call_end(p, &c, status, e);
}

static joist_status store_begin(joist_store *base, joist_error *e)
{
    store *s = store_of(base);
    if (!sim.locks)
        return JOIST_OK;
    sim_call c = sim_call_begin(s->process, SIM_LOOKS, "locks %s", names[s->staged.store]);
    const void **lock = &sim.locked[s->staged.store];
    bool free = !*lock || *lock == s;
    if (c.act && !c.dies && free)
        *lock = s;
    return sim_call_end(s->process, &c, free ? JOIST_OK : JOIST_RETRY, e);
}

static void stage(store *s, const joist_rows *rows)
{
    const sim_event *events = rows->items;
    int64_t begin = SIM_BEGIN + (int64_t)s->staged.hour * SIM_HOUR;
    for (size_t i = 0; i < rows->count; i++) {
        if (s->staged.count == SIM_ROWS) {
            sim_fail("more rows than there are events");
            return;
        }
        if (s->spec->window.count && events[i].hour.ms != begin)
            sim_fail("a row of another hour");
        s->staged.rows[s->staged.count++] =
            (sim_row){ events[i].id, events[i].site, events[i].seq };
    }
}

/* A planted bug: the first rows are seen before the others. */
static void show_some(const sim_commit *staged)
{
    joist_error e;
    sim_commit some = *staged;
    some.count = (some.count + 1) / 2;
    sim_commit_apply(&some, &e);
}

static joist_status store_write(joist_store *base, size_t table, const joist_rows *rows,
                                size_t *row, joist_error *e)
{
    store *s = store_of(base);
    sim_process *p = s->process;
    joist_status status = JOIST_OK;
    (void)table;
    *row = 0;
    sim_call c = sim_call_begin(p, SIM_LOOKS, "writes %zu rows to %s", rows->count,
                                names[s->staged.store]);
    if (!p->dead && !c.dies && p->keep)
        p->keep(p->with);
    if (c.act) {
        status = outrun(&s->staged, e);
        stage(s, rows);
    }
    if (sim.bug == SIM_ATOMIC && c.act && status == JOIST_OK && s->staged.store == SIM_HISTORY)
        show_some(&s->staged);
    return sim_call_end(p, &c, status, e);
}

static joist_status store_prepare(joist_store *base, joist_error *e)
{
    store *s = store_of(base);
    sim_call c = sim_call_begin(s->process, SIM_LOOKS, "prepares %s", names[s->staged.store]);
    return sim_call_end(s->process, &c, c.act ? outrun(&s->staged, e) : JOIST_OK, e);
}

static joist_status store_commit(joist_store *base, joist_error *e)
{
    store *s = store_of(base);
    joist_status status = JOIST_OK;
    sim_call c = sim_call_begin(s->process, sim.locks ? SIM_CHANGES : SIM_SENT,
                                "commits %s of hour %zu, number %lld", names[s->staged.store],
                                s->staged.hour, (long long)s->staged.number);
    if (c.act && !s->committed)
        status = sim_commit_apply(&s->staged, e);
    s->committed |= c.act && status == JOIST_OK;
    sim_flight *f = c.later ? sim_flight_new() : NULL;
    if (f) {
        f->commit = s->staged;
        f->kind = SIM_FLYING_COMMIT;
    }
    if (c.act && status != JOIST_OK)
        sim_say(s->process, "  refused");
    return sim_call_end(s->process, &c, status, e);
}

static void store_close(joist_store *base)
{
    store *s = store_of(base);
    if (sim.locked[s->staged.store] == s)
        sim.locked[s->staged.store] = NULL;
    joist_free(s);
}

const joist_store_ops sim_store_ops = {
    .open = store_open, .begin = store_begin, .write = store_write, .prepare = store_prepare,
    .commit = store_commit, .close = store_close,
};
