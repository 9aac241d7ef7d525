/* SPDX-License-Identifier: Apache-2.0
 * `dead ls|stats|show`: reading dead letters, changing nothing. Files are gone through line by
 * line, so they may be of any size; what is kept is a count per code and step. */
#include "dead.h"

#include "escape.h"
#include "format.h"
#include "json_out.h"
#include "prepare.h"

#include <stdlib.h>

enum { MOST_KINDS = 4096, MESSAGE = 100 };

/* What the letters of one code and step have in common. */
typedef struct kind { joist_text code, stage, message, id; uint64_t count; } kind;

typedef struct reading {
    const jst_cli_call *call;
    joist_arena *arena, *letter;        /* of the command; of one letter */
    bool json;
    joist_buffer out;
    jst_cli_paths paths;
    kind *kinds; size_t kinds_count;
    uint64_t letters, others;           /* others: of kinds beyond MOST_KINDS */
    size_t wide[3];                     /* columns of ls: id, step, code */
    int code;
} reading;

typedef joist_status (*see_letter)(reading *r, const jst_cli_lines *at, const jst_cli_letter *l,
                                   joist_error *e);

/* A letter is called by its run and its line, which are the file's name and the line there. */
static joist_text id_of(joist_arena *a, const jst_cli_lines *at, const jst_cli_letter *l)
{
    return joist_arena_printf(a, "%.*s-%llu", JOIST_ARG(l->run), (unsigned long long)at->number);
}

static joist_status see_line(reading *r, const jst_cli_lines *at, joist_text line, see_letter see,
                             joist_error *e)
{
    jst_cli_letter l;
    joist_error wrong = { 0 };
    joist_arena_reset(r->letter);
    if (jst_cli_letter_parse(line, &l, r->letter, &wrong))
        return joist_fail_with(e, JOIST_USAGE, "%.*s:%llu: %s", JOIST_ARG(at->path),
                               (unsigned long long)at->number, wrong.message);
    return see(r, at, &l, e);
}

static joist_status see_file(reading *r, joist_text path, see_letter see, joist_error *e)
{
    jst_cli_lines lines;
    joist_text line;
    joist_status status = jst_cli_lines_open(&lines, path, e);
    while (status == JOIST_OK && jst_cli_lines_next(&lines, &line, e))
        status = see_line(r, &lines, line, see, e);
    if (e->message[0])
        status = JOIST_FAILED;
    jst_cli_lines_close(&lines);
    return status;
}

static joist_status see_all(reading *r, see_letter see, joist_error *e)
{
    joist_status status = JOIST_OK;
    for (size_t i = 0; i < r->paths.count && status == JOIST_OK; i++)
        status = see_file(r, r->paths.items[i], see, e);
    return status;
}

/* ---- ls -------------------------------------------------------------------------------------- */
static joist_text place_of(joist_arena *a, const jst_cli_letter *l)
{
    if (joist_text_null(l->uri))
        return JOIST_TEXT("-");
    return joist_arena_printf(a, "%.*s:%llu", JOIST_ARG(jst_cli_shown(a, l->uri)),
                              (unsigned long long)l->line);
}

static joist_text shown_message(joist_arena *a, const jst_cli_letter *l)
{
    joist_text whole = jst_cli_shown(a, l->message), cut = joist_cut(whole, MESSAGE);
    return cut.len < whole.len ? joist_arena_printf(a, "%.*s…", JOIST_ARG(cut)) : whole;
}

static joist_status measure(reading *r, const jst_cli_lines *at, const jst_cli_letter *l,
                            joist_error *e)
{
    size_t wide[3] = { id_of(r->letter, at, l).len, l->stage.len, l->code.len };
    for (size_t i = 0; i < 3; i++)
        r->wide[i] = wide[i] > r->wide[i] ? wide[i] : r->wide[i];
    (void)e;
    return JOIST_OK;
}

static joist_status print_out(reading *r)
{
    r->code = jst_cli_print(&r->out, r->code);
    r->out.len = 0;
    return JOIST_OK;
}

static joist_status list_letter(reading *r, const jst_cli_lines *at, const jst_cli_letter *l,
                                joist_error *e)
{
    joist_text id = id_of(r->letter, at, l), place = place_of(r->letter, l);
    joist_text message = shown_message(r->letter, l);
    r->letters++;
    joist_buffer_printf(&r->out, "%-*.*s  %-*.*s  %-*.*s  %.*s  %.*s\n",
                        (int)r->wide[0], JOIST_ARG(id), (int)r->wide[1], JOIST_ARG(l->stage),
                        (int)r->wide[2], JOIST_ARG(l->code), JOIST_ARG(place), JOIST_ARG(message));
    (void)e;
    return r->out.len < 1 << 16 ? JOIST_OK : print_out(r);
}

