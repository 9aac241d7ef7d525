/* SPDX-License-Identifier: Apache-2.0
 * What became of several windows, as one summary. */
#ifndef JST_CLI_WINDOWS_H
#define JST_CLI_WINDOWS_H

#include "format.h"
#include "report_sum.h"
#include "summary.h"

typedef struct jst_cli_windows {
    joist_arena *arena;
    jst_cli_sum sum;            /* of those that were run */
    jst_cli_table lines;
    json_t *items;
    size_t count, ran, held;
    joist_text nothing;         /* why there was nothing at all to do, for people */
} jst_cli_windows;

/* The names of pipeline and run are borrowed. */
void jst_cli_windows_begin(jst_cli_windows *w, const char *pipeline, joist_text run,
                           int64_t now_ms, joist_arena *arena);
void jst_cli_windows_end(jst_cli_windows *w);

/* A window that was run. */
void jst_cli_windows_ran(jst_cli_windows *w, const jst_cli_outcome *o);

/* One that was not: "unchanged", "held" or "failed", and why. */
void jst_cli_windows_skipped(jst_cli_windows *w, joist_text window, const char *status,
                             joist_text why);

/* `o` has the exit code and the like; its report is the sum. */
void jst_cli_windows_text(const jst_cli_windows *w, const jst_cli_outcome *o, joist_buffer *out);
void jst_cli_windows_json(const jst_cli_windows *w, const jst_cli_outcome *o, joist_buffer *out);

#endif
