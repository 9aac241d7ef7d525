/* SPDX-License-Identifier: Apache-2.0
 * The listing: which names are input, in which order, and what is skipped and counted.
 * Tests: read_list.c hour_set.c */
#include <criterion/criterion.h>

#include "read_list.h"
#include "read_test.h"

static char *dir;

static void set_up(void)
{
    dir = test_directory();
}

static void tear_down(void)
{
    test_remove(dir);
}

TestSuite(read_list, .init = set_up, .fini = tear_down);

static void put(const char *name)
{
    test_write(dir, name, "{}", 2);
}

/* The relative paths, each with a newline behind it. */
static void expect_spec(joist_source_spec *spec, const char *paths, uint64_t skipped)
{
    jst_listing l;
    joist_error e = { 0 };
    bool found;
    joist_buffer got = { 0 };
    cr_assert_eq(jst_list(spec, false, &l, &found, &e), JOIST_OK, "%s", e.message);
    for (size_t i = 0; i < l.count; i++) {
        joist_buffer_text(&got, l.files[i]->origin.path);
        joist_buffer_byte(&got, '\n');
        cr_expect_eq(l.files[i]->origin.rank, spec->first_rank + i);
    }
    cr_expect(joist_text_equal(joist_buffer_view(&got), joist_text_of(paths)), "%.*s",
              JOIST_ARG(joist_buffer_view(&got)));
    cr_expect_eq(l.skipped, skipped);
    joist_buffer_free(&got);
    jst_listing_free(&l);
}

static void expect(const char *paths, uint64_t skipped)
{
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    spec.first_rank = 7;
    expect_spec(&spec, paths, skipped);
}

static joist_error expect_failure(const char *uri, joist_failure failure)
{
    joist_source_spec spec = test_spec(uri, &joist_value_type);
    jst_listing l;
    joist_error e = { 0 };
    bool found;
    cr_assert_eq(jst_list(&spec, false, &l, &found, &e), JOIST_FAILED, "%s", uri);
    cr_expect_eq(e.failure, failure);
    cr_expect(e.message[0]);
    return e;
}

Test(read_list, order_is_by_bytes_of_the_whole_path)
{
    put("a/b.json");
    put("a.json");
    put("a-b/x.json");
    put("a0.json");
    put("\xff.json");
    put("\xc3\xa9.json");
    expect("a-b/x.json\na.json\na/b.json\na0.json\n\xc3\xa9.json\n\xff.json\n", 0);
}

Test(read_list, suffixes)
{
    put("1.json");
    put("2.jsonl");
    put("3.ndjson");
    put("4.json.gz");
    put("5.jsonl.gz");
    put("6.ndjson.gz");
    put("7.txt");
    put("8.JSON");
    put("9.gz");
    put("json");
    put("x.json.gz.gz");
    put("y.json.bak");
    expect("1.json\n2.jsonl\n3.ndjson\n4.json.gz\n5.jsonl.gz\n6.ndjson.gz\n", 6);
}

Test(read_list, text_takes_any_suffix)
{
    put("a.txt");
    put("b");
    put("_c");
    joist_source_spec spec = test_spec(dir, &joist_line_type);
    expect_spec(&spec, "a.txt\nb\n", 1);
}

Test(read_list, hidden_names_count_once_even_as_directories)
{
    put("_logs/a.json");
    put("_logs/b.json");
    put(".git/c.json");
    put(".x.json");
    put("_y.json");
    put("a/_z/q.json");
    put("a/k.json");
    expect("a/k.json\n", 5);
}

static void link_to(const char *target, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(symlink(target, path), 0);
}

Test(read_list, links_are_followed_loops_are_not_entered_twice)
{
    put("a/x.json");
    link_to("a/x.json", "l.json");
    link_to("a", "la");
    link_to("..", "a/up");
    link_to("self.json", "self.json");
    link_to("nowhere", "dangling.json");
    /* a/up and la/up are loops; self and dangling are no files */
    expect("a/x.json\nl.json\nla/x.json\n", 4);
}

Test(read_list, what_is_no_regular_file_is_skipped)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/fifo.json", dir);
    cr_assert_eq(mkfifo(path, 0600), 0);
    link_to("/dev/null", "null.json");
    put("d.json/x.txt");
    expect("", 3);
}

