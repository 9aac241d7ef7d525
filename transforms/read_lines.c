/* SPDX-License-Identifier: Apache-2.0
 * One record a line. Text lines are all lines, without their ends; JSON lines are trimmed of ASCII
 * white space, blank ones are none.
 *
 * A line is borrowed where it lies in the buffer. One that is longer than `keep` bytes is read to
 * its end, but only its first `keep` bytes stay: enough to show as a dead letter, and enough for
 * the record if everything behind them turns out to be white space. White space in front of a
 * record is dropped at once. */
#include "read_file.h"

/* ---- a line that is whole -------------------------------------------------------------------- */
static joist_text without_end(joist_text line, bool newline)
{
    if (newline && line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* `line` begins at r->in.at; `newline`: one stands behind it. */
static void take_line(jst_file_reader *r, joist_batch *b, joist_text line, bool newline)
{
    joist_text body = r->source->text ? without_end(line, newline) : joist_trim(line);
    if (!body.len && !r->source->text)
        return;
    size_t skip = body.len ? (size_t)(body.ptr - line.ptr) : 0;
    if (r->beyond || body.len > r->source->max_record)
        jst_take_too_large(r, b, r->beyond ? line : body, skip);
    else
        jst_take_value(r, b, body, skip);
}

static bool is_blank(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!jst_is_space(p[i]))
            return false;
    return true;
}

/* Bytes [keep, n) behind `at` will not be kept, or were not: do they belong to the record? */
static void look_beyond(jst_file_reader *r, size_t n)
{
    size_t keep = r->source->keep;
    if (n > keep && !r->beyond)
        r->beyond = r->source->text || !is_blank(r->in.buf + r->in.at + keep, n - keep);
}

/* The line that ends n bytes behind `at`; `newline`: by one. */
static void end_line(jst_file_reader *r, joist_batch *b, size_t n, bool newline)
{
    joist_text line = { r->in.buf + r->in.at, n };
    if (r->in.dropped) {
        look_beyond(r, n);
        line.len = r->source->keep;
    }
    take_line(r, b, line, newline);
    jst_input_consume(&r->in, n + newline);
    r->line += newline;
    r->looked = 0;
    r->open = r->beyond = false;
}

/* ---- a line that goes on --------------------------------------------------------------------- */
static size_t blank_length(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && jst_is_space(p[i]))
        i++;
    return i;
}

/* Nothing in the buffer ends the line: makes what is kept of it small. */
static void shorten(jst_file_reader *r)
{
    jst_input *in = &r->in;
    if (!r->source->text && !in->dropped)
        jst_input_consume(in, blank_length(in->buf + in->at, in->end - in->at));
    if (in->end - in->at > r->source->keep) {
        look_beyond(r, in->end - in->at);
        jst_input_drop(in, r->source->keep);
    }
    r->looked = in->end - in->at;
}

/* Nothing follows. */
static jst_step end_file(jst_file_reader *r, joist_batch *b)
{
    jst_input *in = &r->in;
    joist_text rest = { in->buf + in->at, in->end - in->at };
    if (in->broken)
        jst_take_bad_gzip(r, b, rest);
    else if (rest.len)
        end_line(r, b, rest.len, false);
    return JST_STEP_FILE_DONE;
}

/* An empty file is told at its end: by the reader who owns that. */
static jst_step finish(jst_file_reader *r, joist_batch *b)
{
    if (!r->record && !r->source->text && (!r->range || jst_reader_claim(r, r->file->size - 1)))
        jst_take_empty(r, b);
    return JST_STEP_FILE_DONE;
}

/* The newline behind `at`, or NULL. */
static const char *find_newline(const jst_file_reader *r)
{
    const char *from = r->in.buf + r->in.at + r->looked, *end = r->in.buf + r->in.end;
    return from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL;
}

jst_step jst_read_lines(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    jst_input *in = &r->in;
    while (!joist_batch_full(b)) {
        if (!r->open && !jst_reader_claim(r, in->offset))
            return finish(r, b);
        r->open = true;
        const char *newline = find_newline(r);
        if (newline) {
            end_line(r, b, (size_t)(newline - (in->buf + in->at)), true);
            continue;
        }
        shorten(r);
        switch (jst_input_fill(in, jst_pinned(b), e)) {
        case JST_FILL_MORE: break;
        case JST_FILL_PINNED: return JST_STEP_FULL;
        case JST_FILL_FAILED: return JST_STEP_FAILED;
        case JST_FILL_END: end_file(r, b); return finish(r, b);
        }
    }
    return JST_STEP_FULL;
}
