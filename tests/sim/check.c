/* SPDX-License-Identifier: Apache-2.0
 * What must hold after every effect, and what at the end. The checks know the world, not the code:
 * they look at what is visible in stores and journal, and at what was put into the source. */
#include "sim.h"

#include "../../tools/cli/runner.h"
#include "joist/text.h"

#include <signal.h>

/* ---- the stores ------------------------------------------------------------------------------ */
static bool has_row(const sim_row *rows, size_t count, const sim_row *row)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == row->id)
            return rows[i].site == row->site && rows[i].seq == row->seq;
    return false;
}

static bool has_rows(const sim_row *rows, size_t count, const sim_row *all, size_t all_count)
{
    for (size_t i = 0; i < all_count; i++)
        if (!has_row(rows, count, &all[i]))
            return false;
    return true;
}

/* History of an hour is all of some listing of it, each event once. */
static bool was_listed(size_t hour)
{
    sim_row rows[SIM_ROWS];
    for (size_t n = 0; n <= sim.hours[hour].count; n++) {
        size_t count = sim_distinct(hour, n, rows);
        if (count == sim.history_count[hour]
            && has_rows(sim.history[hour], count, rows, count))
            return true;
    }
    return false;
}

static void check_history(size_t hour)
{
    const sim_row *rows = sim.history[hour];
    size_t count = sim.history_count[hour];
    if (!was_listed(hour))
        sim_fail("history of hour %zu has %zu rows, which no listing of it ever had", hour, count);
    if (!has_rows(rows, count, sim.was_history[hour], sim.was_count[hour]))
        sim_fail("history of hour %zu went back to an older listing", hour);
    memcpy(sim.was_history[hour], rows, count * sizeof *rows);
    sim.was_count[hour] = count;
}

static bool is_behind(const sim_row *stored, const sim_row *row)
{
    return stored->seq < row->seq || (stored->seq == row->seq && stored->id < row->id)
        || (row->id && !stored->id);
}

static void check_latest(const sim_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id && is_behind(&sim.latest[rows[i].site], &rows[i]))
            sim_fail("latest of site %lld has event %lld (%lld), not the newer %lld (%lld)",
                     (long long)rows[i].site, (long long)sim.latest[rows[i].site].id,
                     (long long)sim.latest[rows[i].site].seq, (long long)rows[i].id,
                     (long long)rows[i].seq);
}

void sim_check_commit(const sim_commit *c)
{
    int64_t *last = &sim.committed[c->store][c->hour];
    if (c->number < *last)
        sim_fail("run %lld of hour %zu committed behind run %lld", (long long)c->number, c->hour,
                 (long long)*last);
    *last = c->number > *last ? c->number : *last;
    check_history(c->hour);
    check_latest(sim.was_latest, SIM_SITES);
    if (c->store == SIM_LATEST_STORE)
        check_latest(c->rows, c->count);
    memcpy(sim.was_latest, sim.latest, sizeof sim.latest);
}

/* ---- the journal ----------------------------------------------------------------------------- */
/* States of one run come in this order; "failed" only before a commit. */
static int rank_of(joist_text state)
{
    static const char *const states[] = { "planned", "history committed", "latest upserted",
                                          "done" };
    for (int i = 0; i < 4; i++)
        if (joist_text_equal(state, joist_text_of(states[i])))
            return i + 1;
    if (joist_text_equal(state, JOIST_TEXT("failed")))
        return 2;
    if (state.len)
        sim_fail("an unknown state '%.*s'", JOIST_ARG(state));
    return 0;
}

/* A state is told behind what it tells of. */
static void check_told(const joist_journal_entry *entry, size_t hour)
{
    int rank = rank_of(entry->state);
    bool failed = joist_text_equal(entry->state, JOIST_TEXT("failed"));
    for (int store = 0; store < SIM_STORES && !failed; store++)
        if (rank >= store + 2 && sim.committed[store][hour] < entry->number)
            sim_fail("hour %zu is \"%.*s\" by run %lld, but store %d has %lld", hour,
                     JOIST_ARG(entry->state), (long long)entry->number, store,
                     (long long)sim.committed[store][hour]);
}

/* Once done, its rows are all there. */
static void check_done(size_t hour)
{
    check_latest(sim.history[hour], sim.history_count[hour]);
}

void sim_check_entry(const joist_journal_entry *old, const joist_journal_entry *new)
{
    size_t hour = sim_hour_of(new->window);
    bool told = new->state.len && (!old || !joist_text_equal(old->state, new->state)
                                   || !joist_text_equal(old->run, new->run));
    if (old && new->number < old->number)
        sim_fail("the number of hour %zu went back from %lld to %lld", hour,
                 (long long)old->number, (long long)new->number);
    if (old && new->number == old->number && joist_text_equal(old->run, new->run)
        && rank_of(new->state) < rank_of(old->state))
        sim_fail("hour %zu went back from \"%.*s\" to \"%.*s\" within run %lld", hour,
                 JOIST_ARG(old->state), JOIST_ARG(new->state), (long long)new->number);
    if (old && old->holder.len && new->holder.len && new->number == old->number
        && !joist_text_equal(old->holder, new->holder))
        sim_fail("hour %zu: two holders have number %lld", hour, (long long)new->number);
    if (told)
        check_told(new, hour);
    if (told && joist_text_equal(new->state, JOIST_TEXT("done")))
        check_done(hour);
}

/* ---- one run --------------------------------------------------------------------------------- */
void sim_check_exit(const sim_process *p)
{
    sim_row rows[SIM_ROWS];
    sim_say(p, "ends with exit code %d", p->code);
    if (p->code && p->code != JST_CLI_EXIT_TEMPORARY && p->code != JST_CLI_EXIT_SIGNAL + SIGINT)
        sim_fail("%s ends with exit code %d, but all that goes wrong here may pass", p->name,
                 p->code);
    if (p->code || p->window < 0)
        return;
    size_t hour = (size_t)p->window, count = sim_distinct(hour, p->objects, rows);
    if (!has_rows(sim.history[hour], sim.history_count[hour], rows, count))
        sim_fail("%s says that hour %zu is done, and history has not all of it", p->name, hour);
    check_latest(rows, count);
}

/* ---- the end --------------------------------------------------------------------------------- */
static void check_hour(size_t hour)
{
    joist_arena *arena = joist_arena_new();
    joist_journal_entry entry;
    sim_row rows[SIM_ROWS];
    size_t count = sim_distinct(hour, sim.hours[hour].count, rows);
    bool has = sim_entry(hour, arena, &entry);
    if (!has_rows(sim.history[hour], sim.history_count[hour], rows, count))
        sim_fail("history of hour %zu lost events: %zu of %zu are there", hour,
                 sim.history_count[hour], count);
    check_latest(rows, count);
    if (count && (!has || !joist_text_equal(entry.state, JOIST_TEXT("done"))))
        sim_fail("hour %zu is not done at the end", hour);
    if (has && entry.holder.len && entry.lease_until.ms > sim.now)
        sim_fail("hour %zu is still held at the end", hour);
    joist_arena_free(arena);
}

void sim_check_end(void)
{
    for (size_t hour = 0; hour < SIM_HOURS; hour++) {
        check_history(hour);
        check_hour(hour);
    }
}
