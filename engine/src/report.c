/* SPDX-License-Identifier: Apache-2.0
 * What happened, from the workers' counters: while it runs, for progress, and at the end, where the
 * numbers must add up: what leaves a step arrives at the next, and what arrives at a table is
 * written, replaced by a later row with the same key, or refused. */
#include "metrics.h"

#include <stdio.h>
#include <sys/resource.h>

static const jst_node *nodes_of(const jst_run *run)
{
    return run->p->graph.nodes.items;
}

/* ---- sums over workers ----------------------------------------------------------------------- */

static uint64_t look(const jst_tick *t)
{
    return atomic_load_explicit(t, memory_order_relaxed);
}

/* One counter of one node over all workers; `offset` is its place in jst_counts. */
static uint64_t sum(const jst_run *run, size_t node, size_t offset)
{
    uint64_t n = 0;
    for (size_t w = 0; w < run->workers_count; w++) {
        const char *counts = (const char *)&run->workers[w].counts[node];
        n += look((const jst_tick *)(const void *)(counts + offset));
    }
    return n;
}

#define SUM(run, node, member) sum(run, node, offsetof(jst_counts, member))

static uint64_t sum_array(const jst_run *run, size_t node, size_t array, size_t i)
{
    return sum(run, node, array + i * sizeof(jst_tick));
}

static uint64_t out_of(const jst_run *run, size_t node, size_t port)
{
    return sum_array(run, node, offsetof(jst_counts, outs), port);
}

static uint64_t rejected_as(const jst_run *run, size_t node, size_t code)
{
    return sum_array(run, node, offsetof(jst_counts, rejected), code);
}

static uint64_t rejected_by(const jst_run *run, size_t node)
{
    uint64_t n = 0;
    for (size_t c = 0; c < run->codes_count; c++)
        n += rejected_as(run, node, c);
    return n;
}

/* ---- elements of a collection ---------------------------------------------------------------- */

static uint64_t elements_in(const jst_run *run, const jst_node *n);

/* An aggregate that only a table reads starts no stage: its elements are the table's rows. */
static uint64_t rows_of(const jst_run *run, const jst_node *aggregate)
{
    for (size_t s = 0; s < run->plan->stores_count; s++)
        for (size_t t = 0; t < run->plan->stores[s].count; t++) {
            const jst_table_plan *table = &run->plan->stores[s].tables[t];
            size_t node = jst_node_index(run->plan, table->node);
            if (run->plan->shuffles[table->shuffle].node == aggregate)
                return look(&run->tables[node].rows) + look(&run->tables[node].refused);
        }
    return 0;
}

static const jst_shuffle_plan *aggregation(const jst_run *run, const jst_node *n)
{
    for (size_t i = 0; i < run->plan->shuffles_count; i++)
        if (run->plan->shuffles[i].node == n && run->plan->shuffles[i].coll)
            return &run->plan->shuffles[i];
    return NULL;
}

static uint64_t elements_of(const jst_run *run, int64_t coll)
{
    size_t port = 0;
    const jst_node *n = jst_graph_producer(&run->p->graph, coll, &port);
    jst_op op = jst_op_of(n->op);
    if (op == JST_FLATTEN)
        return elements_in(run, n);
    if (jst_op_gathers(op) && !aggregation(run, n)->is_root)
        return rows_of(run, n);
    return out_of(run, (size_t)(n - nodes_of(run)), port);
}

static uint64_t elements_in(const jst_run *run, const jst_node *n)
{
    uint64_t in = 0;
    for (size_t i = 0; i < n->inputs.count; i++)
        in += elements_of(run, n->inputs.items[i].coll);
    return in;
}

/* ---- the fork -------------------------------------------------------------------------------- */

static bool passes_elements(const jst_node *n)
{
    jst_op op = jst_op_of(n->op);
    return op == JST_READ || op == JST_FLATTEN || jst_op_fuses(op);
}

/* Which nodes an element of the read `from` reaches on ways that avoid `without`; `as_itself`: not
 * in an aggregate. One pass: a node stands behind those that it reads. */
static const bool *reach(const jst_run *run, const jst_node *from, const jst_node *without,
                         bool as_itself)
{
    const jst_graph *g = &run->p->graph;
    bool *reached = joist_arena_zalloc(run->report_arena, g->nodes.count * sizeof *reached);
    for (size_t i = 0; i < g->nodes.count; i++) {
        const jst_node *n = &g->nodes.items[i];
        reached[i] = n == from;
        for (size_t k = 0; n != without && k < n->inputs.count; k++) {
            const jst_node *input = jst_graph_producer(g, n->inputs.items[k].coll, NULL);
            reached[i] |= reached[input - nodes_of(run)] && (!as_itself || passes_elements(input));
        }
    }
    return reached;
}

