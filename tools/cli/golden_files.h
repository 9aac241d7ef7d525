/* SPDX-License-Identifier: Apache-2.0
 * The little that `test` does to files: listing, reading, writing, copying and removing small
 * trees. */
#ifndef JST_CLI_GOLDEN_FILES_H
#define JST_CLI_GOLDEN_FILES_H

#include "joist/memory.h"

/* DIR/NAME, NUL-terminated. */
joist_text jst_golden_path(joist_arena *a, joist_text dir, const char *name);

bool jst_golden_is_dir(joist_text path);
bool jst_golden_is_there(joist_text path);

/* The names in a directory, "." and ".." left out, sorted by bytes; NUL-terminated. No directory:
 * no names. */
typedef struct jst_golden_names { const joist_text *items; size_t count; } jst_golden_names;
jst_golden_names jst_golden_list(joist_arena *a, joist_text dir);

/* The whole file. False if there is none; anything else than that is told by *e. */
bool jst_golden_read(joist_arena *a, joist_text path, joist_text *out, joist_error *e);
joist_status jst_golden_write(joist_text path, joist_text bytes, joist_error *e);

/* Copies files, directories and symlinks (as they stand), every one with this modification time,
 * over what is there already. A missing `from` makes nothing. */
joist_status jst_golden_copy(joist_arena *a, joist_text from, joist_text to, int64_t modified_ms,
                             joist_error *e);
joist_status jst_golden_set_time(joist_text path, int64_t modified_ms, joist_error *e);

/* A new directory in $TMPDIR, else in /dev/shm, else in /tmp. */
joist_status jst_golden_temporary(joist_arena *a, joist_text *out, joist_error *e);
void jst_golden_remove(joist_arena *a, joist_text path);    /* with all that is in it */

#endif
