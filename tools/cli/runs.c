/* SPDX-License-Identifier: Apache-2.0
 * `runs ls|show`: reading the journal, changing nothing. Of a pipeline its own windows; of the
 * program `joist` those of all pipelines that share the store. */
#include "runs.h"

#include "escape.h"
#include "format.h"
#include "journal_at.h"
#include "json_out.h"
#include "prepare.h"

#include "joist/text.h"

#include <stdio.h>

typedef struct reading {
    const jst_cli_call *call;
    joist_text uri, window;             /* window: NULL for all */
    bool json;
    joist_journal_entry *entries; size_t count;
    joist_buffer out;
} reading;

/* ---- text ------------------------------------------------------------------------------------ */
static joist_text time_or_dash(joist_time t, joist_arena *a)
{
    if (!t.set)
        return JOIST_TEXT("-");
    joist_text text = joist_time_print(t, a);
    return joist_arena_printf(a, "%.19sZ", text.ptr);
}

static joist_text word_or_dash(joist_text t, joist_arena *a)
{
    return t.len ? jst_cli_shown(a, t) : JOIST_TEXT("-");
}

static joist_text state_of(const joist_journal_entry *entry, joist_arena *a)
{
    joist_text state = entry->state.len ? entry->state : JOIST_TEXT("taken");
    return jst_cli_shown(a, state);
}

static void list_text(reading *r)
{
    static const char *const heads[] = {
        "pipeline", "window", "state", "started", "records", "events", "rejected", "rows", "exit",
        "run", "held by",
    };
    joist_arena *a = r->call->arena;
    bool all = !r->call->def;           /* of a pipeline its name is known */
    jst_cli_table t = { .arena = a, .align = all ? "llllrrrrrll" : "lllrrrrrll" };
    jst_cli_cells(&t, all ? 11 : 10, heads + !all);
    for (size_t i = 0; i < r->count; i++) {
        const joist_journal_entry *entry = &r->entries[i];
        const int64_t counts[] = { entry->records, entry->events, entry->rejected, entry->rows,
                                   entry->exit_code };
        if (all)
            jst_cli_cell(&t, jst_cli_shown(a, entry->pipeline));
        jst_cli_cell(&t, jst_cli_shown(a, entry->window));
        jst_cli_cell(&t, state_of(entry, a));
        jst_cli_cell(&t, time_or_dash(entry->started, a));
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
            jst_cli_cell(&t, jst_cli_grouped(a, (uint64_t)counts[k]));
        jst_cli_cell(&t, word_or_dash(entry->run, a));
        jst_cli_cell(&t, entry->holder.len ? jst_cli_shown(a, entry->holder) : JOIST_TEXT(""));
    }
    jst_cli_table_print(&t, &r->out, "");
}

/* Every field of the record, one a line. */
static void show_text(reading *r, const joist_journal_entry *entry)
{
    joist_arena *a = r->call->arena;
    const joist_type *type = &joist_journal_entry_type;
    jst_cli_table t = { .arena = a, .align = "ll" };
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        const char *at = (const char *)entry + f->offset;
        joist_text value = JOIST_NO_TEXT;
        int64_t n = 0;
        joist_time time = { 0 };
        jst_cli_cell(&t, joist_text_of(f->name));
        if (f->kind == JOIST_KIND_TEXT) {
            memcpy(&value, at, sizeof value);
            value = word_or_dash(value, a);
        } else if (f->kind == JOIST_KIND_TIME) {
            memcpy(&time, at, sizeof time);
            value = time_or_dash(time, a);
        } else {
            memcpy(&n, at, sizeof n);
            value = joist_arena_printf(a, "%lld", (long long)n);
        }
        jst_cli_cell(&t, value);
    }
    jst_cli_table_print(&t, &r->out, "");
}

