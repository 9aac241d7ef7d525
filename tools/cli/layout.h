/* SPDX-License-Identifier: Apache-2.0
 * Layered layout, in the steps of layout.c: boxes into layers (a net goes down only), the order of
 * each layer (few crossings), columns (straight lines), and the ways of the nets between layers.
 *
 * An item is what takes up room in a layer: a box, or a net that passes by. A net has one passing
 * item in a layer however many boxes further down it goes to, so it branches as late as it can. */
#ifndef JST_LAYOUT_H
#define JST_LAYOUT_H

#include "picture.h"

typedef struct jst_item {
    size_t layer, place;
    int x, w;                       /* of the room it takes: labels beside its pins included */
} jst_item;

/* A part of a net from a layer to the next; where it leaves and arrives, from the item's x. */
typedef struct jst_link { size_t net, from, to; int out, in; } jst_link;

typedef struct jst_layer { size_t *items; size_t count; } jst_layer;

typedef struct jst_layout {
    jst_picture *p;
    const jst_metrics *m;
    joist_arena *a;                 /* of the layout only */
    jst_item *items; size_t items_count;        /* boxes first, by their index */
    jst_link *links; size_t links_count;
    jst_layer *layers; size_t layers_count;
} jst_layout;

JOIST_INLINE bool jst_is_box(const jst_layout *l, size_t item)
{
    return item < l->p->boxes_count;
}

int jst_label_width(const jst_metrics *m, const jst_picture_net *net);

void jst_layout_layers(jst_layout *l);      /* layout_layers.c: items, links, layers */
void jst_layout_order(jst_layout *l);       /* layout_order.c: the order in each layer */
void jst_layout_pins(jst_layout *l);        /* layout_pins.c: where links leave and arrive */
void jst_layout_columns(jst_layout *l);     /* layout_columns.c: x of every item */
void jst_layout_ways(jst_layout *l);        /* layout_ways.c: y of everything, wires */

#endif
