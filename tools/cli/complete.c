/* SPDX-License-Identifier: Apache-2.0
 * Completion asks the program itself, so it cannot know other verbs, options or values than the
 * program has. The scripts (completion.c) only carry words to here and candidates back. Files and
 * directories are left to the shell, which quotes, colours and knows ~. */
#include "complete.h"

#include "joist/connector.h"
#include "prepare.h"
#include "value.h"

#include <stdio.h>

typedef struct asked {
    const jst_cli_program *program;
    char *const *words; size_t count;       /* whole ones, the verb first */
    joist_text current;
    const char *how;                        /* "words", "files", "dirs" */
    size_t skip;                            /* bytes of `current` that are no part of a path */
    joist_buffer candidates;
} asked;

/* ---- candidates ------------------------------------------------------------------------------ */
static void offer(asked *a, const char *before, joist_text word, const char *after,
                  const char *help)
{
    joist_buffer all = { 0 };
    joist_buffer_printf(&all, "%s%.*s%s", before, JOIST_ARG(word), after);
    if (joist_text_starts(joist_buffer_view(&all), a->current))
        joist_buffer_printf(&a->candidates, "%.*s\t%s\n", (int)all.len, all.ptr, help ? help : "");
    joist_buffer_free(&all);
}

static void offer_paths(asked *a, const char *how, size_t skip)
{
    a->how = how;
    a->skip = skip;
}

/* A store or a source: a path, or the scheme of a connector and what stands behind it. */
static void offer_connectors(asked *a, const char *before, const joist_connector *const *table)
{
    for (const joist_connector *const *c = table; c && *c; c++) {
        for (size_t i = 0; i < 4 && (*c)->schemes[i]; i++) {
            joist_text scheme = joist_text_of((*c)->schemes[i]);
            joist_text rest = { a->current.ptr + a->skip, a->current.len - a->skip };
            if (scheme.len == 0 || !((*c)->source || (*c)->store))
                continue;
            offer(a, before, scheme, ":", (*c)->help);
            if (joist_text_starts(rest, scheme) && rest.len > scheme.len
                && rest.ptr[scheme.len] == ':')
                a->skip += scheme.len + 1;
        }
    }
}

static void offer_dirs(asked *a, const char *before)
{
    offer_paths(a, "dirs", strlen(before));
}

static void offer_files(asked *a, const char *before)
{
    offer_paths(a, "files", strlen(before));
}

static void offer_uris(asked *a, const char *before)
{
    offer_files(a, before);
    offer_connectors(a, before, joist_connectors);
    offer_connectors(a, before, a->program->def ? a->program->def->connectors : NULL);
}

/* Steps are called like their DoFns unless a pipeline says otherwise. */
static void offer_steps(asked *a, const char *before)
{
    const joist_dofn *const *table = a->program->def ? a->program->def->dofns : NULL;
    for (const joist_dofn *const *fn = table; fn && *fn; fn++)
        offer(a, before, joist_text_of((*fn)->name), "", "");
}

static void offer_codes(asked *a, const char *before)
{
    const joist_code *own = a->program->def ? a->program->def->codes : NULL;
    const joist_code *const tables[] = { own, joist_codes };
    for (size_t i = 0; i < 2; i++)
        for (const joist_code *c = tables[i]; c && c->code; c++)
            offer(a, before, joist_text_of(c->code), "", c->help);
}

/* What a word in capitals stands for; any other is the reader's to know. */
typedef struct meaning {
    const char *word;
    void (*offer)(asked *a, const char *before);
} meaning;
static const meaning meanings[] = {
    { "DIR", offer_dirs }, { "FILE", offer_files }, { "PATH", offer_files }, { "URI", offer_uris },
    { "STEP", offer_steps }, { "CODE", offer_codes },
};

/* The alternatives of help are what may be typed; `before` is the --name= that they follow. */
static void offer_values(asked *a, const char *before, const char *values)
{
    joist_text word;
    while (jst_cli_next_alternative(&values, &word)) {
        if (jst_cli_is_literal(word))
            offer(a, before, word, "", "");
        for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
            if (joist_text_equal(word, joist_text_of(meanings[i].word)))
                meanings[i].offer(a, before);
    }
}

static const char *values_of(const jst_cli_option *option)
{
    const joist_field *f = option->field;
    return f->kind == JOIST_KIND_BOOL ? "true|false" : f->values ? f->values : "";
}

/* ---- where the cursor is --------------------------------------------------------------------- */
typedef struct place {
    const jst_cli_option *wanting;      /* the option whose value it is */
    bool given[JST_CLI_OPTIONS];
    size_t plain;                       /* words before it that are neither option nor value */
    bool words_only;                    /* behind -- */
} place;

