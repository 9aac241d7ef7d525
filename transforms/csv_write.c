/* SPDX-License-Identifier: Apache-2.0
 * A cell is quoted only where it would not be read as it is: with a separator, a quote or a line
 * end in it, or as an empty line. Values look as they do in JSON, without a string's quotes. */
#include "csv_write.h"

#include "json_utf8.h"
#include "json_value.h"

static bool needs_quotes(joist_text t, char separator)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == separator || t.ptr[i] == '"' || t.ptr[i] == '\n' || t.ptr[i] == '\r')
            return true;
    return false;
}

static void add_cell(joist_buffer *out, joist_text t, char separator)
{
    if (!needs_quotes(t, separator)) {
        joist_buffer_text(out, t);
        return;
    }
    joist_buffer_byte(out, '"');
    for (const char *p = t.ptr, *end = p + t.len, *quote; p < end; p = quote) {
        quote = memchr(p, '"', (size_t)(end - p));
        quote = quote ? quote + 1 : end;
        joist_buffer_add(out, p, (size_t)(quote - p));
        if (quote[-1] == '"')
            joist_buffer_byte(out, '"');
    }
    joist_buffer_byte(out, '"');
}

void jst_csv_write_header(joist_buffer *out, const joist_type *type, char separator)
{
    for (size_t i = 0; i < type->count; i++) {
        if (i)
            joist_buffer_byte(out, separator);
        add_cell(out, joist_text_of(type->fields[i].name), separator);
    }
    joist_buffer_byte(out, '\n');
}

/* What the cell shows, which is in `scratch`. */
static joist_text show(joist_buffer *scratch, const joist_field *f, const void *at)
{
    scratch->len = 0;
    if (f->kind == JOIST_KIND_TEXT && !joist_field_repeated(f)) {
        jst_utf8_repair(scratch, *(const joist_text *)at);
        return joist_buffer_view(scratch);
    }
    jst_json_write_field(scratch, f, at);
    joist_text t = joist_buffer_view(scratch);
    if (f->kind == JOIST_KIND_TIME || f->kind == JOIST_KIND_BYTES)
        return (joist_text){ t.ptr + 1, t.len - 2 };
    bool none = f->kind == JOIST_KIND_FLOAT && *t.ptr == 'n';       /* NaN or infinite */
    return none ? JOIST_TEXT("") : t;
}

void jst_csv_write_record(joist_buffer *out, joist_buffer *scratch, const joist_type *type,
                          const void *record, char separator)
{
    size_t before = out->len;
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (i)
            joist_buffer_byte(out, separator);
        if (!joist_field_is_null(f, record))
            add_cell(out, show(scratch, f, (const char *)record + f->offset), separator);
    }
    if (out->len == before)
        joist_buffer_text(out, JOIST_TEXT("\"\""));     /* an empty line is no record */
    joist_buffer_byte(out, '\n');
}
