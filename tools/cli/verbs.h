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
int jst_cli_graph(const jst_cli_call *call);
int jst_cli_test(const jst_cli_call *call);
int jst_cli_list(const jst_cli_call *call);

#endif
