/* SPDX-License-Identifier: Apache-2.0
 * Windows one after another: each is a run of its own, under a lease, that the journal follows. The
 * order within one window is that of window.h; docs/operations.md says what a kill at each point
 * leaves and how the next run goes on. */
#include "hourly.h"

#include "due.h"
#include "holder.h"
#include "journal_at.h"
#include "joist/text.h"
#include "logs.h"
#include "signals.h"
#include "window.h"
#include "windows.h"

#include <signal.h>
#include <stdio.h>

typedef enum fate { NOT_RUN, RAN, UNCHANGED, HELD } fate;

typedef struct hourly {
    const jst_cli_call *call;
    jst_cli_prepared *p;
    joist_env *env;
    jst_cli_clock clock;
    jst_cli_log log;
    joist_text run;                     /* the id of the call */
    joist_journal *journal;             /* NULL: none, or not yet */
    bool keeps_journal;                 /* the store does */
    jst_cli_due_rules rules;
    bool one, always;                   /* one: of --window */
    jst_cli_windows all;
    /* the window at hand */
    const jst_cli_due *due;
    jst_cli_window window;
    joist_text window_run;
    fate fate;
} hourly;

/* ---- options --------------------------------------------------------------------------------- */
static jst_cli_option *option_of(const jst_cli_prepared *p, const char *name)
{
    return jst_cli_options_find(p->options, joist_text_of(name));
}

static joist_text value_of(const jst_cli_prepared *p, const char *name)
{
    return option_of(p, name)->value;
}

/* As if the call had said so; NULL: as if it had not. */
static void set_option(jst_cli_prepared *p, const char *name, joist_text value)
{
    jst_cli_option *o = option_of(p, name);
    o->value = value;
    o->source = value.len ? JST_CLI_FLAG : JST_CLI_UNSET;
    memcpy((char *)o->record + o->field->offset, &value, sizeof value);
}

static bool wants_several(const joist_hourly *names, const jst_cli_prepared *p)
{
    bool range = value_of(p, names->since).len || value_of(p, names->until).len;
    return p->hourly->due || (range && !value_of(p, names->window).len);
}

static joist_status check_names(const joist_hourly *names, const jst_cli_prepared *p,
                                joist_error *e)
{
    const char *const all[] = { names->input, names->journal, names->window, names->since,
                                names->until };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const jst_cli_option *o = all[i] ? option_of(p, all[i]) : NULL;
        if (!o || o->field->kind != JOIST_KIND_TEXT || joist_field_repeated(o->field))
            return joist_fail_with(e, JOIST_GRAPH, "the pipeline's .hourly names '%s', which is no"
                                   " option of kind text", all[i] ? all[i] : "nothing");
    }
    return JOIST_OK;
}

joist_status jst_cli_hourly_check(const joist_pipeline_def *def, jst_cli_prepared *p,
                                  joist_error *e)
{
    const joist_hourly *names = def->hourly;
    if (check_names(names, p, e) != JOIST_OK
        || jst_cli_hourly_settings_of(p->options, p->hourly, &p->settings, e) != JOIST_OK)
        return JOIST_FAILED;
    const char *const range[] = { names->window, names->since, names->until };
    for (size_t i = 0; i < 3 && p->hourly->due; i++)
        if (value_of(p, range[i]).len)
            return joist_fail_with(e, JOIST_USAGE, "--due finds the hours itself: --%.*s cannot be"
                                   " given with it", JOIST_ARG(option_of(p, range[i])->name));
    if (wants_several(names, p) && p->settings.trace.file.len)
        return joist_fail_with(e, JOIST_USAGE, "--trace-record follows a record through one run:"
                               " give the --%.*s it is in", JOIST_ARG(option_of(p, names->window)
                                                                      ->name));
    return JOIST_OK;
}

/* Made when the first lease is taken: to look at it needs none. */
static joist_status open_journal(hourly *h, bool create, joist_error *e)
{
    joist_text uri = value_of(h->p, h->call->def->hourly->journal);
    return jst_cli_journal_open(h->call->def, uri, joist_text_of(h->call->def->name), create,
                                h->env, &h->journal, &h->keeps_journal, e);
}

