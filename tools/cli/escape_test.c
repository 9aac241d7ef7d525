/* SPDX-License-Identifier: Apache-2.0
 * Nothing shown to a person may move a cursor, forge a line or carry a password. */
/* Tests: escape.c errors.c */
#include "escape.h"

#include "errors.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>

typedef void (*filter)(joist_buffer *out, joist_text t);

static void expect_bytes(filter f, joist_text in, const char *expected)
{
    joist_buffer out = { 0 };
    f(&out, in);
    cr_assert(joist_text_equal(joist_buffer_view(&out), joist_text_of(expected)),
              "'%.*s' is not '%s'",
              (int)out.len, out.ptr, expected);
    joist_buffer_free(&out);
}

static void expect(filter f, const char *in, const char *expected)
{
    expect_bytes(f, joist_text_of(in), expected);
}

Test(escape, controls_and_broken_utf8_become_visible)
{
    expect(jst_cli_escape, "", "");
    expect(jst_cli_escape, "grün — 日本 😀", "grün — 日本 😀");
    expect(jst_cli_escape, "a\nb\tc\x1b[31m\x7f\r", "a\\nb\\tc\\x1b[31m\\x7f\\x0d");
    expect(jst_cli_escape, "\xc2\x9b" "2J", "\\xc2\\x9b2J");
    expect(jst_cli_escape, "\xff\xc3", "\\xff\\xc3");
    expect(jst_cli_escape, "\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf",
           "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xc0\\xaf");
    expect_bytes(jst_cli_escape, (joist_text){ "a\0b", 3 }, "a\\x00b");
    expect(jst_cli_utf8, "a\xff" "é\xc3", "a\xef\xbf\xbd" "é\xef\xbf\xbd");
}

Test(escape, markup)
{
    expect(jst_cli_xml, "", "");
    expect(jst_cli_xml, "a<b>\"c\"&'d'", "a&lt;b&gt;&quot;c&quot;&amp;&#39;d&#39;");
    expect(jst_cli_xml, "<\x01\xff>é", "&lt;\\x01\\xff&gt;é");
    expect(jst_cli_xml, "&amp;", "&amp;amp;");
}

Test(escape, passwords_of_uris_are_masked_anywhere_in_a_sentence)
{
    expect(jst_cli_mask, "sqlite:out/x.db", "sqlite:out/x.db");
    expect(jst_cli_mask, "mongodb://u:p@h:27017/db", "mongodb://u:***@h:27017/db");
    expect(jst_cli_mask, "mongodb://u:p@x:y@h/db", "mongodb://u:***@h/db");
    expect(jst_cli_mask, "mongodb://u:p/w@h/db", "mongodb://u:***@h/db");
    expect(jst_cli_mask, "mongodb://h1:27017,h2:27017/db", "mongodb://h1:27017,h2:27017/db");
    expect(jst_cli_mask, "http://user@h/x", "http://user@h/x");
    expect(jst_cli_mask, "http://h:80/a@b?c=d", "http://h:80/a@b?c=d");
    expect(jst_cli_mask, "https://h/?a=1&api_key=s3&b=2&Token=t",
           "https://h/?a=1&api_key=***&b=2&Token=***");
    expect(jst_cli_mask, "no \"http://a:b@c\" and ftp://d:e@f/ end",
           "no \"http://a:***@c\" and ftp://d:***@f/ end");
    expect(jst_cli_mask, "://", "://");
    expect(jst_cli_mask, "x://:@", "x://:***@");
    expect_bytes(jst_cli_mask, JOIST_NO_TEXT, "");
}

Test(escape, shown_masks_then_escapes)
{
    joist_arena *a = joist_arena_new();
    joist_text t = jst_cli_shown(a, JOIST_TEXT("x://u:p\x01@h\n"));
    cr_assert(joist_text_equal(t, JOIST_TEXT("x://u:***@h\\n")), "%.*s", JOIST_ARG(t));
    joist_arena_free(a);
}

Test(escape, shell_words)
{
    expect(jst_cli_shell_word, "out/dead/a.jsonl", "out/dead/a.jsonl");
    expect(jst_cli_shell_word, "", "''");
    expect(jst_cli_shell_word, "a b$(x)", "'a b$(x)'");
    expect(jst_cli_shell_word, "it's ü", "'it'\\''s ü'");
}

/* ---- errors ---------------------------------------------------------------------------------- */
static void expect_error(const char *message, const char *hint, const char *expected)
{
    joist_error e = { 0 };
    joist_fail_with(&e, JOIST_GRAPH, "%s", message);
    snprintf(e.hint, sizeof e.hint, "%s", hint);
    joist_buffer out = { 0 };
    jst_cli_error_format(&out, &e, false);
    joist_buffer_byte(&out, '\0');
    cr_assert_str_eq(out.ptr, expected);
    joist_buffer_free(&out);
}

Test(errors, message_place_hint)
{
    expect_error("it broke", "", "error: it broke\n");
    expect_error("pipelines/x.c:41: a cycle", "look",
                 "error: a cycle\n  --> pipelines/x.c:41\n  = help: look\n");
    expect_error("in/a.json:1:79: expected ','", "", "error: expected ','\n  --> in/a.json:1:79\n");
    expect_error("db.example.org:27017: refused", "", "error: db.example.org:27017: refused\n");
    expect_error("x.c:: y", "", "error: x.c:: y\n");
    expect_error(".c:1: y", "", "error: .c:1: y\n");
    expect_error("x.c:12:", "", "error: x.c:12:\n");
    expect_error("", "", "error: failed without a message\n");
    expect_error("bad\nerror: forged mongodb://u:p@h", "",
                 "error: bad\\nerror: forged mongodb://u:***@h\n");
}

Test(errors, colour_only_where_wanted)
{
    joist_error e = { .message = "x" };
    joist_buffer out = { 0 };
    jst_cli_error_format(&out, &e, true);
    cr_assert(memmem(out.ptr, out.len, "\x1b[1;31merror:\x1b[0m x\n", 19));
    joist_buffer_free(&out);
    int fd = open("/dev/null", 0);
    cr_assert(!jst_cli_is_terminal(fd) && !jst_cli_wants_color(fd));
}