Test(read_list, origin_of_a_file)
{
    put("2026/10/25/14/a.json");
    char path[1024];
    snprintf(path, sizeof path, "%s/2026/10/25/14/a.json", dir);
    struct timespec times[2] = { { 5, 0 }, { 5, 123999999 } };
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    jst_listing l;
    bool found;
    cr_assert_eq(jst_list(&spec, false, &l, &found, NULL), JOIST_OK);
    const joist_origin *o = &l.files[0]->origin;
    cr_expect_str_eq(o->uri.ptr, path);
    cr_expect(joist_text_equal(o->path, JOIST_TEXT("2026/10/25/14/a.json")));
    cr_expect(joist_text_equal(o->hour_path, o->path));
    cr_expect(o->folder_hour.set);
    cr_expect_eq(o->modified.ms, 5123);
    jst_listing_free(&l);
}

static void expect_one(const char *uri, const char *path, const char *hour_path,
                       jst_file_format format)
{
    joist_source_spec spec = test_spec(uri, &joist_value_type);
    jst_listing l;
    bool found;
    joist_error e = { 0 };
    cr_assert_eq(jst_list(&spec, false, &l, &found, &e), JOIST_OK, "%s", e.message);
    cr_assert_eq(l.count, 1);
    const joist_origin *o = &l.files[0]->origin;
    cr_expect(joist_text_equal(o->uri, joist_text_of(uri)) || !path);
    cr_expect(!path || joist_text_equal(o->path, joist_text_of(path)), "%.*s", JOIST_ARG(o->path));
    cr_expect(joist_text_equal(o->hour_path, joist_text_of(hour_path)), "%.*s",
              JOIST_ARG(o->hour_path));
    cr_expect_eq(l.files[0]->format, format);
    jst_listing_free(&l);
}

Test(read_list, a_file_given_itself_is_read_whatever_its_name)
{
    char uri[1024];
    put("2026/10/25/14/_a.txt");
    put("b.ndjson.gz");
    snprintf(uri, sizeof uri, "file:%s/2026/10/25/14/_a.txt", dir);
    expect_one(uri, "_a.txt", "2026/10/25/14/_a.txt", JST_JSON_VALUES);
    snprintf(uri, sizeof uri, "%s/b.ndjson.gz", dir);
    expect_one(uri, "b.ndjson.gz", "b.ndjson.gz", JST_LINES);
}

Test(read_list, the_hour_may_begin_in_the_input)
{
    char uri[1024];
    put("2026/10/25/14/x/a.json");
    snprintf(uri, sizeof uri, "%s/2026/10/", dir);
    expect_one(uri, NULL, "2026/10/25/14/x/a.json", JST_JSON_VALUES);
    snprintf(uri, sizeof uri, "%s/2026/10/25/14/x", dir);
    expect_one(uri, NULL, "2026/10/25/14/x/a.json", JST_JSON_VALUES);
}

Test(read_list, windows)
{
    put("2026/10/25/13/a.json");
    put("2026/10/25/14/b.json");
    put("2026/10/25/15/c.json");
    put("2026/10/25/15/c.txt");
    put("none.json");
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    spec.window = JOIST_TEXT("2026-10-25T14");
    expect_spec(&spec, "2026/10/25/14/b.json\n", 1);
    spec.window = JOIST_NO_TEXT;
    spec.since = JOIST_TEXT("2026-10-25T14");
    expect_spec(&spec, "2026/10/25/14/b.json\n2026/10/25/15/c.json\n", 1);
    spec.until = JOIST_TEXT("2026-10-25T15");
    expect_spec(&spec, "2026/10/25/14/b.json\n", 1);
    spec.since = JOIST_NO_TEXT;
    expect_spec(&spec, "2026/10/25/13/a.json\n2026/10/25/14/b.json\n", 1);
    spec.until = JOIST_TEXT("tomorrow");
    jst_listing l;
    bool found;
    joist_error e;
    cr_expect_eq(jst_list(&spec, false, &l, &found, &e), JOIST_FAILED);
    cr_expect_eq(e.failure, JOIST_USAGE);
}

Test(read_list, what_cannot_be_read_fails)
{
    char uri[1024];
    snprintf(uri, sizeof uri, "%s/none", dir);
    joist_error e = expect_failure(uri, JOIST_FATAL);
    cr_expect(strstr(e.message, "No such file"), "%s", e.message);
    snprintf(uri, sizeof uri, "%s/fifo", dir);
    cr_assert_eq(mkfifo(uri, 0600), 0);
    expect_failure(uri, JOIST_FATAL);
    expect_failure("file:", JOIST_USAGE);
    expect_failure("", JOIST_USAGE);
}

