/* SPDX-License-Identifier: Apache-2.0
 * Listing: every name below the input once, then one sort by the bytes of the relative path.
 *
 * A directory's names are read and judged while it is open; its subdirectories are entered only
 * after it is closed, so the depth of a tree costs no descriptors. A directory that is its own
 * ancestor (a symlink loop) is skipped; the same directory reached by two other ways is read twice,
 * as written. Limits: paths up to PATH_MAX; a name that vanishes between being read and being
 * looked at is skipped like a dangling link, whatever else cannot be looked at ends the run. */
#include "read_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hour_set.h"
#include "local_file.h"
#include "read_hour.h"

typedef struct hours { joist_time window, since, until; bool any; } hours;

typedef struct ancestor { uint64_t device, inode; const struct ancestor *up; } ancestor;

typedef struct subdir { const char *name; struct subdir *next; } subdir;

typedef struct walk {
    const joist_source_spec *spec;
    jst_listing *l;
    joist_error *e;
    hours hours;
    size_t scheme;          /* bytes of the URI in front of the path */
    size_t root;            /* bytes of `uri` in front of the relative path */
    joist_buffer uri;       /* of the directory being read, ends with '/' */
    joist_buffer folders;   /* jst_hour_folders of the input, then scratch */
    size_t folders_len;
    joist_arena *names;
    jst_hour_set *found;    /* NULL: files are wanted, not hours */
} walk;

bool jst_reads_text(const joist_type *type)
{
    return strcmp(type->name, joist_line_type.name) == 0;
}

static joist_status unreadable(joist_error *e, const char *what, const char *path)
{
    int error = errno;
    bool busy = error == EMFILE || error == ENFILE || error == EINTR;
    joist_fail_with(e, busy ? JOIST_TEMPORARY : JOIST_FATAL, "cannot %s '%.300s%s': %s", what,
                    path, strlen(path) > 300 ? "…" : "", strerror(error));
    if (e) {
        if (busy)
            snprintf(e->hint, sizeof e->hint, "run the same command again, or raise `ulimit -n`");
        else
            snprintf(e->hint, sizeof e->hint, "ls -ld '%.200s'", path);
        jst_printable(e->message);
        jst_printable(e->hint);
    }
    return JOIST_FAILED;
}

/* ---- names ----------------------------------------------------------------------------------- */
static bool ends_by_lines(joist_text name)
{
    if (joist_text_ends(name, JOIST_TEXT(".gz")))
        name.len -= 3;
    return joist_text_ends(name, JOIST_TEXT(".jsonl"))
        || joist_text_ends(name, JOIST_TEXT(".ndjson"));
}

static bool ends_by_values(joist_text name)
{
    return joist_text_ends(name, JOIST_TEXT(".json"))
        || joist_text_ends(name, JOIST_TEXT(".json.gz"));
}

static bool ends_csv(joist_text name)
{
    return joist_text_ends(name, JOIST_TEXT(".csv"))
        || joist_text_ends(name, JOIST_TEXT(".csv.gz"));
}

/* A joist_value is JSON wherever it comes from. */
static bool is_csv(const walk *w, joist_text name)
{
    bool typed = strcmp(w->spec->type->name, joist_value_type.name) != 0;
    return typed && !jst_reads_text(w->spec->type) && (w->spec->csv || ends_csv(name));
}

static jst_file_format format_of(const walk *w, joist_text name)
{
    if (is_csv(w, name))
        return JST_CSV;
    return jst_reads_text(w->spec->type) || ends_by_lines(name) ? JST_LINES : JST_JSON_VALUES;
}

static bool is_input_name(const walk *w, joist_text name)
{
    return format_of(w, name) != JST_JSON_VALUES || ends_by_values(name);
}

/* ---- windows --------------------------------------------------------------------------------- */
static joist_status parse_hour(joist_text text, const char *what, joist_time *out, joist_error *e)
{
    if (!text.len || joist_hour_parse(text, out))
        return JOIST_OK;
    joist_fail_with(e, JOIST_USAGE, "%s is no UTC hour: '%.*s' (write it YYYY-MM-DDTHH)", what,
                    JOIST_ARG(text));
    if (e)
        jst_printable(e->message);
    return JOIST_FAILED;
}

