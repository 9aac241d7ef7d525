/* SPDX-License-Identifier: Apache-2.0
 * A temporary file beside the target, then a rename. Its name is the target's with six letters
 * behind, so one left behind by a crash says where it is from. */
#include "put_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct target { const char *path, *what; unsigned mode; } target;

static joist_status fail(const target *t, joist_error *e)
{
    return joist_fail_with(e, JOIST_FATAL, "cannot write %s to %s: %s", t->what, t->path,
                           strerror(errno));
}

static bool write_whole(int fd, const joist_buffer *text)
{
    size_t done = 0;
    while (done < text->len) {
        ssize_t n = write(fd, text->ptr + done, text->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static joist_status replace(const target *t, char *temporary, const joist_buffer *text,
                            joist_error *e)
{
    int fd = mkstemp(temporary);
    if (fd < 0)
        return fail(t, e);
    bool written = write_whole(fd, text) && fchmod(fd, t->mode) == 0;
    int error = errno;
    written = close(fd) == 0 && written;
    if (written && rename(temporary, t->path) == 0)
        return JOIST_OK;
    errno = written ? errno : error;
    joist_status s = fail(t, e);
    unlink(temporary);
    return s;
}

bool jst_cli_is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static joist_status pour(const target *t, const joist_buffer *text, joist_error *e)
{
    int fd = open(t->path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(t, e);
    bool written = write_whole(fd, text);
    int error = errno;
    close(fd);
    errno = error;
    return written ? JOIST_OK : fail(t, e);
}

joist_status jst_cli_put_file(const char *path, const char *what, const joist_buffer *text,
                              unsigned mode, joist_error *e)
{
    target t = { path, what, mode };
    if (jst_cli_is_special(path))
        return pour(&t, text, e);
    joist_buffer temporary = { 0 };
    joist_buffer_printf(&temporary, "%s.XXXXXX", path);
    joist_buffer_byte(&temporary, '\0');
    joist_status s = replace(&t, temporary.ptr, text, e);
    joist_buffer_free(&temporary);
    return s;
}
