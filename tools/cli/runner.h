/* SPDX-License-Identifier: Apache-2.0
 * The options every pipeline binary has, and what becomes of them. */
#ifndef JST_CLI_RUNNER_H
#define JST_CLI_RUNNER_H

#include "joist/run.h"
#include "options.h"
#include "proxy.h"
#include "value.h"

#define JST_CLI_RUN_OPTIONS(F, T)                                                                  \
    F(T, int64_t, workers, 0, .fallback = "0", .help = "worker threads; 0: one per processor")     \
    F(T, int64_t, memory, 0, .fallback = "0",                                                      \
      .help = "bytes the run may use, e.g. 2G; 0: a quarter of RAM")                               \
    F(T, bool, dry_run, 0, .fallback = "false",                                                    \
      .help = "run everything; stores count and discard")                                          \
    F(T, joist_text, max_rejected, 0, .values = "N|P%",                                            \
      .help = "exit 4 if more than N records, or P% of them, were rejected")                       \
    F(T, joist_text, dead, 0, .fallback = "out/dead", .values = "DIR",                             \
      .help = "directory of dead letters; empty: count them only")                                 \
    F(T, bool, mask_pii, 0, .fallback = "false", .help = "mask personal data in dead letters too") \
    F(T, joist_text, spill_dir, 0, .values = "DIR",                                                \
      .help = "directory for temporary files; default: $TMPDIR or /tmp")                           \
    F(T, joist_text, progress, 0, .fallback = "auto", .values = "auto|always|never|json",          \
      .help = "how far it is, on stderr")                                                          \
    F(T, joist_text, summary, 0, .fallback = "text", .values = "text|json",                        \
      .help = "what happened, on stdout")                                                          \
    F(T, joist_text, log_format, 0, .fallback = "auto", .values = "auto|human|json",               \
      .help = "warnings and errors, on stderr")                                                    \
    F(T, joist_text, trace_record, 0, .values = "PLACE",                                           \
      .help = "FILE:LINE or FILE#RECORD of one input record: tell what each step makes of it")     \
    F(T, joist_text, trace_out, 0, .values = "FILE", .help = "file for that; default: stderr")     \
    F(T, joist_text, metrics_out, 0, .values = "FILE",                                             \
      .help = "file for Prometheus' textfile collector")                                           \
    F(T, joist_text, report, 0, .values = "FILE",                                                  \
      .help = "file for a report of the run, one HTML page")                                       \
    F(T, joist_text, config, 0, .values = "FILE", .help = "file of `key = value` lines")           \
    F(T, bool, explain_options, 0, .fallback = "false",                                            \
      .help = "print every option, its value and where it came from, then stop")                   \
    F(T, bool, quiet, 0, .fallback = "false",                                                      \
      .help = "no progress, errors only, no text summary of a run that went well")                 \
    F(T, bool, verbose, 0, .fallback = "false", .help = "say more in logs and summary")            \
    F(T, int64_t, bundle, JOIST_HIDDEN, .fallback = "0",                                           \
      .help = "elements of a bundle; 0: the engine's choice")                                      \
    F(T, joist_time, now, 0, .help = "the time to go by instead of the clock's, standing still")   \
    F(T, joist_text, run_id, JOIST_HIDDEN, .help = "the run's id")
JOIST_RECORD_EXTERN(jst_cli_run_options, JST_CLI_RUN_OPTIONS);

/* Of pipelines with .hourly, where windows are run. */
#define JST_CLI_HOURLY_OPTIONS(F, T)                                                               \
    F(T, bool, due, 0, .fallback = "false",                                                        \
      .help = "run every hour that is closed and not done, oldest first")                          \
    F(T, joist_text, lag, 0, .fallback = "5m", .values = "DURATION",                               \
      .help = "an hour is closed that long after its end; 90s, 5m, 1h")                            \
    F(T, int64_t, recheck, 0, .fallback = "2",                                                     \
      .help = "for so many hours a done hour is looked at again, for files that came late")        \
    F(T, joist_text, lease, 0, .fallback = "10m", .values = "DURATION",                            \
      .help = "so long an hour stays a run's own if nothing is heard of it")                       \
    F(T, bool, force, 0, .fallback = "false",                                                      \
      .help = "run hours that are done and whose input has not changed, too")
JOIST_RECORD_EXTERN(jst_cli_hourly_options, JST_CLI_HOURLY_OPTIONS);

#define JST_CLI_RUNS_OPTIONS(F, T) F(T, bool, json, 0, .fallback = "false", .help = "print JSON")
JOIST_RECORD_EXTERN(jst_cli_runs_options, JST_CLI_RUNS_OPTIONS);

