/* SPDX-License-Identifier: Apache-2.0
 * Everything that can be wrong with a graph, offline. `check` and `run` both come through here,
 * on the graph that came back from its serialised form, so neither can accept what the other
 * refuses. */
#include "check_parts.h"

#include "joist/text.h"

#include <stdio.h>

enum { MOST_PORTS = 8 };        /* as many as a report has room for */

const joist_connector *jst_connector_of(const joist_pipeline_def *def, joist_text uri)
{
    joist_text scheme = joist_uri_scheme(uri);
    const joist_connector *const *tables[2] = { def->connectors, joist_connectors };
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; tables[t] && tables[t][i]; i++)
            for (size_t s = 0; s < 4 && tables[t][i]->schemes[s]; s++)
                if (joist_text_equal(scheme, joist_text_of(tables[t][i]->schemes[s])))
                    return tables[t][i];
    return NULL;
}

const joist_dofn *jst_dofn_of(const joist_pipeline_def *def, joist_text name)
{
    for (size_t i = 0; def->dofns && def->dofns[i]; i++)
        if (joist_text_equal(name, joist_text_of(def->dofns[i]->name)))
            return def->dofns[i];
    return NULL;
}

const joist_combine *jst_combine_of(const joist_pipeline_def *def, joist_text name)
{
    const joist_combine *const *tables[2] = { def->combines, joist_combines };
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; tables[t] && tables[t][i]; i++)
            if (joist_text_equal(name, joist_text_of(tables[t][i]->name)))
                return tables[t][i];
    return NULL;
}

bool jst_fields_of(const joist_type *type, joist_text_list names, joist_fields *out,
                   joist_text *missing)
{
    *out = (joist_fields){ 0 };
    for (size_t i = 0; i < names.count && i < 8; i++) {
        const joist_field *f = joist_type_field(type, names.items[i]);
        if (!f) {
            *missing = names.items[i];
            return false;
        }
        out->offset[out->count++] = f->offset;
    }
    return true;
}

static bool can_read(const joist_connector *c) { return c->source; }
static bool can_read_ranges(const joist_connector *c)
{
    return c->source && c->source->start_range;
}

static bool offers(const joist_connector *c, jst_can_serve serves)
{
    return !c->internal && serves(c);
}

void jst_check_schemes(const joist_pipeline_def *def, jst_can_serve serves, char *out, size_t size)
{
    const joist_connector *const *tables[2] = { joist_connectors, def->connectors };
    size_t len = 0;
    out[0] = '\0';
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; tables[t] && tables[t][i]; i++)
            for (size_t s = 0; s < 4 && offers(tables[t][i], serves); s++) {
                const char *scheme = tables[t][i]->schemes[s];
                if (!scheme)
                    break;
                int n = snprintf(out + len, size - len, "%s%s%s", len ? ", " : "",
                                 *scheme ? scheme : "a path", *scheme ? ":" : "");
                if (n < 0 || (size_t)n >= size - len)
                    return;
                len += (size_t)n;
            }
}

joist_status jst_check_uri(const joist_pipeline *p, const jst_node *n, joist_text uri,
                           jst_can_serve serves, const char *verb, joist_error *e)
{
    if (!uri.len)
        return REFUSE(e, n, "step '%.*s' has nothing to %s: .uri is empty", JOIST_ARG(n->name),
                      verb);
    if (memchr(uri.ptr, 0, uri.len))
        return REFUSE(e, n, "step '%.*s' has a URI with a NUL byte", JOIST_ARG(n->name));
    const joist_connector *c = jst_connector_of(p->def, uri);
    if (c && c->version != JOIST_CONNECTOR_VERSION)
        return REFUSE(e, n, "connector '%s' is of version %u; this library serves version %d",
                      c->name, c->version, JOIST_CONNECTOR_VERSION);
    if (c && serves(c))
        return JOIST_OK;
    char known[300];
    jst_check_schemes(p->def, serves, known, sizeof known);
    joist_text scheme = joist_uri_scheme(uri);
    return REFUSE(e, n, "cannot %s '%.*s:' (step '%.*s'); known here: %s", verb, JOIST_ARG(scheme),
                  JOIST_ARG(n->name), known);
}

