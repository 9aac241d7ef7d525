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
