/* SPDX-License-Identifier: Apache-2.0
 * Reading a project's document, strictly: what is read wrongly here would reject events by the
 * thousand. */
#include "project.h"

#include "custom.h"

JOIST_RECORD_DEFINE(project_document, PROJECT_DOCUMENT);
JOIST_RECORD_DEFINE(custom_field, CUSTOM_FIELD);
JOIST_RECORD_DEFINE(project, PROJECT);

/* The member of that name, NULL if the value is no object or has none. */
static joist_json member(joist_json object, const char *name, joist_arena *a)
{
    size_t n = 0;
    const joist_member *members = joist_json_members(object, a, &n);
    for (size_t i = 0; i < n; i++)
        if (joist_text_equal(members[i].key, joist_text_of(name)))
            return members[i].value;
    return (joist_json){ NULL, 0 };
}

/* The text in the member of that name; NULL if there is none. */
static joist_text member_text(joist_json object, const char *name, joist_arena *a)
{
    return joist_json_string(member(object, name, a), a);
}

/* The items of a list; a list that is not there has none. */
static bool items_of(joist_json list, joist_arena *a, const joist_member **items, size_t *count)
{
    joist_json_type type = joist_json_type_of(list);
    *items = joist_json_members(list, a, count);
    return type == JOIST_JSON_NULL || type == JOIST_JSON_ARRAY;
}

static bool read_reasons(joist_json list, joist_arena *a, joist_text_list *out)
{
    size_t n = 0;
    const joist_member *items;
    if (!items_of(list, a, &items, &n))
        return false;
    joist_text *slugs = joist_arena_alloc(a, n * sizeof *slugs);
    for (size_t i = 0; i < n; i++) {
        slugs[i] = member_text(items[i].value, "slug", a);
        if (joist_text_null(slugs[i]))
            return false;
    }
    *out = (joist_text_list){ slugs, n };
    return true;
}

static bool has_field(const custom_field *fields, size_t count, joist_text key)
{
    for (size_t i = 0; i < count; i++)
        if (joist_text_equal(fields[i].key, key))
            return true;
    return false;
}

static bool read_custom_fields(joist_json list, joist_arena *a, custom_field_list *out)
{
    size_t n = 0;
    const joist_member *items;
    if (!items_of(list, a, &items, &n))
        return false;
    custom_field *fields = joist_arena_alloc(a, n * sizeof *fields);
    for (size_t i = 0; i < n; i++) {
        joist_text key = member_text(items[i].value, "key", a);
        int64_t type = custom_type_of(member_text(items[i].value, "type", a));
        if (joist_text_null(key) || type < 0 || has_field(fields, i, key))
            return false;
        fields[i] = (custom_field){ .key = key, .type = type };
    }
    *out = (custom_field_list){ fields, n };
    return true;
}

/* Keeps the integrations that are enabled. */
static bool read_integrations(joist_json map, joist_arena *a, joist_json *out)
{
    size_t n = 0, kept = 0;
    joist_json_type type = joist_json_type_of(map);
    const joist_member *members = joist_json_members(map, a, &n);
    joist_buffer json = joist_buffer_in(a, map.len);
    joist_buffer_byte(&json, '{');
    for (size_t i = 0; i < n && type == JOIST_JSON_OBJECT; i++) {
        if (joist_json_type_of(members[i].value) != JOIST_JSON_OBJECT)
            return false;
        if (joist_json_type_of(member(members[i].value, "enabled", a)) != JOIST_JSON_TRUE)
            continue;
        if (kept++)
            joist_buffer_byte(&json, ',');
        joist_json_write_text(&json, members[i].key);
        joist_buffer_byte(&json, ':');
        joist_json_write_value(&json, members[i].value);
    }
    joist_buffer_byte(&json, '}');
    *out = kept ? (joist_json){ json.ptr, json.len } : (joist_json){ NULL, 0 };
    return type == JOIST_JSON_NULL || type == JOIST_JSON_OBJECT;
}

/* SQLite has no booleans: there 0 is false, and in a document it is not. */
static bool is_active(joist_json active, joist_text uri)
{
    bool zero = active.len == 1 && *active.ptr == '0';
    if (joist_text_equal(joist_uri_scheme(uri), JOIST_TEXT("sqlite")) && zero)
        return false;
    return joist_json_type_of(active) != JOIST_JSON_FALSE;
}

const char *project_of(const project_document *document, joist_text uri, joist_arena *a,
                       project *out)
{
    *out = (project){ .id = document->id, .hash = joist_lower(document->hash, a),
                      .active = is_active(document->active, uri) };
    if (!read_reasons(document->reasons, a, &out->reasons))
        return "reasons must be a list of objects that have a slug";
    if (!read_custom_fields(document->custom_fields, a, &out->custom_fields))
        return "custom_fields must be a list of objects that have a key of their own and a type"
               " (string, int, float, bool, date)";
    if (!read_integrations(document->integrations, a, &out->integrations))
        return "integrations must be an object of objects";
    return NULL;
}

bool is_reason_of(const project *p, joist_text reason_id)
{
    static const char *const defaults[] = {
        "could-not-understand", "found-better-plugin", "not-have-that-feature", "is-not-working",
        "looking-for-other", "did-not-work-as-expected", "other", "none", NULL
    };
    for (const char *const *reason = defaults; *reason; reason++)
        if (joist_text_equal(reason_id, joist_text_of(*reason)))
            return true;
    for (size_t i = 0; i < p->reasons.count; i++)
        if (joist_text_equal(reason_id, p->reasons.items[i]))
            return true;
    return false;
}