const joist_type *jst_check_type_of(const joist_pipeline *p, int64_t coll)
{
    size_t port = 0;
    const jst_node *n = jst_graph_producer(&p->graph, coll, &port);
    return n ? jst_types_find(&p->types, n->outputs.items[port].type) : NULL;
}

joist_status jst_check_names(const jst_node *n, const joist_type *type, joist_text_list names,
                             joist_error *e)
{
    joist_fields fields;
    joist_text missing = { 0 };
    if (names.count > 8)
        return REFUSE(e, n, "step '%.*s' names %zu fields as a key; the most is 8",
                      JOIST_ARG(n->name), names.count);
    if (!jst_fields_of(type, names, &fields, &missing))
        return REFUSE(e, n, "record '%s' has no field '%.*s'", type->name, JOIST_ARG(missing));
    for (uint32_t i = 0; i < fields.count; i++) {
        const joist_field *f = joist_type_field(type, names.items[i]);
        if (joist_field_repeated(f) || f->kind == JOIST_KIND_RECORD)
            return REFUSE(e, n, "field '%s' is a %s and cannot be a key", f->name,
                          joist_field_repeated(f) ? "list" : "record");
    }
    return JOIST_OK;
}

/* How many outputs a step has, and that each is a collection of its own of a known type. */
joist_status jst_check_outputs(const joist_pipeline *p, const jst_node *n, size_t wanted,
                                  joist_error *e)
{
    if (n->outputs.count != wanted)
        return REFUSE(e, n, "step '%.*s' has %zu outputs, not %zu", JOIST_ARG(n->name),
                      n->outputs.count, wanted);
    for (size_t i = 0; i < n->outputs.count; i++) {
        size_t port = 0;
        const jst_port *out = &n->outputs.items[i];
        if (!jst_types_find(&p->types, out->type))
            return REFUSE(e, n, "record type '%.*s' is not known to this program",
                          JOIST_ARG(out->type));
        if (jst_graph_producer(&p->graph, out->coll, &port) != n || port != i)
            return REFUSE(e, n, "two steps make collection %lld", (long long)out->coll);
    }
    return JOIST_OK;
}

joist_status jst_check_output_type(const joist_pipeline *p, const jst_node *n, size_t port,
                                      const joist_type *wanted, joist_error *e)
{
    const joist_type *type = jst_check_type_of(p, n->outputs.items[port].coll);
    if (!type || !jst_type_equal(type, wanted))
        return REFUSE(e, n, "output '%.*s' of '%.*s' is '%s', not '%s'",
                      JOIST_ARG(n->outputs.items[port].name), JOIST_ARG(n->name),
                      type ? type->name : "?", wanted->name);
    return JOIST_OK;
}

joist_status jst_check_hours(const jst_node *n, joist_error *e)
{
    const joist_text hours[] = { n->window, n->since, n->until };
    joist_time parsed;
    for (size_t i = 0; i < 3; i++)
        if (hours[i].len && !joist_hour_parse(hours[i], &parsed))
            return REFUSE(e, n, "'%.*s' is no UTC hour: write YYYY-MM-DDTHH", JOIST_ARG(hours[i]));
    return JOIST_OK;
}

/* Inputs and side inputs must be made by an earlier node: that also rules out cycles. */
static joist_status check_edge(const joist_pipeline *p, const jst_node *n, int64_t coll,
                               joist_text what, joist_error *e)
{
    const jst_node *from = jst_graph_producer(&p->graph, coll, NULL);
    if (!from)
        return REFUSE(e, n, "step '%.*s': no step makes %.*s", JOIST_ARG(n->name), JOIST_ARG(what));
    if (from >= n)
        return REFUSE(e, n,
                      "step '%.*s' is part of a cycle: %.*s is made by '%.*s', which comes later",
                      JOIST_ARG(n->name), JOIST_ARG(what), JOIST_ARG(from->name));
    return JOIST_OK;
}

static joist_status check_edges(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    for (size_t i = 0; i < n->inputs.count; i++)
        if (check_edge(p, n, n->inputs.items[i].coll, JOIST_TEXT("its input"), e))
            return JOIST_FAILED;
    for (size_t i = 0; i < n->sides.count; i++)
        if (check_edge(p, n, n->sides.items[i].coll, n->sides.items[i].name, e))
            return JOIST_FAILED;
    return JOIST_OK;
}

