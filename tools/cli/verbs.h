/* SPDX-License-Identifier: Apache-2.0
 * What a program can be told to do. A pipeline binary and the program `joist` are both a table of
 * verbs; help, completion and the manual page are made from it, and from the options that each verb
 * shows for --help. */
#ifndef JST_CLI_VERBS_H
#define JST_CLI_VERBS_H

#include "joist/run.h"
#include "options.h"

typedef struct jst_cli_program {
    const char *name, *about;           /* about: one sentence */
    const char *description;            /* a paragraph for the manual page */
    const struct jst_cli_verb *verbs;
    size_t verbs_count;
    const joist_pipeline_def *def;      /* NULL: no pipeline */
} jst_cli_program;

typedef void jst_cli_shown_fn(void *user, const struct jst_cli_verb *verb,
                              const jst_cli_options *o);

/* What an hourly run finds outside of itself, for a simulation of many in one process. Signals are
 * left alone then, and no real clock calls anything. */
typedef struct jst_cli_world {
    joist_env *env;
    joist_text holder;          /* of leases: this run */
    bool (*gone)(joist_text holder);
    /* Is handed what a real run calls every 100 ms while it reads and writes. */
    void (*works)(void *user, void (*keep)(void *with), void *with);
    void *user;
} jst_cli_world;

typedef struct jst_cli_call {
    const jst_cli_program *program;
    const joist_pipeline_def *def;      /* the program's */
    const struct jst_cli_verb *verb;
    const char *command;        /* "build/deactivate run", for hints */
    int argc;                   /* what stands behind the verb */
    char **argv;
    joist_arena *arena;
    /* Gets the options that --help would print, instead of a reader; NULL: they are printed. */
    jst_cli_shown_fn *shown;
    void *user;
    const jst_cli_world *world; /* NULL: the real one */
} jst_cli_call;

/* `words` is what stands behind the verb, in help and for completion: " list|of|words", or what it
 * is in capitals, in brackets if it may be missing, with ... if it may be repeated: " [DIR...]". */
typedef struct jst_cli_verb {
    const char *name, *words, *about;
    int (*act)(const jst_cli_call *call);       /* an exit code */
} jst_cli_verb;

int jst_cli_run(const jst_cli_call *call);
int jst_cli_check(const jst_cli_call *call);
int jst_cli_graph(const jst_cli_call *call);
int jst_cli_test(const jst_cli_call *call);
int jst_cli_list(const jst_cli_call *call);
int jst_cli_dead(const jst_cli_call *call);
int jst_cli_replay(const jst_cli_call *call);
int jst_cli_peek(const jst_cli_call *call);
int jst_cli_completion(const jst_cli_call *call);
int jst_cli_runs(const jst_cli_call *call);

/* A run that differs from what `run` does. */
struct jst_cli_prepared;
struct jst_cli_outcome;
typedef struct jst_cli_variation {
    const joist_pipeline_def *def;
    /* Between check and run: changes the graph and the engine's options; REJECTED: there is
     * nothing to run. Each of these may be NULL. */
    joist_status (*vary)(void *user, joist_pipeline *p, joist_run_options *o, joist_error *e);
    void (*progress)(void *user, const joist_report *r);
    bool (*may_commit)(void *user, joist_error *e);
    joist_status (*committed)(void *user, joist_text uri, bool replaced, joist_error *e);
    /* It has ended, nothing is printed yet. FAILED: for the reason in e it has failed all the
     * same. */
    joist_status (*ended)(void *user, const struct jst_cli_outcome *o, joist_error *e);
    bool part;              /* of a whole that has the summary and the other files */
    bool has_signals;       /* the caller has begun them */
    void *user;
} jst_cli_variation;
int jst_cli_run_varied(const struct jst_cli_prepared *p, const jst_cli_variation *v);

/* What there is at the end, of one run or of a whole: metrics and page, if they are wanted, and
 * the summary on stdout. The exit code. `pipeline` as it was checked. */
int jst_cli_run_finish(const struct jst_cli_prepared *p, const joist_pipeline_def *def,
                       const joist_pipeline *pipeline, const struct jst_cli_outcome *o,
                       joist_buffer *summary);

/* The command line of any program: --help, --version, the verbs; --complete and --man for
 * completion scripts and the build. */
int jst_cli_main(int argc, char **argv, const jst_cli_program *program);

/* Exit codes and what they mean; { NULL, NULL } at the end. */
typedef struct jst_cli_exit { const char *code, *meaning; } jst_cli_exit;
const jst_cli_exit *jst_cli_exits(const jst_cli_program *program);

/* Hands the options of one verb to `shown`. */
void jst_cli_verb_options(const jst_cli_program *program, const jst_cli_verb *verb,
                          jst_cli_shown_fn *shown, void *user);

#endif
