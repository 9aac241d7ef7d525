/* SPDX-License-Identifier: Apache-2.0
 * The summary for people. Every number comes from the report; nothing is measured here. Its last
 * lines say how the run ended, where the dead letters are and how to look at what was written.
 * Limits: three codes a stage (the JSON form has all), three stores in the last lines. */
#include "summary.h"

#include "escape.h"
#include "format.h"

#include <inttypes.h>
#include <signal.h>

/* ---- head ------------------------------------------------------------------------------------ */
static void print_head(joist_buffer *out, joist_arena *a, const jst_cli_outcome *o)
{
    const joist_report *r = o->report;
    joist_buffer_printf(out, "%s", r->pipeline ? r->pipeline : "pipeline");
    if (o->window.len > 0)
        joist_buffer_printf(out, "  hour %.*s", JOIST_ARG(jst_cli_shown(a, o->window)));
    joist_buffer_printf(out, "  run %.*s\n", JOIST_ARG(jst_cli_shown(a, r->run_id)));
    joist_buffer_printf(out, "read  %.*s %s", JOIST_ARG(jst_cli_grouped(a, r->files)),
                        r->files == 1 ? "file" : "files");
    if (r->skipped)
        joist_buffer_printf(out, " (%.*s skipped)", JOIST_ARG(jst_cli_grouped(a, r->skipped)));
    joist_buffer_printf(out, ", %.*s records, %.*s\n", JOIST_ARG(jst_cli_grouped(a, r->records)),
                        JOIST_ARG(jst_cli_bytes(a, (double)r->bytes)));
}

/* ---- stages ---------------------------------------------------------------------------------- */
static uint64_t rejected_by(const joist_stage_report *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->rejected_count; i++)
        n += s->rejected[i].count;
    return n;
}

/* The codes with most rejects, greatest first. */
static joist_text top_codes(joist_arena *a, const joist_stage_report *s)
{
    bool used[JOIST_MOST_CODES] = { false };
    joist_text top = JOIST_TEXT("");
    for (size_t k = 0; k < 3 && k < s->rejected_count; k++) {
        size_t best = s->rejected_count;
        for (size_t i = 0; i < s->rejected_count; i++)
            if (!used[i] && (best == s->rejected_count
                             || s->rejected[i].count > s->rejected[best].count))
                best = i;
        used[best] = true;
        top = joist_arena_printf(a, "%.*s%s%s %.*s", JOIST_ARG(top), k ? ", " : "",
                                 s->rejected[best].code,
                                 JOIST_ARG(jst_cli_grouped(a, s->rejected[best].count)));
    }
    return s->rejected_count > 3 ? joist_arena_printf(a, "%.*s, …", JOIST_ARG(top)) : top;
}

static joist_text unless_zero(joist_arena *a, uint64_t n)
{
    return n ? jst_cli_grouped(a, n) : JOIST_TEXT("");
}

/* One row per output port; the numbers of the stage stand in the first. */
static void stage_rows(jst_cli_table *t, const joist_stage_report *s)
{
    joist_arena *a = t->arena;
    size_t rows = s->outs_count ? s->outs_count : 1;
    for (size_t i = 0; i < rows; i++) {
        bool first = i == 0, has_port = i < s->outs_count;
        jst_cli_cell(t, joist_text_of(first ? s->name : ""));
        jst_cli_cell(t, first ? jst_cli_grouped(a, s->in) : JOIST_TEXT(""));
        jst_cli_cell(t, has_port ? jst_cli_grouped(a, s->outs[i].count) : JOIST_TEXT(""));
        jst_cli_cell(t, joist_text_of(has_port ? s->outs[i].name : ""));
        jst_cli_cell(t, unless_zero(a, first ? rejected_by(s) : 0));
        jst_cli_cell(t, unless_zero(a, first ? s->retried : 0));
        jst_cli_cell(t, first ? jst_cli_seconds(a, s->busy_seconds) : JOIST_TEXT(""));
        jst_cli_cell(t, first ? top_codes(a, s) : JOIST_TEXT(""));
    }
}

static void print_distribution(joist_buffer *out, joist_arena *a, const char *stage,
                               const joist_distribution *d)
{
    double mean = d->count ? (double)d->sum / (double)d->count : 0;
    joist_buffer_printf(out, "distribution  %s.%s  %.*s values from %" PRId64 " to %" PRId64
                        ", mean %.6g\n", stage, d->name, JOIST_ARG(jst_cli_grouped(a, d->count)),
                        d->min, d->max, mean);
}

