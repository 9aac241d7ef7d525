/* SPDX-License-Identifier: Apache-2.0
 * Members of a checked value. A long one is indexed: then every name and value ends before the next
 * token, and containers are skipped by their tokens, or looked into on the way. A short one is not
 * worth an index. */
#include <joist.h>

#include "json_bytes.h"
#include "json_index.h"
#include "json_names.h"
#include "json_string.h"
#include "json_value.h"

enum { FIRST_CAPACITY = 32, INDEXED_BYTES = 192 /* of a value worth an index */ };

/* The first members stand on the stack: a list in the arena has no room to spare. */
typedef struct member_list {
    joist_member *items;
    size_t count, cap;
    const joist_text *names;    /* of columns */
    size_t name_count;
    joist_arena *arena;
    joist_member first[FIRST_CAPACITY];
} member_list;

static joist_member *moved(const member_list *list, size_t cap)
{
    joist_member *items = joist_arena_alloc(list->arena, cap * sizeof *items);
    return memcpy(items, list->items, list->count * sizeof *items);
}

static inline joist_member *next_item(member_list *list)
{
    if (!JOIST_LIKELY(list->count < list->cap)) {
        list->items = moved(list, list->cap * 2);
        list->cap *= 2;
    }
    joist_member *m = &list->items[list->count++];
    m->columns = NULL;
    return m;
}

static joist_json *new_columns(const member_list *list)
{
    return joist_arena_zalloc(list->arena, list->name_count * sizeof(joist_json));
}

static inline void put_column(const member_list *list, joist_json *columns, joist_text name,
                              joist_json v)
{
    for (size_t i = 0; i < list->name_count; i++)
        if (joist_text_equal(list->names[i], name))
            columns[i] = v;
}

static inline joist_json slice(const char *from, const char *to)
{
    return (joist_json){ from, (size_t)(to - from) };
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
    joist_json name = slice(from, to);
    return jst_value_is_string(name) ? jst_string_text(name, a) : JOIST_TEXT("");
}

/* The member at *p, behind white space; *p is moved to the next one, or to the end. */
static bool next_by_bytes(const char **p, const char *end, bool object, joist_arena *a,
                          joist_text *key, joist_json *value)
{
    if (*p == end || **p == '}' || **p == ']')
        return false;
    *key = object && **p == '"' ? read_name(p, end, a) : JOIST_TEXT("");
    const char *to = value_end(*p, end);
    *value = slice(*p, to);
    *p = jst_json_skip_space(to, end);
    if (*p < end && **p != '}' && **p != ']')
        *p = jst_json_skip_space(*p + 1, end);
    return true;
}

static const joist_json *columns_by_bytes(const member_list *list, joist_json v)
{
    joist_json *columns = new_columns(list), value;
    joist_text key;
    const char *end = v.ptr + v.len, *p = jst_json_skip_space(v.ptr + 1, end);
    while (next_by_bytes(&p, end, true, list->arena, &key, &value))
        put_column(list, columns, key, value);
    return columns;
}

static void read_by_bytes(member_list *list, joist_json v)
{
    joist_text key;
    joist_json value;
    const char *end = v.ptr + v.len, *p = jst_json_skip_space(v.ptr + 1, end);
    while (next_by_bytes(&p, end, *v.ptr == '{', list->arena, &key, &value)) {
        joist_member *m = next_item(list);
        m->key = key;
        m->value = value;
        if (list->name_count && joist_json_type_of(value) == JOIST_JSON_OBJECT)
            m->columns = columns_by_bytes(list, value);
    }
}

/* ---- by index -------------------------------------------------------------------------------- */
typedef struct tokens {
    const char *text;
    const uint32_t *at, *last;      /* the last one ends the container */
    const char *slash, *end;        /* the next backslash, or the end of the text */
} tokens;

static const char *next_slash(const char *p, const char *end)
{
    const char *slash = memchr(p, '\\', (size_t)(end - p));
    return slash ? slash : end;
}

static inline char token(const tokens *t)
{
    return t->text[*t->at];
}

/* Behind the last byte of the token at hand. */
static inline const char *token_end(const tokens *t)
{
    const char *e = t->text + t->at[1];
    while (jst_json_space(e[-1]))
        e--;
    return e;
}

