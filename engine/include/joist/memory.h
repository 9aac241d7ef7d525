/* SPDX-License-Identifier: Apache-2.0
 * The one place memory comes from. No function here returns NULL: a failed allocation prints one
 * line and ends the process with exit code 1. Stores stay intact because nothing is visible before
 * commit. */
#ifndef JOIST_MEMORY_H
#define JOIST_MEMORY_H

#include "joist/base.h"

#ifdef __cplusplus
extern "C" {
#endif

void *joist_malloc(size_t size);                   /* size 0 gives a unique pointer */
void *joist_calloc(size_t count, size_t size);     /* zeroed; count*size beyond SIZE_MAX fails */
void *joist_realloc(void *old, size_t size);
void  joist_free(void *p);                         /* NULL is a no-op */
char *joist_strdup(const char *s);                 /* free with joist_free */
char *joist_text_dup(joist_text t);                /* NUL-terminated copy; free with joist_free */

/* Test seam: the n-th allocation from now on fails (1 = the next one); 0 switches it off. Also read
 * from the environment variable JOIST_FAIL_ALLOC at start. */
void joist_memory_fail_at(uint64_t n);

/* ---- arena: memory of one unit of work, freed whole ------------------------------------------ */
typedef struct joist_arena joist_arena;
joist_arena *joist_arena_new(void);
void   joist_arena_free(joist_arena *a);           /* NULL is a no-op */
void   joist_arena_reset(joist_arena *a);          /* everything dies; blocks are kept for reuse */
void  *joist_arena_alloc(joist_arena *a, size_t size);            /* 16-byte aligned, not zeroed */
void  *joist_arena_zalloc(joist_arena *a, size_t size);           /* zeroed */
size_t joist_arena_bytes(const joist_arena *a);                   /* held, for memory accounting */
joist_text joist_arena_text(joist_arena *a, joist_text t);        /* a copy; NULL stays NULL */
joist_text joist_arena_printf(joist_arena *a, const char *fmt, ...) JOIST_PRINTF(2, 3);

/* ---- buffer: growable bytes ------------------------------------------------------------------
 * {0} is an empty one, to be freed. One made by joist_buffer_in lives in an arena and dies with it,
 * and so does the text that joist_buffer_view shows. */
typedef struct joist_buffer { char *ptr; size_t len, cap; joist_arena *arena; } joist_buffer;
char *joist_buffer_reserve(joist_buffer *b, size_t extra);  /* room after len, returned */
void  joist_buffer_free(joist_buffer *b);                   /* in an arena: only emptied */
void  joist_buffer_printf(joist_buffer *b, const char *fmt, ...) JOIST_PRINTF(2, 3);

/* `expected` bytes of room at once: a good guess saves the copies of growing. */
JOIST_INLINE joist_buffer joist_buffer_in(joist_arena *arena, size_t expected)
{
    joist_buffer b = { NULL, 0, 0, arena };
    joist_buffer_reserve(&b, expected);
    return b;
}

JOIST_INLINE void joist_buffer_add(joist_buffer *b, const void *bytes, size_t n)
{
    if (b->cap - b->len < n)
        joist_buffer_reserve(b, n);
    if (n)
        memcpy(b->ptr + b->len, bytes, n);
    b->len += n;
}

JOIST_INLINE void joist_buffer_byte(joist_buffer *b, char c) { joist_buffer_add(b, &c, 1); }
JOIST_INLINE void joist_buffer_text(joist_buffer *b, joist_text t)
{
    joist_buffer_add(b, t.ptr, t.len);
}

JOIST_INLINE joist_text joist_buffer_view(const joist_buffer *b)
{
    joist_text t = { b->ptr ? b->ptr : "", b->len };
    return t;
}

#ifdef __cplusplus
}
#endif
#endif
