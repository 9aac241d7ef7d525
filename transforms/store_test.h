/* SPDX-License-Identifier: Apache-2.0
 * What the tests of stores share: a directory of their own, a clock that never waits, small
 * helpers. */
#ifndef JST_STORE_TEST_H
#define JST_STORE_TEST_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <joist.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a directory, removed by drop_dir ------------------------------------------------------ */
static char test_dir[256];

JOIST_INLINE void make_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(test_dir, sizeof test_dir, "%s/joist-store-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    cr_assert_not_null(mkdtemp(test_dir));
}

JOIST_INLINE int drop_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

JOIST_INLINE void drop_dir(void)
{
    nftw(test_dir, drop_entry, 8, FTW_DEPTH | FTW_PHYS);
}

typedef struct test_name { char text[512]; } test_name;

/* prefix + the directory + '/' + name; valid until the end of the full expression's block. */
JOIST_INLINE test_name name_in(const char *prefix, const char *name)
{
    test_name n;
    snprintf(n.text, sizeof n.text, "%s%s/%s", prefix, test_dir, name);
    return n;
}

JOIST_INLINE bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

JOIST_INLINE void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

/* The whole file, or NULL; free with joist_free. */
JOIST_INLINE char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    joist_buffer b = { 0 };
    size_t n;
    while ((n = fread(joist_buffer_reserve(&b, 4097), 1, 4096, f)) > 0)
        b.len += n;
    fclose(f);
    b.ptr[b.len] = '\0';
    *len = b.len;
    return b.ptr;
}

/* ---- an environment whose waiting costs nothing -------------------------------------------- */
typedef struct test_env { joist_env env; int64_t now, slept; bool stop; } test_env;

JOIST_INLINE int64_t test_now(joist_env *env) { return ((test_env *)(void *)env)->now; }
JOIST_INLINE void test_sleep(joist_env *env, int64_t ms) { ((test_env *)(void *)env)->slept += ms; }
JOIST_INLINE uint64_t test_random(joist_env *env) { (void)env; return 4; }
JOIST_INLINE bool test_stopping(joist_env *env) { return ((test_env *)(void *)env)->stop; }

static test_env env_for_tests JOIST_UNUSED = {
    .env = { test_now, test_sleep, test_random, test_stopping }, .now = 1700000000000 };

#define ENV (&env_for_tests.env)

/* ---- stores -------------------------------------------------------------------------------- */
#define OK(call) cr_assert_eq((call), JOIST_OK, "%s: %s", #call, error.message)
#define FAILED(call, failure_, part)                                                              \
    do {                                                                                          \
        cr_assert_eq((call), JOIST_FAILED, "%s did not fail", #call);                             \
        cr_assert_eq(error.failure, (failure_), "%s", error.message);                             \
        cr_assert(strstr(error.message, (part)), "'%s' is not in '%s'", (part), error.message);   \
    } while (0)

static joist_error error JOIST_UNUSED;

/* Rows of one struct type into table `at`. */
#define WRITE(store, at, rows_)                                                                   \
    (store)->ops->write((store), (at), &(joist_rows){ (rows_), sizeof(rows_) / sizeof((rows_)[0]), \
                        sizeof((rows_)[0]), NULL }, &(size_t){ 0 }, &error)

#endif
