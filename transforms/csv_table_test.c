/* SPDX-License-Identifier: Apache-2.0
 * Places of records from any byte on, asked for by several threads in any order. */
#include <criterion/criterion.h>
#include <pthread.h>

#include "csv_table.h"
#include "read_input.h"
#include "read_test.h"

enum { THREADS = 4, MOST = 4000 };

static char *dir, path[1024];
static joist_buffer text;
static jst_csv_place places[MOST];      /* of all records behind the header, and of the end */
static size_t places_count;
static uint64_t header_at, header_length;

static void set_up(void)
{
    dir = test_directory();
    snprintf(path, sizeof path, "%s/f", dir);
}

static void tear_down(void)
{
    joist_buffer_free(&text);
    test_remove(dir);
}

TestSuite(csv_table, .init = set_up, .fini = tear_down);

/* One byte after another: where a record begins that is not empty, and the end. */
static void find_places(size_t from)
{
    jst_csv_place at = { from, 1, 0 };
    bool quoted = false, headed = false;
    for (size_t i = from; i <= text.len; i++) {
        bool last = i == text.len, ends = last || (!quoted && text.ptr[i] == '\n');
        if (!last && text.ptr[i] == '"')
            quoted = !quoted;
        if (!ends)
            continue;
        size_t n = i - at.offset;
        bool empty = n == 0 || (n == 1 && text.ptr[at.offset] == '\r');
        if (headed)
            places[places_count++] = at;
        if (!empty && !headed)
            header_at = at.offset, header_length = n;
        else
            at.record += !empty;
        headed |= !empty;
        for (size_t k = at.offset; k < i; k++)
            at.line += text.ptr[k] == '\n';
        at.line += !last;
        at.offset = i + 1;
    }
    if (!places_count)
        places[places_count++] = at;
    places[places_count - 1].offset = text.len;
}

/* Records of all sizes, some of them with line ends in quotes, some empty lines. */
static void make_file(const char *head, int records)
{
    uint64_t chance = 1;
    joist_buffer_text(&text, joist_text_of(head));
    for (int i = 0; i < records; i++) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        joist_buffer_printf(&text, chance >> 62 ? "%d,x%.*s\r\n" : "%d,\"\n\"\"%.*s\n\"\n", i,
                            (int)(chance >> 57), "----------------------------------------------"
                            "----------------------------------------------------------------------"
                            "--------------------");
        if (chance >> 61 == 3)
            joist_buffer_text(&text, JOIST_TEXT("\r\n\n"));
    }
    test_write(dir, "f", text.ptr, text.len);
    find_places(text.len > 2 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
}

typedef struct hand { jst_csv_table *table; size_t index; int wrong; } hand;

static bool is_right(jst_csv_table *t, int fd, uint64_t begin)
{
    jst_csv_place place;
    uint64_t header[2];
    size_t i = 0;
    if (jst_csv_table_seek(t, fd, begin, &place, header, NULL) != JOIST_OK)
        return false;
    while (i + 1 < places_count && places[i].offset < begin)
        i++;
    return header[0] == header_at && header[1] == header_length
        && memcmp(&place, &places[i], sizeof place) == 0;
}

static void *ask(void *arg)
{
    hand *h = arg;
    int fd = jst_open_to_read(path, NULL);
    for (size_t i = 0; i < text.len; i += 7) {
        size_t at = h->index % 2 ? i : text.len - 1 - i;
        h->wrong += !is_right(h->table, fd, (at + h->index) % text.len);
    }
    close(fd);
    return NULL;
}

static void expect_right(uint64_t block)
{
    jst_csv_table *t = jst_csv_table_new(path, text.len, block, ',');
    pthread_t threads[THREADS];
    hand hands[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        hands[i] = (hand){ t, i, 0 };
        pthread_create(&threads[i], NULL, ask, &hands[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        cr_expect_eq(hands[i].wrong, 0, "%d wrong, blocks of %d", hands[i].wrong, (int)block);
    }
    jst_csv_table_free(t);
}

Test(csv_table, places_of_all_bytes)
{
    make_file("\r\nid,\"n\n\"\r\n", 150);
    expect_right(16);
    expect_right(1000);
    expect_right(text.len);
}

Test(csv_table, behind_a_mark)
{
    make_file("\xef\xbb\xbfid,n\n", 40);
    expect_right(64);
}

Test(csv_table, of_a_header_only)
{
    make_file("\n\nid,n", 0);
    expect_right(4);
}

Test(csv_table, a_file_that_became_shorter)
{
    make_file("id,n\n", 40);
    jst_csv_table *t = jst_csv_table_new(path, text.len + 10, 64, ',');
    joist_error e = { 0 };
    jst_csv_place place;
    uint64_t header[2];
    int fd = jst_open_to_read(path, NULL);
    cr_expect_eq(jst_csv_table_seek(t, fd, text.len, &place, header, &e), JOIST_FAILED);
    cr_expect(strstr(e.message, "became shorter"), "%s", e.message);
    close(fd);
    jst_csv_table_free(t);
}
