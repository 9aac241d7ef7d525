/* SPDX-License-Identifier: Apache-2.0
 * One path from argv to settings, so that `check` refuses exactly what `run` would refuse. */
#include "prepare.h"

#include "errors.h"
#include "help.h"
#include "hourly.h"

#include <errno.h>
#include <stdio.h>

int jst_cli_refused(const joist_error *e)
{
    jst_cli_error_print(e);
    return jst_cli_failure_exit(e->failure);
}

int jst_cli_print(const joist_buffer *text, int code)
{
    joist_error e;
    errno = 0;
    if (text->len)
        fwrite(text->ptr, 1, text->len, stdout);
    if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
        return code;
    joist_fail_with(&e, JOIST_FATAL, "cannot write to the standard output: %s", strerror(errno));
    int failed = jst_cli_refused(&e);
    return code ? code : failed;
}

static bool has_option(const jst_cli_options *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->items[i].field->name, name) == 0)
            return true;
    return false;
}

void jst_cli_verb_help(const jst_cli_call *call, const jst_cli_options *o)
{
    if (call->shown) {
        call->shown(call->user, call->verb, o);
        return;
    }
    joist_buffer out = { 0 };
    joist_buffer_printf(&out, "usage: %s%s [options]\n\n%s\n", call->command, call->verb->words,
                        call->verb->about);
    jst_cli_help_options(&out, o);
    if (has_option(o, "config"))
        joist_buffer_printf(&out, "\n"
            "A switch is turned off by --no-NAME. An option may also come from the environment\n"
            "(--dry-run: JOIST_DRY_RUN) or from the file of --config (dry-run = true); a flag\n"
            "wins over the environment, that over the file, that over the default.\n");
    jst_cli_print(&out, 0);
    joist_buffer_free(&out);
}

static int explain(const jst_cli_options *o)
{
    joist_buffer out = { 0 };
    jst_cli_explain(&out, o);
    int code = jst_cli_print(&out, 0);
    joist_buffer_free(&out);
    return code;
}

static bool make_table(const jst_cli_call *call, const jst_cli_more *more, jst_cli_prepared *out,
                       joist_error *e)
{
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    out->options = o;
    out->pipeline = jst_cli_options_add(o, call->def->options, "pipeline", e);
    if (!out->pipeline)
        return false;
    out->run = jst_cli_options_add(o, &jst_cli_run_options_type, "runner", e);
    if (!out->run)
        return false;
    if (more && more->hourly && call->def->hourly) {
        out->hourly = jst_cli_options_add(o, &jst_cli_hourly_options_type, "hourly", e);
        if (!out->hourly)
            return false;
    }
    if (more)
        out->more = jst_cli_options_add(o, more->options, more->group, e);
    return !more || out->more;
}

static joist_text stand_in(joist_arena *a, joist_text name)
{
    char *word = joist_arena_alloc(a, name.len + 1);
    for (size_t i = 0; i < name.len; i++)
        word[i] = (char)(name.ptr[i] >= 'a' && name.ptr[i] <= 'z' ? name.ptr[i] - 32 : name.ptr[i]);
    return (joist_text){ word, name.len };
}

/* A graph can be looked at before anybody knows what it will read. */
static joist_status give_stand_ins(jst_cli_options *o, joist_error *e)
{
    for (size_t i = 0; i < o->count; i++) {
        jst_cli_option *option = &o->items[i];
        if ((option->field->flags & JOIST_REQUIRED) && option->source == JST_CLI_UNSET
            && option->field->kind == JOIST_KIND_TEXT)
            jst_cli_option_offer(option, JST_CLI_DEFAULT, stand_in(o->arena, option->name),
                                 JOIST_TEXT("stand-in"));
    }
    return jst_cli_options_resolve(o, e);
}

static joist_status no_words(const jst_cli_call *call, const jst_cli_options *o, joist_error *e)
{
    if (o->words_count == 0 || call->verb->words[0])
        return JOIST_OK;
    joist_fail_with(e, JOIST_USAGE, "unexpected argument '%.*s'", (int)(o->words[0].len < 100
                    ? o->words[0].len : 100), o->words[0].ptr);
    snprintf(e->hint, sizeof e->hint, "options begin with --; `%s --help` lists them", o->command);
    return JOIST_FAILED;
}

bool jst_cli_prepare(const jst_cli_call *call, const jst_cli_more *more, jst_cli_prepared *out,
                     int *code)
{
    joist_error e = { 0 };
    *out = (jst_cli_prepared){ 0 };
    bool fine = make_table(call, more, out, &e)
        && jst_cli_options_load(out->options, call->argc, call->argv, &e) == JOIST_OK;
    if (fine && out->options->help) {
        jst_cli_verb_help(call, out->options);
        *code = JST_CLI_EXIT_OK;
        return false;
    }
    fine = fine && no_words(call, out->options, &e) == JOIST_OK
        && jst_cli_settings_of(out->options, out->run, &out->settings, &e) == JOIST_OK
        && (!out->hourly || jst_cli_hourly_check(call->def, out, &e) == JOIST_OK);
    if (fine && out->run->explain_options) {
        *code = explain(out->options);
        return false;
    }
    if (fine && more && more->stand_ins)
        fine = give_stand_ins(out->options, &e) == JOIST_OK;
    bool aside = more && more->aside;
    if (fine && (aside || jst_cli_options_required(out->options, &e) == JOIST_OK))
        return true;
    *code = jst_cli_refused(&e);
    return false;
}
