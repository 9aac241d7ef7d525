/* SPDX-License-Identifier: Apache-2.0
 * Ways: between two layers each net that bends has a horizontal line on a track. Two lines that
 * overlap have different tracks; a net that leaves where another arrives lies above it; within that
 * the order with fewest crossings is taken, and tracks are shared where there is room. */
#include "layout.h"

#include <stdlib.h>

typedef struct way {                /* of one net through one gap */
    size_t net;
    int top, low, high;             /* where it comes from; its horizontal line */
    bool placed;
    int track;                      /* -1: it is straight */
} way;

typedef struct gap {
    jst_layout *l;
    size_t layer;                   /* above it */
    way *ways; size_t count;
    size_t *order;                  /* ways from the highest track to the lowest */
    int tracks;
} gap;

/* ---- what is there --------------------------------------------------------------------------- */

static bool in_gap(const gap *g, const jst_link *k)
{
    return g->l->items[k->from].layer == g->layer;
}

static int top_of(const jst_layout *l, const jst_link *k)
{
    return l->items[k->from].x + k->out;
}

static int bottom_of(const jst_layout *l, const jst_link *k)
{
    return l->items[k->to].x + k->in;
}

static void add_way(gap *g, const jst_link *k)
{
    size_t i = 0;
    int top = top_of(g->l, k), bottom = bottom_of(g->l, k);
    while (i < g->count && g->ways[i].net != k->net)
        i++;
    if (i == g->count)
        g->ways[g->count++] = (way){ .net = k->net, .top = top, .low = top, .high = top };
    way *w = &g->ways[i];
    w->low = bottom < w->low ? bottom : w->low;
    w->high = bottom > w->high ? bottom : w->high;
    w->track = w->low == w->high ? -1 : 0;
}

static void find_ways(gap *g)
{
    g->count = 0;
    for (size_t i = 0; i < g->l->links_count; i++)
        if (in_gap(g, &g->l->links[i]))
            add_way(g, &g->l->links[i]);
}

/* ---- who lies above whom --------------------------------------------------------------------- */

/* `a` comes down where `b` arrives. */
static bool must_lie_above(const gap *g, const way *a, const way *b)
{
    for (size_t i = 0; i < g->l->links_count; i++) {
        const jst_link *k = &g->l->links[i];
        if (k->net == b->net && in_gap(g, k)
            && abs(bottom_of(g->l, k) - a->top) < g->l->m->near)
            return true;
    }
    return false;
}

static int crossings_if_above(const gap *g, const way *a, const way *b)
{
    int count = a->low < b->top && b->top < a->high;
    for (size_t i = 0; i < g->l->links_count; i++) {
        const jst_link *k = &g->l->links[i];
        int x = bottom_of(g->l, k);
        if (k->net == a->net && in_gap(g, k))
            count += b->low < x && x < b->high;
    }
    return count;
}

static bool waits(const way *w)
{
    return w->track >= 0 && !w->placed;
}

static bool is_free(const gap *g, const way *w)
{
    for (size_t i = 0; i < g->count; i++)
        if (&g->ways[i] != w && waits(&g->ways[i]) && must_lie_above(g, &g->ways[i], w))
            return false;
    return true;
}

/* The way that is best put above all that are left; `count` if they wait for one another. */
static size_t next_way(const gap *g)
{
    size_t best = g->count;
    int least = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (!waits(&g->ways[i]) || !is_free(g, &g->ways[i]))
            continue;
        int cost = 0;
        for (size_t k = 0; k < g->count; k++)
            if (k != i && waits(&g->ways[k]))
                cost += crossings_if_above(g, &g->ways[i], &g->ways[k])
                      - crossings_if_above(g, &g->ways[k], &g->ways[i]);
        if (best == g->count || cost < least) {
            best = i;
            least = cost;
        }
    }
    return best;
}

/* ---- ways that wait for one another ---------------------------------------------------------- */

