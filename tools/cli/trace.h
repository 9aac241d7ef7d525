/* SPDX-License-Identifier: Apache-2.0
 * One input record on its way: what each step was given, what it made of it, how it ended there. */
#ifndef JST_CLI_TRACE_H
#define JST_CLI_TRACE_H

#include "joist/run.h"
#include "value.h"

typedef struct jst_cli_trace jst_cli_trace;

/* `place`: its file as a dead letter's uri shows it, or the end of that from a '/' on. SECRET
 * fields are masked, with `mask_pii` personal ones too. */
jst_cli_trace *jst_cli_trace_new(const jst_cli_place *place, bool mask_pii);
void jst_cli_trace_free(jst_cli_trace *t);          /* NULL is a no-op */
joist_tap *jst_cli_trace_tap(jst_cli_trace *t);     /* for joist_run_options.tap */

/* After the run, in the order of the graph: for people, and a JSON object a step. */
void jst_cli_trace_text(jst_cli_trace *t, const joist_pipeline *p, const joist_report *r,
                        joist_buffer *out);
void jst_cli_trace_json(jst_cli_trace *t, const joist_pipeline *p, const joist_report *r,
                        joist_buffer *out);

/* To the file `path`, or to stderr if that is empty. */
joist_status jst_cli_trace_write(joist_text path, const joist_buffer *text, joist_error *e);

#endif
