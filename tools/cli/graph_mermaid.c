/* SPDX-License-Identifier: Apache-2.0
 * Mermaid: a flowchart as GitHub and many editors show it. Names are n0, n1 …; all words are quoted
 * labels, in which what could be syntax or markup is a character code. */
#include "graph_text.h"

#include "escape.h"

static const char *const opens[JST_SHAPES] = {
    [JST_SHAPE_STEP] = "[", [JST_SHAPE_SOURCE] = "([", [JST_SHAPE_STORE] = "[(",
    [JST_SHAPE_STAGE] = "[", [JST_SHAPE_SHUFFLE] = "{{",
};
static const char *const closes[JST_SHAPES] = {
    [JST_SHAPE_STEP] = "]", [JST_SHAPE_SOURCE] = "])", [JST_SHAPE_STORE] = ")]",
    [JST_SHAPE_STAGE] = "]", [JST_SHAPE_SHUFFLE] = "}}",
};

static void print_words(joist_buffer *out, joist_text t)
{
    joist_buffer safe = { 0 };
    jst_cli_escape(&safe, t);
    for (size_t i = 0; i < safe.len; i++) {
        char c = safe.ptr[i];
        if (strchr("\"#<>&;`|\\", c))
            joist_buffer_printf(out, "#%d;", c);
        else
            joist_buffer_byte(out, c);
    }
    joist_buffer_free(&safe);
}

static void print_box(joist_buffer *out, const jst_picture *p, size_t i, const char *indent)
{
    const jst_picture_box *b = &p->boxes[i];
    joist_buffer_printf(out, "%sn%zu%s\"", indent, i, opens[b->shape]);
    for (size_t k = 0; k < b->lines_count; k++) {
        joist_buffer_printf(out, "%s", k ? "<br/>" : "");
        print_words(out, b->lines[k].text);
        if (b->lines[k].note.len) {
            joist_buffer_printf(out, " · ");
            print_words(out, b->lines[k].note);
        }
    }
    joist_buffer_printf(out, "\"%s\n", closes[b->shape]);
}

static void print_net(joist_buffer *out, const jst_picture_net *n)
{
    for (size_t k = 0; k < n->wires_count; k++) {
        joist_buffer_printf(out, "    n%zu %s", n->from, n->dashed ? "-.->" : "-->");
        if (n->label.len + n->note.len) {
            joist_buffer_printf(out, "|\"");
            print_words(out, n->label);
            joist_buffer_printf(out, "%s", n->label.len && n->note.len ? " " : "");
            print_words(out, n->note);
            joist_buffer_printf(out, "\"|");
        }
        joist_buffer_printf(out, " n%zu\n", n->wires[k].to);
    }
}

static size_t print_cluster(joist_buffer *out, const jst_picture *p, size_t cluster)
{
    size_t count = 0;
    for (size_t i = 0; i < p->boxes_count; i++) {
        if (p->boxes[i].cluster != cluster)
            continue;
        if (cluster && count == 0)
            joist_buffer_printf(out, "    subgraph s%zu [\"stage %zu\"]\n", cluster, cluster);
        print_box(out, p, i, cluster ? "        " : "    ");
        count++;
    }
    if (cluster && count)
        joist_buffer_printf(out, "    end\n");
    return count;
}

static void print_classes(joist_buffer *out, const jst_picture *p)
{
    bool hot = false, rejects = false;
    for (size_t i = 0; i < p->boxes_count; i++) {
        hot |= p->boxes[i].hot;
        rejects |= p->boxes[i].rejects;
    }
    if (rejects)
        joist_buffer_printf(out, "    classDef rejects stroke:#d1242f,stroke-width:2px\n");
    if (hot)
        joist_buffer_printf(out, "    classDef bottleneck fill:#fff1d6,color:#1f2328\n");
    for (size_t i = 0; i < p->boxes_count; i++) {
        if (p->boxes[i].rejects)
            joist_buffer_printf(out, "    class n%zu rejects\n", i);
        if (p->boxes[i].hot)
            joist_buffer_printf(out, "    class n%zu bottleneck\n", i);
    }
}

void jst_graph_mermaid(joist_buffer *out, const jst_picture *p)
{
    joist_buffer_printf(out, "flowchart TD\n");
    size_t printed = 0;
    for (size_t cluster = 1; cluster <= p->boxes_count; cluster++)
        printed += print_cluster(out, p, cluster);
    if (printed < p->boxes_count)
        print_cluster(out, p, 0);
    for (size_t i = 0; i < p->nets_count; i++)
        print_net(out, &p->nets[i]);
    print_classes(out, p);
}
