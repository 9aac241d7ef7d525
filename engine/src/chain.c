/* SPDX-License-Identifier: Apache-2.0
 * Pushing bundles through a fused stage. */
#include "chain.h"

enum { PORT_BYTES = 64 << 10, LEAST_CAP = 16, MOST_CAP = 1024, MOST_ATTEMPTS = 6 };

/* ---- running one step ------------------------------------------------------------------------ */

/* It is the whole run that must be tried again. */
static joist_status run_again(jst_chain *c, const jst_step *step, bool of_group)
{
    const jst_node *n = step->plan->node;
    joist_error e;
    if (of_group)
        joist_fail_with(&e, JOIST_TEMPORARY, "step '%.*s' (%.*s:%d) asked for a retry of a group "
                        "it had begun to read", JOIST_ARG(n->name), JST_AT(n));
    else
        joist_fail_with(&e, JOIST_TEMPORARY, "step '%.*s' (%.*s:%d) asked for a retry %d times",
                        JOIST_ARG(n->name), JST_AT(n), MOST_ATTEMPTS);
    return jst_run_fail(c->worker->run, &e);
}

static joist_status retry_later(jst_chain *c, const jst_step *step, int attempt)
{
    joist_env *env = c->worker->run->env;
    if (jst_run_stopping(c->worker->run))
        return JOIST_FAILED;
    bool of_group = step->plan->fn->in->shape == JOIST_SHAPE_GROUP && c->group_begun;
    if (of_group || attempt > MOST_ATTEMPTS)
        return run_again(c, step, of_group);
    jst_tick_add(&step->counts->retried, 1);
    env->sleep_ms(env, (int64_t)(50 << attempt) + (int64_t)(env->random(env) % 50));
    return JOIST_RETRY;
}

/* What the DoFn said by joist_fail, else that it `did` something wrong. */
static bool give_up(jst_chain *c, const jst_step *step, const char *did)
{
    if (!c->ctx.error.message[0])
        joist_fail_with(&c->ctx.error, JOIST_FATAL, "step '%.*s' (%.*s:%d) %s",
                        JOIST_ARG(step->plan->node->name), JST_AT(step->plan->node), did);
    jst_run_fail(c->worker->run, &c->ctx.error);
    return false;
}

/* A status other than OK at element frame->next: true to go on behind or at it. */
static bool handle(jst_chain *c, jst_step *step, joist_status status, int *attempt)
{
    switch (status) {
    case JOIST_REJECTED:
        step->frame.next++;
        *attempt = 0;
        return c->ctx.rejected
            || give_up(c, step, "returned JOIST_REJECTED without calling joist_reject");
    case JOIST_RETRY:
        return retry_later(c, step, ++*attempt) == JOIST_RETRY;
    default:
        return give_up(c, step, "failed without saying why: joist_fail does that");
    }
}

/* Tries of one element are counted; those of the next begin anew. */
static void process(jst_chain *c, jst_step *step)
{
    int attempt = 0;
    while (step->frame.next < step->frame.count) {
        size_t at = step->frame.next;
        c->ctx.rejected = false;
        joist_status status = step->plan->fn->bundle(&step->frame);
        attempt = step->frame.next == at ? attempt : 0;
        if (status != JOIST_OK && !handle(c, step, status, &attempt))
            return;
    }
}

/* What a step emitted goes on before anything else runs: so the steps that are running are the way
 * by which elements came. */
static void drain_outs(const jst_step *step)
{
    for (size_t o = 0; o < step->plan->fn->outs_count; o++)
        joist_port_drain(&step->frame.outs[o]);
}

/* The step's own time is what its consumers, run from within, did not use. */
static void run_step(jst_chain *c, jst_step *step, joist_port *in)
{
    const joist_context pub = c->ctx.pub;
    const jst_node *node = c->ctx.node;
    const joist_type *type = c->ctx.type;
    bool rejected = c->ctx.rejected;
    int64_t nested_before = c->nested_ns, begin = jst_nanoseconds();
    c->nested_ns = 0;
    c->ctx.node = step->plan->node;
    c->ctx.type = step->plan->fn->in;
    step->frame.elements = in->items;
    step->frame.positions = in->positions;
    step->frame.count = in->count;
    step->frame.next = 0;
    jst_tick_add(&step->counts->in, in->count);
    process(c, step);
    drain_outs(step);
    int64_t took = jst_nanoseconds() - begin;
    jst_tick_add(&step->counts->busy_ns, (uint64_t)(took - c->nested_ns));
    c->nested_ns = nested_before + took;
    c->ctx.pub = pub;
    c->ctx.node = node;
    c->ctx.type = type;
    c->ctx.rejected = rejected;
}

