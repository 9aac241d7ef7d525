/* SPDX-License-Identifier: Apache-2.0
 * What joist_json_write_record writes, read back field by field, each as it was written. */
#include "element.h"

#include "../../transforms/json_value.h"
#include "value.h"

static bool is_value(const joist_type *type)
{
    return type->count == 1 && type->fields[0].kind == JOIST_KIND_JSON;
}

void jst_cli_element_write(joist_buffer *out, const joist_type *type, const void *record,
                           uint32_t mask)
{
    joist_json_error wrong;
    if (type->values) {
        joist_buffer_text(out, JOIST_TEXT("{\"key\":"));
        joist_json_write_record(out, type->values, *(const void *const *)record, mask);
        joist_buffer_byte(out, '}');
        return;
    }
    if (!is_value(type) || type->fields[0].flags & mask) {
        joist_json_write_record(out, type, record, mask);
        return;
    }
    joist_json v = *(const joist_json *)record;
    joist_text text = { v.ptr, v.len };
    if (v.ptr && joist_json_skip(text, &wrong) != v.len)
        joist_json_write_text(out, text);
    else
        joist_json_write_value(out, v);
}

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct decoding { joist_arena *arena; joist_error *e; } decoding;

static joist_status wrong(decoding *d, const joist_type *type, const joist_field *f,
                          const char *what)
{
    return joist_fail_with(d->e, JOIST_USAGE, "the element's field '%s' %s (%s of the record '%s')",
                           f->name, what, joist_kind_name(f->kind), type->name);
}

static bool is_masked(const joist_field *f, joist_json v)
{
    return f->flags & (JOIST_SECRET | JOIST_PII) && v.len == 5 && memcmp(v.ptr, "\"***\"", 5) == 0;
}

static bool take_text(decoding *d, joist_json v, joist_text *out)
{
    *out = joist_json_string(v, d->arena);
    return !joist_text_null(*out);
}

static bool take_float(joist_json v, double *out)
{
    return joist_json_type_of(v) == JOIST_JSON_NUMBER
        && jst_cli_parse_float((joist_text){ v.ptr, v.len }, out);
}

static bool take_bool(joist_json v, bool *out)
{
    joist_json_type type = joist_json_type_of(v);
    *out = type == JOIST_JSON_TRUE;
    return *out || type == JOIST_JSON_FALSE;
}

static bool take_time(decoding *d, joist_json v, joist_time *out)
{
    joist_text t;
    return take_text(d, v, &t) && joist_time_parse(t, out);
}

static bool take_bytes(decoding *d, joist_json v, joist_bytes *out)
{
    joist_text t;
    return take_text(d, v, &t) && jst_base64_decode(t, d->arena, out);
}

static bool take_int(joist_json v, int64_t *out)
{
    return joist_json_type_of(v) == JOIST_JSON_NUMBER
        && jst_cli_parse_int((joist_text){ v.ptr, v.len }, out);
}

/* The value comes first in the boxed types, and behind it whether it is set. */
static bool take_boxed(const joist_field *f, joist_json v, char *at)
{
    union { int64_t n; double x; bool b; } value = { 0 };
    bool fine = f->kind == JOIST_KIND_INT ? take_int(v, &value.n)
              : f->kind == JOIST_KIND_FLOAT ? take_float(v, &value.x) : take_bool(v, &value.b);
    if (f->kind == JOIST_KIND_INT && f->boxed)
        *(joist_int *)(void *)at = (joist_int){ value.n, true };
    else if (f->kind == JOIST_KIND_INT)
        *(int64_t *)(void *)at = value.n;
    else if (f->kind == JOIST_KIND_FLOAT && f->boxed)
        *(joist_float *)(void *)at = (joist_float){ value.x, true };
    else if (f->kind == JOIST_KIND_FLOAT)
        *(double *)(void *)at = value.x;
    else if (f->boxed)
        *(joist_bool *)(void *)at = (joist_bool){ value.b, true };
    else
        *(bool *)(void *)at = value.b;
    return fine;
}

