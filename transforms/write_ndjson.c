/* SPDX-License-Identifier: Apache-2.0
 * NDJSON store: one file of one JSON object a line, or of CSV if it is called .csv or the program
 * says so; gzip by the name's `.gz`. Records of type joist_line are written as their text, so that
 * a pipeline can write any text file.
 *
 * The file appears whole or not at all: rows go to a hidden file beside the target (names
 * beginning with a dot are never read as input), prepare makes it durable, commit renames it. A
 * run replaces the file of the run before; a killed one may leave its hidden file,
 * `.NAME.tmp-PID`, behind. */
#include "write_ndjson.h"

#include "csv_write.h"
#include "local_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 << 10, GZIP_WINDOW = 15 + 16 };

typedef struct store {
    joist_store base;
    const joist_table_spec *table;
    char *path, *hidden;
    int fd;                     /* -1: not open */
    enum { AS_JSON, AS_TEXT, AS_CSV } format;
    char separator;             /* of CSV */
    bool gzip, deflating;       /* by name; z is in use */
    bool broken, committed;
    joist_buffer rows, packed, cell;
    z_stream z;
} store;

static store *store_of(joist_store *s)
{
    return (store *)(void *)s;
}

static joist_status fail(store *s, const char *what, joist_error *e)
{
    int error = errno;
    s->broken = true;
    joist_fail_with(e, JOIST_FATAL, "cannot %s %s: %s", what, s->path, strerror(error));
    if (error == ENOSPC || error == EFBIG || error == EDQUOT)
        snprintf(e->hint, sizeof e->hint,
                 "free some space and run again; the file is as it was before");
    jst_printable(e->message);
    return JOIST_FAILED;
}

/* dir/.NAME.tmp-PID */
static char *hidden_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    joist_buffer b = { 0 };
    joist_buffer_add(&b, path, (size_t)(name - path));
    joist_buffer_printf(&b, ".%s.tmp-%ld", name, (long)getpid());
    char *hidden = joist_text_dup(joist_buffer_view(&b));
    joist_buffer_free(&b);
    return hidden;
}

/* ---- open ---------------------------------------------------------------------------------- */
static joist_status verify_target(const char *path, joist_error *e)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if ((there && !S_ISREG(st.st_mode)) || path[strlen(path) - 1] == '/') {
        joist_fail_with(e, JOIST_FATAL, "cannot write %s: it is %s", path,
                        !there || S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
        jst_printable(e->message);
        return JOIST_FAILED;
    }
    return jst_file_creatable(path, e);
}

static joist_status store_check(joist_text uri, const joist_table_spec *tables, size_t count,
                                joist_error *e)
{
    if (count != 1 || tables[0].outbox)
        return joist_fail_with(e, JOIST_USAGE, "the file '%.*s' holds one table and no outbox;"
                               " use sqlite:PATH for more", JOIST_ARG(uri));
    char *path = jst_file_path(joist_uri_rest(uri), e);
    joist_free(path);
    return path ? JOIST_OK : JOIST_FAILED;
}

static bool is_csv(const char *path, const joist_table_spec *table)
{
    joist_text name = joist_text_of(path);
    return table->csv || joist_text_ends(name, JOIST_TEXT(".csv"))
        || joist_text_ends(name, JOIST_TEXT(".csv.gz"));
}

static joist_status store_open(joist_text uri, const joist_table_spec *tables, size_t count,
                               const joist_run_identity *run, joist_env *env, joist_store **out,
                               joist_error *e)
{
    (void)env, (void)run;
    if (store_check(uri, tables, count, e) != JOIST_OK)
        return JOIST_FAILED;
    char *path = jst_file_path(joist_uri_rest(uri), e);
    if (!path || verify_target(path, e) != JOIST_OK) {
        joist_free(path);
        return JOIST_FAILED;
    }
    store *s = joist_calloc(1, sizeof *s);
    *s = (store){ .base.ops = &jst_ndjson_store,
                  .table = tables,
                  .path = path,
                  .fd = -1,
                  .hidden = hidden_name(path),
                  .format = is_csv(path, tables) ? AS_CSV : AS_JSON,
                  .separator = tables->separator ? tables->separator : ',',
                  .gzip = joist_text_ends(joist_text_of(path), JOIST_TEXT(".gz")) };
    if (strcmp(tables->type->name, "joist_line") == 0)
        s->format = AS_TEXT;
    *out = &s->base;
    return JOIST_OK;
}

