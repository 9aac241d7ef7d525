/* SPDX-License-Identifier: Apache-2.0
 * A checked pipeline as data to look at: the declared steps and collections, and the physical plan
 * made of them. For pictures, lists and tools; the kinds of steps are names, not an enumeration, so
 * a new kind needs no change in who reads this. */
#ifndef JOIST_GRAPH_H
#define JOIST_GRAPH_H

#include "joist/build.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- as declared ----------------------------------------------------------------------------- */
typedef struct joist_graph_port { joist_text name, type; } joist_graph_port;   /* a collection */

typedef struct joist_graph_node {
    joist_text op, name;            /* the kind of step, and its name: unique */
    joist_text dofn;                /* of a ParDo */
    joist_text detail;              /* what else says what it does: "sum", "fixed 60 s", … */
    joist_text uri, table;          /* of a step that reads or writes */
    joist_text endpoint;            /* where an outbox is posted to */
    joist_text_list key, by;        /* field names */
    joist_text file; int line;      /* where the program declares it */
    const joist_graph_port *ports; size_t ports_count;
} joist_graph_node;

/* One use of a collection. */
typedef struct joist_graph_edge {
    size_t from, port, to;          /* a node, its output, a node */
    bool side;                      /* read whole before `to` begins */
    joist_text name, key;           /* of a side input: what `to` calls it, the field it goes by */
} joist_graph_edge;

/* ---- as it runs ------------------------------------------------------------------------------ */
/* Where a collection goes to from within a stage: another step of it, a shuffle, or a view, which
 * is a side input once it is read whole. */
typedef enum joist_graph_to {
    JOIST_GRAPH_STEP, JOIST_GRAPH_SHUFFLE, JOIST_GRAPH_VIEW
} joist_graph_to;
typedef struct joist_graph_feed {
    size_t node, port;
    joist_graph_to kind; size_t to; /* place in the stage's steps, the shuffles, the views */
} joist_graph_feed;

typedef struct joist_graph_stage {
    bool from_shuffle;
    size_t root;                    /* a shuffle, or the node of a source */
    const size_t *steps; size_t steps_count;    /* nodes fused into it, in topological order */
    const joist_graph_feed *feeds; size_t feeds_count;
    const size_t *views; size_t views_count;    /* that its steps look into */
} joist_graph_stage;

/* Where the elements of many workers meet. */
typedef struct joist_graph_shuffle {
    size_t node;                    /* the aggregation, or the step whose input it holds */
    bool aggregates;                /* `node` is an aggregation */
    joist_text type;                /* of the elements that arrive */
    size_t leader;                  /* another shuffle that is fed for it, or itself */
} joist_graph_shuffle;

typedef struct joist_graph_view { size_t node, port; joist_text key; } joist_graph_view;

typedef struct joist_graph_table { size_t node, shuffle, store; } joist_graph_table;

typedef struct joist_graph {
    joist_text pipeline;
    const joist_graph_node *nodes;       size_t nodes_count;     /* in topological order */
    const joist_graph_edge *edges;       size_t edges_count;
    const joist_graph_stage *stages;     size_t stages_count;    /* in the order they run */
    const joist_graph_shuffle *shuffles; size_t shuffles_count;
    const joist_graph_view *views;       size_t views_count;
    const joist_graph_table *tables;     size_t tables_count;
    const joist_text *stores;            size_t stores_count;    /* URIs, in the order of commit */
} joist_graph;

/* After joist_pipeline_check. Lives in the arena; its texts are the pipeline's, until that is
 * checked again or freed. */
const joist_graph *joist_pipeline_graph(const joist_pipeline *p, joist_arena *a);

#ifdef __cplusplus
}
#endif
#endif
