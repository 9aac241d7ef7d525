/* SPDX-License-Identifier: Apache-2.0
 * One run from its options to its report: sources and stores are opened, stages run in the plan's
 * order, tables are written and prepared, the numbers must add up, and only then all is visible. */
#include "memory.h"
#include "metrics.h"

#include "joist/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MOST_WORKERS = 1024, MOST_ATTEMPTS = 6 };

int64_t jst_nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- failing, stopping, trying again --------------------------------------------------------- */

joist_status jst_run_fail(jst_run *run, const joist_error *e)
{
    pthread_mutex_lock(&run->lock);
    if (!atomic_load(&run->failed)) {
        run->error = *e;
        atomic_store(&run->failed, true);
    }
    pthread_mutex_unlock(&run->lock);
    return JOIST_FAILED;
}

joist_status jst_run_fail_uri(jst_run *run, joist_text uri, joist_error *e)
{
    if (!e->message[0] && run->env->stopping(run->env))
        return JOIST_FAILED;
    if (!e->message[0])
        joist_fail_with(e, e->failure, "%.*s failed without saying why", JOIST_ARG(uri));
    return jst_run_fail(run, e);
}

bool jst_run_stopping(jst_run *run)
{
    return atomic_load_explicit(&run->failed, memory_order_relaxed)
        || run->env->stopping(run->env);
}

bool jst_run_again(jst_run *run, joist_status status, int attempt, joist_error *e)
{
    if (status != JOIST_RETRY)
        return false;
    if (attempt >= MOST_ATTEMPTS)
        e->failure = JOIST_TEMPORARY;
    else if (jst_run_stopping(run))
        e->message[0] = '\0';
    if (attempt >= MOST_ATTEMPTS || jst_run_stopping(run))
        return false;
    int64_t jitter = (int64_t)(run->env->random(run->env) % 100);
    run->env->sleep_ms(run->env, (int64_t)(100 << attempt) + jitter);
    return true;
}

size_t jst_code_index(const jst_run *run, const char *code)
{
    for (size_t i = 0; i < run->codes_count; i++)
        if (run->codes[i]->code == code || strcmp(run->codes[i]->code, code) == 0)
            return i;
    return JST_MOST_CODES;
}

/* ---- making ---------------------------------------------------------------------------------- */

static uint64_t quarter_of_ram(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 4 : 1u << 30;
}

static size_t workers_of(const joist_run_options *o)
{
    long n = o->workers > 0 ? o->workers : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MOST_WORKERS ? MOST_WORKERS : (size_t)n;
}

/* 20260820T031407-9f2c */
joist_text joist_new_run_id(joist_env *env, joist_arena *arena)
{
    char t[JOIST_TIME_SIZE];
    joist_time_format(env->now_ms(env), t);
    unsigned chance = (unsigned)(env->random(env) & 0xffff);
    return joist_arena_printf(arena, "%.4s%.2s%.2sT%.2s%.2s%.2s-%04x", t, t + 5, t + 8, t + 11,
                              t + 14, t + 17, chance);
}

static void add_codes(jst_run *run, const joist_code *codes)
{
    for (; codes && codes->code && run->codes_count < JST_MOST_CODES; codes++)
        run->codes[run->codes_count++] = codes;
}

/* The rest is for what is not in tables: bundles, buffers, sorting, SQLite's cache. */
static void set_memory(jst_run *run)
{
    uint64_t all = run->o.memory ? run->o.memory : quarter_of_ram();
    const char *tmp = getenv("TMPDIR");
    run->memory.limit = (size_t)(all / 8 * 5);
    run->memory.directory = run->o.spill.len ? joist_text_dup(run->o.spill)
                                             : joist_strdup(tmp && *tmp ? tmp : "/tmp");
    run->memory.seed = run->env->random(run->env);
    jst_give_back_large_memory();
}

static void make_workers(jst_run *run)
{
    size_t nodes = run->p->graph.nodes.count;
    run->workers_count = workers_of(&run->o);
    run->workers = joist_calloc(run->workers_count, sizeof *run->workers);
    run->metric_names = joist_calloc(nodes, sizeof *run->metric_names);
    run->nodes_count = nodes;
    for (size_t i = 0; i < run->workers_count; i++)
        run->workers[i] = (jst_worker){ .run = run, .index = i, .arena = joist_arena_new(),
                                        .counts = joist_calloc(nodes, sizeof(jst_counts)),
                                        .again = joist_calloc(nodes, sizeof(jst_again)) };
}

static jst_shuffle *new_shuffle(jst_run *run, const jst_shuffle_plan *plan)
{
    jst_shuffle *s = jst_shuffle_new(plan, run->workers_count, &run->memory);
    s->keys_only = run->o.dry_run && !plan->is_root;
    return s;
}

