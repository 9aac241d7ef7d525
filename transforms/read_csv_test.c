/* SPDX-License-Identifier: Apache-2.0
 * CSV files: positions, what one bad record costs, records of any length, gzip, many files. */
#include <criterion/criterion.h>

#include "read_test.h"

#define ROW(F, T) F(T, joist_text, id, JOIST_REQUIRED, .limit = 1 << 20) F(T, joist_int, n, 0)
JOIST_RECORD(row, ROW);

static char *dir;
static void set_up(void) { dir = test_directory(); }
static void tear_down(void) { test_remove(dir); }
TestSuite(read_csv, .init = set_up, .fini = tear_down);

static void print_items(const items *all, joist_buffer *got)
{
    for (size_t k = 0; k < all->count; k++) {
        const item *x = &all->list[k];
        joist_buffer_printf(got, "%d:%d:%d%s%s ", (int)x->offset, (int)x->line, (int)x->record,
                            x->code ? " " : "", x->code ? x->code : "");
        if (x->len > 60)
            joist_buffer_printf(got, "(%zu)\n", x->len < 64 << 10 ? x->len : 64 << 10);
        else
            joist_buffer_printf(got, "[%s]\n", x->text ? x->text : "none");
    }
}

static void expect_range(const joist_source_spec *spec, uint64_t range, size_t bundle,
                         size_t bytes, const char *wanted)
{
    items all;
    joist_error e = { 0 };
    joist_buffer got = { 0 };
    jst_read_setup setup = test_setup();
    setup.range = range;
    setup.claim = 4;
    setup.buffer = bundle == 1 ? 64 << 10 : setup.buffer;
    cr_assert_eq(test_read_all(spec, &setup, bundle, &all, &e), JOIST_OK, "%s", e.message);
    print_items(&all, &got);
    cr_expect(joist_text_equal(joist_buffer_view(&got), joist_text_of(wanted)), "%.*s is not %s",
              JOIST_ARG(joist_buffer_view(&got)), wanted);
    cr_expect_eq(all.records, all.count);
    cr_expect_eq(all.bytes, bytes);
    joist_buffer_free(&got);
    items_free(&all);
}

static void expect_spec(const joist_source_spec *spec, size_t bytes, const char *wanted)
{
    static const size_t bundles[] = { 1, 2, 1024 };
    uint64_t least = bytes < 1000 ? 4 : bytes / 7;
    for (size_t i = 0; i < 3; i++) {
        for (uint64_t range = least; range < 2 * least + 4; range += least / 4)
            expect_range(spec, range, bundles[i], bytes, wanted);
        expect_range(spec, 1 << 30, bundles[i], bytes, wanted);
    }
}

static void expect_limit(joist_text stored, int64_t max_record, const char *wanted)
{
    char path[1024];
    test_write(dir, "f.csv", stored.ptr, stored.len);
    snprintf(path, sizeof path, "%s/f.csv", dir);
    joist_source_spec spec = test_spec(path, &row_type);
    spec.max_record = max_record;
    expect_spec(&spec, stored.len, wanted);
}

static void expect(joist_text stored, const char *wanted)
{
    expect_limit(stored, 1 << 20, wanted);
}

static void expect_gzip(joist_text bytes, size_t cut, const char *wanted)
{
    joist_buffer z = test_gzip(bytes.ptr, bytes.len);
    expect((joist_text){ z.ptr, z.len - cut }, wanted);
    joist_buffer_free(&z);
}

Test(read_csv, records)
{
    expect(JOIST_TEXT("id,n\na,1\nb,2"), "5:2:0 [a]\n9:3:1 [b]\n");
    expect(JOIST_TEXT("\xef\xbb\xbf\"id\",n\r\na,1\r\n"), "11:2:0 [a]\n");
    expect(JOIST_TEXT("n,id\n1,\"a\nb\"\"\"\n2,\"\r\nc\"\r\n3,d\n"),
           "5:2:0 [a\nb\"]\n15:4:1 [c]\n24:6:2 [d]\n");
    expect(JOIST_TEXT("\n\r\nid\na\n\n\r\nb\n\n"), "6:4:0 [a]\n11:7:1 [b]\n");
}