/* ---- ports ----------------------------------------------------------------------------------- */

/* Where ways meet, the one taken is noted while the step runs. */
static void enter_step(jst_chain *c, const jst_target *to, joist_port *port)
{
    jst_step *step = &c->steps[to->index];
    size_t len = c->path_len;
    if (step->plan->inflows > 1) {
        c->path[c->path_len++] = (char)(to->via >> 8);
        c->path[c->path_len++] = (char)to->via;
    }
    run_step(c, step, port);
    c->path_len = len;
}

static void deliver(jst_chain *c, const jst_target *to, joist_port *port)
{
    jst_run *run = c->worker->run;
    const jst_inflow how = { c->stage->from_shuffle, to->via, { c->path, c->path_len }, to->side };
    switch (to->kind) {
    case JST_TO_DOFN:
        enter_step(c, to, port);
        break;
    case JST_TO_SHUFFLE:
        jst_shuffle_add(run->shuffles[to->index], c->worker->index, port->items, port->positions,
                        port->count, how);
        break;
    case JST_TO_VIEW:
        jst_view_add(run->views[to->index], port->items, port->positions, port->count, &how);
        break;
    }
}

static void show(const jst_chain *c, const jst_outlet *outlet, const joist_port *port)
{
    joist_tap *tap = c->worker->run->o.tap;
    if (outlet->node && port->count)
        tap->see(tap, &(joist_tap_event){ .kind = JOIST_TAP_EMITTED, .step = outlet->node->name,
            .port = outlet->output, .type = outlet->type,
            .rows = { port->items, port->count, outlet->size, port->positions } });
}

void joist_port_drain(joist_port *port)
{
    jst_context *ctx = (jst_context *)(void *)port->ctx;
    jst_chain *c = ctx->chain;
    const jst_outlet *outlet = &c->outlets[port - c->ports];
    jst_tick_add(outlet->count, port->count);
    if (c->worker->run->o.tap)
        show(c, outlet, port);
    for (size_t i = 0; port->count && i < outlet->targets->count; i++)
        if (!atomic_load_explicit(&c->worker->run->failed, memory_order_relaxed))
            deliver(c, &outlet->targets->items[i], port);
    port->count = 0;
}

/* ---- bundles --------------------------------------------------------------------------------- */

static void lifecycle(jst_chain *c, jst_step *step, joist_phase phase)
{
    const jst_node *node = c->ctx.node;
    c->ctx.node = step->plan->node;
    c->ctx.type = NULL;
    c->ctx.pub.element = NULL;
    joist_status status = step->plan->fn->lifecycle(&step->frame, phase);
    c->ctx.node = node;
    if (status != JOIST_OK)
        give_up(c, step, "failed without saying why: joist_fail does that");
}

void jst_chain_begin(jst_chain *c)
{
    for (size_t i = 0; i < c->stage->count; i++)
        lifecycle(c, &c->steps[i], JOIST_START_BUNDLE);
}

static void account(jst_chain *c)
{
    jst_run *run = c->worker->run;
    joist_error e;
    for (size_t i = 0; i < run->plan->shuffles_count; i++)
        if (jst_shuffle_account(run->shuffles[i], c->worker->index, &e))
            jst_run_fail(run, &e);
    if (jst_shuffle_account(run->dead, c->worker->index, &e))
        jst_run_fail(run, &e);
}

void jst_chain_end(jst_chain *c)
{
    joist_port_drain(&c->ports[0]);
    for (size_t i = 0; i < c->stage->count; i++) {
        lifecycle(c, &c->steps[i], JOIST_FINISH_BUNDLE);
        drain_outs(&c->steps[i]);
    }
    account(c);
    joist_arena_reset(c->worker->arena);
    c->ctx.pub.position = &jst_nowhere.at;      /* that of the last element died */
}

/* ---- making ---------------------------------------------------------------------------------- */

