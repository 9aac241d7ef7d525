/* SPDX-License-Identifier: Apache-2.0
 * What a pipeline binary can be told to do. */
#ifndef JST_CLI_VERBS_H
#define JST_CLI_VERBS_H

#include "joist/run.h"

typedef struct jst_cli_call {
    const joist_pipeline_def *def;
    const struct jst_cli_verb *verb;
    const char *command;        /* "build/deactivate run", for hints */
    int argc;                   /* what stands behind the verb */
    char **argv;
    joist_arena *arena;
} jst_cli_call;

typedef struct jst_cli_verb {
    const char *name, *words, *about;
    int (*act)(const jst_cli_call *call);       /* an exit code */
} jst_cli_verb;

int jst_cli_run(const jst_cli_call *call);
int jst_cli_check(const jst_cli_call *call);
int jst_cli_test(const jst_cli_call *call);
int jst_cli_list(const jst_cli_call *call);
int jst_cli_dead(const jst_cli_call *call);
int jst_cli_replay(const jst_cli_call *call);
int jst_cli_peek(const jst_cli_call *call);

/* A run that differs from what `run` does. */
struct jst_cli_prepared;
typedef struct jst_cli_variation {
    const joist_pipeline_def *def;
    /* between check and run: changes the graph and the engine's options */
    joist_status (*vary)(void *user, joist_pipeline *p, joist_run_options *o, joist_error *e);
    void *user;
} jst_cli_variation;
int jst_cli_run_varied(const struct jst_cli_prepared *p, const jst_cli_variation *v);

#endif
