/* SPDX-License-Identifier: Apache-2.0
 * Maps in document order. Names of their members are anything at all, NUL bytes too, so they are
 * put into warnings as texts, never as strings. */
#include "maps.h"

enum { MOST_PLUGINS = 500, LONGEST_NAME = 128 };

static joist_json json_of(joist_buffer *out)
{
    return (joist_json){ out->ptr, out->len };
}

/* ---- users ----------------------------------------------------------------------------------- */
joist_json users_of(joist_json users, joist_arena *a, joist_warnings *w)
{
    size_t n = 0;
    if (!joist_json_is_map(users, w, "", JOIST_TEXT("users")))
        return (joist_json){ NULL, 0 };
    const joist_member *roles = joist_json_members(users, a, &n);
    joist_buffer out = joist_buffer_in(a, users.len + 1);
    joist_buffer_byte(&out, '{');
    for (size_t i = 0; i < n; i++) {
        if (joist_text_equal(roles[i].key, JOIST_TEXT("total")))
            continue;
        joist_int count = joist_json_to_int(roles[i].value, w, "users.", roles[i].key);
        if (!count.set)
            continue;
        if (out.len > 1)
            joist_buffer_byte(&out, ',');
        joist_json_write_text(&out, roles[i].key);
        joist_buffer_byte(&out, ':');
        joist_json_write_int(&out, count.v);
    }
    joist_buffer_byte(&out, '}');
    return json_of(&out);
}

/* ---- plugins --------------------------------------------------------------------------------- */

/* cast:name, found inside a plugin, is cast:plugins.SLUG.name. */
static void warn_inside(joist_warnings *w, joist_text warning, joist_text slug)
{
    size_t kind = 0;
    while (warning.ptr[kind] != ':')
        kind++;
    joist_text path = { warning.ptr + kind + 1, warning.len - kind - 1 };
    joist_buffer all = joist_buffer_in(w->arena, warning.len + LONGEST_NAME + 10);
    joist_buffer_text(&all, (joist_text){ warning.ptr, kind + 1 });
    joist_buffer_text(&all, JOIST_TEXT("plugins."));
    joist_buffer_text(&all, joist_cut(slug, LONGEST_NAME));
    joist_buffer_byte(&all, '.');
    joist_buffer_text(&all, path);
    joist_warn_text(w, joist_buffer_view(&all));
}

enum { NAME, VERSION, COLUMNS };
static const joist_text columns[COLUMNS] = { { "name", 4 }, { "version", 7 } };

static void write_column(joist_buffer *out, const joist_member *plugin, size_t column,
                         joist_arena *a, joist_warnings *w)
{
    joist_text t = joist_json_to_text(plugin->columns[column], 0, a, w, "", columns[column]);
    joist_json_write_text(out, t);
}

static void write_plugin(joist_buffer *out, const joist_member *plugin, joist_arena *a,
                         joist_warnings *w)
{
    joist_warnings inside = { .arena = a };
    joist_buffer_text(out, JOIST_TEXT("{\"slug\":"));
    joist_json_write_text(out, plugin->key);
    joist_buffer_text(out, JOIST_TEXT(",\"name\":"));
    write_column(out, plugin, NAME, a, &inside);
    joist_buffer_text(out, JOIST_TEXT(",\"version\":"));
    write_column(out, plugin, VERSION, a, &inside);
    joist_buffer_byte(out, '}');
    for (size_t i = 0; i < inside.count; i++)
        warn_inside(w, inside.items[i], plugin->key);
}

joist_json plugins_of(joist_json plugins, joist_arena *a, joist_warnings *w)
{
    size_t n = 0, kept = 0;
    if (!joist_json_is_map(plugins, w, "", JOIST_TEXT("plugins")))
        return (joist_json){ NULL, 0 };
    const joist_member *members = joist_json_table(plugins, columns, COLUMNS, a, &n);
    joist_buffer out = joist_buffer_in(a, plugins.len + plugins.len / 2);
    joist_buffer_byte(&out, '[');
    for (size_t i = 0; i < n; i++) {
        joist_json_type type = joist_json_type_of(members[i].value);
        if (type == JOIST_JSON_NULL)
            continue;
        if (kept == MOST_PLUGINS) {
            joist_warn(w, "truncated", "", JOIST_TEXT("plugins"));
            break;
        }
        if (type != JOIST_JSON_OBJECT) {
            joist_warn(w, "cast", "plugins.", members[i].key);
            continue;
        }
        if (kept++)
            joist_buffer_byte(&out, ',');
        write_plugin(&out, &members[i], a, w);
    }
    joist_buffer_byte(&out, ']');
    return json_of(&out);
}
