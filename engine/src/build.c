/* SPDX-License-Identifier: Apache-2.0
 * What `build` calls: each call appends one node. The first mistake is kept and later calls go on
 * with empty handles, so that `build` needs no checks. */
#include "build_parts.h"

#include "joist/shorthand.h"

#include <stdarg.h>
#include <stdio.h>

void joist_mistake(joist_pipeline *p, joist_site site, const char *fmt, ...)
{
    if (!p || p->mistake.message[0])
        return;
    char text[600];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    joist_fail_with(&p->mistake, JOIST_GRAPH, "%s:%d: %s", site.file, site.line, text);
}

bool joist_build_takes_(joist_pipeline *p, const char *build, const joist_type *options,
                        joist_site site)
{
    const joist_type *given = p->def->options;
    bool same = given && jst_type_equal(given, options);
    if (!given)
        joist_mistake(p, site, "%s takes '%s', but the definition names no options: add "
                      ".options = &%s_type", build, options->name, options->name);
    else if (!same)
        joist_mistake(p, site, "%s takes '%s', but the definition says .options = &%s_type", build,
                      options->name, given->name);
    return same;
}

joist_text joist_build_printf(joist_pipeline *p, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    size_t size = len < 0 ? 0 : (size_t)len;
    char *text = joist_arena_alloc(p->arena, size + 1);
    vsnprintf(text, size + 1, fmt, again);
    va_end(again);
    va_end(args);
    return (joist_text){ text, size };
}

void jst_build_reset(joist_pipeline *p)
{
    joist_arena_reset(p->arena);
    p->count = 0;
    p->colls = 0;
    p->scope.len = 0;
    p->mistake = (joist_error){ 0 };
}

const joist_type *jst_coll_type(const joist_pipeline *p, int64_t coll)
{
    jst_graph g = { .nodes = { p->building, p->count } };
    size_t port = 0;
    const jst_node *n = jst_graph_producer(&g, coll, &port);
    return n ? jst_types_find(&p->types, n->outputs.items[port].type) : NULL;
}

static bool name_taken(const joist_pipeline *p, joist_text name)
{
    for (size_t i = 0; i < p->count; i++)
        if (joist_text_equal(p->building[i].name, name))
            return true;
    return false;
}

/* A name given by the author must be unique; one we make is numbered until it is. */
joist_text jst_build_name(joist_pipeline *p, const char *given, const char *ours, joist_site site)
{
    joist_text scope = joist_buffer_view(&p->scope);
    if (given) {
        joist_text name = joist_build_printf(p, "%.*s%s", JOIST_ARG(scope), given);
        if (name_taken(p, name))
            joist_mistake(p, site, "two steps are called '%s'", given);
        return name;
    }
    joist_text name = joist_build_printf(p, "%.*s%s", JOIST_ARG(scope), ours);
    for (int n = 2; name_taken(p, name); n++)
        name = joist_build_printf(p, "%.*s%s_%d", JOIST_ARG(scope), ours, n);
    return name;
}

joist_scope joist_scope_begin(joist_pipeline *p, const char *name)
{
    joist_scope s = { p, p->scope.len, true };
    joist_buffer_printf(&p->scope, "%s/", name);
    return s;
}

void joist_scope_end(joist_scope *s)
{
    s->p->scope.len = s->before;
    s->open = false;
}

static joist_text kept(joist_pipeline *p, joist_text t)
{
    return joist_arena_text(p->arena, t);
}

jst_node *jst_build_add(joist_pipeline *p, jst_op op, joist_text name, joist_site site)
{
    if (p->count == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 16;
        p->building = joist_realloc(p->building, p->cap * sizeof *p->building);
    }
    jst_node *n = &p->building[p->count++];
    *n = (jst_node){ .op = joist_text_of(jst_op_name(op)), .name = name, .line = site.line };
    n->file = joist_text_of(site.file);
    return n;
}

/* The one mistake of a field list that no compiler sees: a struct without the record it is of. */
static void no_bare_structs(joist_pipeline *p, const joist_type *type, joist_site site)
{
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        const joist_type *inner = f->record ? f->record : f->items;
        if (inner)
            no_bare_structs(p, inner, site);
        else if (f->kind == JOIST_KIND_RECORD)
            joist_mistake(p, site, "%s.%s is a struct: say of which record, by JOIST_OF(…) or "
                          "JOIST_LIST_OF(…)", type->name, f->name);
    }
}