/* Does the configuration decode, whole and nothing behind it? */
bool jst_check_config(const joist_type *type, joist_bytes config)
{
    if (!type)
        return config.len == 0;
    joist_arena *arena = joist_arena_new();
    void *record = joist_arena_zalloc(arena, type->size);
    size_t used = joist_row_decode(type, config.ptr, config.len, record, arena);
    joist_arena_free(arena);
    return used > 0 && used == config.len;
}

static joist_status check_side_key(const jst_node *n, size_t i, const joist_type *type,
                                   joist_shape shape, joist_error *e)
{
    const jst_side *side = &n->sides.items[i];
    const joist_field *key = joist_type_field(type, side->key);
    if (shape == JOIST_SHAPE_ALL || shape == JOIST_SHAPE_ONE || (key && key->kind == JOIST_KIND_TEXT
                                                                 && !key->texts))
        return JOIST_OK;
    return REFUSE(e, n, "side input '%.*s' of '%.*s' must be keyed by a text field",
                  JOIST_ARG(side->name), JOIST_ARG(n->dofn));
}

/* Values of a group are a stream: the second who takes it would find nothing. */
static joist_status check_only_taker(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    int64_t groups = n->inputs.items[0].coll;
    for (const jst_node *m = p->graph.nodes.items; m < n; m++)
        for (size_t i = 0; i < m->inputs.count; i++)
            if (m->inputs.items[i].coll == groups)
                return REFUSE(e, n, "'%.*s' takes groups that '%.*s' takes: they can be read once, "
                              "so group once more", JOIST_ARG(n->name), JOIST_ARG(m->name));
    return JOIST_OK;
}

static joist_status check_side(const joist_pipeline *p, const jst_node *n, const joist_dofn *fn,
                               size_t i, joist_error *e)
{
    int64_t coll = n->sides.items[i].coll;
    const joist_type *type = jst_check_type_of(p, coll), *wanted = fn->sides[i].type;
    joist_shape shape = wanted->shape;
    wanted = wanted->values ? wanted->values : wanted;
    if (!type || !jst_type_equal(type, wanted))
        return REFUSE(e, n, "side input '%s' of '%s' is '%s', not '%s'", fn->sides[i].name,
                      fn->name, type ? type->name : "?", wanted->name);
    if (jst_graph_windowing(&p->graph, coll))
        return REFUSE(e, n, "side input '%s' of '%s' must be in the global window",
                      fn->sides[i].name, fn->name);
    return check_side_key(n, i, type, shape, e);
}

static joist_status check_sides(const joist_pipeline *p, const jst_node *n, const joist_dofn *fn,
                                joist_error *e)
{
    if (n->sides.count != fn->sides_count)
        return REFUSE(e, n, "DoFn '%s' has %zu side inputs, %zu are given", fn->name,
                      fn->sides_count, n->sides.count);
    for (size_t i = 0; i < n->sides.count; i++)
        if (check_side(p, n, fn, i, e))
            return JOIST_FAILED;
    return JOIST_OK;
}

static joist_status check_pardo(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    const joist_dofn *fn = jst_dofn_of(p->def, n->dofn);
    if (!fn)
        return REFUSE(e, n, "DoFn '%.*s' is not in the program's table: add &%.*s_dofn to dofns[]",
                      JOIST_ARG(n->dofn), JOIST_ARG(n->dofn));
    if (fn->outs_count > MOST_PORTS)
        return REFUSE(e, n, "DoFn '%s' has %zu outputs; the most is %d", fn->name, fn->outs_count,
                      MOST_PORTS);
    if (jst_check_outputs(p, n, fn->outs_count, e))
        return JOIST_FAILED;
    for (size_t i = 0; i < fn->outs_count; i++)
        if (jst_check_output_type(p, n, i, fn->outs[i].type, e))
            return JOIST_FAILED;
    const joist_type *in = jst_check_type_of(p, n->inputs.items[0].coll);
    if (!in || !jst_type_equal(in, fn->in))
        return REFUSE(e, n, "DoFn '%s' takes '%s', its input is '%s'", fn->name, fn->in->name,
                      in ? in->name : "?");
    if (!jst_check_config(fn->config, n->config))
        return REFUSE(e, n, "the configuration of '%.*s' is no '%s'", JOIST_ARG(n->name),
                      fn->config ? fn->config->name : "nothing");
    if (fn->in->shape == JOIST_SHAPE_GROUP && check_only_taker(p, n, e))
        return JOIST_FAILED;
    return check_sides(p, n, fn, e);
}