Test(read_csv, empty)
{
    expect(JOIST_TEXT(""), "0:1:0 empty [none]\n");
    expect(JOIST_TEXT("\n\r\n"), "0:1:0 empty [none]\n");
    expect(JOIST_TEXT("id,n\n"), "");
    expect(JOIST_TEXT("id,n"), "");
}

Test(read_csv, a_bad_record_costs_itself)
{
    expect(JOIST_TEXT("id,n\na\nb,2\nc,1,2\nd,4\n"),
           "5:2:0 bad_csv [a]\n7:3:1 [b]\n11:4:2 bad_csv [c,1,2]\n17:5:3 [d]\n");
    expect(JOIST_TEXT("id,n\na\"b,1\n\"c\"d,2\r\ne,3\n"),
           "5:2:0 bad_csv [a\"b,1]\n11:3:1 bad_csv [\"c\"d,2]\n19:4:2 [e]\n");
    expect(JOIST_TEXT("n,id\n1,\n2,a\n3,\" \"\n"),
           "5:2:0 bad_csv [1,]\n8:3:1 [a]\n12:4:2 bad_csv [3,\" \"]\n");
    expect(JOIST_TEXT("n\n1\n2\n"), "2:2:0 bad_csv [1]\n4:3:1 bad_csv [2]\n");
}

Test(read_csv, a_quote_without_end_costs_the_rest)
{
    expect(JOIST_TEXT("id,n\na,1\n\"b,2\nc,3\n"), "5:2:0 [a]\n9:3:1 bad_csv [\"b,2\nc,3\n]\n");
    expect(JOIST_TEXT("id,\"n\na,1\n"), "0:1:0 bad_csv [id,\"n\na,1\n]\n");
    expect_limit(JOIST_TEXT("id,n\n\"b,2\nc,3\n"), 4, "5:2:0 bad_csv [\"b,2\nc,3\n]\n");
}

Test(read_csv, a_bad_header_costs_the_file)
{
    expect(JOIST_TEXT("id;n\na;1\n"), "0:1:0 bad_csv [id;n]\n");
    expect(JOIST_TEXT("\nid,id\na,b\n"), "1:2:0 bad_csv [id,id]\n");
    expect_limit(JOIST_TEXT("id,n\na,1\n"), 3, "0:1:0 too_large [id,n]\n");
}

Test(read_csv, records_over_the_limit)
{
    expect_limit(JOIST_TEXT("id,n\nabc,1\nd,2\n"), 5, "5:2:0 [abc]\n11:3:1 [d]\n");
    expect_limit(JOIST_TEXT("id,n\nabc,1\r\nd,2\n"), 5, "5:2:0 [abc]\n12:3:1 [d]\n");
    expect_limit(JOIST_TEXT("id,n\nabcd,1\nd,2"), 5, "5:2:0 too_large [abcd,1]\n12:3:1 [d]\n");
}

/* id, then a quoted cell of n newlines, then a short record. */
static joist_buffer long_record(size_t n)
{
    joist_buffer out = { 0 };
    joist_buffer_text(&out, JOIST_TEXT("id,n\n\"x"));
    memset(joist_buffer_reserve(&out, n), '\n', n);
    out.len += n;
    joist_buffer_text(&out, JOIST_TEXT("\",1\r\nb,2\n"));
    return out;
}

