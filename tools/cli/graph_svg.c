/* SPDX-License-Identifier: Apache-2.0
 * SVG for a browser: no script, nothing loaded, colours for light and dark. Letters are of one
 * width, so a text never leaves its box whatever the font. */
#include "graph_svg.h"

#include "escape.h"

enum { SIZE = 13, ROUND = 7, MARGIN = 16 };

static const jst_metrics metrics = {
    .character = 8, .line = 19, .pad_x = 14, .pad_y = 9, .lid = 8, .separation = 28, .pin = 14,
    .near = 8, .track = 14, .below = 30, .above = 22, .label = 7, .widest = 1240,
};

/* The classes begin with jg-: the picture may stand in a page with a style of its own. */
static const char style[] =
    ".jg{--ink:#1f2328;--dim:#59636e;--line:#818b98;--box:#fff;--back:#f6f8fa;--bad:#d1242f;"
    "--hot:#bc4c00;--hotbox:#fff1e5;--source:#ddf4ff;--store:#dafbe1;--shuffle:#fbefff;"
    "--stage:#fff;font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',"
    "'Liberation Mono',monospace}\n"
    "@media(prefers-color-scheme:dark){.jg{--ink:#e6edf3;--dim:#9198a1;--line:#6e7681;"
    "--box:#161b22;--back:#0d1117;--bad:#ff7b72;--hot:#f0883e;--hotbox:#3a2310;"
    "--source:#0c2d4a;--store:#12321d;--shuffle:#2c1e3f;--stage:#161b22}}\n"
    ".jg-back{fill:var(--back)}\n"
    ".jg-box{fill:var(--box);stroke:var(--line);stroke-width:1.2}\n"
    ".jg-source .jg-box{fill:var(--source)}\n"
    ".jg-store .jg-box{fill:var(--store)}\n"
    ".jg-shuffle .jg-box{fill:var(--shuffle)}\n"
    ".jg-stage .jg-box{fill:var(--stage);stroke-width:2}\n"
    ".jg-hot .jg-box{fill:var(--hotbox);stroke:var(--hot);stroke-width:2}\n"
    ".jg-wire{fill:none;stroke:var(--line);stroke-width:1.5}\n"
    ".jg-dashed{stroke-dasharray:5 4}\n"
    ".jg-tip{fill:var(--line)}\n"
    ".jg text{fill:var(--ink)}\n"
    ".jg .jg-title{font-weight:600}\n"
    ".jg .jg-dim{fill:var(--dim)}\n"
    ".jg .jg-bad{fill:var(--bad);font-weight:600}\n"
    ".jg .jg-hot-text{fill:var(--hot);font-weight:600}\n";

static const char *const tones[JST_TONES] = {
    [JST_TONE_TITLE] = "jg-title", [JST_TONE_PLAIN] = "jg-plain", [JST_TONE_DIM] = "jg-dim",
    [JST_TONE_BAD] = "jg-bad", [JST_TONE_HOT] = "jg-hot-text",
};

/* ---- text ------------------------------------------------------------------------------------ */

static void print_text(joist_buffer *out, int x, int y, bool right, joist_text t, jst_tone tone)
{
    /* Not every viewer keeps blanks. */
    for (; t.len && t.ptr[0] == ' '; t.ptr++, t.len--)
        x += metrics.character;
    if (!t.len)
        return;
    joist_buffer_printf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\"%s>", tones[tone], x, y,
                        right ? " text-anchor=\"end\"" : "");
    jst_cli_xml(out, t);
    joist_buffer_printf(out, "</text>\n");
}

/* ---- wires ----------------------------------------------------------------------------------- */

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static int distance(jst_point a, jst_point b)
{
    int x = a.x - b.x, y = a.y - b.y;
    return (x < 0 ? -x : x) + (y < 0 ? -y : y);
}

/* A corner is rounded as far as both of its sides allow. */
static void print_corner(joist_buffer *out, jst_point a, jst_point at, jst_point b)
{
    int r = ROUND, before = distance(a, at) / 2, after = distance(at, b) / 2;
    r = before < r ? before : r;
    r = after < r ? after : r;
    joist_buffer_printf(out, "L%d %dQ%d %d %d %d", at.x - r * sign(at.x - a.x),
                        at.y - r * sign(at.y - a.y), at.x, at.y, at.x + r * sign(b.x - at.x),
                        at.y + r * sign(b.y - at.y));
}

static void print_wire(joist_buffer *out, const jst_picture_net *net, const jst_picture_wire *w)
{
    jst_point end = w->points[w->count - 1];
    joist_buffer_printf(out, "<path class=\"jg-wire%s\" d=\"M%d %d",
                        net->dashed ? " jg-dashed" : "", w->points[0].x, w->points[0].y);
    for (size_t i = 1; i + 1 < w->count; i++)
        print_corner(out, w->points[i - 1], w->points[i], w->points[i + 1]);
    joist_buffer_printf(out, "L%d %d\"/>\n", end.x, end.y - 6);
    joist_buffer_printf(out, "<path class=\"jg-tip\" d=\"M%d %dl-4.5 -9h9z\"/>\n", end.x, end.y);
}

