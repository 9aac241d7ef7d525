/* SPDX-License-Identifier: Apache-2.0
 * A verb's options are in groups ("pipeline", "runner"), and several verbs share a group: each is
 * described once, and each verb names its groups. */
#include "man.h"

#include "help.h"
#include "value.h"
#include "version.h"

enum { GROUPS_MAX = 32, LINE_WIDTH = 70 };

typedef struct page {
    joist_buffer *out;
    const jst_cli_program *program;
    const char *groups[GROUPS_MAX];     /* described already */
    size_t groups_count;
} page;

/* ---- roff ------------------------------------------------------------------------------------ */
void jst_cli_roff(joist_buffer *out, joist_text t)
{
    static const struct { char c; const char *written; } special[] = {
        { '\\', "\\e" }, { '-', "\\-" }, { '\'', "\\(aq" }, { '`', "\\(ga" }, { '"', "\\(dq" },
        { '^', "\\(ha" }, { '~', "\\(ti" },
    };
    if (t.len && *t.ptr == '.')
        joist_buffer_text(out, JOIST_TEXT("\\&"));
    for (size_t i = 0; i < t.len; i++) {
        const char *written = NULL;
        for (size_t k = 0; k < sizeof special / sizeof special[0]; k++)
            if (t.ptr[i] == special[k].c)
                written = special[k].written;
        if (written)
            joist_buffer_text(out, joist_text_of(written));
        else
            joist_buffer_byte(out, t.ptr[i] == '\n' ? ' ' : t.ptr[i]);
    }
}

static void text(page *p, const char *s)
{
    jst_cli_roff(p->out, joist_text_of(s));
}

static void raw(page *p, const char *s)
{
    joist_buffer_text(p->out, joist_text_of(s));
}

/* Bold words, then others as they stand: `.B run` would need quotes. */
static void bold(page *p, const char *s)
{
    raw(p, "\\fB");
    text(p, s);
    raw(p, "\\fR");
}

static void section(page *p, const char *title)
{
    joist_buffer_printf(p->out, ".SH %s\n", title);
}

/* Filled anew by whoever shows the page; short lines are for those who read the source. */
static void paragraph(page *p, joist_text rest)
{
    size_t line = p->out->len;
    while (rest.len) {
        const char *blank = memchr(rest.ptr, ' ', rest.len);
        joist_text word = { rest.ptr, blank ? (size_t)(blank - rest.ptr) : rest.len };
        if (p->out->len > line && p->out->len - line + word.len > LINE_WIDTH) {
            raw(p, "\n");
            line = p->out->len;
        }
        if (p->out->len > line)
            raw(p, " ");
        jst_cli_roff(p->out, word);
        rest.ptr += word.len + (blank != NULL);
        rest.len -= word.len + (blank != NULL);
    }
    raw(p, "\n");
}

static void sentence(page *p, const char *s)
{
    paragraph(p, joist_text_of(s));
}

/* ---- options --------------------------------------------------------------------------------- */
static void describe(page *p, const jst_cli_option *option, joist_text help)
{
    const char *value = jst_cli_value_name(option->field);
    const char letter[] = { '-', jst_cli_option_letter(option), '\0' };
    raw(p, ".TP\n");
    if (letter[1]) {
        bold(p, letter);
        raw(p, ", ");
    }
    joist_buffer_printf(p->out, "\\fB\\-\\-");
    jst_cli_roff(p->out, option->name);
    joist_buffer_printf(p->out, "\\fR%s", value ? " \\fI" : "\n");
    if (value) {
        text(p, value);
        raw(p, "\\fR\n");
    }
    paragraph(p, help);
}

static bool described(const page *p, const char *group)
{
    for (size_t i = 0; i < p->groups_count; i++)
        if (strcmp(p->groups[i], group) == 0)
            return true;
    return false;
}

static void describe_group(page *p, const jst_cli_options *o, const char *group)
{
    if (described(p, group) || p->groups_count == GROUPS_MAX)
        return;
    p->groups[p->groups_count++] = group;
    raw(p, ".SS Options of the ");
    text(p, group);
    raw(p, "\n");
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->items[i].group, group) == 0 && !(o->items[i].field->flags & JOIST_HIDDEN))
            describe(p, &o->items[i], jst_cli_option_help(o->arena, &o->items[i]));
}

static void describe_groups(void *user, const jst_cli_verb *verb, const jst_cli_options *o)
{
    (void)verb;
    for (size_t i = 0; i < o->count; i++)
        describe_group(user, o, o->items[i].group);
}

/* ---- verbs ----------------------------------------------------------------------------------- */
static void arguments(page *p, const jst_cli_verb *verb)
{
    if (!*verb->words)
        return;
    raw(p, " \\fI");
    text(p, verb->words + 1);
    raw(p, "\\fR");
}

