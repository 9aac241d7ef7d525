/* SPDX-License-Identifier: Apache-2.0
 * A dead letter as one line of JSON. Members that say nothing are left out: a record that decoded
 * has `element`, one that did not has `raw` (base64) and `raw_truncated`, an empty file has
 * neither. */
#include <joist.h>

#define SOURCE(F, T)                                                                              \
    F(T, joist_text, uri) F(T, int64_t, offset) F(T, int64_t, line) F(T, int64_t, record)
JOIST_RECORD(source, SOURCE);
#define HEAD(F, T)                                                                                \
    F(T, int64_t, v) F(T, joist_text, run) F(T, joist_text, pipeline) F(T, joist_text, stage)     \
    F(T, joist_text, code) F(T, joist_text, message) F(T, joist_text, site)                       \
    F(T, source, source, 0, JOIST_OF(source)) F(T, int64_t, attempts) F(T, joist_time, seen_at)
JOIST_RECORD(head, HEAD);
#define RAW(F, T) F(T, joist_bytes, raw) F(T, bool, raw_truncated)
JOIST_RECORD(raw, RAW);

static source source_of(const joist_position *at)
{
    if (!at || !at->origin)
        return (source){ 0 };
    return (source){ at->origin->uri, (int64_t)at->offset, (int64_t)at->line, (int64_t)at->record };
}

/* Opens the object of `out` again, to add members behind the last. */
static void reopen(joist_buffer *out)
{
    out->len--;
    joist_buffer_byte(out, ',');
}

static void write_element(joist_buffer *out, const joist_dead_letter *d)
{
    reopen(out);
    joist_buffer_text(out, JOIST_TEXT("\"element\":"));
    bool is_value = d->type->count == 1 && d->type->fields[0].kind == JOIST_KIND_JSON;
    if (d->type->values) {          /* a group: its key tells which */
        joist_buffer_text(out, JOIST_TEXT("{\"key\":"));
        joist_json_write_record(out, d->type->values, *(const void *const *)d->element, d->mask);
        joist_buffer_byte(out, '}');
    } else if (is_value)
        joist_json_write_value(out, *(const joist_json *)d->element);
    else
        joist_json_write_record(out, d->type, d->element, d->mask);
    joist_buffer_byte(out, '}');
}

static void write_raw(joist_buffer *out, const joist_dead_letter *d)
{
    raw r = { d->raw, d->raw_truncated };
    joist_buffer members = { 0 };
    joist_json_write_record(&members, &raw_type, &r, 0);
    reopen(out);
    joist_buffer_add(out, members.ptr + 1, members.len - 1);
    joist_buffer_free(&members);
}

void joist_dead_letter_write(joist_buffer *out, const joist_dead_letter *d)
{
    head h = { .v = 1, .run = d->run, .pipeline = d->pipeline, .stage = d->stage, .code = d->code,
               .message = d->message, .site = d->site, .source = source_of(d->at),
               .attempts = d->attempts, .seen_at = d->seen_at };
    joist_json_write_record(out, &head_type, &h, 0);
    if (d->type)
        write_element(out, d);
    else if (d->raw.ptr)
        write_raw(out, d);
}