static void print_label(joist_buffer *out, const jst_picture_net *net)
{
    int x = net->label_at.x, y = net->label_at.y + 19;
    print_text(out, x, y, false, net->label, JST_TONE_DIM);
    x += (int)(jst_text_columns(net->label) + (net->label.len > 0)) * metrics.character;
    print_text(out, x, y, false, net->note, JST_TONE_TITLE);
}

/* ---- boxes ----------------------------------------------------------------------------------- */

static void print_rectangle(joist_buffer *out, const jst_picture_box *b, int round)
{
    joist_buffer_printf(out, "<rect class=\"jg-box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                             "rx=\"%d\"/>\n", b->x, b->y, b->w, b->h, round);
}

/* A cylinder within the box's bounds. */
static void print_cylinder(joist_buffer *out, const jst_picture_box *b)
{
    int bow = 5, rx = b->w / 2, right = b->x + b->w;
    joist_buffer_printf(out, "<path class=\"jg-box\" d=\"M%d %dA%d %d 0 0 1 %d %dV%dA%d %d 0 0 1 "
                             "%d %dZ\"/>\n", b->x, b->y + bow, rx, bow, right, b->y + bow,
                        b->y + b->h - bow, rx, bow, b->x, b->y + b->h - bow);
    joist_buffer_printf(out, "<path class=\"jg-wire\" d=\"M%d %dA%d %d 0 0 0 %d %d\"/>\n", b->x,
                        b->y + bow, rx, bow, right, b->y + bow);
}

static void print_hexagon(joist_buffer *out, const jst_picture_box *b)
{
    int cut = 10, right = b->x + b->w, bottom = b->y + b->h;
    joist_buffer_printf(out, "<path class=\"jg-box\" d=\"M%d %dL%d %dH%dL%d %dL%d %dH%dZ\"/>\n",
                        b->x, b->y + b->h / 2, b->x + cut, b->y, right - cut, right,
                        b->y + b->h / 2, right - cut, bottom, b->x + cut);
}

static void print_outline(joist_buffer *out, const jst_picture_box *b)
{
    if (b->shape == JST_SHAPE_STORE)
        print_cylinder(out, b);
    else if (b->shape == JST_SHAPE_SHUFFLE)
        print_hexagon(out, b);
    else
        print_rectangle(out, b, b->shape == JST_SHAPE_SOURCE ? 16 : 5);
}

static void print_box(joist_buffer *out, const jst_picture_box *b)
{
    joist_buffer_printf(out, "<g class=\"jg-%s%s\" data-box=\"%d %d %d %d\">\n",
                        jst_shape_name(b->shape), b->hot ? " jg-hot" : "", b->x, b->y, b->w, b->h);
    if (b->about.len) {
        joist_buffer_printf(out, "<title>");
        jst_cli_xml(out, b->about);
        joist_buffer_printf(out, "</title>\n");
    }
    print_outline(out, b);
    int lid = b->shape == JST_SHAPE_STORE ? metrics.lid : 0;
    int notes = b->x + metrics.pad_x + (int)jst_picture_note_end(b) * metrics.character;
    for (size_t i = 0; i < b->lines_count; i++) {
        const jst_picture_line *l = &b->lines[i];
        int y = b->y + lid + metrics.pad_y + (int)i * metrics.line + SIZE + 1;
        print_text(out, b->x + metrics.pad_x, y, false, l->text, l->tone);
        print_text(out, notes, y, true, l->note, l->note_tone);
    }
    joist_buffer_printf(out, "</g>\n");
}

void jst_graph_svg(joist_buffer *out, jst_picture *p, joist_text title, bool alone)
{
    jst_picture_layout(p, &metrics);
    int w = p->width + 2 * MARGIN, h = p->height + 2 * MARGIN;
    joist_buffer_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"jg\" role=\"img\" "
                             "width=\"%d\" height=\"%d\" viewBox=\"%d %d %d %d\">\n<title>", w, h,
                        -MARGIN, -MARGIN, w, h);
    jst_cli_xml(out, title);
    joist_buffer_printf(out, "</title>\n<style>\n%s</style>\n", style);
    if (alone)
        joist_buffer_printf(out, "<rect class=\"jg-back\" x=\"%d\" y=\"%d\" width=\"%d\" "
                                 "height=\"%d\"/>\n", -MARGIN, -MARGIN, w, h);
    for (size_t i = 0; i < p->nets_count; i++)
        for (size_t k = 0; k < p->nets[i].wires_count; k++)
            print_wire(out, &p->nets[i], &p->nets[i].wires[k]);
    for (size_t i = 0; i < p->boxes_count; i++)
        print_box(out, &p->boxes[i]);
    for (size_t i = 0; i < p->nets_count; i++)
        print_label(out, &p->nets[i]);
    joist_buffer_printf(out, "</svg>\n");
}