static joist_status list_json(reading *r, const jst_cli_lines *at, const jst_cli_letter *l,
                              joist_error *e)
{
    json_t *row = json_object(), *source = json_object();
    const struct { const char *name; joist_text value; } texts[] = {
        { "id", id_of(r->letter, at, l) }, { "stage", l->stage }, { "code", l->code },
        { "message", l->message }, { "site", l->site }, { "run", l->run },
        { "pipeline", l->pipeline }, { "file", at->path },
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        jst_cli_json_text(row, texts[i].name, texts[i].value);
    jst_cli_json_text(source, "uri", l->uri);
    jst_cli_json_count(source, "offset", l->offset);
    jst_cli_json_count(source, "line", l->line);
    jst_cli_json_count(source, "record", l->record);
    json_object_set_new(row, "source", source);
    json_object_set_new(row, "attempts", json_integer(l->attempts));
    jst_cli_json_line(&r->out, row);
    r->letters++;
    (void)e;
    return r->out.len < 1 << 16 ? JOIST_OK : print_out(r);
}

static joist_status ls(reading *r, joist_error *e)
{
    if (!r->json && see_all(r, measure, e))
        return JOIST_FAILED;
    return see_all(r, r->json ? list_json : list_letter, e);
}

/* ---- stats ----------------------------------------------------------------------------------- */
static kind *kind_of(reading *r, const jst_cli_letter *l)
{
    for (size_t i = 0; i < r->kinds_count; i++)
        if (joist_text_equal(r->kinds[i].code, l->code)
            && joist_text_equal(r->kinds[i].stage, l->stage))
            return &r->kinds[i];
    return r->kinds_count < MOST_KINDS ? &r->kinds[r->kinds_count++] : NULL;
}

static joist_status count_letter(reading *r, const jst_cli_lines *at, const jst_cli_letter *l,
                                 joist_error *e)
{
    kind *k = kind_of(r, l);
    joist_arena *a = r->arena;
    r->letters++;
    r->others += !k;
    if (k && !k->count)
        *k = (kind){ joist_arena_text(a, l->code), joist_arena_text(a, l->stage),
                     joist_arena_text(a, shown_message(r->letter, l)), id_of(a, at, l), 0 };
    if (k)
        k->count++;
    (void)e;
    return JOIST_OK;
}

static int by_count(const void *a, const void *b)
{
    const kind *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    int c = joist_text_compare(x->code, y->code);
    return c ? c : joist_text_compare(x->stage, y->stage);
}

static void stats_text(reading *r)
{
    joist_arena *a = r->arena;
    jst_cli_table t = { .arena = a, .align = "rllll" };
    jst_cli_cells(&t, 5, (const char *const[]){ "count", "code", "stage", "example", "message" });
    for (size_t i = 0; i < r->kinds_count; i++) {
        const kind *k = &r->kinds[i];
        jst_cli_cell(&t, jst_cli_grouped(a, k->count));
        jst_cli_cell(&t, jst_cli_shown(a, k->code));
        jst_cli_cell(&t, jst_cli_shown(a, k->stage));
        jst_cli_cell(&t, jst_cli_shown(a, k->id));
        jst_cli_cell(&t, k->message);
    }
    jst_cli_table_print(&t, &r->out, "");
    if (r->others)
        joist_buffer_printf(&r->out, "%.*s of further kinds\n",
                            JOIST_ARG(jst_cli_grouped(a, r->others)));
    joist_buffer_printf(&r->out, "%.*s dead letter%s in %zu file%s\n",
                        JOIST_ARG(jst_cli_grouped(a, r->letters)), r->letters == 1 ? "" : "s",
                        r->paths.count, r->paths.count == 1 ? "" : "s");
}

static void stats_json(reading *r)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < r->kinds_count; i++) {
        json_t *row = json_object();
        jst_cli_json_text(row, "code", r->kinds[i].code);
        jst_cli_json_text(row, "stage", r->kinds[i].stage);
        jst_cli_json_count(row, "count", r->kinds[i].count);
        jst_cli_json_text(row, "example", r->kinds[i].id);
        jst_cli_json_text(row, "message", r->kinds[i].message);
        json_array_append_new(rows, row);
    }
    jst_cli_json_line(&r->out, rows);
}