static void make_tables(jst_run *run)
{
    const jst_plan *plan = run->plan;
    size_t nodes = run->p->graph.nodes.count;
    size_t shuffles = plan->shuffles_count, views = plan->views_count;
    run->shuffles = joist_arena_zalloc(run->arena, (shuffles + 1) * sizeof *run->shuffles);
    for (size_t i = 0; i < shuffles; i++)
        run->shuffles[i] = new_shuffle(run, &plan->shuffles[i]);
    for (size_t i = 0; i < shuffles; i++)
        if (plan->shuffles[i].leader != i)
            jst_shuffle_follow(run->shuffles[i], run->shuffles[plan->shuffles[i].leader]);
    run->dead_plan = (jst_shuffle_plan){ .reduce = JST_REDUCE_LATEST, .in = &joist_line_type,
                                         .out = &joist_line_type };
    run->dead = jst_shuffle_new(&run->dead_plan, run->workers_count, &run->memory);
    run->views = joist_arena_zalloc(run->arena, (views + 1) * sizeof *run->views);
    for (size_t i = 0; i < views; i++)
        run->views[i] = jst_view_new(&plan->views[i], run->memory.seed);
    run->sources = joist_arena_zalloc(run->arena, nodes * sizeof(joist_source *));
    run->stores =
        joist_arena_zalloc(run->arena, (plan->stores_count + 1) * sizeof(joist_store *));
    run->tables = joist_arena_zalloc(run->arena, nodes * sizeof *run->tables);
}

static jst_run *run_new(joist_pipeline *p, const joist_run_options *o)
{
    jst_run *run = joist_calloc(1, sizeof *run);
    run->p = p;
    run->o = *o;
    run->env = o->env ? o->env : joist_env_system();
    run->arena = joist_arena_new();
    run->report_arena = joist_arena_new();
    pthread_mutex_init(&run->lock, NULL);
    run->started_ns = jst_nanoseconds();
    run->started_ms = run->env->now_ms(run->env);
    run->now = JOIST_TIME_MS(run->started_ms);
    run->id = o->run_id.len ? joist_arena_text(run->arena, o->run_id)
                             : joist_new_run_id(run->env, run->arena);
    run->identity = (joist_run_identity){ joist_pipeline_name(p), o->window, run->id, o->number };
    run->plan = jst_plan_new(p);
    add_codes(run, joist_codes);
    add_codes(run, p->def->codes);
    set_memory(run);
    make_workers(run);
    make_tables(run);
    return run;
}

/* ---- sources --------------------------------------------------------------------------------- */

static joist_status open_uri(jst_run *run, const jst_node *n, joist_text uri,
                             joist_source_spec *spec, joist_error *e)
{
    const joist_source_ops *ops = jst_connector_of(run->p->def, uri)->source;
    joist_source **out = &run->sources[jst_node_index(run->plan, n)];
    joist_status status;
    int attempt = 0;
    spec->uri = uri;
    do
        status = ops->open(spec, n->otherwise.count > 0, out, e);
    while (jst_run_again(run, status, attempt++, e));
    return status == JOIST_OK ? JOIST_OK : JOIST_FAILED;
}

/* The files of another read that are no input here. */
static void set_except(const jst_run *run, const jst_node *n, joist_source_spec *spec)
{
    const jst_node *other = n->except ? jst_graph_producer(&run->p->graph, n->except, NULL) : NULL;
    if (!other || !run->sources[jst_node_index(run->plan, other)])
        return;
    spec->except = (const joist_source *const *)&run->sources[jst_node_index(run->plan, other)];
    spec->except_count = 1;
}

static joist_status open_source(jst_run *run, const jst_node *n, uint64_t *rank, joist_error *e)
{
    joist_source_spec spec = jst_read_spec(run->p, n);
    spec.first_rank = *rank;
    spec.env = run->env;
    spec.stage = joist_arena_printf(run->arena, "%.*s%c", JOIST_ARG(n->name), 0).ptr;
    set_except(run, n, &spec);
    joist_source **source = &run->sources[jst_node_index(run->plan, n)];
    joist_status status = open_uri(run, n, n->uri, &spec, e);
    for (size_t i = 0; status == JOIST_OK && !*source && i < n->otherwise.count; i++)
        status = open_uri(run, n, n->otherwise.items[i], &spec, e);
    if (status == JOIST_OK && *source) {
        *rank += (*source)->ops->ranks(*source);
        run->skipped += (*source)->ops->skipped(*source);
    }
    return status;
}

static uint64_t bytes_to_read(const jst_run *run)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < run->plan->stages_count; i++) {
        const jst_stage *s = &run->plan->stages[i];
        joist_source *source = s->from_shuffle || s->side_only ? NULL : run->sources[s->root];
        size_t count = 0;
        const joist_split *splits = source ? source->ops->splits(source, &count) : NULL;
        for (size_t k = 0; k < count; k++)
            bytes += splits[k].bytes;
    }
    return bytes;
}

static joist_status open_sources(jst_run *run)
{
    const jst_node_list *nodes = &run->p->graph.nodes;
    uint64_t rank = 0;
    joist_error e = { 0 };
    for (size_t i = 0; i < nodes->count; i++)
        if (jst_op_reads(jst_op_of(nodes->items[i].op))
            && open_source(run, &nodes->items[i], &rank, &e))
            return jst_run_fail_uri(run, nodes->items[i].uri, &e);
    run->bytes_total = bytes_to_read(run);
    jst_digest_windows(run);
    return JOIST_OK;
}

