/* SPDX-License-Identifier: Apache-2.0
 * Tests: text.c entities.c */
#include <criterion/criterion.h>
#include <joist.h>

static joist_arena *arena;

static void set_up(void)
{
    arena = joist_arena_new();
}

static void tear_down(void)
{
    joist_arena_free(arena);
}

TestSuite(text, .init = set_up, .fini = tear_down);

static void expect(joist_text got, const char *want)
{
    cr_assert(joist_text_equal(got, joist_text_of(want)), "'%.*s', not '%s'", JOIST_ARG(got), want);
}

Test(text, trim)
{
    expect(joist_trim(JOIST_TEXT(" \t\n\v\f\ra b\r\f\v\n\t ")), "a b");
    expect(joist_trim(JOIST_TEXT("  ")), "");
    expect(joist_trim(JOIST_TEXT("")), "");
    expect(joist_trim(JOIST_TEXT("\xc2\xa0x")), "\xc2\xa0x");
    cr_assert_eq(joist_trim((joist_text){ "\0 ", 2 }).len, 1u);
    cr_assert(joist_text_null(joist_trim(JOIST_NO_TEXT)));
}

Test(text, lower)
{
    joist_text clean = JOIST_TEXT("abc-1@[`{");
    cr_assert_eq(joist_lower(clean, arena).ptr, clean.ptr);
    expect(joist_lower(JOIST_TEXT("aZ@[A\xc3\x89"), arena), "az@[a\xc3\x89");
    cr_assert(joist_text_null(joist_lower(JOIST_NO_TEXT, arena)));
}

Test(text, cut)
{
    joist_text t = JOIST_TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    static const size_t lengths[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };
    for (size_t limit = 0; limit < sizeof lengths / sizeof *lengths; limit++)
        cr_assert_eq(joist_cut(t, limit).len, lengths[limit], "limit %zu", limit);
    cr_assert_eq(joist_cut(JOIST_NO_TEXT, 3).len, 0u);
}

Test(text, entities)
{
    static const char *const cases[][2] = {
        { "", "" }, { "plain", "plain" }, { "&amp;&lt;&gt;&quot;&apos;", "&<>\"'" },
        { "Bea&#039;s", "Bea's" }, { "&#x41;&#65;&#x20aC;", "AA\xe2\x82\xac" },
        { "&amp;amp;", "&amp;" },
        { "&amp;#65;", "&#65;" }, { "&", "&" }, { "&&amp;", "&&" }, { "&amp", "&amp" },
        { "&AMP;", "&AMP;" },
        { "&nbsp;", "&nbsp;" }, { "&#;", "&#;" }, { "&#x;", "&#x;" }, { "&#X41;", "&#X41;" },
        { "&#6 5;", "&#6 5;" },
        { "&#0;", "&#0;" }, { "&#x0;", "&#x0;" }, { "&#xD800;", "&#xD800;" },
        { "&#xDFFF;", "&#xDFFF;" },
        { "&#xD7FF;", "\xed\x9f\xbf" }, { "&#xE000;", "\xee\x80\x80" },
        { "&#x10FFFF;", "\xf4\x8f\xbf\xbf" },
        { "&#x110000;", "&#x110000;" }, { "&#4294967361;", "&#4294967361;" },
        { "&#18446744073709551681;", "&#18446744073709551681;" },
        { "&#00000000000000000065;", "A" }, { "&#-65;", "&#-65;" }, { "&#65", "&#65" },
        { "&#a;", "&#a;" },
        { "x&#10;y", "x\ny" }, { "&lt;&lt", "<&lt" }, { "&#128512;", "\xf0\x9f\x98\x80" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(joist_entities(joist_text_of(cases[i][0]), arena), cases[i][1]);
    cr_assert(joist_text_null(joist_entities(JOIST_NO_TEXT, arena)));
    joist_text clean = JOIST_TEXT("clean");
    cr_assert_eq(joist_entities(clean, arena).ptr, clean.ptr);
}

static void expect_words(const char *text, const char *want)
{
    joist_text rest = joist_text_of(text), word;
    joist_buffer all = { 0 };
    while (joist_next_word(&rest, &word))
        joist_buffer_printf(&all, "%.*s|", JOIST_ARG(word));
    expect(joist_buffer_view(&all), want);
    cr_assert_eq(rest.len, 0u);
    joist_buffer_free(&all);
}

Test(text, words)
{
    expect_words("", "");
    expect_words(" ,.;", "");
    expect_words("KING LEAR, 'tis 2nd.", "KING|LEAR|'tis|2nd|");
    expect_words("don't-stop_now", "don't|stop|now|");
    expect_words("na\xc3\xafve caf\xc3\xa9\xe2\x80\x94\xd0\xb4\xd0\xb0\xc2\xa0\xc2\xab" "a\xc2\xbb",
                 "na\xc3\xafve|caf\xc3\xa9|\xd0\xb4\xd0\xb0|a|");
    expect_words("\xff\xc3", "\xff\xc3|");
    joist_text rest = JOIST_NO_TEXT, word;
    cr_assert_not(joist_next_word(&rest, &word));
}

static void expect_parts(const char *text, const char *want)
{
    joist_text rest = joist_text_of(text), part;
    joist_buffer all = { 0 };
    while (joist_next_part(&rest, ',', &part))
        joist_buffer_printf(&all, "%.*s|", JOIST_ARG(part));
    expect(joist_buffer_view(&all), want);
    cr_assert(joist_text_null(rest));
    cr_assert(joist_text_null(part));
    joist_buffer_free(&all);
}

Test(text, parts)
{
    expect_parts("a", "a|");
    expect_parts("", "|");
    expect_parts(",", "||");
    expect_parts("a,,b", "a||b|");
    expect_parts("a,b,", "a|b||");
    expect_parts(NULL, "");
    joist_text rest = { "a\0,b", 4 }, part;
    cr_assert(joist_next_part(&rest, ',', &part));
    cr_assert_eq(part.len, 2u);
}

Test(text, ip)
{
    static const char *const good[] = { "203.0.113.7", "0.0.0.0", "255.255.255.255", "2001:db8::2",
        "::", "::1",
        "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
        "2001:DB8::A" };
    static const char *const wrong[] = { "", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4",
        "1.2.3.4 ", " 1.2.3.4",
        "1.2.3.4/8", "0x1.2.3.4", "::1%lo", "[::1]", "1:2:3:4:5:6:7:8:9", ":::", "g::", "localhost",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2550000000000000000000" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert(joist_ip_valid(joist_text_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(joist_ip_valid(joist_text_of(wrong[i])), "%s", wrong[i]);
    cr_assert_not(joist_ip_valid((joist_text){ "1.2.3.4\0", 8 }));
    cr_assert_not(joist_ip_valid(JOIST_NO_TEXT));
}
