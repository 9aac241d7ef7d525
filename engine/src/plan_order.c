/* SPDX-License-Identifier: Apache-2.0
 * The order of stages, and what follows from it: numbers for the ways into shuffles and views, and
 * which stages serve side inputs only. */
#include "plan_parts.h"

static bool targets_have(const jst_targets *t, jst_target_kind kind, size_t index)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == kind && t->items[i].index == index)
            return true;
    return false;
}

static bool feeds(const jst_stage *s, jst_target_kind kind, size_t index)
{
    bool found = targets_have(&s->root_out, kind, index);
    for (size_t i = 0; !found && i < s->count; i++)
        for (size_t o = 0; !found && o < s->dofns[i].fn->outs_count; o++)
            found = targets_have(&s->dofns[i].outs[o], kind, index);
    return found;
}

/* Is nothing from `from` on still feeding it? */
static bool complete(const jst_plan *plan, size_t from, jst_target_kind kind, size_t index)
{
    for (size_t i = from; i < plan->stages_count; i++)
        if (feeds(&plan->stages[i], kind, index))
            return false;
    return true;
}

static bool ready(const jst_plan *plan, size_t from, const jst_stage *s)
{
    if (s->from_shuffle && !complete(plan, from, JST_TO_SHUFFLE, s->root))
        return false;
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->dofns[i].fn->sides_count; k++)
            if (!complete(plan, from, JST_TO_VIEW, s->dofns[i].views[k]))
                return false;
    return true;
}

/* Moves ready stages to the front one after another; false: those from *stuck on wait for
 * themselves. */
bool jst_plan_order(jst_plan *plan, size_t *stuck)
{
    for (size_t at = 0; at < plan->stages_count; at++) {
        size_t i = at;
        while (i < plan->stages_count && !ready(plan, at, &plan->stages[i]))
            i++;
        *stuck = at;
        if (i == plan->stages_count)
            return false;
        jst_stage s = plan->stages[i];
        memmove(&plan->stages[at + 1], &plan->stages[at], (i - at) * sizeof s);
        plan->stages[at] = s;
    }
    return true;
}

static bool waits_for_view(const jst_plan *plan, size_t from, const jst_fused_dofn *d)
{
    for (size_t k = 0; k < d->fn->sides_count; k++)
        if (!complete(plan, from, JST_TO_VIEW, d->views[k]))
            return true;
    return false;
}

/* Of the stages that wait for themselves, the first DoFn with an unfinished view gets its input
 * stored. Groups cannot be, and need not: all of a stage that starts from groups is made of them,
 * so one that waits for such a stage would wait for itself if nobody else in the circle could give
 * way. */
void jst_plan_materialise(jst_plan *plan, size_t stuck)
{
    for (size_t s = stuck; s < plan->stages_count; s++)
        for (size_t i = 0; i < plan->stages[s].count; i++) {
            const jst_fused_dofn *d = &plan->stages[s].dofns[i];
            size_t at = jst_node_index(plan, d->node);
            bool groups = d->fn->in->shape == JOIST_SHAPE_GROUP;
            if (!groups && !plan->materialised[at] && waits_for_view(plan, stuck, d)) {
                plan->materialised[at] = true;
                return;
            }
        }
}

/* ---- what the order settles ------------------------------------------------------------------ */

void jst_plan_each_targets(jst_plan *plan, jst_stage *s, jst_plan_visit see)
{
    see(plan, s, &s->root_out);
    for (size_t i = 0; i < s->count; i++)
        for (size_t o = 0; o < s->dofns[i].fn->outs_count; o++)
            see(plan, s, &s->dofns[i].outs[o]);
}

static void number_inflows(jst_plan *plan, jst_stage *stage, jst_targets *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == JST_TO_SHUFFLE)
            t->items[i].via = plan->shuffles[t->items[i].index].inflows++;
        else if (t->items[i].kind == JST_TO_VIEW)
            t->items[i].via = plan->views[t->items[i].index].inflows++;
        else
            t->items[i].via = stage->dofns[t->items[i].index].inflows++;
}

static void note_winding(jst_plan *plan, jst_stage *stage, jst_targets *t)
{
    bool meet = false;
    for (size_t i = 0; i < stage->count; i++)
        meet |= stage->dofns[i].inflows > 1;
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == JST_TO_SHUFFLE)
            plan->shuffles[t->items[i].index].winding |= meet;
        else if (t->items[i].kind == JST_TO_VIEW)
            plan->views[t->items[i].index].winding |= meet;
}

void jst_plan_number(jst_plan *plan)
{
    for (size_t i = 0; i < plan->stages_count; i++)
        jst_plan_each_targets(plan, &plan->stages[i], number_inflows);
    for (size_t i = 0; i < plan->stages_count; i++)
        jst_plan_each_targets(plan, &plan->stages[i], note_winding);
    for (size_t i = 0; i < plan->shuffles_count; i++)
        plan->shuffles[i].id = plan->shuffles[i].leader = (uint16_t)i;
}

/* A shuffle ends in views only if a stage starts from it that does, and no table reads it. */
static bool ends_in_views(const jst_plan *plan, size_t shuffle)
{
    for (size_t s = 0; s < plan->stores_count; s++)
        for (size_t t = 0; t < plan->stores[s].count; t++)
            if (plan->stores[s].tables[t].shuffle == shuffle)
                return false;
    for (size_t i = 0; i < plan->stages_count; i++)
        if (plan->stages[i].from_shuffle && plan->stages[i].root == shuffle)
            return plan->stages[i].side_only;
    return false;
}

/* What feeds nothing is the end of a graph that was cut down. */
static void forget_side_only(jst_plan *plan, jst_stage *stage, jst_targets *t)
{
    stage->side_only &= t->count > 0;
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == JST_TO_SHUFFLE)
            stage->side_only &= ends_in_views(plan, t->items[i].index);
}

/* From the last stage to the first: what a stage feeds comes later. */
void jst_plan_find_side_only(jst_plan *plan)
{
    for (size_t i = plan->stages_count; i-- > 0;) {
        plan->stages[i].side_only = true;
        jst_plan_each_targets(plan, &plan->stages[i], forget_side_only);
    }
}