/* Of CSV: one that can be told from what it separates. */
joist_status jst_check_separator(const jst_node *n, joist_error *e)
{
    joist_text s = n->separator;
    bool good = s.len == 1 && (unsigned char)(*s.ptr - 1) < 0x7F && !strchr("\"\r\n", *s.ptr);
    if (!s.len || good)
        return JOIST_OK;
    return REFUSE(e, n, "the .separator of '%.*s' must be an ASCII character, no quote and no line"
                  " end", JOIST_ARG(n->name));
}

static joist_status check_read(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    if (jst_check_outputs(p, n, 1, e) || jst_check_uri(p, n, n->uri, can_read, "read", e))
        return JOIST_FAILED;
    for (size_t i = 0; i < n->otherwise.count; i++)
        if (jst_check_uri(p, n, n->otherwise.items[i], can_read, "read", e))
            return JOIST_FAILED;
    const jst_node *other = n->except ? jst_graph_producer(&p->graph, n->except, NULL) : NULL;
    if (n->except && (!other || other >= n || jst_op_of(other->op) != JST_READ))
        return REFUSE(e, n, "'%.*s' can leave out only what an earlier joist_read reads",
                      JOIST_ARG(n->name));
    if (n->max_record <= 0)
        return REFUSE(e, n, "'%.*s' needs a positive .max_record", JOIST_ARG(n->name));
    return jst_check_separator(n, e) ? JOIST_FAILED : jst_check_hours(n, e);
}

static joist_status check_read_all(const joist_pipeline *p, const jst_node *n,
                                   const joist_type *in, joist_error *e)
{
    char known[300];
    if (jst_check_outputs(p, n, 1, e) || jst_check_uri(p, n, n->uri, can_read, "read", e))
        return JOIST_FAILED;
    jst_check_schemes(p->def, can_read_ranges, known, sizeof known);
    if (!can_read_ranges(jst_connector_of(p->def, n->uri)))
        return REFUSE(e, n, "step '%.*s' cannot read ranges of '%.*s'; sources that can: %s",
                      JOIST_ARG(n->name), JOIST_ARG(n->uri), known);
    const joist_type *out = jst_check_type_of(p, n->outputs.items[0].coll);
    const joist_field *by = joist_type_field(out, n->time);
    if (!in || !jst_type_equal(in, &joist_time_range_type))
        return REFUSE(e, n, "'%.*s' takes '%s', its input is '%s'", JOIST_ARG(n->name),
                      joist_time_range_type.name, in ? in->name : "?");
    if (!by || by->kind != JOIST_KIND_TIME)
        return REFUSE(e, n, "'%.*s' goes by a time field; '%.*s' is none", JOIST_ARG(n->name),
                      JOIST_ARG(n->time));
    if (jst_graph_windowing(&p->graph, n->inputs.items[0].coll))
        return REFUSE(e, n, "the ranges of '%.*s' must be in the global window",
                      JOIST_ARG(n->name));
    if (n->max_record <= 0)
        return REFUSE(e, n, "'%.*s' needs a positive .max_record", JOIST_ARG(n->name));
    return JOIST_OK;
}

static joist_status check_flatten(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                                  joist_error *e)
{
    if (jst_check_outputs(p, n, 1, e) || jst_check_output_type(p, n, 0, in, e))
        return JOIST_FAILED;
    for (size_t i = 1; i < n->inputs.count; i++) {
        const joist_type *a = jst_check_type_of(p, n->inputs.items[0].coll);
        const joist_type *b = jst_check_type_of(p, n->inputs.items[i].coll);
        if (!a || !b || !jst_type_equal(a, b))
            return REFUSE(e, n, "'%.*s' flattens collections of different records",
                          JOIST_ARG(n->name));
    }
    return jst_check_same_windows(p, n, e);
}