static const jst_cli_option *option_of(const jst_cli_options *o, joist_text word)
{
    const char *equals = memchr(word.ptr, '=', word.len);
    joist_text name = { word.ptr, equals ? (size_t)(equals - word.ptr) : word.len };
    for (size_t i = 0; i < o->count; i++) {
        const char letter = jst_cli_option_letter(&o->items[i]);
        if (name.len == 2 && letter && name.ptr[1] == letter)
            return &o->items[i];
        if (name.len > 2 && joist_text_equal((joist_text){ name.ptr + 2, name.len - 2 },
                                             o->items[i].name))
            return &o->items[i];
    }
    return NULL;
}

static void pass(place *p, const jst_cli_options *o, joist_text word)
{
    if (p->wanting) {
        p->wanting = NULL;
    } else if (p->words_only || word.len < 2 || word.ptr[0] != '-') {
        p->plain++;
    } else if (joist_text_equal(word, JOIST_TEXT("--"))) {
        p->words_only = true;
    } else {
        const jst_cli_option *option = option_of(o, word);
        if (option)
            p->given[option - o->items] = true;
        if (option && option->field->kind != JOIST_KIND_BOOL && !memchr(word.ptr, '=', word.len))
            p->wanting = option;
    }
}

/* The n-th word behind a verb: `words` says what it is, in the notation of help. */
static joist_text nth_word(const char *words, size_t n)
{
    joist_text found = JOIST_NO_TEXT;
    bool repeated = false;
    for (const char *at = words + strspn(words, " ["); *at; at += strspn(at, " []")) {
        found = (joist_text){ at, strcspn(at, " [].") };
        at += found.len;
        repeated = strncmp(at, "...", 3) == 0;
        at += strcspn(at, " ");         /* "STEP[.PORT]": what follows a part is no word */
        if (n-- == 0)
            return found;
    }
    return repeated ? found : JOIST_NO_TEXT;
}

static void offer_options(asked *a, const jst_cli_options *o, const place *p)
{
    bool off = joist_text_starts(a->current, JOIST_TEXT("--no-"));
    for (size_t i = 0; i < o->count; i++) {
        const joist_field *f = o->items[i].field;
        if (f->flags & JOIST_HIDDEN || p->given[i])
            continue;
        offer(a, "--", o->items[i].name, "", f->help);
        if (off && f->kind == JOIST_KIND_BOOL)
            offer(a, "--no-", o->items[i].name, "", f->help);
    }
    offer(a, "--", JOIST_TEXT("help"), "", "options of this verb");
}

static void offer_value_behind_equals(asked *a, const jst_cli_options *o)
{
    const jst_cli_option *option = option_of(o, a->current);
    if (!option)
        return;
    joist_buffer before = { 0 };
    joist_buffer_printf(&before, "--%.*s=", JOIST_ARG(option->name));
    offer_values(a, before.ptr, values_of(option));
    joist_buffer_free(&before);
}

static void offer_behind_verb(void *user, const jst_cli_verb *verb, const jst_cli_options *o)
{
    asked *a = user;
    place p = { 0 };
    for (size_t i = 1; i < a->count; i++)
        pass(&p, o, joist_text_of(a->words[i]));
    joist_text word = nth_word(verb->words, p.plain);
    bool dash = !p.words_only && joist_text_starts(a->current, JOIST_TEXT("-"));
    if (p.wanting) {
        offer_values(a, "", values_of(p.wanting));
    } else if (dash && memchr(a->current.ptr, '=', a->current.len)) {
        offer_value_behind_equals(a, o);
    } else if (dash || !word.len) {
        offer_options(a, o, &p);
    } else {
        char *values = joist_text_dup(word);
        offer_values(a, "", values);
        joist_free(values);
    }
}

static void offer_verbs(asked *a)
{
    for (size_t i = 0; i < a->program->verbs_count; i++)
        offer(a, "", joist_text_of(a->program->verbs[i].name), "", a->program->verbs[i].about);
    if (joist_text_starts(a->current, JOIST_TEXT("-"))) {
        offer(a, "--", JOIST_TEXT("help"), "", "verbs and exit codes");
        offer(a, "--", JOIST_TEXT("version"), "", "version, build id and versions of libraries");
    }
}

static void offer_all(asked *a)
{
    if (a->count == 0)
        offer_verbs(a);
    for (size_t i = 0; i < a->program->verbs_count && a->count; i++)
        if (strcmp(a->words[0], a->program->verbs[i].name) == 0)
            jst_cli_verb_options(a->program, &a->program->verbs[i], offer_behind_verb, a);
}

int jst_cli_complete(const jst_cli_program *program, int argc, char **argv)
{
    asked a = {
        .program = program, .words = argv, .count = argc > 0 ? (size_t)argc - 1 : 0, .how = "words",
        .current = joist_text_of(argc > 0 ? argv[argc - 1] : ""),
    };
    offer_all(&a);
    joist_buffer out = { 0 };
    joist_buffer_printf(&out, "%s %zu\n", a.how, a.skip);
    joist_buffer_text(&out, joist_buffer_view(&a.candidates));
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&a.candidates);
    joist_buffer_free(&out);
    return code;
}
