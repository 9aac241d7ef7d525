/* SPDX-License-Identifier: Apache-2.0
 * Tests: write_ndjson.c */
#include "store_test.h"
#include "write_ndjson.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <zlib.h>

#define ENTRY(F, T) F(T, joist_text, id) F(T, joist_int, n)
JOIST_RECORD(entry, ENTRY);

#define LINE(F, T) F(T, joist_text, text)
JOIST_STRUCT_(own_line, LINE)
static const joist_field own_line_schema[] = { LINE(JOIST_DESC_, own_line) };
static const joist_type own_line_type = { .name = "joist_line", .size = sizeof(own_line),
    .fields = own_line_schema, .count = 1 };

#define T(literal) { "" literal, sizeof(literal) - 1 }

TestSuite(write_ndjson, .init = make_dir, .fini = drop_dir);

static const joist_table_spec spec = { .type = &entry_type };
static const joist_table_spec lines = { .type = &own_line_type };

static joist_store *opened(const char *uri, const joist_table_spec *table)
{
    joist_store *s = NULL;
    OK(jst_ndjson_store.open(joist_text_of(uri), table, 1, NULL, ENV, &s, &error));
    return s;
}

static void commit_and_close(joist_store *s)
{
    OK(s->ops->prepare(s, &error));
    OK(s->ops->commit(s, &error));
    s->ops->close(s);
}

static void expect_file(const char *path, const char *text)
{
    size_t len = 0;
    char *bytes = read_file(path, &len);
    cr_assert_not_null(bytes, "%s is missing", path);
    cr_assert_str_eq(bytes, text);
    cr_assert_eq(len, strlen(text));
    joist_free(bytes);
}

static size_t entries_of(const char *dir)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

Test(write_ndjson, one_object_a_line)
{
    test_name path = name_in("", "a/b.jsonl");
    joist_store *s = opened(path.text, &spec);
    cr_assert_eq(entries_of(test_dir), 0u, "opening must not write");
    OK(WRITE(s, 0, ((entry[]){ { T("a\nb"), JOIST_INT(1) }, { JOIST_NO_TEXT, { 0, false } } })));
    OK(WRITE(s, 0, ((entry[]){ { T("c"), JOIST_INT(-2) } })));
    OK(s->ops->prepare(s, &error));
    cr_assert_not(file_exists(path.text), "nothing is visible before commit");
    OK(s->ops->commit(s, &error));
    s->ops->close(s);
    expect_file(path.text,
                "{\"id\":\"a\\nb\",\"n\":1}\n{\"id\":null,\"n\":null}\n{\"id\":\"c\",\"n\":-2}\n");
    cr_assert_eq(entries_of(name_in("", "a").text), 1u);
}

Test(write_ndjson, lines_are_text)
{
    joist_store *s = opened(name_in("file:", "words.txt").text, &lines);
    OK(WRITE(s, 0, ((own_line[]){ { T("one \"two\"") }, { T("") }, { JOIST_NO_TEXT } })));
    commit_and_close(s);
    expect_file(name_in("", "words.txt").text, "one \"two\"\n\n\n");
}

static const joist_table_spec csv = { .type = &entry_type, .csv = true, .separator = ';' };

Test(write_ndjson, csv_by_name_or_on_request)
{
    test_name path = name_in("", "x.csv"), other = name_in("", "x.txt");
    joist_store *s = opened(path.text, &spec);
    OK(WRITE(s, 0, ((entry[]){ { T("a,b"), JOIST_INT(1) }, { JOIST_NO_TEXT, { 0, false } } })));
    OK(WRITE(s, 0, ((entry[]){ { T("c"), JOIST_INT(-2) } })));
    commit_and_close(s);
    expect_file(path.text, "id,n\n\"a,b\",1\n,\nc,-2\n");
    s = opened(other.text, &csv);
    OK(WRITE(s, 0, ((entry[]){ { T("a,b"), JOIST_INT(1) } })));
    commit_and_close(s);
    expect_file(other.text, "id;n\na,b;1\n");
    commit_and_close(opened(path.text, &spec));
    expect_file(path.text, "id,n\n");
    commit_and_close(opened(path.text, &lines));
    expect_file(path.text, "");
}

Test(write_ndjson, csv_in_gzip)
{
    test_name path = name_in("", "x.csv.gz");
    joist_store *s = opened(path.text, &spec);
    OK(WRITE(s, 0, ((entry[]){ { T("a"), JOIST_INT(1) } })));
    commit_and_close(s);
    gzFile f = gzopen(path.text, "rb");
    char bytes[64] = "";
    cr_assert_eq(gzread(f, bytes, sizeof bytes), 9);
    cr_assert_str_eq(bytes, "id,n\na,1\n");
    cr_assert_eq(gzdirect(f), 0);
    gzclose(f);
}