static bool take_value(decoding *d, const joist_field *f, joist_json v, char *at)
{
    switch (f->kind) {
    case JOIST_KIND_TEXT: return take_text(d, v, (joist_text *)(void *)at);
    case JOIST_KIND_BYTES: return take_bytes(d, v, (joist_bytes *)(void *)at);
    case JOIST_KIND_TIME: return take_time(d, v, (joist_time *)(void *)at);
    case JOIST_KIND_JSON: *(joist_json *)(void *)at = v; return true;
    case JOIST_KIND_RECORD: return true;
    default: return take_boxed(f, v, at);
    }
}

static joist_status take_record(decoding *d, const joist_type *type, joist_json v, void *record);

typedef struct record_list { const char *items; size_t count; } record_list;    /* any T##_list */

static joist_status take_records(decoding *d, const joist_field *f, const joist_member *items,
                                 size_t count, char *at)
{
    char *records = joist_arena_zalloc(d->arena, count * f->items->size);
    for (size_t i = 0; i < count; i++)
        if (take_record(d, f->items, items[i].value, records + i * f->items->size))
            return JOIST_FAILED;
    *(record_list *)(void *)at = (record_list){ records, count };
    return JOIST_OK;
}

static joist_status take_list(decoding *d, const joist_type *type, const joist_field *f,
                              joist_json v, char *at)
{
    size_t count = 0;
    const joist_member *items = joist_json_members(v, d->arena, &count);
    if (joist_json_type_of(v) != JOIST_JSON_ARRAY)
        return wrong(d, type, f, "is no array");
    if (!f->texts)
        return take_records(d, f, items, count, at);
    joist_text *texts = joist_arena_alloc(d->arena, count * sizeof *texts);
    for (size_t i = 0; i < count; i++)
        if (!take_text(d, items[i].value, &texts[i])
            && joist_json_type_of(items[i].value) != JOIST_JSON_NULL)
            return wrong(d, type, f, "has an item that is no text");
    *(joist_text_list *)(void *)at = (joist_text_list){ texts, count };
    return JOIST_OK;
}

static joist_status take_field(decoding *d, const joist_type *type, const joist_field *f,
                               joist_json v, char *record)
{
    char *at = record + f->offset;
    if (joist_json_type_of(v) == JOIST_JSON_NULL)
        return JOIST_OK;
    if (is_masked(f, v))
        return wrong(d, type, f, "was masked: what it held is not there");
    if (joist_field_repeated(f))
        return take_list(d, type, f, v, at);
    if (f->kind == JOIST_KIND_RECORD)
        return take_record(d, f->record, v, at);
    return take_value(d, f, v, at) ? JOIST_OK : wrong(d, type, f, "is of another kind now");
}

static joist_json value_of(const joist_member *members, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (joist_text_equal(members[i].key, joist_text_of(name)))
            return members[i].value;
    return (joist_json){ NULL, 0 };
}

static joist_status take_record(decoding *d, const joist_type *type, joist_json v, void *record)
{
    size_t count = 0;
    const joist_member *members = joist_json_members(v, d->arena, &count);
    if (joist_json_type_of(v) != JOIST_JSON_OBJECT)
        return joist_fail_with(d->e, JOIST_USAGE, "the element is no object, as a %s is",
                               type->name);
    for (size_t i = 0; i < type->count; i++)
        if (take_field(d, type, &type->fields[i], value_of(members, count, type->fields[i].name),
                       record))
            return JOIST_FAILED;
    return JOIST_OK;
}

/* A record with one field of kind JSON shows that value itself. */
joist_status jst_cli_element_decode(joist_json v, const joist_type *type, void *record,
                                    joist_arena *a, joist_error *e)
{
    memset(record, 0, type->size);
    if (is_value(type)) {
        *(joist_json *)record = v;
        return JOIST_OK;
    }
    return take_record(&(decoding){ a, e }, type, v, record);
}
