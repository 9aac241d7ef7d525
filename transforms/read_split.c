/* SPDX-License-Identifier: Apache-2.0
 * Splits, in input order. A range is small enough to be read in one go and still lie in a cache
 * while its lines are counted and then read: 2 MiB by default, which is also how evenly workers
 * end. */
#include "read_split.h"

#include <unistd.h>

typedef struct splits { joist_split *items; size_t count, cap; } splits;

static joist_split *add(splits *all, joist_split split)
{
    if (all->count == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 64;
        all->items = joist_realloc(all->items, all->cap * sizeof *all->items);
    }
    all->items[all->count] = split;
    return &all->items[all->count++];
}

static joist_status is_plain(const jst_input_file *f, bool *plain, joist_error *e)
{
    char magic[2];
    int fd = jst_open_to_read(f->path, e);
    if (fd < 0)
        return JOIST_FAILED;
    joist_status status = jst_read_at(fd, f->path, magic, sizeof magic, 0, e);
    close(fd);
    *plain = status == JOIST_OK && !jst_is_gzip(magic, sizeof magic);
    return status;
}

static void add_ranges(const jst_files *s, splits *all, size_t i)
{
    jst_input_file *f = s->listing.files[i];
    uint64_t size = s->setup->range;
    if (f->format == JST_CSV)
        f->records = jst_csv_table_new(f->path, f->size, size, s->separator);
    else
        f->lines = jst_line_table_new(f->path, f->size, size);
    for (uint64_t begin = 0; begin < f->size; begin += size) {
        uint64_t end = f->size - begin < size ? f->size : begin + size;
        add(all, (joist_split){ .first = i, .count = 1, .begin = begin, .end = end,
                                .bytes = end - begin });
    }
}

/* To the group at the end, if there is one with room in it. */
static void add_small(const jst_files *s, splits *all, joist_split **group, size_t i)
{
    uint64_t size = s->listing.files[i]->size;
    joist_split *g = *group;
    bool fits = g && g->count < s->setup->group_files && g->bytes + size <= s->setup->group_bytes;
    if (!fits)
        g = add(all, (joist_split){ .first = i });
    g->count++;
    g->bytes += size;
    *group = g;
}

joist_status jst_make_splits(jst_files *s, joist_error *e)
{
    splits all = { 0 };
    joist_split *group = NULL;
    joist_status status = JOIST_OK;
    for (size_t i = 0; i < s->listing.count && status == JOIST_OK; i++) {
        const jst_input_file *f = s->listing.files[i];
        bool plain = false;
        if (f->size <= s->setup->range) {
            add_small(s, &all, &group, i);
            continue;
        }
        group = NULL;
        if (f->format != JST_JSON_VALUES)
            status = is_plain(f, &plain, e);
        if (plain)
            add_ranges(s, &all, i);
        else
            add(&all, (joist_split){ .first = i, .count = 1, .bytes = f->size });
    }
    s->splits = all.items;
    s->splits_count = all.count;
    return status;
}