/* ---- one window ------------------------------------------------------------------------------ */
static bool is_done(const joist_journal_entry *entry)
{
    return joist_text_equal(entry->state, JOIST_TEXT("done"));
}

static joist_status is_unchanged(hourly *h, joist_pipeline *pipeline, joist_text digest,
                                 bool *unchanged, joist_error *e)
{
    char now[JOIST_DIGEST_SIZE];
    joist_status status = joist_pipeline_digest(pipeline, h->env, now, e);
    *unchanged = status == JOIST_OK && digest.len && joist_text_equal(digest, joist_text_of(now));
    if (status != JOIST_OK && !e->message[0] && h->env->stopping(h->env))
        joist_fail_with(e, JOIST_TEMPORARY, "interrupted before the window was begun");
    return status;
}

/* A run that died behind its take of a done window left a holder. Its number must not be used: it
 * may only be slow. */
static void tell_looked_as_holder(hourly *h, joist_error *e)
{
    jst_cli_lease *l = &h->window.lease;
    l->journal = h->journal;
    if (jst_cli_lease_take(l, h->due->window, e) != JOIST_OK)
        return;
    if (is_done(&l->entry) && joist_text_equal(l->entry.digest, h->due->digest))
        l->entry.looked = JOIST_TIME_MS(h->env->now_ms(h->env));
    jst_cli_lease_release(l, e);
}

/* That a window was looked at for the last time is all that is written of a look; whoever took it
 * meanwhile knows better. */
static void tell_looked(hourly *h)
{
    joist_error e = { 0 };
    joist_journal_entry *entries;
    size_t count;
    joist_text window = h->due->window;
    joist_text behind = joist_arena_printf(h->call->arena, "%.*s~", JOIST_ARG(window));
    if (!h->journal || !h->due->last_look || h->p->run->dry_run
        || h->journal->ops->list(h->journal, window, behind, h->call->arena, &entries, &count, &e)
        || count != 1)
        return;
    entries->looked = JOIST_TIME_MS(h->env->now_ms(h->env));
    if (entries->holder.len)
        tell_looked_as_holder(h, &e);
    else if (h->journal->ops->put(h->journal, entries, &e) == JOIST_FAILED)
        jst_cli_log_printf(&h->log, JST_CLI_WARNING, "%s", e.message);
}

static joist_status leave(hourly *h, fate why_not, const char *status, joist_text why)
{
    h->fate = why_not;
    jst_cli_windows_skipped(&h->all, h->due->window, status, why);
    return JOIST_REJECTED;
}

static joist_status leave_held(hourly *h)
{
    const joist_journal_entry *entry = &h->window.lease.entry;
    joist_arena *a = h->call->arena;
    joist_text why = joist_arena_printf(a, "by %.*s until %.*s", JOIST_ARG(entry->holder),
                                        JOIST_ARG(joist_time_print(entry->lease_until, a)));
    jst_cli_log_printf(&h->log, JST_CLI_WARNING, "window %.*s is held %.*s",
                       JOIST_ARG(h->due->window), JOIST_ARG(why));
    return leave(h, HELD, "held", why);
}

/* Another run may have done it while this one was busy with earlier windows. */
static joist_status done_meanwhile(hourly *h, joist_pipeline *pipeline, bool *unchanged,
                                   joist_error *e)
{
    const joist_journal_entry *entry = &h->window.lease.entry;
    *unchanged = false;
    if (!is_done(entry) || h->always)
        return JOIST_OK;
    return is_unchanged(h, pipeline, entry->digest, unchanged, e);
}

static joist_status begin_or_leave(hourly *h, joist_pipeline *pipeline, joist_error *e)
{
    bool unchanged;
    joist_status status = done_meanwhile(h, pipeline, &unchanged, e);
    if (status == JOIST_OK && !unchanged)
        return jst_cli_window_begin(&h->window, h->window_run, e);
    joist_error other = { 0 };
    joist_status released = jst_cli_lease_release(&h->window.lease, status ? &other : e);
    if (status != JOIST_OK || released != JOIST_OK)
        return JOIST_FAILED;
    return leave(h, UNCHANGED, "unchanged", JOIST_NO_TEXT);
}

