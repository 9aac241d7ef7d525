/* SPDX-License-Identifier: Apache-2.0
 * Starts the disk early: pages that SQLite has written to the file are sent on their way while rows
 * are still coming, so that the sync before the commit finds little left to wait for. */
#ifndef JST_SQLITE_AHEAD_H
#define JST_SQLITE_AHEAD_H

#include <stdint.h>

typedef struct jst_ahead { int fd; int64_t started; } jst_ahead;     /* bytes on their way */

/* Fails silently: without it, everything only waits longer at the end. */
void jst_ahead_open(jst_ahead *a, const char *path);
void jst_ahead_step(jst_ahead *a);      /* after some rows */

/* Only once SQLite has closed the file: a process that closes any descriptor of a file loses the
 * POSIX locks it has on it. */
void jst_ahead_close(jst_ahead *a);

#endif
