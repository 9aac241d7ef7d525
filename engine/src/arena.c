/* SPDX-License-Identifier: Apache-2.0
 * Arena: bump allocation in blocks that double up to a huge page. A reset keeps the blocks (up to a
 * limit), so a worker reaches a steady state without malloc. A large request gets a block of its
 * own. */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>

enum { FIRST_BLOCK = 16 << 10, KEPT_BYTES = 8 << 20, ALIGNMENT = 16 };

typedef struct block {
    struct block *next;
    size_t cap;
    size_t unused;      /* keeps the payload 16-byte aligned on 64-bit machines */
    size_t unused2;
    char bytes[];
} block;

enum { LARGEST_BLOCK = JST_HUGE_PAGE - sizeof(block) };

struct joist_arena {
    char *at, *end;     /* free part of the current block */
    block *used;        /* current block first */
    block *spare;
    size_t held;        /* capacity of all blocks */
    size_t next_size;
};

joist_arena *joist_arena_new(void)
{
    joist_arena *a = joist_calloc(1, sizeof *a);
    a->next_size = FIRST_BLOCK;
    return a;
}

static void free_blocks(block *b)
{
    while (b) {
        block *next = b->next;
        joist_free(b);
        b = next;
    }
}

void joist_arena_free(joist_arena *a)
{
    if (!a)
        return;
    free_blocks(a->used);
    free_blocks(a->spare);
    joist_free(a);
}

void joist_arena_reset(joist_arena *a)
{
    size_t kept = 0;
    block *spare = a->spare;
    for (block *b = spare; b; b = b->next)
        kept += b->cap;
    while (a->used) {
        block *b = a->used;
        a->used = b->next;
        if (b->cap > LARGEST_BLOCK || kept + b->cap > KEPT_BYTES) {
            a->held -= b->cap;
            joist_free(b);
            continue;
        }
        kept += b->cap;
        b->next = spare;
        spare = b;
    }
    a->spare = spare;
    a->at = a->end = NULL;
}

static block *block_of(joist_arena *a, size_t size)
{
    if (a->spare && a->spare->cap >= size) {
        block *b = a->spare;
        a->spare = b->next;
        return b;
    }
    size_t cap = a->next_size > size ? a->next_size : size;
    if (a->next_size < LARGEST_BLOCK)
        a->next_size = 2 * a->next_size < LARGEST_BLOCK / 2 ? 2 * a->next_size : LARGEST_BLOCK;
    block *b = cap == LARGEST_BLOCK ? jst_malloc_huge_page() : joist_malloc(sizeof *b + cap);
    b->cap = cap;
    a->held += cap;
    return b;
}

void *joist_arena_alloc(joist_arena *a, size_t size)
{
    size_t need = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (need < size)
        need = SIZE_MAX / 2;    /* overflow: let malloc refuse it */
    if ((size_t)(a->end - a->at) < need || !a->at) {    /* nothing of an empty arena is not NULL */
        block *b = block_of(a, need);
        b->next = a->used;
        a->used = b;
        a->at = b->bytes;
        a->end = b->bytes + b->cap;
    }
    void *p = a->at;
    a->at += need;
    return p;
}

void *joist_arena_zalloc(joist_arena *a, size_t size)
{
    return memset(joist_arena_alloc(a, size), 0, size);
}

size_t joist_arena_bytes(const joist_arena *a)
{
    return a->held;
}

size_t jst_arena_used(const joist_arena *a)
{
    size_t used = 0;
    for (const block *b = a->used; b; b = b->next)
        used += b->cap;
    return used - (size_t)(a->end - a->at);
}

joist_text joist_arena_text(joist_arena *a, joist_text t)
{
    if (!t.ptr)
        return t;
    char *copy = joist_arena_alloc(a, t.len);
    if (t.len)
        memcpy(copy, t.ptr, t.len);
    return (joist_text){ copy, t.len };
}

static joist_text print_into(joist_arena *a, const char *fmt, va_list args, va_list again)
{
    int len = vsnprintf(NULL, 0, fmt, args);
    if (len < 0)
        return (joist_text){ "", 0 };
    char *text = joist_arena_alloc(a, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, again);
    return (joist_text){ text, (size_t)len };
}

joist_text joist_arena_printf(joist_arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    joist_text t = print_into(a, fmt, args, again);
    va_end(again);
    va_end(args);
    return t;
}
