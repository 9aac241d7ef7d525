/* SPDX-License-Identifier: Apache-2.0
 * Checks of the steps that know event time, and of those that bring elements together. */
#include "check_parts.h"

static joist_status check_timestamp(const jst_node *n, const joist_type *in, joist_error *e)
{
    const joist_field *f = joist_type_field(in, n->time);
    if (!f || f->kind != JOIST_KIND_TIME)
        return REFUSE(e, n, "'%.*s' goes by a time field; '%.*s' is none", JOIST_ARG(n->name),
                      JOIST_ARG(n->time));
    return JOIST_OK;
}

static joist_status check_windowing(const jst_node *n, joist_error *e)
{
    bool sliding = joist_text_equal(n->windowing, JOIST_TEXT("sliding"));
    bool fixed = joist_text_equal(n->windowing, JOIST_TEXT("fixed"));
    if (joist_text_equal(n->windowing, JOIST_TEXT("global")))
        return JOIST_OK;
    if (!fixed && !sliding && !joist_text_equal(n->windowing, JOIST_TEXT("sessions")))
        return REFUSE(e, n, "'%.*s' is no kind of window", JOIST_ARG(n->windowing));
    if (n->size_ms <= 0)
        return REFUSE(e, n, "the windows of '%.*s' have no length", JOIST_ARG(n->name));
    if (fixed && n->period_ms != n->size_ms)
        return REFUSE(e, n, "the windows of '%.*s' do not follow one another", JOIST_ARG(n->name));
    if (sliding && n->period_ms <= 0)
        return REFUSE(e, n, "'%.*s' needs .every_ms, greater than 0", JOIST_ARG(n->name));
    if (sliding && n->size_ms / n->period_ms > 100000)
        return REFUSE(e, n, "'%.*s' would put an element into %lld windows; the most is 100000",
                      JOIST_ARG(n->name), (long long)(n->size_ms / n->period_ms));
    return JOIST_OK;
}

static joist_status check_latest(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                                 joist_error *e)
{
    const jst_node *w = jst_graph_windowing(&p->graph, n->inputs.items[0].coll);
    if (w && joist_text_equal(w->windowing, JOIST_TEXT("sessions")))
        return REFUSE(e, n, "'%.*s' cannot merge sessions: group by key instead",
                      JOIST_ARG(n->name));
    if (!n->key.count)
        return REFUSE(e, n, "step '%.*s' has no key", JOIST_ARG(n->name));
    return jst_check_output_type(p, n, 0, in, e);
}

static joist_status check_combine(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                                  joist_error *e)
{
    const joist_combine *fn = jst_combine_of(p->def, n->combine);
    if (!fn)
        return REFUSE(e, n, "CombineFn '%.*s' is not in the program's table: add &%.*s_combine to "
                      "combines[]", JOIST_ARG(n->combine), JOIST_ARG(n->combine));
    if (fn->in && !jst_type_equal(fn->in, in))
        return REFUSE(e, n, "CombineFn '%s' takes '%s', its input is '%s'", fn->name,
                      fn->in->name, in->name);
    if (!jst_check_config(fn->config, n->config))
        return REFUSE(e, n, "the configuration of '%.*s' is no '%s'", JOIST_ARG(n->name),
                      fn->config ? fn->config->name : "nothing");
    joist_arena *arena = joist_arena_new();
    joist_error why = { 0 };
    bool prepared = jst_combine_prepare(fn, n, in, arena, &(jst_prepared){ 0 }, &why);
    joist_arena_free(arena);
    if (!prepared)
        return REFUSE(e, n, "'%.*s': %s", JOIST_ARG(n->name), why.message);
    return jst_check_output_type(p, n, 0, fn->out ? fn->out : in, e);
}

static joist_status check_groups(const joist_pipeline *p, const jst_node *n, const joist_type *of,
                                 joist_error *e)
{
    const joist_type *out = jst_check_type_of(p, n->outputs.items[0].coll);
    if (!out || out->shape != JOIST_SHAPE_GROUP || !jst_type_equal(out->values, of))
        return REFUSE(e, n, "'%.*s' makes groups of '%s', not '%s'", JOIST_ARG(n->name), of->name,
                      out ? out->name : "?");
    return JOIST_OK;
}

static bool is_flag(const joist_type *pair, const char *name)
{
    const joist_field *f = joist_type_field(pair, joist_text_of(name));
    return f && f->kind == JOIST_KIND_BOOL && !f->boxed;
}

