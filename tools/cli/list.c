/* SPDX-License-Identifier: Apache-2.0
 * `list transforms|options|codes`: what there is, from the tables the program runs by. The only
 * list kept by hand is that of the built-in transforms, because macros leave no trace in the
 * binary. */
#include "verbs.h"

#include "format.h"
#include "help.h"
#include "json_out.h"
#include "prepare.h"

#include <stdio.h>

typedef struct transform { const char *name, *help; } transform;

static const transform transforms[] = {
    { "joist_read", "records from files (lines, JSON) or from a database's table" },
    { "joist_create", "records written in the program" },
    { "JOIST_APPLY", "ParDo: one DoFn over every element, with any number of output ports" },
    { "JOIST_MAP", "a DoFn of one plain function: one element, another one" },
    { "JOIST_FILTER", "a DoFn of one plain function: which elements stay" },
    { "JOIST_FLAT_MAP", "a DoFn of one plain function: one element, any number of others" },
    { "JOIST_PARTITION", "2 to 8 collections of one, by a function" },
    { "joist_flatten", "2 to 8 collections of one type as one" },
    { "joist_with_timestamps", "a time field becomes the element's timestamp" },
    { "joist_window_into", "fixed, sliding or session windows, or the global one" },
    { "joist_group_by_key", "GroupByKey: one group per key and window" },
    { "joist_join", "pairs of two collections: inner, left, right or full" },
    { "joist_cogroup", "CoGroupByKey: one group per key of two collections" },
    { "JOIST_COMBINE", "a CombineFn of the program, per key or globally" },
    { "joist_count", "elements per key" },
    { "joist_sum", "the sum of a number per key; of floats exactly" },
    { "joist_min", "the least value of a number per key" },
    { "joist_max", "the greatest value of a number per key" },
    { "joist_mean", "the mean of a number per key" },
    { "joist_quantiles", "least, median, greatest and what is between, per key" },
    { "joist_count_distinct", "different values of a field per key, exactly" },
    { "joist_approx_count_distinct", "the same by HyperLogLog, in little memory" },
    { "joist_count_globally", "all elements; so do sum, min, max, mean, … with _globally" },
    { "joist_top", "the n elements with the greatest order fields, per key or of all" },
    { "joist_bottom", "the n elements with the smallest order fields, per key or of all" },
    { "joist_latest", "per key the element with the greatest order fields" },
    { "joist_distinct", "per key the first element" },
    { "joist_sample", "n elements by chance, per key or of all" },
    { "joist_map_by", "a collection as a side input, looked up by key" },
    { "joist_multimap_by", "the same with any number of elements per key" },
    { "joist_list_of", "a collection as a side input, whole" },
    { "joist_singleton", "a collection of one element as a side input" },
    { "joist_write", "rows into a store, visible all at once when the run has succeeded" },
};

/* ---- rows ------------------------------------------------------------------------------------ */
typedef struct list { json_t *rows; const char *columns[4]; } list;

static json_t *row(list *l, const char *kind, const char *name, const char *help)
{
    json_t *object = json_object();
    if (kind)
        jst_cli_json_text(object, "kind", joist_text_of(kind));
    jst_cli_json_text(object, "name", joist_text_of(name));
    jst_cli_json_text(object, "help", joist_text_of(help));
    json_array_append_new(l->rows, object);
    return object;
}

static void add_connector(list *l, const joist_connector *c)
{
    json_t *object = row(l, "connector", c->name, c->help), *schemes = json_array();
    for (size_t i = 0; i < 4 && c->schemes[i]; i++)
        json_array_append_new(schemes, json_string(c->schemes[i]));
    json_object_set_new(object, "schemes", schemes);
    json_object_set_new(object, "read", json_boolean(c->source));
    json_object_set_new(object, "write", json_boolean(c->store));
    json_object_set_new(object, "post", json_boolean(c->sender));
}

static json_t *ports(const joist_port_spec *specs, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        jst_cli_json_text(object, specs[i].name, joist_text_of(specs[i].type->name));
    return object;
}

static joist_text dofn_help(joist_arena *a, const joist_dofn *fn)
{
    joist_text t = joist_arena_printf(a, "%s ->", fn->in->name);
    for (size_t i = 0; i < fn->outs_count; i++)
        t = joist_arena_printf(a, "%.*s %s", JOIST_ARG(t), fn->outs[i].name);
    return t;
}

