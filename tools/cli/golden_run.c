/* SPDX-License-Identifier: Apache-2.0
 * One run of a case: options, graph, run and results, as `run` would have it but for the
 * connectors. Nothing is read from the environment: a case means the same everywhere. */
#include "golden_case.h"

#include "golden_files.h"
#include "golden_summary.h"
#include "golden_swap.h"
#include "json_out.h"
#include "summary.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define RUN_ID "golden"

typedef struct running {
    const jst_golden_case *c;
    const jst_golden_way *way;
    jst_cli_options *options;
    void *pipeline;
    const jst_cli_run_options *run;
    jst_cli_settings settings;
    jst_golden_swap *swap;
    const joist_report *report;         /* NULL: it did not come to a run */
    jst_golden_result *out;
} running;

/* ---- options --------------------------------------------------------------------------------- */
static bool offer(running *r, const char *name, joist_text value)
{
    jst_cli_option *option = jst_cli_options_find(r->options, joist_text_of(name));
    if (option)
        jst_cli_option_offer(option, JST_CLI_CONFIG, value, JOIST_TEXT("the case"));
    return option;
}

/* side/NAME.jsonl is the value of the option NAME. */
static joist_status offer_side(running *r, joist_error *e)
{
    joist_arena *a = r->c->arena;
    joist_text suffix = JOIST_TEXT(".jsonl");
    jst_golden_names names = jst_golden_list(a, JOIST_TEXT("side"));
    for (size_t i = 0; i < names.count; i++) {
        joist_text file = names.items[i];
        if (!joist_text_ends(file, suffix))
            continue;
        joist_text option = joist_arena_printf(a, "%.*s", (int)(file.len - suffix.len), file.ptr);
        if (!offer(r, option.ptr, joist_arena_printf(a, "file:side/%.*s", JOIST_ARG(file))))
            return joist_fail_with(e, JOIST_USAGE, "side/%.*s: there is no option --%.*s",
                                   JOIST_ARG(file), JOIST_ARG(option));
    }
    return JOIST_OK;
}

