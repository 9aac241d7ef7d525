/* SPDX-License-Identifier: Apache-2.0
 * See object.h. No printf: at five microseconds an event it would be most of the time. */
#include "object.h"

#include <stdarg.h>
#include <stdlib.h>

const char *join(joist_arena *a, ...)
{
    size_t len = 0;
    va_list args;
    va_start(args, a);
    for (const char *s; (s = va_arg(args, const char *)); )
        len += strlen(s);
    va_end(args);
    char *out = joist_arena_alloc(a, len + 1), *at = out;
    va_start(args, a);
    for (const char *s; (s = va_arg(args, const char *)); at += len) {
        len = strlen(s);
        memcpy(at, s, len);
    }
    va_end(args);
    *at = '\0';
    return out;
}

const char *decimal(joist_arena *a, int64_t n)
{
    char *at = (char *)joist_arena_alloc(a, 24) + 23;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    *at = '\0';
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0)
        *--at = '-';
    return at;
}

/* ---- strings --------------------------------------------------------------------------------- */
static char *hex4(char *at, unsigned unit)
{
    static const char digits[] = "0123456789abcdef";
    *at++ = '\\';
    *at++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4)
        *at++ = digits[unit >> shift & 15];
    return at;
}

/* The text tables are valid UTF-8, so lead bytes tell the length. */
static const char *escape_character(const char *s, char **at)
{
    const unsigned char *u = (const unsigned char *)s;
    int more = u[0] >= 0xF0 ? 3 : u[0] >= 0xE0 ? 2 : 1;
    unsigned c = u[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++)
        c = c << 6 | (u[i] & 0x3Fu);
    if (c >= 0x10000) {
        *at = hex4(*at, 0xD800 + ((c - 0x10000) >> 10));
        c = 0xDC00 + (c & 0x3FF);
    }
    *at = hex4(*at, c);
    return s + more + 1;
}

static char *escape_ascii(char *at, char c)
{
    static const char shorts[] = "b\bf\fn\nr\rt\t\"\"\\\\//";
    for (const char *s = shorts; *s; s += 2)
        if (s[1] == c) {
            *at++ = '\\';
            *at++ = *s;
            return at;
        }
    return hex4(at, (unsigned char)c);
}

static bool plain(unsigned char c, bool php)
{
    return c >= 0x20 && c != '"' && c != '\\' && !(php && (c >= 0x80 || c == '/'));
}

/* Room for six bytes a byte must be at `at`. */
static char *put_quoted(char *at, const char *s, bool php)
{
    *at++ = '"';
    while (*s) {
        if (plain((unsigned char)*s, php))
            *at++ = *s++;
        else if ((unsigned char)*s >= 0x80)
            s = escape_character(s, &at);
        else
            at = escape_ascii(at, *s++);
    }
    *at++ = '"';
    return at;
}

const char *quote(joist_arena *a, const char *text, bool php)
{
    size_t len = strlen(text), quiet = 0;
    while (quiet < len && plain((unsigned char)text[quiet], php))
        quiet++;
    char *out = joist_arena_alloc(a, quiet + 6 * (len - quiet) + 3);
    if (quiet < len) {
        *put_quoted(out, text, php) = '\0';
        return out;
    }
    out[0] = '"';                        /* nothing to escape, as nearly always */
    memcpy(out + 1, text, len);
    memcpy(out + 1 + len, "\"", 2);
    return out;
}

/* ---- objects --------------------------------------------------------------------------------- */
object *object_new(joist_arena *arena, bool php)
{
    object *o = joist_arena_zalloc(arena, sizeof *o);
    o->arena = arena;
    o->php = php;
    return o;
}

static member *append(object *o, const char *key)
{
    if (o->count == o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 16;
        member *items = joist_arena_alloc(o->arena, cap * sizeof *items);
        if (o->count)
            memcpy(items, o->items, o->count * sizeof *items);
        o->items = items;
        o->cap = cap;
    }
    member *m = &o->items[o->count++];
    *m = (member){ .key = key };
    return m;
}

static member *find(const object *o, const char *key)
{
    for (size_t i = 0; i < o->count; i++)
        if (!strcmp(o->items[i].key, key))
            return &o->items[i];
    return NULL;
}

void object_add(object *o, const char *key, const char *json) { append(o, key)->json = json; }

void object_set(object *o, const char *key, const char *json)
{
    member *m = find(o, key);
    if (!m)
        m = append(o, key);
    m->json = json;
    m->nested = NULL;
}

void object_remove(object *o, const char *key)
{
    member *m = find(o, key);
    if (!m)
        return;
    size_t after = o->count - (size_t)(m - o->items) - 1;
    memmove(m, m + 1, after * sizeof *m);
    o->count--;
}

object *object_nest(object *o, const char *key)
{
    object *child = object_new(o->arena, o->php);
    append(o, key)->nested = child;
    return child;
}

void object_text(object *o, const char *key, const char *text)
{
    object_set(o, key, quote(o->arena, text, o->php));
}

void object_int(object *o, const char *key, int64_t n, bool quoted)
{
    const char *digits = decimal(o->arena, n);
    object_set(o, key, quoted ? JOIN(o->arena, "\"", digits, "\"") : digits);
}

static void write_key(joist_buffer *out, const char *key, bool php)
{
    char *start = joist_buffer_reserve(out, strlen(key) * 6 + 3);
    out->len += (size_t)(put_quoted(start, key, php) - start);
    joist_buffer_byte(out, ':');
}

void object_write(const object *o, joist_buffer *out)
{
    joist_buffer_byte(out, '{');
    for (size_t i = 0; i < o->count; i++) {
        const member *m = &o->items[i];
        if (i)
            joist_buffer_byte(out, ',');
        write_key(out, m->key, o->php);
        if (m->nested)
            object_write(m->nested, out);
        else
            joist_buffer_add(out, m->json, strlen(m->json));
    }
    joist_buffer_byte(out, '}');
}