static void add_dofn(list *l, joist_arena *a, const joist_dofn *fn)
{
    json_t *object = row(l, "dofn", fn->name, dofn_help(a, fn).ptr);
    jst_cli_json_text(object, "in", joist_text_of(fn->in->name));
    json_object_set_new(object, "out", ports(fn->outs, fn->outs_count));
    json_object_set_new(object, "side", ports(fn->sides, fn->sides_count));
}

/* ---- lists ----------------------------------------------------------------------------------- */
static void list_transforms(list *l, const jst_cli_call *call)
{
    for (size_t i = 0; i < sizeof transforms / sizeof transforms[0]; i++)
        row(l, "transform", transforms[i].name, transforms[i].help);
    for (const joist_connector *const *c = joist_connectors; *c; c++)
        add_connector(l, *c);
    for (const joist_connector *const *c = call->def->connectors; c && *c; c++)
        add_connector(l, *c);
    for (const joist_dofn *const *fn = call->def->dofns; fn && *fn; fn++)
        add_dofn(l, call->arena, *fn);
    memcpy(l->columns, (const char *[]){ "kind", "name", "help", NULL }, sizeof l->columns);
}

static void list_codes(list *l, const jst_cli_call *call)
{
    for (const joist_code *c = joist_codes; c->code; c++)
        row(l, NULL, c->code, c->help);
    for (const joist_code *c = call->def->codes; c && c->code; c++)
        row(l, NULL, c->code, c->help);
    memcpy(l->columns, (const char *[]){ "name", "help", NULL, NULL }, sizeof l->columns);
}

static void list_options(list *l, const jst_cli_call *call)
{
    joist_error e = { 0 };
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    jst_cli_options_add(o, call->def->options, "pipeline", &e);
    jst_cli_options_add(o, &jst_cli_run_options_type, "runner", &e);
    if (call->def->hourly)
        jst_cli_options_add(o, &jst_cli_hourly_options_type, "hourly", &e);
    jst_cli_options_add(o, &jst_cli_check_options_type, "check", &e);
    jst_cli_options_add(o, &jst_cli_graph_options_type, "graph", &e);
    jst_cli_options_add(o, &jst_cli_dead_options_type, "dead", &e);
    jst_cli_options_add(o, &jst_cli_replay_options_type, "replay", &e);
    jst_cli_options_add(o, &jst_cli_peek_options_type, "peek", &e);
    json_decref(l->rows);
    l->rows = jst_cli_options_json(o);
    memcpy(l->columns, (const char *[]){ "name", "type", "default", "help" }, sizeof l->columns);
}

/* ---- printing -------------------------------------------------------------------------------- */
static void print_table(joist_buffer *out, joist_arena *a, const list *l)
{
    size_t columns = 0;
    while (columns < 4 && l->columns[columns])
        columns++;
    jst_cli_table t = { .arena = a, .align = &"llll"[4 - columns] };
    for (size_t i = 0; i < json_array_size(l->rows); i++)
        for (size_t c = 0; c < columns; c++)
            jst_cli_cell(&t, joist_text_of(json_string_value(
                json_object_get(json_array_get(l->rows, i), l->columns[c]))));
    jst_cli_table_print(&t, out, "");
}

static int print_list(const jst_cli_call *call, list *l, bool json)
{
    joist_buffer out = { 0 };
    if (json)
        jst_cli_json_line(&out, json_incref(l->rows));
    else
        print_table(&out, call->arena, l);
    json_decref(l->rows);
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&out);
    return code;
}

typedef struct kind { const char *name; void (*make)(list *l, const jst_cli_call *call); } kind;
static const kind kinds[] = {
    { "transforms", list_transforms }, { "options", list_options }, { "codes", list_codes },
};

static const kind *kind_of(const jst_cli_options *o)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && o->words_count == 1; i++)
        if (joist_text_equal(o->words[0], joist_text_of(kinds[i].name)))
            return &kinds[i];
    return NULL;
}

int jst_cli_list(const jst_cli_call *call)
{
    joist_error e = { 0 };
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    const jst_cli_list_options *options =
        jst_cli_options_add(o, &jst_cli_list_options_type, "list", &e);
    if (!options || jst_cli_options_load(o, call->argc, call->argv, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (o->help) {
        jst_cli_verb_help(call, o);
        return JST_CLI_EXIT_OK;
    }
    const kind *k = kind_of(o);
    if (!k) {
        joist_fail_with(&e, JOIST_USAGE, "list wants one of: transforms, options, codes");
        snprintf(e.hint, sizeof e.hint, "%s options", call->command);
        return jst_cli_refused(&e);
    }
    list l = { .rows = json_array() };
    k->make(&l, call);
    return print_list(call, &l, options->json);
}
