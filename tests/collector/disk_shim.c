/* SPDX-License-Identifier: Apache-2.0
 * A library for LD_PRELOAD that plays the disk of a collector, built by disk_test.py.
 *
 *   DISK_MIRROR  a folder that gets what a power cut would leave: what a file held when it was
 *                synced (file-INODE), and the names a folder had when that was synced
 *                (dir-INODE/NAME: links to the mirror of a file or folder). Nothing else is safe.
 *   DISK_DIR     `lies`: folders are not mirrored, as if their sync did nothing
 *   DISK_FAIL    KIND:N, KIND of create write sync rename mkdir: the N-th such call is an EIO */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char kind[16];
static long wanted;
static atomic_long seen;
static const char *mirror;
static bool dirs_lie;

__attribute__((constructor)) static void begin(void)
{
    const char *fail = getenv("DISK_FAIL"), *dir = getenv("DISK_DIR");
    if (fail && sscanf(fail, "%15[^:]:%ld", kind, &wanted) != 2)
        abort();
    mirror = getenv("DISK_MIRROR");
    dirs_lie = dir && strcmp(dir, "lies") == 0;
}

static bool fails(const char *what)
{
    if (strcmp(kind, what) != 0 || atomic_fetch_add(&seen, 1) + 1 != wanted)
        return false;
    errno = EIO;
    return true;
}

/* A cast by way of memory, as ISO C has none from an object to a function. */
#define REAL(result, name, ...)                                                                   \
    static result (*real)(__VA_ARGS__);                                                           \
    if (!real) {                                                                                  \
        void *found = dlsym(RTLD_NEXT, #name);                                                    \
        memcpy(&real, &found, sizeof real);                                                       \
    }

/* ---- the mirror ------------------------------------------------------------------------------ */
static void keep_file(int fd, const struct stat *st)
{
    char path[512], block[65536];
    snprintf(path, sizeof path, "%s/file-%llu", mirror, (unsigned long long)st->st_ino);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int in = open(path, O_RDONLY);
    for (ssize_t n; in >= 0 && out >= 0 && (n = read(in, block, sizeof block)) > 0;)
        if (write(out, block, (size_t)n) != n)
            abort();
    close(in);
    close(out);
}

static void keep_name(int folder, const char *in, const char *name)
{
    struct stat st;
    char from[512], to[512];
    if (name[0] == '.' || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    snprintf(to, sizeof to, "%.200s/%.200s", in, name);
    snprintf(from, sizeof from, S_ISDIR(st.st_mode) ? "../dir-%llu" : "../file-%llu",
             (unsigned long long)st.st_ino);
    if (symlink(from, to) != 0 && errno != EEXIST)
        abort();
}

static void keep_dir(int fd, const struct stat *st)
{
    char path[256];
    snprintf(path, sizeof path, "%.200s/dir-%llu", mirror, (unsigned long long)st->st_ino);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        abort();
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY);
    DIR *dir = again >= 0 ? fdopendir(again) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));)
        keep_name(fd, path, e->d_name);
    if (dir)
        closedir(dir);
}

/* ---- calls ----------------------------------------------------------------------------------- */
int fsync(int fd)
{
    REAL(int, fsync, int)
    struct stat st;
    if (fails("sync"))
        return -1;
    int result = real(fd);
    if (mirror && result == 0 && fstat(fd, &st) == 0) {
        if (!S_ISDIR(st.st_mode))
            keep_file(fd, &st);
        else if (!dirs_lie)
            keep_dir(fd, &st);
    }
    return result;
}

int openat(int folder, const char *path, int flags, ...)
{
    REAL(int, openat, int, const char *, int, ...)
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(more, unsigned) : 0;
    va_end(more);
    return flags & O_CREAT && fails("create") ? -1 : real(folder, path, flags, mode);
}

/* Of a file: not of the log, nor of what wakes a thread. */
ssize_t write(int fd, const void *bytes, size_t len)
{
    REAL(ssize_t, write, int, const void *, size_t)
    struct stat st;
    bool file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    return file && fails("write") ? -1 : real(fd, bytes, len);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    REAL(int, renameat, int, const char *, int, const char *)
    return fails("rename") ? -1 : real(from_folder, from, to_folder, to);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    REAL(int, mkdirat, int, const char *, mode_t)
    return fails("mkdir") ? -1 : real(folder, path, mode);
}