Test(read_list, a_directory_that_cannot_be_read_fails)
{
    char path[1024];
    put("a/b/x.json");
    snprintf(path, sizeof path, "%s/a/b", dir);
    cr_assert_eq(chmod(path, 0), 0);
    bool powerless = access(path, R_OK) != 0;
    if (powerless) {
        joist_error e = expect_failure(dir, JOIST_FATAL);
        cr_expect(strstr(e.message, "/a/b"), "%s", e.message);
    }
    cr_assert_eq(chmod(path, 0700), 0);
}

Test(read_list, optional_forgives_absence_only)
{
    char uri[1024];
    snprintf(uri, sizeof uri, "%s/none", dir);
    joist_source_spec spec = test_spec(uri, &joist_value_type);
    jst_listing l;
    bool found = true;
    cr_expect_eq(jst_list(&spec, true, &l, &found, NULL), JOIST_OK);
    cr_expect(!found && !l.count);
    jst_listing_free(&l);
}

Test(read_list, an_open_source_s_files_are_no_input)
{
    put("projects.jsonl");
    put("x.json");
    link_to("projects.jsonl", "same.json");
    char uri[1024];
    snprintf(uri, sizeof uri, "%s/projects.jsonl", dir);
    joist_source_spec projects = test_spec(uri, &joist_value_type);
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    joist_source *s;
    cr_assert_eq(jst_file_source.open(&projects, false, &s, NULL), JOIST_OK);
    const joist_source *except[] = { s, NULL };
    spec.except = (const struct joist_source *const *)except;
    spec.except_count = 2;
    expect_spec(&spec, "x.json\n", 0);
    s->ops->close(s);
}

/* ---- hours ----------------------------------------------------------------------------------- */
/* The hours as HH of 2026-08-20, by ' '. */
static void expect_hours(joist_source_spec *spec, const joist_hours *known, const char *hours)
{
    joist_arena *arena = joist_arena_new();
    joist_hours found;
    joist_error e = { 0 };
    joist_buffer got = joist_buffer_in(arena, 64);
    joist_time day;
    cr_assert(joist_hour_parse(JOIST_TEXT("2026-08-20T00"), &day));
    cr_assert_eq(jst_list_hours(spec, known, arena, &found, &e), JOIST_OK, "%s", e.message);
    for (size_t i = 0; i < found.count; i++)
        joist_buffer_printf(&got, "%s%02lld", i ? " " : "",
                            (long long)(found.items[i] - day.ms) / 3600000);
    cr_expect(joist_text_equal(joist_buffer_view(&got), joist_text_of(hours)), "%.*s",
              JOIST_ARG(joist_buffer_view(&got)));
    joist_arena_free(arena);
}

Test(read_list, hours_that_have_something_to_read)
{
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    const joist_hours none = { 0 };
    expect_hours(&spec, &none, "");
    put("2026/08/20/09/a.json");
    put("2026/08/20/09/b.json");
    put("2026/08/20/11/x/deep.jsonl.gz");
    put("other/2026/08/20/09/c.json");
    put("other/2026/08/20/02/c.json");
    put("2026/08/20/12/_template.json");
    put("2026/08/20/13/picture.png");
    put("2026/08/20/14/.hidden/a.json");
    put("2026/08/20/25/a.json");
    put("2026/08/20/nothing.json");
    expect_hours(&spec, &none, "02 09 11");
    spec.since = JOIST_TEXT("2026-08-20T03");
    expect_hours(&spec, &none, "09 11");
    spec.until = JOIST_TEXT("2026-08-20T11");
    expect_hours(&spec, &none, "09");
}

Test(read_list, hours_that_are_known_are_not_looked_for)
{
    joist_source_spec spec = test_spec(dir, &joist_value_type);
    joist_time nine;
    joist_hour_parse(JOIST_TEXT("2026-08-20T09"), &nine);
    joist_hours known = { &nine.ms, 1 };
    put("2026/08/20/09/a.json");
    put("2026/08/20/10/a.json");
    expect_hours(&spec, &known, "10");
}

Test(read_list, hours_need_an_input)
{
    joist_arena *arena = joist_arena_new();
    joist_source_spec spec = test_spec("no/such/directory", &joist_value_type);
    joist_hours none = { 0 }, found;
    joist_error e = { 0 };
    cr_expect_eq(jst_list_hours(&spec, &none, arena, &found, &e), JOIST_FAILED);
    cr_expect(strstr(e.message, "cannot read 'no/such/directory'"), "%s", e.message);
    joist_arena_free(arena);
}
