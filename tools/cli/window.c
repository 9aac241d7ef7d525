/* SPDX-License-Identifier: Apache-2.0
 * Every state is in the journal before the next step is taken: whatever kills the run, the journal
 * never says more than has happened, and at most one step less. */
#include "window.h"

#include "escape.h"

joist_status jst_cli_window_begin(jst_cli_window *w, joist_text run, joist_error *e)
{
    joist_journal_entry *entry = &w->lease.entry;
    w->committed = false;
    *entry = (joist_journal_entry){
        .pipeline = entry->pipeline, .window = entry->window, .number = entry->number,
        .holder = entry->holder, .lease_until = entry->lease_until,
        .state = JOIST_TEXT("planned"), .run = run,
        .started = JOIST_TIME_MS(w->lease.env->now_ms(w->lease.env)),
    };
    return jst_cli_lease_put(&w->lease, e);
}

bool jst_cli_window_may_commit(jst_cli_window *w, joist_error *e)
{
    return jst_cli_lease_put(&w->lease, e) == JOIST_OK;
}

joist_status jst_cli_window_committed(jst_cli_window *w, joist_text uri, bool replaced,
                                      joist_error *e)
{
    joist_text name = w->name(w->user, uri);
    w->committed = true;
    w->lease.entry.state = joist_arena_printf(w->lease.arena, "%.*s %s", JOIST_ARG(name),
                                              replaced ? "committed" : "upserted");
    return jst_cli_lease_put(&w->lease, e);
}

void jst_cli_window_progress(jst_cli_window *w)
{
    jst_cli_lease_keep(&w->lease);
}

static int64_t rows_of(const joist_report *r)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < r->sinks_count; i++)
        rows += r->sinks[i].rows;
    return (int64_t)rows;
}

static joist_text error_of(const joist_report *r, joist_arena *arena)
{
    joist_buffer masked = joist_buffer_in(arena, sizeof r->error.message);
    jst_cli_mask(&masked, joist_text_of(r->error.message[0] ? r->error.message : r->status));
    return joist_buffer_view(&masked);
}

/* A run that failed behind a commit leaves the state that tells which. */
static void set_state(jst_cli_window *w, const joist_report *r)
{
    joist_journal_entry *entry = &w->lease.entry;
    bool done = strcmp(r->status, "done") == 0 && r->adds_up;
    if (done)
        entry->state = JOIST_TEXT("done");
    else if (!w->committed)
        entry->state = JOIST_TEXT("failed");
    if (!done)
        entry->error = error_of(r, w->lease.arena);
}

joist_status jst_cli_window_end(jst_cli_window *w, const joist_report *r, int exit_code,
                                joist_error *e)
{
    joist_journal_entry *entry = &w->lease.entry;
    set_state(w, r);
    entry->digest = r->digest.len ? r->digest : JOIST_NO_TEXT;
    entry->ended = JOIST_TIME_MS(w->lease.env->now_ms(w->lease.env));
    entry->records = (int64_t)r->records;
    entry->events = (int64_t)r->events;
    entry->rejected = (int64_t)r->rejected;
    entry->rows = rows_of(r);
    entry->exit_code = exit_code;
    return jst_cli_lease_release(&w->lease, e);
}
