/* SPDX-License-Identifier: Apache-2.0
 * Layouts of random graphs, in characters and in pixels: whatever the graph, boxes do not overlap,
 * a wire goes down from its box to the other one and through no third, and wires of two nets share
 * no piece of a line. */
/* Tests: layout.c layout_layers.c layout_order.c layout_pins.c layout_columns.c layout_ways.c */
/* Tests: picture.c */
#include "layout.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const jst_metrics characters = {
    .character = 1, .line = 1, .pad_x = 2, .pad_y = 1, .separation = 3, .pin = 2, .near = 1,
    .track = 1, .below = 1, .above = 1, .label = 2, .widest = 100,
};
static const jst_metrics pixels = {
    .character = 8, .line = 19, .pad_x = 14, .pad_y = 9, .lid = 8, .separation = 28, .pin = 14,
    .near = 8, .track = 14, .below = 30, .above = 22, .label = 7, .widest = 1240,
};

static uint64_t state;
static size_t chance(size_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % n;
}

static joist_text word(joist_arena *a, size_t most)
{
    return joist_arena_printf(a, "%.*s", (int)chance(most + 1), "abcdefghijklmnopqrstuvwxyzabcdef");
}

/* Boxes with up to three nets each, which go to later boxes. */
static void make_random(jst_picture *p, size_t boxes)
{
    for (size_t i = 0; i < boxes; i++) {
        jst_picture_box *b = jst_picture_add_box(p, (jst_shape)chance(JST_SHAPES), JOIST_TEXT("b"));
        for (size_t k = chance(4) + 1; k > 0; k--)
            jst_picture_add_line(p, b, JST_TONE_PLAIN, word(p->arena, 24))->note =
                word(p->arena, chance(2) * 8);
    }
    for (size_t i = 0; i + 1 < boxes; i++)
        for (size_t n = chance(4); n > 0; n--) {
            jst_picture_net *net = jst_picture_net_of(p, i, n, chance(3) == 0,
                                                      word(p->arena, 14));
            for (size_t k = chance(3) + 1; k > 0; k--)
                jst_picture_connect(p, net, i + 1 + chance(boxes - i - 1));
        }
}

/* ---- what must hold -------------------------------------------------------------------------- */

typedef struct piece { jst_point a, b; size_t net; } piece;   /* a is above or left of b */
static piece pieces[20000];
static size_t pieces_count;

static void add_piece(jst_point a, jst_point b, size_t net)
{
    bool forward = a.x < b.x || (a.x == b.x && a.y < b.y);
    cr_assert_lt(pieces_count, sizeof pieces / sizeof pieces[0]);
    pieces[pieces_count++] = (piece){ forward ? a : b, forward ? b : a, net };
}

static void check_wire(const jst_picture *p, size_t net, const jst_picture_wire *w)
{
    const jst_picture_box *from = &p->boxes[p->nets[net].from], *to = &p->boxes[w->to];
    jst_point first = w->points[0], last = w->points[w->count - 1];
    cr_assert(first.y == from->y + from->h && first.x > from->x && first.x < from->x + from->w);
    cr_assert(last.y == to->y && last.x > to->x && last.x < to->x + to->w - 1,
              "arrives at %d, the box is from %d to %d", last.x, to->x, to->x + to->w);
    for (size_t i = 0; i + 1 < w->count; i++) {
        jst_point a = w->points[i], b = w->points[i + 1];
        cr_assert(i % 2 ? a.y == b.y : a.x == b.x, "vertical and horizontal take turns");
        cr_assert(i % 2 || a.y < b.y, "down only");
        add_piece(a, b, net);
    }
}

static void check_boxes(const jst_picture *p)
{
    for (size_t i = 0; i < p->boxes_count; i++) {
        const jst_picture_box *a = &p->boxes[i];
        cr_assert(a->x >= 0 && a->y >= 0 && a->x + a->w <= p->width && a->y + a->h <= p->height);
        for (size_t k = 0; k < i; k++) {
            const jst_picture_box *b = &p->boxes[k];
            cr_assert(a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y
                      || b->y + b->h <= a->y, "boxes %zu and %zu", k, i);
        }
    }
}

static bool goes_through(const piece *s, const jst_picture_box *b)
{
    int left = s->a.x, right = s->b.x;
    int top = s->a.y < s->b.y ? s->a.y : s->b.y, bottom = s->a.y < s->b.y ? s->b.y : s->a.y;
    return right >= b->x && left < b->x + b->w && bottom > b->y && top < b->y + b->h;
}

static void check_pieces(const jst_picture *p)
{
    for (size_t i = 0; i < pieces_count; i++) {
        const piece *s = &pieces[i];
        for (size_t k = 0; k < p->boxes_count; k++)
            cr_assert(!goes_through(s, &p->boxes[k]), "a wire of net %zu through box %zu", s->net,
                      k);
        for (size_t k = 0; k < i; k++) {
            const piece *t = &pieces[k];
            bool across = s->a.y == s->b.y, along = s->a.x == s->b.x;
            if (s->net == t->net)
                continue;
            if (across && t->a.y == t->b.y && s->a.y == t->a.y)
                cr_assert(s->b.x < t->a.x || t->b.x < s->a.x, "nets %zu and %zu lie on each other",
                          s->net, t->net);
            if (along && t->a.x == t->b.x && s->a.x == t->a.x)
                cr_assert(s->b.y <= t->a.y || t->b.y <= s->a.y,
                          "nets %zu and %zu run into each other", s->net, t->net);
        }
    }
}

