/* SPDX-License-Identifier: Apache-2.0
 * Tests: read_source.c read_split.c
 * However a directory is cut into splits, bundles and stolen pieces, the same comes out of it. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "read_test.h"

#include <pthread.h>

static char *dir;

static void set_up(void)
{
    dir = test_directory();
}

static void tear_down(void)
{
    test_remove(dir);
}

TestSuite(read_source, .init = set_up, .fini = tear_down);

static void expect_same(const items *got, const items *wanted, const char *what)
{
    cr_assert_eq(got->count, wanted->count, "%s: %zu, not %zu", what, got->count, wanted->count);
    for (size_t i = 0; i < got->count; i++) {
        const item *a = &got->list[i], *b = &wanted->list[i];
        bool same = a->rank == b->rank && a->offset == b->offset && a->line == b->line
                 && a->record == b->record && !a->code == !b->code && a->len == b->len
                 && (!a->len || memcmp(a->text, b->text, a->len) == 0);
        cr_assert(same, "%s: item %zu is %zu:%zu:%zu [%s], not %zu:%zu:%zu [%s]", what, i,
                  (size_t)a->offset, (size_t)a->line, (size_t)a->record, a->text,
                  (size_t)b->offset, (size_t)b->line, (size_t)b->record, b->text);
    }
    cr_expect_eq(got->bytes, wanted->bytes, "%s: %zu bytes, not %zu", what, (size_t)got->bytes,
                 (size_t)wanted->bytes);
    cr_expect_eq(got->files, wanted->files, "%s", what);
    cr_expect_eq(got->records, wanted->records);
}

static void put_files(void)
{
    static const char lines[] = "\xef\xbb\xbf\n{\"a\":1}\n\n  \r\n[2]\r\n  3  \n\v\n{}\n"
                                "\"a longer line than most\"\n4\n5\n\n\n6";
    joist_buffer z = test_gzip(lines, sizeof lines - 1);
    test_write(dir, "a/lines.ndjson", lines, sizeof lines - 1);
    test_write(dir, "a/blank.jsonl", " \n\n  \n \n   \n", 12);
    test_write(dir, "a/zero.ndjson", "", 0);
    test_write(dir, "a/z.ndjson.gz", z.ptr, z.len);
    test_write(dir, "b/values.json", "{} [1] 2 \n\n3", 12);
    test_write(dir, "b/bad.json", "{} [1} 2", 8);
    test_write(dir, "c.jsonl", "1\n2", 3);
    joist_buffer_free(&z);
}

static void read_with(const joist_type *type, const jst_read_setup *setup, size_t bundle,
                      items *out)
{
    joist_source_spec spec = test_spec(dir, type);
    joist_error e = { 0 };
    cr_assert_eq(test_read_all(&spec, setup, bundle, out, &e), JOIST_OK, "%s", e.message);
}

static void expect_any_range(const joist_type *type)
{
    items wanted;
    jst_read_setup setup = test_setup();
    read_with(type, &setup, 1024, &wanted);
    for (uint64_t range = 4; range < 120; range++)
        for (size_t bundle = 1; bundle < 8; bundle += 3) {
            char what[64];
            items got;
            snprintf(what, sizeof what, "%s, ranges of %zu, bundles of %zu", type->name,
                     (size_t)range, bundle);
            setup.range = range;
            setup.claim = 4 + range % 7;
            setup.group_files = 1 + range % 3;
            read_with(type, &setup, bundle, &got);
            expect_same(&got, &wanted, what);
            items_free(&got);
        }
    items_free(&wanted);
}

Test(read_source, values_are_the_same_whatever_the_ranges)
{
    put_files();
    expect_any_range(&joist_value_type);
}

Test(read_source, text_is_the_same_whatever_the_ranges)
{
    put_files();
    expect_any_range(&joist_line_type);
}

/* Splits from the last to the first: counts of what lies before are had all the same. */
Test(read_source, order_of_starting_does_not_matter)
{
    put_files();
    items wanted, got = { .arena = joist_arena_new() };
    jst_read_setup setup = test_setup();
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    joist_source *s;
    size_t n;
    read_with(&joist_value_type, &setup, 1024, &wanted);
    setup.range = 6;
    cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
    const joist_split *splits = s->ops->splits(s, &n);
    while (n--)
        cr_assert_eq(test_read_split(s, &splits[n], 2, &got, NULL), JOIST_OK);
    s->ops->close(s);
    items_sort(&got);
    expect_same(&got, &wanted, "backwards");
    items_free(&got);
    items_free(&wanted);
}

