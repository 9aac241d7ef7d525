/* SPDX-License-Identifier: Apache-2.0
 * One table of options. Each row keeps the strongest value offered so far and where it came from,
 * so the sources can be read in any order and --explain-options needs no second bookkeeping. Only
 * the winning value is parsed: a broken one that is overridden does no harm. At most 128
 * options. */
#include "options.h"

#include "escape.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>

jst_cli_options *jst_cli_options_new(joist_arena *arena, const char *command)
{
    jst_cli_options *o = joist_arena_zalloc(arena, sizeof *o);
    o->arena = arena;
    o->command = command;
    return o;
}

/* ---- the table ------------------------------------------------------------------------------- */
static joist_text spelled(joist_arena *arena, const char *prefix, const char *name, char from,
                          char to,
                          bool upper)
{
    joist_text t = joist_arena_printf(arena, "%s%s", prefix, name);
    char *s = joist_arena_alloc(arena, t.len + 1);
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i] == from ? to : t.ptr[i];
        s[i] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    s[t.len] = '\0';
    return (joist_text){ s, t.len };
}

static jst_cli_option option_of(joist_arena *arena, const joist_field *f, const char *group,
                                void *record)
{
    return (jst_cli_option){
        .field = f, .group = group, .record = record,
        .name = spelled(arena, "", f->name, '_', '-', false),
        .variable = spelled(arena, "JOIST_", f->name, '-', '_', true).ptr,
    };
}

void *jst_cli_options_add(jst_cli_options *o, const joist_type *type, const char *group,
                          joist_error *e)
{
    void *record = joist_arena_zalloc(o->arena, type ? type->size : 1);
    for (size_t i = 0; type && i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (jst_cli_options_find(o, joist_text_of(f->name)) || o->count == JST_CLI_OPTIONS) {
            joist_fail_with(e, JOIST_GRAPH, o->count == JST_CLI_OPTIONS
                            ? "option '%s' of record '%s' is one too many"
                            : "option '%s' of record '%s' is taken by another record of options",
                            f->name, type->name);
            return NULL;
        }
        o->items[o->count++] = option_of(o->arena, f, group, record);
    }
    return record;
}

static char dashed(char c)
{
    return c == '_' ? '-' : c;
}

jst_cli_option *jst_cli_options_find(jst_cli_options *o, joist_text name)
{
    for (size_t i = 0; i < o->count; i++) {
        joist_text known = o->items[i].name;
        size_t n = 0;
        while (n < known.len && n < name.len && known.ptr[n] == dashed(name.ptr[n]))
            n++;
        if (n == known.len && n == name.len)
            return &o->items[i];
    }
    return NULL;
}

/* ---- values ---------------------------------------------------------------------------------- */
void jst_cli_option_offer(jst_cli_option *option, jst_cli_source source, joist_text value,
                          joist_text where)
{
    if (source < option->source)
        return;
    option->source = source;
    option->value = value;
    option->where = where;
}

void jst_cli_options_environment(jst_cli_options *o)
{
    for (size_t i = 0; i < o->count; i++) {
        const char *value = getenv(o->items[i].variable);
        if (value && *value)
            jst_cli_option_offer(&o->items[i], JST_CLI_ENVIRONMENT,
                                 joist_arena_text(o->arena, joist_text_of(value)),
                                 joist_arena_printf(o->arena, "environment %s",
                                                    o->items[i].variable));
    }
}

joist_status jst_cli_options_resolve(jst_cli_options *o, joist_error *e)
{
    for (size_t i = 0; i < o->count; i++) {
        jst_cli_option *option = &o->items[i];
        const char *fallback = option->field->fallback;
        if (option->source == JST_CLI_UNSET && fallback)
            jst_cli_option_offer(option, JST_CLI_DEFAULT, joist_text_of(fallback),
                                 JOIST_TEXT("default"));
        if (option->source == JST_CLI_UNSET)
            continue;
        const char *expected = jst_cli_value_expected(option->field, option->value, o->arena);
        if (!expected)
            expected = jst_cli_value_set(option->field, option->value, option->record);
        if (expected)
            return jst_cli_option_refuse(o, option, expected, e);
    }
    return JOIST_OK;
}

joist_status jst_cli_options_load(jst_cli_options *o, int argc, char *const *argv, joist_error *e)
{
    if (jst_cli_options_flags(o, argc, argv, e) != JOIST_OK)
        return JOIST_FAILED;
    if (o->help)
        return JOIST_OK;
    jst_cli_options_environment(o);
    const jst_cli_option *config = jst_cli_options_find(o, JOIST_TEXT("config"));
    if (config && config->value.len > 0 && jst_cli_options_config(o, config->value, e) != JOIST_OK)
        return JOIST_FAILED;
    return jst_cli_options_resolve(o, e);
}

