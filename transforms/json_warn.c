/* SPDX-License-Identifier: Apache-2.0
 * Warnings are collected as they come and made a set when they are asked for. */
#include <joist.h>
#include <stdlib.h>

enum { LONGEST_NAME = 128, FIRST_CAPACITY = 8 };

static joist_text *next_item(joist_warnings *w)
{
    if (w->count == w->cap) {
        size_t cap = w->cap ? w->cap * 2 : FIRST_CAPACITY;
        joist_text *items = joist_arena_alloc(w->arena, cap * sizeof *items);
        if (w->count)
            memcpy(items, w->items, w->count * sizeof *items);
        w->items = items;
        w->cap = cap;
    }
    return &w->items[w->count++];
}

static void append(joist_text *out, char *room, joist_text t)
{
    if (t.len)
        memcpy(room + out->len, t.ptr, t.len);
    out->len += t.len;
}

void joist_warn(joist_warnings *w, const char *kind, const char *prefix, joist_text name)
{
    if (!w)
        return;
    joist_text head = joist_text_of(kind), path = joist_text_of(prefix);
    joist_text cut = joist_cut(name, LONGEST_NAME);
    char *room = joist_arena_alloc(w->arena, head.len + 1 + path.len + cut.len);
    joist_text all = { room, 0 };
    append(&all, room, head);
    if (prefix || name.ptr)
        append(&all, room, JOIST_TEXT(":"));
    append(&all, room, path);
    append(&all, room, cut);
    *next_item(w) = all;
}

void joist_warn_text(joist_warnings *w, joist_text warning)
{
    if (w)
        *next_item(w) = warning;
}

static int by_bytes(const void *a, const void *b)
{
    return joist_text_compare(*(const joist_text *)a, *(const joist_text *)b);
}

joist_text_list joist_warnings_sorted(joist_warnings *w, size_t most)
{
    joist_text_list none = { NULL, 0 };
    if (!w || !w->count)
        return none;
    qsort(w->items, w->count, sizeof *w->items, by_bytes);
    size_t kept = 1;
    for (size_t i = 1; i < w->count; i++)
        if (!joist_text_equal(w->items[i], w->items[kept - 1]))
            w->items[kept++] = w->items[i];
    w->count = kept;
    return (joist_text_list){ w->items, kept < most ? kept : most };
}
