/* SPDX-License-Identifier: Apache-2.0
 * Where the records of a large file of CSV begin, so that byte ranges of it are read by different
 * workers with the positions one reader would give.
 *
 * Whether a newline ends a record is decided by every quote in front of it. So the file is looked
 * through once, in order, by whoever first needs what lies behind; looking is several times faster
 * than decoding. What is known is a certain record's beginning, never a guess. */
#ifndef JST_CSV_TABLE_H
#define JST_CSV_TABLE_H

#include "csv_scan.h"

/* A record's first byte, its line from 1, and how many records are in front of it. */
typedef struct jst_csv_place { uint64_t offset, line, record; } jst_csv_place;

typedef struct jst_csv_table jst_csv_table;
/* borrows path */
jst_csv_table *jst_csv_table_new(const char *path, uint64_t size, uint64_t block, char separator);
void jst_csv_table_free(jst_csv_table *t);          /* NULL is a no-op */

/* The first record behind the header that begins at `begin` or later; the file's end, if none does.
 * *header: the header's first byte and length without its newline. By any thread. */
joist_status jst_csv_table_seek(jst_csv_table *t, int fd, uint64_t begin, jst_csv_place *out,
                                uint64_t header[2], joist_error *e);

#endif
