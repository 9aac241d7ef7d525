/* SPDX-License-Identifier: Apache-2.0
 * DOT, for Graphviz. Labels are in its HTML form, so that a rejected line can be red. */
#include "graph_text.h"

#include "escape.h"

static const char *const styles[JST_SHAPES] = {
    [JST_SHAPE_STEP] = "shape=box", [JST_SHAPE_SOURCE] = "shape=box, style=rounded",
    [JST_SHAPE_STORE] = "shape=cylinder", [JST_SHAPE_STAGE] = "shape=box",
    [JST_SHAPE_SHUFFLE] = "shape=hexagon",
};
static const char *const opens[JST_TONES] = {
    [JST_TONE_TITLE] = "<B>", [JST_TONE_PLAIN] = "", [JST_TONE_DIM] = "<FONT COLOR=\"#656d76\">",
    [JST_TONE_BAD] = "<FONT COLOR=\"#d1242f\">", [JST_TONE_HOT] = "<FONT COLOR=\"#bc4c00\">",
};
static const char *const closes[JST_TONES] = {
    [JST_TONE_TITLE] = "</B>", [JST_TONE_PLAIN] = "", [JST_TONE_DIM] = "</FONT>",
    [JST_TONE_BAD] = "</FONT>", [JST_TONE_HOT] = "</FONT>",
};

static void print_words(joist_buffer *out, joist_text t, jst_tone tone)
{
    if (!t.len)
        return;
    joist_buffer_printf(out, "%s", opens[tone]);
    jst_cli_xml(out, t);
    joist_buffer_printf(out, "%s", closes[tone]);
}

static void print_box(joist_buffer *out, const jst_picture *p, size_t i, const char *indent)
{
    const jst_picture_box *b = &p->boxes[i];
    joist_buffer_printf(out, "%sn%zu [%s, label=<", indent, i, styles[b->shape]);
    for (size_t k = 0; k < b->lines_count; k++) {
        joist_buffer_printf(out, "%s", k ? "<BR/>" : "");
        print_words(out, b->lines[k].text, b->lines[k].tone);
        joist_buffer_printf(out, "%s", b->lines[k].note.len ? " " : "");
        print_words(out, b->lines[k].note, b->lines[k].note_tone);
    }
    joist_buffer_printf(out, ">%s];\n", b->hot ? ", penwidth=2, color=\"#bc4c00\"" : "");
}

static void print_net(joist_buffer *out, const jst_picture_net *n)
{
    for (size_t k = 0; k < n->wires_count; k++) {
        joist_buffer_printf(out, "  n%zu -> n%zu [", n->from, n->wires[k].to);
        if (n->label.len + n->note.len) {
            joist_buffer_printf(out, "label=<");
            print_words(out, n->label, JST_TONE_DIM);
            joist_buffer_printf(out, "%s", n->label.len && n->note.len ? " " : "");
            print_words(out, n->note, JST_TONE_TITLE);
            joist_buffer_printf(out, ">%s", n->dashed ? ", " : "");
        }
        joist_buffer_printf(out, "%s];\n", n->dashed ? "style=dashed" : "");
    }
}

static size_t print_cluster(joist_buffer *out, const jst_picture *p, size_t cluster)
{
    size_t count = 0;
    for (size_t i = 0; i < p->boxes_count; i++) {
        if (p->boxes[i].cluster != cluster)
            continue;
        if (cluster && count == 0)
            joist_buffer_printf(out, "  subgraph cluster_%zu {\n    label=\"stage %zu\";\n"
                                     "    style=rounded;\n", cluster, cluster);
        print_box(out, p, i, cluster ? "    " : "  ");
        count++;
    }
    if (cluster && count)
        joist_buffer_printf(out, "  }\n");
    return count;
}

void jst_graph_dot(joist_buffer *out, const jst_picture *p, joist_text name)
{
    joist_buffer_printf(out, "digraph \"");
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != '"' && name.ptr[i] != '\\')
            joist_buffer_byte(out, name.ptr[i]);
    joist_buffer_printf(out, "\" {\n  rankdir=TB;\n"
                             "  node [fontname=\"monospace\", fontsize=11];\n"
                             "  edge [fontname=\"monospace\", fontsize=10];\n");
    size_t printed = 0;
    for (size_t cluster = 1; cluster <= p->boxes_count; cluster++)
        printed += print_cluster(out, p, cluster);
    if (printed < p->boxes_count)
        print_cluster(out, p, 0);
    for (size_t i = 0; i < p->nets_count; i++)
        print_net(out, &p->nets[i]);
    joist_buffer_printf(out, "}\n");
}
