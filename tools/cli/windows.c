/* SPDX-License-Identifier: Apache-2.0
 * For people a line per window and then the table of the sum, which adds up as that of one run
 * does; for programs the usual object of the sum with one more member, `windows`. */
#include "windows.h"

#include "escape.h"
#include "json_out.h"

void jst_cli_windows_begin(jst_cli_windows *w, const char *pipeline, joist_text run,
                           int64_t now_ms, joist_arena *arena)
{
    static const char *const heads[] = {
        "window", "state", "records", "events", "rejected", "rows", "time", "",
    };
    *w = (jst_cli_windows){ .arena = arena, .items = json_array(),
                            .lines = { .arena = arena, .align = "llrrrrrl" },
                            .sum = { .arena = arena } };
    w->sum.report = (joist_report){ .run_id = run, .pipeline = pipeline, .status = "done",
                                    .started = JOIST_TIME_MS(now_ms), .adds_up = true };
    jst_cli_cells(&w->lines, 8, heads);
}

void jst_cli_windows_end(jst_cli_windows *w)
{
    json_decref(w->items);
}

static uint64_t rows_of(const joist_report *r)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < r->sinks_count; i++)
        rows += r->sinks[i].rows;
    return rows;
}

/* Of several files of dead letters only their directory can be told. */
static void set_dead(jst_cli_windows *w, joist_text dead)
{
    joist_report *sum = &w->sum.report;
    if (!dead.len)
        return;
    size_t end = dead.len;
    while (sum->dead.len && end && dead.ptr[end - 1] != '/')
        end--;
    sum->dead = joist_arena_text(w->arena, (joist_text){ dead.ptr, end > 1 ? end - (sum->dead.len
                                 && dead.ptr[end - 1] == '/') : end });
}

void jst_cli_windows_ran(jst_cli_windows *w, const jst_cli_outcome *o)
{
    const joist_report *r = o->report;
    joist_arena *a = w->arena;
    w->count++;
    w->ran++;
    jst_cli_sum_add(&w->sum, r);
    set_dead(w, r->dead);
    json_array_append_new(w->items, jst_cli_summary_object(o));
    jst_cli_cell(&w->lines, joist_arena_text(a, o->window));
    jst_cli_cell(&w->lines, joist_arena_text(a, joist_text_of(r->status)));
    jst_cli_cell(&w->lines, jst_cli_grouped(a, r->records));
    jst_cli_cell(&w->lines, jst_cli_grouped(a, r->events));
    jst_cli_cell(&w->lines, jst_cli_grouped(a, r->rejected));
    jst_cli_cell(&w->lines, jst_cli_grouped(a, rows_of(r)));
    jst_cli_cell(&w->lines, jst_cli_seconds(a, r->seconds));
    jst_cli_cell(&w->lines, JOIST_TEXT(""));
}

void jst_cli_windows_skipped(jst_cli_windows *w, joist_text window, const char *status,
                             joist_text why)
{
    json_t *item = json_object();
    w->count++;
    w->held += strcmp(status, "held") == 0;
    jst_cli_json_text(item, "window", window);
    jst_cli_json_text(item, "status", joist_text_of(status));
    jst_cli_json_text(item, "why", why.len ? why : JOIST_NO_TEXT);
    json_array_append_new(w->items, item);
    jst_cli_cell(&w->lines, joist_arena_text(w->arena, window));
    jst_cli_cell(&w->lines, joist_text_of(status));
    for (int i = 0; i < 5; i++)
        jst_cli_cell(&w->lines, JOIST_TEXT(""));
    jst_cli_cell(&w->lines, jst_cli_shown(w->arena, why));
}

static void print_head(const jst_cli_windows *w, joist_buffer *out)
{
    const joist_report *r = &w->sum.report;
    joist_buffer_printf(out, "%s  %zu hour%s  run %.*s\n", r->pipeline, w->count,
                        w->count == 1 ? "" : "s", JOIST_ARG(jst_cli_shown(w->arena, r->run_id)));
}

void jst_cli_windows_text(const jst_cli_windows *w, const jst_cli_outcome *o, joist_buffer *out)
{
    if (!w->count) {
        joist_buffer_printf(out, "%s: %.*s\n", w->sum.report.pipeline, JOIST_ARG(w->nothing));
        return;
    }
    print_head(w, out);
    jst_cli_table_print(&w->lines, out, "");
    if (w->ran) {
        joist_buffer_byte(out, '\n');
        jst_cli_summary_text(out, o);
    } else if (w->held) {
        joist_buffer_printf(out, "\nHELD by another run: run it again later (exit %d)\n",
                            o->exit_code);
    } else if (o->exit_code == 0) {
        joist_buffer_printf(out, "\nOK, nothing has changed\n");
    }
}

void jst_cli_windows_json(const jst_cli_windows *w, const jst_cli_outcome *o, joist_buffer *out)
{
    json_t *object = jst_cli_summary_object(o);
    json_object_set(object, "windows", w->items);
    jst_cli_json_line(out, object);
}
