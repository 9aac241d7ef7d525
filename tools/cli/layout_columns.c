/* SPDX-License-Identifier: Apache-2.0
 * Columns: the order of a layer is given, and what stands side by side keeps its distance. Within
 * that, the items of a layer go to where their links are straight: to the least sum of squares
 * first, which spreads a picture evenly, then to the least sum of distances, which leaves few
 * bends.
 *
 * One layer is solved exactly. Measured from the place each item has when all stand close together,
 * the order says that positions never decrease: an isotonic regression, solved by pooling
 * neighbours that would violate it. */
#include "layout.h"

#include <math.h>
#include <stdlib.h>

enum { SPREAD = 24, STRAIGHTEN = 8 };

typedef struct wish { double at, weight; } wish;
typedef struct block { size_t first, end; double at; } block;  /* wishes of pooled items */

typedef struct solver {
    jst_layout *l;
    wish *wishes, *sorted; size_t count;
    block *blocks;
    size_t *items_in;               /* items of a block */
    bool median;
    int width;
} solver;

/* ---- wishes ---------------------------------------------------------------------------------- */

/* How many links the net has beside this one. */
static size_t branches(const jst_layout *l, const jst_link *k)
{
    size_t count = 0;
    for (size_t i = 0; i < l->links_count; i++)
        count += l->links[i].net == k->net && l->links[i].from == k->from;
    return count;
}

/* Lines that pass by are straight before all, then lines without branches; side inputs hardly
 * pull. */
static double weight_of(const jst_layout *l, const jst_link *k)
{
    bool long_way = !jst_is_box(l, k->from) && !jst_is_box(l, k->to);
    double dashed = l->p->nets[k->net].dashed ? 0.05 : 1;
    return dashed * (long_way ? 8 : 1) / (double)branches(l, k);
}

/* Of two equal pulls the one from above wins, else a line would bend in the middle. */
static void add_wishes(solver *s, size_t item, int base)
{
    const jst_layout *l = s->l;
    size_t before = s->count;
    for (size_t i = 0; i < l->links_count; i++) {
        const jst_link *k = &l->links[i];
        if (k->to == item)
            s->wishes[s->count++] = (wish){ l->items[k->from].x + k->out - k->in - base,
                                            1.25 * weight_of(l, k) };
        else if (k->from == item)
            s->wishes[s->count++] = (wish){ l->items[k->to].x + k->in - k->out - base,
                                            weight_of(l, k) };
    }
    if (s->count == before)
        s->wishes[s->count++] = (wish){ l->items[item].x - base, 0.01 };
}

static int compare(const void *a, const void *b)
{
    double x = ((const wish *)a)->at, y = ((const wish *)b)->at;
    return (x > y) - (x < y);
}

static double median(const solver *s, const block *b)
{
    double half = 0, sum = 0;
    size_t count = b->end - b->first;
    memcpy(s->sorted, s->wishes + b->first, count * sizeof *s->sorted);
    qsort(s->sorted, count, sizeof *s->sorted, compare);
    for (size_t i = 0; i < count; i++)
        half += s->sorted[i].weight / 2;
    size_t i = 0;
    for (; i + 1 < count && sum + s->sorted[i].weight < half; i++)
        sum += s->sorted[i].weight;
    return s->sorted[i].at;
}

static double mean(const solver *s, const block *b)
{
    double sum = 0, weight = 0;
    for (size_t i = b->first; i < b->end; i++) {
        sum += s->wishes[i].at * s->wishes[i].weight;
        weight += s->wishes[i].weight;
    }
    return sum / weight;
}

/* ---- one layer ------------------------------------------------------------------------------- */

static void pool(solver *s, size_t *blocks, size_t first)
{
    size_t n = (*blocks)++;
    s->blocks[n] = (block){ first, s->count, 0 };
    s->items_in[n] = 1;
    s->blocks[n].at = s->median ? median(s, &s->blocks[n]) : mean(s, &s->blocks[n]);
    for (; n > 0 && s->blocks[n - 1].at >= s->blocks[n].at; n--) {
        s->blocks[n - 1].end = s->count;
        s->items_in[n - 1] += s->items_in[n];
        s->blocks[n - 1].at = s->median ? median(s, &s->blocks[n - 1])
                                        : mean(s, &s->blocks[n - 1]);
        --*blocks;
    }
}

static int room(const jst_layout *l, const jst_layer *layer)
{
    int width = 0;
    for (size_t i = 0; i < layer->count; i++)
        width += l->items[layer->items[i]].w + (i > 0 ? l->m->separation : 0);
    return width;
}