const joist_type *jst_build_type(joist_pipeline *p, const joist_type *type, joist_site site)
{
    no_bare_structs(p, type, site);
    const joist_type *known = jst_types_add(&p->types, type);
    if (!jst_type_equal(known, type))
        joist_mistake(p, site, "two different record types are called '%s'", type->name);
    return known;
}

/* `count` new collections, one per output port. */
static void give_outputs(joist_pipeline *p, jst_node *n, const joist_port_spec *specs, size_t count,
                         joist_coll *colls, joist_site site)
{
    jst_port *ports = joist_arena_alloc(p->arena, count * sizeof *ports);
    for (size_t i = 0; i < count; i++) {
        jst_build_type(p, specs[i].type, site);
        ports[i] = (jst_port){ ++p->colls, joist_text_of(specs[i].name),
                               joist_text_of(specs[i].type->name) };
        colls[i] = (joist_coll){ p, (uint32_t)ports[i].coll };
    }
    n->outputs = (jst_port_list){ ports, count };
}

void jst_build_inputs(joist_pipeline *p, jst_node *n, const joist_coll *colls, size_t count)
{
    jst_edge *edges = joist_arena_alloc(p->arena, count * sizeof *edges);
    for (size_t i = 0; i < count; i++)
        edges[i] = (jst_edge){ colls[i].id };
    n->inputs = (jst_edge_list){ edges, count };
}

joist_coll jst_build_output(joist_pipeline *p, jst_node *n, const joist_type *type,
                             joist_site site)
{
    joist_coll out;
    joist_port_spec spec = { "out", type };
    give_outputs(p, n, &spec, 1, &out, site);
    return out;
}

joist_text_list jst_build_fields(joist_pipeline *p, const joist_type *type, const joist_fields *f)
{
    joist_text *names = joist_arena_alloc(p->arena, (f->count + 1) * sizeof *names);
    for (uint32_t i = 0; i < f->count; i++) {
        const joist_field *field = type ? joist_type_field_at(type, f->offset[i]) : NULL;
        names[i] = joist_text_of(field ? field->name : "?");
    }
    return (joist_text_list){ names, f->count };
}

static joist_text separator_of(joist_pipeline *p, char c)
{
    return c ? kept(p, (joist_text){ &c, 1 }) : JOIST_TEXT("");
}

joist_coll joist_read_(joist_pipeline *p, const joist_type *type, const joist_read_options *o)
{
    char ours[80];
    snprintf(ours, sizeof ours, "read_%s", type->name);
    jst_node *n = jst_build_add(p, JST_READ, jst_build_name(p, o->name, ours, o->site_), o->site_);
    n->uri = kept(p, o->uri);
    n->table = o->table.len ? kept(p, o->table) : joist_arena_printf(p->arena, "%ss", type->name);
    n->query = kept(p, o->query);
    if (o->query.len && o->table.len)
        joist_mistake(p, o->site_, "joist_read takes .table or .query, not both");
    n->csv = o->csv;
    n->separator = separator_of(p, o->separator);
    n->window = kept(p, o->window);
    n->since = kept(p, o->since);
    n->until = kept(p, o->until);
    n->max_record = o->max_record != 0 ? o->max_record : 1 << 20;
    n->except = o->except.id;
    joist_text *otherwise = joist_arena_alloc(p->arena, 2 * sizeof *otherwise);
    for (size_t i = 0; i < 2; i++)
        if (o->otherwise[i].len)
            otherwise[n->otherwise.count++] = kept(p, o->otherwise[i]);
    n->otherwise.items = otherwise;
    return jst_build_output(p, n, type, o->site_);
}

joist_coll joist_read_all_(joist_coll ranges, const joist_type *type,
                           const joist_read_all_options *o)
{
    joist_pipeline *p = ranges.p;
    if (!jst_build_usable(ranges, p, o->site_, "the ranges of joist_read_all"))
        return (joist_coll){ p, 0 };
    char ours[80];
    snprintf(ours, sizeof ours, "read_all_%s", type->name);
    joist_text name = jst_build_name(p, o->name, ours, o->site_);
    jst_node *n = jst_build_add(p, JST_READ_ALL, name, o->site_);
    jst_build_inputs(p, n, &ranges, 1);
    n->uri = kept(p, o->uri);
    n->table = o->table.len ? kept(p, o->table) : joist_arena_printf(p->arena, "%ss", type->name);
    n->max_record = o->max_record != 0 ? o->max_record : 1 << 20;
    if (o->by.count == 1)
        n->time = jst_build_fields(p, type, &o->by).items[0];
    else
        joist_mistake(p, o->site_, "joist_read_all needs .by = JOIST_FIELDS(%s, …), one time field",
                      type->name);
    return jst_build_output(p, n, type, o->site_);
}

