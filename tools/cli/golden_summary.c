/* SPDX-License-Identifier: Apache-2.0
 * Objects are compared as subsets, member by member; arrays item by item and as long as each
 * other; everything else whole. */
#include "golden_summary.h"

#include "errors.h"
#include "json_out.h"

static const char *const common[] = {
    "exit", "status", "window", "read", "events", "rejected", "rejected_total", "mail", "dry_run",
    "adds_up", "error",
};
static const char *const of_failure[] = { "exit", "status", "error" };

json_t *jst_golden_summary_common(const json_t *summary)
{
    bool failed = json_object_get(summary, "error") && !json_is_null(json_object_get(summary,
                                                                                    "error"));
    const char *const *names = failed ? of_failure : common;
    size_t count = failed ? sizeof of_failure / sizeof *names : sizeof common / sizeof *names;
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        if (json_object_get(summary, names[i]))
            json_object_set(object, names[i], json_object_get(summary, names[i]));
    return object;
}

/* ---- the difference -------------------------------------------------------------------------- */
static void add_value(joist_buffer *out, const json_t *value)
{
    joist_buffer line = { 0 };
    if (value)
        jst_cli_json_line(&line, json_incref((json_t *)(uintptr_t)value));
    else
        joist_buffer_text(&line, JOIST_TEXT("nothing\n"));
    joist_buffer_add(out, line.ptr, line.len - 1);
    joist_buffer_free(&line);
}

static void add_difference(joist_buffer *out, const json_t *expected, const json_t *got,
                           const char *path)
{
    joist_buffer_printf(out, "    %s\n            expected ", path);
    add_value(out, expected);
    joist_buffer_printf(out, "\n            got      ");
    add_value(out, got);
    joist_buffer_byte(out, '\n');
}

static void diff_members(joist_buffer *out, const json_t *expected, const json_t *got,
                         const char *path)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)expected, key, value) {
        joist_buffer inner = { 0 };
        joist_buffer_printf(&inner, "%s %s%c", path, key, 0);
        jst_golden_summary_diff(out, value, json_object_get(got, key), inner.ptr);
        joist_buffer_free(&inner);
    }
}

static void diff_items(joist_buffer *out, const json_t *expected, const json_t *got,
                       const char *path)
{
    for (size_t i = 0; i < json_array_size(expected); i++) {
        joist_buffer inner = { 0 };
        joist_buffer_printf(&inner, "%s %zu%c", path, i, 0);
        jst_golden_summary_diff(out, json_array_get(expected, i), json_array_get(got, i),
                                inner.ptr);
        joist_buffer_free(&inner);
    }
}

void jst_golden_summary_diff(joist_buffer *out, const json_t *expected, const json_t *got,
                             const char *path)
{
    if (json_is_object(expected) && json_is_object(got))
        diff_members(out, expected, got, path);
    else if (json_is_array(expected) && json_is_array(got)
             && json_array_size(expected) == json_array_size(got))
        diff_items(out, expected, got, path);
    else if (!json_equal(expected, got))
        add_difference(out, expected, got, path);
}

/* ---- update ---------------------------------------------------------------------------------- */
json_t *jst_golden_summary_update(const json_t *expected, const json_t *got)
{
    const char *key;
    json_t *value;
    if (!got)
        return json_null();
    if (!json_is_object(expected) || !json_is_object(got))
        return json_deep_copy(got);
    json_t *object = json_object();
    json_object_foreach((json_t *)(uintptr_t)expected, key, value)
        json_object_set_new(object, key, jst_golden_summary_update(value,
                                                                   json_object_get(got, key)));
    return object;
}

static bool is_source(const char *place)
{
    joist_text file = { place, strcspn(place, ":") };
    return joist_text_ends(file, JOIST_TEXT(".c")) || joist_text_ends(file, JOIST_TEXT(".cc"))
        || joist_text_ends(file, JOIST_TEXT(".h"));
}

void jst_golden_summary_unplace(json_t *summary)
{
    json_t *error = json_object_get(summary, "error");
    json_t *message = json_object_get(error, "message");
    const char *text = json_string_value(message);
    size_t place = text ? jst_cli_place_length(joist_text_of(text)) : 0;
    if (place && is_source(text) && strlen(text) > place + 2)
        json_object_set_new(error, "message", json_string(text + place + 2));
}
