/* SPDX-License-Identifier: Apache-2.0
 * A run on disk: the entries of a sealed share, partition by partition in key order, each as its
 * struct head followed by its bytes. The file has no name, so nothing is left behind whatever kills
 * us; it is read by the process that wrote it only, so positions keep their pointers. */
#include "shuffle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WRITE_BUFFER = 1 << 20 };

static int open_nameless(const char *directory)
{
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    joist_buffer path = { 0 };
    joist_buffer_printf(&path, "%s/joist-XXXXXX", directory);
    joist_buffer_byte(&path, '\0');
    fd = mkostemp(path.ptr, O_CLOEXEC);
    if (fd >= 0)
        unlink(path.ptr);
    joist_buffer_free(&path);
    return fd;
}

static joist_status flush(jst_shuffle *s, jst_share *share, joist_buffer *buffer, joist_error *e)
{
    for (size_t done = 0; done < buffer->len;) {
        ssize_t n = pwrite(share->fd, buffer->ptr + done, buffer->len - done,
                           (off_t)(share->file_size + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return joist_fail_with(e, JOIST_FATAL, "cannot write a temporary file in %s: %s",
                                   s->memory->directory, n ? strerror(errno) : "no space");
        done += (size_t)n;
    }
    share->file_size += buffer->len;
    atomic_fetch_add(&s->memory->spilled, buffer->len);
    buffer->len = 0;
    return JOIST_OK;
}

static joist_status write_partition(jst_shuffle *s, jst_share *share, size_t p,
                                    jst_segment *segment, joist_buffer *buffer, joist_error *e)
{
    uint64_t begin = share->file_size + buffer->len;
    for (size_t i = share->sorted_at[p]; i < share->sorted_at[p + 1]; i++) {
        jst_entry *entry = share->sorted[i];
        /* Padded so that the next one is aligned in a read buffer; the arena rounds up further. */
        entry->cap = (entry->key_len + entry->order_len + entry->value_len + 7) & ~7u;
        size_t size = sizeof *entry + entry->cap;
        jst_entry_copy(entry, joist_buffer_reserve(buffer, size));
        buffer->len += size;
        if (buffer->len >= WRITE_BUFFER && flush(s, share, buffer, e))
            return JOIST_FAILED;
    }
    *segment = (jst_segment){ begin, share->file_size + buffer->len - begin,
                              share->sorted_at[p + 1] - share->sorted_at[p] };
    return JOIST_OK;
}

static void empty_share(jst_share *share)
{
    joist_free(share->sorted);
    share->sorted = NULL;
    share->count = 0;
    memset(share->sorted_at, 0, sizeof share->sorted_at);
}

joist_status jst_spill(jst_shuffle *s, jst_share *share, joist_error *e)
{
    if (share->fd < 0)
        share->fd = open_nameless(s->memory->directory);
    if (share->fd < 0)
        return joist_fail_with(e, JOIST_FATAL, "cannot create a temporary file in %s: %s",
                               s->memory->directory, strerror(errno));
    share->runs = joist_realloc(share->runs, (share->runs_count + 1) * sizeof *share->runs);
    joist_buffer buffer = { 0 };
    joist_status status = JOIST_OK;
    for (size_t p = 0; p < JST_PARTITIONS && status == JOIST_OK; p++)
        status = write_partition(s, share, p, &share->runs[share->runs_count][p], &buffer, e);
    if (status == JOIST_OK)
        status = flush(s, share, &buffer, e);
    joist_buffer_free(&buffer);
    share->runs_count++;
    if (status == JOIST_OK)
        empty_share(share);
    return status;
}
