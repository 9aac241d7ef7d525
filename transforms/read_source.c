/* SPDX-License-Identifier: Apache-2.0
 * The file source: a listing taken once, splits of it, and readers that go through a split file by
 * file.
 *
 * Memory per reader: a buffer of 2.5 MiB that grows to what one record may have, and two inflaters
 * of about 100 KiB once gzip is met; readers are kept for the next split. A reader's lock is taken
 * per file and per `claim` bytes, never per record. */
#include "read_source.h"

#include <stdlib.h>

#include "local_file.h"
#include "read_file.h"
#include "read_split.h"

enum { RANGE = 2 << 20 };

const jst_read_setup jst_read_defaults = {
    .range = RANGE, .group_files = 256, .group_bytes = 4 << 20, .claim = 128 << 10,
    .buffer = RANGE + (512 << 10), .arena = joist_batch_arena, .position = joist_batch_position,
    .emit = joist_batch_emit, .reject = joist_batch_reject,
};

static jst_files *source_of(joist_source *s)
{
    return (jst_files *)(void *)s;
}

static const jst_files *source_of_const(const joist_source *s)
{
    return (const jst_files *)(const void *)s;
}

static jst_file_reader *reader_of(joist_reader *r)
{
    return (jst_file_reader *)(void *)r;
}

/* ---- readers --------------------------------------------------------------------------------- */
static jst_file_reader *reader_new(jst_files *s)
{
    jst_file_reader *r = joist_calloc(1, sizeof *r);
    r->base.ops = s->base.ops;
    r->source = s;
    pthread_mutex_init(&r->lock, NULL);
    jst_input_init(&r->in, s->setup->buffer);
    r->decoded = s->typed ? joist_calloc(1, s->type->size) : NULL;
    jst_csv_columns_init(&r->columns, s->type, s->separator);
    return r;
}

static void reader_free(jst_file_reader *r)
{
    jst_input_free(&r->in);
    pthread_mutex_destroy(&r->lock);
    jst_csv_columns_free(&r->columns);
    jst_csv_cells_free(&r->cells);
    joist_free(r->decoded);
    joist_free(r);
}

static jst_file_reader *reader_take(jst_files *s)
{
    pthread_mutex_lock(&s->lock);
    jst_file_reader *r = s->idle;
    if (r)
        s->idle = r->next_idle;
    pthread_mutex_unlock(&s->lock);
    return r ? r : reader_new(s);
}

static void stop(joist_reader *reader)
{
    jst_file_reader *r = reader_of(reader);
    jst_files *s = r->source;
    jst_input_close(&r->in);
    r->file = NULL;
    pthread_mutex_lock(&s->lock);
    r->next_idle = s->idle;
    s->idle = r;
    pthread_mutex_unlock(&s->lock);
}

/* ---- opening files --------------------------------------------------------------------------- */
static joist_status open_file(jst_file_reader *r, uint64_t index, uint64_t begin, joist_error *e)
{
    const jst_input_file *f = r->source->listing.files[index];
    r->file = f;
    r->begun = r->open = r->beyond = r->rest = r->headed = false;
    r->looked = 0;
    r->line = 1;
    r->record = 0;
    r->reported = begin;
    return jst_input_open(&r->in, f->path, f->size, begin, e);
}

