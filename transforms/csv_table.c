/* SPDX-License-Identifier: Apache-2.0
 * One walker goes through the file under the lock and leaves the place of the first record of every
 * block; a place within a block is found from there. */
#include "csv_table.h"

#include <pthread.h>

#include "read_input.h"

enum { PIECE = 256 << 10 };

typedef struct walker {
    jst_csv_place at;           /* a record's beginning */
    uint64_t end;               /* of what is in `bytes` */
    size_t next, count;         /* bytes[next .. count) are to be looked at */
    char *bytes;
} walker;

struct jst_csv_table {
    const char *path;
    uint64_t size, block;
    char separator;
    pthread_mutex_t lock;
    jst_csv_place at;           /* as far as the file is known */
    bool headed;
    uint64_t header[2];
    jst_csv_place *places;      /* of the first record of each block */
    size_t count, known;
};

jst_csv_table *jst_csv_table_new(const char *path, uint64_t size, uint64_t block, char separator)
{
    jst_csv_table *t = joist_calloc(1, sizeof *t);
    t->path = path;
    t->size = size;
    t->block = block;
    t->separator = separator;
    t->at.line = 1;
    t->count = (size_t)((size + block - 1) / block);
    t->places = joist_calloc(t->count + 1, sizeof *t->places);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void jst_csv_table_free(jst_csv_table *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    joist_free(t->places);
    joist_free(t);
}

/* ---- walking --------------------------------------------------------------------------------- */
static void walker_begin(walker *w, jst_csv_place at)
{
    *w = (walker){ .at = at, .end = at.offset, .bytes = joist_malloc(PIECE) };
}

static void walker_end(walker *w)
{
    joist_free(w->bytes);
    w->bytes = NULL;
}

static joist_status refill(const jst_csv_table *t, walker *w, int fd, joist_error *e)
{
    uint64_t left = t->size - w->end;
    w->next = 0;
    w->count = left < PIECE ? (size_t)left : PIECE;
    if (w->count && jst_read_at(fd, t->path, w->bytes, w->count, w->end, e))
        return JOIST_FAILED;
    w->end += w->count;
    return JOIST_OK;
}

/* Over one record or empty line; *length: of the record without its line end, 0: it is none. At the
 * end of the file `at` stays there. */
static joist_status step(const jst_csv_table *t, walker *w, int fd, uint64_t *length,
                         joist_error *e)
{
    jst_csv_scan s;
    bool ended = false, returned = false;
    jst_csv_scan_begin(&s, t->separator);
    while (!ended) {
        size_t used;
        if (w->next == w->count && (refill(t, w, fd, e) || w->count == 0))
            break;
        returned = returned || (s.total == 0 && w->next < w->count && w->bytes[w->next] == '\r');
        ended = jst_csv_scan_feed(&s, w->bytes + w->next, w->count - w->next, &used);
        w->next += used;
    }
    if (!ended && w->end < t->size)
        return JOIST_FAILED;
    *length = s.total - ended;
    *length = *length == 1 && returned ? 0 : *length;
    w->at.offset += s.total;
    w->at.line += s.newlines;
    return JOIST_OK;
}

/* Steps on to the first record at `begin` or later. */
static joist_status walk_to(const jst_csv_table *t, walker *w, int fd, uint64_t begin,
                            joist_error *e)
{
    uint64_t length;
    while (w->at.offset < begin && w->at.offset < t->size) {
        if (step(t, w, fd, &length, e))
            return JOIST_FAILED;
        w->at.record += length > 0;
    }
    return JOIST_OK;
}

/* ---- the table ------------------------------------------------------------------------------- */
static joist_status skip_mark(jst_csv_table *t, walker *w, int fd, joist_error *e)
{
    char first[3];
    if (t->size < sizeof first)
        return JOIST_OK;
    if (jst_read_at(fd, t->path, first, sizeof first, 0, e))
        return JOIST_FAILED;
    if (memcmp(first, "\xef\xbb\xbf", sizeof first) == 0)
        w->at.offset = w->end = sizeof first;
    return JOIST_OK;
}

static joist_status find_header(jst_csv_table *t, walker *w, int fd, joist_error *e)
{
    uint64_t length = 0;
    joist_status status = skip_mark(t, w, fd, e);
    while (status == JOIST_OK && !length && w->at.offset < t->size) {
        t->header[0] = w->at.offset;
        status = step(t, w, fd, &length, e);
    }
    t->header[1] = length;
    t->headed = status == JOIST_OK;
    return status;
}

/* Under the lock: the places of all blocks up to number i. */
static joist_status settle(jst_csv_table *t, int fd, size_t i, joist_error *e)
{
    walker w;
    if (t->known > i)
        return JOIST_OK;
    walker_begin(&w, t->at);
    joist_status status = t->headed ? JOIST_OK : find_header(t, &w, fd, e);
    while (status == JOIST_OK && t->known <= i) {
        status = walk_to(t, &w, fd, t->known * t->block, e);
        if (status == JOIST_OK)
            t->places[t->known++] = t->at = w.at;
    }
    walker_end(&w);
    return status;
}

joist_status jst_csv_table_seek(jst_csv_table *t, int fd, uint64_t begin, jst_csv_place *out,
                                uint64_t header[2], joist_error *e)
{
    walker w;
    size_t i = (size_t)(begin / t->block);
    pthread_mutex_lock(&t->lock);
    joist_status status = settle(t, fd, i, e);
    *out = t->places[i];
    header[0] = t->header[0];
    header[1] = t->header[1];
    pthread_mutex_unlock(&t->lock);
    if (status != JOIST_OK || out->offset >= begin)
        return status;
    walker_begin(&w, *out);
    status = walk_to(t, &w, fd, begin, e);
    *out = w.at;
    walker_end(&w);
    return status;
}
