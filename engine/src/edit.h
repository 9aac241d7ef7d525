/* SPDX-License-Identifier: Apache-2.0
 * Looking at a part of a pipeline: a graph that passed its check is cut down, or fed from somewhere
 * else, before it runs. The graph is data, so planning and running know nothing of this. After
 * joist_pipeline_check, before joist_pipeline_run. */
#ifndef JST_EDIT_H
#define JST_EDIT_H

#include "pipeline.h"

/* The step of that name, NULL if there is none. */
const jst_node *jst_edit_step(const joist_pipeline *p, joist_text name);

/* The elements that a step takes in: of a read those it emits; NULL: none may enter there, as into
 * an aggregate, a join, or a step that takes groups. */
const joist_type *jst_edit_entry(const joist_pipeline *p, const jst_node *step);

/* Leaves what a step depends on, and the step. Nothing is written, and nothing behind it runs. */
joist_status jst_edit_keep(joist_pipeline *p, joist_text step, joist_error *e);

/* Feeds each of these steps with what SCHEME:STEP holds (a read: instead of its input) and leaves
 * what depends on them, with the side inputs this needs. Tables are added to by key, no hour is
 * replaced. Fails if there is a step for which adding some elements is not enough: an aggregate
 * that would be told of these only, a table without a key, a side input made of them. */
joist_status jst_edit_enter(joist_pipeline *p, const joist_text *steps, size_t count,
                            const char *scheme, joist_error *e);

#endif
