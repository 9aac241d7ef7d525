/* SPDX-License-Identifier: Apache-2.0
 * sync_file_range(2) starts writing and does not wait. */
#include "sqlite_ahead.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 16 << 20 };

void jst_ahead_open(jst_ahead *a, const char *path)
{
    *a = (jst_ahead){ .fd = open(path, O_WRONLY | O_CLOEXEC) };
}

void jst_ahead_step(jst_ahead *a)
{
    struct stat st;
    if (a->fd < 0 || fstat(a->fd, &st) || st.st_size - a->started < STEP)
        return;
    sync_file_range(a->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    a->started = st.st_size;
}

void jst_ahead_close(jst_ahead *a)
{
    if (a->fd >= 0)
        close(a->fd);
    a->fd = -1;
}
