/* SPDX-License-Identifier: Apache-2.0
 * The steps of planning, in the order in which jst_plan_new takes them. */
#ifndef JST_PLAN_PARTS_H
#define JST_PLAN_PARTS_H

#include "plan.h"

/* plan_order.c. Moves ready stages to the front one after another; false: those from *stuck on wait
 * for themselves, and jst_plan_materialise must cut one of them. */
bool jst_plan_order(jst_plan *plan, size_t *stuck);
void jst_plan_materialise(jst_plan *plan, size_t stuck);
void jst_plan_number(jst_plan *plan);           /* shuffles, and the ways into them */
void jst_plan_find_side_only(jst_plan *plan);   /* once tables are known */

/* plan_share.c: shuffles that are fed alike get a leader. After jst_plan_number. */
void jst_plan_share(jst_plan *plan);

/* Calls `see` with the targets of every outlet of a stage. */
typedef void (*jst_plan_visit)(jst_plan *plan, jst_stage *stage, jst_targets *targets);
void jst_plan_each_targets(jst_plan *plan, jst_stage *s, jst_plan_visit see);

#endif
