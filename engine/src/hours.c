/* SPDX-License-Identifier: Apache-2.0
 * What a pipeline that works hour by hour wants to know of its input without reading it. */
#include "run.h"

#include "joist/text.h"

void jst_digest_windows(jst_run *run)
{
    const jst_node_list *nodes = &run->p->graph.nodes;
    joist_buffer all = joist_buffer_in(run->arena, JOIST_DIGEST_SIZE);
    bool any = false, known = true;
    for (size_t i = 0; i < nodes->count && known; i++) {
        char hex[JOIST_DIGEST_SIZE] = "nothing";
        const joist_source *source = run->sources[i];
        if (jst_op_of(nodes->items[i].op) != JST_READ || !nodes->items[i].window.len)
            continue;
        any = true;
        known = !source || source->ops->digest;
        if (source && known)
            source->ops->digest(source, hex);
        joist_buffer_text(&all, joist_text_of(hex));
    }
    joist_text text = joist_buffer_view(&all);
    if (any && known)
        run->digest = joist_sha256_hex(&text, 1, JOIST_DIGEST_SIZE - 1, run->arena);
}

joist_status joist_pipeline_hours(joist_pipeline *p, joist_text uri, const joist_hours *known,
                                  joist_env *env, joist_arena *arena, joist_hours *out,
                                  joist_error *e)
{
    const jst_node_list *nodes = &p->graph.nodes;
    const jst_node *n = NULL;
    for (size_t i = 0; i < nodes->count && !n; i++)
        if (jst_op_of(nodes->items[i].op) == JST_READ
            && joist_text_equal(nodes->items[i].uri, uri))
            n = &nodes->items[i];
    const joist_connector *c = n ? jst_connector_of(p->def, uri) : NULL;
    if (!c || !c->source->hours)
        return joist_fail_with(e, JOIST_USAGE, n ? "'%.*s' cannot tell which hours it has"
                               : "no step reads '%.*s'", JOIST_ARG(uri));
    joist_source_spec spec = jst_read_spec(p, n);
    spec.uri = uri;
    spec.env = env;
    return c->source->hours(&spec, known, arena, out, e);
}