/* ---- write --------------------------------------------------------------------------------- */
static joist_status create(store *s, joist_error *e)
{
    if (jst_file_make_parents(s->path, e) != JOIST_OK)
        return JOIST_FAILED;
    unlink(s->hidden);          /* of an earlier process with our number */
    s->fd = open(s->hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (s->fd < 0)
        return fail(s, "create", e);
    s->deflating = s->gzip && deflateInit2(&s->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
                                           Z_DEFAULT_STRATEGY) == Z_OK;
    if (s->gzip && !s->deflating) {
        errno = ENOMEM;
        return fail(s, "compress", e);
    }
    if (s->format == AS_CSV)
        jst_csv_write_header(&s->rows, s->table->type, s->separator);
    return JOIST_OK;
}

static joist_status write_bytes(store *s, const char *bytes, size_t n, joist_error *e)
{
    while (n) {
        ssize_t done = write(s->fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail(s, "write", e);
        bytes += done;
        n -= (size_t)done;
    }
    return JOIST_OK;
}

static joist_status write_packed(store *s, int how, joist_error *e)
{
    joist_status status = JOIST_OK;
    s->z.next_in = (Bytef *)(void *)s->rows.ptr;
    s->z.avail_in = (uInt)s->rows.len;
    do {
        s->packed.len = 0;
        s->z.next_out = (Bytef *)(void *)joist_buffer_reserve(&s->packed, BLOCK);
        s->z.avail_out = BLOCK;
        deflate(&s->z, how);    /* cannot fail: it has room, and the stream is sound */
        status = write_bytes(s, s->packed.ptr, BLOCK - s->z.avail_out, e);
    } while (status == JOIST_OK && s->z.avail_out == 0);
    return status;
}

static joist_status flush(store *s, bool last, joist_error *e)
{
    joist_status status = s->gzip ? write_packed(s, last ? Z_FINISH : Z_NO_FLUSH, e)
                                  : write_bytes(s, s->rows.ptr, s->rows.len, e);
    s->rows.len = 0;
    return status;
}

static void print_row(store *s, const void *row)
{
    if (s->format == AS_CSV) {
        jst_csv_write_record(&s->rows, &s->cell, s->table->type, row, s->separator);
        return;
    }
    if (s->format == AS_TEXT) {
        joist_text t;
        memcpy(&t, (const char *)row + s->table->type->fields[0].offset, sizeof t);
        joist_buffer_text(&s->rows, t);
    } else {
        joist_json_write_record(&s->rows, s->table->type, row, 0);
    }
    joist_buffer_byte(&s->rows, '\n');
}

static joist_status is_broken(store *s, joist_error *e)
{
    return joist_fail_with(e, JOIST_FATAL, "cannot write %s: an earlier write failed", s->path);
}

static joist_status store_write(joist_store *base, size_t table, const joist_rows *rows,
                                size_t *row, joist_error *e)
{
    store *s = store_of(base);
    (void)table;
    (void)row;
    if (s->broken)
        return is_broken(s, e);
    joist_status status = s->fd < 0 ? create(s, e) : JOIST_OK;
    for (size_t i = 0; i < rows->count && status == JOIST_OK; i++) {
        print_row(s, (const char *)rows->items + i * rows->size);
        if (s->rows.len >= BLOCK)
            status = flush(s, false, e);
    }
    s->broken = status != JOIST_OK;
    return status;
}

/* ---- prepare and commit -------------------------------------------------------------------- */
/* No rows make an empty file, or one with a header only: the run did happen. */
static joist_status store_prepare(joist_store *base, joist_error *e)
{
    store *s = store_of(base);
    if (s->broken)
        return is_broken(s, e);
    joist_status status = s->fd < 0 ? create(s, e) : JOIST_OK;
    if (status == JOIST_OK)
        status = flush(s, true, e);
    if (status == JOIST_OK && fsync(s->fd))
        status = fail(s, "sync", e);
    return status;
}

static joist_status store_commit(joist_store *base, joist_error *e)
{
    store *s = store_of(base);
    if (s->broken)
        return is_broken(s, e);
    if (s->committed)
        return JOIST_OK;
    if (rename(s->hidden, s->path))
        return fail(s, "replace", e);
    s->committed = true;
    return jst_file_sync_parent(s->path, e);
}

static void store_close(joist_store *base)
{
    store *s = store_of(base);
    if (s->deflating)
        deflateEnd(&s->z);
    if (s->fd >= 0) {
        close(s->fd);
        if (!s->committed)
            unlink(s->hidden);
    }
    joist_buffer_free(&s->rows);
    joist_buffer_free(&s->packed);
    joist_buffer_free(&s->cell);
    joist_free(s->hidden);
    joist_free(s->path);
    joist_free(s);
}

const joist_store_ops jst_ndjson_store = {
    .check = store_check, .open = store_open, .write = store_write, .prepare = store_prepare,
    .commit = store_commit,
    .close = store_close,
};
