/* SPDX-License-Identifier: Apache-2.0
 * A directory: temporary name, fsync, rename, fsync of the folder. Readers skip names that begin
 * with a '.', so what a crash leaves half written is never an event. Folders of an hour are made
 * when the first object needs them, and each parent is synced, or a power cut could take a whole
 * hour away with its folder. The folder of the last hour stays open: the next object is likely to
 * go there. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW };

typedef struct folder { int fd; int users; char path[OBJECT_NAME_SIZE]; } folder;

typedef struct directory {
    char *root;
    int fd;                     /* of the root */
    pthread_mutex_t lock;       /* of `last` and of all users */
    folder *last;
} directory;

static bool fail(joist_error *e, const char *what, const char *name)
{
    int error = errno;
    joist_fail_with(e, JOIST_TEMPORARY, "cannot %s %s: %s", what, name, strerror(error));
    return false;
}

/* ---- folders --------------------------------------------------------------------------------- */
/* The folder `name` in `parent`, made durably if it is new; -1: it cannot be had. */
static int enter(int parent, const char *name)
{
    int fd = openat(parent, name, FOLDER_FLAGS);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    if (mkdirat(parent, name, 0777) != 0 && errno != EEXIST)
        return -1;
    fd = openat(parent, name, FOLDER_FLAGS);
    if (fd >= 0 && fsync(parent) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* `path` has components of digits and letters only: object_name made it. */
static int enter_all(int root, const char *path)
{
    char name[OBJECT_NAME_SIZE];
    int at = root;
    for (size_t n; at >= 0 && *path; path += n + (path[n] == '/')) {
        n = strcspn(path, "/");
        memcpy(name, path, n);
        name[n] = '\0';
        int next = enter(at, name);
        int error = errno;
        if (at != root)
            close(at);
        errno = error;
        at = next;
    }
    return at;
}

static void let_go(folder *f)
{
    if (f && --f->users == 0) {
        close(f->fd);
        joist_free(f);
    }
}

/* Somebody may have removed it while it was empty. */
static bool current(const folder *f)
{
    struct stat st;
    return fstat(f->fd, &st) == 0 && st.st_nlink > 0;
}

static folder *folder_take(directory *d, const char *path)
{
    pthread_mutex_lock(&d->lock);
    if (!d->last || strcmp(d->last->path, path) != 0 || !current(d->last)) {
        int fd = enter_all(d->fd, path);
        if (fd < 0) {
            pthread_mutex_unlock(&d->lock);
            return NULL;
        }
        let_go(d->last);
        d->last = joist_calloc(1, sizeof *d->last);
        d->last->fd = fd;
        d->last->users = 1;
        memcpy(d->last->path, path, strlen(path));
    }
    folder *f = d->last;
    f->users++;
    pthread_mutex_unlock(&d->lock);
    return f;
}

static void folder_drop(directory *d, folder *f)
{
    pthread_mutex_lock(&d->lock);
    let_go(f);
    pthread_mutex_unlock(&d->lock);
}

/* ---- one file -------------------------------------------------------------------------------- */
static bool write_whole(int fd, joist_text bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool write_synced(int folder_fd, const char *name, joist_text bytes)
{
    int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return false;
    bool good = write_whole(fd, bytes) && fsync(fd) == 0;
    int error = errno;
    good = close(fd) == 0 && good;
    errno = good ? 0 : error;
    return good;
}

/* Also after a rename that may not last: an answer of 503 should leave nothing behind. */
static bool give_up(int folder_fd, const char *name, joist_error *e, const char *what,
                    const char *object)
{
    fail(e, what, object);
    unlinkat(folder_fd, name, 0);
    return false;
}

static bool put_into(int fd, const char *file, joist_text bytes, const char *object,
                     joist_error *e)
{
    char temporary[OBJECT_NAME_SIZE];
    snprintf(temporary, sizeof temporary, ".%s.tmp", file);
    if (!write_synced(fd, temporary, bytes))
        return give_up(fd, temporary, e, "write", object);
    if (renameat(fd, temporary, fd, file) != 0)
        return give_up(fd, temporary, e, "rename", object);
    if (fsync(fd) != 0)
        return give_up(fd, file, e, "sync the folder of", object);
    return true;
}

static bool directory_put(void *self, const char *name, joist_text bytes, joist_error *e)
{
    directory *d = self;
    char path[OBJECT_NAME_SIZE];
    const char *file = strrchr(name, '/');
    snprintf(path, sizeof path, "%.*s", (int)(file - name), name);
    folder *f = folder_take(d, path);
    if (!f)
        return fail(e, "make the folder of", name);
    bool good = put_into(f->fd, file + 1, bytes, name, e);
    folder_drop(d, f);
    return good;
}

/* ---- the whole ------------------------------------------------------------------------------- */
static bool directory_check(void *self, joist_error *e)
{
    static const char name[] = ".collector-check";
    directory *d = self;
    unlinkat(d->fd, name, 0);
    bool good = write_synced(d->fd, name, JOIST_TEXT("may be deleted\n"));
    if (!good)
        fail(e, "write to", d->root);
    unlinkat(d->fd, name, 0);
    return good;
}

static void directory_close(void *self)
{
    directory *d = self;
    let_go(d->last);
    if (d->fd >= 0)
        close(d->fd);
    pthread_mutex_destroy(&d->lock);
    joist_free(d->root);
    joist_free(d);
}

static bool sync_parent(int fd)
{
    int parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = parent >= 0 && fsync(parent) == 0;
    if (parent >= 0)
        close(parent);
    return good;
}

/* The folder at `path`, its parents too, each synced into its own if it is new. */
static bool make_all(char *path)
{
    bool good = true;
    for (char *end = path; good && *end; ) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char next = *end;
        *end = '\0';
        if (mkdir(path, 0777) == 0) {
            int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            good = fd >= 0 && sync_parent(fd);
            if (fd >= 0)
                close(fd);
        } else {
            good = errno == EEXIST || errno == EROFS;
        }
        *end = next;
    }
    return good;
}

static void *directory_open(joist_text rest, joist_error *e)
{
    directory *d = joist_calloc(1, sizeof *d);
    d->root = joist_text_dup(rest.len ? rest : JOIST_TEXT("."));
    pthread_mutex_init(&d->lock, NULL);
    d->fd = make_all(d->root) ? open(d->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (d->fd < 0)
        fail(e, "open", d->root);
    else if (directory_check(d, e))
        return d;
    directory_close(d);
    return NULL;
}

/* One writer: while it syncs, the next object fills. More make smaller objects and fewer events. */
const store_kind store_directory = {
    "file", "DIR", 1, false, directory_open, directory_put, directory_check, directory_close,
};
