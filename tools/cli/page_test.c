/* SPDX-License-Identifier: Apache-2.0
 * The report of runs made by hand, with texts that try to be markup wherever a text can be. */
/* Tests: page.c page_style.c page_tables.c page_rejects.c graph_hide.c */
#include "graph_hide.h"
#include "page.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EVIL "</script><b onclick=x>\\\"'&\\u0001"
#define T(s) { s, sizeof(s) - 1 }

#define OPTIONS(F, T)                                                                              \
    F(T, joist_text, token, JOIST_SECRET) F(T, joist_text, plain, 0) F(T, joist_text, unset, 0)
JOIST_RECORD(options, OPTIONS);

static const joist_code codes[] = { { "too_blue", "bluer than <allowed>" }, { NULL, NULL } };
static const joist_pipeline_def def = { .name = "sample", .about = "a <test>", .codes = codes };
static const joist_graph_port evs[] = { { T("out"), T("ev") } };
static const joist_graph_node nodes[] = {
    { .op = T("read"), .name = T("in"), .uri = T("x:hush-hush/a"), .file = T("p.c"), .line = 7,
      .ports = evs, .ports_count = 1 },
    { .op = T("write"), .name = T("w"), .uri = T("sqlite:x"), .file = T("p.c"), .line = 10 },
};
static const joist_graph_edge edges[] = { { .from = 0, .to = 1 } };
static const joist_text stores[] = { T("y:hush-hush") };
static const joist_graph graph = {
    .pipeline = T("sample"), .nodes = nodes, .nodes_count = 2, .edges = edges, .edges_count = 1,
    .stores = stores, .stores_count = 1,
};

static joist_arena *arena;
static jst_cli_options *table;
static char dead[64];

static void set_up(void)
{
    joist_error e = { 0 };
    char *flags[] = { "--token", "hush-hush", "--plain=<i>" };
    arena = joist_arena_new();
    table = jst_cli_options_new(arena, "run");
    cr_assert(jst_cli_options_add(table, &options_type, "pipeline", &e));
    cr_assert_eq(jst_cli_options_flags(table, 3, flags, &e), JOIST_OK, "%s", e.message);
    cr_assert_eq(jst_cli_options_resolve(table, &e), JOIST_OK);
    snprintf(dead, sizeof dead, "/tmp/joist-page-XXXXXX");
    close(mkstemp(dead));
}

static void tear_down(void)
{
    unlink(dead);
    joist_arena_free(arena);
}

TestSuite(page, .init = set_up, .fini = tear_down);

/* A summary: its exit code, its codes, what else is in it (",…"). */
static char *page_of(int code, const char *rejected, const char *more)
{
    static joist_buffer out;
    jst_graph_counts counts = { 0 };
    joist_error e = { 0 };
    joist_text text = joist_arena_printf(arena,
        "{\"run\":\"r-1\",\"pipeline\":\"sample\",\"exit\":%d,\"seconds\":2,\"dead\":\"%s\","
        "\"read\":{\"files\":1,\"records\":10,\"bytes\":99},\"events\":8,\"rejected_total\":2,"
        "\"adds_up\":true,\"rejected\":%s,"
        "\"stages\":[{\"name\":\"in\",\"in\":10,\"out\":{\"out\":8},\"busy_seconds\":1,"
        "\"counters\":{\"seen<\":5}}],"
        "\"sinks\":[{\"name\":\"w\",\"uri\":\"x:hush-hush/" EVIL "\",\"rows\":8,"
        "\"committed\":true}]%s}", code, dead, rejected, more);
    json_t *run = json_loadb(text.ptr, text.len, 0, NULL);
    cr_assert(run);
    const joist_graph *g = jst_graph_hide(&graph, table, arena);
    cr_assert_eq(jst_graph_counts_of(g, run, "it", arena, &counts, &e), JOIST_OK, "%s", e.message);
    out.len = 0;
    jst_page_html(&out, &(jst_page){ &def, g, &counts, table, arena });
    joist_buffer_byte(&out, '\0');
    jst_graph_counts_free(&counts);
    json_decref(run);
    return out.ptr;
}

