/* SPDX-License-Identifier: Apache-2.0
 * The command line of a program that is a table of verbs. */
#include "complete.h"
#include "errors.h"
#include "man.h"
#include "options.h"
#include "prepare.h"
#include "version.h"

#include <stdio.h>

enum { VERBS_MAX = 32, HELP_WIDTH = 78 };

/* ---- exit codes ------------------------------------------------------------------------------ */
static const jst_cli_exit exits[] = {
    { "0", "done" }, { "1", "failed" }, { "2", "usage" }, { "3", "the graph is wrong" },
    { "4", "done but over --max-rejected" }, { "5", "tests failed" },
    { "75", "temporary: run it again" }, { "130/143", "interrupted after a clean stop" },
    { NULL, NULL },
};
static const jst_cli_exit exits_without_a_pipeline[] = {
    { "0", "done" }, { "1", "failed" }, { "2", "usage" }, { NULL, NULL },
};

const jst_cli_exit *jst_cli_exits(const jst_cli_program *program)
{
    return program->def ? exits : exits_without_a_pipeline;
}

/* ---- help and version ------------------------------------------------------------------------ */
static void help_exits(joist_buffer *out, const jst_cli_program *program)
{
    size_t line = out->len;
    joist_buffer_printf(out, "\nexit codes:");
    for (const jst_cli_exit *x = jst_cli_exits(program); x->code; x++) {
        size_t length = strlen(x->code) + strlen(x->meaning) + 3;
        if (out->len - line + length > HELP_WIDTH) {
            line = out->len;
            joist_buffer_printf(out, "\n ");
        }
        joist_buffer_printf(out, " %s %s%s", x->code, x->meaning, x[1].code ? "," : "\n");
    }
}

static void help(joist_buffer *out, const jst_cli_program *program, const char *command)
{
    joist_buffer_printf(out, "%s%s%s\n\nusage: %s VERB [options]\n\n", program->name,
                        program->about ? ": " : "", program->about ? program->about : "", command);
    for (size_t i = 0; i < program->verbs_count; i++)
        joist_buffer_printf(out, "  %-12s%s\n", program->verbs[i].name, program->verbs[i].about);
    joist_buffer_printf(out, "\n  --help      this text; `%s VERB --help` lists a verb's options\n"
                             "  --version   version, build id and versions of libraries\n",
                        command);
    help_exits(out, program);
}

static void version(joist_buffer *out, const jst_cli_program *program, const char *command)
{
    (void)command;
    jst_cli_version_print(out, program->def ? program->name : NULL);
}

static void man(joist_buffer *out, const jst_cli_program *program, const char *command)
{
    (void)command;
    jst_cli_man(out, program);
}

/* What is told without a verb. */
static const struct {
    const char *flag;
    void (*tell)(joist_buffer *out, const jst_cli_program *program, const char *command);
} told[] = {
    { "--help", help }, { "-h", help }, { "--version", version }, { "--man", man },
};

static bool tell(const jst_cli_program *program, const char *command, const char *flag, int *code)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strcmp(flag, told[i].flag) != 0)
            continue;
        joist_buffer out = { 0 };
        told[i].tell(&out, program, command);
        *code = jst_cli_print(&out, 0);
        joist_buffer_free(&out);
        return true;
    }
    return false;
}

/* ---- verbs ----------------------------------------------------------------------------------- */
static int no_verb(const jst_cli_program *program, const char *command, const char *word)
{
    const char *names[VERBS_MAX];
    size_t count = program->verbs_count < VERBS_MAX ? program->verbs_count : VERBS_MAX;
    for (size_t i = 0; i < count; i++)
        names[i] = program->verbs[i].name;
    joist_error e = { .failure = JOIST_USAGE };
    const char *near = word ? jst_cli_nearest(joist_text_of(word), names, count) : NULL;
    if (!word)
        joist_fail_with(&e, JOIST_USAGE, "a verb is missing");
    else if (word[0] == '-')
        joist_fail_with(&e, JOIST_USAGE, "a verb must stand before '%.60s'", word);
    else
        joist_fail_with(&e, JOIST_USAGE, "unknown verb '%.60s'", word);
    if (near)
        snprintf(e.hint, sizeof e.hint, "did you mean `%s %s`?", command, near);
    else if (program->def)
        snprintf(e.hint, sizeof e.hint, "`%s --help` lists the verbs, `%s run` runs it", command,
                 command);
    else
        snprintf(e.hint, sizeof e.hint, "`%s --help` lists the verbs", command);
    return jst_cli_refused(&e);
}

static int act(const jst_cli_program *program, const jst_cli_verb *verb, int argc, char **argv)
{
    joist_arena *arena = joist_arena_new();
    joist_text command = joist_arena_printf(arena, "%s %s", argv[0], verb->name);
    jst_cli_call call = {
        .program = program, .def = program->def, .verb = verb, .command = command.ptr,
        .argc = argc - 2, .argv = argv + 2, .arena = arena,
    };
    int code = verb->act(&call);
    joist_arena_free(arena);
    return code;
}

void jst_cli_verb_options(const jst_cli_program *program, const jst_cli_verb *verb,
                          jst_cli_shown_fn *shown, void *user)
{
    joist_arena *arena = joist_arena_new();
    char flag[] = "--help", *argv[] = { flag, NULL };
    joist_text command = joist_arena_printf(arena, "%s %s", program->name, verb->name);
    jst_cli_call call = {
        .program = program, .def = program->def, .verb = verb, .command = command.ptr, .argc = 1,
        .argv = argv, .arena = arena, .shown = shown, .user = user,
    };
    verb->act(&call);
    joist_arena_free(arena);
}

int jst_cli_main(int argc, char **argv, const jst_cli_program *program)
{
    const char *command = argc > 0 ? argv[0] : program->name, *word = argc > 1 ? argv[1] : NULL;
    int code;
    if (word && tell(program, command, word, &code))
        return code;
    if (word && strcmp(word, "--complete") == 0)
        return jst_cli_complete(program, argc - 2, argv + 2);
    for (size_t i = 0; i < program->verbs_count && word; i++)
        if (strcmp(word, program->verbs[i].name) == 0)
            return act(program, &program->verbs[i], argc, argv);
    return no_verb(program, command, word);
}
