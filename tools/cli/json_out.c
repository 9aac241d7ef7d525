/* SPDX-License-Identifier: Apache-2.0
 * Helpers around jansson for writing. Values are built whole and dumped at once: they are small (a
 * summary, a log line), and a half-written object never reaches a reader. */
#include "json_out.h"

#include "escape.h"

#include <math.h>

void jst_cli_json_text(json_t *object, const char *key, joist_text value)
{
    if (joist_text_null(value)) {
        json_object_set_new(object, key, json_null());
        return;
    }
    joist_buffer clean = { 0 };
    jst_cli_utf8(&clean, value);
    joist_text t = joist_buffer_view(&clean);
    json_object_set_new(object, key, json_stringn_nocheck(t.ptr, t.len));
    joist_buffer_free(&clean);
}

static json_t *count_of(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

void jst_cli_json_count(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, count_of(value));
}

void jst_cli_json_seconds(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, json_real(isfinite(value) ? round(value * 1000) / 1000 : 0));
}

void jst_cli_json_add(json_t *object, const char *key, uint64_t value)
{
    json_int_t before = json_integer_value(json_object_get(object, key));
    jst_cli_json_count(object, key, (uint64_t)before + value);
}

static int append(const char *bytes, size_t len, void *out)
{
    joist_buffer_add(out, bytes, len);
    return 0;
}

void jst_cli_json_line(joist_buffer *out, json_t *value)
{
    json_dump_callback(value, append, out,
                       JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);
    joist_buffer_byte(out, '\n');
    json_decref(value);
}

void jst_cli_json_lean(joist_buffer *out, joist_json v, joist_arena *a)
{
    size_t count = 0;
    joist_json_type type = joist_json_type_of(v);
    const joist_member *members = joist_json_members(v, a, &count);
    if (type != JOIST_JSON_OBJECT && type != JOIST_JSON_ARRAY) {
        joist_json_write_value(out, v);
        return;
    }
    joist_buffer_byte(out, type == JOIST_JSON_OBJECT ? '{' : '[');
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (type == JOIST_JSON_OBJECT && joist_json_type_of(members[i].value) == JOIST_JSON_NULL)
            continue;
        joist_buffer_text(out, first ? JOIST_TEXT("") : JOIST_TEXT(","));
        first = false;
        if (type == JOIST_JSON_OBJECT) {
            joist_json_write_text(out, members[i].key);
            joist_buffer_byte(out, ':');
        }
        jst_cli_json_lean(out, members[i].value, a);
    }
    joist_buffer_byte(out, type == JOIST_JSON_OBJECT ? '}' : ']');
}
