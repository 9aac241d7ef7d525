/* SPDX-License-Identifier: Apache-2.0
 * The graph as boxes and nets. */
#ifndef JST_GRAPH_PICTURE_H
#define JST_GRAPH_PICTURE_H

#include "graph_counts.h"
#include "picture.h"

/* As declared: a box for each step, a net for each collection, dashed where it is a side input.
 * `counts` may be NULL. Box i is node i. */
void jst_picture_declared(jst_picture *p, const joist_graph *g, const jst_graph_counts *counts);

/* As it runs: a box for each stage with the steps fused into it, for each shuffle, each table. */
void jst_picture_fused(jst_picture *p, const joist_graph *g, const jst_graph_counts *counts);

/* The same with a box for each step, its stage being the box's cluster. */
void jst_picture_clusters(jst_picture *p, const joist_graph *g, const jst_graph_counts *counts);

/* ---- words ----------------------------------------------------------------------------------- */
joist_text jst_graph_by(joist_arena *a, joist_text_list fields);        /* "by id, name", or "" */
joist_text jst_graph_work(joist_arena *a, const joist_graph_node *n);   /* "latest by id" */
joist_text jst_graph_uri(joist_arena *a, joist_text uri);               /* masked and short */
joist_text jst_graph_place(joist_arena *a, const joist_graph_node *n);  /* "x (read), a.c:12" */
joist_text jst_graph_rejected(joist_arena *a, uint64_t n);              /* "12 rejected", or "" */

/* The same of a shuffle: "latest by id", "input of x". */
joist_text jst_graph_shuffle_work(joist_arena *a, const joist_graph *g,
                                  const joist_graph_shuffle *s);

/* What a collection is called at a line: its record, and its port if the node has several; as a
 * side input with the field it goes by. */
joist_text jst_graph_label(joist_arena *a, const joist_graph_node *n, size_t port);
joist_text jst_graph_side_label(joist_arena *a, const joist_graph_node *n, size_t port,
                                joist_text key);

/* How many elements a collection has had; empty if nobody knows. */
joist_text jst_graph_elements(joist_arena *a, const jst_graph_counts *counts, size_t node,
                              size_t port);

/* ---- parts ----------------------------------------------------------------------------------- */
jst_shape jst_graph_shape(const joist_graph *g, size_t node);
jst_picture_box *jst_graph_add_node(jst_picture *p, const joist_graph *g, size_t i,
                                    const jst_graph_counts *counts);
jst_picture_box *jst_graph_add_shuffle(jst_picture *p, const joist_graph *g, size_t i);
void jst_graph_add_work(jst_picture *p, jst_picture_box *box, double busy, uint64_t rejected,
                        const jst_graph_counts *counts);

/* The stage or else the table with most work; the other one's number is that of all there are. */
void jst_graph_slowest(const joist_graph *g, const jst_graph_counts *counts, size_t *stage,
                       size_t *table);

#endif