joist_coll joist_create_(joist_pipeline *p, const joist_type *type, const void *items, size_t count,
                         const joist_create_options *o)
{
    char ours[80];
    snprintf(ours, sizeof ours, "create_%s", type->name);
    jst_node *n = jst_build_add(p, JST_READ, jst_build_name(p, o->name, ours, o->site_), o->site_);
    joist_buffer rows = { 0 };
    for (size_t i = 0; i < count; i++)
        joist_row_encode(type, (const char *)items + i * type->size, &rows);
    joist_text copy = joist_arena_text(p->arena, joist_buffer_view(&rows));
    joist_buffer_free(&rows);
    n->uri = JOIST_TEXT("create:");
    n->config = (joist_bytes){ copy.ptr, copy.len };
    n->max_record = 1 << 20;
    return jst_build_output(p, n, type, o->site_);
}

/* An empty handle comes from an earlier mistake, which is the one to report; from nowhere it is
 * one. */
bool jst_build_usable(joist_coll in, joist_pipeline *p, joist_site site, const char *what)
{
    if (in.p && in.id)
        return true;
    joist_mistake(p ? p : in.p, site, "%s is missing: pass a collection made before", what);
    return false;
}

joist_coll joist_latest_(joist_coll in, const joist_latest_options *o)
{
    joist_pipeline *p = in.p;
    if (!jst_build_usable(in, p, o->site_, "the input of joist_latest"))
        return in;
    const joist_type *type = jst_coll_type(p, in.id);
    if (!o->key.count)
        joist_mistake(p, o->site_, "joist_latest needs .key = JOIST_FIELDS(%s, …)", type->name);
    char ours[80];
    snprintf(ours, sizeof ours, "latest_%s", type->name);
    joist_text name = jst_build_name(p, o->name, ours, o->site_);
    jst_node *n = jst_build_add(p, JST_LATEST, name, o->site_);
    jst_build_inputs(p, n, &in, 1);
    n->key = jst_build_fields(p, type, &o->key);
    n->by = jst_build_fields(p, type, &o->by);
    return jst_build_output(p, n, type, o->site_);
}

joist_coll joist_flatten_(const joist_coll *in, size_t count, joist_site site)
{
    joist_pipeline *p = NULL;
    for (size_t i = 0; i < count; i++)
        p = in[i].p ? in[i].p : p;
    for (size_t i = 0; i < count; i++)
        if (!jst_build_usable(in[i], p, site, "an input of joist_flatten"))
            return (joist_coll){ p, 0 };
    jst_node *n = jst_build_add(p, JST_FLATTEN, jst_build_name(p, NULL, "flatten", site), site);
    jst_build_inputs(p, n, in, count);
    return jst_build_output(p, n, jst_coll_type(p, in[0].id), site);
}

joist_side joist_view_(joist_coll in, joist_fields key, const joist_view_options *o)
{
    (void)jst_build_usable(in, in.p, o->site_, "the collection of a side input");
    return (joist_side){ .coll = in, .key = key, .allow_empty = o->allow_empty };
}

/* What makes a side input of this shape. */
static const char *view_call(const joist_type *type)
{
    return type->shape == JOIST_SHAPE_MANY ? "joist_multimap_by"
         : type->shape == JOIST_SHAPE_ALL  ? "joist_list_of"
         : type->shape == JOIST_SHAPE_ONE  ? "joist_singleton" : "joist_map_by";
}