static joist_status take_window(hourly *h, joist_pipeline *pipeline, joist_error *e)
{
    if (!h->journal && open_journal(h, true, e) != JOIST_OK)
        return JOIST_FAILED;
    h->window.lease.journal = h->journal;
    joist_status status = jst_cli_lease_take(&h->window.lease, h->due->window, e);
    if (status == JOIST_REJECTED)
        return leave_held(h);
    return status == JOIST_OK ? begin_or_leave(h, pipeline, e) : status;
}

static void keep_lease(void *user)
{
    hourly *h = user;
    if (h->window.lease.entry.number)
        jst_cli_window_progress(&h->window);
}

static void enter_world(hourly *h, joist_run_options *o)
{
    const jst_cli_world *world = h->call->world;
    if (!world)
        return;
    o->env = world->env;
    o->progress = NULL;
    world->works(world->user, keep_lease, h);
}

static joist_status vary(void *user, joist_pipeline *pipeline, joist_run_options *o,
                         joist_error *e)
{
    hourly *h = user;
    bool unchanged = false;
    o->run_id = h->window_run;
    enter_world(h, o);
    if (h->due->look && is_unchanged(h, pipeline, h->due->digest, &unchanged, e) != JOIST_OK)
        return JOIST_FAILED;
    if (unchanged) {
        tell_looked(h);
        return leave(h, UNCHANGED, "unchanged", JOIST_NO_TEXT);
    }
    if (!h->keeps_journal || o->dry_run)
        return JOIST_OK;
    joist_status status = take_window(h, pipeline, e);
    o->window = h->due->window;
    o->number = h->window.lease.entry.number;
    return status;
}

static void progress(void *user, const joist_report *r)
{
    (void)r;
    keep_lease(user);
}

static bool may_commit(void *user, joist_error *e)
{
    hourly *h = user;
    return !h->window.lease.entry.number || jst_cli_window_may_commit(&h->window, e);
}

static joist_status committed(void *user, joist_text uri, bool replaced, joist_error *e)
{
    hourly *h = user;
    if (!h->window.lease.entry.number)
        return JOIST_OK;
    return jst_cli_window_committed(&h->window, uri, replaced, e);
}

static joist_status ended(void *user, const jst_cli_outcome *o, joist_error *e)
{
    hourly *h = user;
    jst_cli_outcome told = *o;
    joist_status status = JOIST_OK;
    if (h->window.lease.entry.number)
        status = jst_cli_window_end(&h->window, o->report, o->exit_code, e);
    if (status != JOIST_OK && (o->exit_code == JST_CLI_EXIT_OK
                               || o->exit_code == JST_CLI_EXIT_REJECTED))
        told.exit_code = jst_cli_failure_exit(e->failure);
    h->fate = RAN;
    jst_cli_windows_ran(&h->all, &told);
    return status;
}

/* The option whose value is the store's URI is its name. */
static joist_text store_name(void *user, joist_text uri)
{
    const hourly *h = user;
    const jst_cli_options *o = h->p->options;
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->items[i].group, "pipeline") == 0 && joist_text_equal(o->items[i].value, uri))
            return o->items[i].name;
    return JOIST_TEXT("store");
}

static void begin_window(hourly *h, const jst_cli_due *due)
{
    joist_arena *a = h->call->arena;
    const joist_hourly *names = h->call->def->hourly;
    const jst_cli_world *world = h->call->world;
    h->due = due;
    h->fate = NOT_RUN;
    h->window_run = h->one ? h->run : joist_arena_printf(a, "%.*s-%.*s", JOIST_ARG(h->run),
                                                         JOIST_ARG(due->window));
    h->window = (jst_cli_window){ .name = store_name, .user = h, .lease = {
        .env = h->env, .arena = a, .holder = world ? world->holder : jst_cli_holder(a),
        .length_ms = h->p->settings.lease_ms,
        .gone = world ? world->gone : jst_cli_holder_gone } };
    set_option(h->p, names->window, due->window);
    set_option(h->p, names->since, JOIST_NO_TEXT);
    set_option(h->p, names->until, JOIST_NO_TEXT);
}