Test(read_csv, a_long_record_costs_itself_only)
{
    joist_buffer v = long_record(100000);
    joist_text text = joist_buffer_view(&v);
    expect_limit(text, 100005, "5:2:0 [x]\n100012:100003:1 [b]\n");
    expect_limit(text, 100004, "5:2:0 too_large (65536)\n100012:100003:1 [b]\n");
    expect_limit(text, 70000, "5:2:0 too_large (65536)\n100012:100003:1 [b]\n");
    expect_limit(text, 10, "5:2:0 too_large (65536)\n100012:100003:1 [b]\n");
    joist_buffer_free(&v);
    v = long_record(5000000);
    expect_limit(joist_buffer_view(&v), 10, "5:2:0 too_large (65536)\n5000012:5000003:1 [b]\n");
    joist_buffer_free(&v);
}

Test(read_csv, gzip)
{
    joist_text text = JOIST_TEXT("id,n\na,1\n\"b\n\",2\n");
    expect_gzip(text, 0, "5:2:0 [a]\n9:3:1 [b]\n");
    expect_gzip(text, 1, "5:2:0 [a]\n9:3:1 [b]\n16:5:2 bad_gzip []\n");
    expect_gzip(JOIST_TEXT("id,n\na,1\n\"b"), 1, "5:2:0 [a]\n9:3:1 bad_gzip [\"b]\n");
    expect_gzip(JOIST_TEXT("id"), 1, "0:1:0 bad_gzip [id]\n");
}

/* Several headers met by one reader, and names that are no CSV to it. */
Test(read_csv, a_directory)
{
    test_write(dir, "a.csv", "id,n\na,1\n", 9);
    test_write(dir, "b.csv", "id,n\nb,1\n", 9);
    test_write(dir, "c/x.csv", "n,id\n1,c\n", 9);
    test_write(dir, "d.csv", "id;n\n1;d\n", 9);
    test_write(dir, "e.txt", "id,n\ne,1\n", 9);
    joist_source_spec spec = test_spec(dir, &row_type);
    const char *most = "5:2:0 [a]\n5:2:0 [b]\n5:2:0 [c]\n0:1:0 bad_csv [id;n]\n";
    expect_spec(&spec, 36, most);
    spec.csv = true;
    expect_spec(&spec, 45,
                "5:2:0 [a]\n5:2:0 [b]\n5:2:0 [c]\n0:1:0 bad_csv [id;n]\n5:2:0 [e]\n");
    spec.separator = ';';
    expect_spec(&spec, 45,
                "0:1:0 bad_csv [id,n]\n0:1:0 bad_csv [id,n]\n0:1:0 bad_csv [n,id]\n5:2:0 [1]\n"
                "0:1:0 bad_csv [id,n]\n");
}

/* Lines and JSON values are what they are, whatever the name. */
Test(read_csv, not_for_records_without_columns)
{
    test_write(dir, "a.csv", "id\n7\n", 5);
    char path[1024];
    snprintf(path, sizeof path, "%s/a.csv", dir);
    joist_source_spec spec = test_spec(path, &joist_line_type);
    expect_spec(&spec, 5, "0:1:0 [id]\n3:2:1 [7]\n");
    spec = test_spec(dir, &joist_value_type);
    expect_spec(&spec, 0, "");
}

/* ---- several workers, one file --------------------------------------------------------------- */
static char output[1200], dead[1100], input[1100];

static void build_copy(joist_pipeline *p, const void *options)
{
    (void)options;
    row_coll rows = joist_read(row, p, .uri = joist_text_of(input), .name = "rows");
    joist_write(rows, .uri = joist_text_of(output));
}

/* Ten megabytes: quoted line ends, empty lines, and every thousandth record is none. */
static void write_large(void)
{
    joist_buffer b = { 0 };
    joist_buffer_text(&b, JOIST_TEXT("\n\"n\",id\r\n"));
    for (int i = 0; i < 300000; i++) {
        joist_buffer_printf(&b, i % 1000 == 7 ? "%d\n" : "%d,\"row, \"\"%06d\"\"", i, i);
        if (i % 1000 != 7)
            joist_buffer_text(&b, i % 3 ? JOIST_TEXT("\"\n") : JOIST_TEXT(",\n\n,x\"\r\n\r\n"));
    }
    test_write(dir, "large.csv", b.ptr, b.len);
    joist_buffer_free(&b);
}