static void give_sides(joist_pipeline *p, jst_node *n, const joist_apply_args *a)
{
    jst_side *sides = joist_arena_alloc(p->arena, (a->dofn->sides_count + 1) * sizeof *sides);
    for (size_t i = 0; i < a->dofn->sides_count; i++) {
        const joist_port_spec *spec = &a->dofn->sides[i];
        const joist_side *s = &a->sides[i];
        const joist_type *of = spec->type->values ? spec->type->values : spec->type;
        if (!s->coll.id)
            joist_mistake(p, a->site, "%s needs its side input .side.%s = %s(%s, …)",
                          a->dofn->name, spec->name, view_call(spec->type), of->name);
        sides[i] = (jst_side){ s->coll.id, joist_text_of(spec->name), joist_text_of(of->name),
                               s->key.count ? jst_build_fields(p, of, &s->key).items[0]
                                            : JOIST_TEXT(""), s->allow_empty };
    }
    n->sides = (jst_side_list){ sides, a->dofn->sides_count };
}

joist_bytes jst_build_config(joist_pipeline *p, const joist_type *type, const void *config)
{
    if (!type)
        return (joist_bytes){ NULL, 0 };
    joist_buffer row = { 0 };
    joist_row_encode(type, config, &row);
    joist_text copy = joist_arena_text(p->arena, joist_buffer_view(&row));
    joist_buffer_free(&row);
    return (joist_bytes){ copy.ptr, copy.len };
}

void joist_apply_(const joist_apply_args *a)
{
    joist_pipeline *p = a->in.p;
    for (size_t i = 0; i < a->dofn->outs_count; i++)
        a->outs[i] = (joist_coll){ p, 0 };
    if (!jst_build_usable(a->in, p, a->site, "the input of JOIST_APPLY"))
        return;
    jst_build_type(p, a->dofn->in, a->site);
    joist_text name = jst_build_name(p, a->name, a->dofn->name, a->site);
    jst_node *n = jst_build_add(p, JST_PARDO, name, a->site);
    n->dofn = joist_text_of(a->dofn->name);
    jst_build_inputs(p, n, &a->in, 1);
    give_sides(p, n, a);
    n->config = jst_build_config(p, a->dofn->config, a->config);
    give_outputs(p, n, a->dofn->outs, a->dofn->outs_count, a->outs, a->site);
}

static jst_node *add_write(joist_coll in, const joist_type *type, const joist_write_options *o,
                           joist_text name)
{
    joist_pipeline *p = in.p;
    jst_node *n = jst_build_add(p, JST_WRITE, name, o->site_);
    jst_build_inputs(p, n, &in, 1);
    n->uri = kept(p, o->uri);
    n->table = o->table.len ? kept(p, o->table) : joist_arena_printf(p->arena, "%ss", type->name);
    n->without = jst_build_fields(p, type, &o->without);
    return n;
}

/* What empties groups is a step of its own, just before the one that writes. */
static void add_groups(joist_pipeline *p, const joist_type *type, const joist_write_options *o,
                       joist_text name)
{
    if (!o->groups.id && !o->groups.p && !o->groups_by.count)
        return;
    if (!jst_build_usable(o->groups, p, o->site_, "the .groups of joist_write"))
        return;
    if (!o->groups_by.count)
        joist_mistake(p, o->site_, "the .groups of joist_write need .groups_by = JOIST_FIELDS(%s, "
                      "…)", type->name);
    jst_node *n =
        add_write(o->groups, type, o, joist_arena_printf(p->arena, "%.*s_groups", JOIST_ARG(name)));
    n->key = jst_build_fields(p, type, &o->groups_by);
    n->erase = true;
}

void joist_write_(joist_coll in, const joist_write_options *o)
{
    joist_pipeline *p = in.p;
    if (!jst_build_usable(in, p, o->site_, "the input of joist_write"))
        return;
    const joist_type *type = jst_coll_type(p, in.id);
    char ours[80];
    snprintf(ours, sizeof ours, "write_%s", type->name);
    joist_text name = jst_build_name(p, o->name, ours, o->site_);
    add_groups(p, type, o, name);
    jst_node *n = add_write(in, type, o, name);
    n->key = jst_build_fields(p, type, &o->key);
    n->by = jst_build_fields(p, type, &o->by);
    n->replace_all = o->replace_all;
    n->changes = jst_build_fields(p, type, &o->changes);
    if (o->window.count)
        n->window_field = jst_build_fields(p, type, &o->window).items[0];
    n->window = kept(p, o->hour);
    n->csv = o->csv;
    n->separator = separator_of(p, o->separator);
    n->outbox = o->outbox;
    n->endpoint = kept(p, o->endpoint);
}
