/* SPDX-License-Identifier: Apache-2.0
 * The only file that calls malloc. A failed allocation ends the process with exit code 1 after one
 * line: unwinding a dataflow without memory cannot be tested as well as not needing to, and every
 * store is designed to be killed at any instant. */
#include "memory.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* How many more allocations succeed before one fails; negative: the seam is off. */
static atomic_int_least64_t allocations_left = -1;

void joist_memory_fail_at(uint64_t n)
{
    atomic_store(&allocations_left, n ? (int_least64_t)n : -1);
}

static bool fails_on_purpose(void)
{
    if (JOIST_LIKELY(atomic_load_explicit(&allocations_left, memory_order_relaxed) < 0))
        return false;
    return atomic_fetch_sub(&allocations_left, 1) == 1;
}

/* write(2), not stdio: there may be no memory for a buffer. _exit: other threads may be running. */
static _Noreturn void out_of_memory(void)
{
    static const char line[] = "error: out of memory; nothing was committed by this step\n"
                               "  = help: run again with a smaller --memory or fewer --workers\n";
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    _exit(1);
}

static void *checked(void *p)
{
    if (!p)
        out_of_memory();
    return p;
}

void *joist_malloc(size_t size)
{
    return checked(fails_on_purpose() ? NULL : malloc(size ? size : 1));
}

void *jst_malloc_huge_page(void)
{
    void *page = checked(fails_on_purpose() ? NULL : aligned_alloc(JST_HUGE_PAGE, JST_HUGE_PAGE));
    madvise(page, JST_HUGE_PAGE, MADV_HUGEPAGE);    /* a wish: refused, all works the same */
    return page;
}

void jst_wish_huge_pages(void *memory, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)memory + page - 1;
    if (size >= 2 * JST_HUGE_PAGE)
        madvise((void *)(start & ~(page - 1)), size - page, MADV_HUGEPAGE);
}

void *joist_calloc(size_t count, size_t size)
{
    return checked(fails_on_purpose() ? NULL : calloc(count ? count : 1, size ? size : 1));
}

void *joist_realloc(void *old, size_t size)
{
    return checked(fails_on_purpose() ? NULL : realloc(old, size ? size : 1));
}

void joist_free(void *p)
{
    free(p);
}

char *joist_text_dup(joist_text t)
{
    char *copy = joist_malloc(t.len + 1);
    if (t.len)
        memcpy(copy, t.ptr, t.len);
    copy[t.len] = '\0';
    return copy;
}

char *joist_strdup(const char *s)
{
    return joist_text_dup(joist_text_of(s));
}
