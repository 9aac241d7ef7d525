/* SPDX-License-Identifier: Apache-2.0
 * CSV files: the first record is the header, every other one a record of the type. Lines without a
 * byte are none.
 *
 * A large plain file is read in byte ranges: a range's records are those that begin in it, and
 * where the first of them begins is looked up in the file's table (csv_table.h).
 *
 * A record longer than `keep` bytes is followed to its end, while only its head stays in the
 * buffer. A quote that is never closed takes the rest of the file with it; a header that is none
 * does, too, because nothing behind it can be named. */
#include "read_file.h"

#include <stdio.h>

enum { MOST_WHY = 120 };

/* ---- a record that is whole ------------------------------------------------------------------ */
static bool take_header(jst_file_reader *r, joist_batch *b, joist_text header)
{
    jst_csv_error e;
    r->headed = jst_csv_columns_take(&r->columns, header, &e);
    if (!r->headed)
        jst_take_bad_csv(r, b, header, e.at, e.message);
    return r->headed;
}

static void take_cells(jst_file_reader *r, joist_batch *b, joist_text record)
{
    jst_csv_error e;
    char why[MOST_WHY];
    size_t wanted = r->columns.count;
    joist_arena *arena = r->source->setup->arena(b);
    if (!jst_csv_split(record, r->source->separator, wanted, &r->cells, arena, &e)) {
        jst_take_bad_csv(r, b, record, e.at, e.message);
        return;
    }
    if (r->cells.count == wanted) {
        jst_take_csv(r, b, record);
        return;
    }
    snprintf(why, sizeof why, "%zu fields, where the header has %zu", r->cells.count, wanted);
    jst_take_bad_csv(r, b, record, record.len, why);
}

/* False: there is nothing more to read in this file. */
static bool take_record(jst_file_reader *r, joist_batch *b, joist_text record)
{
    if (!record.len)
        return true;
    if (record.len > r->source->max_record)
        jst_take_too_large(r, b, record, 0);
    else if (r->headed)
        take_cells(r, b, record);
    else
        return take_header(r, b, record);
    return r->headed;
}

/* The record ends behind what was looked at; `newline`: by one. */
static bool end_record(jst_file_reader *r, joist_batch *b, bool newline)
{
    joist_text record = { r->in.buf + r->in.at, r->looked - newline };
    if (r->in.dropped)
        record.len = r->source->keep;
    else if (record.len && record.ptr[record.len - 1] == '\r')
        record.len--;
    bool more = take_record(r, b, record);
    r->line += r->csv.newlines;
    jst_input_consume(&r->in, r->looked);
    r->looked = 0;
    r->open = false;
    return more;
}

/* ---- a range --------------------------------------------------------------------------------- */
/* The header, unless the file is one dead letter because of it: that is told by the reader of its
 * beginning. */
static joist_status read_header(jst_file_reader *r, const uint64_t place[2], joist_error *e)
{
    jst_csv_error wrong;
    size_t n = (size_t)place[1];
    r->rest = n > r->source->max_record + 1;
    if (r->rest)
        return JOIST_OK;
    char *bytes = joist_malloc(n + 1);
    joist_status status = jst_read_at(r->in.fd, r->in.path, bytes, n, place[0], e);
    if (status == JOIST_OK) {
        n -= n && bytes[n - 1] == '\r';
        r->rest = n > r->source->max_record
               || !jst_csv_columns_take(&r->columns, (joist_text){ bytes, n }, &wrong);
    }
    r->headed = true;
    joist_free(bytes);
    return status;
}

joist_status jst_start_csv(jst_file_reader *r, uint64_t begin, joist_error *e)
{
    jst_csv_place place;
    uint64_t header[2];
    if (jst_csv_table_seek(r->file->records, r->in.fd, begin, &place, header, e)
        || read_header(r, header, e))
        return JOIST_FAILED;
    r->in.stored = r->in.offset = place.offset;
    r->line = place.line;
    r->record = place.record;
    return JOIST_OK;
}

/* ---- a record that goes on ------------------------------------------------------------------- */
/* All that is in the buffer was looked at. */
static void shorten(jst_file_reader *r)
{
    jst_input *in = &r->in;
    if (in->end - in->at > r->source->keep)
        jst_input_drop(in, r->source->keep);
    r->looked = in->end - in->at;
}

static void open_record(jst_file_reader *r)
{
    jst_csv_scan_begin(&r->csv, r->source->separator);
    r->looked = 0;
    r->open = true;
}

/* Nothing follows what was looked at. */
static void end_file(jst_file_reader *r, joist_batch *b)
{
    joist_text rest = { r->in.buf + r->in.at, r->in.end - r->in.at };
    if (r->in.broken)
        jst_take_bad_gzip(r, b, rest);
    else if (r->csv.state == JST_CSV_QUOTED)
        jst_take_bad_csv(r, b, rest, r->csv.quote, "the quote that opens here is never closed");
    else if (rest.len)
        end_record(r, b, false);
    if (!r->headed && !r->record)
        jst_take_empty(r, b);
}

jst_step jst_read_csv(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    jst_input *in = &r->in;
    while (!joist_batch_full(b)) {
        size_t used;
        if (r->rest || (!r->open && r->headed && !jst_reader_claim(r, in->offset)))
            return JST_STEP_FILE_DONE;
        if (!r->open)
            open_record(r);
        bool ended = jst_csv_scan_feed(&r->csv, in->buf + in->at + r->looked,
                                       in->end - in->at - r->looked, &used);
        r->looked += used;
        if (ended && !end_record(r, b, true))
            return JST_STEP_FILE_DONE;
        if (ended)
            continue;
        shorten(r);
        switch (jst_input_fill(in, jst_pinned(b), e)) {
        case JST_FILL_MORE: break;
        case JST_FILL_PINNED: return JST_STEP_FULL;
        case JST_FILL_FAILED: return JST_STEP_FAILED;
        case JST_FILL_END: end_file(r, b); return JST_STEP_FILE_DONE;
        }
    }
    return JST_STEP_FULL;
}
