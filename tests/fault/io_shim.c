/* SPDX-License-Identifier: Apache-2.0
 * A library for LD_PRELOAD that lets the n-th call of one kind go wrong; built by tests/lib/shim.py
 *
 *   JOIST_SHIM      KIND:N:HOW   which calls are counted, which one of them goes wrong, and how
 *                   KIND         open read write sync rename close unlink mkdir truncate lock
 *                                thread directory memory; "any": all but memory and thread
 *                   HOW          errno as a number; "short": half the bytes; "kill" and "stop":
 *                                SIGKILL or SIGSTOP before the call; "from-ERRNO": this call and
 *                                all after it fail
 *   JOIST_SHIM_IN   only files whose path contains this; descriptors count if their file does
 *   JOIST_SHIM_HIT  a file that is made when the call was reached, so that a loop over n knows its
 *                   end
 *
 * What the dynamic loader and libc's own stdio do inside does not come by here. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_FILES = 65536, SHORT = -1, KILL = -2, STOP = -3 };

static char kind[16], inside[512], hit[512];
static long long wanted, how;
static bool from_on;
static atomic_llong seen;
static atomic_uchar watched[MOST_FILES];

static void keep(char *to, size_t size, const char *value)
{
    snprintf(to, size, "%s", value ? value : "");
}

__attribute__((constructor)) static void begin(void)
{
    char text[64], action[32] = "";
    keep(text, sizeof text, getenv("JOIST_SHIM"));
    keep(inside, sizeof inside, getenv("JOIST_SHIM_IN"));
    keep(hit, sizeof hit, getenv("JOIST_SHIM_HIT"));
    if (sscanf(text, "%15[^:]:%lld:%31s", kind, &wanted, action) != 3)
        return;
    from_on = strncmp(action, "from-", 5) == 0;
    how = strcmp(action, "short") == 0 ? SHORT : strcmp(action, "kill") == 0 ? KILL
        : strcmp(action, "stop") == 0 ? STOP : strtoll(action + (from_on ? 5 : 0), NULL, 10);
}

/* By system calls: the real open and close are not known yet, or are the ones that fail. */
static void tell(void)
{
    long fd = syscall(SYS_openat, AT_FDCWD, hit, O_WRONLY | O_CREAT, 0666);
    if (fd >= 0)
        syscall(SYS_close, fd);
}

static bool counts(const char *what)
{
    if (!wanted)
        return false;
    return strcmp(kind, what) == 0 || (strcmp(kind, "any") == 0 && strcmp(what, "memory") != 0
                                       && strcmp(what, "thread") != 0);
}

/* Whether this call goes wrong: 0 no, else SHORT, STOP or an errno. */
static long long goes_wrong(const char *what)
{
    if (!counts(what))
        return 0;
    long long n = atomic_fetch_add(&seen, 1) + 1;
    if (n != wanted && !(from_on && n > wanted))
        return 0;
    if (n == wanted)
        tell();
    if (how == KILL || how == STOP)
        syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid),   /* it gets no further */
                how == KILL ? SIGKILL : SIGSTOP);
    return how;
}

static bool fails(const char *what)
{
    long long error = goes_wrong(what);
    if (error > 0)
        errno = (int)error;
    return error > 0;
}

static bool is_ours(const char *path)
{
    return path && inside[0] && strstr(path, inside);
}

static bool is_watched(int fd)
{
    return fd >= 0 && fd < MOST_FILES && atomic_load(&watched[fd]);
}

static int watch(int fd, const char *path)
{
    if (fd >= 0 && fd < MOST_FILES)
        atomic_store(&watched[fd], is_ours(path));
    return fd;
}

/* The real function behind the name of the one it is used in; a cast by way of memory, as ISO C has
 * none from an object to a function. */
#define REAL(result, name, ...)                                                                   \
    static result (*real)(__VA_ARGS__);                                                           \
    if (!real) {                                                                                  \
        void *found = dlsym(RTLD_NEXT, #name);                                                    \
        memcpy(&real, &found, sizeof real);                                                       \
    }

/* ---- opening --------------------------------------------------------------------------------- */

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(more, unsigned) : 0;
}