/* The bytes of a range and the one before it. */
static joist_status load_range(jst_file_reader *r, uint64_t end, joist_error *e)
{
    jst_input *in = &r->in;
    in->until = end;
    while (in->offset + (in->end - in->at) < end) {
        jst_fill fill = jst_input_fill(in, false, e);
        if (fill == JST_FILL_END)
            jst_read_changed(in->path, "was replaced", e);
        if (fill != JST_FILL_MORE)
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

/* To the first line that begins in the range, or to its end if none does. */
static void skip_to_line(jst_file_reader *r, uint64_t begin, uint64_t end)
{
    jst_input *in = &r->in;
    const char *p = in->buf + in->at;
    if (!begin)
        return;
    const char *newline = memchr(p, '\n', (size_t)(end - in->offset));
    /* The newline in front of `begin` is counted by the ranges before, the others are this
     * one's. */
    if (newline)
        r->line += newline > p;
    jst_input_consume(in, newline ? (size_t)(newline - p) + 1 : (size_t)(end - in->offset));
}

static joist_status start_csv_range(jst_file_reader *r, const joist_split *split, joist_error *e)
{
    if (open_file(r, split->first, split->begin, e))
        return JOIST_FAILED;
    r->in.until = split->end;
    return split->begin ? jst_start_csv(r, split->begin, e) : JOIST_OK;
}

static joist_status start_range(jst_file_reader *r, const joist_split *split, joist_error *e)
{
    jst_line_count before;
    uint64_t begin = split->begin, end = split->end;
    r->range = true;
    if (r->source->listing.files[split->first]->format == JST_CSV)
        return start_csv_range(r, split, e);
    if (open_file(r, split->first, begin ? begin - 1 : 0, e) || load_range(r, end, e))
        return JOIST_FAILED;
    jst_line_table *t = r->file->lines;
    uint64_t block = jst_line_table_block(t), block_end = begin - begin % block + block;
    bool whole = begin % block == 0 && (end >= block_end || end == r->file->size);
    size_t loaded = (size_t)((end < block_end ? end : block_end) - r->in.offset);
    joist_text bytes = { whole ? r->in.buf + r->in.at : NULL, loaded };
    if (jst_line_table_before(t, r->in.fd, begin, bytes, &before, e))
        return JOIST_FAILED;
    r->reported = begin;
    r->line = 1 + before.newlines;
    skip_to_line(r, begin, end);
    r->record = r->source->text ? r->line - 1 : before.records;
    return JOIST_OK;
}

static bool is_range(const joist_split *split)
{
    return split->count == 1 && split->end;
}

static joist_reader *start(joist_source *source, const joist_split *split, joist_error *e)
{
    jst_file_reader *r = reader_take(source_of(source));
    bool range = is_range(split);
    r->range = false;
    r->file = NULL;
    r->in.at = r->in.end = 0;
    r->next = split->first;
    r->last = range ? split->first : split->first + split->count;
    r->claimed = range ? split->begin : UINT64_MAX;
    r->end = range ? split->end : UINT64_MAX;
    if (range && start_range(r, split, e)) {
        stop(&r->base);
        return NULL;
    }
    return &r->base;
}

/* ---- reading --------------------------------------------------------------------------------- */
bool jst_reader_claim_more(jst_file_reader *r, uint64_t offset)
{
    pthread_mutex_lock(&r->lock);
    uint64_t step = r->source->setup->claim, left = r->end > offset ? r->end - offset : 0;
    if (left)
        r->claimed = offset + (left < step ? left : step);
    pthread_mutex_unlock(&r->lock);
    return left > 0;
}

static bool next_file(jst_file_reader *r, uint64_t *index)
{
    pthread_mutex_lock(&r->lock);
    *index = r->next;
    bool any = r->next < r->last;
    r->next += any;
    pthread_mutex_unlock(&r->lock);
    return any;
}

/* How far the reader's part of the stored file reaches: what is not claimed yet may still be
 * stolen. */
static uint64_t own_end(jst_file_reader *r, bool done)
{
    if (!r->range)
        return r->file->size;
    pthread_mutex_lock(&r->lock);
    uint64_t end = done ? r->end : r->claimed;
    pthread_mutex_unlock(&r->lock);
    return end;
}

static void report_bytes(jst_file_reader *r, joist_batch *b, bool done)
{
    uint64_t now = r->in.layers ? r->in.stored : r->in.offset + r->in.dropped;
    uint64_t end = own_end(r, done);
    if (done || now > end)
        now = end;
    if (now > r->reported) {
        b->bytes += now - r->reported;
        r->reported = now;
    }
}

static void close_file(jst_file_reader *r, joist_batch *b)
{
    report_bytes(r, b, true);
    jst_input_close(&r->in);
    jst_input_consume(&r->in, r->in.end - r->in.at);
    r->file = NULL;
}

/* Past the byte order mark, once per file. */
static jst_fill begin_file(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    jst_fill fill = r->in.offset ? JST_FILL_MORE : jst_input_skip_bom(&r->in, jst_pinned(b), e);
    r->begun = fill == JST_FILL_MORE || fill == JST_FILL_END;
    return fill;
}

static jst_step read_by_format(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    switch (r->file->format) {
    case JST_LINES: return jst_read_lines(r, b, e);
    case JST_CSV: return jst_read_csv(r, b, e);
    case JST_JSON_VALUES: break;
    }
    return jst_read_values(r, b, e);
}

static jst_step read_file(jst_file_reader *r, joist_batch *b, joist_error *e)
{
    if (!r->begun) {
        jst_fill fill = begin_file(r, b, e);
        if (fill == JST_FILL_PINNED || fill == JST_FILL_FAILED)
            return fill == JST_FILL_PINNED ? JST_STEP_FULL : JST_STEP_FAILED;
        b->files += r->reported == 0;
    }
    jst_step step = read_by_format(r, b, e);
    if (step == JST_STEP_FILE_DONE)
        close_file(r, b);
    else if (step == JST_STEP_FULL)
        report_bytes(r, b, false);
    return step;
}

static joist_status read_batch(joist_reader *reader, joist_batch *b, joist_error *e)
{
    jst_file_reader *r = reader_of(reader);
    jst_step step = JST_STEP_FILE_DONE;
    while (step == JST_STEP_FILE_DONE && !joist_batch_full(b)) {
        uint64_t index;
        b->done = !r->file && !next_file(r, &index);
        if (b->done)
            return JOIST_OK;
        if (!r->file && open_file(r, index, 0, e))
            return JOIST_FAILED;
        step = read_file(r, b, e);
    }
    return step == JST_STEP_FAILED ? JOIST_FAILED : JOIST_OK;
}

static bool steal_files(jst_file_reader *r, joist_split *rest)
{
    uint64_t n = r->last - r->next, taken = (n + 1) / 2;
    if (!n)
        return false;
    r->last -= taken;
    *rest = (joist_split){ .first = r->last, .count = taken };
    for (uint64_t i = 0; i < taken; i++)
        rest->bytes += r->source->listing.files[rest->first + i]->size;
    return true;
}

/* A quarter of a claim is too little to be worth a reader. */
static bool steal_bytes(jst_file_reader *r, joist_split *rest)
{
    uint64_t left = r->end > r->claimed ? r->end - r->claimed : 0;
    if (left < 2 || left < r->source->setup->claim / 4)
        return false;
    uint64_t cut = r->claimed + left / 2;
    *rest = (joist_split){ .first = r->next, .count = 1, .begin = cut, .end = r->end,
                           .bytes = r->end - cut };
    r->end = cut;
    return true;
}

static bool steal(joist_reader *reader, joist_split *rest)
{
    jst_file_reader *r = reader_of(reader);
    pthread_mutex_lock(&r->lock);
    bool got = r->end == UINT64_MAX ? steal_files(r, rest) : steal_bytes(r, rest);
    pthread_mutex_unlock(&r->lock);
    return got;
}

/* ---- which files ----------------------------------------------------------------------------- */
typedef struct file_id { uint64_t device, inode; } file_id;
struct jst_file_ids { bool sorted; file_id items[]; };

static int by_id(const void *a, const void *b)
{
    const file_id *x = a, *y = b;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return (x->device > y->device) - (x->device < y->device);
}

/* Sorted when first asked: most sources are never asked. */
static void make_ids(const jst_files *s)
{
    for (size_t i = 0; i < s->listing.count; i++)
        s->ids->items[i] = (file_id){ s->listing.files[i]->device, s->listing.files[i]->inode };
    qsort(s->ids->items, s->listing.count, sizeof *s->ids->items, by_id);
    s->ids->sorted = true;
}

static bool contains(const joist_source *source, uint64_t device, uint64_t inode)
{
    const jst_files *s = source_of_const(source);
    file_id wanted = { device, inode };
    if (!s->listing.count)
        return false;
    if (!s->ids->sorted)
        make_ids(s);
    return bsearch(&wanted, s->ids->items, s->listing.count, sizeof wanted, by_id) != NULL;
}

static const joist_split *splits(joist_source *source, size_t *count)
{
    *count = source_of(source)->splits_count;
    return source_of(source)->splits;
}

static uint64_t ranks(const joist_source *source)
{
    return source_of_const(source)->listing.count;
}

static uint64_t skipped(const joist_source *source)
{
    return source_of_const(source)->listing.skipped;
}

/* The length in front of each name makes it impossible to read two listings as the same text. */
static void digest(const joist_source *source, char hex[JOIST_DIGEST_SIZE])
{
    const jst_listing *l = &source_of_const(source)->listing;
    joist_arena *arena = joist_arena_new();
    joist_buffer lines = { 0 };
    for (size_t i = 0; i < l->count; i++) {
        const jst_input_file *f = l->files[i];
        joist_buffer_printf(&lines, "%llu %lld %zu ", (unsigned long long)f->size,
                            (long long)f->origin.modified.ms, f->origin.path.len);
        joist_buffer_text(&lines, f->origin.path);
    }
    joist_text text = joist_buffer_view(&lines);
    text = joist_sha256_hex(&text, 1, JOIST_DIGEST_SIZE - 1, arena);
    memcpy(hex, text.ptr, JOIST_DIGEST_SIZE - 1);
    hex[JOIST_DIGEST_SIZE - 1] = '\0';
    joist_buffer_free(&lines);
    joist_arena_free(arena);
}

/* ---- the source ------------------------------------------------------------------------------ */
static void free_tables(jst_input_file *f)
{
    jst_line_table_free(f->lines);
    jst_csv_table_free(f->records);
}

static void close_source(joist_source *source)
{
    jst_files *s = source_of(source);
    for (jst_file_reader *r = s->idle, *next; r; r = next) {
        next = r->next_idle;
        reader_free(r);
    }
    for (size_t i = 0; i < s->listing.count; i++)
        free_tables(s->listing.files[i]);
    jst_listing_free(&s->listing);
    pthread_mutex_destroy(&s->lock);
    joist_free(s->splits);
    joist_free(s->ids);
    joist_free(s);
}

/* One byte more than a record may have tells that it has too many; a dead letter wants its share
 * too. */
static size_t bytes_to_keep(size_t max_record)
{
    return (max_record > JST_MOST_RAW ? max_record : JST_MOST_RAW) + 1;
}

static jst_files *make_source(const joist_source_spec *spec, const jst_read_setup *setup,
                                    const jst_listing *listing)
{
    jst_files *s = joist_calloc(1, sizeof *s);
    s->base.ops = &jst_file_source;
    s->setup = setup;
    s->type = spec->type;
    s->text = jst_reads_text(spec->type);
    s->typed = !s->text && strcmp(spec->type->name, joist_value_type.name) != 0;
    s->separator = spec->separator ? spec->separator : ',';
    s->max_record = (size_t)spec->max_record;
    s->keep = bytes_to_keep(s->max_record);
    s->listing = *listing;
    s->ids = joist_calloc(1, sizeof *s->ids + listing->count * sizeof s->ids->items[0]);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

joist_status jst_file_source_open(const joist_source_spec *spec, bool optional,
                                  const jst_read_setup *setup,
                                  joist_source **out, joist_error *e)
{
    jst_listing listing;
    bool found;
    *out = NULL;
    if (jst_list(spec, optional, &listing, &found, e))
        return JOIST_FAILED;
    if (optional && !listing.count) {
        jst_listing_free(&listing);
        return JOIST_OK;
    }
    jst_files *s = make_source(spec, setup, &listing);
    if (jst_make_splits(s, e)) {
        close_source(&s->base);
        return JOIST_FAILED;
    }
    *out = &s->base;
    return JOIST_OK;
}

static joist_status open_source(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    return jst_file_source_open(spec, optional, &jst_read_defaults, out, e);
}

static joist_status check_source(const joist_source_spec *spec, joist_error *e)
{
    char *path = jst_file_path(joist_uri_rest(spec->uri), e);
    joist_free(path);
    if (!path)
        return JOIST_FAILED;
    if (spec->query.len)
        return joist_fail_with(e, JOIST_USAGE, "'%.*s' is a file, which has no .query",
                               JOIST_ARG(spec->uri));
    bool columns = !jst_reads_text(spec->type)
                && strcmp(spec->type->name, joist_value_type.name) != 0;
    if (spec->csv && !columns)
        return joist_fail_with(e, JOIST_USAGE, "'%.*s' cannot be CSV: a %s has no columns",
                               JOIST_ARG(spec->uri), spec->type->name);
    return JOIST_OK;
}

const joist_source_ops jst_file_source = {
    .open = open_source, .splits = splits, .ranks = ranks, .skipped = skipped, .start = start,
    .read = read_batch, .steal = steal, .stop = stop, .close = close_source, .contains = contains,
    .check = check_source, .hours = jst_list_hours, .digest = digest,
};
