/* SPDX-License-Identifier: Apache-2.0
 * Which files an input has: the listing a source takes once, when it is opened. */
#ifndef JST_READ_LIST_H
#define JST_READ_LIST_H

#include <joist.h>

typedef enum jst_file_format { JST_JSON_VALUES, JST_LINES, JST_CSV } jst_file_format;

typedef struct jst_input_file {
    joist_origin origin;
    const char *path;           /* as the file system has it, NUL-terminated */
    uint64_t size;              /* as stored; what is appended later is not read */
    uint64_t device, inode;
    jst_file_format format;
    /* of a file that is cut into byte ranges, one of the two */
    struct jst_line_table *lines;
    struct jst_csv_table *records;
} jst_input_file;

typedef struct jst_listing {
    joist_arena *arena;
    jst_input_file **files;     /* by bytes of origin.path */
    size_t count, cap;
    uint64_t skipped;           /* names that are no input */
} jst_listing;

/* Does this type take text lines of any file, rather than JSON? */
bool jst_reads_text(const joist_type *type);

/* Lists spec->uri. With `optional`, a path that does not exist gives an empty listing and *found
 * false. */
joist_status jst_list(const joist_source_spec *spec, bool optional, jst_listing *out, bool *found,
                      joist_error *e);
/* joist_source_ops.hours */
joist_status jst_list_hours(const joist_source_spec *spec, const joist_hours *known,
                            joist_arena *arena, joist_hours *out, joist_error *e);
void jst_listing_free(jst_listing *l);

#endif
