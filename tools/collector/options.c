/* SPDX-License-Identifier: Apache-2.0
 * Flags are stronger than JOIST_…, which are stronger than PORT, the one name that a platform
 * chooses. */
#include "options.h"

#include "../cli/escape.h"
#include "../cli/help.h"
#include "../cli/man.h"
#include "../cli/version.h"
#include "joist/text.h"

#include <stdio.h>
#include <stdlib.h>

JOIST_RECORD_DEFINE(collector_options, COLLECTOR_OPTIONS);

static const char about[] =
    "joist-collector receives deactivation events by HTTP and keeps each of them durably before it "
    "answers.";

/* ---- what is said ---------------------------------------------------------------------------- */
static void help(joist_buffer *out, const jst_cli_options *o)
{
    joist_buffer_printf(out, "%s\n\nusage: %s --storage URI [options]\n", about, o->command);
    jst_cli_help_options(out, o);
    joist_buffer_printf(out, "\n    --help       print this and end\n"
                             "    --version    print the version and end\n"
                             "\nEach option can be given as a variable, too: --batch-ms is "
                             "JOIST_BATCH_MS.\nExit codes: 0 stopped by a signal, 1 failed, "
                             "2 usage.\n"
                             "Example: %s --storage out/events --port 8080\n", o->command);
}

static void version(joist_buffer *out, const jst_cli_options *o)
{
    (void)o;
    jst_cli_version_print(out, NULL);
}

/* Broken into short lines, as roff's readers want them. */
static void man_text(joist_buffer *out, joist_text t)
{
    enum { WIDTH = 70 };
    joist_text word;
    size_t line = out->len;
    while (joist_next_part(&t, ' ', &word)) {
        bool first = out->len == line, fits = out->len - line + word.len < WIDTH;
        if (!first)
            joist_buffer_byte(out, fits ? ' ' : '\n');
        if (!first && !fits)
            line = out->len;
        jst_cli_roff(out, word);
    }
    joist_buffer_byte(out, '\n');
}

static void man(joist_buffer *out, const jst_cli_options *o)
{
    joist_buffer_printf(out, ".TH JOIST\\-COLLECTOR 1 %s \"joist %s\" \"User Commands\"\n"
                             ".SH NAME\njoist\\-collector \\- receive deactivation events by HTTP\n"
                             ".SH SYNOPSIS\n.B joist\\-collector\n\\-\\-storage URI [OPTION...]\n"
                             ".SH DESCRIPTION\n", jst_cli_release_date(), jst_cli_version());
    man_text(out, joist_text_of(about));
    joist_buffer_printf(out, ".SH OPTIONS\n");
    for (size_t i = 0; i < o->count; i++) {
        if (o->items[i].field->flags & JOIST_HIDDEN)
            continue;
        joist_buffer_printf(out, ".TP\n\\fB\\-\\-");
        jst_cli_roff(out, o->items[i].name);
        joist_buffer_printf(out, "\\fR\n");
        man_text(out, jst_cli_option_help(o->arena, &o->items[i]));
    }
    joist_buffer_printf(out, ".SH \"EXIT STATUS\"\n0 stopped by a signal, 1 failed, 2 usage\n");
}

static const struct {
    const char *flag;
    void (*say)(joist_buffer *out, const jst_cli_options *o);
} answers[] = {
    { "--help", help }, { "-h", help }, { "--version", version }, { "--man", man },
};

static bool say(joist_buffer *said, const jst_cli_options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        for (size_t k = 0; k < sizeof answers / sizeof *answers; k++)
            if (strcmp(argv[i], answers[k].flag) == 0) {
                answers[k].say(said, o);
                return true;
            }
    return false;
}

/* ---- values ---------------------------------------------------------------------------------- */
static const struct { const char *name; int64_t most; const char *expected; } ranges[] = {
    { "port", 65535, "a port from 0 to 65535" },
    { "batch_ms", 10000, "a number of milliseconds from 0 to 10000" },
    { "rate_project", 1000000000, "a number of requests a minute" },
    { "rate_address", 1000000000, "a number of requests a minute" },
};

static joist_status check_ranges(jst_cli_options *o, joist_error *e)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const jst_cli_option *option = jst_cli_options_find(o, joist_text_of(ranges[i].name));
        int64_t value;
        memcpy(&value, (const char *)option->record + option->field->offset, sizeof value);
        if (value < 0 || value > ranges[i].most)
            return jst_cli_option_refuse(o, option, ranges[i].expected, e);
    }
    return JOIST_OK;
}

static joist_status no_words(const jst_cli_options *o, joist_error *e)
{
    if (o->words_count == 0)
        return JOIST_OK;
    joist_text shown = jst_cli_shown(o->arena, o->words[0]);
    return joist_fail_with(e, JOIST_USAGE, "'%.*s' is no option",
                           (int)(shown.len < 100 ? shown.len : 100), shown.ptr);
}

static joist_status check(settings *out, jst_cli_options *o, joist_error *e)
{
    if (no_words(o, e) != JOIST_OK || check_ranges(o, e) != JOIST_OK
        || jst_cli_options_required(o, e) != JOIST_OK)
        return JOIST_FAILED;
    joist_error why;
    if (networks_parse(&out->trusted, out->o->trusted_proxies, &why))
        return JOIST_OK;
    joist_text shown = jst_cli_shown(o->arena, joist_text_of(why.message));
    return joist_fail_with(e, JOIST_USAGE, "--trusted-proxies: %.*s", JOIST_ARG(shown));
}

joist_status settings_load(settings *out, int argc, char **argv, joist_arena *arena,
                           joist_buffer *said, joist_error *e)
{
    jst_cli_options *o = jst_cli_options_new(arena, argc ? argv[0] : "joist-collector");
    *out = (settings){ .o = jst_cli_options_add(o, &collector_options_type, "collector", e) };
    const char *port = getenv("PORT");
    if (!out->o)
        return JOIST_FAILED;
    if (say(said, o, argc, argv)) {
        out->o = NULL;
        return JOIST_OK;
    }
    if (port && *port)
        jst_cli_option_offer(jst_cli_options_find(o, JOIST_TEXT("port")), JST_CLI_ENVIRONMENT,
                             joist_arena_text(arena, joist_text_of(port)),
                             JOIST_TEXT("environment PORT"));
    if (jst_cli_options_load(o, argc - 1, argv + 1, e) != JOIST_OK)
        return JOIST_FAILED;
    if (out->o->explain_options) {
        jst_cli_explain(said, o);
        out->o = NULL;
        return JOIST_OK;
    }
    return check(out, o, e);
}
