/* SPDX-License-Identifier: Apache-2.0
 * `run` and `check`. stdout has the result (the summary, the verdict), stderr everything else. Both
 * build and check the graph through the same call, so a check that passes means that run gets past
 * this point. */
#include "verbs.h"

#include "errors.h"
#include "hourly.h"
#include "logs.h"
#include "metrics.h"
#include "page.h"
#include "prepare.h"
#include "progress.h"
#include "signals.h"
#include "summary.h"
#include "trace.h"

#include <signal.h>
#include <stdio.h>

typedef struct session {
    const joist_pipeline_def *def;
    jst_cli_progress progress;
    jst_cli_log log;
    bool told;                  /* that a signal was seen */
    const jst_cli_variation *v;
    jst_cli_trace *trace;       /* NULL: nothing is traced */
} session;

/* ---- while it runs --------------------------------------------------------------------------- */
static const char *signal_name(int signal)
{
    return signal == SIGTERM ? "SIGTERM" : "SIGINT";
}

static void on_progress(void *user, const joist_report *r)
{
    session *s = user;
    s->log.run = r->run_id;
    if (jst_cli_signal_caught() && !s->told) {
        s->told = true;
        jst_cli_progress_clear(&s->progress);
        jst_cli_log_printf(&s->log, JST_CLI_WARNING,
                           "%s: stopping; a second one ends the process at once",
                           signal_name(jst_cli_signal_caught()));
    }
    jst_cli_progress_update(&s->progress, r);
    if (s->v->progress)
        s->v->progress(s->v->user, r);
}

static bool may_commit(void *user, joist_error *e)
{
    const jst_cli_variation *v = ((session *)user)->v;
    return !v->may_commit || v->may_commit(v->user, e);
}

static joist_status committed(void *user, joist_text uri, bool replaced, joist_error *e)
{
    const jst_cli_variation *v = ((session *)user)->v;
    return v->committed ? v->committed(v->user, uri, replaced, e) : JOIST_OK;
}

static void log_options(const session *s, const jst_cli_options *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].source > JST_CLI_DEFAULT)
            jst_cli_log_printf(&s->log, JST_CLI_DEBUG, "option --%.*s = %.*s (%.*s)",
                               JOIST_ARG(o->items[i].name),
                               JOIST_ARG(jst_cli_option_shown(o, &o->items[i])),
                               JOIST_ARG(o->items[i].where));
}

/* ---- when it has ended ----------------------------------------------------------------------- */
/* The pipeline's option `window`, if it has one: the summary says which hour this was. */
static joist_text window_of(const jst_cli_prepared *p)
{
    const jst_cli_option *option = jst_cli_options_find(p->options, JOIST_TEXT("window"));
    return option && option->value.len ? option->value : JOIST_NO_TEXT;
}

static void log_end(const session *s, const jst_cli_outcome *o)
{
    const joist_report *r = o->report;
    if (s->log.json)
        jst_cli_log_rejected(&s->log, r);
    if (o->exit_code > JST_CLI_EXIT_SIGNAL)
        jst_cli_log_printf(&s->log, JST_CLI_WARNING, "interrupted: nothing uncommitted is visible");
    else if (o->exit_code == JST_CLI_EXIT_REJECTED)
        jst_cli_log_printf(&s->log, JST_CLI_ERROR,
                           "%llu of %llu records rejected: over --max-rejected",
                           (unsigned long long)r->rejected, (unsigned long long)r->records);
    else if (o->exit_code == JST_CLI_EXIT_OK)
        jst_cli_log_printf(&s->log, JST_CLI_INFO, "done: %llu records in %.1f s",
                           (unsigned long long)r->records, r->seconds);
}

