/* SPDX-License-Identifier: Apache-2.0
 * Files by pread into one buffer; gzip, told by its magic bytes, through up to two inflating
 * layers. A small plain file costs open, one pread and close.
 *
 * A file is read up to the size it had when it was listed: what is appended later belongs to the
 * next run. One that got shorter since then fails, because part of it would silently be missing. */
#include "read_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "local_file.h"

enum { CHUNK = 1 << 20 };       /* one pread */

void jst_input_init(jst_input *in, size_t cap)
{
    *in = (jst_input){ .fd = -1, .cap = cap };
    in->buf = joist_malloc(cap + JST_INPUT_SLACK);
    memset(in->buf + cap, 0, JST_INPUT_SLACK);
}

void jst_input_free(jst_input *in)
{
    jst_input_close(in);
    jst_gunzip_free(in->gunzip[0]);
    jst_gunzip_free(in->gunzip[1]);
    joist_free(in->buf);
    in->buf = NULL;
}

joist_status jst_read_failed(const char *path, joist_error *e)
{
    int error = errno;
    bool busy = error == EMFILE || error == ENFILE;
    joist_fail_with(e, busy ? JOIST_TEMPORARY : JOIST_FATAL, "cannot read '%.300s%s': %s", path,
                    strlen(path) > 300 ? "…" : "", strerror(error));
    if (e) {
        if (busy)
            snprintf(e->hint, sizeof e->hint, "run the same command again, or raise `ulimit -n`");
        else
            snprintf(e->hint, sizeof e->hint, "ls -l '%.200s'", path);
        jst_printable(e->message);
        jst_printable(e->hint);
    }
    return JOIST_FAILED;
}

/* O_NONBLOCK: a FIFO that took the file's place must not block the run. */
int jst_open_to_read(const char *path, joist_error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        jst_read_failed(path, e);
    return fd;
}

joist_status jst_input_open(jst_input *in, const char *path, uint64_t size, uint64_t begin,
                            joist_error *e)
{
    in->fd = jst_open_to_read(path, e);
    in->path = path;
    in->size = in->until = size;
    in->stored = in->offset = begin;
    in->layers = 0;
    in->known = begin > 0;
    in->eof = in->broken = false;
    in->at = in->end;
    in->dropped = 0;
    return in->fd < 0 ? JOIST_FAILED : JOIST_OK;
}

void jst_input_close(jst_input *in)
{
    if (in->fd >= 0)
        close(in->fd);
    in->fd = -1;
}

joist_status jst_read_changed(const char *path, const char *what, joist_error *e)
{
    joist_fail_with(e, JOIST_FATAL, "'%s' %s while it was read", path, what);
    if (e) {
        snprintf(e->hint, sizeof e->hint, "run again when nothing writes to it");
        jst_printable(e->message);
    }
    return JOIST_FAILED;
}

static ptrdiff_t pread_some(int fd, const char *path, char *out, size_t n, uint64_t begin,
                            joist_error *e)
{
    ssize_t got;
    do
        got = pread(fd, out, n, (off_t)begin);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        jst_read_failed(path, e);
    if (got == 0)
        jst_read_changed(path, "became shorter", e);
    return got > 0 ? got : -1;
}

joist_status jst_read_at(int fd, const char *path, char *out, size_t n, uint64_t begin,
                         joist_error *e)
{
    while (n) {
        ptrdiff_t got = pread_some(fd, path, out, n, begin, e);
        if (got < 0)
            return JOIST_FAILED;
        out += got;
        n -= (size_t)got;
        begin += (uint64_t)got;
    }
    return JOIST_OK;
}

/* ---- layers ---------------------------------------------------------------------------------- */
static ptrdiff_t pull_stored(void *input, char *out, size_t room)
{
    jst_input *in = input;
    bool wanted = in->stored < in->until;
    uint64_t left = (wanted ? in->until : in->size) - in->stored;
    size_t most = wanted ? CHUNK : JST_INPUT_STEP, n = room < most ? room : most;
    if (!left)
        return 0;
    ptrdiff_t got = pread_some(in->fd, in->path, out, left < n ? (size_t)left : n, in->stored,
                               in->e);
    if (got > 0)
        in->stored += (uint64_t)got;
    return got;
}