static joist_status parse_hours(const joist_source_spec *spec, hours *h, joist_error *e)
{
    if (parse_hour(spec->window, "the window", &h->window, e)
        || parse_hour(spec->since, "the first hour", &h->since, e)
        || parse_hour(spec->until, "the hour to stop before", &h->until, e))
        return JOIST_FAILED;
    h->any = h->window.set || h->since.set || h->until.set;
    return JOIST_OK;
}

static bool in_hours(const hours *h, joist_time hour)
{
    if (!h->any)
        return true;
    return hour.set && (!h->window.set || hour.ms == h->window.ms)
        && (!h->since.set || hour.ms >= h->since.ms) && (!h->until.set || hour.ms < h->until.ms);
}

/* ---- one file -------------------------------------------------------------------------------- */
static bool is_excepted(const joist_source_spec *spec, uint64_t device, uint64_t inode)
{
    for (size_t i = 0; i < spec->except_count; i++) {
        const joist_source *s = spec->except[i];
        if (s && s->ops->contains && s->ops->contains(s, device, inode))
            return true;
    }
    return false;
}

/* Leaves the path with its folders in w->folders; *at is where the hour begins in it, if there is
 * one. */
static joist_time find_hour(walk *w, joist_text path, size_t *at)
{
    joist_time hour;
    w->folders.len = w->folders_len;
    joist_buffer_text(&w->folders, path);
    jst_hour_find(joist_buffer_view(&w->folders), at, &hour);
    return hour;
}

/* From the hour on: borrows `path` unless the hour begins in the input's own folders. */
static joist_text hour_path(const walk *w, joist_text path, size_t at)
{
    size_t own = w->folders_len;
    if (at >= own)
        return (joist_text){ path.ptr + (at - own), path.len - (at - own) };
    return joist_arena_text(w->l->arena, (joist_text){ w->folders.ptr + at, w->folders.len - at });
}

static void keep_file(jst_listing *l, jst_input_file *file)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 64;
        l->files = joist_realloc(l->files, l->cap * sizeof *l->files);
    }
    l->files[l->count++] = file;
}

static joist_origin make_origin(walk *w, joist_text uri, size_t path_len, const struct stat *st)
{
    char *copy = memcpy(joist_arena_alloc(w->l->arena, uri.len + 1), uri.ptr, uri.len);
    copy[uri.len] = '\0';
    int64_t ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
    return (joist_origin){ .uri = { copy, uri.len }, .modified = JOIST_TIME_MS(ms),
                           .path = { copy + uri.len - path_len, path_len } };
}

/* The file at `uri`, whose last `path_len` bytes are its path in the input. */
static void add_file(walk *w, joist_text uri, size_t path_len, const struct stat *st)
{
    size_t at = w->folders_len;
    if (is_excepted(w->spec, st->st_dev, st->st_ino))
        return;
    joist_time hour = find_hour(w, (joist_text){ uri.ptr + uri.len - path_len, path_len }, &at);
    if (!in_hours(&w->hours, hour))
        return;
    jst_input_file *file = joist_arena_zalloc(w->l->arena, sizeof *file);
    joist_origin *o = &file->origin;
    *o = make_origin(w, uri, path_len, st);
    o->folder_hour = hour;
    o->hour_path = hour.set ? hour_path(w, o->path, at) : o->path;
    file->path = o->uri.ptr + w->scheme;
    file->size = (uint64_t)st->st_size;
    file->device = st->st_dev;
    file->inode = st->st_ino;
    file->format = format_of(w, o->path);
    keep_file(w->l, file);
}

/* ---- directories ----------------------------------------------------------------------------- */
typedef enum verdict { SKIP, TAKE, ENTER, BROKEN } verdict;

static verdict judge_status(walk *w, int dir, const char *name, struct stat *st)
{
    if (fstatat(dir, name, st, 0))
        return errno == ENOENT || errno == ELOOP ? SKIP : BROKEN;
    if (S_ISDIR(st->st_mode))
        return ENTER;
    return S_ISREG(st->st_mode) && is_input_name(w, joist_text_of(name)) ? TAKE : SKIP;
}