static void log_failure(const session *s, const jst_cli_outcome *o, joist_status status)
{
    joist_error e = o->report->error;
    if (status == JOIST_OK && !o->report->adds_up)
        joist_fail_with(&e, JOIST_FATAL, "records in and out of the stages do not add up");
    else if (status == JOIST_OK || o->exit_code > JST_CLI_EXIT_SIGNAL)
        return;
    if (e.failure == JOIST_TEMPORARY && !e.hint[0])
        snprintf(e.hint, sizeof e.hint, "this may pass: run the same command again");
    jst_cli_log_error(&s->log, &e);
}

static void make_summary(const jst_cli_prepared *p, const jst_cli_outcome *o, joist_buffer *out)
{
    if (p->settings.summary_json)
        jst_cli_summary_json(out, o);
    else
        jst_cli_summary_text(out, o);
}

static jst_cli_log log_of(const jst_cli_prepared *p, joist_text run)
{
    jst_cli_log log = jst_cli_log_new(stderr, p->settings.log, p->run->quiet, p->run->verbose);
    log.run = run;
    return log;
}

/* Metrics or a page that cannot be written are said and change nothing: the data is committed. */
int jst_cli_run_finish(const jst_cli_prepared *p, const joist_pipeline_def *def,
                       const joist_pipeline *pipeline, const jst_cli_outcome *o,
                       joist_buffer *summary)
{
    joist_error e = { 0 };
    jst_cli_log log = log_of(p, o->report->run_id);
    if (p->run->metrics_out.len && jst_cli_metrics_write(p->run->metrics_out, o, &e) != JOIST_OK)
        jst_cli_log_printf(&log, JST_CLI_ERROR, "%s", e.message);
    if (p->run->report.len
        && jst_page_write(p->run->report, o, def, pipeline, p->options, &e) != JOIST_OK)
        jst_cli_log_printf(&log, JST_CLI_ERROR, "%s", e.message);
    bool silent = p->run->quiet && !p->settings.summary_json && o->exit_code == JST_CLI_EXIT_OK;
    return silent ? o->exit_code : jst_cli_print(summary, o->exit_code);
}

static void write_trace(const session *s, const jst_cli_prepared *p,
                        const joist_pipeline *pipeline, const joist_report *r)
{
    joist_error e = { 0 };
    joist_buffer out = { 0 };
    if (p->settings.summary_json)
        jst_cli_trace_json(s->trace, pipeline, r, &out);
    else
        jst_cli_trace_text(s->trace, pipeline, r, &out);
    if (jst_cli_trace_write(p->run->trace_out, &out, &e) != JOIST_OK)
        jst_cli_log_printf(&s->log, JST_CLI_ERROR, "%s", e.message);
    joist_buffer_free(&out);
}

/* Who is told may know a reason why the run has failed all the same. */
static void tell_ended(const session *s, jst_cli_outcome *o)
{
    joist_error e = { 0 };
    if (!s->v->ended || s->v->ended(s->v->user, o, &e) == JOIST_OK)
        return;
    jst_cli_log_error(&s->log, &e);
    if (o->exit_code == JST_CLI_EXIT_OK || o->exit_code == JST_CLI_EXIT_REJECTED)
        o->exit_code = jst_cli_failure_exit(e.failure);
}

static int finish(session *s, const jst_cli_prepared *p, const joist_pipeline *pipeline,
                  joist_status status, const joist_report *r)
{
    jst_cli_outcome o = {
        .report = r, .window = window_of(p), .signal = jst_cli_signal_caught(),
        .exit_code = jst_cli_run_exit(status, r, jst_cli_signal_caught(),
                                      &p->settings.max_rejected),
        .dry_run = p->run->dry_run, .verbose = p->run->verbose, .command = p->options->command,
    };
    jst_cli_progress_clear(&s->progress);
    if (!r) {
        joist_error e = { .message = "the run ended without a report" };
        jst_cli_log_error(&s->log, &e);
        return o.exit_code;
    }
    s->log.run = r->run_id;
    if (s->trace)
        write_trace(s, p, pipeline, r);
    log_failure(s, &o, status);
    tell_ended(s, &o);
    log_end(s, &o);
    if (s->v->part)
        return o.exit_code;
    joist_buffer summary = { 0 };
    make_summary(p, &o, &summary);
    int code = jst_cli_run_finish(p, s->def, pipeline, &o, &summary);
    joist_buffer_free(&summary);
    return code;
}