/* What the program counts itself. */
static void print_metrics(joist_buffer *out, joist_arena *a, const joist_stage_report *s)
{
    for (size_t i = 0; i < s->counters_count; i++)
        joist_buffer_printf(out, "counter  %s.%s  %.*s\n", s->name, s->counters[i].name,
                            JOIST_ARG(jst_cli_grouped(a, s->counters[i].count)));
    for (size_t i = 0; i < s->distributions_count; i++)
        print_distribution(out, a, s->name, &s->distributions[i]);
    for (size_t i = 0; i < s->gauges_count; i++)
        joist_buffer_printf(out, "gauge  %s.%s  %" PRId64 "\n", s->name, s->gauges[i].name,
                            s->gauges[i].value);
}

static void print_stages(joist_buffer *out, joist_arena *a, const jst_cli_outcome *o)
{
    static const char *const heads[] = {
        "stage", "in", "out", "port", "rejected", "retried", "busy", "rejected as",
    };
    const joist_report *r = o->report;
    if (r->stages_count == 0)
        return;
    jst_cli_table t = { .arena = a, .align = "lrrlrrrl" };
    jst_cli_cells(&t, 8, heads);
    for (size_t i = 0; i < r->stages_count; i++)
        stage_rows(&t, &r->stages[i]);
    joist_buffer_byte(out, '\n');
    jst_cli_table_print(&t, out, "");
    for (size_t i = 0; o->verbose && i < r->stages_count; i++)
        print_metrics(out, a, &r->stages[i]);
}

/* ---- stores ---------------------------------------------------------------------------------- */
static const char *visible(const jst_cli_outcome *o, const joist_sink_report *s)
{
    if (o->dry_run)
        return "dry run: not written";
    return s->committed ? "committed" : "not committed";
}

static void print_sinks(joist_buffer *out, joist_arena *a, const jst_cli_outcome *o)
{
    static const char *const heads[] = { "sink", "rows", "time", "state", "store", "table" };
    const joist_report *r = o->report;
    if (r->sinks_count == 0)
        return;
    jst_cli_table t = { .arena = a, .align = "lrrlll" };
    jst_cli_cells(&t, 6, heads);
    for (size_t i = 0; i < r->sinks_count; i++) {
        const joist_sink_report *s = &r->sinks[i];
        jst_cli_cell(&t, joist_text_of(s->name));
        jst_cli_cell(&t, jst_cli_grouped(a, s->rows));
        jst_cli_cell(&t, jst_cli_seconds(a, s->seconds));
        jst_cli_cell(&t, joist_text_of(visible(o, s)));
        jst_cli_cell(&t, jst_cli_shown(a, s->uri));
        jst_cli_cell(&t, jst_cli_shown(a, s->table));
    }
    joist_buffer_byte(out, '\n');
    jst_cli_table_print(&t, out, "");
}

static void print_mail(joist_buffer *out, joist_arena *a, const joist_report *r)
{
    if (r->mail_sent + r->mail_failed + r->mail_pending == 0)
        return;
    joist_buffer_printf(out, "\nmail  %.*s sent, %.*s failed, %.*s pending\n",
                        JOIST_ARG(jst_cli_grouped(a, r->mail_sent)),
                        JOIST_ARG(jst_cli_grouped(a, r->mail_failed)),
                        JOIST_ARG(jst_cli_grouped(a, r->mail_pending)));
}

/* ---- the last lines -------------------------------------------------------------------------- */
static void print_verdict(joist_buffer *out, joist_arena *a, const jst_cli_outcome *o)
{
    if (o->exit_code == 0)
        joist_buffer_printf(out, o->dry_run ? "OK (dry run, nothing written)" : "OK");
    else if (o->exit_code == 4)
        joist_buffer_printf(out, "TOO MANY REJECTED (exit 4)");
    else if (o->exit_code == 75)
        joist_buffer_printf(out, "FAILED for now: run it again (exit 75)");
    else if (o->exit_code > 128)
        joist_buffer_printf(out, "INTERRUPTED by %s: run it again (exit %d)",
                            o->signal == SIGTERM ? "SIGTERM" : "SIGINT", o->exit_code);
    else
        joist_buffer_printf(out, "FAILED (exit %d)", o->exit_code);
    const joist_report *r = o->report;
    double s = r->seconds > 0 ? r->seconds : 0;
    joist_buffer_printf(out, "  %.*s", JOIST_ARG(jst_cli_seconds(a, s)));
    if (s > 0.001)
        joist_buffer_printf(out, ", %.*s records/s, %.*s/s",
                            JOIST_ARG(jst_cli_short(a, (double)r->records / s)),
                            JOIST_ARG(jst_cli_bytes(a, (double)r->bytes / s)));
    if (r->peak_memory)
        joist_buffer_printf(out, ", %.*s memory",
                            JOIST_ARG(jst_cli_bytes(a, (double)r->peak_memory)));
    if (r->spilled_bytes)
        joist_buffer_printf(out, ", %.*s spilled",
                            JOIST_ARG(jst_cli_bytes(a, (double)r->spilled_bytes)));
    joist_buffer_byte(out, '\n');
}

