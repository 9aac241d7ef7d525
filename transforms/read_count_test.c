/* SPDX-License-Identifier: Apache-2.0
 * Counting lines and records in front of every byte, by one thread and by several. */
#include <criterion/criterion.h>

#include "read_count.h"
#include "read_test.h"

static const char text[] = "\xef\xbb\xbf \n{}\n\n  x\r\n\t\v\f\r\n yy\n   \n\n1\n2 3\n  ";

/* Records: lines that begin before `end` and are not blank. */
static jst_line_count naive(size_t end)
{
    jst_line_count c = { 0, 0 };
    for (size_t at = 0; at < end;) {
        size_t stop = at;
        bool blank = true;
        for (size_t i = at ? at : 3; i < sizeof text - 1 && text[i] != '\n'; i++)
            blank &= jst_is_space(text[i]);
        while (stop < sizeof text - 1 && text[stop] != '\n')
            stop++;
        c.records += !blank;
        c.newlines += stop < end;
        at = stop + 1;
    }
    return c;
}

Test(read_count, any_cut_into_pieces_counts_the_same)
{
    size_t len = sizeof text - 1;
    for (size_t cut = 3; cut <= len; cut++) {
        jst_line_counter c = { .at_start = true };
        jst_count_feed(&c, text + 3, cut - 3);
        jst_count_feed(&c, text + cut, len - cut);
        cr_expect_eq(c.sum.newlines, naive(len).newlines, "cut at %zu", cut);
        cr_expect_eq(c.sum.records, naive(len).records, "cut at %zu", cut);
    }
}

static int open_text(char *dir, char *path, size_t size)
{
    snprintf(path, size, "%s/f", dir);
    test_write(dir, "f", text, sizeof text - 1);
    return open(path, O_RDONLY);
}

static void expect_before(jst_line_table *t, int fd, uint64_t begin, joist_text loaded)
{
    jst_line_count got, wanted = naive((size_t)begin);
    cr_assert_eq(jst_line_table_before(t, fd, begin, loaded, &got, NULL), JOIST_OK);
    cr_expect_eq(got.newlines, wanted.newlines, "before %zu", (size_t)begin);
    cr_expect_eq(got.records, wanted.records, "before %zu: %zu", (size_t)begin,
                 (size_t)got.records);
}

Test(read_count, before_every_byte_whatever_the_blocks)
{
    char *dir = test_directory(), path[1024];
    int fd = open_text(dir, path, sizeof path);
    for (uint64_t block = 4; block < sizeof text + 2; block++)
        for (uint64_t begin = 3; begin < sizeof text - 1; begin++) {
            jst_line_table *t = jst_line_table_new(path, sizeof text - 1, block);
            expect_before(t, fd, begin, JOIST_NO_TEXT);
            expect_before(t, fd, 0, JOIST_NO_TEXT);
            jst_line_table_free(t);
        }
    close(fd);
    test_remove(dir);
}

Test(read_count, blocks_counted_from_memory)
{
    enum { BLOCK = 5 };
    char *dir = test_directory(), path[1024];
    int fd = open_text(dir, path, sizeof path);
    jst_line_table *t = jst_line_table_new(path, sizeof text - 1, BLOCK);
    for (size_t begin = 0; begin < sizeof text - 1; begin += BLOCK) {
        size_t end = begin + BLOCK < sizeof text - 1 ? begin + BLOCK : sizeof text - 1;
        size_t from = begin ? begin - 1 : 0;
        expect_before(t, fd, begin, (joist_text){ text + from, end - from });
    }
    jst_line_table_free(t);
    close(fd);
    test_remove(dir);
}

typedef struct racer {
    jst_line_table *t;
    const char *path;
    uint64_t begin;
    jst_line_count got;
} racer;

static void *race(void *arg)
{
    racer *r = arg;
    int fd = open(r->path, O_RDONLY);
    if (jst_line_table_before(r->t, fd, r->begin, JOIST_NO_TEXT, &r->got, NULL))
        r->got.newlines = UINT64_MAX;
    close(fd);
    return NULL;
}

Test(read_count, many_threads_from_the_end_backwards)
{
    enum { BLOCK = 4, MOST = 16 };
    char *dir = test_directory(), path[1024];
    close(open_text(dir, path, sizeof path));
    jst_line_table *t = jst_line_table_new(path, sizeof text - 1, BLOCK);
    racer racers[MOST];
    pthread_t threads[MOST];
    size_t n = 0;
    for (uint64_t at = sizeof text - 1; n < MOST && at > BLOCK; at -= 3, n++) {
        racers[n] = (racer){ t, path, at - 1, { 0, 0 } };
        cr_assert_eq(pthread_create(&threads[n], NULL, race, &racers[n]), 0);
    }
    for (size_t i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
        cr_expect_eq(racers[i].got.newlines, naive((size_t)racers[i].begin).newlines);
        cr_expect_eq(racers[i].got.records, naive((size_t)racers[i].begin).records);
    }
    jst_line_table_free(t);
    test_remove(dir);
}

Test(read_count, a_file_that_cannot_be_read_fails_and_can_be_tried_again)
{
    char *dir = test_directory(), path[1024];
    int fd = open_text(dir, path, sizeof path);
    jst_line_table *t = jst_line_table_new(path, sizeof text - 1, 4);
    jst_line_count got;
    joist_error e;
    cr_expect_eq(jst_line_table_before(t, -1, 9, JOIST_NO_TEXT, &got, &e), JOIST_FAILED);
    cr_expect(strstr(e.message, path));
    expect_before(t, fd, 9, JOIST_NO_TEXT);
    jst_line_table_free(t);
    close(fd);
    test_remove(dir);
}
