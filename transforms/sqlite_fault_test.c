/* SPDX-License-Identifier: Apache-2.0
 * Tests: write_sqlite.c, when the disk is full at every size and when the writer is killed at any
 * moment: the store holds its old content or, after commit, its new one, never anything else. */
#include "sqlite_test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define ENTRY(F, T)                                                                                \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, int64_t, generation) F(T, joist_text, filler)
JOIST_RECORD(entry, ENTRY);

enum { ENTRIES = 400, FILLER = 900, KILLS = 20 };

static const joist_table_spec spec = { .table = { "entries", 7 }, .type = &entry_type,
                                       .key = { 1, { offsetof(entry, id) } } };
static test_name uri, path;

static void set_up(void)
{
    make_dir();
    uri = name_in("sqlite:", "x.db");
    path = name_in("", "x.db");
}

TestSuite(sqlite_fault, .init = set_up, .fini = drop_dir);

/* All entries in one generation, up to the first failure. `reached` counts steps. */
static joist_status write_generation(int64_t generation, volatile int *reached)
{
    static char filler[FILLER], ids[ENTRIES][16];
    joist_store *s;
    size_t row;
    memset(filler, 'f', sizeof filler);
    joist_status status = open_store(uri.text, &spec, 1, &s);
    if (status != JOIST_OK)
        return status;
    for (int i = 0; i < ENTRIES && status == JOIST_OK; i++, ++*reached) {
        snprintf(ids[i], sizeof ids[i], "%06d", i);
        entry one = { { ids[i], 6 }, generation, { filler, FILLER } };
        status = s->ops->write(s, 0, &(joist_rows){ &one, 1, sizeof one, NULL }, &row, &error);
    }
    if (status == JOIST_OK)
        status = s->ops->prepare(s, &error);
    ++*reached;
    if (status == JOIST_OK)
        status = s->ops->commit(s, &error);
    *reached += status == JOIST_OK;
    s->ops->close(s);
    return status;
}

/* Every entry is of one generation, and the file is sound. Returns it; 0: there is no table. */
static int sound_generation(void)
{
    EXPECT(path.text, "PRAGMA integrity_check", "ok");
    test_name has = ask(path.text, "SELECT count(*) FROM sqlite_schema WHERE name = 'entries'");
    if (strcmp(has.text, "0") == 0)
        return 0;
    EXPECT(path.text, "SELECT count(*), min(generation) = max(generation) FROM entries", "400|1");
    return (int)strtol(ask(path.text, "SELECT max(generation) FROM entries").text, NULL, 10);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit l;
    getrlimit(RLIMIT_FSIZE, &l);
    l.rlim_cur = bytes;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void fill_up_to(rlim_t bytes, int64_t generation, int *failures)
{
    int steps = 0, before = file_exists(path.text) ? sound_generation() : 0;
    limit_files(bytes);
    joist_status status = write_generation(generation, &steps);
    limit_files(RLIM_INFINITY);
    *failures += status != JOIST_OK;
    if (status != JOIST_OK)
        cr_assert(strstr(error.message, path.text), "%s", error.message);
    cr_assert_eq(sound_generation(), status == JOIST_OK ? generation : before);
}

Test(sqlite_fault, a_full_disk_at_every_size_keeps_the_old_content)
{
    int failures = 0;
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t bytes = 0; bytes < 600 << 10; bytes += 40 << 10) {
        unlink(path.text);
        fill_up_to(bytes, 1, &failures);
    }
    cr_assert_geq(failures, 10);
    int steps = 0;
    unlink(path.text);
    cr_assert_eq(write_generation(1, &steps), JOIST_OK);
    for (rlim_t bytes = 0; bytes < 600 << 10; bytes += 40 << 10)
        fill_up_to(bytes, 2 + (int64_t)bytes, &failures);
    cr_assert_geq(failures, 20);
}

/* A child writes; it is killed once it got as far as `step`. Returns whether it had committed. */
static bool killed_at(int step, int64_t generation)
{
    volatile int *reached =
        mmap(NULL, sizeof *reached, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq((void *)(uintptr_t)reached, MAP_FAILED);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        write_generation(generation, reached);
        _exit(0);
    }
    while (*reached < step && waitpid(child, NULL, WNOHANG) == 0)
        nanosleep(&(struct timespec){ 0, 1000 }, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    bool committed = *reached > ENTRIES + 1;
    munmap((void *)(uintptr_t)reached, sizeof *reached);
    return committed;
}

Test(sqlite_fault, a_killed_writer_leaves_the_old_content_or_the_new)
{
    int steps = 0;
    cr_assert_eq(write_generation(1, &steps), JOIST_OK);
    for (int i = 0; i < KILLS; i++) {
        int before = sound_generation(), generation = i + 2;
        bool committed = killed_at(i * (ENTRIES + 2) / (KILLS - 1), generation);
        int after = sound_generation();
        cr_assert(after == generation || (after == before && !committed), "%d then %d", before,
                  after);
    }
    cr_assert_eq(write_generation(99, &steps), JOIST_OK);
    cr_assert_eq(sound_generation(), 99);
}

Test(sqlite_fault, a_first_run_killed_leaves_nothing_or_everything)
{
    for (int i = 0; i < KILLS / 2; i++) {
        unlink(path.text);
        unlink(name_in("", "x.db-journal").text);
        bool committed = killed_at(i * (ENTRIES + 2) / (KILLS / 2), 1);
        int after = sound_generation();
        cr_assert(after == 1 || (after == 0 && !committed));
    }
}

/* The child stops itself between prepare and commit, and right after commit. */
static void die(bool after_commit)
{
    pid_t child = fork();
    if (child == 0) {
        joist_store *s = NULL;
        entry one = { { "x", 1 }, 7, { "f", 1 } };
        size_t row;
        open_store(uri.text, &spec, 1, &s);
        s->ops->write(s, 0, &(joist_rows){ &one, 1, sizeof one, NULL }, &row, &error);
        s->ops->prepare(s, &error);
        if (after_commit)
            s->ops->commit(s, &error);
        kill(getpid(), SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    cr_assert(WIFSIGNALED(status));
}

Test(sqlite_fault, commit_is_the_moment)
{
    int steps = 0;
    cr_assert_eq(write_generation(1, &steps), JOIST_OK);
    die(false);
    EXPECT(path.text, "SELECT count(*), max(generation) FROM entries", "400|1");
    die(true);
    EXPECT(path.text, "SELECT count(*), max(generation) FROM entries", "401|7");
}
