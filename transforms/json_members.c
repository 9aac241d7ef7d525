/* SPDX-License-Identifier: Apache-2.0
 * Members of a checked value. A long one is indexed: then every name and value ends before the next
 * token, and containers are skipped by their tokens. A short one is not worth an index.
 *
 * Whether a name occurs twice is asked of a filter first, so that most names are compared with no
 * other. Only when one does occur twice (or there are many) are they sorted, so no choice of names
 * makes it slower than O(n log n). */
#include <joist.h>
#include <stdlib.h>

#include "json_bytes.h"
#include "json_index.h"
#include "json_string.h"
#include "json_value.h"

enum {
    FIRST_CAPACITY = 32,
    INDEXED_BYTES = 192,        /* of a value worth an index */
    FEW_NAMES = 8,              /* compared each with each */
    FILTER_NAMES = 128, FILTER_BITS = 1024
};

/* The first members stand on the stack: a list in the arena has no room to spare. */
typedef struct member_list {
    joist_member *items;
    size_t count, cap;
    joist_arena *arena;
    joist_member first[FIRST_CAPACITY];
} member_list;

static joist_member *moved(const member_list *list, size_t cap)
{
    joist_member *items = joist_arena_alloc(list->arena, cap * sizeof *items);
    return memcpy(items, list->items, list->count * sizeof *items);
}

static inline void add(member_list *list, joist_text key, const char *from, const char *to)
{
    if (!JOIST_LIKELY(list->count < list->cap)) {
        list->items = moved(list, list->cap * 2);
        list->cap *= 2;
    }
    list->items[list->count++] = (joist_member){ key, { from, (size_t)(to - from) } };
}

/* ---- by bytes -------------------------------------------------------------------------------- */
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
    list->count = 0;
    while (p < end && *p != '}' && *p != ']') {
        joist_text key = JOIST_TEXT("");
        if (object && *p == '"')
            key = read_name(&p, end, list->arena);
        const char *to = value_end(p, end);
        add(list, key, p, to);
        p = jst_json_skip_space(to, end);
        if (p < end && *p != '}' && *p != ']')
            p = jst_json_skip_space(p + 1, end);
    }
}

/* ---- by index -------------------------------------------------------------------------------- */
typedef struct tokens {
    const char *text;
    const uint32_t *last;       /* the container's end */
    bool escapes;               /* there is a backslash somewhere */
} tokens;

/* Behind the last byte of a token that is not the first one. */
static inline const char *token_end(const tokens *t, const uint32_t *at)
{
    const char *e = t->text + at[1];
    while (jst_json_space(e[-1]))
        e--;
    return e;
}

/* The last token of the value that begins at `at`. */
static inline const uint32_t *value_last(const tokens *t, const uint32_t *at)
{
    size_t depth = 0;
    for (; at < t->last; at++) {
        char c = t->text[*at] | 0x20;       /* makes '[' '{' and ']' '}' */
        depth += c == '{';
        depth -= c == '}';
        if (!depth)
            break;
    }
    return at;
}

static joist_text name_at(const tokens *t, const uint32_t *at, joist_arena *a)
{
    const char *from = t->text + *at, *to = token_end(t, at);
    if (t->escapes)
        return jst_string_text((joist_json){ from, (size_t)(to - from) }, a);
    return (joist_text){ from + 1, (size_t)(to - from) - 2 };
}

/* A name, its colon, and something behind. */
static inline bool is_named(const tokens *t, const uint32_t *at)
{
    return t->last - at > 2 && t->text[at[0]] == '"' && t->text[at[1]] == ':'
        && token_end(t, at) - (t->text + *at) >= 2;
}

static bool read_tokens(member_list *list, const tokens *t, const uint32_t *at)
{
    bool object = t->text[*at] == '{';
    while (++at < t->last) {
        joist_text key = JOIST_TEXT("");
        if (object) {
            if (!is_named(t, at))
                return false;
            key = name_at(t, at, list->arena);
            at += 2;
        }
        const char *from = t->text + *at;
        at = value_last(t, at);
        if (at == t->last)
            return false;
        add(list, key, from, token_end(t, at++));
        if (at < t->last && t->text[*at] != ',')
            return false;
    }
    return true;
}

/* False: the value is short, or is none as it should be, and the bytes have to say what is in it. */
static bool read_indexed(member_list *list, joist_json v)
{
    jst_json_index index;
    if (v.len < INDEXED_BYTES
        || jst_json_index_of((joist_text){ v.ptr, v.len }, &index) != JST_INDEX_OK)
        return false;
    tokens t = { v.ptr, index.offsets + index.count - 1, memchr(v.ptr, '\\', v.len) };
    return read_tokens(list, &t, index.offsets);
}

/* ---- duplicates ------------------------------------------------------------------------------ */
/* Of both ends and the length: names that differ only between them are told apart by comparing. */
static inline uint32_t hash_of(joist_text key)
{
    uint64_t head = 0, tail = 0;
    if (key.len >= 8) {
        memcpy(&head, key.ptr, 8);
        memcpy(&tail, key.ptr + key.len - 8, 8);
    } else {
        for (size_t i = 0; i < key.len; i++)
            head = head << 8 | (unsigned char)key.ptr[i];
    }
    uint64_t h = (head ^ (tail << 7 | tail >> 57)) + key.len;
    return (uint32_t)((h * 0x9E3779B97F4A7C15u) >> 40) % FILTER_BITS;
}

/* Is the name of member `i` one of those before it? */
static bool is_repeated(const member_list *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (joist_text_equal(list->items[k].key, list->items[i].key))
            return true;
    return false;
}

static bool few_have_duplicates(const member_list *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (is_repeated(list, i))
            return true;
    return false;
}

static bool may_have_duplicates(const member_list *list)
{
    uint64_t filter[FILTER_BITS / 64] = { 0 };
    if (list->count > FILTER_NAMES)
        return true;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t h = hash_of(list->items[i].key);
        uint64_t *word = &filter[h / 64], bit = (uint64_t)1 << (h % 64);
        if (*word & bit && is_repeated(list, i))
            return true;
        *word |= bit;
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
    member_list list;
    joist_json_type type = joist_json_type_of(v);
    *count = 0;
    if (type != JOIST_JSON_OBJECT && type != JOIST_JSON_ARRAY)
        return NULL;
    list.items = list.first;
    list.count = 0;
    list.cap = FIRST_CAPACITY;
    list.arena = arena;
    if (!read_indexed(&list, v))
        read_members(&list, v);
    bool few = list.count <= FEW_NAMES;
    if (type == JOIST_JSON_OBJECT
        && (few ? few_have_duplicates(&list) : may_have_duplicates(&list)))
        keep_last(&list);
    *count = list.count;
    return list.items == list.first ? moved(&list, list.count) : list.items;
}
