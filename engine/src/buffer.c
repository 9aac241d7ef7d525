/* SPDX-License-Identifier: Apache-2.0
 * Growable bytes, doubling; on the heap or in an arena. */
#include "joist/memory.h"

#include <stdarg.h>
#include <stdio.h>

/* What an arena's buffer outgrows stays in the arena: doubling bounds that by its final size. */
static char *grown(const joist_buffer *b, size_t cap)
{
    if (!b->arena)
        return joist_realloc(b->ptr, cap);
    char *bytes = joist_arena_alloc(b->arena, cap);
    if (b->len)
        memcpy(bytes, b->ptr, b->len);
    return bytes;
}

char *joist_buffer_reserve(joist_buffer *b, size_t extra)
{
    if (b->cap - b->len < extra) {
        size_t need = b->len + extra, doubled = b->cap ? b->cap * 2 : 256;
        size_t cap = doubled > need ? doubled : need;
        b->ptr = grown(b, need < extra ? SIZE_MAX / 2 : cap);
        b->cap = cap;
    }
    return b->ptr + b->len;
}

void joist_buffer_free(joist_buffer *b)
{
    if (!b->arena)
        joist_free(b->ptr);
    *b = (joist_buffer){ .arena = b->arena };
}

void joist_buffer_printf(joist_buffer *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        return;
    char *at = joist_buffer_reserve(b, (size_t)len + 1);
    va_start(args, fmt);
    vsnprintf(at, (size_t)len + 1, fmt, args);
    va_end(args);
    b->len += (size_t)len;
}