#define JST_CLI_CHECK_OPTIONS(F, T)                                                                \
    F(T, bool, online, 0, .fallback = "false",                                                     \
      .help = "also open every source and store, writing nothing")
JOIST_RECORD_EXTERN(jst_cli_check_options, JST_CLI_CHECK_OPTIONS);

#define JST_CLI_GRAPH_OPTIONS(F, T)                                                                \
    F(T, joist_text, format, 0, .fallback = "auto",                                                \
      .values = "auto|ascii|unicode|mermaid|dot|svg|json",                                         \
      .help = "how it is drawn; auto: by the terminal's character set")                            \
    F(T, bool, fused, 0, .fallback = "false",                                                      \
      .help = "the stages it runs in, not the steps it is declared in")                            \
    F(T, joist_text, with_counts, 0, .values = "FILE",                                             \
      .help = "file with what `run --summary json` printed: show its numbers; -: standard input")
JOIST_RECORD_EXTERN(jst_cli_graph_options, JST_CLI_GRAPH_OPTIONS);

#define JST_CLI_DEAD_OPTIONS(F, T) F(T, bool, json, 0, .fallback = "false", .help = "print JSON")
JOIST_RECORD_EXTERN(jst_cli_dead_options, JST_CLI_DEAD_OPTIONS);

#define JST_CLI_REPLAY_OPTIONS(F, T)                                                               \
    F(T, joist_text, from, 0, .values = "STEP",                                                    \
      .help = "the step to enter at; default: the one that rejected")                              \
    F(T, joist_text, code, 0, .values = "CODE", .help = "only dead letters of this code")          \
    F(T, bool, skip_unfit, 0, .fallback = "false",                                                 \
      .help = "leave out what cannot be replayed instead of refusing all")
JOIST_RECORD_EXTERN(jst_cli_replay_options, JST_CLI_REPLAY_OPTIONS);

#define JST_CLI_PEEK_OPTIONS(F, T)                                                                 \
    F(T, int64_t, elements, 0, .fallback = "10", .help = "how many elements")
JOIST_RECORD_EXTERN(jst_cli_peek_options, JST_CLI_PEEK_OPTIONS);

#define JST_CLI_LIST_OPTIONS(F, T) F(T, bool, json, 0, .fallback = "false", .help = "print JSON")
JOIST_RECORD_EXTERN(jst_cli_list_options, JST_CLI_LIST_OPTIONS);

/* A clock that stands still but for the waiting it is asked to do: retries still come to an end.
 * Thread-safe. */
typedef struct jst_cli_clock { jst_cli_proxy proxy; int64_t now; } jst_cli_clock;
joist_env *jst_cli_clock_set(jst_cli_clock *clock, joist_env *real, int64_t now_ms);

typedef enum jst_cli_show {
    JST_CLI_AUTO, JST_CLI_ALWAYS, JST_CLI_NEVER, JST_CLI_JSON
} jst_cli_show;

/* The runner's options, checked. */
typedef struct jst_cli_settings {
    jst_cli_limit max_rejected;
    jst_cli_show progress;
    bool summary_json;
    jst_cli_show log;                   /* AUTO, ALWAYS (human) or JSON */
    jst_cli_place trace;                /* file is NULL: nothing is traced */
    int64_t lag_ms, lease_ms;           /* of hourly options */
} jst_cli_settings;
joist_status jst_cli_settings_of(jst_cli_options *o, const jst_cli_run_options *r,
                                 jst_cli_settings *out,
                                 joist_error *e);
joist_status jst_cli_hourly_settings_of(jst_cli_options *o, const jst_cli_hourly_options *h,
                                        jst_cli_settings *out, joist_error *e);

/* `clock` is used if the options set it, and must then outlive the run. */
joist_run_options jst_cli_engine_options(const jst_cli_run_options *r, jst_cli_clock *clock);

/* The exit code of a failure (docs/cli.md). */
int jst_cli_failure_exit(joist_failure failure);

/* The exit code of a run that ended with this status and report (NULL: none); `signal` is what
 * asked it to stop, or 0. */
int jst_cli_run_exit(joist_status status, const joist_report *r, int signal,
                     const jst_cli_limit *limit);

enum { JST_CLI_EXIT_OK = 0, JST_CLI_EXIT_FAILED = 1, JST_CLI_EXIT_USAGE = 2, JST_CLI_EXIT_GRAPH = 3,
       JST_CLI_EXIT_REJECTED = 4, JST_CLI_EXIT_TESTS = 5, JST_CLI_EXIT_TEMPORARY = 75,
       JST_CLI_EXIT_SIGNAL = 128 };

#endif
