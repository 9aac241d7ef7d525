/* SPDX-License-Identifier: Apache-2.0
 * Objects are compared as subsets, member by member; arrays item by item and as long as each
 * other; everything else whole. */
#include "golden_summary.h"

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

/* ---- places ---------------------------------------------------------------------------------- */
static bool is_source(joist_text word)
{
    return joist_text_ends(word, JOIST_TEXT(".c")) || joist_text_ends(word, JOIST_TEXT(".cc"))
        || joist_text_ends(word, JOIST_TEXT(".h"));
}

static bool ends_word(char c)
{
    return c == ' ' || c == '(' || c == '\'' || c == '"' || c == ':';
}

/* Length of ":NUMBER" at the head of t, 0 if there is none. */
static size_t number_length(joist_text t)
{
    size_t n = 1;
    while (n < t.len && t.ptr[n] >= '0' && t.ptr[n] <= '9')
        n++;
    return n > 1 && t.ptr[0] == ':' ? n : 0;
}

/* Takes the folders off the word that `out` ends with, if it names a source. */
static bool shorten(joist_buffer *out)
{
    size_t from = out->len, name = out->len;
    while (from > 0 && !ends_word(out->ptr[from - 1]))
        from--;
    while (name > from && out->ptr[name - 1] != '/')
        name--;
    if (!is_source((joist_text){ out->ptr + from, out->len - from }))
        return false;
    memmove(out->ptr + from, out->ptr + name, out->len - name);
    out->len -= name - from;
    return true;
}

joist_text jst_golden_unplaced(joist_arena *a, joist_text t)
{
    joist_buffer out = { 0 };
    for (size_t i = 0; i < t.len; i++) {
        size_t number = number_length((joist_text){ t.ptr + i, t.len - i });
        if (number && out.len && shorten(&out))
            i += number - 1;
        else
            joist_buffer_byte(&out, t.ptr[i]);
    }
    joist_text text = joist_arena_printf(a, "%.*s", (int)out.len, out.len ? out.ptr : "");
    joist_buffer_free(&out);
    return text;
}

void jst_golden_summary_unplace(joist_arena *a, json_t *summary)
{
    json_t *error = json_object_get(summary, "error");
    const char *text = json_string_value(json_object_get(error, "message"));
    if (text)
        json_object_set_new(error, "message",
                            json_string(jst_golden_unplaced(a, joist_text_of(text)).ptr));
}
