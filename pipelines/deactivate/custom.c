/* SPDX-License-Identifier: Apache-2.0
 * One table has the types of custom fields: name, and how a value of it is written. */
#include "custom.h"

static const char *const prefix = "extra.";

/* Writes the value; if it is not of the type nothing is written, and a warning says so. */
typedef struct custom_type {
    const char *name;
    bool (*write)(joist_buffer *out, joist_text key, joist_json v, joist_arena *a,
                  joist_warnings *w);
} custom_type;

static bool write_string(joist_buffer *out, joist_text key, joist_json v, joist_arena *a,
                         joist_warnings *w)
{
    joist_text t = joist_json_to_text(v, 0, a, w, prefix, key);
    if (!joist_text_null(t))
        joist_json_write_text(out, t);
    return !joist_text_null(t);
}

static bool write_int(joist_buffer *out, joist_text key, joist_json v, joist_arena *a,
                      joist_warnings *w)
{
    (void)a;
    joist_int n = joist_json_to_int(v, w, prefix, key);
    if (n.set)
        joist_json_write_int(out, n.v);
    return n.set;
}

static bool write_float(joist_buffer *out, joist_text key, joist_json v, joist_arena *a,
                        joist_warnings *w)
{
    joist_text token = joist_json_to_float_token(v, a, w, prefix, key);
    joist_buffer_text(out, token);
    return !joist_text_null(token);
}

static bool write_bool(joist_buffer *out, joist_text key, joist_json v, joist_arena *a,
                       joist_warnings *w)
{
    (void)a;
    joist_bool b = joist_json_to_bool(v, w, prefix, key);
    if (b.set)
        joist_buffer_text(out, b.v ? JOIST_TEXT("true") : JOIST_TEXT("false"));
    return b.set;
}

static bool write_date(joist_buffer *out, joist_text key, joist_json v, joist_arena *a,
                       joist_warnings *w)
{
    joist_time t;
    joist_text date = joist_json_string(v, a);
    bool ok = !joist_text_null(date) && (joist_date_valid(date) || joist_time_parse(date, &t));
    if (ok)
        joist_json_write_text(out, date);
    else
        joist_warn(w, "cast", prefix, key);
    return ok;
}

static const custom_type types[] = {
    { "string", write_string }, { "int", write_int }, { "float", write_float },
    { "bool", write_bool }, { "date", write_date },
};
enum { TYPES = sizeof types / sizeof types[0] };

int64_t custom_type_of(joist_text name)
{
    for (int64_t i = 0; i < TYPES; i++)
        if (joist_text_equal(name, joist_text_of(types[i].name)))
            return i;
    return -1;
}

/* ---------------------------------------------------------------------------------------------- */

/* Puts each value at the place of its field; what is not declared is warned about. */
static void sort_values(const joist_member *members, size_t count,
                        const custom_field_list *declared, joist_json *values, joist_warnings *w)
{
    for (size_t i = 0; i < count; i++) {
        if (joist_json_type_of(members[i].value) == JOIST_JSON_NULL)
            continue;
        size_t k = 0;
        while (k < declared->count && !joist_text_equal(members[i].key, declared->items[k].key))
            k++;
        if (k < declared->count)
            values[k] = members[i].value;
        else
            joist_warn(w, "undeclared", prefix, members[i].key);
    }
}

/* "key":value, or nothing at all. */
static void write_member(joist_buffer *out, const custom_field *field, joist_json v, joist_arena *a,
                         joist_warnings *w)
{
    size_t before = out->len;
    if (before > 1)
        joist_buffer_byte(out, ',');
    joist_json_write_text(out, field->key);
    joist_buffer_byte(out, ':');
    if (!types[field->type].write(out, field->key, v, a, w))
        out->len = before;
}

joist_json custom_fields_of(joist_json extra, const custom_field_list *declared, joist_arena *a,
                            joist_warnings *w)
{
    joist_json none = { NULL, 0 };
    size_t n = 0;
    if (!joist_json_is_map(extra, w, "", JOIST_TEXT("extra")))
        return none;
    const joist_member *members = joist_json_members(extra, a, &n);
    joist_json *values = joist_arena_zalloc(a, declared->count * sizeof *values);
    sort_values(members, n, declared, values, w);
    joist_buffer out = joist_buffer_in(a, extra.len);
    joist_buffer_byte(&out, '{');
    for (size_t i = 0; i < declared->count; i++)
        if (values[i].ptr)
            write_member(&out, &declared->items[i], values[i], a, w);
    joist_buffer_byte(&out, '}');
    return out.len > 2 ? (joist_json){ out.ptr, out.len } : none;
}