/* `"name" :` and something behind it, where the tokens move to. */
static inline bool take_name(tokens *t, joist_arena *a, joist_text *name)
{
    if (t->last - t->at < 3 || token(t) != '"' || t->text[t->at[1]] != ':')
        return false;
    joist_json string = slice(t->text + *t->at, token_end(t));
    if (string.len < 2)
        return false;
    if (t->slash < string.ptr)
        t->slash = next_slash(string.ptr, t->end);
    *name = t->slash < string.ptr + string.len
          ? jst_string_text(string, a) : (joist_text){ string.ptr + 1, string.len - 2 };
    t->at += 2;
    return true;
}

/* Moves behind the token at hand and returns its end. */
static inline const char *take_end(tokens *t)
{
    const char *end = token_end(t);
    t->at++;
    return end;
}

/* Moves to what follows the value at hand; returns its end, NULL if it has none before the last
 * token. */
static inline const char *skip_value(tokens *t)
{
    size_t depth = 0;
    for (; t->at < t->last; t->at++) {
        char c = token(t) | 0x20;       /* makes '[' '{' and ']' '}' */
        depth += c == '{';
        depth -= c == '}';
        if (!depth)
            return take_end(t);
    }
    return NULL;
}

static inline void skip_comma(tokens *t)
{
    t->at += t->at < t->last && token(t) == ',';
}

/* Of the object at hand; moves behind it and returns its end, or NULL. */
static inline const char *take_columns(const member_list *list, tokens *t, joist_json *columns)
{
    t->at++;
    while (token(t) != '}') {
        joist_text key;
        if (!take_name(t, list->arena, &key))
            return NULL;
        const char *from = t->text + *t->at, *to = skip_value(t);
        if (!to)
            return NULL;
        put_column(list, columns, key, slice(from, to));
        skip_comma(t);
    }
    return t->at < t->last ? take_end(t) : NULL;
}

static bool read_tokens(member_list *list, tokens *t)
{
    bool object = token(t) == '{';
    t->at++;
    while (t->at < t->last) {
        joist_member *m = next_item(list);
        m->key = JOIST_TEXT("");
        if (object && !take_name(t, list->arena, &m->key))
            return false;
        const char *from = t->text + *t->at, *to;
        if (list->name_count && *from == '{') {
            joist_json *columns = new_columns(list);
            to = take_columns(list, t, columns);
            m->columns = columns;
        } else {
            to = skip_value(t);
        }
        if (!to)
            return false;
        m->value = slice(from, to);
        skip_comma(t);
    }
    return true;
}

/* False: the value is short, or is not as it should be: its bytes have to say what is in it. */
static bool read_by_index(member_list *list, joist_json v)
{
    jst_json_index index;
    joist_text text = { v.ptr, v.len };
    if (v.len < INDEXED_BYTES || jst_json_index_of(text, &index) != JST_INDEX_OK)
        return false;
    const char *end = v.ptr + v.len;
    tokens t = { v.ptr, index.offsets, index.offsets + index.count - 1, next_slash(v.ptr, end),
                 end };
    return read_tokens(list, &t);
}

/* ---------------------------------------------------------------------------------------------- */
const joist_member *joist_json_table(joist_json v, const joist_text *names, size_t name_count,
                                     joist_arena *arena, size_t *count)
{
    member_list list;
    joist_json_type type = joist_json_type_of(v);
    *count = 0;
    if (type != JOIST_JSON_OBJECT && type != JOIST_JSON_ARRAY)
        return NULL;
    list.items = list.first;
    list.count = 0;
    list.cap = FIRST_CAPACITY;
    list.names = names;
    list.name_count = name_count;
    list.arena = arena;
    if (!read_by_index(&list, v)) {
        list.count = 0;
        read_by_bytes(&list, v);
    }
    if (type == JOIST_JSON_OBJECT)
        list.count = jst_names_keep_last(list.items, list.count);
    *count = list.count;
    return list.items == list.first ? moved(&list, list.count) : list.items;
}

const joist_member *joist_json_members(joist_json v, joist_arena *arena, size_t *count)
{
    return joist_json_table(v, NULL, 0, arena, count);
}