static joist_status check_node(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    jst_op op = jst_op_of(n->op);
    if (op == JST_OP_COUNT)
        return REFUSE(e, n, "unknown operation '%.*s'", JOIST_ARG(n->op));
    if (check_edges(p, n, e))
        return JOIST_FAILED;
    size_t inputs = n->inputs.count;
    if (op == JST_READ ? inputs > 0 : op == JST_FLATTEN ? !inputs
        : inputs != (op == JST_JOIN ? 2 : 1))
        return REFUSE(e, n, "step '%.*s' has %zu inputs", JOIST_ARG(n->name), inputs);
    if (op != JST_PARDO && n->sides.count)
        return REFUSE(e, n, "step '%.*s' has side inputs and is no DoFn", JOIST_ARG(n->name));
    const joist_type *in = n->inputs.count ? jst_check_type_of(p, n->inputs.items[0].coll) : NULL;
    if (in && in->values && op != JST_PARDO)
        return REFUSE(e, n, "step '%.*s' cannot take groups: a DoFn with IN(%s) can",
                      JOIST_ARG(n->name), in->name);
    switch (op) {
    case JST_READ: return check_read(p, n, e);
    case JST_PARDO: return check_pardo(p, n, e);
    case JST_FLATTEN: return check_flatten(p, n, in, e);
    case JST_READ_ALL: return check_read_all(p, n, in, e);
    case JST_WRITE: return jst_check_write(p, n, in, e);
    default: return jst_check_gathering(p, n, in, e);
    }
}

static bool is_used(const jst_graph *g, int64_t coll)
{
    for (size_t i = 0; i < g->nodes.count; i++) {
        const jst_node *n = &g->nodes.items[i];
        for (size_t k = 0; k < n->inputs.count; k++)
            if (n->inputs.items[k].coll == coll)
                return true;
        for (size_t k = 0; k < n->sides.count; k++)
            if (n->sides.items[k].coll == coll)
                return true;
    }
    return false;
}

static joist_status check_used(const jst_graph *g, const jst_node *n, joist_error *e)
{
    for (size_t i = 0; i < n->outputs.count; i++)
        if (!is_used(g, n->outputs.items[i].coll))
            return REFUSE(e, n, "output '%.*s' of '%.*s' goes nowhere: use it or remove the port",
                          JOIST_ARG(n->outputs.items[i].name), JOIST_ARG(n->name));
    return JOIST_OK;
}

static joist_status check_unique(const jst_graph *g, const jst_node *n, joist_error *e)
{
    for (const jst_node *m = g->nodes.items; m < n; m++)
        if (joist_text_equal(m->name, n->name))
            return REFUSE(e, n, "two steps are called '%.*s'; the other is at %.*s:%d",
                          JOIST_ARG(n->name), JST_AT(m));
    return JOIST_OK;
}

/* A report has room for so many codes. */
static joist_status check_codes(const joist_pipeline_def *def, joist_error *e)
{
    size_t count = 0;
    for (const joist_code *c = joist_codes; c->code; c++)
        count++;
    for (const joist_code *c = def->codes; c && c->code; c++)
        count++;
    if (count > JOIST_MOST_CODES)
        return joist_fail_with(e, JOIST_GRAPH, "pipeline '%s': %zu codes with the library's own; "
                               "the most is %d", def->name, count, JOIST_MOST_CODES);
    return JOIST_OK;
}

joist_status jst_check_graph(const joist_pipeline *p, joist_error *e)
{
    const jst_graph *g = &p->graph;
    if (check_codes(p->def, e))
        return JOIST_FAILED;
    if (!g->nodes.count)
        return joist_fail_with(e, JOIST_GRAPH, "pipeline '%s' has no steps", p->def->name);
    for (size_t i = 0; i < g->nodes.count; i++) {
        const jst_node *n = &g->nodes.items[i];
        if (check_unique(g, n, e) || check_node(p, n, e))
            return JOIST_FAILED;
    }
    for (size_t i = 0; i < g->nodes.count; i++)
        if (check_used(g, &g->nodes.items[i], e))
            return JOIST_FAILED;
    return JOIST_OK;
}