static void close_sources(jst_run *run)
{
    for (size_t i = 0; i < run->p->graph.nodes.count; i++)
        if (run->sources[i]) {
            run->sources[i]->ops->close(run->sources[i]);
            run->sources[i] = NULL;
        }
}

/* ---- the run --------------------------------------------------------------------------------- */

static joist_status run_stages(jst_run *run)
{
    for (size_t i = 0; i < run->plan->stages_count && !jst_run_stopping(run); i++)
        if (jst_stage_run(run, &run->plan->stages[i]))
            return JOIST_FAILED;
    return jst_run_stopping(run) ? JOIST_FAILED : JOIST_OK;
}

/* Law 7 comes before the commit: numbers that do not add up are a bug, and nobody sees its rows. */
static joist_status check_sums(jst_run *run)
{
    joist_error e;
    return jst_report_adds_up(run, &e) ? JOIST_OK : jst_run_fail(run, &e);
}

static joist_status run_all(jst_run *run)
{
    if (open_sources(run) || jst_stores_open(run) || run_stages(run) || jst_stores_write(run)
        || check_sums(run) || jst_dead_write(run) || jst_stores_commit(run))
        return JOIST_FAILED;
    jst_outbox_deliver(run);
    return run->mail_refused ? jst_dead_write(run) : JOIST_OK;
}

static const char *status_word(jst_run *run, joist_status status)
{
    if (atomic_load(&run->failed))
        return "failed";
    return run->env->stopping(run->env) ? "interrupted" : status == JOIST_OK ? "done" : "failed";
}

joist_status joist_pipeline_run(joist_pipeline *p, const joist_run_options *o,
                                const joist_report **report)
{
    jst_run_free(p->run);
    jst_run *run = p->run = run_new(p, o);
    joist_status status = run_all(run);
    jst_stores_close(run);
    const char *word = status_word(run, status);
    run->ended = true;
    *report = jst_report_make(run, word);
    close_sources(run);
    if (o->progress)
        o->progress(o->user, *report);
    return strcmp(word, "done") == 0 ? JOIST_OK : JOIST_FAILED;
}

static joist_status open_senders(jst_run *run, joist_error *e)
{
    const jst_node_list *nodes = &run->p->graph.nodes;
    for (size_t i = 0; i < nodes->count; i++) {
        joist_text endpoint = nodes->items[i].endpoint;
        joist_sender *sender = NULL;
        if (!endpoint.len)
            continue;
        const joist_sender_ops *ops = jst_connector_of(run->p->def, endpoint)->sender;
        if (ops->open(endpoint, run->env, &sender, e))
            return JOIST_FAILED;
        ops->close(sender);
    }
    return JOIST_OK;
}

joist_status joist_pipeline_check_online(joist_pipeline *p, joist_env *env, joist_error *e)
{
    jst_run *run = run_new(p, &(joist_run_options){ .env = env, .workers = 1 });
    joist_status status = open_sources(run) || jst_stores_open(run) ? JOIST_FAILED : JOIST_OK;
    if (status != JOIST_OK)
        *e = run->error;
    else
        status = open_senders(run, e);
    jst_stores_close(run);
    close_sources(run);
    jst_run_free(run);
    return status;
}

joist_status joist_pipeline_digest(joist_pipeline *p, joist_env *env, char hex[JOIST_DIGEST_SIZE],
                                   joist_error *e)
{
    jst_run *run = run_new(p, &(joist_run_options){ .env = env, .workers = 1 });
    joist_status status = open_sources(run);
    if (status != JOIST_OK)
        *e = run->error;
    snprintf(hex, JOIST_DIGEST_SIZE, "%.*s", JOIST_ARG(run->digest));
    close_sources(run);
    jst_run_free(run);
    return status;
}

/* ---- the end --------------------------------------------------------------------------------- */

static void free_workers(jst_run *run)
{
    for (size_t i = 0; i < run->workers_count; i++) {
        joist_arena_free(run->workers[i].arena);
        joist_free(run->workers[i].counts);
        for (size_t n = 0; n < run->nodes_count; n++)
            joist_buffer_free(&run->workers[i].again[n].place);
        joist_free(run->workers[i].again);
        joist_buffer_free(&run->workers[i].scratch);
    }
    joist_free(run->workers);
}

void jst_run_free(jst_run *run)
{
    if (!run)
        return;
    for (size_t i = 0; i < run->plan->shuffles_count; i++)
        jst_shuffle_free(run->shuffles[i]);
    jst_shuffle_free(run->dead);
    for (size_t i = 0; i < run->plan->views_count; i++)
        jst_view_free(run->views[i]);
    free_workers(run);
    jst_metric_names_free(run->metric_names, run->nodes_count);
    joist_free((char *)(uintptr_t)run->memory.directory);
    jst_plan_free(run->plan);
    pthread_mutex_destroy(&run->lock);
    joist_arena_free(run->report_arena);
    joist_arena_free(run->arena);
    joist_free(run);
}
