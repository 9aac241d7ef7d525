/* SPDX-License-Identifier: Apache-2.0
 * A stage on one worker: every DoFn with its ports, state and side inputs, and the context they
 * see. Elements move by filling ports; a full port, and every port at a bundle's end, is drained
 * into its targets. No locks, no per-element calls: a port is an array. */
#ifndef JST_CHAIN_H
#define JST_CHAIN_H

#include "run.h"

typedef struct jst_context {
    joist_context pub;              /* first: what generated code sees is this */
    jst_worker *worker;
    struct jst_chain *chain;
    const jst_node *node;           /* the step that runs; the root's node while a source reads */
    const joist_type *type;         /* of its elements */
    bool rejected;                  /* joist_reject was called for the current element */
    joist_error error;              /* of joist_fail */
} jst_context;

/* A copy of the current element's position, to be changed; lives as long as the bundle. */
joist_position *jst_position_copy(joist_context *ctx);

/* Is it a jst_group_position? */
JOIST_INLINE bool jst_position_grouped(const jst_stage *stage, const joist_position *at)
{
    return stage->from_shuffle || !at->origin;
}

typedef struct jst_step {
    const jst_fused_dofn *plan;
    joist_frame frame;              /* outs, sides, config, state are fixed; the rest is per call */
    joist_side *sides;
    jst_counts *counts;
} jst_step;

typedef struct jst_outlet {         /* what belongs to port i of the chain */
    const jst_targets *targets;
    const jst_node *node;           /* the step, and which of its outputs this is; NULL: elements */
    size_t output;                  /* that left a step already and were stored */
    const joist_type *type;
    size_t size;                    /* of one struct */
    jst_tick *count;
} jst_outlet;

typedef struct jst_chain {
    jst_worker *worker;
    const jst_stage *stage;
    jst_context ctx;
    jst_step *steps;
    joist_port *ports;              /* ports[0] is the root's; a step's are contiguous */
    jst_outlet *outlets;
    size_t ports_count;
    size_t ready;                   /* steps whose setup has been called */
    char *path; size_t path_len;    /* `via` of the running steps that are fed in several ways */
    joist_arena *arena;             /* of this structure */
    jst_tick staged;                /* elements of a materialised input, counted already */
    bool group_begun;               /* values of the group at hand were read, and are gone */
    size_t blank;                   /* files of a side input with nothing in them: no elements */
    int64_t nested_ns;              /* time spent in consumers of the running step */
} jst_chain;

/* runs setup; check jst_run_stopping */
jst_chain *jst_chain_new(jst_worker *w, const jst_stage *stage);
void jst_chain_free(jst_chain *c);                                  /* runs teardown */

void jst_chain_begin(jst_chain *c);     /* a bundle: start_bundle of every DoFn */
/* What the root port holds, through everything; finish_bundle; accounts and resets the arena. */
void jst_chain_end(jst_chain *c);

#endif
