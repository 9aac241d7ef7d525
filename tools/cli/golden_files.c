/* SPDX-License-Identifier: Apache-2.0
 * Golden folders are small: everything is read whole, paths are built in an arena, and a tree is
 * walked by recursion. */
#include "golden_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static joist_status refuse(joist_error *e, const char *what, joist_text path)
{
    return joist_fail_with(e, JOIST_FATAL, "cannot %s %.*s: %s", what, JOIST_ARG(path),
                           strerror(errno));
}

joist_text jst_golden_path(joist_arena *a, joist_text dir, const char *name)
{
    return joist_arena_printf(a, "%.*s/%s", JOIST_ARG(dir), name);
}

bool jst_golden_is_dir(joist_text path)
{
    struct stat st;
    return stat(path.ptr, &st) == 0 && S_ISDIR(st.st_mode);
}

bool jst_golden_is_there(joist_text path)
{
    return access(path.ptr, F_OK) == 0;
}

/* ---- listing --------------------------------------------------------------------------------- */
static int by_bytes(const void *a, const void *b)
{
    return joist_text_compare(*(const joist_text *)a, *(const joist_text *)b);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

jst_golden_names jst_golden_list(joist_arena *a, joist_text dir)
{
    joist_buffer names = { 0 };
    DIR *d = opendir(dir.ptr);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        joist_text name = joist_arena_printf(a, "%s", entry->d_name);
        if (!is_dots(name.ptr))
            joist_buffer_add(&names, &name, sizeof name);
    }
    if (d)
        closedir(d);
    jst_golden_names list = { NULL, names.len / sizeof(joist_text) };
    joist_text *items = joist_arena_alloc(a, names.len + 1);
    if (names.len)
        memcpy(items, names.ptr, names.len);
    qsort(items, list.count, sizeof *items, by_bytes);
    list.items = items;
    joist_buffer_free(&names);
    return list;
}

/* ---- whole files ----------------------------------------------------------------------------- */
static bool read_all(int fd, joist_buffer *out)
{
    for (;;) {
        char *at = joist_buffer_reserve(out, 1 << 16);
        ssize_t n = read(fd, at, 1 << 16);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        out->len += (size_t)n;
    }
}

bool jst_golden_read(joist_arena *a, joist_text path, joist_text *out, joist_error *e)
{
    joist_buffer bytes = { 0 };
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    bool there = fd >= 0 || errno != ENOENT, fine = fd >= 0 && read_all(fd, &bytes);
    if (there && !fine)
        refuse(e, "read", path);
    if (fd >= 0)
        close(fd);
    *out = joist_arena_text(a, joist_buffer_view(&bytes));
    joist_buffer_free(&bytes);
    return fine;
}

static bool write_all(int fd, joist_text bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        size_t done = n > 0 ? (size_t)n : 0;
        bytes = (joist_text){ bytes.ptr + done, bytes.len - done };
    }
    return true;
}

joist_status jst_golden_write(joist_text path, joist_text bytes, joist_error *e)
{
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool fine = fd >= 0 && write_all(fd, bytes);
    joist_status status = fine ? JOIST_OK : refuse(e, "write", path);
    if (fd >= 0)
        close(fd);
    return status;
}

/* ---- trees ----------------------------------------------------------------------------------- */
joist_status jst_golden_set_time(joist_text path, int64_t modified_ms, joist_error *e)
{
    int64_t rest = (modified_ms % 1000 + 1000) % 1000;
    struct timespec t = { (modified_ms - rest) / 1000, (long)rest * 1000000 };
    if (utimensat(AT_FDCWD, path.ptr, (struct timespec[]){ t, t }, AT_SYMLINK_NOFOLLOW))
        return refuse(e, "set the time of", path);
    return JOIST_OK;
}

static joist_status copy_link(joist_text from, joist_text to, joist_error *e)
{
    char target[PATH_MAX];
    ssize_t n = readlink(from.ptr, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    return n > 0 && symlink(target, to.ptr) == 0 ? JOIST_OK : refuse(e, "copy the link", from);
}

static joist_status copy_entries(joist_arena *a, joist_text from, joist_text to,
                                 int64_t modified_ms, joist_error *e)
{
    jst_golden_names names = jst_golden_list(a, from);
    joist_status status = mkdir(to.ptr, 0777) && errno != EEXIST ? refuse(e, "make", to)
                                                                  : JOIST_OK;
    for (size_t i = 0; i < names.count && status == JOIST_OK; i++)
        status = jst_golden_copy(a, jst_golden_path(a, from, names.items[i].ptr),
                                 jst_golden_path(a, to, names.items[i].ptr), modified_ms, e);
    return status;
}

joist_status jst_golden_copy(joist_arena *a, joist_text from, joist_text to, int64_t modified_ms,
                             joist_error *e)
{
    struct stat st;
    joist_text bytes;
    joist_status status = JOIST_FAILED;
    if (lstat(from.ptr, &st))
        return errno == ENOENT ? JOIST_OK : refuse(e, "read", from);
    if (S_ISDIR(st.st_mode))
        status = copy_entries(a, from, to, modified_ms, e);
    else if (S_ISLNK(st.st_mode))
        status = copy_link(from, to, e);
    else if (!S_ISREG(st.st_mode))
        joist_fail_with(e, JOIST_FATAL, "%.*s is no file, directory or link", JOIST_ARG(from));
    else if (jst_golden_read(a, from, &bytes, e))
        status = jst_golden_write(to, bytes, e);
    return status == JOIST_OK ? jst_golden_set_time(to, modified_ms, e) : status;
}

/* Memory where there is some: nothing here has to outlive a crash, and a case syncs hundreds of
 * times. */
static const char *temporary_root(void)
{
    const char *tmp = getenv("TMPDIR"), *memory = "/dev/shm";
    return tmp && *tmp ? tmp : access(memory, W_OK | X_OK) == 0 ? memory : "/tmp";
}

joist_status jst_golden_temporary(joist_arena *a, joist_text *out, joist_error *e)
{
    joist_text path = joist_arena_printf(a, "%s/joist-test-XXXXXX", temporary_root());
    char *name = joist_text_dup(path);
    bool made = mkdtemp(name);
    *out = joist_arena_printf(a, "%s", name);
    joist_free(name);
    return made ? JOIST_OK : refuse(e, "make a directory like", path);
}

void jst_golden_remove(joist_arena *a, joist_text path)
{
    struct stat st;
    if (lstat(path.ptr, &st))
        return;
    if (!S_ISDIR(st.st_mode)) {
        unlink(path.ptr);
        return;
    }
    jst_golden_names names = jst_golden_list(a, path);
    for (size_t i = 0; i < names.count; i++)
        jst_golden_remove(a, jst_golden_path(a, path, names.items[i].ptr));
    rmdir(path.ptr);
}