static joist_status check_sides_of_pair(const jst_node *n, const joist_type *pair,
                                        const joist_type *left, const joist_type *right,
                                        joist_error *e)
{
    const joist_field *l = joist_type_field(pair, JOIST_TEXT("left"));
    const joist_field *r = joist_type_field(pair, JOIST_TEXT("right"));
    if (!l || !r || !l->record || !r->record || !jst_type_equal(l->record, left)
        || !jst_type_equal(r->record, right) || !is_flag(pair, "has_left")
        || !is_flag(pair, "has_right"))
        return REFUSE(e, n, "'%s' is no JOIST_PAIR of '%s' and '%s'", pair->name, left->name,
                      right->name);
    return JOIST_OK;
}

/* NULL is the global window. */
static bool same_windows(const jst_node *a, const jst_node *b)
{
    return !a == !b && (!a || (joist_text_equal(a->windowing, b->windowing)
                               && a->size_ms == b->size_ms && a->period_ms == b->period_ms
                               && a->offset_ms == b->offset_ms));
}

joist_status jst_check_same_windows(const joist_pipeline *p, const jst_node *n, joist_error *e)
{
    const jst_node *first = jst_graph_windowing(&p->graph, n->inputs.items[0].coll);
    bool same = true;
    for (size_t i = 1; same && i < n->inputs.count; i++)
        same = same_windows(first, jst_graph_windowing(&p->graph, n->inputs.items[i].coll));
    return same ? JOIST_OK
                : REFUSE(e, n, "the inputs of '%.*s' are in different windows", JOIST_ARG(n->name));
}

static joist_status check_keys_alike(const jst_node *n, const joist_type *left,
                                     const joist_type *right, joist_error *e)
{
    bool alike = n->key.count && n->key.count == n->right_key.count;
    for (size_t i = 0; alike && i < n->key.count; i++)
        alike = joist_type_field(left, n->key.items[i])->kind
             == joist_type_field(right, n->right_key.items[i])->kind;
    return alike ? JOIST_OK
                 : REFUSE(e, n, "'%.*s' needs .left and .right with as many fields of the same "
                          "kinds", JOIST_ARG(n->name));
}

static joist_status check_join(const joist_pipeline *p, const jst_node *n, const joist_type *left,
                               joist_error *e)
{
    static const char *const hows[] = { "inner", "left", "right", "full", "cogroup" };
    const joist_type *right = jst_check_type_of(p, n->inputs.items[1].coll);
    const joist_type *out = jst_check_type_of(p, n->outputs.items[0].coll);
    bool known = false;
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
        known |= joist_text_equal(n->how, joist_text_of(hows[i]));
    if (!known || !out || !right || right->values)
        return REFUSE(e, n, "'%.*s' is no kind of join", JOIST_ARG(n->how));
    bool cogroup = joist_text_equal(n->how, JOIST_TEXT("cogroup"));
    const joist_type *pair = cogroup ? out->values : out;
    if (!pair || (cogroup && out->shape != JOIST_SHAPE_GROUP))
        return REFUSE(e, n, "a cogroup makes groups, not '%s'", out->name);
    if (jst_check_names(n, right, n->right_key, e) || check_keys_alike(n, left, right, e)
        || check_sides_of_pair(n, pair, left, right, e))
        return JOIST_FAILED;
    return jst_check_same_windows(p, n, e);
}

joist_status jst_check_gathering(const joist_pipeline *p, const jst_node *n, const joist_type *in,
                                 joist_error *e)
{
    if (jst_check_outputs(p, n, 1, e) || jst_check_names(n, in, n->key, e)
        || jst_check_names(n, in, n->by, e))
        return JOIST_FAILED;
    switch (jst_op_of(n->op)) {
    case JST_TIMESTAMP:
        return check_timestamp(n, in, e) ? JOIST_FAILED : jst_check_output_type(p, n, 0, in, e);
    case JST_WINDOW:
        return check_windowing(n, e) ? JOIST_FAILED : jst_check_output_type(p, n, 0, in, e);
    case JST_LATEST: return check_latest(p, n, in, e);
    case JST_COMBINE: return check_combine(p, n, in, e);
    case JST_JOIN: return check_join(p, n, in, e);
    default: break;
    }
    if (!n->key.count)
        return REFUSE(e, n, "step '%.*s' has no key", JOIST_ARG(n->name));
    return check_groups(p, n, in, e);
}