static void solve(solver *s, const jst_layer *layer)
{
    size_t blocks = 0, at = 0;
    int base = 0, last = s->width - room(s->l, layer);
    s->count = 0;
    for (size_t i = 0; i < layer->count; i++) {
        size_t first = s->count;
        add_wishes(s, layer->items[i], base);
        pool(s, &blocks, first);
        base += s->l->items[layer->items[i]].w + s->l->m->separation;
    }
    base = 0;
    for (size_t b = 0; b < blocks; b++) {
        int x = (int)lround(s->blocks[b].at);
        x = x < 0 ? 0 : x > last ? last : x;
        for (size_t i = 0; i < s->items_in[b]; i++, at++) {
            jst_item *item = &s->l->items[layer->items[at]];
            item->x = base + x;
            base += item->w + s->l->m->separation;
        }
    }
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void sweep(solver *s)
{
    for (size_t i = 0; i < s->l->layers_count; i++)
        solve(s, &s->l->layers[i]);
    for (size_t i = s->l->layers_count; i-- > 0;)
        solve(s, &s->l->layers[i]);
}

static void move_left(jst_layout *l)
{
    int least = l->items_count ? l->items[0].x : 0;
    for (size_t i = 0; i < l->items_count; i++)
        least = l->items[i].x < least ? l->items[i].x : least;
    for (size_t i = 0; i < l->items_count; i++)
        l->items[i].x -= least;
}

/* Half the room at first, so that the first sweeps need not come from one side. */
static void begin(solver *s)
{
    jst_layout *l = s->l;
    for (size_t i = 0; i < l->layers_count; i++) {
        int width = room(l, &l->layers[i]);
        s->width = width > s->width ? width : s->width;
    }
    for (size_t i = 0; i < l->layers_count; i++) {
        int x = (s->width - room(l, &l->layers[i])) / 2;
        for (size_t k = 0; k < l->layers[i].count; k++) {
            l->items[l->layers[i].items[k]].x = x;
            x += l->items[l->layers[i].items[k]].w + l->m->separation;
        }
    }
}

static size_t arriving(const jst_layout *l, size_t item)
{
    size_t count = 0;
    for (size_t i = 0; i < l->links_count; i++)
        count += l->links[i].to == item;
    return count;
}

/* Can what passes by step aside without coming too near to its neighbours? */
static bool has_room(const jst_layout *l, size_t item, int x)
{
    const jst_item *at = &l->items[item];
    const jst_layer *layer = &l->layers[at->layer];
    if (at->place > 0) {
        const jst_item *left = &l->items[layer->items[at->place - 1]];
        if (left->x + left->w + l->m->separation > x)
            return false;
    }
    return x >= 0 && (at->place + 1 == layer->count
        || x + at->w + l->m->separation <= l->items[layer->items[at->place + 1]].x);
}

/* A small step in a line is made straight: it passes by there, or arrives a little beside the
 * middle. Links from upper layers come before those from lower ones within a net. */
static void straighten_steps(jst_layout *l)
{
    for (size_t i = 0; i < l->links_count; i++) {
        jst_link *k = &l->links[i];
        int in = l->items[k->from].x + k->out - l->items[k->to].x, step = in - k->in;
        if (step == 0 || step > l->m->pin || -step > l->m->pin)
            continue;
        if (!jst_is_box(l, k->to)) {
            if (has_room(l, k->to, l->items[k->to].x + step))
                l->items[k->to].x += step;
        } else if (arriving(l, k->to) == 1 && in >= l->m->pin
                   && in < l->p->boxes[k->to].w - l->m->pin) {
            k->in = in;
        }
    }
}

void jst_layout_columns(jst_layout *l)
{
    size_t most = 2 * l->links_count + l->items_count + 1;
    solver s = { .l = l, .width = l->m->widest };
    s.wishes = joist_arena_alloc(l->a, most * sizeof *s.wishes);
    s.sorted = joist_arena_alloc(l->a, most * sizeof *s.sorted);
    s.blocks = joist_arena_alloc(l->a, most * sizeof *s.blocks);
    s.items_in = joist_arena_alloc(l->a, most * sizeof *s.items_in);
    begin(&s);
    for (int i = 0; i < SPREAD; i++)
        sweep(&s);
    s.median = true;
    for (int i = 0; i < STRAIGHTEN; i++)
        sweep(&s);
    for (size_t i = 0; i < l->layers_count; i++)
        solve(&s, &l->layers[i]);
    move_left(l);
    straighten_steps(l);
}