/* What the directory itself tells about a name often saves the look at the file. */
static verdict judge(walk *w, int dir, const struct dirent *entry, struct stat *st)
{
    const char *name = entry->d_name;
    if (name[0] == '.' || name[0] == '_')
        return SKIP;
    if (entry->d_type == DT_DIR)
        return ENTER;
    if (entry->d_type == DT_REG && !is_input_name(w, joist_text_of(name)))
        return SKIP;
    if (entry->d_type == DT_REG && w->found)
        return TAKE;            /* of an hour's file only the name counts */
    return judge_status(w, dir, name, st);
}

/* ---- hours ----------------------------------------------------------------------------------- */
/* Of the files in the directory being read. */
static joist_time hour_here(walk *w)
{
    size_t at;
    return find_hour(w, (joist_text){ w->uri.ptr + w->root, w->uri.len - w->root }, &at);
}

/* A year has 8,760 hours, and all but a few of them are done: those are not looked into. An hour
 * inside the folders of another hour is missed with it. */
static bool is_wanted(walk *w)
{
    joist_time hour = hour_here(w);
    return !hour.set || (in_hours(&w->hours, hour) && jst_hour_set_asks(w->found, hour.ms));
}

static void note_hour(walk *w)
{
    joist_time hour = hour_here(w);
    if (hour.set)
        jst_hour_set_add(w->found, hour.ms);
}

/* ---- names of directories -------------------------------------------------------------------- */
static const char *path_of(walk *w)
{
    joist_buffer_reserve(&w->uri, 1)[0] = '\0';
    return w->uri.ptr + w->scheme;
}

static void add_named(walk *w, const char *name, const struct stat *st)
{
    size_t len = w->uri.len;
    joist_buffer_text(&w->uri, joist_text_of(name));
    add_file(w, joist_buffer_view(&w->uri), w->uri.len - w->root, st);
    w->uri.len = len;
}

static void note_subdir(walk *w, const char *name, subdir **list)
{
    size_t size = strlen(name) + 1;
    subdir *s = joist_arena_alloc(w->names, sizeof *s);
    *s = (subdir){ memcpy(joist_arena_alloc(w->names, size), name, size), *list };
    *list = s;
}

