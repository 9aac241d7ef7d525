/* SPDX-License-Identifier: Apache-2.0
 * `graph`: the checked pipeline as a picture, in any of the forms of one table. Nothing is opened:
 * it works before there is any input. */
#include "verbs.h"

#include "errors.h"
#include "graph_ascii.h"
#include "graph_hide.h"
#include "graph_json.h"
#include "graph_picture.h"
#include "graph_svg.h"
#include "graph_text.h"
#include "json_out.h"
#include "prepare.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct drawing {
    const joist_graph *g;
    const jst_graph_counts *counts;         /* NULL: none */
    bool fused;
    joist_arena *a;
} drawing;

/* ---- forms ----------------------------------------------------------------------------------- */

static jst_picture boxes_of(const drawing *d)
{
    jst_picture p = { .arena = d->a };
    (d->fused ? jst_picture_fused : jst_picture_declared)(&p, d->g, d->counts);
    return p;
}

/* For who draws a box around boxes. */
static jst_picture clusters_of(const drawing *d)
{
    jst_picture p = { .arena = d->a };
    (d->fused ? jst_picture_clusters : jst_picture_declared)(&p, d->g, d->counts);
    return p;
}

static void draw_plain(const drawing *d, joist_buffer *out)
{
    jst_picture p = boxes_of(d);
    jst_graph_ascii(out, &p, false, jst_cli_wants_color(STDOUT_FILENO));
}

static void draw_lines(const drawing *d, joist_buffer *out)
{
    jst_picture p = boxes_of(d);
    jst_graph_ascii(out, &p, true, jst_cli_wants_color(STDOUT_FILENO));
}

static bool is_utf8_locale(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static void draw_auto(const drawing *d, joist_buffer *out)
{
    (is_utf8_locale() ? draw_lines : draw_plain)(d, out);
}

static void draw_mermaid(const drawing *d, joist_buffer *out)
{
    jst_picture p = clusters_of(d);
    jst_graph_mermaid(out, &p);
}

static void draw_dot(const drawing *d, joist_buffer *out)
{
    jst_picture p = clusters_of(d);
    jst_graph_dot(out, &p, d->g->pipeline);
}

static void draw_svg(const drawing *d, joist_buffer *out)
{
    jst_picture p = boxes_of(d);
    jst_graph_svg(out, &p, d->g->pipeline, true);
}

static void draw_json(const drawing *d, joist_buffer *out)
{
    jst_cli_json_line(out, jst_graph_json(d->g, d->counts));
}

typedef struct form { const char *name; void (*draw)(const drawing *d, joist_buffer *out); } form;
static const form forms[] = {
    { "auto", draw_auto }, { "ascii", draw_plain }, { "unicode", draw_lines },
    { "mermaid", draw_mermaid }, { "dot", draw_dot }, { "svg", draw_svg }, { "json", draw_json },
};

/* Other names have been refused: they are not among the option's values. */
static const form *form_of(joist_text name)
{
    size_t i = 0;
    while (i + 1 < sizeof forms / sizeof forms[0]
           && !joist_text_equal(name, joist_text_of(forms[i].name)))
        i++;
    return &forms[i];
}

/* ---- the verb -------------------------------------------------------------------------------- */

static joist_status draw(const jst_cli_prepared *p, joist_pipeline *pipeline, const form *f,
                         joist_arena *a, joist_error *e)
{
    const jst_cli_graph_options *o = p->more;
    jst_graph_counts counts = { 0 };
    if (joist_pipeline_check(pipeline, p->pipeline, e) != JOIST_OK)
        return JOIST_FAILED;
    const joist_graph *g = joist_pipeline_graph(pipeline, a);
    drawing d = { .g = jst_graph_hide(g, p->options, a), .fused = o->fused, .a = a };
    if (o->with_counts.len) {
        if (jst_graph_counts_read(d.g, o->with_counts, a, &counts, e) != JOIST_OK)
            return JOIST_FAILED;
        d.counts = &counts;
    }
    joist_buffer out = { 0 };
    f->draw(&d, &out);
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&out);
    jst_graph_counts_free(&counts);
    return code ? JOIST_FAILED : JOIST_OK;
}

int jst_cli_graph(const jst_cli_call *call)
{
    static const jst_cli_more more = {
        .options = &jst_cli_graph_options_type, .group = "graph", .stand_ins = true,
    };
    jst_cli_prepared p;
    int code;
    if (!jst_cli_prepare(call, &more, &p, &code))
        return code;
    joist_error e = { 0 };
    const jst_cli_graph_options *o = p.more;
    joist_pipeline *pipeline = joist_pipeline_new(call->def);
    if (draw(&p, pipeline, form_of(o->format), call->arena, &e) == JOIST_OK)
        code = JST_CLI_EXIT_OK;
    else
        code = e.message[0] ? jst_cli_refused(&e) : JST_CLI_EXIT_FAILED;
    joist_pipeline_free(pipeline);
    return code;
}
