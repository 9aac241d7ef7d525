/* SPDX-License-Identifier: Apache-2.0
 * `joist new NAME` and `joist list`. */
#include "tool.h"

#include "project.h"
#include "../cli/escape.h"
#include "../cli/format.h"
#include "../cli/json_out.h"
#include "../cli/prepare.h"

#include <stdio.h>

#define NEW_OPTIONS(F, T)                                                                          \
    F(T, joist_text, from, 0, .fallback = "wordcount", .values = "EXAMPLE",                        \
      .help = "the example to begin with, one of `joist list`")                                    \
    F(T, bool, list, 0, .fallback = "false", .help = "print the examples, then stop")
JOIST_RECORD(new_options, NEW_OPTIONS);

/* ---- examples -------------------------------------------------------------------------------- */
static void print_text(joist_buffer *out, joist_arena *a, const examples *all)
{
    jst_cli_table t = { .arena = a, .align = "ll" };
    for (size_t i = 0; i < all->count; i++) {
        jst_cli_cell(&t, all->items[i].name);
        jst_cli_cell(&t, all->items[i].about);
    }
    jst_cli_table_print(&t, out, "");
}

static void print_json(joist_buffer *out, const examples *all)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < all->count; i++) {
        json_t *row = json_object();
        jst_cli_json_text(row, "name", all->items[i].name);
        jst_cli_json_text(row, "help", all->items[i].about);
        json_array_append_new(rows, row);
    }
    jst_cli_json_line(out, rows);
}

static joist_status none_found(joist_error *e)
{
    joist_fail_with(e, JOIST_FATAL, "there is no share/joist/examples beside this program");
    snprintf(e->hint, sizeof e->hint, "`cmake --install` puts it there, with the library");
    return JOIST_FAILED;
}

static int print_examples(const jst_cli_call *call, bool json)
{
    joist_error e = { 0 };
    examples all = examples_find(call->arena);
    if (all.count == 0) {
        none_found(&e);
        return jst_cli_refused(&e);
    }
    joist_buffer out = { 0 };
    if (json)
        print_json(&out, &all);
    else
        print_text(&out, call->arena, &all);
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&out);
    return code;
}

int tool_list(const jst_cli_call *call)
{
    joist_error e = { 0 };
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    const jst_cli_list_options *options =
        jst_cli_options_add(o, &jst_cli_list_options_type, "list", &e);
    if (!options || jst_cli_options_load(o, call->argc, call->argv, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (o->help) {
        jst_cli_verb_help(call, o);
        return JST_CLI_EXIT_OK;
    }
    if (o->words_count) {
        joist_fail_with(&e, JOIST_USAGE, "list takes no '%.60s'", o->words[0].ptr);
        snprintf(e.hint, sizeof e.hint, "%s", call->command);
        return jst_cli_refused(&e);
    }
    return print_examples(call, options->json);
}

/* ---- new ------------------------------------------------------------------------------------- */
/* The examples that are there are the values of --from: in help, checked, completed. */
static joist_type *options_type(joist_arena *a)
{
    joist_type *type = joist_arena_alloc(a, sizeof *type);
    joist_field *fields = joist_arena_alloc(a, new_options_type.count * sizeof *fields);
    examples all = examples_find(a);
    joist_text names = JOIST_TEXT("");
    for (size_t i = 0; i < all.count; i++)
        names = joist_arena_printf(a, "%.*s%s%.*s", JOIST_ARG(names), i ? "|" : "",
                                   JOIST_ARG(all.items[i].name));
    memcpy(fields, new_options_type.fields, new_options_type.count * sizeof *fields);
    for (size_t i = 0; i < new_options_type.count; i++)
        if (names.len && strcmp(fields[i].name, "from") == 0)
            fields[i].values = names.ptr;
    *type = new_options_type;
    type->fields = fields;
    return type;
}

static joist_text last_part(joist_text path)
{
    const char *slash = memrchr(path.ptr, '/', path.len);
    size_t before = slash ? (size_t)(slash + 1 - path.ptr) : 0;
    return (joist_text){ path.ptr + before, path.len - before };
}

static joist_status choose(const jst_cli_call *call, const jst_cli_options *o,
                           const new_options *options, project *p, joist_error *e)
{
    static const char *const rule =
        "a name has lower case letters, digits, - and _, and begins with a letter";
    examples all = examples_find(call->arena);
    if (o->words_count != 1) {
        joist_fail_with(e, JOIST_USAGE, "new wants one NAME");
        snprintf(e->hint, sizeof e->hint, "%s my-pipeline", call->command);
        return JOIST_FAILED;
    }
    *p = (project){ .arena = call->arena, .path = o->words[0], .share = all.share };
    p->name = last_part(p->path);
    for (size_t i = 0; i < all.count; i++)
        if (joist_text_equal(all.items[i].name, options->from))
            p->from = &all.items[i];
    if (all.count == 0)
        return none_found(e);
    if (!p->from)
        return joist_fail_with(e, JOIST_USAGE, "there is no example '%.*s'",
                               JOIST_ARG(jst_cli_shown(call->arena, options->from)));
    if (project_name_valid(p->name))
        return JOIST_OK;
    joist_fail_with(e, JOIST_USAGE, "'%.*s' cannot be the name of a program and a project",
                    JOIST_ARG(jst_cli_shown(call->arena, p->name)));
    snprintf(e->hint, sizeof e->hint, "%s", rule);
    return JOIST_FAILED;
}

static int tell(const project *p)
{
    joist_buffer out = { 0 }, path = { 0 };
    jst_cli_shell_word(&path, p->path);
    joist_buffer_printf(&out, "%.*s is a copy of %.*s. Now:\n\n"
                        "  cd %.*s\n"
                        "  cmake -B build && cmake --build build\n"
                        "  build/%.*s run --config run.conf\n"
                        "  build/%.*s test\n",
                        JOIST_ARG(p->path), JOIST_ARG(p->from->name), (int)path.len, path.ptr,
                        JOIST_ARG(p->name), JOIST_ARG(p->name));
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&path);
    joist_buffer_free(&out);
    return code;
}

int tool_new(const jst_cli_call *call)
{
    joist_error e = { 0 };
    project p;
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    const new_options *options = jst_cli_options_add(o, options_type(call->arena), "project", &e);
    if (!options || jst_cli_options_flags(o, call->argc, call->argv, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (o->help) {
        jst_cli_verb_help(call, o);
        return JST_CLI_EXIT_OK;
    }
    if (jst_cli_options_resolve(o, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (options->list)
        return print_examples(call, false);
    if (choose(call, o, options, &p, &e) != JOIST_OK || project_make(&p, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    return tell(&p);
}
