/* SPDX-License-Identifier: Apache-2.0
 * The graph's records and small questions about it. */
#include "graph.h"

JOIST_RECORD_DEFINE(jst_edge, JST_EDGE);
JOIST_RECORD_DEFINE(jst_port, JST_PORT);
JOIST_RECORD_DEFINE(jst_side, JST_SIDE);
JOIST_RECORD_DEFINE(jst_node, JST_NODE);
JOIST_RECORD_DEFINE(jst_graph, JST_GRAPH);

static const char *const op_names[JST_OP_COUNT] = {
    [JST_READ] = "read", [JST_PARDO] = "pardo", [JST_TIMESTAMP] = "timestamp",
    [JST_WINDOW] = "window", [JST_LATEST] = "latest", [JST_COMBINE] = "combine",
    [JST_GROUP] = "group", [JST_JOIN] = "join", [JST_READ_ALL] = "read_all",
    [JST_FLATTEN] = "flatten", [JST_WRITE] = "write",
};

const char *jst_op_name(jst_op op)
{
    return op < JST_OP_COUNT ? op_names[op] : "?";
}

jst_op jst_op_of(joist_text name)
{
    int op = 0;
    while (op < JST_OP_COUNT && !joist_text_equal(name, joist_text_of(op_names[op])))
        op++;
    return (jst_op)op;
}

const jst_node *jst_graph_producer(const jst_graph *g, int64_t coll, size_t *port)
{
    for (size_t n = 0; n < g->nodes.count; n++)
        for (size_t p = 0; p < g->nodes.items[n].outputs.count; p++)
            if (g->nodes.items[n].outputs.items[p].coll == coll) {
                if (port)
                    *port = p;
                return &g->nodes.items[n];
            }
    return NULL;
}

const jst_node *jst_graph_windowing(const jst_graph *g, int64_t coll)
{
    const jst_node *n = jst_graph_producer(g, coll, NULL);
    while (n && jst_op_of(n->op) != JST_WINDOW)
        n = n->inputs.count ? jst_graph_producer(g, n->inputs.items[0].coll, NULL) : NULL;
    return n && !joist_text_equal(n->windowing, JOIST_TEXT("global")) ? n : NULL;
}

const joist_type *jst_types_find(const jst_types *types, joist_text name)
{
    for (size_t i = 0; i < types->count; i++)
        if (joist_text_equal(name, joist_text_of(types->items[i]->name)))
            return types->items[i];
    return NULL;
}

const joist_type *jst_types_add(jst_types *types, const joist_type *type)
{
    const joist_type *known = jst_types_find(types, joist_text_of(type->name));
    if (known)
        return known;
    if (types->count == types->cap) {
        types->cap = types->cap ? types->cap * 2 : 16;
        types->items = joist_realloc(types->items, types->cap * sizeof *types->items);
    }
    types->items[types->count++] = type;
    if (type->values)
        jst_types_add(types, type->values);
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (f->record || f->items)
            jst_types_add(types, f->record ? f->record : f->items);
    }
    return type;
}

void jst_types_free(jst_types *types)
{
    joist_free(types->items);
    *types = (jst_types){ 0 };
}

static bool field_equal(const joist_field *a, const joist_field *b)
{
    return strcmp(a->name, b->name) == 0 && a->kind == b->kind && a->offset == b->offset
        && a->boxed == b->boxed && a->texts == b->texts && a->flags == b->flags
        && !a->items == !b->items && !a->record == !b->record
        && (!a->items || jst_type_equal(a->items, b->items))
        && (!a->record || jst_type_equal(a->record, b->record));
}

bool jst_type_equal(const joist_type *a, const joist_type *b)
{
    if (a == b)
        return true;
    if (strcmp(a->name, b->name) != 0 || a->size != b->size || a->count != b->count
        || a->shape != b->shape
        || !a->values != !b->values || (a->values && !jst_type_equal(a->values, b->values)))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!field_equal(&a->fields[i], &b->fields[i]))
            return false;
    return true;
}