static joist_text all_of(const char *path)
{
    joist_buffer b = { 0 };
    FILE *f = fopen(path, "r");
    cr_assert(f, "%s", path);
    size_t n;
    while ((n = fread(joist_buffer_reserve(&b, 1 << 16), 1, 1 << 16, f)) > 0)
        b.len += n;
    fclose(f);
    return joist_buffer_view(&b);
}

static void copy_with(int workers, const char *name, joist_text *rows, joist_text *letters)
{
    joist_pipeline_def def = { .name = "t", .build = build_copy };
    joist_pipeline *p = joist_pipeline_new(&def);
    joist_error e = { 0 };
    const joist_report *report;
    joist_run_options o = { .workers = workers, .run_id = JOIST_TEXT("r"),
                            .dead = joist_text_of(dead) };
    snprintf(output, sizeof output, "%s/%s", dir, name);
    cr_assert_eq(joist_pipeline_check(p, NULL, &e), JOIST_OK, "%s", e.message);
    cr_assert_eq(joist_pipeline_run(p, &o, &report), JOIST_OK, "%s", report->error.message);
    cr_expect_eq(report->records, 300000);
    cr_expect_eq(report->rejected, 300);
    cr_expect_eq(report->bytes, report->bytes_total);
    *rows = all_of(output);
    snprintf(output, sizeof output, "%s/r.jsonl", dead);
    *letters = all_of(output);
    joist_pipeline_free(p);
}

/* Dead letters of two runs differ in the time of the run. */
static void forget_times(joist_text letters)
{
    char *p = (char *)(uintptr_t)letters.ptr, *end = p + letters.len;
    while ((p = memmem(p, (size_t)(end - p), "\"seen_at\":\"", 11)))
        memset(p + 11, '0', 24), p += 35;
}

Test(read_csv, workers_share_a_file)
{
    joist_text rows[3], letters[3];
    static const int workers[] = { 1, 2, 5 };
    snprintf(input, sizeof input, "%s/large.csv", dir);
    snprintf(dead, sizeof dead, "%s/dead", dir);
    write_large();
    for (int i = 0; i < 3; i++) {
        char name[20];
        snprintf(name, sizeof name, "%d.jsonl", i);
        copy_with(workers[i], name, &rows[i], &letters[i]);
        forget_times(letters[i]);
        cr_expect(joist_text_equal(rows[i], rows[0]), "rows of %d workers", workers[i]);
        cr_expect(joist_text_equal(letters[i], letters[0]), "letters of %d workers", workers[i]);
    }
    for (int i = 0; i < 3; i++) {
        joist_free((char *)(uintptr_t)rows[i].ptr);
        joist_free((char *)(uintptr_t)letters[i].ptr);
    }
}

static void expect_refused(joist_source_spec spec, const char *why)
{
    joist_error e = { 0 };
    cr_assert_eq(jst_file_source.check(&spec, &e), JOIST_FAILED);
    cr_assert_eq(e.failure, JOIST_USAGE);
    cr_assert(strstr(e.message, why), "%s", e.message);
}

Test(read_csv, what_check_refuses)
{
    joist_source_spec spec = test_spec("x.csv", &row_type), bad = spec;
    joist_error e = { 0 };
    cr_assert_eq(jst_file_source.check(&spec, &e), JOIST_OK);
    bad.query = JOIST_TEXT("SELECT 1");
    expect_refused(bad, "is a file, which has no .query");
    bad = test_spec("x", &joist_value_type);
    bad.csv = true;
    expect_refused(bad, "'x' cannot be CSV: a joist_value has no columns");
    expect_refused(test_spec("file:", &row_type), "path is missing");
}
