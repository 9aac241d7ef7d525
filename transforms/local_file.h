/* SPDX-License-Identifier: Apache-2.0
 * What every store in the local file system needs: checking without touching, durable directories,
 * and error messages that are safe on a terminal. */
#ifndef JST_LOCAL_FILE_H
#define JST_LOCAL_FILE_H

#include <joist.h>

/* The path as a NUL-terminated copy; free with joist_free. NULL: it is empty or has a NUL byte. */
char *jst_file_path(joist_text path, joist_error *e);

/* The directory `path` lies in: "." for a bare name. Free with joist_free. */
char *jst_file_parent(const char *path);

/* Could a file be made at `path`, its parents too? Changes nothing. */
joist_status jst_file_creatable(const char *path, joist_error *e);

/* Makes the parents that are missing, each durable in its own parent. */
joist_status jst_file_make_parents(const char *path, joist_error *e);

/* Makes names in the directory of `path` durable. */
joist_status jst_file_sync_parent(const char *path, joist_error *e);

/* Replaces control bytes: nothing from outside steers a terminal or breaks a line. Returns s. */
char *jst_printable(char *s);

#endif