static uint32_t chance(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

/* Reads a split, but gives up pieces of it between bundles; those are read like splits. */
static void read_and_steal(joist_source *s, const joist_split *split, uint32_t *seed, items *out)
{
    joist_split stolen[64];
    size_t count = 0;
    joist_reader *r = s->ops->start(s, split, NULL);
    cr_assert(r);
    for (bool done = false; !done;) {
        if (count < 64 && chance(seed, 3) == 0)
            count += s->ops->steal(r, &stolen[count]);
        cr_assert_eq(test_read_once(r, 1 + chance(seed, 4), out, &done, NULL), JOIST_OK);
    }
    s->ops->stop(r);
    while (count--)
        read_and_steal(s, &stolen[count], seed, out);
}

Test(read_source, stealing_at_any_moment_changes_nothing)
{
    put_files();
    items wanted;
    jst_read_setup setup = test_setup();
    read_with(&joist_value_type, &setup, 1024, &wanted);
    for (uint32_t seed = 1; seed <= 300; seed++) {
        items got = { .arena = joist_arena_new() };
        joist_source_spec spec = test_spec(dir, &joist_value_type);
        joist_source *s;
        size_t n;
        uint32_t state = seed;
        setup.range = 4 + seed % 60;
        setup.claim = 4 + seed % 5;
        cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
        const joist_split *splits = s->ops->splits(s, &n);
        for (size_t i = 0; i < n; i++)
            read_and_steal(s, &splits[i], &state, &got);
        s->ops->close(s);
        items_sort(&got);
        expect_same(&got, &wanted, "stolen");
        items_free(&got);
    }
    items_free(&wanted);
}

/* ---- threads --------------------------------------------------------------------------------- */
enum { THREADS = 4 };
typedef struct crew {
    joist_source *s;
    const joist_split *splits; size_t count, next;
    pthread_mutex_t lock;
    joist_reader *reading[THREADS];
} crew;
typedef struct hand { crew *crew; size_t index; items got; bool failed; } hand;

static bool take(crew *c, joist_split *split)
{
    bool got = false;
    pthread_mutex_lock(&c->lock);
    if ((got = c->next < c->count))
        *split = c->splits[c->next++];
    for (size_t i = 0; i < THREADS && !got; i++)
        got = c->reading[i] && c->s->ops->steal(c->reading[i], split);
    pthread_mutex_unlock(&c->lock);
    return got;
}

static void set_reading(crew *c, size_t index, joist_reader *r)
{
    pthread_mutex_lock(&c->lock);
    c->reading[index] = r;
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *arg)
{
    hand *h = arg;
    joist_split split;
    while (take(h->crew, &split)) {
        joist_reader *r = h->crew->s->ops->start(h->crew->s, &split, NULL);
        if ((h->failed |= !r))
            break;
        set_reading(h->crew, h->index, r);
        for (bool done = false; !done && !h->failed;)
            h->failed = test_read_once(r, 3, &h->got, &done, NULL) != JOIST_OK;
        set_reading(h->crew, h->index, NULL);
        r->ops->stop(r);
    }
    return NULL;
}

Test(read_source, threads_that_steal_from_each_other)
{
    joist_buffer lines = { 0 };
    for (int i = 0; i < 3000; i++)
        joist_buffer_printf(&lines, i % 5 ? "{\"n\":%d}\n" : " \n", i);
    test_write(dir, "big.ndjson", lines.ptr, lines.len);
    joist_buffer_free(&lines);
    put_files();
    items wanted, all = { .arena = joist_arena_new() };
    jst_read_setup setup = test_setup();
    read_with(&joist_value_type, &setup, 1024, &wanted);
    setup.range = 4000;
    setup.claim = 64;
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    crew c = { .lock = PTHREAD_MUTEX_INITIALIZER };
    cr_assert_eq(jst_file_source_open(&spec, false, &setup, &c.s, NULL), JOIST_OK);
    c.splits = c.s->ops->splits(c.s, &c.count);
    hand hands[THREADS];
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        hands[i] = (hand){ .crew = &c, .index = i, .got.arena = joist_arena_new() };
        cr_assert_eq(pthread_create(&threads[i], NULL, work, &hands[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        cr_expect(!hands[i].failed);
        all.files += hands[i].got.files;
        all.bytes += hands[i].got.bytes;
        all.records += hands[i].got.records;
        all.list = joist_realloc(all.list, (all.count + hands[i].got.count + 1) * sizeof *all.list);
        if (hands[i].got.count)         /* on a busy machine a thread may come too late */
            memcpy(all.list + all.count, hands[i].got.list,
                   hands[i].got.count * sizeof *all.list);
        all.count += hands[i].got.count;
    }
    c.s->ops->close(c.s);
    items_sort(&all);
    expect_same(&all, &wanted, "threads");
    for (size_t i = 0; i < THREADS; i++)
        items_free(&hands[i].got);
    items_free(&all);
    items_free(&wanted);
}

/* ---- splits ---------------------------------------------------------------------------------- */
Test(read_source, splits)
{
    joist_buffer z = test_gzip("1\n2\n3\n4\n", 8);
    test_write(dir, "a.ndjson", "1\n", 2);
    test_write(dir, "b.ndjson", "1\n", 2);
    test_write(dir, "c.ndjson", "123456789\n12345678\n", 19);
    test_write(dir, "d.ndjson", "1\n", 2);
    test_write(dir, "e.ndjson", z.ptr, z.len);
    test_write(dir, "f.json", "[1,2,3,4,5,6,7]", 15);
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    jst_read_setup setup = test_setup();
    joist_source *s;
    size_t n;
    setup.range = 10;
    cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
    const joist_split *p = s->ops->splits(s, &n);
    cr_assert_eq(n, 6);
    cr_expect(p[0].first == 0 && p[0].count == 2 && !p[0].end && p[0].bytes == 4);
    cr_expect(p[1].first == 2 && p[1].count == 1 && p[1].begin == 0 && p[1].end == 10);
    cr_expect(p[2].first == 2 && p[2].count == 1 && p[2].begin == 10 && p[2].end == 19
              && p[2].bytes == 9);
    cr_expect(p[3].first == 3 && p[3].count == 1 && !p[3].end);
    cr_expect(p[4].first == 4 && !p[4].end && p[4].bytes == z.len);
    cr_expect(p[5].first == 5 && !p[5].end);
    cr_expect_eq(s->ops->ranks(s), 6);
    cr_expect_eq(s->ops->skipped(s), 0);
    s->ops->close(s);
    joist_buffer_free(&z);
}

Test(read_source, groups_end_by_count_and_by_bytes)
{
    char name[32];
    for (int i = 0; i < 7; i++) {
        snprintf(name, sizeof name, "%d.json", i);
        test_write(dir, name, "[]", 2);
    }
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    jst_read_setup setup = test_setup();
    joist_source *s;
    size_t n;
    setup.group_files = 3;
    cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
    s->ops->splits(s, &n);
    cr_expect_eq(n, 3);
    s->ops->close(s);
    setup.group_bytes = 5;
    cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
    s->ops->splits(s, &n);
    cr_expect_eq(n, 4);
    s->ops->close(s);
}

/* ---- what goes wrong ------------------------------------------------------------------------- */
Test(read_source, a_file_that_vanished_or_shrank_fails_by_name)
{
    char path[1024];
    test_write(dir, "a.json", "{}", 2);
    snprintf(path, sizeof path, "%s/a.json", dir);
    for (int vanish = 0; vanish < 2; vanish++) {
        joist_source_spec spec = test_spec(dir, &joist_value_type);
        jst_read_setup setup = test_setup();
        items out = { .arena = joist_arena_new() };
        joist_source *s;
        joist_error e = { 0 };
        size_t n;
        cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
        cr_assert_eq(vanish ? unlink(path) : truncate(path, 1), 0);
        const joist_split *splits = s->ops->splits(s, &n);
        cr_expect_eq(test_read_split(s, splits, 1, &out, &e), JOIST_FAILED);
        cr_expect(strstr(e.message, path), "%s", e.message);
        s->ops->close(s);
        items_free(&out);
    }
}

Test(read_source, a_range_of_a_file_that_vanished_does_not_start)
{
    char path[1024];
    test_write(dir, "a.jsonl", "1\n2\n3\n4\n5\n", 10);
    snprintf(path, sizeof path, "%s/a.jsonl", dir);
    joist_source_spec spec = test_spec(path, &joist_value_type);
    jst_read_setup setup = test_setup();
    joist_source *s;
    joist_error e = { 0 };
    size_t n;
    setup.range = 4;
    cr_assert_eq(jst_file_source_open(&spec, false, &setup, &s, NULL), JOIST_OK);
    const joist_split *splits = s->ops->splits(s, &n);
    cr_assert_eq(unlink(path), 0);
    cr_expect(!s->ops->start(s, &splits[1], &e));
    cr_expect(strstr(e.message, path), "%s", e.message);
    s->ops->close(s);
}

Test(read_source, optional)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/none", dir);
    joist_source_spec spec = test_spec(path, &joist_value_type);
    joist_source *s = NULL;
    joist_error e = { 0 };
    cr_expect_eq(jst_file_source.open(&spec, true, &s, &e), JOIST_OK);
    cr_expect_null(s);
    cr_expect_eq(jst_file_source.open(&spec, false, &s, &e), JOIST_FAILED);
    spec.uri = joist_text_of(dir);
    cr_assert_eq(jst_file_source.open(&spec, false, &s, &e), JOIST_OK);
    size_t n = 1;
    s->ops->splits(s, &n);
    cr_expect_eq(n, 0);
    cr_expect(!s->ops->contains(s, 1, 1));
    s->ops->close(s);
}

Test(read_source, contains_its_files)
{
    struct stat st;
    char path[1024];
    put_files();
    snprintf(path, sizeof path, "%s/c.jsonl", dir);
    cr_assert_eq(stat(path, &st), 0);
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    joist_source *s;
    cr_assert_eq(jst_file_source.open(&spec, false, &s, NULL), JOIST_OK);
    cr_expect(s->ops->contains(s, st.st_dev, st.st_ino));
    cr_expect(!s->ops->contains(s, st.st_dev + 1, st.st_ino));
    cr_expect(!s->ops->contains(s, st.st_dev, 0));
    s->ops->close(s);
}

static void digest_now(char hex[JOIST_DIGEST_SIZE])
{
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    joist_source *s = NULL;
    joist_error e = { 0 };
    cr_assert_eq(jst_file_source.open(&spec, false, &s, &e), JOIST_OK, "%s", e.message);
    s->ops->digest(s, hex);
    s->ops->close(s);
}

static void set_time(const char *name, time_t seconds)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

Test(read_source, the_digest_tells_names_sizes_and_times)
{
    char empty[JOIST_DIGEST_SIZE], first[JOIST_DIGEST_SIZE], next[JOIST_DIGEST_SIZE];
    digest_now(empty);
    cr_expect_eq(strlen(empty), 64);
    test_write(dir, "a.json", "{}", 2);
    set_time("a.json", 1000);
    digest_now(first);
    cr_expect_str_neq(first, empty);
    digest_now(next);
    cr_expect_str_eq(next, first);
    set_time("a.json", 1001);
    digest_now(next);
    cr_expect_str_neq(next, first, "another time");
    test_write(dir, "a.json", "{} ", 3);
    set_time("a.json", 1000);
    digest_now(next);
    cr_expect_str_neq(next, first, "another size");
    test_write(dir, "a.json", "[]", 2);
    set_time("a.json", 1000);
    digest_now(next);
    cr_expect_str_eq(next, first, "what is in the file is not looked at");
    test_write(dir, "b.json", "{}", 2);
    digest_now(next);
    cr_expect_str_neq(next, first, "another file");
}