static bool reaches_write(const jst_run *run, const jst_node *from, const jst_node *without)
{
    const bool *reached = reach(run, from, without, false);
    for (size_t i = 0; i < run->p->graph.nodes.count; i++)
        if (reached[i] && jst_op_of(nodes_of(run)[i].op) == JST_WRITE)
            return true;
    return false;
}

/* What a step before the fork rejects reaches no output; behind it, other outputs still get it. Of
 * an aggregate nobody can say how many records it stands for: it is behind. */
static bool before_fork(const jst_run *run, const jst_node *n)
{
    bool before = jst_op_of(n->op) == JST_READ;
    for (size_t i = 0; jst_op_fuses(jst_op_of(n->op)) && i < run->p->graph.nodes.count; i++) {
        const jst_node *from = &nodes_of(run)[i];
        if (jst_op_of(from->op) != JST_READ || !reach(run, from, NULL, true)[n - nodes_of(run)])
            continue;
        if (reaches_write(run, from, n))
            return false;
        before = true;
    }
    return before;
}

/* ---- the report ------------------------------------------------------------------------------ */

static void add_rejected(const jst_run *run, size_t node, joist_stage_report *s)
{
    for (size_t c = 0; c < run->codes_count; c++) {
        uint64_t n = rejected_as(run, node, c);
        if (n)
            s->rejected[s->rejected_count++] = (joist_code_count){ run->codes[c]->code, n };
    }
}

static const char *string_of(jst_run *run, joist_text t)
{
    return joist_arena_printf(run->report_arena, "%.*s%c", JOIST_ARG(t), 0).ptr;
}

static void add_outs(jst_run *run, const jst_node *n, joist_stage_report *s)
{
    for (size_t o = 0; o < n->outputs.count && o < JST_MOST_PORTS; o++)
        s->outs[s->outs_count++] = (joist_port_count){ string_of(run, n->outputs.items[o].name),
                                                       elements_of(run, n->outputs.items[o].coll) };
}

static joist_stage_report stage_report(jst_run *run, size_t node)
{
    const jst_node *n = &nodes_of(run)[node];
    joist_stage_report s = { .name = string_of(run, n->name) };
    jst_op op = jst_op_of(n->op);
    s.in = op == JST_READ || jst_op_fuses(op) ? SUM(run, node, in) : elements_in(run, n);
    s.retried = SUM(run, node, retried);
    s.busy_seconds = (double)SUM(run, node, busy_ns) / 1e9;
    add_outs(run, n, &s);
    add_rejected(run, node, &s);
    jst_metrics_report(run, node, &s);
    return s;
}

/* Writes are sinks; a flatten does nothing. */
static bool is_stage(const jst_node *n)
{
    jst_op op = jst_op_of(n->op);
    return op != JST_WRITE && op != JST_FLATTEN;
}

static void add_stages(jst_run *run, joist_report *r)
{
    size_t count = run->p->graph.nodes.count;
    joist_stage_report *stages = joist_arena_alloc(run->report_arena, count * sizeof *stages);
    for (size_t i = 0; i < count; i++)
        if (is_stage(&nodes_of(run)[i]) || rejected_by(run, i))
            stages[r->stages_count++] = stage_report(run, i);
    r->stages = stages;
}

static void add_sinks(jst_run *run, joist_report *r)
{
    size_t count = run->p->graph.nodes.count;
    joist_sink_report *sinks = joist_arena_alloc(run->report_arena, count * sizeof *sinks);
    for (size_t i = 0; i < count; i++) {
        const jst_node *n = &nodes_of(run)[i];
        const jst_table_state *t = &run->tables[i];
        if (jst_op_of(n->op) == JST_WRITE)
            sinks[r->sinks_count++] = (joist_sink_report){ .name = string_of(run, n->name),
                .uri = n->uri, .table = n->table, .rows = look(&t->rows),
                .committed = t->committed, .seconds = (double)look(&t->busy_ns) / 1e9 };
    }
    r->sinks = sinks;
}

