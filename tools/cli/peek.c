/* SPDX-License-Identifier: Apache-2.0
 * `peek STEP[.PORT]`: the first elements at an edge. The graph is cut down to what the step needs,
 * so no store is opened for writing; when enough was seen the run is asked to stop. */
#include "element.h"
#include "escape.h"
#include "prepare.h"
#include "signals.h"

#include "../../engine/src/edit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { MOST_EDGES = 64 };

/* Outputs of steps: a flatten is where all those that feed it are. */
typedef struct edge { joist_text step; size_t port; } edge;

typedef struct peeking {
    jst_cli_proxy proxy;        /* first: stops when enough was seen */
    joist_tap tap;
    pthread_mutex_t lock;
    edge edges[MOST_EDGES]; size_t edges_count;
    uint32_t mask;
    uint64_t wanted, seen;
    atomic_bool enough;
    joist_buffer out;
} peeking;

/* ---- the run --------------------------------------------------------------------------------- */
static peeking *of_env(joist_env *env)
{
    return (peeking *)(void *)env;
}

static bool stopping(joist_env *env)
{
    return atomic_load_explicit(&of_env(env)->enough, memory_order_relaxed)
        || of_env(env)->proxy.real->stopping(of_env(env)->proxy.real);
}

static bool is_wanted(const peeking *x, const joist_tap_event *event)
{
    bool wanted = false;
    for (size_t i = 0; i < x->edges_count; i++)
        wanted |= event->port == x->edges[i].port
               && joist_text_equal(event->step, x->edges[i].step);
    return wanted && event->kind == JOIST_TAP_EMITTED;
}

static void see(joist_tap *tap, const joist_tap_event *event)
{
    peeking *x = (peeking *)(void *)((char *)tap - offsetof(peeking, tap));
    if (!is_wanted(x, event))
        return;
    pthread_mutex_lock(&x->lock);
    for (size_t i = 0; i < event->rows.count && x->seen < x->wanted; i++, x->seen++) {
        const char *items = event->rows.items;
        jst_cli_element_write(&x->out, event->type, items + i * event->rows.size, x->mask);
        joist_buffer_byte(&x->out, '\n');
    }
    atomic_store(&x->enough, x->seen == x->wanted);
    pthread_mutex_unlock(&x->lock);
}

/* ---- the edge -------------------------------------------------------------------------------- */
/* Names are copied: cutting the graph down makes a new one. */
static void add_edges(const jst_cli_call *call, peeking *x, const joist_pipeline *p,
                      const jst_node *n, size_t port)
{
    if (jst_op_of(n->op) != JST_FLATTEN && x->edges_count < MOST_EDGES)
        x->edges[x->edges_count++] = (edge){ joist_arena_text(call->arena, n->name), port };
    for (size_t k = 0; k < n->inputs.count && jst_op_of(n->op) == JST_FLATTEN; k++) {
        size_t from = 0;
        const jst_node *producer = jst_graph_producer(&p->graph, n->inputs.items[k].coll, &from);
        add_edges(call, x, p, producer, from);
    }
}

static joist_text names_of(const jst_cli_call *call, const joist_pipeline *p)
{
    joist_text all = JOIST_TEXT("");
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (p->graph.nodes.items[i].outputs.count)
            all = joist_arena_printf(call->arena, "%.*s %.*s", JOIST_ARG(all),
                                     JOIST_ARG(p->graph.nodes.items[i].name));
    return all;
}

static joist_text ports_of(const jst_cli_call *call, const jst_node *n)
{
    joist_text all = JOIST_TEXT("");
    for (size_t o = 0; o < n->outputs.count; o++)
        all = joist_arena_printf(call->arena, "%.*s %.*s.%.*s", JOIST_ARG(all), JOIST_ARG(n->name),
                                 JOIST_ARG(n->outputs.items[o].name));
    return all;
}

/* STEP, or STEP.PORT: a name may have dots itself, so the whole word is tried first. */
static const jst_node *find_step(const joist_pipeline *p, joist_text word, joist_text *port)
{
    const jst_node *n = jst_edit_step(p, word);
    size_t dot = word.len;
    *port = JOIST_NO_TEXT;
    while (!n && dot && word.ptr[dot - 1] != '.')
        dot--;
    if (n || !dot)
        return n;
    *port = (joist_text){ word.ptr + dot, word.len - dot };
    return jst_edit_step(p, (joist_text){ word.ptr, dot - 1 });
}

static joist_status fail(const jst_cli_call *call, joist_text word, const char *what,
                         joist_text choice, joist_error *e)
{
    joist_fail_with(e, JOIST_USAGE, "'%.*s' %s", JOIST_ARG(jst_cli_shown(call->arena, word)), what);
    snprintf(e->hint, sizeof e->hint, "one of:%.*s", JOIST_ARG(joist_cut(choice, 240)));
    return JOIST_FAILED;
}