static void check_layout(jst_picture *p, const jst_metrics *m)
{
    jst_picture_layout(p, m);
    pieces_count = 0;
    check_boxes(p);
    for (size_t n = 0; n < p->nets_count; n++)
        for (size_t k = 0; k < p->nets[n].wires_count; k++)
            check_wire(p, n, &p->nets[n].wires[k]);
    check_pieces(p);
}

static void each(const jst_metrics *m, size_t most)
{
    for (uint64_t seed = 1; seed <= 150; seed++) {
        jst_picture p = { .arena = joist_arena_new() };
        state = seed;
        make_random(&p, 1 + chance(most));
        check_layout(&p, m);
        joist_arena_free(p.arena);
    }
}

Test(layout, random_graphs_in_characters) { each(&characters, 24); }
Test(layout, random_graphs_in_pixels) { each(&pixels, 24); }

/* ---- what is wanted -------------------------------------------------------------------------- */

static jst_picture picture_of(size_t boxes)
{
    jst_picture p = { .arena = joist_arena_new() };
    for (size_t i = 0; i < boxes; i++) {
        jst_picture_box *b = jst_picture_add_box(&p, JST_SHAPE_STEP, JOIST_TEXT("b"));
        jst_picture_add_line(&p, b, JST_TONE_PLAIN, JOIST_TEXT("twelve chars"));
    }
    return p;
}

static void wire(jst_picture *p, size_t from, size_t to)
{
    jst_picture_connect(p, jst_picture_net_of(p, from, 0, false, JOIST_TEXT("")), to);
}

Test(layout, a_chain_is_one_straight_line)
{
    jst_picture p = picture_of(6);
    for (size_t i = 0; i < 5; i++)
        wire(&p, i, i + 1);
    check_layout(&p, &characters);
    for (size_t n = 0; n < 5; n++)
        cr_expect_eq(p.nets[n].wires[0].count, 2);
    cr_expect_eq(p.width, 16);
    joist_arena_free(p.arena);
}

Test(layout, a_layer_that_is_too_wide_is_broken)
{
    jst_picture p = picture_of(31);
    for (size_t i = 1; i < 31; i++)
        wire(&p, 0, i);
    check_layout(&p, &characters);
    cr_expect_leq(p.width, 100);
    joist_arena_free(p.arena);
}

/* Two chains that were declared crosswise. */
Test(layout, what_need_not_cross_does_not)
{
    jst_picture p = picture_of(6);
    wire(&p, 0, 3);
    wire(&p, 1, 2);
    wire(&p, 3, 4);
    wire(&p, 2, 5);
    check_layout(&p, &characters);
    cr_expect_eq(p.boxes[0].x < p.boxes[1].x, p.boxes[3].x < p.boxes[2].x);
    cr_expect_eq(p.boxes[0].x < p.boxes[1].x, p.boxes[4].x < p.boxes[5].x);
    joist_arena_free(p.arena);
}

Test(layout, many_labels_at_one_box_are_cut)
{
    jst_picture p = picture_of(7);
    for (size_t i = 1; i < 7; i++) {
        jst_picture_net *net = jst_picture_net_of(&p, 0, i, false,
                                                  JOIST_TEXT("a_step: a_port: a_record_type"));
        net->brief = JOIST_TEXT("a_port: a_record_type");
        jst_picture_connect(&p, net, i);
    }
    check_layout(&p, &characters);
    cr_expect_leq(p.width, 100);
    cr_expect(joist_text_ends(p.nets[0].label, JOIST_TEXT("_type")), "%.*s",
              JOIST_ARG(p.nets[0].label));
    joist_arena_free(p.arena);
}

Test(layout, an_empty_picture)
{
    jst_picture p = { .arena = joist_arena_new() };
    check_layout(&p, &characters);
    cr_expect(p.width == 0 && p.height == 0);
    joist_arena_free(p.arena);
}

Test(layout, texts)
{
    joist_arena *a = joist_arena_new();
    cr_expect_eq(jst_text_columns(JOIST_TEXT("n\xc3\xa9\xff")), 3);
    joist_text t = jst_text_shorten(a, JOIST_TEXT("sqlite:/a/long/path/to/x.db"), 13);
    cr_expect_eq(jst_text_columns(t), 13);
    cr_expect(joist_text_starts(t, JOIST_TEXT("sqli\xe2\x80\xa6")));
    cr_expect(joist_text_ends(t, JOIST_TEXT("/to/x.db")), "%.*s", JOIST_ARG(t));
    cr_expect(joist_text_equal(jst_text_shorten(a, JOIST_TEXT("abc"), 3), JOIST_TEXT("abc")));
    joist_arena_free(a);
}
