/* SPDX-License-Identifier: Apache-2.0
 * The table of dirt.h and the drawing from it. */
#include "dirt.h"

#define ROW_(where, what, parts, text) \
    { .name = #what, .doc = text, .level = DIRT_##where, .weight = parts, .apply = dirt_##what },
const dirt_kind dirt_kinds[] = { DIRT(ROW_) };
const size_t dirt_kinds_count = sizeof dirt_kinds / sizeof *dirt_kinds;

const dirt_kind *dirt_find(const char *name)
{
    for (size_t i = 0; i < dirt_kinds_count; i++)
        if (!strcmp(dirt_kinds[i].name, name))
            return &dirt_kinds[i];
    return NULL;
}

static unsigned weight_of(size_t i, bool files)
{
    return dirt_kinds[i].level == DIRT_FILE && !files ? 0 : dirt_kinds[i].weight;
}

const dirt_kind *dirt_pick(rng *r, bool files)
{
    unsigned total = 0;
    for (size_t i = 0; i < dirt_kinds_count; i++)
        total += weight_of(i, files);
    uint64_t x = rng_below(r, total);
    size_t i = 0;
    for (; x >= weight_of(i, files); i++)
        x -= weight_of(i, files);
    return &dirt_kinds[i];
}
