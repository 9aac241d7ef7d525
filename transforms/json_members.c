/* SPDX-License-Identifier: Apache-2.0
 * Members of a checked value. Whether a name occurs twice is asked of a small filter first; only
 * when it cannot rule that out are the names sorted, so no choice of names makes it slower than
 * O(n log n). */
#include <joist.h>
#include <stdlib.h>

#include "json_bytes.h"
#include "json_string.h"
#include "json_value.h"

enum { FIRST_CAPACITY = 16, FILTER_WORDS = 8, FILTER_NAMES = 64 };

typedef struct member_list {
    joist_member *items;
    size_t count, cap;
    joist_arena *arena;
} member_list;

static void add(member_list *list, joist_member member)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : FIRST_CAPACITY;
        joist_member *items = joist_arena_alloc(list->arena, cap * sizeof *items);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = member;
}

/* ---- slices ---------------------------------------------------------------------------------- */
/* Behind the string whose opening quote is at p. */
static const char *string_end(const char *p, const char *end)
{
    for (p = jst_json_plain_end(p + 1, end); p < end; p = jst_json_plain_end(p, end)) {
        if (*p == '"')
            return p + 1;
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    }
    return end;
}

static const char *container_end(const char *p, const char *end)
{
    size_t depth = 0;
    while (p < end) {
        char c = *p;
        if (c == '"') {
            p = string_end(p, end);
            continue;
        }
        p++;
        depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && !--depth)
            break;
    }
    return p;
}

static bool ends_scalar(char c)
{
    return c == ',' || c == '}' || c == ']' || jst_json_space(c);
}

static const char *value_end(const char *p, const char *end)
{
    if (p == end)
        return p;
    if (*p == '"')
        return string_end(p, end);
    if (*p == '{' || *p == '[')
        return container_end(p, end);
    while (p < end && !ends_scalar(*p))
        p++;
    return p;
}

/* The name at p; *p is moved to its value. */
static joist_text read_name(const char **p, const char *end, joist_arena *a)
{
    const char *from = *p, *to = string_end(from, end);
    *p = jst_json_skip_space(to, end);
    if (*p < end && **p == ':')
        *p = jst_json_skip_space(*p + 1, end);
    joist_json name = { from, (size_t)(to - from) };
    return jst_value_is_string(name) ? jst_string_text(name, a) : JOIST_TEXT("");
}

static void read_members(member_list *list, joist_json v)
{
    bool object = *v.ptr == '{';
    const char *end = v.ptr + v.len, *p = jst_json_skip_space(v.ptr + 1, end);
    while (p < end && *p != '}' && *p != ']') {
        joist_member m = { JOIST_TEXT(""), { NULL, 0 } };
        if (object && *p == '"')
            m.key = read_name(&p, end, list->arena);
        const char *to = value_end(p, end);
        m.value = (joist_json){ p, (size_t)(to - p) };
        add(list, m);
        p = jst_json_skip_space(to, end);
        if (p < end && *p != '}' && *p != ']')
            p = jst_json_skip_space(p + 1, end);
    }
}

/* ---- duplicates ------------------------------------------------------------------------------ */
static uint32_t hash_of(joist_text key)
{
    uint64_t h = key.len * 0x9E3779B97F4A7C15u, word = 0;
    for (size_t i = 0; i < key.len; i += 8) {
        size_t n = key.len - i < 8 ? key.len - i : 8;
        memcpy(&word, key.ptr + i, n);
        h = (h ^ word) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    return (uint32_t)(h >> 7) % (FILTER_WORDS * 64);
}

/* False: certainly not. */
static bool may_have_duplicates(const member_list *list)
{
    uint64_t filter[FILTER_WORDS] = { 0 };
    if (list->count > FILTER_NAMES)
        return true;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t h = hash_of(list->items[i].key);
        uint64_t bit = (uint64_t)1 << (h % 64);
        if (filter[h / 64] & bit)
            return true;
        filter[h / 64] |= bit;
    }
    return false;
}

static int by_key_and_place(const void *a, const void *b)
{
    const joist_member *x = *(const joist_member *const *)a, *y = *(const joist_member *const *)b;
    int c = joist_text_compare(x->key, y->key);
    return c ? c : (x > y) - (x < y);
}

/* Drops every member whose name comes again behind it. */
static void keep_last(member_list *list)
{
    joist_member **sorted = joist_malloc(list->count * sizeof *sorted);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->items[i];
    qsort(sorted, list->count, sizeof *sorted, by_key_and_place);
    for (size_t i = 0; i + 1 < list->count; i++)
        if (joist_text_equal(sorted[i]->key, sorted[i + 1]->key))
            sorted[i]->value.ptr = NULL;
    joist_free(sorted);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].value.ptr)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

const joist_member *joist_json_members(joist_json v, joist_arena *arena, size_t *count)
{
    member_list list = { .arena = arena };
    joist_json_type type = joist_json_type_of(v);
    if (type == JOIST_JSON_OBJECT || type == JOIST_JSON_ARRAY)
        read_members(&list, v);
    if (type == JOIST_JSON_OBJECT && may_have_duplicates(&list))
        keep_last(&list);
    *count = list.count;
    return list.items;
}
