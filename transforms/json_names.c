/* SPDX-License-Identifier: Apache-2.0
 * Names of a few members are compared each with each. Of more, a filter tells most to be new, so
 * that they are compared with none. Only names that do occur twice, or are many, get sorted.
 * Tests: json_members_test.c */
#include "json_names.h"

#include <stdlib.h>

enum { FEW = 8, MOST_COMPARED = 128, FILTER_BITS = 1024 };

/* Of both ends and the length: what differs only between them is told apart by comparing. */
static inline uint32_t hash_of(joist_text name)
{
    uint64_t head = 0, tail = 0;
    if (name.len >= 8) {
        memcpy(&head, name.ptr, 8);
        memcpy(&tail, name.ptr + name.len - 8, 8);
    } else {
        for (size_t i = 0; i < name.len; i++)
            head = head << 8 | (unsigned char)name.ptr[i];
    }
    uint64_t h = (head ^ (tail << 7 | tail >> 57)) + name.len;
    return (uint32_t)((h * 0x9E3779B97F4A7C15u) >> 40) % FILTER_BITS;
}

/* Is the name of member `i` one of those before it? */
static bool is_repeated(const joist_member *members, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (joist_text_equal(members[k].key, members[i].key))
            return true;
    return false;
}

static bool few_repeat(const joist_member *members, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (is_repeated(members, i))
            return true;
    return false;
}

static bool some_repeat(const joist_member *members, size_t count)
{
    uint64_t filter[FILTER_BITS / 64] = { 0 };
    for (size_t i = 0; i < count; i++) {
        uint32_t h = hash_of(members[i].key);
        uint64_t *word = &filter[h / 64], bit = (uint64_t)1 << (h % 64);
        if (*word & bit && is_repeated(members, i))
            return true;
        *word |= bit;
    }
    return false;
}

static int by_name_and_place(const void *a, const void *b)
{
    const joist_member *x = *(const joist_member *const *)a, *y = *(const joist_member *const *)b;
    int c = joist_text_compare(x->key, y->key);
    return c ? c : (x > y) - (x < y);
}

static size_t keep_last(joist_member *members, size_t count)
{
    joist_member **sorted = joist_malloc(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &members[i];
    qsort(sorted, count, sizeof *sorted, by_name_and_place);
    for (size_t i = 0; i + 1 < count; i++)
        if (joist_text_equal(sorted[i]->key, sorted[i + 1]->key))
            sorted[i]->value.ptr = NULL;
    joist_free(sorted);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (members[i].value.ptr)
            members[kept++] = members[i];
    return kept;
}

size_t jst_names_keep_last(joist_member *members, size_t count)
{
    bool repeat = count <= FEW             ? few_repeat(members, count)
                  : count <= MOST_COMPARED ? some_repeat(members, count) : true;
    return repeat ? keep_last(members, count) : count;
}
