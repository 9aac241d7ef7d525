/* SPDX-License-Identifier: Apache-2.0
 * Cutting a graph down and feeding it elsewhere. Nodes are in topological order, so what depends on
 * a step is found in one pass forwards, what it needs in one pass backwards. */
#include "edit.h"

typedef struct marks {
    const jst_graph *g;
    bool *entered;              /* elements enter here */
    bool *behind;               /* ... and these come to see them */
    bool *needed;               /* for side inputs, or for the step that is kept */
    bool *timed;                /* a step further up gives elements a time or a window */
} marks;

static marks marks_new(joist_pipeline *p)
{
    size_t n = p->graph.nodes.count;
    return (marks){ &p->graph, joist_arena_zalloc(p->arena, n), joist_arena_zalloc(p->arena, n),
                    joist_arena_zalloc(p->arena, n), joist_arena_zalloc(p->arena, n) };
}

const jst_node *jst_edit_step(const joist_pipeline *p, joist_text name)
{
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (joist_text_equal(p->graph.nodes.items[i].name, name))
            return &p->graph.nodes.items[i];
    return NULL;
}

const joist_type *jst_edit_entry(const joist_pipeline *p, const jst_node *step)
{
    jst_op op = jst_op_of(step->op);
    size_t port = 0;
    if (op == JST_READ)
        return jst_types_find(&p->types, step->outputs.items[0].type);
    if (!jst_op_fuses(op) && op != JST_LATEST && op != JST_WRITE)
        return NULL;
    const jst_node *from = jst_graph_producer(&p->graph, step->inputs.items[0].coll, &port);
    const joist_type *type = jst_types_find(&p->types, from->outputs.items[port].type);
    return type->values ? NULL : type;
}

/* ---- what hangs together --------------------------------------------------------------------- */

static size_t producer(const jst_graph *g, int64_t coll)
{
    return (size_t)(jst_graph_producer(g, coll, NULL) - g->nodes.items);
}

static bool is_fed(const marks *m, const jst_node *n)
{
    bool fed = false;
    for (size_t k = 0; k < n->inputs.count; k++)
        fed |= m->behind[producer(m->g, n->inputs.items[k].coll)];
    return fed;
}

static void mark_behind(marks *m)
{
    for (size_t i = 0; i < m->g->nodes.count; i++)
        m->behind[i] = m->entered[i] || is_fed(m, &m->g->nodes.items[i]);
}

static bool gives_time(const jst_node *n)
{
    jst_op op = jst_op_of(n->op);
    return op == JST_TIMESTAMP || op == JST_WINDOW;
}

static void mark_timed(marks *m)
{
    for (size_t i = 0; i < m->g->nodes.count; i++) {
        const jst_node *n = &m->g->nodes.items[i];
        for (size_t k = 0; k < n->inputs.count; k++) {
            size_t from = producer(m->g, n->inputs.items[k].coll);
            m->timed[i] |= m->timed[from] || gives_time(&m->g->nodes.items[from]);
        }
    }
}

static void need_inputs(marks *m, const jst_node *n)
{
    for (size_t k = 0; k < n->inputs.count; k++)
        m->needed[producer(m->g, n->inputs.items[k].coll)] = true;
    if (n->except)
        m->needed[producer(m->g, n->except)] = true;
}

static void mark_needed(marks *m)
{
    for (size_t i = m->g->nodes.count; i-- > 0;) {
        const jst_node *n = &m->g->nodes.items[i];
        if (m->needed[i])
            need_inputs(m, n);
        for (size_t k = 0; (m->needed[i] || m->behind[i]) && k < n->sides.count; k++)
            m->needed[producer(m->g, n->sides.items[k].coll)] = true;
    }
}

/* ---- a new graph ----------------------------------------------------------------------------- */

static joist_status set_nodes(joist_pipeline *p, const jst_node *nodes, size_t count,
                              joist_error *e)
{
    return jst_graph_set(p, &(jst_graph){ p->graph.pipeline, { nodes, count } }, e);
}

joist_status jst_edit_keep(joist_pipeline *p, joist_text step, joist_error *e)
{
    marks m = marks_new(p);
    jst_node *nodes = joist_arena_alloc(p->arena, p->graph.nodes.count * sizeof *nodes);
    size_t count = 0;
    m.needed[jst_edit_step(p, step) - p->graph.nodes.items] = true;
    mark_needed(&m);
    for (size_t i = 0; i < p->graph.nodes.count; i++)
        if (m.needed[i])
            nodes[count++] = p->graph.nodes.items[i];
    return set_nodes(p, nodes, count, e);
}

/* ---- entering -------------------------------------------------------------------------------- */

static joist_status refuse(const jst_node *n, const char *why, joist_error *e)
{
    joist_fail_with(e, JOIST_USAGE, "nothing can be added at '%.*s' (%.*s:%d): %s",
                    JOIST_ARG(n->name), JST_AT(n), why);
    if (e)
        memcpy(e->hint, "run the input again", sizeof "run the input again");
    return JOIST_FAILED;
}

