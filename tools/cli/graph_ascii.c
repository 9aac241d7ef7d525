/* SPDX-License-Identifier: Apache-2.0
 * Drawing on a canvas of characters. A cell knows in which directions lines leave it and which net
 * they are of: lines of one net join, of two the vertical one passes over the other, so a corner or
 * a branch is always one. */
#include "graph_ascii.h"

#include "escape.h"

enum { NORTH = 1, EAST = 2, SOUTH = 4, WEST = 8, ACROSS = EAST | WEST, ALONG = NORTH | SOUTH };

typedef struct cell {
    char text[5];                   /* one UTF-8 character; empty: see the rest */
    uint8_t ways, tone;
    bool dashed;
    size_t net;                     /* of the lines, from 1 */
} cell;

typedef struct canvas {
    cell *cells;
    int width, height;
    bool lines;                     /* box-drawing characters */
} canvas;

/* ---- characters ------------------------------------------------------------------------------ */

/* By the directions in which lines leave. */
static const char *const plain[16] = {
    " ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+",
};
static const char *const plain_dashed[16] = {
    " ", ":", ".", ":", ":", ":", ".", ":", ".", ":", ".", ":", ".", ":", ".", ":",
};
static const char *const drawn[16] = {
    " ", "│", "─", "└", "│", "│", "┌", "├", "─", "┘", "─", "┴", "┐", "┤", "┬", "┼",
};
static const char *const drawn_dashed[16] = {
    " ", "┆", "┄", "└", "┆", "┆", "┌", "├", "┄", "┘", "┄", "┴", "┐", "┤", "┬", "┼",
};

typedef struct frame { const char *corners[4], *top, *side; } frame;    /* nw ne sw se */
static const frame plain_frames[JST_SHAPES] = {
    [JST_SHAPE_STEP] = { { "+", "+", "+", "+" }, "-", "|" },
    [JST_SHAPE_SOURCE] = { { "(", ")", "(", ")" }, "-", "|" },
    [JST_SHAPE_STORE] = { { "[", "]", "[", "]" }, "=", "|" },
    [JST_SHAPE_STAGE] = { { "#", "#", "#", "#" }, "=", "#" },
    [JST_SHAPE_SHUFFLE] = { { "<", ">", "<", ">" }, "-", "|" },
};
static const frame drawn_frames[JST_SHAPES] = {
    [JST_SHAPE_STEP] = { { "┌", "┐", "└", "┘" }, "─", "│" },
    [JST_SHAPE_SOURCE] = { { "╭", "╮", "╰", "╯" }, "─", "│" },
    [JST_SHAPE_STORE] = { { "╔", "╗", "╚", "╝" }, "═", "║" },
    [JST_SHAPE_STAGE] = { { "┏", "┓", "┗", "┛" }, "━", "┃" },
    [JST_SHAPE_SHUFFLE] = { { "╱", "╲", "╲", "╱" }, "─", "│" },
};

/* ---- putting --------------------------------------------------------------------------------- */

static cell *at(const canvas *c, int x, int y)
{
    return x < 0 || y < 0 || x >= c->width || y >= c->height ? NULL : &c->cells[y * c->width + x];
}

static void put(const canvas *c, int x, int y, const char *s, size_t n, jst_tone tone)
{
    cell *to = at(c, x, y);
    if (!to || n == 0 || n > 4)
        return;
    bool printable = (unsigned char)s[0] >= 0x20 && s[0] != 0x7f;
    bool fits = printable && (c->lines || n == 1) && jst_cli_utf8_length(s, n) == n;
    memset(to->text, 0, sizeof to->text);
    memcpy(to->text, fits ? s : "?", fits ? n : 1);
    to->tone = (uint8_t)tone;
}

static int put_text(const canvas *c, int x, int y, joist_text t, jst_tone tone)
{
    for (size_t i = 0; i < t.len;) {
        size_t n = jst_cli_utf8_length(t.ptr + i, t.len - i);
        bool dots = !c->lines && n == 3 && memcmp(t.ptr + i, "…", 3) == 0;
        n = n ? n : 1;
        put(c, x++, y, dots ? "~" : t.ptr + i, dots ? 1 : n, tone);
        i += n;
    }
    return x;
}

