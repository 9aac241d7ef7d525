/* SPDX-License-Identifier: Apache-2.0
 * The floors: how fast this machine hands out the bytes, and how fast it checks that every line
 * is a JSON object, with nothing else done.
 *
 *     floor read|parse|dom|decode PATH THREADS
 *
 * `parse` is the project's own strict parser (simdjson's stage 1 and our walk), which keeps
 * nothing here; `dom` is simdjson's, which builds its tape; `decode` makes the record that the
 * flagship's `parse` step makes, and drops it. PATH is a file, cut at line ends into
 * jobs of 128 KiB, or a folder tree, a job per .ndjson file. Prints one JSON object. A job is read
 * whole, so a line of any length is fine but costs its memory. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <joist.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../pipelines/deactivate/event.h"
#include "../../transforms/json_walk.h"
#include "floor_dom.h"

enum { JOB_BYTES = 128 << 10, MOST_THREADS = 64 };

typedef enum mode { READ, PARSE, DOM, DECODE } mode;
typedef struct job { char *path; off_t begin, end; } job;
typedef struct counts { uint64_t bytes, records, refused; } counts;
typedef struct parsers { jst_simdjson *index; jst_dom *dom; joist_arena *arena; } parsers;

static struct { job *items; size_t count, cap; } jobs;
static mode what;
static atomic_size_t next_job;

static void die(const char *doing, const char *path)
{
    fprintf(stderr, "floor: %s %s: %s\n", doing, path, strerror(errno));
    exit(1);
}

/* ---- the jobs -------------------------------------------------------------------------------- */
static void add_job(const char *path, off_t begin, off_t end)
{
    if (jobs.count == jobs.cap) {
        jobs.cap = jobs.cap ? 2 * jobs.cap : 1024;
        jobs.items = joist_realloc(jobs.items, jobs.cap * sizeof *jobs.items);
    }
    size_t len = strlen(path) + 1;
    jobs.items[jobs.count++] = (job){ memcpy(joist_malloc(len), path, len), begin, end };
}

static int add_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)at;
    size_t len = strlen(path);
    if (kind == FTW_F && len > 7 && strcmp(path + len - 7, ".ndjson") == 0)
        add_job(path, 0, st->st_size);
    return 0;
}

/* The offset behind the first line end at or after `from`. */
static off_t behind_line(int fd, const char *path, off_t from, off_t size)
{
    char block[4096];
    while (from < size) {
        ssize_t n = pread(fd, block, sizeof block, from);
        if (n <= 0)
            die("cannot read", path);
        const char *end = memchr(block, '\n', (size_t)n);
        if (end)
            return from + (end - block) + 1;
        from += n;
    }
    return size;
}

static void cut_file(const char *path, off_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("cannot open", path);
    for (off_t begin = 0; begin < size; ) {
        off_t end = behind_line(fd, path, begin + JOB_BYTES, size);
        add_job(path, begin, end);
        begin = end;
    }
    close(fd);
}

static void make_jobs(const char *path)
{
    struct stat st;
    if (stat(path, &st))
        die("cannot find", path);
    if (S_ISREG(st.st_mode))
        cut_file(path, st.st_size);
    else if (nftw(path, add_file, 64, FTW_PHYS))
        die("cannot list", path);
}

/* ---- the work -------------------------------------------------------------------------------- */
static bool walk_line(const char *line, size_t len, jst_simdjson *parser)
{
    static const jst_plan_node root = { .end = 1 };
    static const jst_plan plan = { .nodes = (jst_plan_node *)&root, .node_count = 1 };
    jst_slot slot = { 0 };
    jst_walk walk = { .text = { line, len }, .plan = &plan, .slots = &slot };
    return jst_simdjson_index(parser, line, len, &walk.index.offsets, &walk.index.count)
               == JST_INDEX_OK
        && jst_json_walk(&walk);
}

static bool decode_line(const char *line, size_t len, joist_arena *arena)
{
    sent record;
    joist_warnings warnings = { .arena = arena };
    return joist_json_decode_with((joist_text){ line, len }, &sent_type, &record, arena, &warnings,
                                  NULL);
}

static bool accepts(parsers *by, const char *line, size_t len)
{
    return what == DOM    ? jst_dom_parse(by->dom, line, len)
         : what == DECODE ? decode_line(line, len, by->arena) : walk_line(line, len, by->index);
}

static void parse(const char *bytes, size_t len, parsers *by, counts *sum)
{
    for (const char *end = bytes + len; bytes < end; ) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t line = (size_t)((stop ? stop : end) - bytes);
        sum->records += line != 0;
        sum->refused += line && !accepts(by, bytes, line);
        bytes += line + 1;
    }
    joist_arena_reset(by->arena);
}

static void read_whole(const job *j, char *to, size_t len)
{
    int fd = open(j->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("cannot open", j->path);
    for (size_t done = 0; done < len; ) {
        ssize_t n = pread(fd, to + done, len - done, j->begin + (off_t)done);
        if (n <= 0)
            die("cannot read", j->path);
        done += (size_t)n;
    }
    close(fd);
}

static void *work(void *result)
{
    counts sum = { 0 };
    joist_buffer buffer = { 0 };
    parsers by = { jst_simdjson_new(), jst_dom_new(), joist_arena_new() };
    for (size_t i; (i = atomic_fetch_add(&next_job, 1)) < jobs.count; ) {
        const job *j = &jobs.items[i];
        size_t len = (size_t)(j->end - j->begin);
        buffer.len = 0;
        char *bytes = joist_buffer_reserve(&buffer, len + JST_SIMDJSON_PADDING);
        read_whole(j, bytes, len);
        sum.bytes += len;
        if (what != READ)
            parse(bytes, len, &by, &sum);
    }
    jst_simdjson_free(by.index);
    jst_dom_free(by.dom);
    joist_arena_free(by.arena);
    joist_buffer_free(&buffer);
    *(counts *)result = sum;
    return NULL;
}

static counts work_together(long threads)
{
    pthread_t started[MOST_THREADS];
    counts each[MOST_THREADS], sum = { 0 };
    for (long i = 0; i < threads; i++)
        if (pthread_create(&started[i], NULL, work, &each[i]))
            die("cannot start", "a thread");
    for (long i = 0; i < threads; i++) {
        pthread_join(started[i], NULL);
        sum.bytes += each[i].bytes;
        sum.records += each[i].records;
        sum.refused += each[i].refused;
    }
    return sum;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool mode_of(const char *word)
{
    static const char *const words[] = { "read", "parse", "dom", "decode" };
    for (what = READ; what <= DECODE; what++)
        if (strcmp(words[what], word) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    long threads = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    if (threads < 1 || threads > MOST_THREADS || !mode_of(argv[1])) {
        fputs("usage: floor read|parse|dom|decode PATH THREADS\n", stderr);
        return 2;
    }
    double start = now();
    make_jobs(argv[2]);
    counts sum = work_together(threads);
    printf("{\"seconds\":%.6f,\"bytes\":%llu,\"records\":%llu,\"refused\":%llu,"
           "\"kernel\":\"%s\"}\n", now() - start, (unsigned long long)sum.bytes,
           (unsigned long long)sum.records, (unsigned long long)sum.refused, jst_simdjson_kernel());
    return 0;
}