Test(write_ndjson, a_run_replaces_the_file_of_the_run_before)
{
    test_name path = name_in("", "x.jsonl");
    write_file(path.text, "old\n");
    joist_store *s = opened(path.text, &lines);
    OK(WRITE(s, 0, ((own_line[]){ { T("new") } })));
    OK(s->ops->prepare(s, &error));
    s->ops->close(s);
    expect_file(path.text, "old\n");
    cr_assert_eq(entries_of(test_dir), 1u, "a store that is not committed leaves nothing");
    commit_and_close(opened(path.text, &lines));
    expect_file(path.text, "");
}

Test(write_ndjson, gzip_by_name)
{
    enum { ROWS = 40000, WIDTH = 24 };
    test_name path = name_in("", "x.jsonl.gz");
    joist_store *s = opened(path.text, &lines);
    own_line one = { T("something that compresses") };
    size_t row;
    for (int i = 0; i < ROWS; i++)
        OK(s->ops->write(s, 0, &(joist_rows){ &one, 1, sizeof one, NULL }, &row, &error));
    commit_and_close(s);
    gzFile f = gzopen(path.text, "rb");
    static char bytes[ROWS * (WIDTH + 2)];
    cr_assert_eq(gzread(f, bytes, sizeof bytes), ROWS * ((int)one.text.len + 1));
    cr_assert_eq(gzdirect(f), 0);
    cr_assert_eq(
        memcmp(bytes + ((size_t)ROWS - 1) * (one.text.len + 1), one.text.ptr, one.text.len), 0);
    cr_assert_eq(gzclose(f), Z_OK, "the trailer is there");
}

Test(write_ndjson, an_empty_gzip_file_is_one)
{
    test_name path = name_in("", "x.gz");
    commit_and_close(opened(path.text, &lines));
    gzFile f = gzopen(path.text, "rb");
    char byte;
    cr_assert_eq(gzread(f, &byte, 1), 0);
    cr_assert_eq(gzclose(f), Z_OK);
    size_t len;
    joist_free(read_file(path.text, &len));
    cr_assert_eq(len, 20u);
}

Test(write_ndjson, a_full_disk_keeps_the_old_file)
{
    test_name path = name_in("", "x.jsonl");
    static char filler[1000];
    own_line one = { { memset(filler, 'f', sizeof filler), sizeof filler } };
    signal(SIGXFSZ, SIG_IGN);
    write_file(path.text, "old\n");
    for (rlim_t limit = 0; limit < 1 << 20; limit += 200 << 10) {
        struct rlimit l = { limit, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
        joist_store *s = opened(path.text, &lines);
        joist_status status = JOIST_OK;
        size_t row;
        setrlimit(RLIMIT_FSIZE, &l);
        for (int i = 0; i < 1024 && status == JOIST_OK; i++)
            status = s->ops->write(s, 0, &(joist_rows){ &one, 1, sizeof one, NULL }, &row, &error);
        if (status == JOIST_OK)
            status = s->ops->prepare(s, &error);
        setrlimit(RLIMIT_FSIZE, &none);
        cr_assert_eq(status, JOIST_FAILED);
        cr_assert(strstr(error.message, "File too large"), "%s", error.message);
        cr_assert_eq(s->ops->commit(s, &error), JOIST_FAILED);
        s->ops->close(s);
        expect_file(path.text, "old\n");
        cr_assert_eq(entries_of(test_dir), 1u);
    }
}

static void expect_refused(const char *uri, const joist_table_spec *tables, size_t count,
                           joist_failure failure, const char *part)
{
    joist_store *s = NULL;
    FAILED(jst_ndjson_store.open(joist_text_of(uri), tables, count, NULL, ENV, &s, &error), failure,
           part);
    cr_assert_null(s);
}

Test(write_ndjson, what_cannot_be_a_file_is_refused_at_open)
{
    joist_table_spec both[] = { spec, spec }, outbox = { .type = &entry_type, .outbox = true };
    write_file(name_in("", "f").text, "x");
    expect_refused("x.jsonl", both, 2, JOIST_USAGE, "one table");
    expect_refused("x.jsonl", &outbox, 1, JOIST_USAGE, "no outbox");
    expect_refused("", &spec, 1, JOIST_USAGE, "path is missing");
    expect_refused(test_dir, &spec, 1, JOIST_FATAL, "is a directory");
    expect_refused(name_in("", "new/").text, &spec, 1, JOIST_FATAL, "is a directory");
    expect_refused("/dev/null", &spec, 1, JOIST_FATAL, "no regular file");
    expect_refused(name_in("", "f/x").text, &spec, 1, JOIST_FATAL, "Not a directory");
}

/* The target turns into a directory between open and commit: root, too, cannot rename over it. */
Test(write_ndjson, a_commit_that_fails_leaves_nothing)
{
    test_name path = name_in("", "x.jsonl");
    joist_store *s = opened(path.text, &lines);
    OK(WRITE(s, 0, ((own_line[]){ { T("new") } })));
    OK(s->ops->prepare(s, &error));
    cr_assert_eq(mkdir(path.text, 0700), 0);
    FAILED(s->ops->commit(s, &error), JOIST_FATAL, "cannot replace");
    s->ops->close(s);
    cr_assert_eq(entries_of(test_dir), 1u);
}
