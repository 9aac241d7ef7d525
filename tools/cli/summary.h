/* SPDX-License-Identifier: Apache-2.0
 * What a run did: a table for people, one JSON object for programs. */
#ifndef JST_CLI_SUMMARY_H
#define JST_CLI_SUMMARY_H

#include "joist/run.h"

#include <jansson.h>

typedef struct jst_cli_outcome {
    const joist_report *report;
    joist_text window;          /* the pipeline's option of that name; NULL: none */
    int exit_code, signal;      /* signal: what stopped the run, or 0 */
    bool dry_run, verbose;
    const char *command;        /* "build/deactivate run", for hints; NULL: unknown */
} jst_cli_outcome;

void jst_cli_summary_text(joist_buffer *out, const jst_cli_outcome *o);
void jst_cli_summary_json(joist_buffer *out, const jst_cli_outcome *o);

/* The object that jst_cli_summary_json prints; a new reference. */
json_t *jst_cli_summary_object(const jst_cli_outcome *o);

#endif