/* ---- reading --------------------------------------------------------------------------------- */
static joist_status read_journal(reading *r, joist_error *e)
{
    joist_arena *a = r->call->arena;
    const joist_pipeline_def *def = r->call->def;
    joist_journal *j;
    bool kept;
    if (jst_cli_journal_open(def, r->uri, joist_text_of(def ? def->name : NULL), false,
                             joist_env_system(), &j, &kept, e) != JOIST_OK)
        return JOIST_FAILED;
    if (!kept)
        return joist_fail_with(e, JOIST_USAGE, "'%.*s' keeps no journal", JOIST_ARG(r->uri));
    if (!j)
        return JOIST_OK;
    joist_text behind = r->window.len ? joist_arena_printf(a, "%.*s~", JOIST_ARG(r->window))
                                      : JOIST_NO_TEXT;
    joist_status status = j->ops->list(j, r->window, behind, a, &r->entries, &r->count, e);
    j->ops->close(j);
    return status;
}

/* Objects with this between them. */
static void print_json(reading *r, const char *between)
{
    for (size_t i = 0; i < r->count; i++) {
        joist_buffer_printf(&r->out, "%s", i ? between : "");
        joist_json_write_record(&r->out, &joist_journal_entry_type, &r->entries[i], 0);
    }
}

static void list_json(reading *r)
{
    joist_buffer_byte(&r->out, '[');
    print_json(r, ",\n ");
    joist_buffer_printf(&r->out, "]\n");
}

static joist_status list_runs(reading *r, joist_error *e)
{
    if (read_journal(r, e) != JOIST_OK)
        return JOIST_FAILED;
    if (r->json)
        list_json(r);
    else if (r->count)
        list_text(r);
    else
        joist_buffer_printf(&r->out, "no runs in the journal of %.*s\n",
                            JOIST_ARG(jst_cli_shown(r->call->arena, r->uri)));
    return JOIST_OK;
}

static joist_status show_run(reading *r, joist_text word, joist_error *e)
{
    joist_time hour;
    if (!joist_hour_parse(word, &hour))
        return joist_fail_with(e, JOIST_USAGE, "'%.*s' is no window (write it YYYY-MM-DDTHH)",
                               JOIST_ARG(jst_cli_shown(r->call->arena, word)));
    r->window = word;
    if (read_journal(r, e) != JOIST_OK)
        return JOIST_FAILED;
    if (!r->count)
        return joist_fail_with(e, JOIST_FATAL, "the journal has no window %.*s", JOIST_ARG(word));
    if (r->json) {
        print_json(r, "\n");
        joist_buffer_byte(&r->out, '\n');
    }
    for (size_t i = 0; i < r->count && !r->json; i++) {
        if (i)
            joist_buffer_byte(&r->out, '\n');
        show_text(r, &r->entries[i]);
    }
    return JOIST_OK;
}

static joist_status act(reading *r, const jst_cli_options *o, joist_error *e)
{
    joist_text verb = o->words_count ? o->words[0] : JOIST_TEXT("");
    if (joist_text_equal(verb, JOIST_TEXT("ls")) && o->words_count == 1)
        return list_runs(r, e);
    if (joist_text_equal(verb, JOIST_TEXT("show")) && o->words_count == 2)
        return show_run(r, o->words[1], e);
    joist_fail_with(e, JOIST_USAGE, "runs wants one of: ls, show WINDOW");
    snprintf(e->hint, sizeof e->hint, "%s ls", r->call->command);
    return JOIST_FAILED;
}

int jst_cli_runs_of(const jst_cli_call *call, const jst_cli_options *o, joist_text uri, bool json)
{
    joist_error e = { 0 };
    reading r = { .call = call, .uri = uri, .json = json };
    joist_status status = act(&r, o, &e);
    int code = status == JOIST_OK ? jst_cli_print(&r.out, JST_CLI_EXIT_OK) : jst_cli_refused(&e);
    joist_buffer_free(&r.out);
    return code;
}

/* ---- the verb of a pipeline ------------------------------------------------------------------ */
int jst_cli_runs(const jst_cli_call *call)
{
    static const jst_cli_more more = { .options = &jst_cli_runs_options_type, .group = "runs",
                                       .aside = true };
    jst_cli_prepared p;
    int code;
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    const jst_cli_runs_options *own = p.more;
    const jst_cli_option *journal =
        jst_cli_options_find(p.options, joist_text_of(call->def->hourly->journal));
    return jst_cli_runs_of(call, p.options, journal ? journal->value : JOIST_NO_TEXT, own->json);
}