static size_t port_cap(const jst_run *run, size_t size)
{
    if (run->o.bundle_elements)
        return run->o.bundle_elements;
    size_t cap = PORT_BYTES / size;
    return cap < LEAST_CAP ? LEAST_CAP : cap > MOST_CAP ? MOST_CAP : cap;
}

static joist_port *make_port(jst_chain *c, jst_outlet outlet)
{
    joist_port *port = &c->ports[c->ports_count];
    const joist_type *type = outlet.type;
    size_t cap = type->values ? 1 : port_cap(c->worker->run, type->size);
    *port = (joist_port){ .items = joist_arena_alloc(c->arena, cap * type->size), .cap = cap,
                          .positions = joist_arena_alloc(c->arena, cap * sizeof *port->positions),
                          .ctx = &c->ctx.pub };
    outlet.size = type->size;
    c->outlets[c->ports_count++] = outlet;
    return port;
}

static void make_step(jst_chain *c, size_t i)
{
    const jst_fused_dofn *d = &c->stage->dofns[i];
    jst_run *run = c->worker->run;
    jst_step *step = &c->steps[i];
    step->plan = d;
    step->counts = &c->worker->counts[jst_node_index(run->plan, d->node)];
    step->sides = joist_arena_zalloc(c->arena, (d->fn->sides_count + 1) * sizeof *step->sides);
    for (size_t k = 0; k < d->fn->sides_count; k++)
        step->sides[k].view = run->views[d->views[k]];
    step->frame = (joist_frame){ .ctx = &c->ctx.pub, .outs = &c->ports[c->ports_count],
        .sides = step->sides, .config = d->config,
        .state = d->fn->state_size ? joist_arena_zalloc(c->arena, d->fn->state_size) : NULL };
    for (size_t o = 0; o < d->fn->outs_count; o++)
        make_port(c, (jst_outlet){ .node = d->node, .output = o, .type = d->fn->outs[o].type,
                                   .targets = &d->outs[o], .count = &step->counts->outs[o] });
}

static const jst_node *root_node(const jst_run *run, const jst_stage *stage)
{
    return stage->from_shuffle ? run->plan->shuffles[stage->root].node
                               : &run->p->graph.nodes.items[stage->root];
}

/* The root of a materialised input is its DoFn, whose ports count what the DoFn emits. */
static void make_root(jst_chain *c)
{
    bool staged = jst_op_fuses(jst_op_of(c->ctx.node->op));
    size_t node = jst_node_index(c->worker->run->plan, c->ctx.node);
    make_port(c, (jst_outlet){ .node = staged ? NULL : c->ctx.node, .type = c->stage->type,
                               .targets = &c->stage->root_out,
                               .count = staged ? &c->staged
                                               : &c->worker->counts[node].outs[0] });
}

jst_chain *jst_chain_new(jst_worker *w, const jst_stage *stage)
{
    joist_arena *arena = joist_arena_new();
    jst_chain *c = joist_arena_zalloc(arena, sizeof *c);
    *c = (jst_chain){ .worker = w, .stage = stage, .arena = arena };
    c->ctx = (jst_context){ .worker = w, .chain = c, .node = root_node(w->run, stage) };
    size_t ports = 1;
    for (size_t i = 0; i < stage->count; i++)
        ports += stage->dofns[i].fn->outs_count;
    c->ports = joist_arena_zalloc(arena, ports * sizeof *c->ports);
    c->outlets = joist_arena_zalloc(arena, ports * sizeof *c->outlets);
    c->steps = joist_arena_zalloc(arena, (stage->count + 1) * sizeof *c->steps);
    c->path = joist_arena_alloc(arena, 2 * stage->count);
    make_root(c);
    for (size_t i = 0; i < stage->count; i++)
        make_step(c, i);
    c->ctx.pub.position = &jst_nowhere.at;
    for (; c->ready < stage->count && !jst_run_stopping(w->run); c->ready++)
        lifecycle(c, &c->steps[c->ready], JOIST_SETUP);
    return c;
}

void jst_chain_free(jst_chain *c)
{
    for (size_t i = 0; i < c->ready; i++)
        lifecycle(c, &c->steps[i], JOIST_TEARDOWN);
    joist_arena_free(c->arena);
}
