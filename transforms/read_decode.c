/* SPDX-License-Identifier: Apache-2.0
 * From the bytes of a value to an element with its position, or to a dead letter. Lines and JSON
 * values are handed on as they stand, without a copy: a joist_value out of a file of lines is
 * checked by who decodes it. Every other type is decoded here by its field list; what does not
 * decode is rejected. */
#include "read_file.h"

static joist_position *position(const jst_file_reader *r, joist_batch *b, size_t skip)
{
    return r->source->setup->position(b, &r->file->origin, r->in.offset + skip, r->line, r->record);
}

const joist_field *jst_missing_field(const joist_type *type, const void *record)
{
    for (size_t i = 0; i < type->count; i++)
        if (type->fields[i].flags & JOIST_REQUIRED && joist_field_is_null(&type->fields[i], record))
            return &type->fields[i];
    return NULL;
}

static void decode(jst_file_reader *r, joist_batch *b, const joist_position *at, joist_text value)
{
    const jst_files *s = r->source;
    joist_json_error wrong;
    joist_bytes raw = { value.ptr, value.len };
    if (!joist_json_decode_with(value, s->type, r->decoded, s->setup->arena(b), NULL, &wrong)) {
        s->setup->reject(b, at, wrong.code, raw, "%s (byte %zu)", wrong.message, wrong.at);
        return;
    }
    const joist_field *missing = jst_missing_field(s->type, r->decoded);
    if (missing)
        s->setup->reject(b, at, "bad_json", raw, "no %s: the field '%s' is required", s->type->name,
                         missing->name);
    else
        s->setup->emit(b, at, r->decoded, s->type->size + value.len);
}

void jst_take_value(jst_file_reader *r, joist_batch *b, joist_text value, size_t skip)
{
    const jst_files *s = r->source;
    const joist_position *at = position(r, b, skip);
    if (s->typed)
        decode(r, b, at, value);
    else
        s->setup->emit(b, at, &value, sizeof value + value.len);
    r->record++;
}

void jst_take_too_large(jst_file_reader *r, joist_batch *b, joist_text head, size_t skip)
{
    joist_bytes raw = { head.ptr, head.len };
    r->source->setup->reject(b, position(r, b, skip), "too_large", raw,
                             "longer than %zu bytes, the most a record may have (--max-record)",
                             r->source->max_record);
    r->record++;
}

void jst_take_bad_gzip(jst_file_reader *r, joist_batch *b, joist_text rest)
{
    joist_bytes raw = { rest.ptr, rest.len };
    r->source->setup->reject(b, position(r, b, 0), "bad_gzip", raw,
                             "the gzip cannot be undone whole: it is damaged or cut short "
                             "here, or followed by something else");
    r->record++;
}

void jst_take_empty(jst_file_reader *r, joist_batch *b)
{
    joist_position *at = r->source->setup->position(b, &r->file->origin, 0, 1, 0);
    r->source->setup->reject(b, at, "empty", (joist_bytes){ NULL, 0 },
                             "the file holds nothing but white space");
    r->record++;
}

void jst_take_bad_json(jst_file_reader *r, joist_batch *b, joist_text rest)
{
    joist_bytes raw = { rest.ptr, rest.len };
    r->source->setup->reject(b, position(r, b, 0), "bad_json", raw, "%s (byte %llu)", r->rest_why,
                             (unsigned long long)r->rest_at);
    r->record++;
}

void jst_take_csv(jst_file_reader *r, joist_batch *b, joist_text record)
{
    const jst_files *s = r->source;
    const joist_position *at = position(r, b, 0);
    jst_csv_decode(&r->columns, &r->cells, r->decoded, s->setup->arena(b));
    const joist_field *missing = jst_missing_field(s->type, r->decoded);
    if (missing)
        s->setup->reject(b, at, "bad_csv", (joist_bytes){ record.ptr, record.len },
                         "no %s: the field '%s' is required%s", s->type->name, missing->name,
                         jst_csv_columns_have(&r->columns, missing) ? ""
                                                                    : ", and no column has it");
    else
        s->setup->emit(b, at, r->decoded, s->type->size + record.len);
    r->record++;
}

void jst_take_bad_csv(jst_file_reader *r, joist_batch *b, joist_text record, uint64_t at,
                      const char *why)
{
    joist_bytes raw = { record.ptr, record.len };
    r->source->setup->reject(b, position(r, b, 0), "bad_csv", raw, "%s (byte %llu)", why,
                             (unsigned long long)at);
    r->record++;
}
