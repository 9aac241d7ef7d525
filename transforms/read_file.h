/* SPDX-License-Identifier: Apache-2.0
 * Reading one file, as the parts of the file source see it: the source and its readers. */
#ifndef JST_READ_FILE_H
#define JST_READ_FILE_H

#include "csv_decode.h"
#include "csv_table.h"
#include "json_scan.h"
#include "read_count.h"
#include "read_list.h"
#include "read_source.h"

enum { JST_MOST_RAW = 64 << 10 };   /* bytes of a rejected value that are kept */

typedef struct jst_file_reader jst_file_reader;

typedef struct jst_files {
    joist_source base;
    const jst_read_setup *setup;
    const joist_type *type;
    bool text;                      /* records are lines of text, no JSON */
    bool typed;                     /* records are decoded */
    char separator;                 /* of CSV */
    size_t max_record;
    size_t keep;                    /* bytes of a value that stay in the buffer */
    jst_listing listing;
    joist_split *splits; size_t splits_count;
    struct jst_file_ids *ids;       /* see read_source.c */
    pthread_mutex_t lock;           /* idle */
    jst_file_reader *idle;          /* stopped readers, for their buffers */
} jst_files;

struct jst_file_reader {
    joist_reader base;
    jst_files *source;
    jst_file_reader *next_idle;
    pthread_mutex_t lock;           /* the four below: a thief takes from the end */
    uint64_t next, last;            /* files not yet begun */
    uint64_t claimed, end;          /* bytes of a range: may be read, may be claimed */
    const jst_input_file *file;     /* being read; NULL between files */
    bool range;                     /* ... a byte range of it */
    bool begun;                     /* ... past its byte order mark */
    jst_input in;
    uint64_t line, record;          /* of the next value; line from 1 */
    uint64_t value_line;            /* of the open value's first byte */
    uint64_t reported;              /* bytes of the file already in a batch */
    size_t looked;                  /* unread bytes that were looked at in vain */
    bool open;                      /* inside a line, or a value */
    bool beyond;                    /* a line has something but white space behind what is kept */
    bool rest;                      /* the rest of the file is one dead letter */
    uint64_t rest_at;               /* ... wrong at this byte of the value */
    const char *rest_why;
    jst_json_scan scan;
    jst_csv_scan csv;               /* of a CSV file, with the two below */
    bool headed;                    /* its header is read */
    jst_csv_columns columns;
    jst_csv_cells cells;
    void *decoded;                  /* a record, if they are decoded */
};

/* How reading a file went on: STEP_FULL: the batch is full, or the buffer is and bytes in it are
 * borrowed. */
typedef enum jst_step { JST_STEP_FULL, JST_STEP_FILE_DONE, JST_STEP_FAILED } jst_step;

jst_step jst_read_lines(jst_file_reader *r, joist_batch *b, joist_error *e);     /* read_lines.c */
jst_step jst_read_values(jst_file_reader *r, joist_batch *b, joist_error *e);    /* read_values.c */
jst_step jst_read_csv(jst_file_reader *r, joist_batch *b, joist_error *e);       /* read_csv.c */

/* Of a range that does not begin with the file, which is open: to its first record. */
joist_status jst_start_csv(jst_file_reader *r, uint64_t begin, joist_error *e);  /* read_csv.c */

/* May the line that begins at `offset` be read? Claims more of the range if it must. Only the
 * reader itself writes `claimed`, so it may look at it without the lock. */
bool jst_reader_claim_more(jst_file_reader *r, uint64_t offset);                 /* read_source.c */
JOIST_INLINE bool jst_reader_claim(jst_file_reader *r, uint64_t offset)
{
    return JOIST_LIKELY(offset < r->claimed) || jst_reader_claim_more(r, offset);
}

/* Bytes handed out must stay where they are until the next bundle. */
JOIST_INLINE bool jst_pinned(const joist_batch *b) { return b->records > 0; }

/* The first REQUIRED field that is NULL; NULL: none (read_decode.c). */
const joist_field *jst_missing_field(const joist_type *type, const void *record);

/* ---- read_decode.c: a value becomes a record or a dead letter; both count it ----------------- */
/* One value at r->in.offset + skip. */
void jst_take_value(jst_file_reader *r, joist_batch *b, joist_text value, size_t skip);
void jst_take_too_large(jst_file_reader *r, joist_batch *b, joist_text head, size_t skip);
void jst_take_bad_gzip(jst_file_reader *r, joist_batch *b, joist_text rest);
void jst_take_empty(jst_file_reader *r, joist_batch *b);
void jst_take_bad_json(jst_file_reader *r, joist_batch *b, joist_text rest);
/* A record of a CSV file, cut into r->cells, or one that is none and why, `at` bytes into it. */
void jst_take_csv(jst_file_reader *r, joist_batch *b, joist_text record);
void jst_take_bad_csv(jst_file_reader *r, joist_batch *b, joist_text record, uint64_t at,
                      const char *why);

#endif
