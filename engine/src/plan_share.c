/* SPDX-License-Identifier: Apache-2.0
 * What two tables get from one place is encoded once and held in memory once. */
#include "plan_parts.h"

static const jst_target *target_of(const jst_targets *t, size_t shuffle)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == JST_TO_SHUFFLE && t->items[i].index == shuffle)
            return &t->items[i];
    return NULL;
}

static bool outlet_feeds_alike(const jst_targets *t, size_t a, size_t b)
{
    const jst_target *to_a = target_of(t, a), *to_b = target_of(t, b);
    return !to_a == !to_b && (!to_a || to_a->via == to_b->via);
}

/* Ways are numbered one after another, so the first of every outlet and their sum tell all. */
static bool fed_alike(const jst_plan *plan, size_t a, size_t b)
{
    bool alike = plan->shuffles[a].inflows == plan->shuffles[b].inflows;
    for (size_t s = 0; alike && s < plan->stages_count; s++) {
        const jst_stage *stage = &plan->stages[s];
        alike = outlet_feeds_alike(&stage->root_out, a, b);
        for (size_t i = 0; alike && i < stage->count; i++)
            for (size_t o = 0; alike && o < stage->dofns[i].fn->outs_count; o++)
                alike = outlet_feeds_alike(&stage->dofns[i].outs[o], a, b);
    }
    return alike;
}

/* A stage that starts from a shuffle reads it while others are filled, so it keeps its own. */
static bool holds_rows(const jst_shuffle_plan *s)
{
    return !s->is_root && (s->reduce == JST_REDUCE_LATEST || s->reduce == JST_REDUCE_APPEND);
}

static void remove_followers(jst_plan *plan, jst_stage *stage, jst_targets *t)
{
    (void)stage;
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i++) {
        size_t at = t->items[i].index;
        if (t->items[i].kind != JST_TO_SHUFFLE || plan->shuffles[at].leader == at)
            t->items[kept++] = t->items[i];
    }
    t->count = kept;
}

void jst_plan_share(jst_plan *plan)
{
    for (size_t b = 0; b < plan->shuffles_count; b++) {
        jst_shuffle_plan *follower = &plan->shuffles[b];
        for (size_t a = 0; a < b && follower->leader == b; a++)
            if (plan->shuffles[a].leader == a && plan->shuffles[a].in == follower->in
                && holds_rows(&plan->shuffles[a]) && holds_rows(follower) && fed_alike(plan, a, b))
                follower->leader = (uint16_t)a;
    }
    for (size_t i = 0; i < plan->stages_count; i++)
        jst_plan_each_targets(plan, &plan->stages[i], remove_followers);
}