static void expect_in(const char *text, const char *part)
{
    cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static void expect_not_in(const char *text, const char *part)
{
    cr_assert(!strstr(text, part), "'%s' in:\n%s", part, text);
}

static void write_dead(const char *text)
{
    FILE *f = fopen(dead, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

Test(page, a_good_run)
{
    const char *t = page_of(0, "{}", "");
    cr_assert(joist_text_starts(joist_text_of(t), JOIST_TEXT("<!doctype html>\n")));
    expect_in(t, "<span class=\"badge good\">OK</span>");
    expect_in(t, "a &lt;test&gt;");
    expect_in(t, "10 records = 8 events + 2 rejected. The numbers of all steps add up.");
    expect_in(t, "<b>99 B</b><span>in 1 file</span>");
    expect_in(t, "Nothing was rejected.");
    expect_in(t, "<td class=\"mono name\">--plain</td><td class=\"mono\">&lt;i&gt;</td>"
                 "<td>flag</td>");
    expect_in(t, "<td>seen&lt;</td><td class=\"r\">5</td>");
    expect_in(t, "<tr class=\"hot\"><td class=\"name\">in<span class=\"tag\">bottleneck</span>");
    expect_not_in(t, "--unset");
    expect_in(t, "</main></body></html>\n");
}

Test(page, secrets_are_shown_nowhere)
{
    const char *t = page_of(1, "{}",
                            ",\"error\":{\"message\":\"no hush-hush here\",\"hint\":null}");
    expect_not_in(t, "hush");
    expect_in(t, "no *** here");
    expect_in(t, "x:***/a");
    const joist_graph *g = jst_graph_hide(&graph, table, arena);
    cr_expect(joist_text_equal(g->stores[0], JOIST_TEXT("y:***")));
    cr_expect(joist_text_equal(jst_cli_options_hide(table, JOIST_TEXT("hush-hushhush-hush.")),
                               JOIST_TEXT("******.")));
}

Test(page, endings)
{
    expect_in(page_of(4, "{}", ""), "badge warn\">Too many rejected");
    expect_in(page_of(75, "{}", ""), "badge warn\">Failed for now: run it again");
    expect_in(page_of(130, "{}", ",\"adds_up\":false"), "badge warn\">Interrupted");
    expect_in(page_of(0, "{}", ",\"dry_run\":true"), "OK, dry run");
    expect_in(page_of(0, "{}", ",\"dry_run\":true"), "dry run: not written");
    const char *t = page_of(1, "{}", ",\"error\":{\"message\":\"" EVIL "\",\"hint\":\"try <x>\"}");
    expect_in(t, "badge bad\">Failed");
    expect_in(t, "&lt;/script&gt;&lt;b onclick=x&gt;&quot;&#39;&amp;\\x01");
    expect_in(t, "help: try &lt;x&gt;");
}

Test(page, rejects_with_a_few_letters)
{
    write_dead("no json\n"
        "{\"code\":\"too_blue\",\"stage\":\"in\",\"message\":\"" EVIL "\",\"source\":"
        "{\"uri\":\"in/<a>.json\",\"line\":7},\"element\":{\"k\":\"" EVIL "\"}}\n"
        "{\"code\":\"too_blue\",\"message\":\"m2\",\"raw\":\"PGI+AAo=\",\"element\":null}\n"
        "{\"code\":\"too_blue\",\"message\":\"m3\"}\n"
        "{\"code\":\"too_blue\",\"message\":\"m4\"}\n"
        "{\"code\":\"cut\",\"message\":\"not a whole line");
    const char *t = page_of(0, "{\"bad_json\":2,\"too_blue\":4}", "");
    expect_in(t, "bluer than &lt;allowed&gt;");
    expect_in(t, "text that is no JSON");
    expect_in(t, "in/&lt;a&gt;.json:7");
    expect_in(t, "\n &quot;k&quot;: &quot;&lt;/script&gt;");
    expect_in(t, "<pre>&lt;b&gt;\\x00\n</pre>");
    expect_in(t, ">m3<");
    expect_not_in(t, ">m4<");
    expect_not_in(t, "not a whole line");
    expect_in(t, "No dead letter of this code was found.");
    cr_expect_lt(strstr(t, ">too_blue<"), strstr(t, ">bad_json<"), "the greatest first");
    expect_not_in(t, "<b onclick");
    expect_not_in(t, "</script");
}

Test(page, long_elements_are_cut_between_characters)
{
    joist_buffer line = { 0 };
    joist_buffer_printf(&line, "{\"code\":\"too_blue\",\"message\":\"m\",\"element\":\"");
    for (int i = 0; i < 1000; i++)
        joist_buffer_printf(&line, "\xc3\xa9");
    joist_buffer_printf(&line, "\"}\n");
    joist_buffer_byte(&line, '\0');
    write_dead(line.ptr);
    joist_buffer_free(&line);
    const char *t = page_of(0, "{\"too_blue\":1}", "");
    expect_in(t, "\xc3\xa9\n<span class=\"dim\">… 803 bytes more</span></pre>");
}

Test(page, nothing_is_loaded_and_nothing_runs)
{
    const char *t = page_of(0, "{\"too_blue\":4}", "");
    expect_in(t, "default-src 'none'; style-src 'unsafe-inline'");
    expect_not_in(t, "<script");
    expect_not_in(t, "src=");
    expect_not_in(t, "href=");
    expect_not_in(t, "url(");
}