static void synopsis(page *p, const jst_cli_verb *verb)
{
    bold(p, p->program->name);
    raw(p, " ");
    bold(p, verb->name);
    arguments(p, verb);
    raw(p, " [\\fIoptions\\fR]\n.br\n");
}

/* "Options: those of the pipeline, runner." */
static void name_groups(void *user, const jst_cli_verb *verb, const jst_cli_options *o)
{
    page *p = user;
    const char *before = "Options: of the ";
    (void)verb;
    for (size_t i = 0; i < o->count; i++) {
        if (i && strcmp(o->items[i].group, o->items[i - 1].group) == 0)
            continue;
        raw(p, before);
        text(p, o->items[i].group);
        before = ", of the ";
    }
    if (o->count)
        raw(p, ".\n");
}

static void describe_verb(page *p, const jst_cli_verb *verb)
{
    raw(p, ".TP\n");
    bold(p, verb->name);
    arguments(p, verb);
    raw(p, "\n");
    sentence(p, verb->about);
    jst_cli_verb_options(p->program, verb, name_groups, p);
}

/* ---- the page -------------------------------------------------------------------------------- */
static void head(page *p)
{
    joist_buffer_printf(p->out, ".TH ");
    for (const char *c = p->program->name; *c; c++)
        joist_buffer_byte(p->out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
    joist_buffer_printf(p->out, " 1 %s \"Joist %s\" \"User Commands\"\n", jst_cli_release_date(),
                        jst_cli_version());
    section(p, "NAME");
    text(p, p->program->name);
    raw(p, " \\- ");
    /* One line without a final dot, as apropos(1) shows it. */
    joist_text about = joist_text_of(p->program->about ? p->program->about : "a Joist pipeline");
    about.len -= joist_text_ends(about, JOIST_TEXT("."));
    jst_cli_roff(p->out, about);
    raw(p, "\n");
}

static void synopses(page *p)
{
    section(p, "SYNOPSIS");
    raw(p, ".nh\n");
    for (size_t i = 0; i < p->program->verbs_count; i++)
        synopsis(p, &p->program->verbs[i]);
    raw(p, ".B ");
    text(p, p->program->name);
    raw(p, " \\-\\-help\n.br\n.B ");
    text(p, p->program->name);
    raw(p, " \\-\\-version\n.hy\n");
}

static void verbs(page *p)
{
    section(p, "DESCRIPTION");
    sentence(p, p->program->description);
    section(p, "VERBS");
    for (size_t i = 0; i < p->program->verbs_count; i++)
        describe_verb(p, &p->program->verbs[i]);
}

static void options(page *p)
{
    section(p, "OPTIONS");
    sentence(p, "--name value or --name=value. A switch is turned off by --no-name. Sizes may "
                 "have a unit: K M G T are powers of 1,024.");
    for (size_t i = 0; i < p->program->verbs_count; i++)
        jst_cli_verb_options(p->program, &p->program->verbs[i], describe_groups, p);
}

static void codes(page *p, const joist_code *table)
{
    for (const joist_code *c = table; c && c->code; c++) {
        raw(p, ".TP\n");
        bold(p, c->code);
        raw(p, "\n");
        sentence(p, c->help);
    }
}

static void exit_codes(page *p)
{
    section(p, "EXIT STATUS");
    for (const jst_cli_exit *x = jst_cli_exits(p->program); x->code; x++) {
        raw(p, ".TP\n");
        bold(p, x->code);
        raw(p, "\n");
        sentence(p, x->meaning);
    }
}

static void environment(page *p)
{
    section(p, "ENVIRONMENT");
    raw(p, ".TP\n");
    bold(p, "JOIST_NAME");
    raw(p, "\n");
    sentence(p, "the value of the option --name, with _ for -. A flag is stronger; the file of "
                 "--config and the default are weaker. An empty variable is an unset one.");
    raw(p, ".TP\n");
    bold(p, "NO_COLOR");
    raw(p, "\n");
    sentence(p, "no colours, whatever its value.");
}

static void pipeline(page *p)
{
    section(p, "REJECTION CODES");
    sentence(p, "A record that cannot be processed goes to the dead letters with one of these:");
    codes(p, p->program->def->codes);
    codes(p, joist_codes);
    environment(p);
}

void jst_cli_man(joist_buffer *out, const jst_cli_program *program)
{
    page p = { .out = out, .program = program };
    head(&p);
    synopses(&p);
    verbs(&p);
    options(&p);
    exit_codes(&p);
    if (program->def)
        pipeline(&p);
    section(&p, "SEE ALSO");
    raw(&p, program->def ? ".BR joist (1)\n" : ".BR deactivate (1),\n.BR wordcount (1)\n");
}
