/* SPDX-License-Identifier: Apache-2.0
 * A window is due when its hour is closed (its end + lag have passed) and it has input or was
 * begun, and is not settled. It is settled when it is done and its input was looked at (by the run
 * that made it, or later) when the hour had been closed for `recheck` hours. That is told by what
 * happened, not by how far back the hour is: a scheduler that was down, a window that was run while
 * its hour still went on, or a clock that was ahead leave nothing unnoticed.
 *
 * An hour that has no input and was never begun is nothing: no run, no entry. */
#include "due.h"

#include "joist/text.h"

static int64_t hour_of(joist_text window)
{
    joist_time t = { 0 };
    joist_hour_parse(window, &t);
    return t.ms;
}

static joist_text window_of(int64_t hour, joist_arena *arena)
{
    char text[JOIST_TIME_SIZE];
    joist_time_format(hour, text);
    return joist_arena_text(arena, (joist_text){ text, sizeof "YYYY-MM-DDTHH" - 1 });
}

static int64_t closed_at(const jst_cli_due_rules *rules, int64_t hour)
{
    return hour + JST_CLI_HOUR_MS + rules->lag_ms;
}

int64_t jst_cli_due_open(const jst_cli_due_rules *rules)
{
    int64_t t = rules->now_ms - rules->lag_ms, into = t % JST_CLI_HOUR_MS;
    return t - (into < 0 ? into + JST_CLI_HOUR_MS : into);
}

static bool is_done(const joist_journal_entry *entry)
{
    return joist_text_equal(entry->state, JOIST_TEXT("done"));
}

/* A time in the future was told by a clock that was wrong. */
static bool looked_at(const jst_cli_due_rules *rules, joist_time at, int64_t least)
{
    return at.set && at.ms >= least && at.ms <= rules->now_ms;
}

bool jst_cli_due_settled(const jst_cli_due_rules *rules, const joist_journal_entry *entry)
{
    int64_t closed = closed_at(rules, hour_of(entry->window));
    int64_t last = closed + rules->recheck * JST_CLI_HOUR_MS;
    return is_done(entry) && (looked_at(rules, entry->started, last)
                              || looked_at(rules, entry->looked, last));
}

joist_hours jst_cli_due_known(const jst_cli_due_rules *rules, const joist_journal_entry *entries,
                              size_t count, joist_arena *arena)
{
    int64_t *known = joist_arena_alloc(arena, count * sizeof *known);
    size_t n = 0;
    for (size_t i = 0; i < count && !rules->all; i++)
        if (jst_cli_due_settled(rules, &entries[i]))
            known[n++] = hour_of(entries[i].window);
    return (joist_hours){ known, n };
}

static bool is_wanted(const jst_cli_due_rules *rules, int64_t hour,
                      const joist_journal_entry *entry)
{
    if (rules->all)
        return true;
    return closed_at(rules, hour) <= rules->now_ms
        && !(entry && jst_cli_due_settled(rules, entry));
}

static jst_cli_due due_of(const jst_cli_due_rules *rules, int64_t hour,
                          const joist_journal_entry *entry, joist_arena *arena)
{
    bool done = entry && is_done(entry);
    int64_t last = closed_at(rules, hour) + rules->recheck * JST_CLI_HOUR_MS;
    return (jst_cli_due){
        .window = window_of(hour, arena), .look = done && !rules->force,
        .last_look = rules->now_ms >= last, .digest = done ? entry->digest : JOIST_NO_TEXT,
    };
}

size_t jst_cli_due_list(const jst_cli_due_rules *rules, const joist_journal_entry *entries,
                        size_t count, const joist_hours *hours, joist_arena *arena,
                        jst_cli_due **out)
{
    jst_cli_due *due = joist_arena_alloc(arena, (count + hours->count) * sizeof *due);
    size_t n = 0;
    for (size_t e = 0, h = 0; e < count || h < hours->count;) {
        int64_t begun = e < count ? hour_of(entries[e].window) : INT64_MAX;
        int64_t input = h < hours->count ? hours->items[h] : INT64_MAX;
        int64_t hour = begun < input ? begun : input;
        const joist_journal_entry *entry = begun == hour ? &entries[e] : NULL;
        if (is_wanted(rules, hour, entry))
            due[n++] = due_of(rules, hour, entry, arena);
        e += begun == hour;
        h += input == hour;
    }
    *out = due;
    return n;
}
