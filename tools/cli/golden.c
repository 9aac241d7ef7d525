/* SPDX-License-Identifier: Apache-2.0
 * `test`: golden folders. Each case runs in every way of the table below, which must all give the
 * same, and that must be what expect/ says. docs/testing.md is the manual. */
#include "escape.h"
#include "golden_case.h"
#include "golden_expect.h"
#include "golden_files.h"
#include "options.h"
#include "prepare.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* By hand, because `case` is a word of C. */
typedef struct test_options { bool update; joist_text only; } test_options;
static const joist_field test_fields[] = {
    { .name = "update", .kind = JOIST_KIND_BOOL, .fallback = "false",
      .offset = offsetof(test_options, update), .size = sizeof(bool),
      .help = "rewrite expect/ with what the pipeline does now" },
    { .name = "case", .kind = JOIST_KIND_TEXT, .boxed = true, .values = "CASE",
      .offset = offsetof(test_options, only), .size = sizeof(joist_text),
      .help = "only the case of that name" },
};
static const joist_type test_options_type = {
    .name = "test_options", .size = sizeof(test_options), .fields = test_fields,
    .count = sizeof test_fields / sizeof *test_fields,
};

/* The bundle sizes 1, 2, 7 and all, each with one worker and with four; then the last once more on
 * the stores it left: a rerun changes nothing. */
static const jst_golden_way ways[] = {
    { 1, 1, false }, { 4, 1, false }, { 1, 2, false }, { 4, 2, false }, { 1, 7, false },
    { 4, 7, false }, { 1, 0, false }, { 4, 0, false }, { 4, 0, true },
};
enum { WAYS = sizeof ways / sizeof ways[0] };

/* A case: its path, absolute and as it is to be typed. */
typedef struct found { joist_text path, typed; } found;

typedef struct session {
    const jst_cli_call *call;
    const test_options *options;
    found *cases; size_t count;
    size_t failed, updated;
} session;

/* ---- finding cases --------------------------------------------------------------------------- */
static void add_case(session *s, joist_text path, joist_text typed)
{
    joist_text name = joist_text_of(strrchr(path.ptr, '/') + 1);
    if (s->options->only.len && !joist_text_equal(s->options->only, name))
        return;
    found *grown = joist_arena_alloc(s->call->arena, (s->count + 1) * sizeof *grown);
    if (s->count)
        memcpy(grown, s->cases, s->count * sizeof *grown);
    s->cases = grown;
    s->cases[s->count++] = (found){ path, typed };
}

static void find_below(session *s, joist_text path, joist_text dir)
{
    joist_arena *a = s->call->arena;
    jst_golden_names names = jst_golden_list(a, path);
    while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
        dir.len--;
    for (size_t i = 0; i < names.count; i++) {
        joist_text inner = jst_golden_path(a, path, names.items[i].ptr);
        if (jst_golden_is_case(a, inner))
            add_case(s, inner, jst_golden_path(a, dir, names.items[i].ptr));
    }
}

static joist_status find_in(session *s, joist_text dir, joist_error *e)
{
    joist_arena *a = s->call->arena;
    char resolved[PATH_MAX];
    char *name = joist_text_dup(dir);
    bool there = realpath(name, resolved);
    joist_free(name);
    if (!there)
        return joist_fail_with(e, JOIST_USAGE, "cannot read '%.*s': %s", JOIST_ARG(dir),
                               strerror(errno));
    joist_text path = joist_arena_printf(a, "%s", resolved);
    if (jst_golden_is_case(a, path))
        add_case(s, path, dir);
    else
        find_below(s, path, dir);
    return JOIST_OK;
}

static joist_status find_cases(session *s, const jst_cli_options *o, joist_error *e)
{
    joist_text usual = joist_arena_printf(o->arena, "tests/golden/%s", s->call->def->name);
    if (!jst_golden_is_dir(usual))
        usual = JOIST_TEXT("tests/golden");     /* a project of one program */
    const joist_text *dirs = o->words_count ? o->words : &usual;
    size_t count = o->words_count ? o->words_count : 1;
    for (size_t i = 0; i < count; i++)
        if (find_in(s, dirs[i], e) != JOIST_OK)
            return JOIST_FAILED;
    if (s->count)
        return JOIST_OK;
    if (s->options->only.len)
        joist_fail_with(e, JOIST_USAGE, "there is no case '%.*s' in %.*s",
                        JOIST_ARG(s->options->only), JOIST_ARG(dirs[0]));
    else
        joist_fail_with(e, JOIST_USAGE, "there is no case in %.*s", JOIST_ARG(dirs[0]));
    snprintf(e->hint, sizeof e->hint, "a case is a folder with in/ and expect/");
    return JOIST_FAILED;
}

/* ---- one case -------------------------------------------------------------------------------- */
static void add_way(joist_buffer *out, const jst_golden_way *way)
{
    joist_buffer_printf(out, "workers %d, bundle ", way->workers);
    if (way->bundle)
        joist_buffer_printf(out, "%d", way->bundle);
    else
        joist_buffer_text(out, JOIST_TEXT("all"));
    joist_buffer_text(out, way->again ? JOIST_TEXT(", run again") : JOIST_TEXT(""));
}