static joist_status stats(reading *r, joist_error *e)
{
    r->kinds = joist_arena_zalloc(r->arena, MOST_KINDS * sizeof *r->kinds);
    if (see_all(r, count_letter, e))
        return JOIST_FAILED;
    qsort(r->kinds, r->kinds_count, sizeof *r->kinds, by_count);
    if (r->json)
        stats_json(r);
    else if (r->letters)
        stats_text(r);
    return JOIST_OK;
}

/* ---- show ------------------------------------------------------------------------------------ */
static joist_text replay_command(const reading *r, const jst_cli_found *f, const jst_cli_letter *l)
{
    joist_buffer command = joist_buffer_in(r->arena, 256);
    joist_text verb = joist_text_of(r->call->command);
    verb.len -= strlen(r->call->verb->name);
    joist_buffer_printf(&command, "%.*sreplay ", JOIST_ARG(verb));
    jst_cli_shell_word(&command, f->path);
    joist_buffer_printf(&command, " --code ");
    jst_cli_shell_word(&command, l->code);
    joist_buffer_printf(&command, " --dry-run");
    return joist_buffer_view(&command);
}

static joist_status show(reading *r, joist_text word, joist_text directory, joist_error *e)
{
    jst_cli_found f;
    jst_cli_letter l;
    joist_error wrong = { 0 };
    if (jst_cli_dead_find(word, directory, r->arena, &f, e))
        return JOIST_FAILED;
    if (jst_cli_letter_parse(f.line, &l, r->arena, &wrong))
        return joist_fail_with(e, JOIST_USAGE, "%.*s:%llu: %s", JOIST_ARG(f.path),
                               (unsigned long long)f.number, wrong.message);
    if (r->json)
        joist_buffer_printf(&r->out, "%.*s\n", JOIST_ARG(f.line));
    else
        jst_cli_dead_explain(&r->out, &l, replay_command(r, &f, &l), r->arena);
    return JOIST_OK;
}

/* ---- the verb -------------------------------------------------------------------------------- */
static joist_status list_or_count(reading *r, const jst_cli_options *o, joist_text directory,
                                  joist_error *e)
{
    bool listing = joist_text_equal(o->words[0], JOIST_TEXT("ls"));
    if (jst_cli_letter_files(o->words + 1, o->words_count - 1, directory, r->arena, &r->paths, e)
        || (listing ? ls(r, e) : stats(r, e)))
        return JOIST_FAILED;
    if (!r->letters && !r->json)
        joist_buffer_printf(&r->out, "no dead letters%s%.*s\n", o->words_count > 1 ? "" : " in ",
                            o->words_count > 1 ? 0 : (int)directory.len, directory.ptr);
    return JOIST_OK;
}

static joist_status act(reading *r, const jst_cli_prepared *p, joist_error *e)
{
    const jst_cli_options *o = p->options;
    joist_text verb = o->words_count ? o->words[0] : JOIST_TEXT("");
    if (joist_text_equal(verb, JOIST_TEXT("ls")) || joist_text_equal(verb, JOIST_TEXT("stats")))
        return list_or_count(r, o, p->run->dead, e);
    if (joist_text_equal(verb, JOIST_TEXT("show")) && o->words_count == 2)
        return show(r, o->words[1], p->run->dead, e);
    joist_fail_with(e, JOIST_USAGE, "dead wants one of: ls [DIR|FILE...], stats [DIR|FILE...], "
                    "show ID|FILE:N");
    snprintf(e->hint, sizeof e->hint, "%s stats", r->call->command);
    return JOIST_FAILED;
}

int jst_cli_dead(const jst_cli_call *call)
{
    static const jst_cli_more more = { .options = &jst_cli_dead_options_type, .group = "dead",
                                       .aside = true };
    jst_cli_prepared p;
    int code;
    joist_error e = { 0 };
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    reading r = { .call = call, .arena = call->arena, .letter = joist_arena_new(),
                  .json = ((const jst_cli_dead_options *)p.more)->json };
    joist_status status = act(&r, &p, &e);
    print_out(&r);
    if (status != JOIST_OK)
        r.code = jst_cli_refused(&e);
    joist_arena_free(r.letter);
    joist_buffer_free(&r.out);
    return r.code;
}
