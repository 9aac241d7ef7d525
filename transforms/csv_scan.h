/* SPDX-License-Identifier: Apache-2.0
 * CSV (RFC 4180) as bytes: where a record ends, and its fields.
 *
 * A quote opens a field only as its first byte. Inside, two quotes stand for one, and the next
 * single one closes the field. A newline outside of quotes ends the record, whatever is wrong with
 * it, so that one wrong record costs itself only. A carriage return in front of it is part of the
 * line end. */
#ifndef JST_CSV_SCAN_H
#define JST_CSV_SCAN_H

#include <joist.h>

typedef enum jst_csv_state {
    JST_CSV_START,              /* of a field */
    JST_CSV_PLAIN,
    JST_CSV_QUOTED,
    JST_CSV_QUOTE               /* behind a quote of a quoted field */
} jst_csv_state;

typedef struct jst_csv_scan {
    char separator;
    jst_csv_state state;
    uint64_t total;             /* bytes of the record looked at */
    uint64_t quote;             /* of the record: where the last quoted field opens */
    uint64_t newlines;          /* in the bytes looked at */
} jst_csv_scan;

void jst_csv_scan_begin(jst_csv_scan *s, char separator);

/* Looks at more of the record, to the newline that ends it: true, it is the last of *used bytes; or
 * false after all n. */
bool jst_csv_scan_feed(jst_csv_scan *s, const char *p, size_t n, size_t *used);

/* A growing list of fields. */
typedef struct jst_csv_cells { joist_text *items; size_t count, cap; } jst_csv_cells;
void jst_csv_cells_free(jst_csv_cells *cells);

typedef struct jst_csv_error { size_t at; const char *message; } jst_csv_error;

/* Cuts a record (without its newline; a carriage return at its end is none of it) into fields:
 * their characters, borrowed or, where quotes were doubled, from `arena`. Those beyond `most` are
 * counted only. False: *e says what is wrong where. */
bool jst_csv_split(joist_text record, char separator, size_t most, jst_csv_cells *out,
                   joist_arena *arena, jst_csv_error *e);

#endif
