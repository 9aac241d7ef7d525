/* SPDX-License-Identifier: Apache-2.0
 * What `build` calls for event time, grouping, joining and combining. */
#include "build_parts.h"

#include "joist/combine.h"
#include "joist/group.h"
#include "joist/window.h"

#include <stdio.h>

enum { OUR_NAME = 120 };

static jst_node *add_to(joist_coll in, jst_op op, const char *name, joist_site site)
{
    joist_pipeline *p = in.p;
    char ours[OUR_NAME];
    snprintf(ours, sizeof ours, "%s_%s", jst_op_name(op), jst_coll_type(p, in.id)->name);
    jst_node *n = jst_build_add(p, op, jst_build_name(p, name, ours, site), site);
    jst_build_inputs(p, n, &in, 1);
    return n;
}

/* ---- event time ------------------------------------------------------------------------------ */

joist_coll joist_with_timestamps_(joist_coll in, uint32_t field, joist_site site)
{
    if (!jst_build_usable(in, in.p, site, "the input of joist_with_timestamps"))
        return in;
    const joist_type *type = jst_coll_type(in.p, in.id);
    jst_node *n = add_to(in, JST_TIMESTAMP, NULL, site);
    joist_fields one = { 1, { field } };
    n->time = jst_build_fields(in.p, type, &one).items[0];
    return jst_build_output(in.p, n, type, site);
}

static int kinds_of(const joist_window_options *o)
{
    return (o->fixed_ms != 0) + (o->sliding_ms != 0) + (o->gap_ms != 0) + o->global;
}

static void set_windowing(jst_node *n, const joist_window_options *o)
{
    n->windowing = o->fixed_ms ? JOIST_TEXT("fixed") : o->sliding_ms ? JOIST_TEXT("sliding")
                 : o->gap_ms   ? JOIST_TEXT("sessions") : JOIST_TEXT("global");
    n->size_ms = o->fixed_ms ? o->fixed_ms : o->sliding_ms ? o->sliding_ms : o->gap_ms;
    n->period_ms = o->sliding_ms ? o->every_ms : o->fixed_ms;
    n->offset_ms = o->offset_ms;
}

joist_coll joist_window_into_(joist_coll in, const joist_window_options *o)
{
    if (!jst_build_usable(in, in.p, o->site_, "the input of joist_window_into"))
        return in;
    if (kinds_of(o) != 1)
        joist_mistake(in.p, o->site_, "joist_window_into needs one of .fixed_ms, .sliding_ms with "
                      ".every_ms, .gap_ms and .global");
    jst_node *n = add_to(in, JST_WINDOW, o->name, o->site_);
    set_windowing(n, o);
    return jst_build_output(in.p, n, jst_coll_type(in.p, in.id), o->site_);
}

/* Asked while the graph is made. */
bool joist_in_sessions(joist_coll coll)
{
    if (!coll.p || !coll.id)
        return false;
    const jst_graph sofar = { .nodes = { coll.p->building, coll.p->count } };
    const jst_node *n = jst_graph_windowing(&sofar, coll.id);
    return n && joist_text_equal(n->windowing, JOIST_TEXT("sessions"));
}

/* ---- grouping and joining -------------------------------------------------------------------- */

/* The type of groups is known by the type of what is in them. */
static joist_coll group_output(joist_pipeline *p, jst_node *n, const joist_type *values,
                               joist_site site)
{
    joist_type *type = joist_arena_zalloc(p->types_arena, sizeof *type);
    joist_text name = joist_arena_printf(p->types_arena, "%s_group%c", values->name, 0);
    *type = (joist_type){ name.ptr, sizeof(joist_line_group), NULL, 0, values,
                          JOIST_SHAPE_GROUP };
    const joist_type *known = jst_types_find(&p->types, joist_text_of(type->name));
    return jst_build_output(p, n, known ? known : type, site);
}

joist_coll joist_group_by_key_(joist_coll in, const joist_group_options *o)
{
    if (!jst_build_usable(in, in.p, o->site_, "the input of joist_group_by_key"))
        return in;
    const joist_type *type = jst_coll_type(in.p, in.id);
    jst_node *n = add_to(in, JST_GROUP, o->name, o->site_);
    n->key = jst_build_fields(in.p, type, &o->key);
    return group_output(in.p, n, type, o->site_);
}

static const char *how_name(const joist_join_options *o)
{
    static const char *const names[] = {
        [JOIST_INNER_JOIN] = "inner", [JOIST_LEFT_JOIN] = "left",
        [JOIST_RIGHT_JOIN] = "right", [JOIST_FULL_JOIN] = "full",
    };
    return o->cogroup ? "cogroup" : names[o->how];
}

joist_coll joist_join_(joist_coll left, joist_coll right, const joist_type *pair,
                       const joist_join_options *o)
{
    joist_pipeline *p = left.p ? left.p : right.p;
    if (!jst_build_usable(left, p, o->site, "the left input of a join")
        || !jst_build_usable(right, p, o->site, "the right input of a join"))
        return (joist_coll){ p, 0 };
    char ours[OUR_NAME];
    snprintf(ours, sizeof ours, "%s_%s", o->cogroup ? "cogroup" : "join", pair->name);
    jst_node *n = jst_build_add(p, JST_JOIN, jst_build_name(p, o->name, ours, o->site), o->site);
    const joist_coll both[2] = { left, right };
    jst_build_inputs(p, n, both, 2);
    n->key = jst_build_fields(p, jst_coll_type(p, left.id), &o->left);
    n->right_key = jst_build_fields(p, jst_coll_type(p, right.id), &o->right);
    n->how = joist_text_of(how_name(o));
    jst_build_type(p, pair, o->site);
    return o->cogroup ? group_output(p, n, pair, o->site)
                      : jst_build_output(p, n, pair, o->site);
}

/* ---- combining ------------------------------------------------------------------------------- */

/* count_by_text, not joist_count_by_text. */
static joist_text combine_name(joist_pipeline *p, const joist_combine_args *a, joist_text_list key)
{
    char ours[OUR_NAME];
    bool library = strncmp(a->fn->name, "joist_", 6) == 0;
    const char *name = a->fn->name + (library ? 6 : 0);
    if (key.count)
        snprintf(ours, sizeof ours, "%s_by_%.*s", name, JOIST_ARG(key.items[0]));
    else
        snprintf(ours, sizeof ours, "%s", name);
    return jst_build_name(p, a->name, ours, a->site);
}

joist_coll joist_combine_(const joist_combine_args *a)
{
    joist_pipeline *p = a->in.p;
    if (!jst_build_usable(a->in, p, a->site, "the input of JOIST_COMBINE"))
        return (joist_coll){ p, 0 };
    joist_text_list key = jst_build_fields(p, jst_coll_type(p, a->in.id), &a->key);
    jst_node *n = jst_build_add(p, JST_COMBINE, combine_name(p, a, key), a->site);
    jst_build_inputs(p, n, &a->in, 1);
    n->key = key;
    n->combine = joist_text_of(a->fn->name);
    n->config = jst_build_config(p, a->fn->config, a->config);
    return jst_build_output(p, n, a->out, a->site);
}
