/* SPDX-License-Identifier: Apache-2.0
 * See layout.h. A file is put together in memory, spoilt if dirt says so, and written at once;
 * the ndjson stream goes out in pieces of a MiB, each a gzip member of its own with --gzip.
 * Tests: generate_test.c */
#include "layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gzip.h"

enum { PIECE = 1 << 20, PATH_SIZE = 4096 };

static bool fail(char *error, size_t size, const char *what, const char *path)
{
    snprintf(error, size, "cannot %s %s: %s.", what, path, strerror(errno));
    return false;
}

/* ---- files and folders ----------------------------------------------------------------------- */
static bool write_all(int fd, joist_text bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            bytes.ptr += n;
            bytes.len -= (size_t)n;
        }
    }
    return true;
}

bool write_file(const char *path, joist_text bytes, char *error, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(error, size, "create", path);
    bool written = write_all(fd, bytes);
    int why = errno;
    if (close(fd) == 0 && written)
        return true;
    if (!written)
        errno = why;
    return fail(error, size, "write", path);
}

bool make_folders(const char *path, bool whole, char *error, size_t size)
{
    char part[PATH_SIZE];
    if (snprintf(part, sizeof part, "%s%s", path, whole ? "/" : "") >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return fail(error, size, "use", path);
    }
    for (char *slash = part; (slash = strchr(slash + 1, '/')); *slash = '/') {
        *slash = '\0';
        if (mkdir(part, 0777) && errno != EEXIST)
            return fail(error, size, "create", part);
    }
    return true;
}

/* ---- one file of the folders ----------------------------------------------------------------- */
/* deactivate/YYYY/MM/DD/HH from YYYY-MM-DDTHH:… */
static bool enter_hour(output *out, int64_t hour_ms)
{
    char time[JOIST_TIME_SIZE], path[PATH_SIZE];
    joist_time_format(hour_ms, time);
    snprintf(out->folder, sizeof out->folder, "deactivate/%.4s/%.2s/%.2s/%.2s", time, time + 5,
             time + 8,
             time + 11);
    out->hour_ms = hour_ms;
    snprintf(path, sizeof path, "%s/%s", out->options->out, out->folder);
    return make_folders(path, true, out->error, sizeof out->error);
}

/* How many events the file that begins with this one takes: a shared object now and then, as the
 * collector makes them under load. */
static void plan_file(output *out, const event *e)
{
    const options *o = out->options;
    rng r = rng_of(out->source->seed, STREAM_LAYOUT, e->index);
    if (o->layout == LAYOUT_FILES) {
        uint64_t count = (uint64_t)o->count, files = (uint64_t)o->files, file = out->files;
        uint64_t next = e->index * files / count + 1;
        out->wanted = (next * count + files - 1) / files - e->index;
        out->lines = file % 8 != 7;
    } else {
        out->wanted = o->events_per_file ? (uint64_t)o->events_per_file
                    : rng_below(&r, 12) ? 1 : 2 + rng_below(&r, 7);
        out->lines = out->wanted > 1;
    }
    out->dirt = NULL;
    snprintf(out->name, sizeof out->name, "%lld-%s", (long long)e->received_ms, e->request_id);
}

static void spoil_file(output *out, dirt_target *t)
{
    event bearer = { .source = out->source,
                     .rng = rng_of(out->source->seed, STREAM_DIRT, out->dirt_index) };
    t->event = &bearer;
    out->dirt->apply(t);
}

/* Files in the folders have unlike fates: plain, or gzip by name. */
static bool finish_file(output *out)
{
    if (!out->events)
        return true;
    dirt_target t = { .bytes = &out->file, .suffix = out->lines ? ".ndjson" : ".json" };
    if (out->dirt)
        spoil_file(out, &t);
    bool pack = out->options->gzip && !out->dirt && out->files % 2 == 0;
    joist_buffer packed = { 0 };
    if (pack)
        gzip_append(&packed, out->file.ptr, out->file.len);
    joist_text bytes = joist_buffer_view(pack ? &packed : &out->file);
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s/%s%s%s%s", out->options->out, out->folder,
             t.hidden ? "." : "",
             out->name, t.suffix, pack ? ".gz" : "");
    bool written = write_file(path, bytes, out->error, sizeof out->error);
    out->files++;
    out->bytes += bytes.len;
    out->events = out->file.len = 0;
    joist_buffer_free(&packed);
    return written;
}

static bool add_to_folders(output *out, const event *e, joist_text record, const dirt_kind *dirt)
{
    bool other_hour = e->hour_ms != out->hour_ms;
    if ((out->events == out->wanted || other_hour) && !finish_file(out))
        return false;
    if (other_hour && !enter_hour(out, e->hour_ms))
        return false;
    if (!out->events)
        plan_file(out, e);
    if (dirt && !out->dirt) {
        out->dirt = dirt;
        out->dirt_index = e->index;
    }
    joist_buffer_text(&out->file, record);
    if (out->lines || out->wanted > 1)
        joist_buffer_byte(&out->file, '\n');
    out->events++;
    return true;
}

/* ---- one stream ------------------------------------------------------------------------------ */
static bool flush_piece(output *out)
{
    joist_buffer packed = { 0 };
    if (out->options->gzip)
        gzip_append(&packed, out->file.ptr, out->file.len);
    joist_text bytes = joist_buffer_view(out->options->gzip ? &packed : &out->file);
    bool written = write_all(out->stream, bytes);
    out->bytes += bytes.len;
    out->file.len = 0;
    joist_buffer_free(&packed);
    return written || fail(out->error, sizeof out->error, "write", out->options->out);
}

static bool add_to_stream(output *out, joist_text record)
{
    joist_buffer_text(&out->file, record);
    joist_buffer_byte(&out->file, '\n');
    return out->file.len < PIECE || flush_piece(out);
}

static bool open_stream(output *out)
{
    const char *path = out->options->out;
    out->stream = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    out->files = 1;
    return out->stream >= 0 || fail(out->error, sizeof out->error, "create", path);
}

static bool close_stream(output *out)
{
    bool written = flush_piece(out);
    if (close(out->stream) && written)
        written = fail(out->error, sizeof out->error, "write", out->options->out);
    return written;
}

/* ---- both ------------------------------------------------------------------------------------ */
bool output_open(output *out, const options *o, const source *s)
{
    *out = (output){ .options = o, .source = s, .stream = -1, .hour_ms = INT64_MIN };
    bool folder = o->layout != LAYOUT_NDJSON;
    return make_folders(o->out, folder, out->error,
                        sizeof out->error) && (folder || open_stream(out));
}

bool output_add(output *out, const event *e, joist_text record, const dirt_kind *file_dirt)
{
    return out->stream >= 0 ? add_to_stream(out, record) : add_to_folders(out, e, record,
        file_dirt);
}

bool output_close(output *out)
{
    bool closed = out->stream >= 0 ? close_stream(out) : finish_file(out);
    joist_buffer_free(&out->file);
    return closed;
}
