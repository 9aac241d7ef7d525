/* SPDX-License-Identifier: Apache-2.0
 * CSV records to typed ones: the columns of a header are matched with the fields of a record type
 * once, then cells are cast as the strings of a JSON object are (joist/json.h). */
#ifndef JST_CSV_DECODE_H
#define JST_CSV_DECODE_H

#include "csv_scan.h"

typedef struct jst_csv_columns {
    const joist_type *type;
    char separator;
    joist_buffer header;        /* as it stood in the file; empty: none was taken */
    size_t count;               /* columns */
    uint32_t *sources;          /* columns, those of one field after another */
    size_t *ends;               /* of each field's, in `sources` */
} jst_csv_columns;

void jst_csv_columns_init(jst_csv_columns *c, const joist_type *type, char separator);
void jst_csv_columns_free(jst_csv_columns *c);

/* Takes a header (without its newline). A field is read from the column of its name and, where that
 * is missing or empty, from those its `.from` names, in that order. False: *e says why it is no
 * header. */
bool jst_csv_columns_take(jst_csv_columns *c, joist_text header, jst_csv_error *e);

/* `cells`: as many as columns. Sets all of `record`; texts borrow or live in `arena`. */
void jst_csv_decode(const jst_csv_columns *c, const jst_csv_cells *cells, void *record,
                    joist_arena *arena);

/* Is there a column for the field? */
bool jst_csv_columns_have(const jst_csv_columns *c, const joist_field *f);

#endif
