/* SPDX-License-Identifier: Apache-2.0
 * The graph as data: a list of nodes that is itself a record, so that its serialised form is a row
 * of beam:coder:row:v1 like everything else. `build` makes one, it is encoded, and what runs is
 * what came back. Collections are numbered from 1; a node's outputs are numbered when it is added,
 * so a graph that `build` made is in topological order. Fields and types are named, never pointed
 * at. */
#ifndef JST_GRAPH_H
#define JST_GRAPH_H

#include "joist/build.h"

#define JST_EDGE(F, T)  F(T, int64_t, coll)
#define JST_PORT(F, T)  F(T, int64_t, coll) F(T, joist_text, name) F(T, joist_text, type)
#define JST_SIDE(F, T)                                                                            \
    F(T, int64_t, coll) F(T, joist_text, name) F(T, joist_text, type) F(T, joist_text, key)       \
    F(T, bool, allow_empty)
JOIST_RECORD_EXTERN(jst_edge, JST_EDGE);
JOIST_RECORD_EXTERN(jst_port, JST_PORT);
JOIST_RECORD_EXTERN(jst_side, JST_SIDE);

/* One node; which members mean something depends on `op`. */
#define JST_NODE(F, T)                                                                            \
    F(T, joist_text, op, JOIST_REQUIRED, .help = "see jst_op")                                    \
    F(T, joist_text, name, JOIST_REQUIRED, .help = "unique in the graph")                         \
    F(T, jst_edge_list, inputs, 0, JOIST_LIST_OF(jst_edge))                                       \
    F(T, jst_port_list, outputs, 0, JOIST_LIST_OF(jst_port))                                      \
    F(T, jst_side_list, sides, 0, JOIST_LIST_OF(jst_side))                                        \
    F(T, joist_text, dofn, 0, .help = "pardo: name in the program's table")                       \
    F(T, joist_text, combine, 0, .help = "combine: name in the program's or library's table")     \
    F(T, joist_bytes, config, 0, .help = "pardo, combine: its configuration as a row")            \
    F(T, joist_text, uri) F(T, joist_text, table)                                                 \
    F(T, joist_text, query, 0, .help = "read: a SELECT instead of a table")                       \
    F(T, bool, csv) F(T, joist_text, separator, 0, .help = "of CSV: one byte; empty: a comma")     \
    F(T, joist_text_list, otherwise) F(T, int64_t, except) F(T, int64_t, max_record)              \
    F(T, joist_text, window) F(T, joist_text, since) F(T, joist_text, until)                      \
    F(T, joist_text_list, key, 0, .help = "field names")                                          \
    F(T, joist_text_list, right_key, 0, .help = "join: of the second input")                      \
    F(T, joist_text, how, 0, .help = "join: inner left right full cogroup")                       \
    F(T, joist_text, time, 0, .help = "timestamp, read_all: the field that tells it")             \
    F(T, joist_text, windowing, 0, .help = "window: global fixed sliding sessions")               \
    F(T, int64_t, size_ms, 0, .help = "of a window; sessions: the gap that ends one")             \
    F(T, int64_t, period_ms) F(T, int64_t, offset_ms)                                             \
    F(T, joist_text_list, by) F(T, joist_text, window_field)                                      \
    F(T, joist_text_list, without, 0, .help = "write: fields that are no columns")                \
    F(T, bool, outbox) F(T, joist_text, endpoint)                                                 \
    F(T, bool, erase, 0, .help = "write: its elements say which groups are emptied, by `key`")    \
    F(T, bool, replace_all) F(T, joist_text_list, changes)                                        \
    F(T, joist_text, file, JOIST_REQUIRED, .help = "where the program declares it")               \
    F(T, int64_t, line)
JOIST_RECORD_EXTERN(jst_node, JST_NODE);

#define JST_GRAPH(F, T)                                                                           \
    F(T, joist_text, pipeline) F(T, jst_node_list, nodes, 0, JOIST_LIST_OF(jst_node))
JOIST_RECORD_EXTERN(jst_graph, JST_GRAPH);

typedef enum jst_op {
    JST_READ, JST_PARDO, JST_TIMESTAMP, JST_WINDOW, JST_LATEST, JST_COMBINE, JST_GROUP, JST_JOIN,
    JST_READ_ALL, JST_FLATTEN, JST_WRITE, JST_OP_COUNT
} jst_op;

/* Is it done to one element after another, so that it can be fused? */
JOIST_INLINE bool jst_op_fuses(jst_op op)
{
    return op == JST_PARDO || op == JST_TIMESTAMP || op == JST_WINDOW;
}

JOIST_INLINE char jst_separator(const jst_node *n)
{
    return n->separator.len ? n->separator.ptr[0] : '\0';
}

/* Does it bring elements together in a shuffle of its own? */
JOIST_INLINE bool jst_op_gathers(jst_op op)
{
    return op == JST_LATEST || op == JST_COMBINE || op == JST_GROUP || op == JST_JOIN
        || op == JST_READ_ALL;
}

/* Does it open a source? */
JOIST_INLINE bool jst_op_reads(jst_op op) { return op == JST_READ || op == JST_READ_ALL; }

/* The windowing of a collection: the nearest node above it that sets one; NULL: the global window.
 * `nodes` are in order, with those that make `coll` among them. */
const jst_node *jst_graph_windowing(const jst_graph *g, int64_t coll);
const char *jst_op_name(jst_op op);
jst_op jst_op_of(joist_text name);       /* JST_OP_COUNT: no such op */

/* The node and port that make a collection; NULL if none does. */
const jst_node *jst_graph_producer(const jst_graph *g, int64_t coll, size_t *port);

/* Types by name: what `build` and the table of DoFns mention. */
typedef struct jst_types { const joist_type **items; size_t count, cap; } jst_types;

/* Adds a type (and the records nested in it). A different type of the same name: the first is
 * returned and stays; the caller reports it. */
const joist_type *jst_types_add(jst_types *types, const joist_type *type);
const joist_type *jst_types_find(const jst_types *types, joist_text name);
/* same name, fields, kinds and layout */
bool jst_type_equal(const joist_type *a, const joist_type *b);
void jst_types_free(jst_types *types);

/* "a.c:12" for messages. */
#define JST_AT(node) JOIST_ARG((node)->file), (int)(node)->line

#endif
