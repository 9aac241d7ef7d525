/* SPDX-License-Identifier: Apache-2.0
 * A picture of a graph before it has a form: boxes with lines of text, and nets, which carry one
 * collection from a box to all that use it. The layout gives both a place, in characters or in
 * pixels; after it a renderer only draws. */
#ifndef JST_PICTURE_H
#define JST_PICTURE_H

#include "joist/memory.h"

typedef enum jst_tone {
    JST_TONE_TITLE, JST_TONE_PLAIN, JST_TONE_DIM, JST_TONE_BAD, JST_TONE_HOT, JST_TONES
} jst_tone;

typedef enum jst_shape {
    JST_SHAPE_STEP, JST_SHAPE_SOURCE, JST_SHAPE_STORE, JST_SHAPE_STAGE, JST_SHAPE_SHUFFLE,
    JST_SHAPES
} jst_shape;
const char *jst_shape_name(jst_shape shape);

/* `text` at the left; `note` right of it, at the box's right edge. */
typedef struct jst_picture_line {
    joist_text text, note;
    jst_tone tone, note_tone;
} jst_picture_line;

typedef struct jst_point { int x, y; } jst_point;

typedef struct jst_picture_box {
    jst_shape shape;
    joist_text name;                /* unique among boxes of its shape */
    joist_text about;               /* one line for who points at it */
    jst_picture_line *lines; size_t lines_count;
    bool hot, rejects;              /* the bottleneck; something was rejected */
    size_t cluster;                 /* from 1: the stage it is fused into, for who draws clusters */
    int x, y, w, h;                 /* layout */
} jst_picture_box;

/* The way to one box: a polyline of vertical and horizontal parts, beginning with a vertical. */
typedef struct jst_picture_wire {
    size_t to;
    jst_point *points; size_t count, cap;       /* layout */
} jst_picture_wire;

typedef struct jst_picture_net {
    size_t from, number;            /* a box, and what tells apart what leaves it */
    bool dashed;                    /* a side input */
    joist_text label, note;         /* the collection; how many elements it has had */
    joist_text brief;               /* a label for where there is little room; empty: none */
    jst_picture_wire *wires; size_t wires_count;
    jst_point label_at;             /* layout: left end, the text's line */
} jst_picture_net;

typedef struct jst_picture {
    joist_arena *arena;
    jst_picture_box *boxes; size_t boxes_count, boxes_cap;
    jst_picture_net *nets; size_t nets_count, nets_cap;
    int width, height;              /* layout */
} jst_picture;

/* Sizes of what is drawn, in the renderer's unit. */
typedef struct jst_metrics {
    int character, line;            /* of text */
    int pad_x, pad_y;               /* between a box's edge and its text */
    int lid;                        /* above the text of a store */
    int separation;                 /* between what stands side by side */
    int pin;                        /* between lines that end side by side */
    int near;                       /* two vertical lines that are nearer look like one */
    int track;                      /* between horizontal lines */
    int below, above;               /* a layer's lines: room at their beginning, at their end */
    int label;                      /* between a line and its label */
    int widest;                     /* of a layer: more is put into the next one */
} jst_metrics;

jst_picture_box *jst_picture_add_box(jst_picture *p, jst_shape shape, joist_text name);
jst_picture_line *jst_picture_add_line(jst_picture *p, jst_picture_box *box, jst_tone tone,
                                       joist_text text);

/* The net of that box with that number and form, made if there is none. */
jst_picture_net *jst_picture_net_of(jst_picture *p, size_t from, size_t number, bool dashed,
                                    joist_text label);
void jst_picture_connect(jst_picture *p, jst_picture_net *net, size_t to);      /* once */

/* Gives everything its place. Nets must not make a cycle. */
void jst_picture_layout(jst_picture *p, const jst_metrics *m);

/* The column in which a box's notes end: they stand in one, beside the texts they are of. */
size_t jst_picture_note_end(const jst_picture_box *box);

size_t jst_text_columns(joist_text t);                              /* characters */
joist_text jst_text_shorten(joist_arena *a, joist_text t, size_t columns);      /* "abc…xyz" */

#endif
