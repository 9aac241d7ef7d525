/* SPDX-License-Identifier: Apache-2.0
 * From a picture without places to one with them. All numbers are in the renderer's unit, so
 * characters and pixels take the same way. */
#include "layout.h"

int jst_label_width(const jst_metrics *m, const jst_picture_net *net)
{
    size_t columns = jst_text_columns(net->label);
    if (net->note.len)
        columns += jst_text_columns(net->note) + (columns > 0);
    return (int)columns * m->character;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int text_width(const jst_metrics *m, const jst_picture_box *box)
{
    size_t most = jst_picture_note_end(box);
    for (size_t i = 0; i < box->lines_count; i++) {
        size_t columns = jst_text_columns(box->lines[i].text);
        most = columns > most ? columns : most;
    }
    return (int)most * m->character;
}

/* Every line that arrives at the box or leaves it must find a place of its own. */
static int pins_width(const jst_picture *p, const jst_metrics *m, size_t box)
{
    int out = 0, in = m->pin, leaving = 0;
    for (size_t n = 0; n < p->nets_count; n++) {
        const jst_picture_net *net = &p->nets[n];
        if (net->from == box && net->wires_count > 0 && leaving++ >= 0)
            out += m->label + jst_label_width(m, net) + m->separation;
        for (size_t k = 0; k < net->wires_count; k++)
            in += net->wires[k].to == box ? m->pin : 0;
    }
    return larger(leaving > 1 ? out : 0, in);
}

static void shorten_labels(jst_picture *p, size_t box, size_t columns)
{
    for (size_t n = 0; n < p->nets_count; n++) {
        jst_picture_net *net = &p->nets[n];
        if (net->from == box)
            net->label = columns ? jst_text_shorten(p->arena, net->label, columns)
                       : net->brief.len ? net->brief : net->label;
    }
}

/* Labels that would make a box wider than a layer may be are told in brief, then cut. */
static void fit_labels(jst_picture *p, const jst_metrics *m, size_t box)
{
    int most = m->widest - 2 * m->pad_x;
    if (pins_width(p, m, box) > most)
        shorten_labels(p, box, 0);
    for (size_t columns = 40; columns > 4 && pins_width(p, m, box) > most; columns--)
        shorten_labels(p, box, columns);
}

static void measure(jst_picture *p, const jst_metrics *m)
{
    for (size_t i = 0; i < p->boxes_count; i++) {
        jst_picture_box *box = &p->boxes[i];
        fit_labels(p, m, i);
        box->w = larger(text_width(m, box), pins_width(p, m, i)) + 2 * m->pad_x;
        box->h = (int)box->lines_count * m->line + 2 * m->pad_y
               + (box->shape == JST_SHAPE_STORE ? m->lid : 0);
    }
}

void jst_picture_layout(jst_picture *p, const jst_metrics *m)
{
    jst_layout l = { .p = p, .m = m, .a = joist_arena_new() };
    measure(p, m);
    jst_layout_layers(&l);
    jst_layout_order(&l);
    jst_layout_pins(&l);
    jst_layout_columns(&l);
    jst_layout_ways(&l);
    joist_arena_free(l.a);
}