/* What the test decides and no case can change. */
static void force(running *r)
{
    char now[JOIST_TIME_SIZE];
    joist_arena *a = r->c->arena;
    joist_time_format(r->c->now.ms, now);
    const struct { const char *name; joist_text value; } fixed[] = {
        { "workers", joist_arena_printf(a, "%d", r->way->workers) },
        { "bundle", joist_arena_printf(a, "%d", r->way->bundle) },
        { "now", joist_arena_printf(a, "%.*s", JOIST_TIME_SIZE, now) },
        { "run-id", JOIST_TEXT(RUN_ID) }, { "dead", JOIST_TEXT(JST_GOLDEN_DEAD) },
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        jst_cli_option_offer(jst_cli_options_find(r->options, joist_text_of(fixed[i].name)),
                             JST_CLI_FLAG, fixed[i].value, JOIST_TEXT("the test"));
}

static joist_status set_options(running *r, joist_error *e)
{
    static const char *const names[] = { "../options", "options" };
    jst_cli_options *o = r->options = jst_cli_options_new(r->c->arena, "run");
    r->pipeline = jst_cli_options_add(o, r->c->def->options, "pipeline", e);
    r->run = r->pipeline ? jst_cli_options_add(o, &jst_cli_run_options_type, "runner", e) : NULL;
    if (!r->run)
        return JOIST_FAILED;
    offer(r, "input", JOIST_TEXT("in"));
    if (offer_side(r, e) != JOIST_OK)
        return JOIST_FAILED;
    for (size_t i = 0; i < 2; i++)
        if (jst_cli_options_config_text(o, r->c->options[i], joist_text_of(names[i]), e)
            != JOIST_OK)
            return JOIST_FAILED;
    force(r);
    if (jst_cli_options_resolve(o, e) != JOIST_OK
        || jst_cli_settings_of(o, r->run, &r->settings, e) != JOIST_OK)
        return JOIST_FAILED;
    return jst_cli_options_required(o, e);
}

/* ---- results --------------------------------------------------------------------------------- */
static jst_golden_rows *add_set(running *r, joist_text name, bool outbox)
{
    jst_golden_set *set = &r->out->sets[r->out->count++];
    *set = (jst_golden_set){ name, outbox, { .arena = r->c->arena } };
    return &set->rows;
}

static joist_status add_tables(running *r, joist_error *e)
{
    jst_golden_swap *w = r->swap;
    for (size_t i = 0; i < w->tables_count; i++) {
        const jst_golden_table *t = &w->tables[i];
        joist_text name = joist_arena_printf(r->c->arena, "%.*s.%.*s", JOIST_ARG(t->store),
                                             JOIST_ARG(t->table));
        if (jst_golden_swap_rows(w, t, add_set(r, name, t->outbox), e) != JOIST_OK)
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

static void add_member(joist_buffer *out, const joist_member *m, joist_arena *a)
{
    joist_buffer_byte(out, out->len > 1 ? ',' : ' ');
    joist_json_write_text(out, m->key);
    joist_buffer_byte(out, ':');
    if (joist_text_equal(m->key, JOIST_TEXT("site")))
        joist_json_write_text(out, jst_golden_unplaced(a, joist_json_string(m->value, a)));
    else
        jst_cli_json_lean(out, m->value, a);
}

/* A dead letter without the number of a line in the pipeline, and without NULL. */
static void add_letter(jst_golden_rows *to, const jst_golden_row *letter)
{
    size_t count = 0;
    joist_json v = { letter->text.ptr, letter->text.len };
    const joist_member *members = joist_json_members(v, to->arena, &count);
    joist_buffer out = { 0 };
    joist_buffer_byte(&out, '{');
    for (size_t i = 0; i < count; i++)
        add_member(&out, &members[i], to->arena);
    joist_buffer_byte(&out, '}');
    jst_golden_rows_add(to, joist_buffer_view(&out), 0);
    joist_buffer_free(&out);
}

static joist_status add_letters(running *r, joist_error *e)
{
    joist_text text = JOIST_NO_TEXT, path = JOIST_TEXT(JST_GOLDEN_DEAD "/" RUN_ID ".jsonl");
    jst_golden_rows *rows = add_set(r, JOIST_TEXT("dead"), false), lines = { .arena = rows->arena };
    if (!jst_golden_read(r->c->arena, path, &text, e) && e->message[0])
        return JOIST_FAILED;
    if (jst_golden_rows_parse(&lines, text, path, e) != JOIST_OK)
        return JOIST_FAILED;
    for (size_t i = 0; i < lines.count; i++)
        add_letter(rows, &lines.items[i]);
    return JOIST_OK;
}

static joist_status add_results(running *r, joist_error *e)
{
    r->out->sets = joist_arena_zalloc(r->c->arena, (JST_GOLDEN_TABLES + 2) * sizeof *r->out->sets);
    if (add_tables(r, e) != JOIST_OK || add_letters(r, e) != JOIST_OK)
        return JOIST_FAILED;
    jst_golden_swap_posts(r->swap, add_set(r, JOIST_TEXT("posts"), true));
    return JOIST_OK;
}

/* ---- the summary ----------------------------------------------------------------------------- */
static json_t *refusal(const joist_error *e, int exit_code)
{
    json_t *error = json_pack("{s:s, s:s*}", "message", e->message, "hint",
                              e->hint[0] ? e->hint : NULL);
    return json_pack("{s:i, s:s, s:o}", "exit", exit_code, "status", "failed", "error", error);
}

static json_t *summary_of(const running *r, joist_text window)
{
    joist_buffer text = { 0 };
    jst_cli_outcome o = { .report = r->report, .window = window, .exit_code = r->out->exit_code,
                          .dry_run = r->run->dry_run };
    jst_cli_summary_json(&text, &o);
    json_t *summary = json_loadb(text.ptr, text.len, 0, NULL);
    joist_buffer_free(&text);
    return summary;
}

static void refuse(running *r, const joist_error *e)
{
    r->out->exit_code = jst_cli_failure_exit(e->failure);
    r->out->summary = refusal(e, r->out->exit_code);
    jst_golden_summary_unplace(r->c->arena, r->out->summary);
}

static void conclude(running *r, joist_status status)
{
    const jst_cli_option *window = jst_cli_options_find(r->options, JOIST_TEXT("window"));
    r->out->exit_code = jst_cli_run_exit(status, r->report, 0, &r->settings.max_rejected);
    r->out->summary = summary_of(r, window && window->value.len ? window->value : JOIST_NO_TEXT);
    jst_golden_summary_unplace(r->c->arena, r->out->summary);
}

/* ---- the run --------------------------------------------------------------------------------- */
static joist_status run_pipeline(running *r, joist_pipeline *p, joist_error *e)
{
    joist_error wrong = { 0 };
    if (joist_pipeline_check(p, r->pipeline, &wrong) != JOIST_OK) {
        refuse(r, &wrong);
        return JOIST_OK;
    }
    jst_cli_clock unused;
    joist_run_options options = jst_cli_engine_options(r->run, &unused);
    options.env = &r->swap->clock.proxy.env;
    conclude(r, joist_pipeline_run(p, &options, &r->report));
    return add_results(r, e);
}

static joist_status run_here(running *r, joist_error *e)
{
    joist_error wrong = { 0 };
    if (set_options(r, &wrong) != JOIST_OK) {
        refuse(r, &wrong);
        return JOIST_OK;
    }
    r->swap = jst_golden_swap_new(r->c->arena, r->c->def, r->options, r->c->now.ms);
    if (jst_golden_swap_replies(r->swap, r->c->replies, e) != JOIST_OK)
        return JOIST_FAILED;
    joist_pipeline *p = joist_pipeline_new(&r->swap->def);
    joist_status status = run_pipeline(r, p, e);
    joist_pipeline_free(p);
    return status;
}

joist_status jst_golden_run(const jst_golden_case *c, const jst_golden_way *way,
                            jst_golden_result *out, joist_error *e)
{
    running r = { .c = c, .way = way, .out = out };
    *out = (jst_golden_result){ 0 };
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || chdir(c->temporary.ptr)) {
        joist_fail_with(e, JOIST_FATAL, "cannot go to %.*s: %s", JOIST_ARG(c->temporary),
                        strerror(errno));
        if (here >= 0)
            close(here);
        return JOIST_FAILED;
    }
    if (!way->again)
        jst_golden_remove(c->arena, JOIST_TEXT("stores"));
    jst_golden_remove(c->arena, JOIST_TEXT(JST_GOLDEN_DEAD));
    joist_status status = run_here(&r, e);
    if (fchdir(here) && status == JOIST_OK)
        status = joist_fail_with(e, JOIST_FATAL, "cannot go back: %s", strerror(errno));
    close(here);
    return status;
}
