/* SPDX-License-Identifier: Apache-2.0
 * The source that reads files and directories: schemes "" and "file". */
#ifndef JST_READ_SOURCE_H
#define JST_READ_SOURCE_H

#include <joist.h>

extern const joist_source_ops jst_file_source;

/* What the source does with a batch, and its sizes: a seam for tests, which read in ranges of a few
 * bytes and without an engine. */
typedef struct jst_read_setup {
    uint64_t range;  /* files of lines longer than this are cut in ranges of it; at least 4 */
    uint64_t group_files, group_bytes;  /* small files that make one split */
    uint64_t claim;  /* bytes of a range taken at once: they cannot be stolen; at least 4 */
    size_t buffer;              /* of a reader; at least 64 KiB */
    joist_arena *(*arena)(joist_batch *b);
    joist_position *(*position)(joist_batch *b, const joist_origin *origin, uint64_t offset,
                                uint64_t line,
                                uint64_t record);
    void (*emit)(joist_batch *b, const joist_position *at, const void *record, size_t size);
    void (*reject)(joist_batch *b, const joist_position *at, const char *code, joist_bytes raw,
                   const char *fmt, ...) JOIST_PRINTF(5, 6);
} jst_read_setup;
extern const jst_read_setup jst_read_defaults;

/* `setup` is borrowed as long as the source is open. */
joist_status jst_file_source_open(const joist_source_spec *spec, bool optional,
                                  const jst_read_setup *setup,
                                  joist_source **out, joist_error *e);

#endif