static joist_status find_edge(const jst_cli_call *call, peeking *x, const joist_pipeline *p,
                              joist_text word, joist_text *step, joist_error *e)
{
    joist_text port;
    const jst_node *n = find_step(p, word, &port);
    size_t o = 0;
    if (!n)
        return fail(call, word, "is no step of the pipeline", names_of(call, p), e);
    if (!n->outputs.count)
        return fail(call, word, "emits nothing: it writes", names_of(call, p), e);
    if (!port.len && n->outputs.count > 1)
        return fail(call, word, "has several ports", ports_of(call, n), e);
    while (port.len && o < n->outputs.count && !joist_text_equal(n->outputs.items[o].name, port))
        o++;
    if (o == n->outputs.count)
        return fail(call, word, "names no port of its step", ports_of(call, n), e);
    *step = n->name;
    add_edges(call, x, p, n, o);
    return JOIST_OK;
}

/* ---- the verb -------------------------------------------------------------------------------- */
/* One worker sees the input in its order, and bundles no larger than what is wanted end early. */
static joist_run_options options_of(const jst_cli_prepared *p, peeking *x, jst_cli_clock *clock)
{
    joist_run_options o = jst_cli_engine_options(p->run, clock);
    const jst_cli_option *workers = jst_cli_options_find(p->options, JOIST_TEXT("workers"));
    jst_cli_proxy_begin(&x->proxy, o.env);
    x->proxy.env.stopping = stopping;
    o.env = &x->proxy.env;
    o.tap = &x->tap;
    o.dead = JOIST_NO_TEXT;
    if (workers->source <= JST_CLI_DEFAULT)
        o.workers = 1;
    if (!o.bundle_elements)
        o.bundle_elements = x->wanted < 256 ? (size_t)x->wanted : 256;
    return o;
}

static int run_it(const jst_cli_prepared *p, joist_pipeline *pipeline, peeking *x)
{
    jst_cli_clock clock;
    const joist_report *report = NULL;
    joist_run_options o = options_of(p, x, &clock);
    jst_cli_signals_begin(joist_stop);
    joist_status status = joist_pipeline_run(pipeline, &o, &report);
    int signal = jst_cli_signal_caught(), code = JST_CLI_EXIT_OK;
    jst_cli_signals_end();
    if (signal)
        code = JST_CLI_EXIT_SIGNAL + signal;
    else if (status != JOIST_OK && !atomic_load(&x->enough))
        code = jst_cli_refused(&report->error);
    return jst_cli_print(&x->out, code);
}

static joist_status wanted_of(const jst_cli_prepared *p, peeking *x, joist_error *e)
{
    int64_t n = ((const jst_cli_peek_options *)p->more)->elements;
    if (n < 1 || n > 1 << 20)
        return jst_cli_option_refuse(p->options, jst_cli_options_find(p->options,
                                     JOIST_TEXT("elements")), "between 1 and 1048576", e);
    if (p->options->words_count == 1) {
        x->wanted = (uint64_t)n;
        return JOIST_OK;
    }
    joist_fail_with(e, JOIST_USAGE, "peek wants one step, STEP or STEP.PORT");
    snprintf(e->hint, sizeof e->hint, "`%s --help` tells more", p->options->command);
    return JOIST_FAILED;
}

static int peek(const jst_cli_call *call, const jst_cli_prepared *p, peeking *x)
{
    joist_error e = { 0 };
    joist_text step;
    if (wanted_of(p, x, &e))
        return jst_cli_refused(&e);
    joist_pipeline *pipeline = joist_pipeline_new(call->def);
    bool fine = joist_pipeline_check(pipeline, p->pipeline, &e) == JOIST_OK
        && find_edge(call, x, pipeline, p->options->words[0], &step, &e) == JOIST_OK
        && jst_edit_keep(pipeline, step, &e) == JOIST_OK;
    int code = fine ? run_it(p, pipeline, x) : jst_cli_refused(&e);
    joist_pipeline_free(pipeline);
    return code;
}

int jst_cli_peek(const jst_cli_call *call)
{
    static const jst_cli_more more = { .options = &jst_cli_peek_options_type, .group = "peek" };
    jst_cli_prepared p;
    int code;
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    peeking *x = joist_arena_zalloc(call->arena, sizeof *x);
    x->tap.see = see;
    x->mask = JOIST_SECRET | (p.run->mask_pii ? JOIST_PII : 0u);
    pthread_mutex_init(&x->lock, NULL);
    code = peek(call, &p, x);
    pthread_mutex_destroy(&x->lock);
    joist_buffer_free(&x->out);
    return code;
}
