/* SPDX-License-Identifier: Apache-2.0
 * Progress on stderr while a run goes on. */
#ifndef JST_CLI_PROGRESS_H
#define JST_CLI_PROGRESS_H

#include "joist/run.h"
#include "runner.h"

#include <stdio.h>

typedef struct jst_cli_progress {
    FILE *out;
    jst_cli_show show;          /* ALWAYS (a line redrawn), JSON (a line a second), NEVER */
    bool plain;                 /* ALWAYS without cursor control: a line every 10 s */
    double last;                /* the report's seconds when last shown; 0: not yet */
    bool drawn;                 /* a line without its end stands on the terminal */
} jst_cli_progress;

/* AUTO becomes ALWAYS on a terminal that can redraw a line, else NEVER. */
jst_cli_progress jst_cli_progress_new(FILE *out, jst_cli_show show);

/* Shows the numbers if it is time to: from the first second on, at most ten times a second (JSON:
 * once). Time is the report's own, so that tests need no waiting. */
void jst_cli_progress_update(jst_cli_progress *p, const joist_report *r);

/* Removes the line from the terminal, before anything else is printed there. */
void jst_cli_progress_clear(jst_cli_progress *p);

/* The line itself, at most `width` columns (clamped to 40-200), without cursor control. */
void jst_cli_progress_line(joist_buffer *out, const joist_report *r, size_t width);
void jst_cli_progress_json(joist_buffer *out, const joist_report *r);

#endif