#define OPEN(name)                                                                                \
    int name(const char *path, int flags, ...)                                                    \
    {                                                                                             \
        REAL(int, name, const char *, int, ...)                                                   \
        va_list more;                                                                             \
        va_start(more, flags);                                                                    \
        mode_t mode = mode_of(flags, more);                                                       \
        va_end(more);                                                                             \
        return is_ours(path) && fails("open") ? -1 : watch(real(path, flags, mode), path);        \
    }
OPEN(open)
OPEN(open64)

#define TEMPORARY(name)                                                                           \
    int name(char *path, int flags)                                                               \
    {                                                                                             \
        REAL(int, name, char *, int)                                                              \
        return is_ours(path) && fails("open") ? -1 : watch(real(path, flags), path);              \
    }
TEMPORARY(mkostemp)
TEMPORARY(mkostemp64)

DIR *opendir(const char *path)
{
    REAL(DIR *, opendir, const char *)
    return is_ours(path) && fails("directory") ? NULL : real(path);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* `n` as it should be, cut, or nothing left to do because the call has failed. */
static bool cut(const char *what, int fd, size_t *n)
{
    long long error = is_watched(fd) ? goes_wrong(what) : 0;
    if (error > 0)
        errno = (int)error;
    if (error == SHORT && *n > 1)
        *n /= 2;
    return error > 0;
}

#define BYTES(name, what, type)                                                                   \
    ssize_t name(int fd, type bytes, size_t n)                                                    \
    {                                                                                             \
        REAL(ssize_t, name, int, type, size_t)                                                    \
        return cut(what, fd, &n) ? -1 : real(fd, bytes, n);                                       \
    }
BYTES(read, "read", void *)
BYTES(write, "write", const void *)

#define BYTES_AT(name, what, type, offset)                                                        \
    ssize_t name(int fd, type bytes, size_t n, offset at)                                         \
    {                                                                                             \
        REAL(ssize_t, name, int, type, size_t, offset)                                            \
        return cut(what, fd, &n) ? -1 : real(fd, bytes, n, at);                                   \
    }
BYTES_AT(pread, "read", void *, off_t)
BYTES_AT(pread64, "read", void *, off64_t)
BYTES_AT(pwrite, "write", const void *, off_t)
BYTES_AT(pwrite64, "write", const void *, off64_t)

/* ---- the rest of a file's life --------------------------------------------------------------- */

#define OF_FILE(name, what)                                                                       \
    int name(int fd)                                                                              \
    {                                                                                             \
        REAL(int, name, int)                                                                      \
        return is_watched(fd) && fails(what) ? -1 : real(fd);                                     \
    }
OF_FILE(fsync, "sync")
OF_FILE(fdatasync, "sync")

/* As Linux does it: the descriptor is gone, whatever close() says. */
int close(int fd)
{
    REAL(int, close, int)
    bool bad = is_watched(fd) && fails("close");
    int error = errno;
    watch(fd, NULL);
    int result = real(fd);
    if (bad)
        errno = error;
    return bad ? -1 : result;
}

int ftruncate64(int fd, off64_t size)
{
    REAL(int, ftruncate64, int, off64_t)
    return is_watched(fd) && fails("truncate") ? -1 : real(fd, size);
}

int fcntl64(int fd, int command, ...)
{
    REAL(int, fcntl64, int, int, ...)
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    bool locks = command == F_SETLK || command == F_SETLKW || command == F_GETLK;
    return locks && is_watched(fd) && fails("lock") ? -1 : real(fd, command, argument);
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *)
    return is_ours(to) && fails("rename") ? -1 : real(from, to);
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *)
    return is_ours(path) && fails("unlink") ? -1 : real(path);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, mkdir, const char *, mode_t)
    return is_ours(path) && fails("mkdir") ? -1 : real(path, mode);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how_made, void *(*f)(void *), void *arg)
{
    REAL(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)
    return fails("thread") ? EAGAIN : real(thread, how_made, f, arg);
}

/* ---- memory of the libraries; dlsym itself needs none from here after its first use ---------- */

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

#define MEMORY(name, parameters, ...)                                                             \
    void *(name) parameters                                                                       \
    {                                                                                             \
        return fails("memory") ? NULL : __libc_##name(__VA_ARGS__);                               \
    }
MEMORY(malloc, (size_t n), n)
MEMORY(calloc, (size_t count, size_t n), count, n)
MEMORY(realloc, (void *old, size_t n), old, n)
