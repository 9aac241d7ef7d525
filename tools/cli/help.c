/* SPDX-License-Identifier: Apache-2.0
 * Nothing here is written by hand per option: a field's name, kind, default and help line are all
 * there is, so an option cannot be documented in one place and missing in another. */
#include "help.h"

#include "escape.h"
#include "format.h"
#include "json_out.h"
#include "value.h"

static bool hidden(const jst_cli_option *option)
{
    return option->field->flags & JOIST_HIDDEN;
}

/* ---- help ------------------------------------------------------------------------------------ */
static joist_text spelling(joist_arena *a, const jst_cli_option *option)
{
    const char *value = jst_cli_value_name(option->field);
    const char letter[] = { '-', jst_cli_option_letter(option), ',', ' ', '\0' };
    return joist_arena_printf(a, "%s--%.*s%s%s", letter[1] ? letter : "    ",
                              JOIST_ARG(option->name), value ? " " : "", value ? value : "");
}

/* A default of "false", "0" or "" tells nobody anything that the help line does not. */
static bool worth_telling(const char *fallback)
{
    return fallback && *fallback && strcmp(fallback, "0") != 0 && strcmp(fallback, "false") != 0;
}

joist_text jst_cli_option_help(joist_arena *a, const jst_cli_option *option)
{
    const joist_field *f = option->field;
    const char *help = f->help ? f->help : "";
    if (worth_telling(f->fallback))
        return joist_arena_printf(a, "%s (default: %s)", help, f->fallback);
    return joist_arena_printf(a, "%s%s", help, f->flags & JOIST_REQUIRED ? " (required)" : "");
}

static void help_group(joist_buffer *out, const jst_cli_options *o, const char *group)
{
    jst_cli_table table = { .arena = o->arena, .align = "ll" };
    for (size_t i = 0; i < o->count; i++) {
        const jst_cli_option *option = &o->items[i];
        if (hidden(option) || strcmp(option->group, group) != 0)
            continue;
        jst_cli_cell(&table, spelling(o->arena, option));
        jst_cli_cell(&table, jst_cli_option_help(o->arena, option));
    }
    if (table.count == 0)
        return;
    joist_buffer_printf(out, "\nOptions of the %s:\n", group);
    jst_cli_table_print(&table, out, "  ");
}

void jst_cli_help_options(joist_buffer *out, const jst_cli_options *o)
{
    for (size_t i = 0; i < o->count; i++) {
        size_t first = 0;
        while (strcmp(o->items[first].group, o->items[i].group) != 0)
            first++;
        if (first == i)
            help_group(out, o, o->items[i].group);
    }
}

/* ---- explain --------------------------------------------------------------------------------- */
static joist_text explained_value(const jst_cli_options *o, const jst_cli_option *option)
{
    bool required = option->field->flags & JOIST_REQUIRED;
    if (option->source == JST_CLI_UNSET)
        return required ? JOIST_TEXT("(missing)") : JOIST_TEXT("(none)");
    return option->value.len ? jst_cli_option_shown(o, option) : JOIST_TEXT("\"\"");
}

void jst_cli_explain(joist_buffer *out, const jst_cli_options *o)
{
    static const char *const heads[] = { "option", "value", "source" };
    jst_cli_table table = { .arena = o->arena, .align = "lll" };
    jst_cli_cells(&table, 3, heads);
    for (size_t i = 0; i < o->count; i++) {
        const jst_cli_option *option = &o->items[i];
        if (hidden(option) && option->source <= JST_CLI_DEFAULT)
            continue;
        jst_cli_cell(&table, joist_arena_printf(o->arena, "--%.*s", JOIST_ARG(option->name)));
        jst_cli_cell(&table, explained_value(o, option));
        jst_cli_cell(&table, option->source == JST_CLI_UNSET ? JOIST_TEXT("-") : option->where);
    }
    jst_cli_table_print(&table, out, "");
}

/* ---- as data --------------------------------------------------------------------------------- */
static json_t *option_json(const jst_cli_option *option)
{
    const joist_field *f = option->field;
    json_t *row = json_object();
    jst_cli_json_text(row, "name", option->name);
    jst_cli_json_text(row, "variable", joist_text_of(option->variable));
    jst_cli_json_text(row, "type", joist_text_of(joist_kind_name(f->kind)));
    jst_cli_json_text(row, "default", joist_text_of(f->fallback));
    json_object_set_new(row, "required", json_boolean(f->flags & JOIST_REQUIRED));
    jst_cli_json_text(row, "group", joist_text_of(option->group));
    jst_cli_json_text(row, "help", joist_text_of(f->help));
    return row;
}

json_t *jst_cli_options_json(const jst_cli_options *o)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < o->count; i++)
        if (!hidden(&o->items[i]))
            json_array_append_new(rows, option_json(&o->items[i]));
    return rows;
}
