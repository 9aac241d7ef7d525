/* SPDX-License-Identifier: Apache-2.0
 * Typed records to CSV (RFC 4180, but lines end with a newline only). */
#ifndef JST_CSV_WRITE_H
#define JST_CSV_WRITE_H

#include <joist.h>

/* The names of the fields, with a newline. */
void jst_csv_write_header(joist_buffer *out, const joist_type *type, char separator);

/* One record with a newline. NULL is an empty cell; lists, nested records and json are JSON in
 * theirs. `scratch` is for what one cell needs on the way. */
void jst_csv_write_record(joist_buffer *out, joist_buffer *scratch, const joist_type *type,
                          const void *record, char separator);

#endif