static bool column_taken(const gap *g, const jst_link *mine, int x)
{
    for (size_t i = 0; i < g->l->links_count; i++) {
        const jst_link *k = &g->l->links[i];
        if (!in_gap(g, k))
            continue;
        bool top = k->net != mine->net && abs(top_of(g->l, k) - x) < g->l->m->near;
        bool bottom = k->to != mine->to || k->net != mine->net;
        if (top || (bottom && abs(bottom_of(g->l, k) - x) < g->l->m->near))
            return true;
    }
    return false;
}

/* What passes by may step aside as long as it touches nothing of its layer. */
static bool may_pass(const jst_layout *l, size_t item, int x)
{
    const jst_item *at = &l->items[item];
    const jst_layer *layer = &l->layers[at->layer];
    if (x < 0)
        return false;
    for (size_t i = 0; i < layer->count; i++) {
        const jst_item *other = &l->items[layer->items[i]];
        if (other != at && x + l->m->near >= other->x && x - l->m->near < other->x + other->w)
            return false;
    }
    return true;
}

static bool may_arrive(const gap *g, const jst_link *k, int aside)
{
    const jst_layout *l = g->l;
    if (column_taken(g, k, bottom_of(l, k) + aside))
        return false;
    if (!jst_is_box(l, k->to))
        return may_pass(l, k->to, l->items[k->to].x + aside);
    int x = k->in + aside;
    return x >= l->m->near && x < l->p->boxes[k->to].w - l->m->near;
}

static bool step_aside(gap *g, jst_link *k)
{
    for (int n = 1; n < 200; n++) {
        int aside = (n % 2 ? 1 : -1) * ((n + 1) / 2) * g->l->m->near;
        if (!may_arrive(g, k, aside))
            continue;
        if (jst_is_box(g->l, k->to))
            k->in += aside;
        else
            g->l->items[k->to].x += aside;
        return true;
    }
    return false;
}

/* Moves one end of a way that another waits for; false: none can be moved. */
static bool untangle(gap *g)
{
    for (size_t i = 0; i < g->l->links_count; i++) {
        jst_link *k = &g->l->links[i];
        if (!in_gap(g, k))
            continue;
        for (size_t w = 0; w < g->count; w++)
            if (g->ways[w].net != k->net && waits(&g->ways[w])
                && abs(bottom_of(g->l, k) - g->ways[w].top) < g->l->m->near && step_aside(g, k))
                return true;
    }
    return false;
}

/* ---- tracks ---------------------------------------------------------------------------------- */

static bool overlap(const gap *g, const way *a, const way *b)
{
    int apart = 2 * g->l->m->near + 1;
    return a->low < b->high + apart && b->low < a->high + apart;
}

static void place(gap *g, size_t at, size_t placed)
{
    way *w = &g->ways[at];
    w->placed = true;
    w->track = 0;
    for (size_t i = 0; i < placed; i++) {
        const way *above = &g->ways[g->order[i]];
        if (overlap(g, w, above) && above->track >= w->track)
            w->track = above->track + 1;
    }
    g->order[placed] = at;
    g->tracks = w->track + 1 > g->tracks ? w->track + 1 : g->tracks;
}

static bool has_waiting(const gap *g)
{
    for (size_t i = 0; i < g->count; i++)
        if (waits(&g->ways[i]))
            return true;
    return false;
}

static bool place_all(gap *g)
{
    g->tracks = 0;
    find_ways(g);
    for (size_t placed = 0; has_waiting(g); placed++) {
        size_t next = next_way(g);
        if (next == g->count)
            return false;
        place(g, next, placed);
    }
    return true;
}

/* A picture in which two lines run into one another is better than none. */
static void place_tangled(gap *g)
{
    g->tracks = 0;
    find_ways(g);
    for (size_t i = 0, placed = 0; i < g->count; i++)
        if (waits(&g->ways[i]))
            place(g, i, placed++);
}

static void fill_gap(gap *g)
{
    size_t tries = g->l->links_count;
    while (!place_all(g))
        if (tries-- == 0 || !untangle(g)) {
            place_tangled(g);
            return;
        }
}

/* ---- places ---------------------------------------------------------------------------------- */

