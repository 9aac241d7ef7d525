/* SPDX-License-Identifier: Apache-2.0
 * Numbers by the names of steps. A step the summary says nothing about (a flatten) passes on what
 * it is given. */
#include "graph_counts.h"

#include <errno.h>
#include <stdio.h>

enum { MOST_PORTS = 8 };

static int64_t number(const json_t *object, const char *key)
{
    const json_t *n = json_object_get(object, key);
    return json_is_integer(n) && json_integer_value(n) >= 0 ? json_integer_value(n) : -1;
}

static uint64_t number_or_zero(const json_t *object, const char *key)
{
    int64_t n = number(object, key);
    return n > 0 ? (uint64_t)n : 0;
}

static double seconds(const json_t *object, const char *key)
{
    double s = json_number_value(json_object_get(object, key));
    return s > 0 ? s : 0;
}

static uint64_t sum(const json_t *object)
{
    uint64_t n = 0;
    for (void *i = json_object_iter((json_t *)(uintptr_t)object); i;
         i = json_object_iter_next((json_t *)(uintptr_t)object, i))
        if (json_integer_value(json_object_iter_value(i)) > 0)
            n += (uint64_t)json_integer_value(json_object_iter_value(i));
    return n;
}

static const json_t *named(const json_t *rows, joist_text name)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *is = json_string_value(json_object_get(row, "name"));
        if (is && joist_text_equal(joist_text_of(is), name))
            return row;
    }
    return NULL;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void take_ports(const joist_graph_node *n, const json_t *stage, jst_step_counts *c)
{
    const json_t *out = json_object_get(stage, "out");
    for (size_t i = 0; i < n->ports_count && i < MOST_PORTS; i++) {
        char *name = joist_text_dup(n->ports[i].name);
        c->outs[i] = number(out, name);
        joist_free(name);
    }
}

static void take_stage(const joist_graph_node *n, const json_t *stage, jst_step_counts *c)
{
    c->known = true;
    c->in = number(stage, "in");
    c->rejected = sum(json_object_get(stage, "rejected"));
    c->retried = number_or_zero(stage, "retried");
    c->busy = seconds(stage, "busy_seconds");
    take_ports(n, stage, c);
}

static void take_sink(const json_t *sink, jst_step_counts *c)
{
    c->known = true;
    c->rows = number(sink, "rows");
    c->busy += seconds(sink, "seconds");
}

/* Nodes stand in topological order: what a node is given is known before it is looked at. */
static void pass_on(const joist_graph *g, size_t node, jst_graph_counts *out)
{
    int64_t in = 0;
    for (size_t i = 0; i < g->edges_count; i++) {
        const joist_graph_edge *e = &g->edges[i];
        if (e->to != node || e->side)
            continue;
        int64_t n = e->port < MOST_PORTS ? out->steps[e->from].outs[e->port] : -1;
        in = n < 0 || in < 0 ? -1 : in + n;
    }
    if (out->steps[node].in < 0)
        out->steps[node].in = in;
    if (!out->steps[node].known && g->nodes[node].ports_count)
        out->steps[node].outs[0] = in;
}

static void take_step(const joist_graph *g, size_t node, jst_graph_counts *out)
{
    jst_step_counts *c = &out->steps[node];
    *c = (jst_step_counts){ .in = -1, .rows = -1 };
    for (size_t i = 0; i < MOST_PORTS; i++)
        c->outs[i] = -1;
    const json_t *stage = named(json_object_get(out->run, "stages"), g->nodes[node].name);
    const json_t *sink = named(json_object_get(out->run, "sinks"), g->nodes[node].name);
    if (stage)
        take_stage(&g->nodes[node], stage, c);
    if (sink)
        take_sink(sink, c);
    pass_on(g, node, out);
    out->busy += c->busy;
    if (c->busy > 0 && (out->slowest == g->nodes_count || c->busy > out->steps[out->slowest].busy))
        out->slowest = node;
}

static joist_status no_run(joist_error *e, const char *from, const char *why)
{
    joist_fail_with(e, JOIST_USAGE, "%.200s is not the summary of a run: %.200s", from, why);
    if (e)
        snprintf(e->hint, sizeof e->hint, "`run --summary json >run.json` writes one");
    return JOIST_FAILED;
}

joist_status jst_graph_counts_of(const joist_graph *g, json_t *run, const char *from,
                                 joist_arena *a, jst_graph_counts *out, joist_error *e)
{
    const char *pipeline = json_string_value(json_object_get(run, "pipeline"));
    *out = (jst_graph_counts){ .slowest = g->nodes_count };
    if (!pipeline || !json_is_array(json_object_get(run, "stages")))
        return no_run(e, from, "it has no members pipeline and stages");
    if (!joist_text_equal(joist_text_of(pipeline), g->pipeline))
        return joist_fail_with(e, JOIST_USAGE, "%.200s is of a run of '%.100s', not of '%.*s'",
                               from, pipeline, JOIST_ARG(g->pipeline));
    out->run = json_incref(run);
    out->steps = joist_arena_zalloc(a, (g->nodes_count + 1) * sizeof *out->steps);
    for (size_t i = 0; i < g->nodes_count; i++)
        take_step(g, i, out);
    return JOIST_OK;
}

/* ---- files ----------------------------------------------------------------------------------- */

joist_status jst_graph_counts_read(const joist_graph *g, joist_text path, joist_arena *a,
                                   jst_graph_counts *out, joist_error *e)
{
    json_error_t wrong;
    char *name = joist_text_dup(path);
    bool standard = strcmp(name, "-") == 0;
    FILE *f = standard ? stdin : fopen(name, "re");
    json_t *run = f ? json_loadf(f, 0, &wrong) : NULL;
    joist_status status = JOIST_FAILED;
    if (!f) {
        joist_fail_with(e, JOIST_USAGE, "cannot read %.200s: %s", name, strerror(errno));
        if (e)
            snprintf(e->hint, sizeof e->hint,
                     "--with-counts takes a file that `run --summary json` wrote");
    } else if (!run) {
        no_run(e, name, wrong.text);
    } else {
        status = jst_graph_counts_of(g, run, name, a, out, e);
    }
    json_decref(run);
    if (f && !standard)
        fclose(f);
    joist_free(name);
    return status;
}

void jst_graph_counts_free(jst_graph_counts *c)
{
    json_decref(c->run);
    c->run = NULL;
}
