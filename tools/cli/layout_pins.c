/* SPDX-License-Identifier: Apache-2.0
 * Pins: where lines leave a box at its bottom, each with its label at the right, and where they
 * arrive at its top. They stand in the order of what is at the other end, so lines of one box do
 * not cross one another. */
#include "layout.h"

/* ---- leaving --------------------------------------------------------------------------------- */

typedef struct leaving { size_t net; double place; int slot; } leaving;

/* The nets that leave a box, from left to right. */
static size_t find_leaving(const jst_layout *l, size_t box, leaving *out)
{
    size_t count = 0;
    for (size_t n = 0; n < l->p->nets_count; n++) {
        double sum = 0, links = 0;
        for (size_t i = 0; i < l->links_count; i++)
            if (l->links[i].net == n && l->links[i].from == box) {
                sum += (double)l->items[l->links[i].to].place;
                links++;
            }
        if (links == 0)
            continue;
        leaving one = { n, sum / links, l->m->label + jst_label_width(l->m, &l->p->nets[n])
                                      + l->m->separation };
        size_t k = count++;
        for (; k > 0 && out[k - 1].place > one.place; k--)
            out[k] = out[k - 1];
        out[k] = one;
    }
    return count;
}

static void set_out(jst_layout *l, size_t box, size_t net, int x)
{
    for (size_t i = 0; i < l->links_count; i++)
        if (l->links[i].net == net && l->links[i].from == box)
            l->links[i].out = x;
}

static void leave(jst_layout *l, size_t box, leaving *nets)
{
    size_t count = find_leaving(l, box, nets);
    int w = l->p->boxes[box].w, all = 0;
    for (size_t i = 0; i + 1 < count; i++)
        all += nets[i].slot;
    int x = count > 1 ? l->m->pad_x : w / 2;
    int spare = count > 1 ? (w - 2 * l->m->pad_x - all - nets[count - 1].slot) / (int)count : 0;
    for (size_t i = 0; i < count; i++) {
        set_out(l, box, nets[i].net, x);
        x += nets[i].slot + (spare > 0 ? spare : 0);
    }
}

/* ---- arriving -------------------------------------------------------------------------------- */

typedef struct arriving { size_t link; bool side; double place; } arriving;

static size_t find_arriving(const jst_layout *l, size_t box, arriving *in)
{
    size_t count = 0;
    for (size_t i = 0; i < l->links_count; i++) {
        const jst_link *link = &l->links[i];
        if (link->to != box)
            continue;
        arriving one = { i, l->p->nets[link->net].dashed,
                         (double)l->items[link->from].place + link->out / 1e6 };
        size_t k = count++;
        for (; k > 0 && in[k - 1].place > one.place; k--)
            in[k] = in[k - 1];
        in[k] = one;
    }
    return count;
}

/* The one main input stands in the middle, so that the main line is straight; side inputs come in
 * at the corners. */
static void arrive(jst_layout *l, size_t box, arriving *in)
{
    size_t count = find_arriving(l, box, in), mains = 0, main_at = 0;
    int w = l->p->boxes[box].w, pin = l->m->pin;
    for (size_t i = 0; i < count; i++)
        if (!in[i].side) {
            mains++;
            main_at = i;
        }
    for (size_t i = 0; i < count; i++) {
        int at = (int)(i + 1) * w / ((int)count + 1), left = (int)(i + 1) * pin;
        if (mains == 1 && count > 1 && (int)count * pin * 2 < w)
            at = i < main_at ? left : i == main_at ? w / 2 : w - 1 - (int)(count - i) * pin;
        l->links[in[i].link].in = at;
    }
}

void jst_layout_pins(jst_layout *l)
{
    leaving *out = joist_arena_alloc(l->a, (l->p->nets_count + 1) * sizeof *out);
    arriving *in = joist_arena_alloc(l->a, (l->links_count + 1) * sizeof *in);
    for (size_t i = 0; i < l->p->boxes_count; i++)
        leave(l, i, out);
    for (size_t i = 0; i < l->p->boxes_count; i++)
        arrive(l, i, in);
}
