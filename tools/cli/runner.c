/* SPDX-License-Identifier: Apache-2.0
 * From options to the engine's settings, and from what happened to an exit code: data in, data
 * out. */
#include "runner.h"

#include <signal.h>
#include <stdio.h>

JOIST_RECORD_DEFINE(jst_cli_run_options, JST_CLI_RUN_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_hourly_options, JST_CLI_HOURLY_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_runs_options, JST_CLI_RUNS_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_check_options, JST_CLI_CHECK_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_graph_options, JST_CLI_GRAPH_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_list_options, JST_CLI_LIST_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_dead_options, JST_CLI_DEAD_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_replay_options, JST_CLI_REPLAY_OPTIONS);
JOIST_RECORD_DEFINE(jst_cli_peek_options, JST_CLI_PEEK_OPTIONS);

enum { WORKERS_MAX = 1024, BUNDLE_MAX = 1 << 20, MEMORY_MIN = 16 << 20 };

/* ---- checking -------------------------------------------------------------------------------- */
static joist_status refuse(jst_cli_options *o, const char *name, const char *expected,
                           joist_error *e)
{
    return jst_cli_option_refuse(o, jst_cli_options_find(o, joist_text_of(name)), expected, e);
}

typedef struct choice { const char *word; jst_cli_show show; } choice;

static const choice progress_choices[] = {
    { "auto", JST_CLI_AUTO }, { "always", JST_CLI_ALWAYS }, { "never", JST_CLI_NEVER },
    { "json", JST_CLI_JSON }, { NULL, JST_CLI_AUTO },
};
static const choice summary_choices[] = {
    { "text", JST_CLI_ALWAYS }, { "json", JST_CLI_JSON }, { NULL, JST_CLI_AUTO },
};
static const choice log_choices[] = {
    { "auto", JST_CLI_AUTO }, { "human", JST_CLI_ALWAYS }, { "json", JST_CLI_JSON },
    { NULL, JST_CLI_AUTO },
};

/* Other words have been refused: they are not among the field's values. */
static jst_cli_show chosen(const choice *choices, joist_text word)
{
    const choice *c = choices;
    while (c->word && !joist_text_equal(word, joist_text_of(c->word)))
        c++;
    return c->show;
}

/* Dead letters are a file per run below it. */
static bool is_directory(joist_text uri)
{
    joist_text scheme = joist_uri_scheme(uri);
    return !scheme.len || joist_text_equal(scheme, JOIST_TEXT("file"));
}

static joist_status check_numbers(jst_cli_options *o, const jst_cli_run_options *r, joist_error *e)
{
    if (r->workers < 0 || r->workers > WORKERS_MAX)
        return refuse(o, "workers", "between 0 and 1024", e);
    if (r->memory < 0 || (r->memory > 0 && r->memory < MEMORY_MIN))
        return refuse(o, "memory", "0 or at least 16M", e);
    if (r->bundle < 0 || r->bundle > BUNDLE_MAX)
        return refuse(o, "bundle", "between 0 and 1048576", e);
    return JOIST_OK;
}

joist_status jst_cli_settings_of(jst_cli_options *o, const jst_cli_run_options *r,
                                 jst_cli_settings *out,
                                 joist_error *e)
{
    *out = (jst_cli_settings){ .log = JST_CLI_AUTO };
    if (check_numbers(o, r, e) != JOIST_OK)
        return JOIST_FAILED;
    /* It names the file of dead letters. */
    if (r->run_id.len && memchr(r->run_id.ptr, '/', r->run_id.len))
        return refuse(o, "run-id", "a name without '/'", e);
    if (!is_directory(r->dead))
        return refuse(o, "dead", "a local directory", e);
    joist_text limit = r->max_rejected;
    if (!joist_text_null(limit) && !jst_cli_parse_limit(limit, &out->max_rejected))
        return refuse(o, "max-rejected", "a count or a percentage such as 1%", e);
    if (r->trace_record.len && !jst_cli_parse_place(r->trace_record, &out->trace))
        return refuse(o, "trace-record", "FILE:LINE or FILE#RECORD, a line from 1", e);
    out->progress = chosen(progress_choices, r->progress);
    out->summary_json = chosen(summary_choices, r->summary) == JST_CLI_JSON;
    out->log = chosen(log_choices, r->log_format);
    if (r->quiet && out->progress != JST_CLI_JSON)
        out->progress = JST_CLI_NEVER;
    return JOIST_OK;
}

