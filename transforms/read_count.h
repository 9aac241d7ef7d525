/* SPDX-License-Identifier: Apache-2.0
 * How many lines and records lie in front of a byte of a large file of lines, so that byte ranges
 * read by different workers give the positions one reader would give. */
#ifndef JST_READ_COUNT_H
#define JST_READ_COUNT_H

#include <pthread.h>

#include "read_input.h"

/* records: lines that are not blank */
typedef struct jst_line_count { uint64_t newlines, records; } jst_line_count;

/* Counts in pieces. Records belong to the span in which their line begins. */
typedef struct jst_line_counter {
    jst_line_count sum;
    bool open;              /* a line that began in this span has been blank so far */
    bool at_start;          /* the next byte begins a line */
} jst_line_counter;
void jst_count_feed(jst_line_counter *c, const char *bytes, size_t n);

/* The blocks of one file. The count of a block is published by the first who needs it; nobody waits
 * for another while a block he has claimed is unpublished, so waiting always ends. */
typedef struct jst_line_table jst_line_table;
/* borrows path */
jst_line_table *jst_line_table_new(const char *path, uint64_t size, uint64_t block);
void jst_line_table_free(jst_line_table *t);        /* NULL is a no-op */

/* What lies in front of `begin`, which is not inside a byte order mark. If `loaded` is the whole
 * block that begins there, behind the byte in front of it if there is one, that block is counted
 * too, out of memory, for whoever comes behind. */
joist_status jst_line_table_before(jst_line_table *t, int fd, uint64_t begin, joist_text loaded,
                                   jst_line_count *out, joist_error *e);

uint64_t jst_line_table_block(const jst_line_table *t);

JOIST_INLINE bool jst_is_space(char c)      /* ASCII white space */
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

#endif