joist_status jst_cli_options_required(const jst_cli_options *o, joist_error *e)
{
    for (size_t i = 0; i < o->count; i++) {
        const jst_cli_option *option = &o->items[i];
        if (!(option->field->flags & JOIST_REQUIRED) || option->value.len > 0)
            continue;
        joist_fail_with(e, JOIST_USAGE,
                        "--%.*s is required (or %s, or a line '%.*s = …' in the --config file)",
                        JOIST_ARG(option->name), option->variable, JOIST_ARG(option->name));
        if (e)
            snprintf(e->hint, sizeof e->hint, "`%s --help` lists all options", o->command);
        return JOIST_FAILED;
    }
    return JOIST_OK;
}

/* ---- saying what is wrong -------------------------------------------------------------------- */
joist_text jst_cli_option_shown(const jst_cli_options *o, const jst_cli_option *option)
{
    if ((option->field->flags & JOIST_SECRET) && option->value.len > 0)
        return JOIST_TEXT("***");
    return jst_cli_shown(o->arena, option->value);
}

static joist_text hide_one(joist_arena *a, joist_text secret, joist_text t)
{
    joist_text shown = JOIST_TEXT("");
    const char *at, *end = t.ptr + t.len;
    while (t.len && (at = memmem(t.ptr, t.len, secret.ptr, secret.len))) {
        shown = joist_arena_printf(a, "%.*s%.*s***", JOIST_ARG(shown), (int)(at - t.ptr), t.ptr);
        t.ptr = at + secret.len;
        t.len = (size_t)(end - t.ptr);
    }
    return joist_arena_printf(a, "%.*s%.*s", JOIST_ARG(shown), JOIST_ARG(t));
}

joist_text jst_cli_options_hide(const jst_cli_options *o, joist_text t)
{
    for (size_t i = 0; i < o->count && t.len; i++) {
        const jst_cli_option *option = &o->items[i];
        if ((option->field->flags & JOIST_SECRET) && option->value.len > 0
            && memmem(t.ptr, t.len, option->value.ptr, option->value.len))
            t = hide_one(o->arena, option->value, t);
    }
    return t;
}

joist_status jst_cli_option_refuse(const jst_cli_options *o, const jst_cli_option *option,
                                   const char *expected, joist_error *e)
{
    joist_text shown = jst_cli_option_shown(o, option);
    bool cut = shown.len > 200;
    joist_fail_with(e, JOIST_USAGE, "--%.*s: '%.*s%s' is not %s (from: %.*s)",
                    JOIST_ARG(option->name),
                    cut ? 200 : (int)shown.len, shown.ptr, cut ? "…" : "", expected,
                    JOIST_ARG(option->where));
    if (e)
        snprintf(e->hint, sizeof e->hint, "`%s --help` describes --%.*s", o->command,
                 JOIST_ARG(option->name));
    return JOIST_FAILED;
}

joist_status jst_cli_options_unknown(const jst_cli_options *o, const char *prefix, joist_text name,
                                     joist_error *e)
{
    const char *names[JST_CLI_OPTIONS];
    for (size_t i = 0; i < o->count; i++)
        names[i] = o->items[i].name.ptr;
    joist_text shown = jst_cli_shown(o->arena,
                                     (joist_text){ name.ptr, name.len < 100 ? name.len : 100 });
    const char *near = jst_cli_nearest(name, names, o->count);
    joist_fail_with(e, JOIST_USAGE, "%sunknown option --%.*s", prefix, JOIST_ARG(shown));
    if (!e)
        return JOIST_FAILED;
    if (near)
        snprintf(e->hint, sizeof e->hint, "did you mean --%s?", near);
    else
        snprintf(e->hint, sizeof e->hint, "`%s --help` lists all options", o->command);
    return JOIST_FAILED;
}

/* ---- did you mean ---------------------------------------------------------------------------- */
enum { NAME_MAX_COMPARED = 40 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, one row at a time; '_' counts as '-'. */
static size_t distance(joist_text a, const char *b, size_t b_len)
{
    size_t row[NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_len; j++) {
            size_t changed = diagonal + (dashed(a.ptr[i]) != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(changed, smaller(diagonal, row[j]) + 1);
        }
    }
    return row[b_len];
}

const char *jst_cli_nearest(joist_text name, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t least = name.len / 3 + 1 < 3 ? name.len / 3 + 1 : 3;
    if (name.len < 2 || name.len > NAME_MAX_COMPARED)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(candidates[i]);
        size_t d = len <= NAME_MAX_COMPARED ? distance(name, candidates[i], len) : SIZE_MAX;
        if (d < least || (d == least && !best)) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}
