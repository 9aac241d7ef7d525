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
    const void *own;                            /* the record of the verb's own options, or NULL */
    jst_cli_settings settings;
} jst_cli_prepared;

/* `own`: the verb's own options, NULL if it has none. True: go on. False: there is nothing more to
 * do (help was printed, an option is wrong), exit with *code. Words are refused unless the verb's
 * help has some. */
bool jst_cli_prepare(const jst_cli_call *call, const joist_type *own, jst_cli_prepared *out,
                     int *code);

/* The same for a verb that reads what a run left: the pipeline's options may be missing. */
bool jst_cli_prepare_aside(const jst_cli_call *call, const joist_type *own, jst_cli_prepared *out,
                           int *code);

/* Prints the verb's help on stdout. */
void jst_cli_verb_help(const jst_cli_call *call, const jst_cli_options *o);

/* Prints the error on stderr and returns its exit code. */
int jst_cli_refused(const joist_error *e);

/* Writes to stdout; the exit code, made 1 if that failed for another reason than a reader gone. */
int jst_cli_print(const joist_buffer *text, int code);

#endif