static void set_boxes(jst_layout *l, const gap *gaps)
{
    int y = 0;
    for (size_t i = 0; i < l->layers_count; i++) {
        int height = 0;
        for (size_t k = 0; k < l->layers[i].count; k++) {
            size_t item = l->layers[i].items[k];
            int right = l->items[item].x + l->items[item].w;
            l->p->width = right > l->p->width ? right : l->p->width;
            if (!jst_is_box(l, item))
                continue;
            jst_picture_box *box = &l->p->boxes[item];
            box->x = l->items[item].x;
            box->y = y;
            height = box->h > height ? box->h : height;
        }
        l->p->height = y + height;
        y += height + l->m->below + gaps[i].tracks * l->m->track + l->m->above;
    }
}

/* The y of a gap's first track. */
static int tracks_begin(const jst_layout *l, const gap *gaps, size_t layer)
{
    int y = l->m->below;
    for (size_t i = 0; i <= layer; i++) {
        int height = 0;
        for (size_t k = 0; k < l->layers[i].count; k++)
            if (jst_is_box(l, l->layers[i].items[k])) {
                int h = l->p->boxes[l->layers[i].items[k]].h;
                height = h > height ? h : height;
            }
        y += height + (i < layer ? l->m->below + gaps[i].tracks * l->m->track + l->m->above : 0);
    }
    return y;
}

static void add_point(jst_layout *l, jst_picture_wire *w, int x, int y)
{
    if (w->count == w->cap) {
        size_t cap = w->cap ? w->cap * 2 : 8;
        jst_point *points = joist_arena_alloc(l->p->arena, cap * sizeof *points);
        if (w->count)
            memcpy(points, w->points, w->count * sizeof *points);
        w->points = points;
        w->cap = cap;
    }
    w->points[w->count++] = (jst_point){ x, y };
}

/* The link that brings `net` to an item. */
static const jst_link *link_to(const jst_layout *l, size_t net, size_t item)
{
    for (size_t i = 0; i < l->links_count; i++)
        if (l->links[i].net == net && l->links[i].to == item)
            return &l->links[i];
    return NULL;
}

static void set_wire(jst_layout *l, const gap *gaps, size_t net, size_t item, jst_picture_wire *w)
{
    const jst_link *k = link_to(l, net, item);
    const gap *g = &gaps[l->items[k->from].layer];
    int top = top_of(l, k), bottom = bottom_of(l, k);
    if (jst_is_box(l, k->from))
        add_point(l, w, top, l->p->boxes[k->from].y + l->p->boxes[k->from].h);
    else
        set_wire(l, gaps, net, k->from, w);
    if (top != bottom) {
        size_t i = 0;
        while (g->ways[i].net != net)
            i++;
        int y = tracks_begin(l, gaps, g->layer) + g->ways[i].track * l->m->track;
        add_point(l, w, top, y);
        add_point(l, w, bottom, y);
    }
    if (jst_is_box(l, item))
        add_point(l, w, bottom, l->p->boxes[item].y);
}

static void set_net(jst_layout *l, const gap *gaps, size_t n)
{
    jst_picture_net *net = &l->p->nets[n];
    for (size_t k = 0; k < net->wires_count; k++)
        set_wire(l, gaps, n, net->wires[k].to, &net->wires[k]);
    if (net->wires_count) {
        jst_point at = net->wires[0].points[0];
        net->label_at = (jst_point){ at.x + l->m->label, at.y };
    }
}

void jst_layout_ways(jst_layout *l)
{
    gap *gaps = joist_arena_zalloc(l->a, (l->layers_count + 1) * sizeof *gaps);
    for (size_t i = 0; i < l->layers_count; i++) {
        size_t most = l->p->nets_count + 1;
        gaps[i] = (gap){ .l = l, .layer = i,
                         .ways = joist_arena_alloc(l->a, most * sizeof(way)),
                         .order = joist_arena_alloc(l->a, most * sizeof(size_t)) };
        fill_gap(&gaps[i]);
    }
    set_boxes(l, gaps);
    for (size_t n = 0; n < l->p->nets_count; n++)
        set_net(l, gaps, n);
}