/* ---- the verbs ------------------------------------------------------------------------------- */
static int run_checked(const jst_cli_prepared *p, const jst_cli_variation *v,
                       joist_pipeline *pipeline, session *s)
{
    jst_cli_clock clock;
    joist_run_options options = jst_cli_engine_options(p->run, &clock);
    joist_error e = { 0 };
    options.progress = on_progress;
    options.may_commit = may_commit;
    options.committed = committed;
    options.user = s;
    joist_status varied = v->vary ? v->vary(v->user, pipeline, &options, &e) : JOIST_OK;
    if (varied != JOIST_OK)
        return varied == JOIST_REJECTED ? JST_CLI_EXIT_OK : jst_cli_refused(&e);
    if (p->settings.trace.file.len)
        s->trace = jst_cli_trace_new(&p->settings.trace, options.mask_pii);
    options.tap = s->trace ? jst_cli_trace_tap(s->trace) : NULL;
    const joist_report *report = NULL;
    if (!v->has_signals)
        jst_cli_signals_begin(joist_stop);
    joist_status status = joist_pipeline_run(pipeline, &options, &report);
    int code = finish(s, p, pipeline, status, report);
    if (!v->has_signals)
        jst_cli_signals_end();
    jst_cli_trace_free(s->trace);
    return code;
}

int jst_cli_run_varied(const jst_cli_prepared *p, const jst_cli_variation *v)
{
    session s = {
        .def = v->def, .v = v, .log = log_of(p, p->run->run_id),
        .progress = jst_cli_progress_new(stderr, p->settings.progress),
    };
    log_options(&s, p->options);
    joist_error e = { 0 };
    joist_pipeline *pipeline = joist_pipeline_new(v->def);
    bool sound = joist_pipeline_check(pipeline, p->pipeline, &e) == JOIST_OK;
    int code = sound ? run_checked(p, v, pipeline, &s) : jst_cli_refused(&e);
    joist_pipeline_free(pipeline);
    return code;
}

int jst_cli_run(const jst_cli_call *call)
{
    static const jst_cli_more more = { .hourly = true };
    jst_cli_prepared p;
    int code;
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    if (call->def->hourly)
        return jst_cli_hourly(call, &p);
    return jst_cli_run_varied(&p, &(jst_cli_variation){ .def = call->def });
}

static bool wants_online(const jst_cli_prepared *p)
{
    const jst_cli_check_options *check = p->more;
    return check->online;
}

static joist_status check_all(const jst_cli_prepared *p, joist_pipeline *pipeline, joist_error *e)
{
    jst_cli_clock clock;
    joist_run_options options = jst_cli_engine_options(p->run, &clock);
    if (joist_pipeline_check(pipeline, p->pipeline, e) != JOIST_OK)
        return JOIST_FAILED;
    return wants_online(p) ? joist_pipeline_check_online(pipeline, options.env, e) : JOIST_OK;
}

int jst_cli_check(const jst_cli_call *call)
{
    static const jst_cli_more more = { .options = &jst_cli_check_options_type, .group = "check",
                                       .hourly = true };
    jst_cli_prepared p;
    int code;
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    joist_error e = { 0 };
    joist_pipeline *pipeline = joist_pipeline_new(call->def);
    if (check_all(&p, pipeline, &e) == JOIST_OK) {
        joist_buffer out = { 0 };
        joist_buffer_printf(&out, "OK  %s: options and graph are sound%s\n", call->def->name,
                            wants_online(&p) ? ", every source and store can be opened" : "");
        code = p.run->quiet ? JST_CLI_EXIT_OK : jst_cli_print(&out, JST_CLI_EXIT_OK);
        joist_buffer_free(&out);
    } else {
        code = jst_cli_refused(&e);
    }
    joist_pipeline_free(pipeline);
    return code;
}
