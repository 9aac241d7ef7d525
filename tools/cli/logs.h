/* SPDX-License-Identifier: Apache-2.0
 * Logs on stderr: a short line for people, a JSON object a line for collectors. */
#ifndef JST_CLI_LOGS_H
#define JST_CLI_LOGS_H

#include "joist/run.h"
#include "runner.h"

#include <stdio.h>

typedef enum jst_cli_severity {
    JST_CLI_DEBUG, JST_CLI_INFO, JST_CLI_WARNING, JST_CLI_ERROR
} jst_cli_severity;

typedef struct jst_cli_event {
    jst_cli_severity severity;
    int64_t time_ms;
    joist_text message;
    const char *stage, *code;   /* NULL: none */
} jst_cli_event;

typedef struct jst_cli_log {
    FILE *out;
    bool json;
    jst_cli_severity least;     /* events below are dropped */
    joist_text run;
} jst_cli_log;

/* AUTO: JSON unless `out` is a terminal. People get warnings and errors, collectors also what is
 * INFO; `verbose` adds what is below, `quiet` leaves errors only. */
jst_cli_log jst_cli_log_new(FILE *out, jst_cli_show show, bool quiet, bool verbose);

/* One event as it is printed. */
void jst_cli_log_line(joist_buffer *out, const jst_cli_log *log, const jst_cli_event *event);

void jst_cli_log_event(const jst_cli_log *log, const jst_cli_event *event);
void jst_cli_log_printf(const jst_cli_log *log, jst_cli_severity severity, const char *fmt, ...)
    JOIST_PRINTF(3, 4);

/* One warning per stage and code with the count: a flood of bad records is a few lines, never a
 * flood. */
void jst_cli_log_rejected(const jst_cli_log *log, const joist_report *r);

/* A failure: an ERROR event in JSON, a compiler's error for people. */
void jst_cli_log_error(const jst_cli_log *log, const joist_error *e);

#endif
