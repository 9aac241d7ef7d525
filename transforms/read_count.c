/* SPDX-License-Identifier: Apache-2.0
 * Counting lines. A block's own count does not depend on any other block, so workers count side by
 * side and only add up in order. A reader counts the block it is about to read while it is fresh in
 * its cache; a block nobody has begun is counted by the first who needs what lies behind it. */
#include "read_count.h"

enum { PIECE = 256 << 10, LOOK_AHEAD = 4 << 10 };

typedef enum progress { NOT_BEGUN, BEING_COUNTED, COUNTED } progress;

typedef struct block { progress progress; jst_line_count own, before; } block;

struct jst_line_table {
    const char *path;
    uint64_t size, block_size;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    block *blocks;          /* one more than there are: the last `before` is the file's sum */
    size_t count;
    size_t known;           /* blocks[0 .. known] have their `before` */
};

/* ---- counting -------------------------------------------------------------------------------- */
static const char *skip_blank(jst_line_counter *c, const char *p, const char *end)
{
    while (p < end && jst_is_space(*p)) {
        if (*p == '\n') {
            c->sum.newlines++;
            c->at_start = p + 1 == end;
            c->open = true;
        }
        p++;
    }
    return p;
}

void jst_count_feed(jst_line_counter *c, const char *p, size_t n)
{
    const char *end = p + n;
    if (n && c->at_start) {
        c->open = true;
        c->at_start = false;
    }
    while (p < end) {
        if (c->open) {
            p = skip_blank(c, p, end);
            if (p == end)
                break;
            c->sum.records++;
            c->open = false;
        }
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p)
            break;
        c->sum.newlines++;
        c->open = true;
        c->at_start = ++p == end;
    }
}

static size_t bom_length(const char *bytes, size_t n)
{
    return n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Is the line that is open at `from` blank to its end? */
static joist_status finish_open_line(const jst_line_table *t, int fd, uint64_t from,
                                     jst_line_counter *c,
                                     joist_error *e)
{
    char bytes[LOOK_AHEAD];
    while (c->open && !c->at_start && from < t->size) {
        size_t n = t->size - from < sizeof bytes ? (size_t)(t->size - from) : sizeof bytes;
        if (jst_read_at(fd, t->path, bytes, n, from, e))
            return JOIST_FAILED;
        for (size_t i = 0; i < n && c->open; i++) {
            c->sum.records += !jst_is_space(bytes[i]);
            c->open = jst_is_space(bytes[i]) && bytes[i] != '\n';
        }
        from += n;
    }
    return JOIST_OK;
}

/* Counts [begin, end) from the file itself. */
static joist_status count_stored(const jst_line_table *t, int fd, uint64_t begin, uint64_t end,
                                 jst_line_count *out, joist_error *e)
{
    char *piece = joist_malloc(PIECE);
    jst_line_counter c = { .at_start = begin == 0 };
    joist_status status = JOIST_OK;
    uint64_t at = begin ? begin - 1 : 0, first = at;
    while (status == JOIST_OK && at < end) {
        size_t n = end - at < PIECE ? (size_t)(end - at) : PIECE;
        status = jst_read_at(fd, t->path, piece, n, at, e);
        size_t skip = status || at > first ? 0 : begin ? 1 : bom_length(piece, n);
        if (skip && begin)
            c.at_start = piece[0] == '\n';
        if (!status)
            jst_count_feed(&c, piece + skip, n - skip);
        at += n;
    }
    joist_free(piece);
    *out = c.sum;
    if (status || finish_open_line(t, fd, end, &c, e))
        return JOIST_FAILED;
    *out = c.sum;
    return JOIST_OK;
}

static joist_status count_loaded(const jst_line_table *t, int fd, uint64_t begin, joist_text loaded,
                                 jst_line_count *out, joist_error *e)
{
    size_t skip = begin ? 1 : bom_length(loaded.ptr, loaded.len);
    jst_line_counter c = { .at_start = begin == 0 || loaded.ptr[0] == '\n' };
    jst_count_feed(&c, loaded.ptr + skip, loaded.len - skip);
    uint64_t end = begin + loaded.len - (begin ? 1 : 0);
    joist_status status = finish_open_line(t, fd, end, &c, e);
    *out = c.sum;
    return status;
}

/* ---- the table ------------------------------------------------------------------------------- */
jst_line_table *jst_line_table_new(const char *path, uint64_t size, uint64_t block_size)
{
    jst_line_table *t = joist_calloc(1, sizeof *t);
    t->path = path;
    t->size = size;
    t->block_size = block_size;
    t->count = (size_t)((size + block_size - 1) / block_size);
    t->blocks = joist_calloc(t->count + 1, sizeof *t->blocks);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    return t;
}

void jst_line_table_free(jst_line_table *t)
{
    if (!t)
        return;
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    joist_free(t->blocks);
    joist_free(t);
}

uint64_t jst_line_table_block(const jst_line_table *t)
{
    return t->block_size;
}

static uint64_t block_end(const jst_line_table *t, size_t i)
{
    uint64_t end = (i + 1) * t->block_size;
    return end < t->size ? end : t->size;
}

/* Under the lock: adds up as far as the counted blocks reach without a gap. */
static void add_up(jst_line_table *t)
{
    while (t->known < t->count && t->blocks[t->known].progress == COUNTED) {
        const block *b = &t->blocks[t->known++];
        t->blocks[t->known].before.newlines = b->before.newlines + b->own.newlines;
        t->blocks[t->known].before.records = b->before.records + b->own.records;
    }
}

/* Under the lock, which is given up while counting: block i, which nobody has begun. */
static joist_status count_block(jst_line_table *t, int fd, size_t i, joist_text loaded,
                                joist_error *e)
{
    uint64_t begin = i * t->block_size;
    jst_line_count own;
    t->blocks[i].progress = BEING_COUNTED;
    pthread_mutex_unlock(&t->lock);
    joist_status status = loaded.ptr ? count_loaded(t, fd, begin, loaded, &own, e)
                                     : count_stored(t, fd, begin, block_end(t, i), &own, e);
    pthread_mutex_lock(&t->lock);
    t->blocks[i].progress = status ? NOT_BEGUN : COUNTED;
    t->blocks[i].own = own;
    add_up(t);
    pthread_cond_broadcast(&t->changed);
    return status;
}

/* Under the lock. */
static joist_status settle(jst_line_table *t, int fd, size_t wanted, joist_error *e)
{
    while (t->known < wanted) {
        if (t->blocks[t->known].progress == BEING_COUNTED)
            pthread_cond_wait(&t->changed, &t->lock);
        else if (count_block(t, fd, t->known, JOIST_NO_TEXT, e))
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

joist_status jst_line_table_before(jst_line_table *t, int fd, uint64_t begin, joist_text loaded,
                                   jst_line_count *out, joist_error *e)
{
    size_t i = (size_t)(begin / t->block_size);
    uint64_t inside = begin - i * t->block_size;
    jst_line_count rest = { 0, 0 };
    joist_status status = JOIST_OK;
    pthread_mutex_lock(&t->lock);
    if (loaded.ptr && !inside && t->blocks[i].progress == NOT_BEGUN)
        status = count_block(t, fd, i, loaded, e);
    if (!status)
        status = settle(t, fd, i, e);
    *out = t->blocks[i].before;
    pthread_mutex_unlock(&t->lock);
    if (status || !inside)
        return status;
    status = count_stored(t, fd, begin - inside, begin, &rest, e);
    out->newlines += rest.newlines;
    out->records += rest.records;
    return status;
}
