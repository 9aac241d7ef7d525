/* SPDX-License-Identifier: Apache-2.0
 * Few crossings: every item goes to the mean place of its neighbours above, then below, some times
 * over; the best order seen is kept, and neighbours are swapped as long as that helps. */
#include "layout.h"

enum { SWEEPS = 12 };

/* ---- crossings ------------------------------------------------------------------------------- */

static int sign(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Branches of one net join, they do not cross. */
static size_t crossings_below(const jst_layout *l, size_t layer)
{
    size_t count = 0;
    for (size_t i = 0; i < l->links_count; i++) {
        const jst_link *a = &l->links[i];
        if (l->items[a->from].layer != layer)
            continue;
        for (size_t k = i + 1; k < l->links_count; k++) {
            const jst_link *b = &l->links[k];
            if (a->net != b->net && l->items[b->from].layer == layer)
                count += sign(l->items[a->from].place, l->items[b->from].place)
                       * sign(l->items[a->to].place, l->items[b->to].place) < 0;
        }
    }
    return count;
}

static size_t crossings(const jst_layout *l)
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < l->layers_count; i++)
        count += crossings_below(l, i);
    return count;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

/* The mean place of an item's neighbours on one side; its own if there is none. */
static double mean_place(const jst_layout *l, size_t item, bool above)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < l->links_count; i++) {
        const jst_link *k = &l->links[i];
        if ((above ? k->to : k->from) == item) {
            sum += (double)l->items[above ? k->from : k->to].place;
            count++;
        }
    }
    return count > 0 ? sum / count : (double)l->items[item].place;
}

static void renumber(jst_layout *l, const jst_layer *layer)
{
    for (size_t i = 0; i < layer->count; i++)
        l->items[layer->items[i]].place = i;
}

static void sort_layer(jst_layout *l, jst_layer *layer, bool above)
{
    double *means = joist_arena_alloc(l->a, (layer->count + 1) * sizeof *means);
    for (size_t i = 0; i < layer->count; i++) {
        size_t item = layer->items[i], k = i;
        double mean = mean_place(l, item, above);
        for (; k > 0 && means[k - 1] > mean; k--) {
            means[k] = means[k - 1];
            layer->items[k] = layer->items[k - 1];
        }
        means[k] = mean;
        layer->items[k] = item;
    }
    renumber(l, layer);
}

static void sweep(jst_layout *l, bool down)
{
    for (size_t i = 1; i < l->layers_count; i++)
        sort_layer(l, &l->layers[down ? i : l->layers_count - 1 - i], down);
}

/* ---- the best so far ------------------------------------------------------------------------- */

static void keep(const jst_layout *l, size_t *places)
{
    for (size_t i = 0; i < l->items_count; i++)
        places[i] = l->items[i].place;
}

static void restore(jst_layout *l, const size_t *places)
{
    for (size_t i = 0; i < l->items_count; i++) {
        l->items[i].place = places[i];
        l->layers[l->items[i].layer].items[places[i]] = i;
    }
}

static size_t around(const jst_layout *l, size_t layer)
{
    return (layer ? crossings_below(l, layer - 1) : 0) + crossings_below(l, layer);
}

static void swap(jst_layout *l, jst_layer *layer, size_t at)
{
    size_t item = layer->items[at];
    layer->items[at] = layer->items[at + 1];
    layer->items[at + 1] = item;
    renumber(l, layer);
}

static bool swap_neighbours(jst_layout *l)
{
    bool better = false;
    for (size_t i = 0; i < l->layers_count; i++)
        for (size_t k = 0; k + 1 < l->layers[i].count; k++) {
            size_t before = around(l, i);
            if (!before)
                break;
            swap(l, &l->layers[i], k);
            if (around(l, i) < before)
                better = true;
            else
                swap(l, &l->layers[i], k);
        }
    return better;
}

void jst_layout_order(jst_layout *l)
{
    size_t *best = joist_arena_alloc(l->a, (l->items_count + 1) * sizeof *best);
    size_t least = crossings(l);
    keep(l, best);
    for (int i = 0; i < SWEEPS && least > 0; i++) {
        sweep(l, i % 2 == 0);
        size_t now = crossings(l);
        if (now < least) {
            least = now;
            keep(l, best);
        }
    }
    restore(l, best);
    for (int i = 0; i < SWEEPS && swap_neighbours(l); i++) {}
}