/* Runs it in all ways; what disagrees with the first goes to `out`. */
static joist_status run_ways(const jst_golden_case *c, jst_golden_result *results,
                             joist_buffer *out, joist_error *e)
{
    for (size_t i = 0; i < WAYS; i++) {
        joist_buffer diff = { 0 };
        joist_status status = jst_golden_run(c, &ways[i], &results[i], e);
        if (status == JOIST_OK && i)
            jst_golden_compare(&diff, &results[0], &results[i], ways[i].again);
        if (diff.len) {
            joist_buffer_text(out, JOIST_TEXT("  expected, from "));
            add_way(out, &ways[0]);
            joist_buffer_text(out, JOIST_TEXT("; got, from "));
            add_way(out, &ways[i]);
            joist_buffer_text(out, JOIST_TEXT(":\n"));
            joist_buffer_text(out, joist_buffer_view(&diff));
        }
        joist_buffer_free(&diff);
        if (status != JOIST_OK)
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

static void add_hint(const session *s, const found *f, joist_buffer *out)
{
    joist_buffer_printf(out, "  if that is right now: %s ", s->call->command);
    jst_cli_shell_word(out, f->typed);
    joist_buffer_text(out, JOIST_TEXT(" --update\n"));
}

/* A result all ways agree on: against expect/, or into it. */
static joist_status judge(const session *s, const found *f, const jst_golden_case *c,
                          const jst_golden_result *result, joist_buffer *out, bool *updated,
                          joist_error *e)
{
    joist_buffer diff = { 0 };
    joist_status status = jst_golden_expect(&diff, c, result, e);
    bool differs = status == JOIST_OK && diff.len;
    if (differs && s->options->update) {
        status = jst_golden_update(c, result, e);
        *updated = status == JOIST_OK;
    } else if (differs) {
        joist_buffer_text(out, joist_buffer_view(&diff));
        add_hint(s, f, out);
    }
    joist_buffer_free(&diff);
    return status;
}

static joist_status run_case(const session *s, joist_arena *a, const found *f, joist_buffer *out,
                             bool *updated, joist_error *e)
{
    jst_golden_case c;
    jst_golden_result results[WAYS] = { { 0 } };
    joist_status status = jst_golden_open(&c, a, s->call->def, f->path, e);
    if (status == JOIST_OK)
        status = run_ways(&c, results, out, e);
    if (status == JOIST_OK && !out->len)
        status = judge(s, f, &c, &results[0], out, updated, e);
    for (size_t i = 0; i < WAYS; i++)
        json_decref(results[i].summary);
    jst_golden_close(&c);
    return status;
}

static int show_case(session *s, const found *f)
{
    joist_arena *a = joist_arena_new();
    joist_error e = { 0 };
    joist_buffer diff = { 0 }, out = { 0 };
    bool updated = false;
    if (run_case(s, a, f, &diff, &updated, &e) != JOIST_OK)
        joist_buffer_printf(&diff, "  error: %s\n", e.message);
    s->failed += diff.len > 0;
    s->updated += updated;
    joist_buffer_printf(&out, "%-8s%s\n", diff.len ? "FAILED" : updated ? "updated" : "ok",
                        strrchr(f->path.ptr, '/') + 1);
    joist_buffer_text(&out, joist_buffer_view(&diff));
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&diff);
    joist_buffer_free(&out);
    joist_arena_free(a);
    return code;
}

/* ---- the verb -------------------------------------------------------------------------------- */
static int conclude(const session *s)
{
    joist_buffer out = { 0 };
    joist_buffer_printf(&out, "%zu case%s", s->count, s->count == 1 ? "" : "s");
    if (s->updated)
        joist_buffer_printf(&out, ", %zu updated", s->updated);
    if (s->failed)
        joist_buffer_printf(&out, ", %zu FAILED", s->failed);
    joist_buffer_text(&out, s->failed || s->updated ? JOIST_TEXT("\n") : JOIST_TEXT(", all ok\n"));
    if (s->updated)
        joist_buffer_text(&out, JOIST_TEXT("read every line of expect/ before you keep it\n"));
    int code = jst_cli_print(&out, s->failed ? JST_CLI_EXIT_TESTS : JST_CLI_EXIT_OK);
    joist_buffer_free(&out);
    return code;
}

int jst_cli_test(const jst_cli_call *call)
{
    joist_error e = { 0 };
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    session s = { .call = call };
    s.options = jst_cli_options_add(o, &test_options_type, "test", &e);
    if (!s.options || jst_cli_options_flags(o, call->argc, call->argv, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (o->help) {
        jst_cli_verb_help(call, o);
        return JST_CLI_EXIT_OK;
    }
    if (jst_cli_options_resolve(o, &e) != JOIST_OK || find_cases(&s, o, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    for (size_t i = 0; i < s.count; i++) {
        int code = show_case(&s, &s.cases[i]);
        if (code != JST_CLI_EXIT_OK)
            return code;
    }
    return conclude(&s);
}