static joist_status check_addable(const marks *m, size_t i, joist_error *e)
{
    const jst_node *n = &m->g->nodes.items[i];
    jst_op op = jst_op_of(n->op);
    if (m->needed[i])
        return refuse(n, "a side input is made of its elements, and it must be whole", e);
    if (op == JST_WRITE && !n->key.count)
        return refuse(n, "its rows have no key, so the table can only be replaced", e);
    if (n->erase)
        return refuse(n, "groups are emptied for what is to be written anew, and that is all of "
                         "them", e);
    if (m->entered[i] && m->timed[i])
        return refuse(n, "a step before it gives its elements a time or a window", e);
    if (op != JST_WRITE && !jst_op_fuses(op) && op != JST_READ && op != JST_FLATTEN
        && op != JST_LATEST)
        return refuse(n, "it would aggregate these elements without those it had before", e);
    return JOIST_OK;
}

typedef struct editing { joist_pipeline *p; const marks *m; const char *scheme;
                         jst_node *nodes; size_t count; } editing;

static joist_text uri_of(const editing *x, const jst_node *step)
{
    return joist_arena_printf(x->p->arena, "%s:%.*s", x->scheme, JOIST_ARG(step->name));
}

static const jst_port_list *one_port(joist_pipeline *p, const joist_type *type)
{
    jst_port *port = joist_arena_alloc(p->arena, sizeof *port);
    jst_port_list *ports = joist_arena_alloc(p->arena, sizeof *ports);
    *port = (jst_port){ ++p->colls, JOIST_TEXT("out"), joist_text_of(type->name) };
    *ports = (jst_port_list){ port, 1 };
    return ports;
}

/* A read in front of the step; the collection it makes. */
static int64_t add_read(editing *x, const jst_node *step)
{
    joist_text name = joist_arena_printf(x->p->arena, "replay_%.*s", JOIST_ARG(step->name));
    while (jst_edit_step(x->p, name))
        name = joist_arena_printf(x->p->arena, "%.*s_", JOIST_ARG(name));
    const jst_port_list *ports = one_port(x->p, jst_edit_entry(x->p, step));
    x->nodes[x->count++] = (jst_node){ .op = joist_text_of(jst_op_name(JST_READ)), .name = name,
        .outputs = *ports, .uri = uri_of(x, step), .max_record = 1 << 20, .file = step->file,
        .line = step->line };
    return ports->items[0].coll;
}

/* Those inputs by which elements come that entered further up, and one more. */
static jst_edge_list inputs_of(const editing *x, const jst_node *n, int64_t more)
{
    jst_edge *edges = joist_arena_alloc(x->p->arena, (n->inputs.count + 1) * sizeof *edges);
    size_t count = 0;
    for (size_t k = 0; k < n->inputs.count; k++)
        if (x->m->behind[producer(x->m->g, n->inputs.items[k].coll)])
            edges[count++] = n->inputs.items[k];
    if (more)
        edges[count++] = (jst_edge){ more };
    return (jst_edge_list){ edges, count };
}

/* Only a flatten has more than one input. */
static jst_edge_list flattened(editing *x, const jst_node *step, jst_edge_list inputs)
{
    jst_edge *edge = joist_arena_alloc(x->p->arena, sizeof *edge);
    if (inputs.count < 2 || jst_op_of(step->op) == JST_FLATTEN)
        return inputs;
    const jst_port_list *ports = one_port(x->p, jst_edit_entry(x->p, step));
    x->nodes[x->count++] = (jst_node){ .op = joist_text_of(jst_op_name(JST_FLATTEN)),
        .name = joist_arena_printf(x->p->arena, "%.*s_with_replay", JOIST_ARG(step->name)),
        .inputs = inputs, .outputs = *ports, .file = step->file, .line = step->line };
    *edge = (jst_edge){ ports->items[0].coll };
    return (jst_edge_list){ edge, 1 };
}

static jst_node read_from(const editing *x, const jst_node *n)
{
    jst_node read = *n;
    read.uri = uri_of(x, n);
    read.otherwise = (joist_text_list){ 0 };
    read.window = read.since = read.until = JOIST_NO_TEXT;
    read.except = 0;
    return read;
}

static void add_node(editing *x, size_t i)
{
    jst_node n = x->m->g->nodes.items[i];
    bool enters = x->m->entered[i], read = jst_op_of(n.op) == JST_READ;
    if (x->m->behind[i] && !read)
        n.inputs = flattened(x, &n, inputs_of(x, &n, enters ? add_read(x, &n) : 0));
    else if (enters)
        n = read_from(x, &n);
    n.window_field = jst_op_of(n.op) == JST_WRITE ? JOIST_NO_TEXT : n.window_field;
    n.window = jst_op_of(n.op) == JST_WRITE ? JOIST_NO_TEXT : n.window;
    n.replace_all = false;
    x->nodes[x->count++] = n;
}

joist_status jst_edit_enter(joist_pipeline *p, const joist_text *steps, size_t count,
                            const char *scheme, joist_error *e)
{
    marks m = marks_new(p);
    size_t nodes = p->graph.nodes.count;
    for (size_t i = 0; i < count; i++)
        m.entered[jst_edit_step(p, steps[i]) - p->graph.nodes.items] = true;
    mark_behind(&m);
    mark_timed(&m);
    mark_needed(&m);
    editing x = { p, &m, scheme, joist_arena_alloc(p->arena, 3 * nodes * sizeof *x.nodes), 0 };
    for (size_t i = 0; i < nodes; i++) {
        if (m.behind[i] && check_addable(&m, i, e))
            return JOIST_FAILED;
        if (m.behind[i] || m.needed[i])
            add_node(&x, i);
    }
    return set_nodes(p, x.nodes, x.count, e);
}
