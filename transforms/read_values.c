/* SPDX-License-Identifier: Apache-2.0
 * JSON values one after another, separated by white space or nothing.
 *
 * The scanner checks a value where it lies and needs none of its bytes again, so a value longer
 * than `keep` bytes is checked to its end while only its head stays in the buffer. At a syntax
 * error nothing tells where the next value begins: the rest of the file is one dead letter. What
 * that is called depends on whether the gzip around it is whole, so the rest of a gzip file is
 * inflated before it is named. */
#include "read_file.h"

static uint64_t newlines(const char *p, size_t n)
{
    uint64_t count = 0;
    const char *end = p + n;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        count++;
        p++;
    }
    return count;
}

static void consume(jst_file_reader *r, size_t n)
{
    r->line += newlines(r->in.buf + r->in.at, n);
    jst_input_consume(&r->in, n);
}

/* The bytes behind what is kept have been looked at. */
static void shorten(jst_file_reader *r)
{
    jst_input *in = &r->in;
    size_t keep = r->source->keep, n = in->end - in->at;
    if (n > keep) {
        r->line += newlines(in->buf + in->at + keep, n - keep);
        jst_input_drop(in, keep);
    }
    r->looked = in->end - in->at;
}

/* ---- one value ------------------------------------------------------------------------------- */
/* To the first byte of the next value; false: no such byte in the buffer. */
static bool skip_space(jst_file_reader *r)
{
    jst_input *in = &r->in;
    const char *p = in->buf + in->at, *end = in->buf + in->end, *first = p;
    while (first < end && jst_is_space(*first))
        first++;
    consume(r, (size_t)(first - p));
    return first < end;
}

/* JSON does not know \v and \f, but they are white space behind a number or word outside all
 * containers. */
static jst_scan_result scan_scalar_end(const jst_json_scan *before, jst_json_scan *scan,
                                       const char *p,
                                       size_t used)
{
    if (scan->depth || (p[used] != '\v' && p[used] != '\f'))
        return JST_SCAN_SYNTAX_ERROR;
    jst_json_scan again = *before;
    size_t ignored;
    if (jst_json_scan_feed(&again, p, used, true, &ignored) != JST_SCAN_VALUE_END)
        return JST_SCAN_SYNTAX_ERROR;
    *scan = again;
    return JST_SCAN_VALUE_END;
}

/* Looks at what is new in the buffer, all of it or to the end of the value. */
static jst_scan_result scan_new(jst_file_reader *r, bool eof)
{
    const char *p = r->in.buf + r->in.at + r->looked;
    size_t n = r->in.end - r->in.at - r->looked, used = 0;
    jst_json_scan before = r->scan;
    jst_scan_result result = jst_json_scan_feed(&r->scan, p, n, eof, &used);
    if (result == JST_SCAN_SYNTAX_ERROR && used < n)
        result = scan_scalar_end(&before, &r->scan, p, used);
    r->looked += used;
    return result;
}

static void end_value(jst_file_reader *r, joist_batch *b)
{
    jst_input *in = &r->in;
    joist_text value = { in->buf + in->at, r->looked };
    uint64_t before = r->line;
    if (in->dropped)
        value.len = r->source->keep;
    /* Newlines in the dropped part are counted already, but the value's own line is that of its
     * first byte. */
    r->line = r->value_line;
    if (r->scan.total > r->source->max_record)
        jst_take_too_large(r, b, value, 0);
    else
        jst_take_value(r, b, value, 0);
    r->line = before;
    consume(r, r->looked);
    r->looked = 0;
    r->open = false;
}

/* ---- the rest of a file ---------------------------------------------------------------------- */
static jst_step take_rest(jst_file_reader *r, joist_batch *b)
{
    joist_text rest = { r->in.buf + r->in.at, r->in.end - r->in.at };
    r->line = r->value_line;
    if (r->in.broken)
        jst_take_bad_gzip(r, b, rest);
    else if (r->rest_at > r->source->max_record)
        jst_take_too_large(r, b, rest, 0);
    else
        jst_take_bad_json(r, b, rest);
    return JST_STEP_FILE_DONE;
}

/* Enough of the rest to show it; all of it to know whether the gzip is whole. */
static jst_step read_rest(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    jst_input *in = &r->in;
    while (in->layers || in->end - in->at <= JST_MOST_RAW) {
        shorten(r);
        switch (jst_input_fill(in, jst_pinned(b), e)) {
        case JST_FILL_MORE: break;
        case JST_FILL_PINNED: return JST_STEP_FULL;
        case JST_FILL_FAILED: return JST_STEP_FAILED;
        case JST_FILL_END: return take_rest(r, b);
        }
    }
    return take_rest(r, b);
}

static jst_step begin_rest(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    r->rest = true;
    r->rest_at = r->scan.total;
    r->rest_why = r->scan.message;
    return read_rest(r, b, e);
}

/* ---- a file ---------------------------------------------------------------------------------- */
static bool begin_value(jst_file_reader *r)
{
    if (!skip_space(r))
        return false;
    jst_json_scan_begin(&r->scan);
    r->value_line = r->line;
    r->looked = 0;
    r->open = true;
    return true;
}

/* Nothing follows what is in the buffer, all of which was looked at. */
static jst_step end_file(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    if (r->in.broken) {
        r->value_line = r->open ? r->value_line : r->line;
        return take_rest(r, b);
    }
    if (r->open && scan_new(r, true) == JST_SCAN_SYNTAX_ERROR)
        return begin_rest(r, b, e);
    if (r->open)
        end_value(r, b);
    if (!r->record)
        jst_take_empty(r, b);
    return JST_STEP_FILE_DONE;
}

jst_step jst_read_values(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    if (r->rest)
        return read_rest(r, b, e);
    while (!joist_batch_full(b)) {
        if (r->open || begin_value(r)) {
            jst_scan_result result = scan_new(r, false);
            if (result == JST_SCAN_VALUE_END)
                end_value(r, b);
            if (result == JST_SCAN_SYNTAX_ERROR)
                return begin_rest(r, b, e);
            if (result != JST_SCAN_NEED_MORE)
                continue;
            shorten(r);
        }
        switch (jst_input_fill(&r->in, jst_pinned(b), e)) {
        case JST_FILL_MORE: break;
        case JST_FILL_PINNED: return JST_STEP_FULL;
        case JST_FILL_FAILED: return JST_STEP_FAILED;
        case JST_FILL_END: return end_file(r, b, e);
        }
    }
    return JST_STEP_FULL;
}
