/* SPDX-License-Identifier: Apache-2.0
 * What verbs have in common: options from the command line to checked settings. */
#ifndef JST_CLI_PREPARE_H
#define JST_CLI_PREPARE_H

#include "runner.h"
#include "verbs.h"

typedef struct jst_cli_prepared {
    jst_cli_options *options;
    void *pipeline;                             /* the record of the pipeline's options */
    const jst_cli_run_options *run;
    const void *more;                           /* the record of the verb's own options */
    const jst_cli_hourly_options *hourly;       /* NULL: the verb or the pipeline has none */
    jst_cli_settings settings;
} jst_cli_prepared;

/* The options a verb has beside those of the pipeline and the runner. */
typedef struct jst_cli_more {
    const joist_type *options;  /* NULL: none */
    const char *group;
    bool hourly;                /* and those of windows, if the pipeline is an hourly one */
    bool stand_ins;             /* a required text nobody gave is its name in capitals: "INPUT" */
    bool aside;                 /* no pipeline is made: what it requires may be missing */
} jst_cli_more;

/* True: go on. False: there is nothing more to do (help was printed, an option is wrong), exit with
 * *code. `more` may be NULL. Words are refused unless the verb has some in its help. */
bool jst_cli_prepare(const jst_cli_call *call, const jst_cli_more *more, jst_cli_prepared *out,
                     int *code);

/* Prints the verb's help on stdout, or hands it to who asked for it. */
void jst_cli_verb_help(const jst_cli_call *call, const jst_cli_options *o);

/* Prints the error on stderr and returns its exit code. */
int jst_cli_refused(const joist_error *e);

/* Writes to stdout; the exit code, made 1 if that failed for another reason than a reader gone. */
int jst_cli_print(const joist_buffer *text, int code);

#endif