static ptrdiff_t pull(jst_input *in, char *out, size_t room)
{
    return in->layers ? jst_gunzip_pull(in->gunzip[in->layers - 1], out, room)
                      : pull_stored(in, out, room);
}

/* What `pull` gives so far is gzip and begins with these bytes: one layer more. */
static void add_layer(jst_input *in, const char *bytes, size_t n)
{
    jst_gunzip **g = &in->gunzip[in->layers];
    if (!*g)
        *g = jst_gunzip_new();
    jst_gunzip_begin(*g, in->layers ? jst_gunzip_pull : pull_stored,
                     in->layers ? (void *)in->gunzip[0] : (void *)in);
    jst_gunzip_give(*g, bytes, n);
    in->layers++;
}

/* The first bytes of the file, which tell what it is. `room` is at least JST_INPUT_STEP. */
static ptrdiff_t pull_first(jst_input *in, char *out, size_t room)
{
    for (;;) {
        size_t n = 0, most = in->size <= room && !in->layers ? room : JST_GUNZIP_INPUT;
        ptrdiff_t got = 1;
        while (n < 2 && (got = pull(in, out + n, most - n)) > 0)
            n += (size_t)got;
        if (got < 0)
            return got;
        if (in->layers == 2 || !jst_is_gzip(out, n)) {
            in->known = true;
            return (ptrdiff_t)n;
        }
        if (n > JST_GUNZIP_INPUT) {
            in->stored = 0;
            n = 0;
        }
        add_layer(in, out, n);
    }
}

/* ---- the buffer ------------------------------------------------------------------------------ */
static size_t room_wanted(const jst_input *in)
{
    uint64_t left = in->size - in->stored;
    return !in->layers && in->known && left < JST_INPUT_STEP ? (size_t)left : JST_INPUT_STEP;
}

static void move_to_front(jst_input *in)
{
    memmove(in->buf, in->buf + in->at, in->end - in->at);
    in->end -= in->at;
    in->at = 0;
}

static void grow(jst_input *in)
{
    in->cap *= 2;
    in->buf = joist_realloc(in->buf, in->cap + JST_INPUT_SLACK);
    memset(in->buf + in->cap, 0, JST_INPUT_SLACK);
}

static bool make_room(jst_input *in, bool pinned)
{
    size_t wanted = room_wanted(in);
    if (in->cap - in->end >= wanted)
        return true;
    if (pinned)
        return false;
    move_to_front(in);
    while (in->cap - in->end < wanted)
        grow(in);
    return true;
}

static jst_fill at_end(jst_input *in)
{
    in->eof = true;
    for (size_t i = 0; i < in->layers; i++)
        in->broken |= in->gunzip[i]->broken;
    return JST_FILL_END;
}

jst_fill jst_input_fill(jst_input *in, bool pinned, joist_error *e)
{
    if (in->eof)
        return JST_FILL_END;
    if (!make_room(in, pinned))
        return JST_FILL_PINNED;
    in->e = e;
    char *out = in->buf + in->end;
    size_t room = in->cap - in->end;
    ptrdiff_t got = in->known ? pull(in, out, room) : pull_first(in, out, room);
    if (got < 0)
        return JST_FILL_FAILED;
    if (got == 0)
        return at_end(in);
    in->end += (size_t)got;
    return JST_FILL_MORE;
}

jst_fill jst_input_skip_bom(jst_input *in, bool pinned, joist_error *e)
{
    static const char mark[3] = { '\xef', '\xbb', '\xbf' };
    for (;;) {
        size_t n = in->end - in->at, compared = n < sizeof mark ? n : sizeof mark;
        bool same = n == 0 || memcmp(in->buf + in->at, mark, compared) == 0;
        if (same && n >= sizeof mark)
            jst_input_consume(in, sizeof mark);
        if (!same || n >= sizeof mark)
            return JST_FILL_MORE;
        jst_fill fill = jst_input_fill(in, pinned, e);
        if (fill != JST_FILL_MORE)
            return fill;
    }
}
