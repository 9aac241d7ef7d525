/* SPDX-License-Identifier: Apache-2.0
 * A journal as joist_journal_ops asks for: each call one atomic step. Entries are kept as the
 * coder writes them, so nothing of a run that is gone is left in them. */
#include "sim.h"

typedef struct journal { joist_journal base; sim_process *process; } journal;

static sim_process *process_of(joist_journal *j)
{
    return ((journal *)(void *)j)->process;
}

bool sim_entry(size_t hour, joist_arena *arena, joist_journal_entry *out)
{
    const joist_buffer *b = &sim.entries[hour];
    if (!b->len)
        return false;
    joist_text copy = joist_arena_text(arena, (joist_text){ b->ptr, b->len });
    *out = (joist_journal_entry){ 0 };
    if (!joist_row_decode(&joist_journal_entry_type, copy.ptr, copy.len, out, arena))
        sim_fail("an entry that cannot be read back");
    return true;
}

static void keep(const joist_journal_entry *old, const joist_journal_entry *entry)
{
    joist_buffer *b = &sim.entries[sim_hour_of(entry->window)];
    sim_check_entry(old, entry);
    b->len = 0;
    joist_row_encode(&joist_journal_entry_type, entry, b);
    sim.has_journal = true;
}

/* ---- take and put ---------------------------------------------------------------------------- */
joist_status sim_take_apply(const joist_lease_request *want, joist_arena *arena,
                            joist_journal_entry *out)
{
    joist_journal_entry stored, entry;
    size_t hour = sim_hour_of(want->window);
    bool has = sim_entry(hour, arena, &stored);
    bool granted = joist_lease_grant(has ? &stored : NULL, want, &entry);
    if (!granted && sim.bug == SIM_TAKE) {
        entry.holder = want->holder;
        entry.lease_until = JOIST_TIME_MS(want->until_ms);
        granted = true;
    }
    entry.pipeline = JOIST_TEXT("sim");
    if (granted)
        keep(has ? &stored : NULL, &entry);
    sim_entry(hour, arena, out);
    return granted ? JOIST_OK : JOIST_REJECTED;
}

joist_status sim_put_apply(const joist_journal_entry *entry)
{
    joist_arena *arena = joist_arena_new();
    joist_journal_entry stored;
    bool has = sim_entry(sim_hour_of(entry->window), arena, &stored);
    bool ours = has && stored.number == entry->number;
    if (ours || sim.bug == SIM_PUT)
        keep(has ? &stored : NULL, entry);
    joist_arena_free(arena);
    return ours || sim.bug == SIM_PUT ? JOIST_OK : JOIST_REJECTED;
}

static const char *answer_of(joist_status status)
{
    return status == JOIST_OK ? "granted" : "refused";
}

static joist_status journal_take(joist_journal *j, const joist_lease_request *want,
                                 joist_arena *arena, joist_journal_entry *entry, joist_error *e)
{
    sim_process *p = process_of(j);
    joist_status status = JOIST_OK;
    sim_call c = sim_call_begin(p, SIM_SENT, "takes %.*s", JOIST_ARG(want->window));
    if (c.act) {
        status = sim_take_apply(want, arena, entry);
        sim_say(p, "  %s: number %lld, %.*s", answer_of(status), (long long)entry->number,
                JOIST_ARG(entry->holder));
    }
    sim_flight *f = c.later ? sim_flight_new() : NULL;
    if (f) {
        f->hour = sim_hour_of(want->window);
        f->now = want->now_ms;
        f->until = want->until_ms;
        snprintf(f->holder, sizeof f->holder, "%.*s", JOIST_ARG(want->holder));
        f->kind = SIM_FLYING_TAKE;
    }
    return sim_call_end(p, &c, status, e);
}

static joist_status journal_put(joist_journal *j, const joist_journal_entry *entry, joist_error *e)
{
    sim_process *p = process_of(j);
    joist_status status = JOIST_OK;
    sim_call c = sim_call_begin(p, SIM_SENT, "puts %.*s: number %lld, \"%.*s\"%s",
                                JOIST_ARG(entry->window), (long long)entry->number,
                                JOIST_ARG(entry->state), entry->holder.len ? "" : ", free");
    if (c.act) {
        status = sim_put_apply(entry);
        if (!sim.quiet && sim_chance(sim.weather.twice))
            sim_put_apply(entry);
        if (status != JOIST_OK)
            sim_say(p, "  refused");
    }
    sim_flight *f = c.later ? sim_flight_new() : NULL;
    if (f) {
        joist_row_encode(&joist_journal_entry_type, entry, &f->entry);
        f->kind = SIM_FLYING_PUT;
    }
    return sim_call_end(p, &c, status, e);
}

/* ---- the rest -------------------------------------------------------------------------------- */
static joist_status journal_open(joist_text uri, joist_text pipeline, bool create, joist_env *env,
                                 joist_journal **out, joist_error *e)
{
    sim_process *p = sim_process_of(env);
    (void)uri;
    (void)pipeline;
    *out = NULL;
    sim_call c = sim_call_begin(p, SIM_LOOKS, "opens the journal");
    if (c.act && !c.dies && (create || sim.has_journal)) {
        journal *j = joist_calloc(1, sizeof *j);
        *j = (journal){ { &sim_journal_ops }, p };
        *out = &j->base;
    }
    return sim_call_end(p, &c, JOIST_OK, e);
}

static joist_status journal_list(joist_journal *j, joist_text since, joist_text until,
                                 joist_arena *arena, joist_journal_entry **entries, size_t *count,
                                 joist_error *e)
{
    sim_process *p = process_of(j);
    *entries = joist_arena_alloc(arena, SIM_HOURS * sizeof **entries);
    *count = 0;
    sim_call c = sim_call_begin(p, SIM_LOOKS, "lists the journal");
    for (size_t h = 0; c.act && h < SIM_HOURS; h++) {
        joist_journal_entry *entry = &(*entries)[*count];
        if (sim_entry(h, arena, entry)
            && (!since.len || joist_text_compare(entry->window, since) >= 0)
            && (!until.len || joist_text_compare(entry->window, until) < 0))
            ++*count;
    }
    return sim_call_end(p, &c, JOIST_OK, e);
}

static void journal_close(joist_journal *j)
{
    joist_free(j);
}

const joist_journal_ops sim_journal_ops = {
    .open = journal_open, .list = journal_list, .take = journal_take, .put = journal_put,
    .close = journal_close,
};