static int interrupted(void)
{
    int signal = jst_cli_signal_caught();
    return JST_CLI_EXIT_SIGNAL + (signal ? signal : SIGINT);
}

static int run_window(hourly *h, const jst_cli_due *due)
{
    begin_window(h, due);
    int code = jst_cli_run_varied(h->p, &(jst_cli_variation){
        .def = h->call->def, .vary = vary, .progress = progress, .may_commit = may_commit,
        .committed = committed, .ended = ended, .part = !h->one, .has_signals = true, .user = h });
    if (h->fate == HELD)
        return JST_CLI_EXIT_TEMPORARY;
    if (h->fate != NOT_RUN)
        return code;
    jst_cli_windows_skipped(&h->all, due->window, "failed", JOIST_TEXT("before it began"));
    return h->env->stopping(h->env) ? interrupted() : code;
}

/* ---- several windows ------------------------------------------------------------------------- */
static joist_status look_at_journal(hourly *h, joist_error *e)
{
    if (open_journal(h, false, e) != JOIST_OK)
        return JOIST_FAILED;
    if (!h->keeps_journal && h->p->hourly->due)
        return joist_fail_with(e, JOIST_USAGE, "--due needs a journal, and '%.*s' keeps none",
                               JOIST_ARG(value_of(h->p, h->call->def->hourly->journal)));
    return JOIST_OK;
}

static joist_status list_hours(hourly *h, joist_pipeline *pipeline, const joist_hours *known,
                               joist_hours *hours, joist_error *e)
{
    joist_text input = value_of(h->p, h->call->def->hourly->input);
    joist_status status;
    int attempt = 0;
    do
        status = joist_pipeline_hours(pipeline, input, known, h->env, h->call->arena, hours, e);
    while (jst_cli_again(h->env, status, attempt++));
    return jst_cli_give_up(status, "the input", e);
}

static joist_status list_due(hourly *h, joist_pipeline *pipeline, jst_cli_due **due, size_t *count,
                             joist_error *e)
{
    const joist_hourly *names = h->call->def->hourly;
    joist_arena *a = h->call->arena;
    joist_journal_entry *entries = NULL;
    size_t entries_count = 0;
    joist_hours hours;
    if (h->journal && jst_cli_journal_list(h->journal, value_of(h->p, names->since),
                                           value_of(h->p, names->until), h->env, a, &entries,
                                           &entries_count, e) != JOIST_OK)
        return JOIST_FAILED;
    joist_hours known = jst_cli_due_known(&h->rules, entries, entries_count, a);
    if (list_hours(h, pipeline, &known, &hours, e) != JOIST_OK)
        return JOIST_FAILED;
    *count = jst_cli_due_list(&h->rules, entries, entries_count, &hours, a, due);
    return JOIST_OK;
}

/* The greater failure is told: a failure before what may pass, that before rejects. */
static int worse(int a, int b)
{
    static const int order[] = { JST_CLI_EXIT_OK, JST_CLI_EXIT_REJECTED, JST_CLI_EXIT_TEMPORARY };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (a == order[i])
            return b;
        if (b == order[i])
            return a;
    }
    return a;
}

/* The first failure ends it: the next windows would most likely fail for the same reason, and what
 * is left is due the next time. */
static int run_all(hourly *h, const jst_cli_due *due, size_t count)
{
    int code = JST_CLI_EXIT_OK;
    bool failed = false;
    for (size_t i = 0; i < count && !failed; i++) {
        if (h->env->stopping(h->env))
            return interrupted();
        int one = run_window(h, &due[i]);
        failed = one != JST_CLI_EXIT_OK && one != JST_CLI_EXIT_REJECTED && h->fate != HELD;
        code = worse(code, one);
    }
    return code;
}

