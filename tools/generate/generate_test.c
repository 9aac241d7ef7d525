/* SPDX-License-Identifier: Apache-2.0
 * Tests: generate.c layout.c gzip.c */
#include <criterion/criterion.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generate.h"

static char folder[64];

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/joist-generate-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static int forget(const char *path, const struct stat *s, int type, struct FTW *where)
{
    (void)s, (void)type, (void)where;
    return remove(path);
}

static void teardown(void) { nftw(folder, forget, 16, FTW_DEPTH | FTW_PHYS); }

TestSuite(generate, .init = setup, .fini = teardown);

static summary run(const char *name, const char *const *more)
{
    char path[128], *argv[24] = { "generate", "--out", path };
    int argc = 3;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (; more[argc - 3]; argc++)
        argv[argc] = (char *)more[argc - 3];
    options o;
    summary s = { .by_kind = joist_calloc(dirt_kinds_count, sizeof(uint64_t)) };
    cr_assert(options_parse(&o, argc, argv, s.error, sizeof s.error), "%s", s.error);
    cr_assert(generate(&o, &s), "%s", s.error);
    return s;
}
#define RUN(name, ...) run((name), (const char *const[]){ __VA_ARGS__, NULL })

/* A digest of names and bytes of everything under a folder, whatever the order of the walk. */
static uint64_t digest, files_seen, bytes_seen;
static size_t root_length;

static int look(const char *path, const struct stat *s, int type, struct FTW *where)
{
    (void)where;
    if (type != FTW_F)
        return 0;
    uint64_t h = 1469598103934665603u;
    for (const char *c = path + root_length; *c; c++)
        h = (h ^ (unsigned char)*c) * 1099511628211u;
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f);
    for (int c; (c = getc(f)) != EOF; )
        h = (h ^ (unsigned)c) * 1099511628211u;
    fclose(f);
    digest += h;
    files_seen++;
    bytes_seen += (uint64_t)s->st_size;
    return 0;
}

static uint64_t digest_of(const char *name)
{
    char path[128];
    digest = files_seen = bytes_seen = 0;
    root_length = (size_t)snprintf(path, sizeof path, "%s/%s", folder, name);
    nftw(path, look, 16, FTW_PHYS);
    return digest;
}

static void expect_same(const char *const *arguments)
{
    char other_seed[][12] = { "--seed", "2" };
    const char *more[12] = { 0 };
    size_t n = 0;
    for (; arguments[n]; n++)
        more[n] = arguments[n];
    joist_free(run("a", more).by_kind);
    joist_free(run("b", more).by_kind);
    uint64_t a = digest_of("a"), b = digest_of("b");
    cr_expect(a == b && files_seen > 1, "%s", arguments[1]);
    more[n] = other_seed[0];
    more[n + 1] = other_seed[1];
    joist_free(run("c", more).by_kind);
    cr_expect_neq(a, digest_of("c"));
}

Test(generate, same_seed_same_bytes)
{
    static const char *const hours[] = { "--count", "400", "--dirt", "40", "--hours", "3",
                                         "--gzip", NULL };
    expect_same(hours);
}

Test(generate, same_seed_same_bytes_in_files)
{
    static const char *const files[] = { "--layout", "files", "--count", "400", "--dirt", "40",
                                         NULL };
    expect_same(files);
}

Test(generate, mean_record_is_two_point_four_kilobytes)
{
    summary s = RUN("e.ndjson", "--layout", "ndjson", "--count", "20000");
    double mean = (double)s.bytes / 20000;
    cr_expect(mean > 2200 && mean < 2600, "%.0f", mean);
    cr_expect(s.dirty > 400 && s.dirty < 800);
    cr_expect_eq(digest_of("e.ndjson") != 0, true);
    cr_expect_eq(bytes_seen, s.bytes);
    joist_free(s.by_kind);
}

Test(generate, every_dirt_is_produced)
{
    summary s = RUN("e", "--count", "4000", "--dirt", "100");
    for (size_t i = 0; i < dirt_kinds_count; i++)
        cr_expect_gt(s.by_kind[i], 0u, "%s", dirt_kinds[i].name);
    joist_free(s.by_kind);
}

Test(generate, ndjson_has_a_line_per_event)
{
    summary s = RUN("deep/e.ndjson", "--layout", "ndjson", "--count", "3000", "--dirt", "0");
    char path[128];
    snprintf(path, sizeof path, "%s/deep/e.ndjson", folder);
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f);
    size_t lines = 0;
    for (int c; (c = getc(f)) != EOF; )
        lines += c == '\n';
    fclose(f);
    cr_expect_eq(lines, 3000u);
    snprintf(path, sizeof path, "%s/deep/projects.jsonl", folder);
    cr_expect_eq(access(path, R_OK), 0);
    joist_free(s.by_kind);
}

Test(generate, files_layout_makes_about_as_many_files)
{
    summary s = RUN("e", "--layout", "files", "--count", "1000", "--files", "250", "--dirt", "0",
                    "--hours", "2");
    cr_expect(s.files >= 250 && s.files <= 252, "%zu", (size_t)s.files);
    digest_of("e/deactivate/2026/11/23/10");
    size_t first = files_seen;
    digest_of("e/deactivate/2026/11/23/11");
    cr_expect(first > 100 && first + files_seen == s.files);
    joist_free(s.by_kind);
}

Test(generate, hours_layout_shares_some_objects)
{
    summary s = RUN("e", "--count", "1000", "--dirt", "0");
    cr_expect(s.files > 500 && s.files < 950, "%zu", (size_t)s.files);
    joist_free(s.by_kind);
    s = RUN("f", "--count", "1000", "--dirt", "0", "--events-per-file", "10");
    cr_expect_eq(s.files, 100u);
    joist_free(s.by_kind);
}

Test(generate, says_what_it_could_not_write)
{
    char path[128], *argv[] = { "generate", "--out", path, "--layout", "ndjson" };
    options o;
    summary s = { 0 };
    snprintf(path, sizeof path, "%s/file", folder);
    cr_assert(write_file(path, JOIST_TEXT("x"), s.error, sizeof s.error));
    snprintf(path, sizeof path, "%s/file/e.ndjson", folder);
    cr_assert(options_parse(&o, 5, argv, s.error, sizeof s.error));
    cr_expect(!generate(&o, &s));
    cr_expect(strstr(s.error, "/file") && strstr(s.error, "cannot"), "%s", s.error);
}
