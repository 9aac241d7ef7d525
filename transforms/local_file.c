/* SPDX-License-Identifier: Apache-2.0
 * Local paths for stores. A directory is made durable by fsync of the one above it: a committed
 * file whose directory is lost by a power cut would not be committed. */
#include "local_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

char *jst_printable(char *s)
{
    for (char *c = s; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return s;
}

static joist_status refuse(joist_error *e, const char *what, const char *path)
{
    int error = errno;
    joist_failure failure = error == EINTR || error == EMFILE || error == ENFILE ? JOIST_TEMPORARY
                                                                                : JOIST_FATAL;
    joist_fail_with(e, failure, "%s %s: %s", what, path, strerror(error));
    if (e)
        jst_printable(e->message);
    return JOIST_FAILED;
}

char *jst_file_path(joist_text path, joist_error *e)
{
    if (path.len && !memchr(path.ptr, '\0', path.len))
        return joist_text_dup(path);
    joist_fail_with(e, JOIST_USAGE,
                    path.len ? "a path with a NUL byte names no file"
                             : "the URI names no file: a path is missing behind the ':'");
    return NULL;
}

char *jst_file_parent(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n && path[n - 1] != '/')
        n--;
    while (n > 1 && path[n - 1] == '/')
        n--;
    return n ? joist_text_dup((joist_text){ path, n }) : joist_strdup(".");
}

static bool is_directory(const char *path)
{
    struct stat st;
    if (stat(path, &st))
        return false;
    errno = ENOTDIR;
    return S_ISDIR(st.st_mode);
}

static joist_status directory_usable(const char *dir, joist_error *e)
{
    if (!is_directory(dir))
        return refuse(e, "cannot write below", dir);
    if (access(dir, W_OK | X_OK))
        return refuse(e, "cannot write into the directory", dir);
    return JOIST_OK;
}

joist_status jst_file_creatable(const char *path, joist_error *e)
{
    char *dir = jst_file_parent(path);
    while (access(dir, F_OK) && errno == ENOENT && strcmp(dir, ".") != 0 && strcmp(dir, "/") != 0) {
        char *up = jst_file_parent(dir);
        joist_free(dir);
        dir = up;
    }
    joist_status s = directory_usable(dir, e);
    joist_free(dir);
    return s;
}

static joist_status sync_directory(const char *dir, joist_error *e)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refuse(e, "cannot open the directory", dir);
    /* Some file systems refuse fsync of a directory; there it is not needed. */
    joist_status s = fsync(fd) && errno != EINVAL ? refuse(e, "cannot sync", dir) : JOIST_OK;
    close(fd);
    return s;
}

joist_status jst_file_sync_parent(const char *path, joist_error *e)
{
    char *dir = jst_file_parent(path);
    joist_status s = sync_directory(dir, e);
    joist_free(dir);
    return s;
}

static joist_status make_directory(const char *dir, joist_error *e)
{
    /* EEXIST: another run was faster, which is as good. */
    if (mkdir(dir, 0777) && !(errno == EEXIST && is_directory(dir)))
        return refuse(e, "cannot make the directory", dir);
    return jst_file_sync_parent(dir, e);
}

joist_status jst_file_make_parents(const char *path, joist_error *e)
{
    char *dir = jst_file_parent(path);
    joist_status s = JOIST_OK;
    if (!is_directory(dir)) {
        s = strcmp(dir, "/") != 0 && strcmp(dir, ".") != 0 ? jst_file_make_parents(dir, e)
                                                           : JOIST_OK;
        if (s == JOIST_OK)
            s = make_directory(dir, e);
    }
    joist_free(dir);
    return s;
}