/* What was rejected before the pipeline forks into its outputs reached none of them. */
static void print_equation(joist_buffer *out, joist_arena *a, const joist_report *r)
{
    uint64_t before = r->records - r->events;
    joist_buffer_printf(out, "%.*s records = %.*s events + %.*s rejected (%.*s)",
                        JOIST_ARG(jst_cli_grouped(a, r->records)),
                        JOIST_ARG(jst_cli_grouped(a, r->events)),
                        JOIST_ARG(jst_cli_grouped(a, before)),
                        JOIST_ARG(jst_cli_percent(a, before, r->records)));
    if (r->rejected > before)
        joist_buffer_printf(out, "; %.*s more rejected on one branch only",
                            JOIST_ARG(jst_cli_grouped(a, r->rejected - before)));
    joist_buffer_byte(out, '\n');
    if (!r->adds_up && r->status && strcmp(r->status, "done") == 0)
        joist_buffer_printf(out, "The numbers of the stages do not add up: this is a defect, "
                                 "please report it with this summary.\n");
}

static void print_dead(joist_buffer *out, const joist_report *r, const char *command)
{
    const char *space = command ? strrchr(command, ' ') : NULL;
    if (r->dead.len == 0)
        return;
    joist_buffer_printf(out, "dead letters: ");
    jst_cli_escape(out, r->dead);
    joist_buffer_printf(out, "   look: %.*s%s ", space ? (int)(space - command) : 0,
                        space ? command : "", space ? " dead stats" : "less");
    jst_cli_shell_word(out, r->dead);
    joist_buffer_byte(out, '\n');
}

static void print_sqlite_hint(joist_buffer *out, joist_arena *a, const joist_sink_report *s)
{
    joist_text query = joist_arena_printf(a, "SELECT * FROM %.*s LIMIT 5", JOIST_ARG(s->table));
    joist_buffer_printf(out, "results: sqlite3 -box ");
    jst_cli_shell_word(out, joist_uri_rest(s->uri));
    joist_buffer_byte(out, ' ');
    jst_cli_shell_word(out, query);
    joist_buffer_byte(out, '\n');
}

static void print_file_hint(joist_buffer *out, const joist_sink_report *s)
{
    joist_buffer_printf(out, "results: %s ",
                        joist_text_ends(s->uri, JOIST_TEXT(".gz")) ? "zless" : "less");
    jst_cli_shell_word(out, joist_uri_rest(s->uri));
    joist_buffer_byte(out, '\n');
}

static bool uri_seen(const joist_report *r, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (joist_text_equal(r->sinks[j].uri, r->sinks[i].uri))
            return true;
    return false;
}

static void print_results(joist_buffer *out, joist_arena *a, const joist_report *r)
{
    for (size_t i = 0, told = 0; i < r->sinks_count && told < 3; i++) {
        const joist_sink_report *s = &r->sinks[i];
        joist_text scheme = joist_uri_scheme(s->uri);
        bool sqlite = joist_text_equal(scheme, JOIST_TEXT("sqlite"));
        bool file = scheme.len == 0 || joist_text_equal(scheme, JOIST_TEXT("file"));
        if (!s->committed || !(sqlite || file) || uri_seen(r, i))
            continue;
        if (sqlite)
            print_sqlite_hint(out, a, s);
        else
            print_file_hint(out, s);
        told++;
    }
}

void jst_cli_summary_text(joist_buffer *out, const jst_cli_outcome *o)
{
    joist_arena *a = joist_arena_new();
    print_head(out, a, o);
    print_stages(out, a, o);
    print_sinks(out, a, o);
    print_mail(out, a, o->report);
    joist_buffer_byte(out, '\n');
    print_verdict(out, a, o);
    print_equation(out, a, o->report);
    print_dead(out, o->report, o->command);
    if (!o->dry_run)
        print_results(out, a, o->report);
    joist_arena_free(a);
}
