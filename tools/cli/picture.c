/* SPDX-License-Identifier: Apache-2.0
 * Putting a picture together. Boxes are known by their index: adding one may move the others. */
#include "picture.h"

#include "escape.h"

static const char *const shapes[JST_SHAPES] = {
    [JST_SHAPE_STEP] = "step", [JST_SHAPE_SOURCE] = "source", [JST_SHAPE_STORE] = "store",
    [JST_SHAPE_STAGE] = "stage", [JST_SHAPE_SHUFFLE] = "shuffle",
};

const char *jst_shape_name(jst_shape shape)
{
    return shapes[shape];
}

/* An array in an arena that has room for one more. */
static void *grown(joist_arena *a, void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 8;
    void *more = joist_arena_alloc(a, *cap * size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

jst_picture_box *jst_picture_add_box(jst_picture *p, jst_shape shape, joist_text name)
{
    p->boxes = grown(p->arena, p->boxes, p->boxes_count, &p->boxes_cap, sizeof *p->boxes);
    jst_picture_box *box = &p->boxes[p->boxes_count++];
    *box = (jst_picture_box){ .shape = shape, .name = name };
    return box;
}

jst_picture_line *jst_picture_add_line(jst_picture *p, jst_picture_box *box, jst_tone tone,
                                       joist_text text)
{
    size_t cap = box->lines_count;
    box->lines = grown(p->arena, box->lines, box->lines_count, &cap, sizeof *box->lines);
    jst_picture_line *line = &box->lines[box->lines_count++];
    *line = (jst_picture_line){ .text = text, .tone = tone };
    return line;
}

jst_picture_net *jst_picture_net_of(jst_picture *p, size_t from, size_t number, bool dashed,
                                    joist_text label)
{
    for (size_t i = 0; i < p->nets_count; i++) {
        jst_picture_net *n = &p->nets[i];
        if (n->from == from && n->number == number && n->dashed == dashed
            && joist_text_equal(n->label, label))
            return n;
    }
    p->nets = grown(p->arena, p->nets, p->nets_count, &p->nets_cap, sizeof *p->nets);
    p->nets[p->nets_count] = (jst_picture_net){ from, number, dashed, .label = label };
    return &p->nets[p->nets_count++];
}

void jst_picture_connect(jst_picture *p, jst_picture_net *net, size_t to)
{
    for (size_t i = 0; i < net->wires_count; i++)
        if (net->wires[i].to == to)
            return;
    size_t cap = net->wires_count;
    net->wires = grown(p->arena, net->wires, net->wires_count, &cap, sizeof *net->wires);
    net->wires[net->wires_count++] = (jst_picture_wire){ .to = to };
}

size_t jst_picture_note_end(const jst_picture_box *box)
{
    size_t text = 0, note = 0;
    for (size_t i = 0; i < box->lines_count; i++) {
        size_t columns = jst_text_columns(box->lines[i].note);
        note = columns > note ? columns : note;
        columns = columns ? jst_text_columns(box->lines[i].text) : 0;
        text = columns > text ? columns : text;
    }
    return note ? text + 2 + note : 0;
}

/* ---- text ------------------------------------------------------------------------------------ */

static size_t character_at(joist_text t, size_t i)
{
    size_t n = jst_cli_utf8_length(t.ptr + i, t.len - i);
    return n ? n : 1;
}

size_t jst_text_columns(joist_text t)
{
    size_t columns = 0;
    for (size_t i = 0; i < t.len; i += character_at(t, i))
        columns++;
    return columns;
}

static size_t bytes_of(joist_text t, size_t columns)
{
    size_t i = 0;
    while (columns-- > 0 && i < t.len)
        i += character_at(t, i);
    return i;
}

/* Beginning and end say more about a URI than its middle. */
joist_text jst_text_shorten(joist_arena *a, joist_text t, size_t columns)
{
    size_t all = jst_text_columns(t);
    if (all <= columns || columns < 3)
        return t;
    size_t tail = (columns - 1) * 2 / 3, head = columns - 1 - tail;
    size_t from = bytes_of(t, all - tail);
    return joist_arena_printf(a, "%.*s…%.*s", (int)bytes_of(t, head), t.ptr, (int)(t.len - from),
                              t.ptr + from);
}
