/* SPDX-License-Identifier: Apache-2.0
 * Dead letters read back, and files of them line by line. */
/* Tests: letters.c dead_show.c */
#include "dead.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "{\"v\":1,\"run\":\"r\",\"pipeline\":\"p\",\"stage\":\"s\",\"code\":\"c\","

static joist_arena *arena;
static joist_error error;
static jst_cli_letter letter;
static char directory[64];

static void set_up(void)
{
    arena = joist_arena_new();
    error = (joist_error){ 0 };
    snprintf(directory, sizeof directory, "/tmp/joist-letters-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void tear_down(void)
{
    nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    joist_arena_free(arena);
}

TestSuite(letters, .init = set_up, .fini = tear_down);

static joist_status parse(const char *line)
{
    return jst_cli_letter_parse(joist_text_of(line), &letter, arena, &error);
}

static joist_text file(const char *name, const char *text, size_t len)
{
    joist_text path = joist_arena_printf(arena, "%s/%s", directory, name);
    FILE *f = fopen(path.ptr, "w");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(text, 1, len, f), len);
    fclose(f);
    return path;
}

/* ---- one letter ------------------------------------------------------------------------------ */
Test(letters, every_member)
{
    cr_assert_eq(parse(HEAD "\"message\":\"wrong (byte 17)\",\"site\":\"a.c:3\",\"source\":{"
                       "\"uri\":\" in/\\u00e9.jsonl \",\"offset\":10,\"line\":2,\"record\":1},"
                       "\"attempts\":3,\"seen_at\":\"2026-08-20T03:00:00.000Z\",\"raw\":\"e30A\","
                       "\"raw_truncated\":true}"), JOIST_OK, "%s", error.message);
    size_t at;
    cr_expect(joist_text_equal(letter.uri, JOIST_TEXT(" in/é.jsonl ")), "blanks belong to it");
    cr_expect(letter.offset == 10 && letter.line == 2 && letter.record == 1);
    cr_expect_eq(letter.attempts, 3);
    cr_expect(letter.raw.len == 3 && memcmp(letter.raw.ptr, "{}\0", 3) == 0);
    cr_expect(letter.raw_truncated);
    cr_expect_null(letter.element.ptr);
    cr_expect(jst_cli_letter_byte(&letter, &at) && at == 17);
}

Test(letters, what_may_be_missing)
{
    cr_assert_eq(parse(HEAD "\"source\":{\"uri\":null,\"offset\":null},\"element\":{\"a\":1}}"),
                 JOIST_OK);
    size_t at;
    cr_expect_null(letter.uri.ptr);
    cr_expect_null(letter.raw.ptr);
    cr_expect(letter.element.len == 7);
    cr_expect_not(jst_cli_letter_byte(&letter, &at));
}

Test(letters, bytes_of_messages)
{
    static const struct { const char *message; bool is; } cases[] = {
        { "x (byte 0)", true }, { "(byte 12)", true }, { "x (byte )", false }, { "byte 3)", false },
        { "x (byte 3) y", false }, { "(byte -1)", false }, { "(byte 99999999999999999999)", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t at;
        letter.message = joist_text_of(cases[i].message);
        cr_expect_eq(jst_cli_letter_byte(&letter, &at), cases[i].is, "%s", cases[i].message);
    }
}

Test(letters, what_is_none)
{
    static const struct { const char *line, *part; } cases[] = {
        { "", "no JSON object" }, { "{", "no JSON object" }, { "{} {}", "no JSON object" },
        { "[]", "version 1" }, { "{}", "version 1" }, { "{\"v\":2}", "version 1" },
        { "{\"v\":1,\"run\":\"r\"}", "is missing" }, { HEAD "\"raw\":\"e30\"}", "no base64" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(parse(cases[i].line), JOIST_FAILED, "%s", cases[i].line);
        cr_expect(strstr(error.message, cases[i].part), "%s: %s", cases[i].line, error.message);
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */
Test(letters, lines_of_any_length_with_their_places)
{
    enum { LONG = 200000 };
    joist_buffer text = { 0 };
    joist_buffer_text(&text, JOIST_TEXT("one\n\n  two \r\n"));
    for (int i = 0; i < LONG; i++)
        joist_buffer_byte(&text, 'x');
    joist_buffer_text(&text, JOIST_TEXT("\nlast"));
    jst_cli_lines lines;
    joist_text line;
    cr_assert_eq(jst_cli_lines_open(&lines, file("a", text.ptr, text.len), &error), JOIST_OK);
    const struct { uint64_t number, offset; size_t len; } want[] = {
        { 1, 0, 3 }, { 3, 7, 3 }, { 4, 13, LONG }, { 5, 14 + LONG, 4 },
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        cr_assert(jst_cli_lines_next(&lines, &line, &error));
        cr_expect_eq(lines.number, want[i].number);
        cr_expect_eq(lines.offset, want[i].offset);
        cr_expect_eq(line.len, want[i].len);
        cr_expect_eq(memcmp(line.ptr, text.ptr + want[i].offset, line.len), 0);
    }
    cr_expect_not(jst_cli_lines_next(&lines, &line, &error));
    cr_expect_str_eq(error.message, "");
    jst_cli_lines_close(&lines);
    joist_buffer_free(&text);
}

Test(letters, files_and_directories)
{
    jst_cli_paths paths;
    file("b.jsonl", "", 0);
    file("a.jsonl", "", 0);
    file(".hidden.jsonl", "", 0);
    file("note.txt", "", 0);
    joist_text dir = joist_text_of(directory), gone = JOIST_TEXT("/tmp/joist-nowhere");
    cr_assert_eq(jst_cli_letter_files(&dir, 1, JOIST_NO_TEXT, arena, &paths, &error), JOIST_OK);
    cr_assert_eq(paths.count, 2);
    cr_expect(joist_text_ends(paths.items[0], JOIST_TEXT("/a.jsonl")));
    cr_expect(joist_text_ends(paths.items[1], JOIST_TEXT("/b.jsonl")));
    joist_text local = joist_arena_printf(arena, "file:%s/", directory);
    cr_assert_eq(jst_cli_letter_files(NULL, 0, local, arena, &paths, &error), JOIST_OK);
    cr_expect_eq(paths.count, 2);
    cr_assert_eq(jst_cli_letter_files(NULL, 0, gone, arena, &paths, &error), JOIST_OK);
    cr_expect_eq(paths.count, 0);
    cr_expect_eq(jst_cli_letter_files(&gone, 1, dir, arena, &paths, &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "/tmp/joist-nowhere: No such file"));
}

/* ---- finding and explaining ------------------------------------------------------------------ */
Test(letters, by_id_and_by_place)
{
    jst_cli_found found;
    joist_text path = file("20260820T03-0a1b.jsonl", "{\"a\":1}\n{\"b\":2}\n", 16);
    joist_text dir = joist_text_of(directory), place = joist_arena_printf(arena, "%s:1", path.ptr);
    cr_assert_eq(jst_cli_dead_find(JOIST_TEXT("20260820T03-0a1b-2"), dir, arena, &found, &error),
                 JOIST_OK, "%s", error.message);
    cr_expect(joist_text_equal(found.line, JOIST_TEXT("{\"b\":2}")));
    cr_expect(joist_text_equal(found.path, path));
    cr_assert_eq(jst_cli_dead_find(place, dir, arena, &found, &error), JOIST_OK);
    cr_expect(joist_text_equal(found.line, JOIST_TEXT("{\"a\":1}")));
    cr_expect_eq(jst_cli_dead_find(JOIST_TEXT("20260820T03-0a1b-3"), dir, arena, &found, &error),
                 JOIST_FAILED);
    cr_expect(strstr(error.message, "has no dead letter 3: it has 2 lines"), "%s", error.message);
    cr_expect_eq(jst_cli_dead_find(JOIST_TEXT("-3"), dir, arena, &found, &error), JOIST_FAILED);
    cr_expect(strstr(error.message, "is neither RUN-N"));
}

static const char *explained(void)
{
    joist_buffer out = joist_buffer_in(arena, 256);
    jst_cli_dead_explain(&out, &letter, JOIST_TEXT("NEXT"), arena);
    joist_buffer_byte(&out, '\0');
    return out.ptr;
}

Test(letters, a_long_line_is_cut_around_the_byte)
{
    char line[1024];
    cr_assert_eq(parse(HEAD "\"message\":\"wrong (byte 300)\",\"source\":{"
                       "\"uri\":\"a.json\",\"offset\":50,\"line\":9,\"record\":4}}"), JOIST_OK);
    for (size_t i = 0; i < sizeof line; i++)
        line[i] = (char)(i == 20 ? '\n' : i == 300 ? '!' : 'a' + (char)(i % 26));
    letter.raw = (joist_bytes){ line, sizeof line };
    const char *text = explained(), *mark = strchr(text, '!'), *caret = strchr(text, '^');
    cr_assert(mark && caret);
    const char *begin = strstr(text, "| …") + 2, *below = strstr(mark, "\n   | ") + 6;
    cr_expect_eq(mark - begin - 2, caret - below, "one character is three bytes");
    cr_expect(strstr(text, "a.json:10:280  record 4, byte 350\n"), "%s", text);
    cr_expect(strstr(mark, "…\n"));
}

Test(letters, fields_without_what_says_nothing)
{
    cr_assert_eq(parse(HEAD "\"message\":\"no\",\"source\":{\"uri\":null},\"element\":"
                       "{\"a\":null,\"b\":\"x\\u001by\",\"c\":[1, 2]}}"), JOIST_OK);
    const char *text = explained();
    cr_expect(strstr(text, "c: no\n  --> made by an aggregation: no place in the input\n"));
    cr_expect(strstr(text, "\n   | b: \"x\\u001by\"\n   | c: [1,2]\n   = run r of"), "%s", text);
    cr_expect(strstr(text, "help: once the cause is gone: NEXT\n"));
}
