/* SPDX-License-Identifier: Apache-2.0
 * The severity is written the way cloud collectors read it, so that a line about progress is not
 * shown as an error because it came from stderr. Events are about the run, never about one record:
 * those go to the dead letters, and here only as a count per code. */
#include "logs.h"

#include "errors.h"
#include "escape.h"
#include "joist/text.h"
#include "json_out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <unistd.h>

static const char *const severities[] = { "DEBUG", "INFO", "WARNING", "ERROR" };

jst_cli_log jst_cli_log_new(FILE *out, jst_cli_show show, bool quiet, bool verbose)
{
    bool json = show == JST_CLI_JSON || (show == JST_CLI_AUTO && !isatty(fileno(out)));
    jst_cli_severity usual = json ? JST_CLI_INFO : JST_CLI_WARNING;
    return (jst_cli_log){
        .out = out, .json = json,
        .least = quiet ? JST_CLI_ERROR : verbose ? JST_CLI_DEBUG : usual,
    };
}

static void human_line(joist_buffer *out, const jst_cli_event *event, const char *time,
                       joist_text message)
{
    joist_buffer_printf(out, "%.8s %s ", time + 11, severities[event->severity]);
    if (event->stage)
        joist_buffer_printf(out, "%s: ", event->stage);
    jst_cli_escape(out, message);
    if (event->code)
        joist_buffer_printf(out, " [%s]", event->code);
    joist_buffer_byte(out, '\n');
}

static void json_line(joist_buffer *out, const jst_cli_log *log, const jst_cli_event *event,
                      joist_text time, joist_text message)
{
    json_t *o = json_object();
    jst_cli_json_text(o, "severity", joist_text_of(severities[event->severity]));
    jst_cli_json_text(o, "time", time);
    jst_cli_json_text(o, "message", message);
    jst_cli_json_text(o, "run", log->run.len ? log->run : JOIST_NO_TEXT);
    jst_cli_json_text(o, "stage", joist_text_of(event->stage));
    jst_cli_json_text(o, "code", joist_text_of(event->code));
    jst_cli_json_line(out, o);
}

void jst_cli_log_line(joist_buffer *out, const jst_cli_log *log, const jst_cli_event *event)
{
    char time[JOIST_TIME_SIZE];
    joist_time_format(event->time_ms, time);
    joist_buffer masked = { 0 };
    jst_cli_mask(&masked, event->message);
    if (log->json)
        json_line(out, log, event, (joist_text){ time, sizeof time }, joist_buffer_view(&masked));
    else
        human_line(out, event, time, joist_buffer_view(&masked));
    joist_buffer_free(&masked);
}

void jst_cli_log_event(const jst_cli_log *log, const jst_cli_event *event)
{
    if (event->severity < log->least)
        return;
    joist_buffer line = { 0 };
    jst_cli_log_line(&line, log, event);
    fwrite(line.ptr, 1, line.len, log->out);
    fflush(log->out);
    joist_buffer_free(&line);
}

static int64_t now_ms(void)
{
    joist_env *env = joist_env_system();
    return env->now_ms(env);
}

void jst_cli_log_printf(const jst_cli_log *log, jst_cli_severity severity, const char *fmt, ...)
{
    char message[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    jst_cli_event event = { severity, now_ms(), joist_text_of(message), NULL, NULL };
    jst_cli_log_event(log, &event);
}

static void log_code(const jst_cli_log *log, const joist_stage_report *s, const joist_code_count *c)
{
    char message[160];
    snprintf(message, sizeof message, "%" PRIu64 " %s rejected: %s", c->count,
             c->count == 1 ? "record" : "records", c->code);
    jst_cli_event event = { JST_CLI_WARNING, now_ms(), joist_text_of(message), s->name, c->code };
    jst_cli_log_event(log, &event);
}

void jst_cli_log_rejected(const jst_cli_log *log, const joist_report *r)
{
    for (size_t s = 0; s < r->stages_count; s++)
        for (size_t i = 0; i < r->stages[s].rejected_count; i++)
            if (r->stages[s].rejected[i].count)
                log_code(log, &r->stages[s], &r->stages[s].rejected[i]);
}

void jst_cli_log_error(const jst_cli_log *log, const joist_error *e)
{
    if (!log->json)
        jst_cli_error_print(e);
    else if (e->hint[0])
        jst_cli_log_printf(log, JST_CLI_ERROR, "%s (help: %s)", e->message, e->hint);
    else
        jst_cli_log_printf(log, JST_CLI_ERROR, "%s", e->message);
}
