/* SPDX-License-Identifier: Apache-2.0
 * Memory in pages of 2 MiB: a shuffle touches hundreds of them in random order, which with pages of
 * 4 KiB costs a page fault each 4 KiB and a miss of the address cache at nearly every entry. */
#ifndef JST_MEMORY_H
#define JST_MEMORY_H

#include "joist/memory.h"

enum { JST_HUGE_PAGE = 2 << 20 };

/* One huge page if the system has one, else the same in small ones. Free with joist_free. */
void *jst_malloc_huge_page(void);

/* The same wish for memory that was not touched yet; of what is small it does nothing. */
void jst_wish_huge_pages(void *memory, size_t size);

/* Bytes in use since the last reset, those that do not fit at the ends of blocks among them. */
size_t jst_arena_used(const joist_arena *a);

#endif
