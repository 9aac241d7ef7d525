/* SPDX-License-Identifier: Apache-2.0
 * The summary for programs: one object on one line, its members stable (docs/cli.md). The first
 * twelve are what acceptance tests read, further ones may be added behind them. Passwords in URIs
 * are masked. */
#include "summary.h"

#include "escape.h"
#include "joist/text.h"
#include "json_out.h"

static void set_masked(json_t *object, const char *key, joist_text uri)
{
    joist_buffer masked = { 0 };
    jst_cli_mask(&masked, uri);
    jst_cli_json_text(object, key, joist_text_null(uri) ? uri : joist_buffer_view(&masked));
    joist_buffer_free(&masked);
}

static joist_text or_null(joist_text t)
{
    return t.len ? t : JOIST_NO_TEXT;
}

static json_t *read_json(const joist_report *r)
{
    json_t *read = json_object();
    jst_cli_json_count(read, "files", r->files);
    jst_cli_json_count(read, "records", r->records);
    jst_cli_json_count(read, "bytes", r->bytes);
    jst_cli_json_count(read, "skipped", r->skipped);
    return read;
}

static json_t *rejected_json(const joist_stage_report *stages, size_t count)
{
    json_t *rejected = json_object();
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < stages[s].rejected_count; i++)
            jst_cli_json_add(rejected, stages[s].rejected[i].code, stages[s].rejected[i].count);
    return rejected;
}

static json_t *ports_json(const joist_port_count *ports, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        jst_cli_json_add(object, ports[i].name, ports[i].count);
    return object;
}

static json_t *distributions_json(const joist_stage_report *s)
{
    json_t *object = json_object();
    for (size_t i = 0; i < s->distributions_count; i++) {
        const joist_distribution *d = &s->distributions[i];
        json_t *one = json_object();
        jst_cli_json_count(one, "count", d->count);
        json_object_set_new(one, "sum", json_integer(d->sum));
        json_object_set_new(one, "min", json_integer(d->min));
        json_object_set_new(one, "max", json_integer(d->max));
        json_object_set_new(object, d->name, one);
    }
    return object;
}

static json_t *gauges_json(const joist_stage_report *s)
{
    json_t *object = json_object();
    for (size_t i = 0; i < s->gauges_count; i++)
        json_object_set_new(object, s->gauges[i].name, json_integer(s->gauges[i].value));
    return object;
}

static json_t *stages_json(const joist_report *r)
{
    json_t *stages = json_array();
    for (size_t i = 0; i < r->stages_count; i++) {
        const joist_stage_report *s = &r->stages[i];
        json_t *stage = json_object();
        jst_cli_json_text(stage, "name", joist_text_of(s->name));
        jst_cli_json_count(stage, "in", s->in);
        json_object_set_new(stage, "out", ports_json(s->outs, s->outs_count));
        json_object_set_new(stage, "rejected", rejected_json(s, 1));
        jst_cli_json_count(stage, "retried", s->retried);
        jst_cli_json_seconds(stage, "busy_seconds", s->busy_seconds);
        json_object_set_new(stage, "counters", ports_json(s->counters, s->counters_count));
        json_object_set_new(stage, "distributions", distributions_json(s));
        json_object_set_new(stage, "gauges", gauges_json(s));
        json_array_append_new(stages, stage);
    }
    return stages;
}

static json_t *sinks_json(const joist_report *r)
{
    json_t *sinks = json_array();
    for (size_t i = 0; i < r->sinks_count; i++) {
        const joist_sink_report *s = &r->sinks[i];
        json_t *sink = json_object();
        jst_cli_json_text(sink, "name", joist_text_of(s->name));
        set_masked(sink, "uri", s->uri);
        jst_cli_json_count(sink, "rows", s->rows);
        jst_cli_json_text(sink, "table", or_null(s->table));
        json_object_set_new(sink, "committed", json_boolean(s->committed));
        jst_cli_json_seconds(sink, "seconds", s->seconds);
        json_array_append_new(sinks, sink);
    }
    return sinks;
}

static json_t *mail_json(const joist_report *r)
{
    json_t *mail = json_object();
    jst_cli_json_count(mail, "sent", r->mail_sent);
    jst_cli_json_count(mail, "failed", r->mail_failed);
    jst_cli_json_count(mail, "pending", r->mail_pending);
    return mail;
}

static json_t *error_json(const joist_report *r)
{
    if (!r->error.message[0])
        return json_null();
    json_t *error = json_object();
    set_masked(error, "message", joist_text_of(r->error.message));
    set_masked(error, "hint", or_null(joist_text_of(r->error.hint)));
    return error;
}

static void set_started(json_t *object, joist_time started)
{
    char text[JOIST_TIME_SIZE];
    joist_text t = JOIST_NO_TEXT;
    if (started.set) {
        joist_time_format(started.ms, text);
        t = (joist_text){ text, sizeof text };
    }
    jst_cli_json_text(object, "started", t);
}

static void add_more(json_t *object, const jst_cli_outcome *o)
{
    const joist_report *r = o->report;
    json_object_set_new(object, "exit", json_integer(o->exit_code));
    json_object_set_new(object, "dry_run", json_boolean(o->dry_run));
    set_started(object, r->started);
    jst_cli_json_seconds(object, "first_record_seconds", r->first_record_seconds);
    jst_cli_json_count(object, "rejected_total", r->rejected);
    jst_cli_json_count(object, "spilled_bytes", r->spilled_bytes);
    jst_cli_json_count(object, "peak_memory", r->peak_memory);
    json_object_set_new(object, "mail", mail_json(r));
    json_object_set_new(object, "adds_up", json_boolean(r->adds_up));
    json_object_set_new(object, "error", error_json(r));
}

json_t *jst_cli_summary_object(const jst_cli_outcome *o)
{
    const joist_report *r = o->report;
    json_t *object = json_object();
    jst_cli_json_text(object, "run", r->run_id);
    jst_cli_json_text(object, "pipeline", joist_text_of(r->pipeline));
    jst_cli_json_text(object, "status", joist_text_of(r->status));
    jst_cli_json_text(object, "window", or_null(o->window));
    jst_cli_json_seconds(object, "seconds", r->seconds);
    json_object_set_new(object, "read", read_json(r));
    jst_cli_json_count(object, "events", r->events);
    json_object_set_new(object, "rejected", rejected_json(r->stages, r->stages_count));
    json_object_set_new(object, "stages", stages_json(r));
    json_object_set_new(object, "sinks", sinks_json(r));
    jst_cli_json_text(object, "dead", or_null(r->dead));
    add_more(object, o);
    return object;
}

void jst_cli_summary_json(joist_buffer *out, const jst_cli_outcome *o)
{
    jst_cli_json_line(out, jst_cli_summary_object(o));
}
