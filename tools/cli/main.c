/* SPDX-License-Identifier: Apache-2.0
 * joist_main: one table of verbs. A pipeline binary is its own command line; nothing here knows
 * which. */
#include "errors.h"
#include "options.h"
#include "prepare.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>

static const jst_cli_verb verbs[] = {
    { "run", "", "Runs the pipeline and prints a summary.", jst_cli_run },
    { "check", "", "Tells everything that run would refuse, writing nothing.", jst_cli_check },
    { "dead", " ls|stats [DIR|FILE...], show ID|FILE:N", "Tells about dead letters.",
      jst_cli_dead },
    { "replay", " FILE...", "Feeds dead letters back to the steps that rejected them.",
      jst_cli_replay },
    { "peek", " STEP[.PORT]", "Shows the first elements that a step emits.", jst_cli_peek },
    { "test", " [DIR...]", "Runs golden cases and compares with what they expect.", jst_cli_test },
    { "list", " transforms|options|codes", "Lists what there is.", jst_cli_list },
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static void general_help(joist_buffer *out, const joist_pipeline_def *def, const char *program)
{
    joist_buffer_printf(out, "%s%s%s\n\nusage: %s VERB [options]\n\n", def->name,
                        def->about ? ": " : "",
                        def->about ? def->about : "", program);
    for (size_t i = 0; i < VERBS; i++)
        joist_buffer_printf(out, "  %-8s%s\n", verbs[i].name, verbs[i].about);
    joist_buffer_printf(out, "\n  --help     this text; `%s VERB --help` lists a verb's options\n"
                             "  --version  version, build id and versions of libraries\n\n"
                             "exit codes: 0 done, 1 failed, 2 usage, 3 the graph is wrong,\n"
                             "  4 done but over --max-rejected, 5 tests failed,\n"
                             "  75 temporary: run it again, "
                             "130/143 interrupted after a clean stop\n",
                        program);
}

static int print_help(const joist_pipeline_def *def, const char *program)
{
    joist_buffer out = { 0 };
    general_help(&out, def, program);
    int code = jst_cli_print(&out, 0);
    joist_buffer_free(&out);
    return code;
}

static int print_version(const joist_pipeline_def *def)
{
    joist_buffer out = { 0 };
    jst_cli_version_print(&out, def->name);
    int code = jst_cli_print(&out, 0);
    joist_buffer_free(&out);
    return code;
}

static int no_verb(const char *program, const char *word)
{
    const char *names[VERBS];
    for (size_t i = 0; i < VERBS; i++)
        names[i] = verbs[i].name;
    joist_error e = { .failure = JOIST_USAGE };
    const char *near = word ? jst_cli_nearest(joist_text_of(word), names, VERBS) : NULL;
    if (!word)
        joist_fail_with(&e, JOIST_USAGE, "a verb is missing");
    else if (word[0] == '-')
        joist_fail_with(&e, JOIST_USAGE, "a verb must stand before '%.60s'", word);
    else
        joist_fail_with(&e, JOIST_USAGE, "unknown verb '%.60s'", word);
    if (near)
        snprintf(e.hint, sizeof e.hint, "did you mean `%s %s`?", program, near);
    else
        snprintf(e.hint, sizeof e.hint, "`%s --help` lists the verbs, `%s run` runs it", program,
                 program);
    return jst_cli_refused(&e);
}

static int act(const joist_pipeline_def *def, const jst_cli_verb *verb, int argc, char **argv)
{
    joist_arena *arena = joist_arena_new();
    joist_text command = joist_arena_printf(arena, "%s %s", argv[0], verb->name);
    jst_cli_call call = {
        .def = def, .verb = verb, .command = command.ptr, .argc = argc - 2, .argv = argv + 2,
        .arena = arena,
    };
    int code = verb->act(&call);
    joist_arena_free(arena);
    return code;
}

/* The seam of tests/fault/. The first failed allocation ends the process, so "the n-th", "every
 * n-th" and "from the n-th on" are one and the same. */
static void set_memory_seam(void)
{
    const char *n = getenv("JOIST_FAIL_ALLOC");
    if (n)
        joist_memory_fail_at(strtoull(n, NULL, 10));
}

int joist_main(int argc, char **argv, const joist_pipeline_def *def)
{
    set_memory_seam();
    const char *program = argc > 0 ? argv[0] : def->name, *word = argc > 1 ? argv[1] : NULL;
    if (word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
        return print_help(def, program);
    if (word && strcmp(word, "--version") == 0)
        return print_version(def);
    for (size_t i = 0; i < VERBS && word; i++)
        if (strcmp(word, verbs[i].name) == 0)
            return act(def, &verbs[i], argc, argv);
    return no_verb(program, word);
}