enum { DAY_MS = 86400000, RECHECK_MAX = 8784 };

joist_status jst_cli_hourly_settings_of(jst_cli_options *o, const jst_cli_hourly_options *h,
                                        jst_cli_settings *out, joist_error *e)
{
    if (!jst_cli_parse_duration(h->lag, &out->lag_ms) || out->lag_ms > 7 * (int64_t)DAY_MS)
        return refuse(o, "lag", "a duration such as 5m, of at most 7d", e);
    if (!jst_cli_parse_duration(h->lease, &out->lease_ms) || out->lease_ms < 1000
        || out->lease_ms > DAY_MS)
        return refuse(o, "lease", "a duration such as 10m, between 1s and 1d", e);
    if (h->recheck < 0 || h->recheck > RECHECK_MAX)
        return refuse(o, "recheck", "between 0 and 8784", e);
    return JOIST_OK;
}

/* ---- the clock ------------------------------------------------------------------------------- */
static jst_cli_clock *clock_of(joist_env *env)
{
    return (jst_cli_clock *)(void *)env;
}

static int64_t clock_now(joist_env *env)
{
    return __atomic_load_n(&clock_of(env)->now, __ATOMIC_SEQ_CST);
}

static void clock_sleep(joist_env *env, int64_t ms)
{
    jst_cli_clock *clock = clock_of(env);
    __atomic_fetch_add(&clock->now, ms > 0 ? ms : 0, __ATOMIC_SEQ_CST);
    clock->proxy.real->sleep_ms(clock->proxy.real, ms);
}

joist_env *jst_cli_clock_set(jst_cli_clock *clock, joist_env *real, int64_t now_ms)
{
    jst_cli_proxy_begin(&clock->proxy, real);
    clock->proxy.env.now_ms = clock_now;
    clock->proxy.env.sleep_ms = clock_sleep;
    clock->now = now_ms;
    return &clock->proxy.env;
}

joist_run_options jst_cli_engine_options(const jst_cli_run_options *r, jst_cli_clock *clock)
{
    joist_env *real = joist_env_system();
    return (joist_run_options){
        .workers = (int)r->workers,
        .memory = (uint64_t)r->memory,
        .bundle_elements = (size_t)r->bundle,
        .dry_run = r->dry_run,
        .dead = r->dead,
        .run_id = r->run_id,
        .spill = r->spill_dir,
        .mask_pii = r->mask_pii,
        .env = r->now.set ? jst_cli_clock_set(clock, real, r->now.ms) : real,
    };
}

/* ---- exit codes ------------------------------------------------------------------------------ */
int jst_cli_failure_exit(joist_failure failure)
{
    switch (failure) {
    case JOIST_USAGE: return JST_CLI_EXIT_USAGE;
    case JOIST_GRAPH: return JST_CLI_EXIT_GRAPH;
    case JOIST_TEMPORARY: return JST_CLI_EXIT_TEMPORARY;
    default: return JST_CLI_EXIT_FAILED;
    }
}

int jst_cli_run_exit(joist_status status, const joist_report *r, int signal,
                     const jst_cli_limit *limit)
{
    if (!r)
        return status == JOIST_OK ? JST_CLI_EXIT_OK : JST_CLI_EXIT_FAILED;
    if (r->status && strcmp(r->status, "interrupted") == 0)
        return JST_CLI_EXIT_SIGNAL + (signal ? signal : SIGINT);
    if (status != JOIST_OK)
        return jst_cli_failure_exit(r->error.failure);
    if (!r->adds_up)
        return JST_CLI_EXIT_FAILED;
    return jst_cli_over(limit, r->rejected, r->records) ? JST_CLI_EXIT_REJECTED : JST_CLI_EXIT_OK;
}
