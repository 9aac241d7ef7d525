/* SPDX-License-Identifier: Apache-2.0
 * A pipeline between its declaration and its run. */
#ifndef JST_PIPELINE_H
#define JST_PIPELINE_H

#include "graph.h"
#include "joist/combine.h"
#include "joist/run.h"

struct joist_pipeline {
    const joist_pipeline_def *def;
    joist_arena *arena;             /* of the declaration */
    joist_arena *types_arena;       /* of types it made, which outlive it */
    jst_node *building;             /* growing while `build` runs */
    size_t count, cap;
    int64_t colls;                  /* the last collection number */
    joist_buffer scope;             /* "outer/inner/" while `build` is in scopes */
    jst_types types;
    joist_error mistake;            /* the first one of `build`; message empty: none */
    joist_buffer wire, wire_before; /* the graph as it travels, and the one before */
    jst_graph graph;                /* what came back from `wire` */
    struct jst_run *run;            /* of the last run, owns its report */
};

/* pipeline.c: `g` travels, and what comes back is the pipeline's graph. */
joist_status jst_graph_set(joist_pipeline *p, const jst_graph *g, joist_error *e);

/* build.c: empties the declaration so that `build` can run again. */
void jst_build_reset(joist_pipeline *p);
/* while building; NULL: none */
const joist_type *jst_coll_type(const joist_pipeline *p, int64_t coll);

/* What a read asks of a source, but for what only a run knows. */
joist_source_spec jst_read_spec(const joist_pipeline *p, const jst_node *n);

/* The graph that came back, its sources and its stores: all that a run could refuse offline. */
joist_status jst_check_all(const joist_pipeline *p, joist_error *e);

/* check.c */
joist_status jst_check_graph(const joist_pipeline *p, joist_error *e);
const joist_connector *jst_connector_of(const joist_pipeline_def *def, joist_text uri);
const joist_combine *jst_combine_of(const joist_pipeline_def *def, joist_text name);

/* combine.c: a CombineFn with its configuration read and `prepare` called. False: *e says why. */
typedef struct jst_prepared {
    const joist_combine *fn;
    const void *config, *prepared;
} jst_prepared;
bool jst_combine_prepare(const joist_combine *fn, const jst_node *n, const joist_type *in,
                         joist_arena *arena, jst_prepared *out, joist_error *e);
const joist_dofn *jst_dofn_of(const joist_pipeline_def *def, joist_text name);

/* Field names of the graph as offsets of a type; false: *missing is the first that is no field. */
bool jst_fields_of(const joist_type *type, joist_text_list names, joist_fields *out,
                   joist_text *missing);

#endif
