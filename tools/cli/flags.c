/* SPDX-License-Identifier: Apache-2.0
 * The command line: --name value, --name=value, --name and --no-name for switches, -h -q -v -i, and
 * -- before words that begin with a dash. Flags are spelled out whole, a repeated one: the last
 * counts. A value that begins with -- needs the = form: `--input --dry-run` is a slip, not a
 * directory. */
#include "options.h"

#include <stdio.h>

typedef struct cursor { int argc; char *const *argv; int at; } cursor;

static void give(jst_cli_option *option, joist_text value)
{
    jst_cli_option_offer(option, JST_CLI_FLAG, value, JOIST_TEXT("flag"));
}

static joist_status fail(const jst_cli_options *o, joist_error *e, joist_text name,
                         const char *what)
{
    joist_fail_with(e, JOIST_USAGE, "--%.*s %s", JOIST_ARG(name), what);
    if (e)
        snprintf(e->hint, sizeof e->hint, "`%s --help` describes --%.*s", o->command,
                 JOIST_ARG(name));
    return JOIST_FAILED;
}

static joist_status take_value(jst_cli_options *o, cursor *c, jst_cli_option *option,
                               joist_error *e)
{
    if (option->field->kind == JOIST_KIND_BOOL) {
        give(option, JOIST_TEXT("true"));
        return JOIST_OK;
    }
    joist_text next = joist_text_of(c->at < c->argc ? c->argv[c->at] : NULL);
    if (joist_text_null(next))
        return fail(o, e, option->name, "needs a value");
    if (joist_text_starts(next, JOIST_TEXT("--")))
        return fail(o, e, option->name,
                    "needs a value (write --name=value for one that begins with --)");
    c->at++;
    give(option, next);
    return JOIST_OK;
}

static jst_cli_option *switch_off(jst_cli_options *o, joist_text name)
{
    if (!joist_text_starts(name, JOIST_TEXT("no-")))
        return NULL;
    jst_cli_option *option = jst_cli_options_find(o, (joist_text){ name.ptr + 3, name.len - 3 });
    return option && option->field->kind == JOIST_KIND_BOOL ? option : NULL;
}

static joist_status long_flag(jst_cli_options *o, cursor *c, joist_text flag, joist_error *e)
{
    const char *equals = memchr(flag.ptr, '=', flag.len);
    joist_text name = { flag.ptr, equals ? (size_t)(equals - flag.ptr) : flag.len };
    if (!equals && joist_text_equal(name, JOIST_TEXT("help"))) {
        o->help = true;
        return JOIST_OK;
    }
    jst_cli_option *option = jst_cli_options_find(o, name), *off = switch_off(o, name);
    if (!option && off) {
        if (equals)
            return fail(o, e, off->name, "takes no value when it is switched off with --no-");
        give(off, JOIST_TEXT("false"));
        return JOIST_OK;
    }
    if (!option)
        return jst_cli_options_unknown(o, "", name, e);
    if (!equals)
        return take_value(o, c, option, e);
    give(option, (joist_text){ equals + 1, flag.len - name.len - 1 });
    return JOIST_OK;
}

/* The few letters there are; -i only where the pipeline has an option `input`, -n that of peek. */
static const struct { char letter; const char *name; } letters[] = {
    { 'q', "quiet" }, { 'v', "verbose" }, { 'i', "input" }, { 'n', "elements" },
};
enum { LETTERS = sizeof letters / sizeof letters[0] };

char jst_cli_option_letter(const jst_cli_option *option)
{
    for (size_t i = 0; i < LETTERS; i++)
        if (strcmp(option->field->name, letters[i].name) == 0)
            return letters[i].letter;
    return '\0';
}

static joist_status short_flag(jst_cli_options *o, cursor *c, const char *arg, joist_error *e)
{
    if (strcmp(arg, "-h") == 0) {
        o->help = true;
        return JOIST_OK;
    }
    for (size_t i = 0; i < LETTERS; i++) {
        jst_cli_option *option = jst_cli_options_find(o, joist_text_of(letters[i].name));
        if (option && arg[1] == letters[i].letter && arg[2] == '\0')
            return take_value(o, c, option, e);
    }
    joist_fail_with(e, JOIST_USAGE, "unknown option %.60s", arg);
    if (e)
        snprintf(e->hint, sizeof e->hint, "`%s --help` lists all options", o->command);
    return JOIST_FAILED;
}

static joist_status word(jst_cli_options *o, const char *arg, joist_error *e)
{
    if (o->words_count == JST_CLI_WORDS)
        return joist_fail_with(e, JOIST_USAGE, "too many arguments: '%.60s'", arg);
    o->words[o->words_count++] = joist_text_of(arg);
    return JOIST_OK;
}

joist_status jst_cli_options_flags(jst_cli_options *o, int argc, char *const *argv, joist_error *e)
{
    cursor c = { argc, argv, 0 };
    bool words_only = false;
    while (c.at < argc) {
        const char *arg = argv[c.at++];
        joist_status s = JOIST_OK;
        if (words_only || arg[0] != '-' || arg[1] == '\0')
            s = word(o, arg, e);
        else if (strcmp(arg, "--") == 0)
            words_only = true;
        else if (arg[1] == '-')
            s = long_flag(o, &c, joist_text_of(arg + 2), e);
        else
            s = short_flag(o, &c, arg, e);
        if (s != JOIST_OK)
            return s;
    }
    return JOIST_OK;
}
