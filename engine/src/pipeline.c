/* SPDX-License-Identifier: Apache-2.0
 * A pipeline's life: declared, built, encoded, read back, checked. */
#include "pipeline.h"
#include "run.h"

#include <stdlib.h>

const joist_code joist_codes[] = {
    { "empty", "a file without content" },
    { "bad_gzip",
      "a gzip file that cannot be inflated whole; what came out before the fault is kept" },
    { "bad_csv", "a record that is no CSV (RFC 4180), or not one under its file's header" },
    { "too_large", "a record longer than --max-record" },
    { "bad_json", "text that is no JSON (RFC 8259)" },
    { "not_object", "a JSON value that is no object" },
    { "no_timestamp", "an element without the time that should be its timestamp" },
    { "sink_row", "a row the store refused" },
    { "mail_failed", "a message its endpoint refused" },
    { NULL, NULL },
};

static void add_dofn_types(joist_pipeline *p, const joist_dofn *fn)
{
    jst_types_add(&p->types, fn->in);
    for (size_t i = 0; i < fn->outs_count; i++)
        jst_types_add(&p->types, fn->outs[i].type);
    for (size_t i = 0; i < fn->sides_count; i++)
        jst_types_add(&p->types, fn->sides[i].type);
}

joist_pipeline *joist_pipeline_new(const joist_pipeline_def *def)
{
    joist_pipeline *p = joist_calloc(1, sizeof *p);
    p->def = def;
    p->arena = joist_arena_new();
    p->types_arena = joist_arena_new();
    for (size_t i = 0; def->dofns && def->dofns[i]; i++)
        add_dofn_types(p, def->dofns[i]);
    return p;
}

void joist_pipeline_free(joist_pipeline *p)
{
    if (!p)
        return;
    jst_run_free(p->run);
    joist_arena_free(p->arena);
    joist_arena_free(p->types_arena);
    joist_free(p->building);
    jst_types_free(&p->types);
    joist_buffer_free(&p->wire);
    joist_buffer_free(&p->wire_before);
    joist_buffer_free(&p->scope);
    joist_free(p);
}

joist_text joist_pipeline_name(const joist_pipeline *p)
{
    return joist_text_of(p->def->name);
}

/* Law 4: what runs is what came back from the wire, so a graph that does not survive it fails
 * here. The graph that there was may be part of `g`, and of a report that is still read; it lives
 * in the wire before. */
joist_status jst_graph_set(joist_pipeline *p, const jst_graph *g, joist_error *e)
{
    joist_buffer_free(&p->wire_before);
    p->wire_before = p->wire;
    p->wire = (joist_buffer){ 0 };
    joist_row_encode(&jst_graph_type, g, &p->wire);
    size_t used = joist_row_decode(&jst_graph_type, p->wire.ptr, p->wire.len, &p->graph, p->arena);
    if (used != p->wire.len)
        return joist_fail_with(e, JOIST_GRAPH, "the graph does not survive its serialised form");
    return JOIST_OK;
}

joist_source_spec jst_read_spec(const joist_pipeline *p, const jst_node *n)
{
    return (joist_source_spec){
        .uri = n->uri, .rows = n->config, .table = n->table, .query = n->query, .csv = n->csv,
        .separator = jst_separator(n), .window = n->window, .since = n->since, .until = n->until,
        .by = n->time,
        .type = jst_types_find(&p->types, n->outputs.items[0].type), .max_record = n->max_record,
    };
}

static joist_status check_source(const joist_pipeline *p, const jst_node *n, joist_text uri,
                                 joist_error *e)
{
    const joist_source_ops *ops = jst_connector_of(p->def, uri)->source;
    joist_source_spec spec = jst_read_spec(p, n);
    spec.uri = uri;
    return ops->check ? ops->check(&spec, e) : JOIST_OK;
}

static joist_status check_sources(const joist_pipeline *p, joist_error *e)
{
    for (size_t i = 0; i < p->graph.nodes.count; i++) {
        const jst_node *n = &p->graph.nodes.items[i];
        if (!jst_op_reads(jst_op_of(n->op)))
            continue;
        if (check_source(p, n, n->uri, e))
            return JOIST_FAILED;
        for (size_t k = 0; k < n->otherwise.count; k++)
            if (check_source(p, n, n->otherwise.items[k], e))
                return JOIST_FAILED;
    }
    return JOIST_OK;
}

static joist_status check_store(const joist_pipeline *p, const jst_store_plan *s, joist_error *e)
{
    const joist_store_ops *ops = s->connector->store;
    if (ops->check && ops->check(s->uri, s->specs, s->count, e))
        return JOIST_FAILED;
    for (size_t i = 0; i < s->count; i++) {
        joist_text endpoint = s->tables[i].node->endpoint;
        const joist_connector *c = endpoint.len ? jst_connector_of(p->def, endpoint) : NULL;
        if (c && c->sender->check && c->sender->check(endpoint, e))
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

static joist_status check_stores(const joist_pipeline *p, joist_error *e)
{
    jst_plan *plan = jst_plan_new(p);
    joist_status status = JOIST_OK;
    for (size_t i = 0; i < plan->stores_count && status == JOIST_OK; i++)
        status = check_store(p, &plan->stores[i], e);
    jst_plan_free(plan);
    return status;
}

joist_status jst_check_all(const joist_pipeline *p, joist_error *e)
{
    return jst_check_graph(p, e) || check_sources(p, e) ? JOIST_FAILED : check_stores(p, e);
}

joist_status joist_pipeline_check(joist_pipeline *p, const void *options, joist_error *e)
{
    jst_build_reset(p);
    p->def->build(p, options);
    if (p->mistake.message[0]) {
        *e = p->mistake;
        return JOIST_FAILED;
    }
    if (jst_graph_set(p, &(jst_graph){ joist_text_of(p->def->name), { p->building, p->count } },
                      e))
        return JOIST_FAILED;
    return jst_check_all(p, e);
}
