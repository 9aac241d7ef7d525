/* SPDX-License-Identifier: Apache-2.0
 * `replay FILE...`: a run whose input is dead letters. It only adds: rows are upserted by their key
 * and no hour is replaced; files of dead letters stay as they are. */
#include "replay.h"

#include "../../engine/src/edit.h"
#include "escape.h"
#include "prepare.h"

#include <stdio.h>
#include <sys/stat.h>

/* ---- the environment ------------------------------------------------------------------------- */
jst_replay *jst_replay_of(joist_env *env)
{
    return (jst_replay *)(void *)env;
}

void jst_replay_begin(jst_replay *r, joist_env *real, joist_arena *arena)
{
    jst_cli_proxy_begin(&r->proxy, real);
    r->arena = arena;
    r->letter = joist_arena_new();
}

void jst_replay_end(jst_replay *r)
{
    joist_arena_free(r->letter);
    joist_free(r->entries);
    joist_free(r->origins);
}

/* ---- between check and run ------------------------------------------------------------------- */
typedef struct replaying {
    jst_replay *r;
    const jst_cli_prepared *p;
    const char *command;
} replaying;

/* A file that a table is written to whole cannot be added to. */
static joist_status check_stores(const joist_pipeline *p, joist_error *e)
{
    for (size_t i = 0; i < p->graph.nodes.count; i++) {
        const jst_node *n = &p->graph.nodes.items[i];
        joist_text scheme = joist_uri_scheme(n->uri);
        bool file = !scheme.len || joist_text_equal(scheme, JOIST_TEXT("file"));
        if (jst_op_of(n->op) == JST_WRITE && file)
            return joist_fail_with(e, JOIST_USAGE, "'%.*s' writes the file %.*s whole, so a replay"
                                   " cannot add to it", JOIST_ARG(n->name), JOIST_ARG(n->uri));
    }
    return JOIST_OK;
}

static void note(const replaying *x, uint64_t count, const char *what)
{
    if (count && !x->p->run->quiet)
        fprintf(stderr, "note: left out %llu dead letter%s %s\n", (unsigned long long)count,
                count == 1 ? "" : "s", what);
}

static joist_status refuse_unfit(const replaying *x, joist_error *e)
{
    const jst_replay *r = x->r;
    for (size_t i = 1; i < r->reasons_count; i++)
        fprintf(stderr, "note: %.*s: %s (%llu such)\n", JOIST_ARG(r->reasons[i].first),
                r->reasons[i].why, (unsigned long long)r->reasons[i].count);
    joist_fail_with(e, JOIST_USAGE, "%.*s: %s; %llu of %llu dead letters cannot be replayed",
                    JOIST_ARG(r->reasons[0].first), r->reasons[0].why, (unsigned long long)r->unfit,
                    (unsigned long long)(r->unfit + r->count + r->twice));
    snprintf(e->hint, sizeof e->hint, "--skip-unfit leaves them out, --code CODE picks others");
    return JOIST_FAILED;
}

static joist_status judge(const replaying *x, joist_error *e)
{
    const jst_replay *r = x->r;
    if (r->unfit && (!r->options->skip_unfit || !r->count))
        return refuse_unfit(x, e);
    if (!r->count)
        return joist_fail_with(e, JOIST_USAGE, "there is nothing to replay: no dead letter%s%.*s",
                               r->options->code.len ? " of the code " : "",
                               JOIST_ARG(r->options->code));
    note(x, r->unfit, "that cannot be replayed");
    note(x, r->others, "of other codes");
    note(x, r->twice, "that other files have too");
    return JOIST_OK;
}

static bool is_same_file(joist_text a, joist_text b)
{
    struct stat x, y;
    return stat(a.ptr, &x) == 0 && stat(b.ptr, &y) == 0 && x.st_ino == y.st_ino
        && x.st_dev == y.st_dev;
}

/* The run's own file would take the place of one that is replayed. Both paths end in a NUL. */
static joist_status check_run_id(const replaying *x, joist_error *e)
{
    const jst_cli_run_options *o = x->p->run;
    joist_text dead = joist_text_starts(o->dead, JOIST_TEXT("file:")) ? joist_uri_rest(o->dead)
                                                                      : o->dead;
    joist_text own = joist_arena_printf(x->r->arena, "%.*s/%.*s.jsonl", JOIST_ARG(dead),
                                        JOIST_ARG(o->run_id));
    for (size_t i = 0; i < x->r->files.count && o->run_id.len; i++)
        if (is_same_file(x->r->files.items[i], own))
            return joist_fail_with(e, JOIST_USAGE, "a run called %.*s would write over %.*s",
                                   JOIST_ARG(o->run_id), JOIST_ARG(own));
    return JOIST_OK;
}

static joist_status vary(void *user, joist_pipeline *p, joist_run_options *o, joist_error *e)
{
    replaying *x = user;
    jst_replay *r = x->r;
    r->proxy.real = o->env;
    r->pipeline = p;
    if (check_run_id(x, e) || jst_replay_collect(r, e) || judge(x, e)
        || jst_edit_enter(p, r->steps, r->steps_count, JST_REPLAY_SCHEME, e) || check_stores(p, e))
        return JOIST_FAILED;
    o->env = &r->proxy.env;
    o->attempts = jst_replay_attempts;
    return JOIST_OK;
}

/* ---- the verb -------------------------------------------------------------------------------- */
/* The program's connectors and ours. */
static joist_pipeline_def with_replay(const joist_pipeline_def *own, joist_arena *a)
{
    joist_pipeline_def def = *own;
    size_t n = 0;
    while (own->connectors && own->connectors[n])
        n++;
    const joist_connector **all = joist_arena_zalloc(a, (n + 2) * sizeof(joist_connector *));
    for (size_t i = 0; i < n; i++)
        all[i] = own->connectors[i];
    all[n] = &jst_replay_connector;
    def.connectors = all;
    return def;
}

static joist_status find_files(const jst_cli_call *call, const jst_cli_prepared *p, jst_replay *r,
                               joist_error *e)
{
    if (p->options->words_count)
        return jst_cli_letter_files(p->options->words, p->options->words_count, JOIST_NO_TEXT,
                                    call->arena, &r->files, e);
    joist_fail_with(e, JOIST_USAGE, "replay wants files of dead letters");
    snprintf(e->hint, sizeof e->hint, "`%s --help` tells more", call->command);
    return JOIST_FAILED;
}

int jst_cli_replay(const jst_cli_call *call)
{
    static const jst_cli_more more = { .options = &jst_cli_replay_options_type, .group = "replay" };
    jst_cli_prepared p;
    int code;
    joist_error e = { 0 };
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    jst_replay *r = joist_arena_zalloc(call->arena, sizeof *r);
    r->options = p.more;
    if (find_files(call, &p, r, &e))
        return jst_cli_refused(&e);
    jst_replay_begin(r, joist_env_system(), call->arena);
    joist_pipeline_def def = with_replay(call->def, call->arena);
    replaying x = { r, &p, call->command };
    code = jst_cli_run_varied(&p, &(jst_cli_variation){ .def = &def, .vary = vary, .user = &x });
    jst_replay_end(r);
    return code;
}