static void put_mark(const canvas *c, int x, int y, const char *mark, jst_tone tone)
{
    put(c, x, y, mark, strlen(mark), tone);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void put_line(const canvas *c, int x, int y, uint8_t ways, size_t net, bool dashed)
{
    cell *to = at(c, x, y);
    if (!to)
        return;
    bool other = to->net && to->net != net;
    if (other && !(ways & ALONG))
        return;
    to->ways = other ? ways : to->ways | ways;
    to->net = net;
    to->dashed = dashed;
}

static void draw_across(const canvas *c, int x, int to, int y, size_t net, bool dashed)
{
    int low = x < to ? x : to, high = x < to ? to : x;
    for (int i = low; i <= high; i++)
        put_line(c, i, y, (uint8_t)((i > low ? WEST : 0) | (i < high ? EAST : 0)), net, dashed);
}

/* From row `y` to row `to`; both ends may be corners, which have one direction only. */
static void draw_down(const canvas *c, int x, int y, int to, bool begins, bool ends, size_t net,
                      bool dashed)
{
    for (int i = y; i <= to; i++)
        put_line(c, x, i, (uint8_t)((i > y || begins ? NORTH : 0) | (i < to || ends ? SOUTH : 0)),
                 net, dashed);
}

static void draw_wire(const canvas *c, const jst_picture_net *net, const jst_picture_wire *w,
                      size_t number)
{
    size_t last = w->count - 1;
    for (size_t i = 0; i < last; i++) {
        jst_point from = w->points[i], to = w->points[i + 1];
        if (from.y == to.y)
            draw_across(c, from.x, to.x, to.y, number, net->dashed);
        else
            draw_down(c, from.x, from.y, i + 1 == last ? to.y - 1 : to.y, i == 0, i + 1 == last,
                      number, net->dashed);
    }
}

static void draw_ends(const canvas *c, const jst_picture *p, const jst_picture_net *net)
{
    for (size_t k = 0; k < net->wires_count; k++) {
        const jst_picture_wire *w = &net->wires[k];
        jst_point end = w->points[w->count - 1];
        put_mark(c, end.x, end.y - 1, c->lines ? "▼" : "v", JST_TONE_PLAIN);
        if (p->boxes[net->from].shape == JST_SHAPE_STEP)
            put_mark(c, w->points[0].x, w->points[0].y - 1, c->lines ? "┬" : "+", JST_TONE_PLAIN);
    }
    int x = put_text(c, net->label_at.x, net->label_at.y, net->label, JST_TONE_DIM);
    put_text(c, x + (net->label.len > 0), net->label_at.y, net->note, JST_TONE_TITLE);
}

/* ---- boxes ----------------------------------------------------------------------------------- */

static void draw_frame(const canvas *c, const jst_picture_box *b)
{
    const frame *f = &(c->lines ? drawn_frames : plain_frames)[b->shape];
    jst_tone tone = b->hot ? JST_TONE_HOT : JST_TONE_PLAIN;
    int right = b->x + b->w - 1, bottom = b->y + b->h - 1;
    for (int x = b->x + 1; x < right; x++) {
        put_mark(c, x, b->y, f->top, tone);
        put_mark(c, x, bottom, f->top, tone);
    }
    for (int y = b->y + 1; y < bottom; y++) {
        put_mark(c, b->x, y, f->side, tone);
        put_mark(c, right, y, f->side, tone);
    }
    put_mark(c, b->x, b->y, f->corners[0], tone);
    put_mark(c, right, b->y, f->corners[1], tone);
    put_mark(c, b->x, bottom, f->corners[2], tone);
    put_mark(c, right, bottom, f->corners[3], tone);
}

static void draw_box(const canvas *c, const jst_picture_box *b)
{
    int notes = b->x + 2 + (int)jst_picture_note_end(b);
    draw_frame(c, b);
    for (size_t i = 0; i < b->lines_count; i++) {
        const jst_picture_line *line = &b->lines[i];
        int y = b->y + 1 + (int)i;
        put_text(c, b->x + 2, y, line->text, line->tone);
        put_text(c, notes - (int)jst_text_columns(line->note), y, line->note,
                 line->note_tone);
    }
}

/* ---- out ------------------------------------------------------------------------------------- */

static const char *text_of(const canvas *c, const cell *of)
{
    if (of->text[0])
        return of->text;
    if (c->lines)
        return (of->dashed ? drawn_dashed : drawn)[of->ways];
    return (of->dashed ? plain_dashed : plain)[of->ways];
}

static void print_row(joist_buffer *out, const canvas *c, int y, bool color)
{
    static const char *const codes[JST_TONES] = {
        [JST_TONE_TITLE] = "\x1b[1m", [JST_TONE_PLAIN] = "", [JST_TONE_DIM] = "\x1b[2m",
        [JST_TONE_BAD] = "\x1b[31m", [JST_TONE_HOT] = "\x1b[1;33m",
    };
    int end = c->width;
    while (end > 0 && strcmp(text_of(c, at(c, end - 1, y)), " ") == 0)
        end--;
    uint8_t tone = JST_TONE_PLAIN;
    for (int x = 0; x < end; x++) {
        const cell *here = at(c, x, y);
        uint8_t now = here->text[0] ? here->tone : (uint8_t)JST_TONE_PLAIN;
        if (color && now != tone)
            joist_buffer_printf(out, "\x1b[0m%s", codes[now]);
        tone = now;
        joist_buffer_printf(out, "%s", text_of(c, here));
    }
    joist_buffer_printf(out, "%s\n", color && tone != JST_TONE_PLAIN ? "\x1b[0m" : "");
}

void jst_graph_ascii(joist_buffer *out, jst_picture *p, bool lines, bool color)
{
    static const jst_metrics metrics = {
        .character = 1, .line = 1, .pad_x = 2, .pad_y = 1, .separation = 3, .pin = 2, .near = 1,
        .track = 1, .below = 1, .above = 1, .label = 2, .widest = JST_GRAPH_COLUMNS,
    };
    jst_picture_layout(p, &metrics);
    canvas c = { .width = p->width, .height = p->height, .lines = lines };
    c.cells = joist_calloc((size_t)c.width * (size_t)c.height + 1, sizeof *c.cells);
    for (size_t i = 0; i < p->nets_count; i++)
        for (size_t k = 0; k < p->nets[i].wires_count; k++)
            draw_wire(&c, &p->nets[i], &p->nets[i].wires[k], i + 1);
    for (size_t i = 0; i < p->boxes_count; i++)
        draw_box(&c, &p->boxes[i]);
    for (size_t i = 0; i < p->nets_count; i++)
        draw_ends(&c, p, &p->nets[i]);
    for (int y = 0; y < c.height; y++)
        print_row(out, &c, y, color);
    joist_free(c.cells);
}