static int finish(hourly *h, joist_pipeline *pipeline, int code)
{
    joist_buffer out = { 0 };
    joist_report *sum = &h->all.sum.report;
    const jst_cli_prepared *p = h->p;
    if (code > JST_CLI_EXIT_SIGNAL)
        sum->status = "interrupted";
    else if (!h->all.ran)
        sum->status = code == JST_CLI_EXIT_OK ? "done" : h->all.held ? "held" : "failed";
    jst_cli_outcome o = { .report = sum, .exit_code = code, .signal = jst_cli_signal_caught(),
                          .dry_run = p->run->dry_run, .verbose = p->run->verbose,
                          .command = p->options->command };
    if (p->settings.summary_json)
        jst_cli_windows_json(&h->all, &o, &out);
    else
        jst_cli_windows_text(&h->all, &o, &out);
    code = jst_cli_run_finish(p, h->call->def, pipeline, &o, &out);
    joist_buffer_free(&out);
    return code;
}

static int run_several(hourly *h, joist_pipeline *pipeline, joist_error *e)
{
    const joist_hourly *names = h->call->def->hourly;
    joist_arena *a = h->call->arena;
    jst_cli_due *due;
    size_t count;
    joist_time open = JOIST_TIME_MS(jst_cli_due_open(&h->rules));
    joist_text hour = joist_time_print(open, a);
    hour.len = sizeof "YYYY-MM-DDTHH" - 1;
    if (!h->p->hourly->due && !value_of(h->p, names->until).len)
        set_option(h->p, names->until, hour);
    if (joist_pipeline_check(pipeline, h->p->pipeline, e) != JOIST_OK
        || look_at_journal(h, e) != JOIST_OK || list_due(h, pipeline, &due, &count, e) != JOIST_OK)
        return jst_cli_refused(e);
    h->all.nothing = joist_arena_printf(a, "nothing is due: no hour before %.*s has anything new",
                                        JOIST_ARG(hour));
    return finish(h, pipeline, run_all(h, due, count));
}

/* ---- the verb -------------------------------------------------------------------------------- */
static int run_one(hourly *h, joist_pipeline *pipeline, joist_text window, joist_error *e)
{
    jst_cli_due due = { .window = window };
    h->one = h->always = true;
    if (joist_pipeline_check(pipeline, h->p->pipeline, e) != JOIST_OK
        || open_journal(h, false, e) != JOIST_OK)
        return jst_cli_refused(e);
    int code = run_window(h, &due);
    return h->fate == HELD ? finish(h, pipeline, code) : code;
}

static void begin(hourly *h)
{
    const jst_cli_prepared *p = h->p;
    joist_arena *a = h->call->arena;
    h->env = h->call->world ? h->call->world->env
                            : jst_cli_engine_options(p->run, &h->clock).env;
    h->log = jst_cli_log_new(stderr, p->settings.log, p->run->quiet, p->run->verbose);
    h->run = p->run->run_id.len ? p->run->run_id : joist_new_run_id(h->env, a);
    h->always = p->hourly->force;
    h->rules = (jst_cli_due_rules){
        .now_ms = h->env->now_ms(h->env), .lag_ms = p->settings.lag_ms,
        .recheck = p->hourly->recheck, .force = p->hourly->force, .all = !p->hourly->due,
    };
    jst_cli_windows_begin(&h->all, h->call->def->name, h->run, h->rules.now_ms, a);
}

int jst_cli_hourly(const jst_cli_call *call, jst_cli_prepared *p)
{
    const joist_hourly *names = call->def->hourly;
    joist_text window = value_of(p, names->window);
    bool several = wants_several(names, p);
    if (!several && !window.len)
        return jst_cli_run_varied(p, &(jst_cli_variation){ .def = call->def });
    hourly *h = joist_arena_zalloc(call->arena, sizeof *h);
    joist_error e = { 0 };
    h->call = call;
    h->p = p;
    begin(h);
    if (!call->world)
        jst_cli_signals_begin(joist_stop);
    joist_pipeline *pipeline = joist_pipeline_new(call->def);
    int code = several ? run_several(h, pipeline, &e) : run_one(h, pipeline, window, &e);
    if (!call->world)
        jst_cli_signals_end();
    joist_pipeline_free(pipeline);
    jst_cli_windows_end(&h->all);
    if (h->journal)
        h->journal->ops->close(h->journal);
    return code;
}
