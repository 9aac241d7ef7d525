/* SPDX-License-Identifier: Apache-2.0
 * Layers: a box stands below all that it gets something from, as high up as that allows, unless its
 * layer would become too wide; then what has least below it moves down. */
#include "layout.h"

typedef struct depths { size_t *layer, *least, *height; } depths;

/* ---- depth ----------------------------------------------------------------------------------- */

/* One round over all wires; boxes need not stand in topological order. */
static bool sink_once(const jst_picture *p, size_t *layer)
{
    bool moved = false;
    for (size_t n = 0; n < p->nets_count; n++)
        for (size_t k = 0; k < p->nets[n].wires_count; k++) {
            size_t to = p->nets[n].wires[k].to, least = layer[p->nets[n].from] + 1;
            if (layer[to] < least) {
                layer[to] = least;
                moved = true;
            }
        }
    return moved;
}

static void find_depths(const jst_picture *p, depths *d)
{
    memcpy(d->layer, d->least, p->boxes_count * sizeof *d->layer);
    for (size_t round = 0; round < p->boxes_count && sink_once(p, d->layer); round++) {}
}

static bool raise_once(const jst_picture *p, size_t *height)
{
    bool moved = false;
    for (size_t n = 0; n < p->nets_count; n++)
        for (size_t k = 0; k < p->nets[n].wires_count; k++) {
            size_t from = p->nets[n].from, least = height[p->nets[n].wires[k].to] + 1;
            if (height[from] < least) {
                height[from] = least;
                moved = true;
            }
        }
    return moved;
}

/* ---- width ----------------------------------------------------------------------------------- */

/* The label of a box's only pin may stick out, and come nearer to a neighbour than a box may. */
static int room_of(const jst_layout *l, size_t box)
{
    int widest = 0, leaving = 0;
    for (size_t n = 0; n < l->p->nets_count; n++)
        if (l->p->nets[n].from == box && l->p->nets[n].wires_count > 0) {
            int label = l->m->label + jst_label_width(l->m, &l->p->nets[n]);
            widest = label > widest ? label : widest;
            leaving++;
        }
    int w = l->p->boxes[box].w, end = w / 2 + 1 + widest - l->m->separation / 2;
    return leaving == 1 && end > w ? end : w;
}

static size_t deepest_of(const jst_picture_net *net, const size_t *layer)
{
    size_t deepest = 0;
    for (size_t k = 0; k < net->wires_count; k++)
        deepest = layer[net->wires[k].to] > deepest ? layer[net->wires[k].to] : deepest;
    return deepest;
}

static int width_of(const jst_layout *l, const depths *d, size_t layer, size_t *boxes)
{
    int width = -l->m->separation;
    *boxes = 0;
    for (size_t i = 0; i < l->p->boxes_count; i++)
        if (d->layer[i] == layer) {
            width += room_of(l, i) + l->m->separation;
            ++*boxes;
        }
    for (size_t n = 0; n < l->p->nets_count; n++) {
        const jst_picture_net *net = &l->p->nets[n];
        if (d->layer[net->from] < layer && deepest_of(net, d->layer) > layer)
            width += 1 + l->m->separation;
    }
    return width;
}

/* What has least below it, of those the last. */
static size_t lightest(const jst_layout *l, const depths *d, size_t layer)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < l->p->boxes_count; i++)
        if (d->layer[i] == layer && (best == SIZE_MAX || d->height[i] <= d->height[best]))
            best = i;
    return best;
}

static size_t count_layers(const jst_layout *l, const depths *d)
{
    size_t count = 0;
    for (size_t i = 0; i < l->p->boxes_count; i++)
        count = d->layer[i] >= count ? d->layer[i] + 1 : count;
    return count;
}

static void narrow(const jst_layout *l, depths *d)
{
    for (size_t layer = 0; layer < count_layers(l, d);) {
        size_t boxes;
        if (width_of(l, d, layer, &boxes) <= l->m->widest || boxes < 2) {
            layer++;
            continue;
        }
        d->least[lightest(l, d, layer)] = layer + 1;
        find_depths(l->p, d);
    }
}

/* ---- items and links ------------------------------------------------------------------------- */

static size_t add_item(jst_layout *l, size_t layer, int w)
{
    l->items[l->items_count] = (jst_item){ .layer = layer, .w = w };
    return l->items_count++;
}

static void add_link(jst_layout *l, size_t net, size_t from, size_t to)
{
    l->links[l->links_count++] = (jst_link){ .net = net, .from = from, .to = to };
}

static void add_net(jst_layout *l, size_t net, const size_t *layer)
{
    const jst_picture_net *n = &l->p->nets[net];
    size_t at = n->from, deepest = deepest_of(n, layer);
    for (size_t down = layer[n->from] + 1; down <= deepest; down++) {
        for (size_t k = 0; k < n->wires_count; k++)
            if (layer[n->wires[k].to] == down)
                add_link(l, net, at, n->wires[k].to);
        if (down == deepest)
            break;
        size_t passing = add_item(l, down, 1);
        add_link(l, net, at, passing);
        at = passing;
    }
}

static void fill_layers(jst_layout *l)
{
    l->layers = joist_arena_zalloc(l->a, (l->layers_count + 1) * sizeof *l->layers);
    for (size_t i = 0; i < l->items_count; i++)
        l->layers[l->items[i].layer].count++;
    for (size_t i = 0; i < l->layers_count; i++) {
        l->layers[i].items = joist_arena_alloc(l->a, (l->layers[i].count + 1) * sizeof(size_t));
        l->layers[i].count = 0;
    }
    for (size_t i = 0; i < l->items_count; i++) {
        jst_layer *layer = &l->layers[l->items[i].layer];
        l->items[i].place = layer->count;
        layer->items[layer->count++] = i;
    }
}

void jst_layout_layers(jst_layout *l)
{
    size_t boxes = l->p->boxes_count, wires = 0, size = (boxes + 1) * sizeof(size_t);
    depths d = { joist_arena_zalloc(l->a, size), joist_arena_zalloc(l->a, size),
                 joist_arena_zalloc(l->a, size) };
    for (size_t n = 0; n < l->p->nets_count; n++)
        wires += l->p->nets[n].wires_count;
    for (size_t round = 0; round < boxes && raise_once(l->p, d.height); round++) {}
    find_depths(l->p, &d);
    narrow(l, &d);
    l->layers_count = count_layers(l, &d);
    size_t passing = l->p->nets_count * l->layers_count;
    l->items = joist_arena_alloc(l->a, (boxes + passing + 1) * sizeof *l->items);
    l->links = joist_arena_alloc(l->a, (wires + passing + 1) * sizeof *l->links);
    for (size_t i = 0; i < boxes; i++)
        add_item(l, d.layer[i], room_of(l, i));
    for (size_t n = 0; n < l->p->nets_count; n++)
        add_net(l, n, d.layer);
    fill_layers(l);
}