static bool is_dot(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static joist_status read_names(walk *w, DIR *dir, subdir **subdirs)
{
    struct stat st;
    const struct dirent *entry;
    while ((void)(errno = 0), (entry = readdir(dir))) {
        if (is_dot(entry->d_name))
            continue;
        switch (judge(w, dirfd(dir), entry, &st)) {
        case SKIP: w->l->skipped++; break;
        case TAKE: w->found ? note_hour(w) : add_named(w, entry->d_name, &st); break;
        case ENTER: note_subdir(w, entry->d_name, subdirs); break;
        case BROKEN:
            joist_buffer_text(&w->uri, joist_text_of(entry->d_name));
            return unreadable(w->e, "look at", path_of(w));
        }
    }
    return errno ? unreadable(w->e, "read the directory", path_of(w)) : JOIST_OK;
}

static bool is_loop(const ancestor *up, const ancestor *here)
{
    for (; up; up = up->up)
        if (up->device == here->device && up->inode == here->inode)
            return true;
    return false;
}

static joist_status walk_directory(walk *w, const ancestor *up);

static joist_status walk_subdirs(walk *w, const subdir *s, const ancestor *up)
{
    size_t len = w->uri.len;
    for (; s; s = s->next) {
        joist_buffer_text(&w->uri, joist_text_of(s->name));
        joist_buffer_byte(&w->uri, '/');
        if (walk_directory(w, up))
            return JOIST_FAILED;
        w->uri.len = len;
    }
    return JOIST_OK;
}

static joist_status walk_directory(walk *w, const ancestor *up)
{
    if (w->found && !is_wanted(w))
        return JOIST_OK;
    DIR *dir = opendir(path_of(w));
    struct stat st;
    if (!dir || fstat(dirfd(dir), &st)) {
        unreadable(w->e, "read the directory", path_of(w));
        if (dir)
            closedir(dir);
        return JOIST_FAILED;
    }
    ancestor here = { st.st_dev, st.st_ino, up };
    bool loop = is_loop(up, &here);
    subdir *subdirs = NULL;
    w->l->skipped += loop;
    joist_status status = loop ? JOIST_OK : read_names(w, dir, &subdirs);
    closedir(dir);
    return status ? status : walk_subdirs(w, subdirs, &here);
}

/* ---- the input ------------------------------------------------------------------------------- */
/* A working directory that has no path any more (removed) counts as none. */
static void set_folders(walk *w, joist_text directory)
{
    char cwd[PATH_MAX];
    joist_text here = getcwd(cwd, sizeof cwd) ? joist_text_of(cwd) : JOIST_TEXT("");
    jst_hour_folders(here, directory, &w->folders);
    w->folders_len = w->folders.len;
}

static joist_status list_directory(walk *w, joist_text path)
{
    set_folders(w, path);
    joist_buffer_byte(&w->uri, '/');
    w->root = w->uri.len;
    return walk_directory(w, NULL);
}

static joist_status list_file(walk *w, joist_text path, const struct stat *st)
{
    size_t name = path.len;
    while (name && path.ptr[name - 1] != '/')
        name--;
    set_folders(w, (joist_text){ path.ptr, name });
    add_file(w, joist_buffer_view(&w->uri), path.len - name, st);
    return JOIST_OK;
}

static joist_status list_input(walk *w, bool optional, bool *found)
{
    struct stat st;
    joist_text path = { w->uri.ptr + w->scheme, w->uri.len - w->scheme };
    *found = stat(path_of(w), &st) == 0;
    path.ptr = w->uri.ptr + w->scheme;      /* path_of may have moved it */
    if (!*found && optional && (errno == ENOENT || errno == ENOTDIR))
        return JOIST_OK;
    if (!*found)
        return unreadable(w->e, "read", path_of(w));
    if (S_ISREG(st.st_mode))
        return list_file(w, path, &st);
    if (S_ISDIR(st.st_mode)) {
        char *copy = joist_text_dup(path);
        joist_status status = list_directory(w, joist_text_of(copy));
        joist_free(copy);
        return status;
    }
    joist_fail_with(w->e, JOIST_FATAL, "cannot read '%s': it is neither a file nor a directory",
                    path_of(w));
    if (w->e)
        jst_printable(w->e->message);
    return JOIST_FAILED;
}

static int by_path(const void *a, const void *b)
{
    const jst_input_file *const *x = a, *const *y = b;
    return joist_text_compare((*x)->origin.path, (*y)->origin.path);
}

static void put_in_order(const joist_source_spec *spec, jst_listing *l)
{
    if (l->count)
        qsort(l->files, l->count, sizeof *l->files, by_path);
    for (size_t i = 0; i < l->count; i++)
        l->files[i]->origin.rank = spec->first_rank + i;
}

static joist_status list_all(walk *w, bool optional, bool *found)
{
    joist_text uri = w->spec->uri;
    char *checked = jst_file_path(joist_uri_rest(uri), w->e);
    if (!checked || parse_hours(w->spec, &w->hours, w->e)) {
        joist_free(checked);
        return JOIST_FAILED;
    }
    joist_free(checked);
    w->scheme = uri.len - joist_uri_rest(uri).len;
    joist_buffer_text(&w->uri, uri);
    return list_input(w, optional, found);
}

static joist_status walk_input(walk *w, bool optional, bool *found)
{
    *found = false;
    w->names = joist_arena_new();
    joist_status status = list_all(w, optional, found);
    joist_buffer_free(&w->uri);
    joist_buffer_free(&w->folders);
    joist_arena_free(w->names);
    return status;
}

joist_status jst_list_hours(const joist_source_spec *spec, const joist_hours *known,
                            joist_arena *arena, joist_hours *out, joist_error *e)
{
    jst_listing l = { .arena = joist_arena_new() };
    jst_hour_set set = { .known = known };
    walk w = { .spec = spec, .l = &l, .e = e, .found = &set };
    bool found;
    joist_status status = walk_input(&w, false, &found);
    *out = jst_hour_set_sorted(&set, arena);
    jst_hour_set_free(&set);
    jst_listing_free(&l);
    return status;
}

joist_status jst_list(const joist_source_spec *spec, bool optional, jst_listing *out, bool *found,
                      joist_error *e)
{
    *out = (jst_listing){ .arena = joist_arena_new() };
    walk w = { .spec = spec, .l = out, .e = e };
    joist_status status = walk_input(&w, optional, found);
    put_in_order(spec, out);
    if (status)
        jst_listing_free(out);
    return status;
}

void jst_listing_free(jst_listing *l)
{
    joist_free(l->files);
    joist_arena_free(l->arena);
    *l = (jst_listing){ 0 };
}
