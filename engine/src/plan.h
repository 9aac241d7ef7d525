/* SPDX-License-Identifier: Apache-2.0
 * The physical plan: chains of ParDos fused into stages, aggregations lifted before their shuffle.
 *
 * A stage has one root (a source, or what a shuffle holds once every stage feeding it is done) and
 * a DAG of DoFns through which bundles are pushed without leaving the worker. It ends in targets:
 * shuffles, views (side inputs) and, through shuffles, tables of stores. Flatten costs nothing: it
 * only adds targets. A DoFn whose side input depends on its own stage gets its input materialised
 * in a shuffle. */
#ifndef JST_PLAN_H
#define JST_PLAN_H

#include "pipeline.h"

typedef enum jst_target_kind { JST_TO_DOFN, JST_TO_SHUFFLE, JST_TO_VIEW } jst_target_kind;
/* `via` numbers what feeds one shuffle or view, or one DoFn of a stage; `side` is the input of a
 * join. */
typedef struct jst_target {
    jst_target_kind kind;
    size_t index;
    uint16_t via;
    uint8_t side;                   /* 0 or 1 */
} jst_target;
typedef struct jst_targets { jst_target *items; size_t count, cap; } jst_targets;

typedef struct jst_fused_dofn {
    const jst_node *node;
    const joist_dofn *fn;
    const void *config;             /* decoded, lives with the plan */
    const size_t *views;            /* one per side input */
    jst_targets *outs;              /* one per port; DOFN indexes are this stage's */
    uint16_t inflows;               /* targets of this stage that feed it */
} jst_fused_dofn;

typedef struct jst_stage {
    bool from_shuffle;
    size_t root;                    /* index of a shuffle, or of the read node */
    const joist_type *type;         /* of the root's elements */
    jst_targets root_out;
    bool side_only;                 /* it ends in views only: its elements are no input */
    jst_fused_dofn *dofns;          /* in topological order */
    size_t count;
} jst_stage;

/* LATEST keeps the greatest order per key, APPEND everything in input order, GROUP everything by
 * key, COMBINE an accumulator per key. */
typedef enum jst_reduce {
    JST_REDUCE_LATEST, JST_REDUCE_APPEND, JST_REDUCE_GROUP, JST_REDUCE_COMBINE
} jst_reduce;

/* How a join makes pairs of what one key has. */
typedef struct jst_pairing {
    const joist_type *pair;         /* NULL: no join */
    uint32_t left, right, has_left, has_right;      /* offsets in it */
    bool keep_left, keep_right;     /* those that found none */
    bool cogroup;                   /* no pairs: one side each, as values of a group */
} jst_pairing;

typedef struct jst_shuffle_plan {
    jst_reduce reduce;
    const jst_node *node;           /* the aggregation, or the write or DoFn it is implied by */
    int64_t coll;                   /* what its elements are called afterwards; 0: only a table
                                     * reads it */
    const joist_type *in, *right;   /* of the elements that arrive, by side */
    const joist_type *out;          /* of what comes out; of a read_all, of what is read */
    joist_fields key, right_key;    /* APPEND: no key, position order */
    joist_fields by;                /* LATEST */
    jst_prepared combine;
    jst_pairing pairing;
    bool windowed;                  /* keys end in a window */
    bool sessions;                  /* ... and windows of one key that overlap are one */
    bool is_root;                   /* a stage starts here, so it is partitioned */
    uint16_t id;                    /* its place in the plan */
    uint16_t inflows;               /* targets that feed it */
    uint16_t leader;                /* the shuffle that is fed for it and shares its values with it;
                                     * its own id: it is fed itself */
    bool winding;                   /* ways through a stage that feeds it meet before */
} jst_shuffle_plan;

typedef struct jst_view_plan {
    int64_t coll;
    const joist_type *type;         /* of the records */
    joist_shape shape;              /* JOIST_SHAPE_MAP and following */
    uint32_t key;                   /* of maps */
    bool allow_empty;
    const jst_node *node;           /* the first who asks, by its side input of this number */
    size_t side;
    const char *name;
    uint16_t inflows;               /* as those of a shuffle */
    bool winding;
} jst_view_plan;

typedef struct jst_table_plan {
    const jst_node *node;
    size_t shuffle;
    joist_table_spec spec;
} jst_table_plan;

typedef struct jst_store_plan {
    joist_text uri;
    const joist_connector *connector;
    jst_table_plan *tables;
    joist_table_spec *specs;
    size_t count;
} jst_store_plan;

typedef struct jst_plan {
    joist_arena *arena;
    const joist_pipeline *p;
    jst_stage *stages;          size_t stages_count;     /* in the order they run */
    jst_shuffle_plan *shuffles; size_t shuffles_count;
    jst_view_plan *views;       size_t views_count;
    jst_store_plan *stores;     size_t stores_count;     /* in the order they commit */
    bool *materialised;         /* by node index: its input goes through a shuffle */
} jst_plan;

/* Plans a graph that passed jst_check_graph. Free with jst_plan_free. */
jst_plan *jst_plan_new(const joist_pipeline *p);
void jst_plan_free(jst_plan *plan);

JOIST_INLINE size_t jst_node_index(const jst_plan *plan, const jst_node *n)
{
    return (size_t)(n - plan->p->graph.nodes.items);
}

#endif