static void add_rejects(jst_run *run, joist_report *r)
{
    uint64_t before = 0;
    for (size_t i = 0; i < run->p->graph.nodes.count; i++) {
        uint64_t n = rejected_by(run, i);
        r->rejected += n;
        before += n && before_fork(run, &nodes_of(run)[i]) ? n : 0;
    }
    r->events = before < r->records ? r->records - before : 0;
}

static void add_totals(jst_run *run, joist_report *r)
{
    for (size_t w = 0; w < run->workers_count; w++) {
        r->files += look(&run->workers[w].files);
        r->records += look(&run->workers[w].records);
        r->bytes += look(&run->workers[w].bytes);
    }
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        r->peak_memory = (uint64_t)usage.ru_maxrss * 1024;
    int64_t first = atomic_load(&run->first_record_ns);
    r->first_record_seconds = first ? (double)(first - run->started_ns) / 1e9 : 0;
    r->seconds = (double)(jst_nanoseconds() - run->started_ns) / 1e9;
    r->spilled_bytes = atomic_load(&run->memory.spilled);
    r->bytes_total = run->bytes_total;
    r->skipped = run->skipped;
}

const joist_report *jst_report_make(jst_run *run, const char *status)
{
    joist_arena_reset(run->report_arena);
    joist_report *r = &run->report;
    *r = (joist_report){ .run_id = run->id, .pipeline = run->p->def->name, .status = status,
        .started = run->now, .mail_sent = atomic_load(&run->mail_sent),
        .mail_failed = atomic_load(&run->mail_failed),
        .mail_pending = atomic_load(&run->mail_pending), .mail_of_all = run->mail_of_all,
        .dead = run->dead_file, .digest = run->digest };
    if (run->ended)
        r->error = run->error;
    add_totals(run, r);
    add_stages(run, r);
    add_sinks(run, r);
    add_rejects(run, r);
    r->adds_up = run->added_up;
    return r;
}

/* ---- adding up ------------------------------------------------------------------------------- */

static bool differ(const jst_run *run, size_t node, const char *what, uint64_t a, uint64_t b,
                   joist_error *e)
{
    const jst_node *n = &nodes_of(run)[node];
    if (a != b)
        joist_fail_with(e, JOIST_FATAL, "the numbers of '%.*s' (%.*s:%d) do not add up: %llu %s, "
                        "not %llu", JOIST_ARG(n->name), JST_AT(n), (unsigned long long)a, what,
                        (unsigned long long)b);
    return a != b;
}

static bool read_differs(const jst_run *run, size_t node, joist_error *e)
{
    uint64_t out = out_of(run, node, 0) + rejected_by(run, node);
    return differ(run, node, "records emitted or rejected", out, SUM(run, node, in), e);
}

static uint64_t arrived_at(const jst_shuffle *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->shares_count; i++)
        n += s->shares[i].arrived;
    return n;
}

static uint64_t replaced_in(const jst_shuffle *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->shares_count; i++)
        n += s->shares[i].replaced;
    return n;
}

static bool table_differs(const jst_run *run, const jst_table_plan *t, joist_error *e)
{
    const jst_shuffle *s = run->shuffles[t->shuffle];
    size_t node = jst_node_index(run->plan, t->node);
    const jst_table_state *state = &run->tables[node];
    uint64_t rows = look(&state->rows) + look(&state->refused) + look(&state->folded)
                  + replaced_in(s);
    return differ(run, node, "rows written, replaced or refused", rows, arrived_at(s), e);
}

bool jst_report_adds_up(jst_run *run, joist_error *e)
{
    const jst_plan *plan = run->plan;
    bool bad = false;
    for (size_t i = 0; !bad && i < run->p->graph.nodes.count; i++) {
        jst_op op = jst_op_of(nodes_of(run)[i].op);
        if (op == JST_READ)
            bad = read_differs(run, i, e);
        else if (jst_op_fuses(op))
            bad = differ(run, i, "elements processed", SUM(run, i, in),
                         elements_in(run, &nodes_of(run)[i]), e);
    }
    for (size_t i = 0; !bad && i < plan->shuffles_count; i++)
        bad = differ(run, jst_node_index(plan, plan->shuffles[i].node), "elements arrived",
                     arrived_at(run->shuffles[i]), elements_in(run, plan->shuffles[i].node), e);
    for (size_t s = 0; !bad && s < plan->stores_count; s++)
        for (size_t t = 0; !bad && t < plan->stores[s].count; t++)
            bad = table_differs(run, &plan->stores[s].tables[t], e);
    run->added_up = !bad;
    return !bad;
}
