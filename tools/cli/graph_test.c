/* SPDX-License-Identifier: Apache-2.0
 * Pictures of a small graph made by hand, with names that are hostile to every form, and the
 * numbers of a run. Pictures of real pipelines are compared whole by tests/e2e/graph_test.py. */
/* Tests: graph.c graph_picture.c graph_fused.c graph_clusters.c graph_counts.c graph_json.c */
/* Tests: graph_ascii.c graph_svg.c graph_mermaid.c graph_dot.c */
#include "graph_ascii.h"
#include "graph_json.h"
#include "graph_picture.h"
#include "graph_svg.h"
#include "graph_text.h"
#include "json_out.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#define T(s) { s, sizeof(s) - 1 }
static const joist_text key[] = { T("id") };
static const joist_graph_port evs[] = { { T("out"), T("ev") } };
static const joist_graph_port two[] = { { T("ok"), T("ev") }, { T("odd"), T("odd_one") } };
static const joist_graph_node nodes[] = {
    { .op = T("read"), .name = T("in"), .uri = T("http://u:pw@h/<a>&\"'\x1b[31m"), .file = T("p.c"),
      .line = 7, .ports = evs, .ports_count = 1 },
    { .op = T("pardo"), .name = T("<b>`|\";#"), .dofn = T("f"), .file = T("p.c"), .line = 8,
      .ports = two, .ports_count = 2 },
    { .op = T("weave"), .name = T("woven"), .key = { key, 1 }, .file = T("p.c"), .line = 9,
      .ports = evs, .ports_count = 1 },
    { .op = T("write"), .name = T("w"), .uri = T("sqlite:x"), .table = T("t"), .file = T("p.c"),
      .line = 10 },
};
static const joist_graph_edge edges[] = {
    { .from = 0, .to = 1 }, { .from = 1, .to = 2 }, { .from = 2, .to = 3 },
    { .from = 1, .port = 1, .to = 2, .side = true, .name = T("odd"), .key = T("k") },
};
static const size_t steps[] = { 1 };
static const joist_graph_feed feeds[] = {
    { 0, 0, JOIST_GRAPH_STEP, 0 }, { 1, 0, JOIST_GRAPH_SHUFFLE, 0 },
};
static const joist_graph_stage stages[] = {
    { .root = 0, .steps = steps, .steps_count = 1, .feeds = feeds, .feeds_count = 2 },
};
static const joist_graph_shuffle shuffles[] = { { 2, true, T("ev"), 0 } };
static const joist_graph_table tables[] = { { 3, 0, 0 } };
static const joist_text stores[] = { T("sqlite:x") };
static const joist_graph graph = {
    T("sample"), nodes, 4, edges, 4, stages, 1, shuffles, 1, NULL, 0, tables, 1, stores, 1,
};

static const char run_text[] =
    "{\"run\":\"r-1\",\"pipeline\":\"sample\",\"status\":\"done\",\"seconds\":2.5,\"stages\":["
    "{\"name\":\"in\",\"in\":1005,\"out\":{\"out\":1000},\"rejected\":{\"bad_json\":5},"
    "\"busy_seconds\":1},"
    "{\"name\":\"<b>`|\\\";#\",\"in\":1000,\"out\":{\"ok\":990,\"odd\":3},"
    "\"rejected\":{\"x\":4,\"y\":3},\"retried\":2,\"busy_seconds\":3}],"
    "\"sinks\":[{\"name\":\"w\",\"rows\":99,\"seconds\":0.5}]}";

static joist_arena *arena;
static jst_graph_counts counts;

static void load_counts(const char *text)
{
    joist_error e = { 0 };
    json_t *run = json_loads(text, 0, NULL);
    cr_assert_eq(jst_graph_counts_of(&graph, run, "run.json", arena, &counts, &e), JOIST_OK, "%s",
                 e.message);
    json_decref(run);
}

static void set_up(void)
{
    arena = joist_arena_new();
    load_counts(run_text);
}

static void tear_down(void)
{
    jst_graph_counts_free(&counts);
    joist_arena_free(arena);
}

TestSuite(graph, .init = set_up, .fini = tear_down);

static const char *text_of(joist_buffer *out)
{
    joist_text t = joist_arena_printf(arena, "%.*s%c", (int)out->len, out->ptr, 0);
    joist_buffer_free(out);
    return t.ptr;
}

typedef void (*make)(jst_picture *p, const joist_graph *g, const jst_graph_counts *c);

static const char *ascii(make m, const jst_graph_counts *c, bool lines, bool color)
{
    jst_picture p = { .arena = arena };
    joist_buffer out = { 0 };
    m(&p, &graph, c);
    jst_graph_ascii(&out, &p, lines, color);
    return text_of(&out);
}

static void expect_in(const char *text, const char *part)
{
    cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static void expect_not_in(const char *text, const char *part)
{
    cr_assert(!strstr(text, part), "'%s' in:\n%s", part, text);
}

/* ---- numbers --------------------------------------------------------------------------------- */

Test(graph, counts_by_name)
{
    cr_expect_eq(counts.steps[0].outs[0], 1000);
    cr_expect_eq(counts.steps[0].rejected, 5);
    cr_expect_eq(counts.steps[1].outs[1], 3);
    cr_expect_eq(counts.steps[1].rejected, 7);
    cr_expect_eq(counts.steps[1].retried, 2);
    cr_expect_eq(counts.steps[3].rows, 99);
    cr_expect_eq(counts.steps[3].in, 990);
    cr_expect_eq(counts.slowest, 1);
    cr_expect_float_eq(counts.busy, 4.5, 1e-9);
}

Test(graph, a_step_nobody_tells_about_passes_on_what_it_gets)
{
    cr_expect(!counts.steps[2].known);
    cr_expect_eq(counts.steps[2].in, 990);
    cr_expect_eq(counts.steps[2].outs[0], 990);
}

static const char *refused(const char *text)
{
    static joist_error e;
    jst_graph_counts c;
    json_t *run = json_loads(text, 0, NULL);
    e = (joist_error){ 0 };
    cr_assert_eq(jst_graph_counts_of(&graph, run, "x.json", arena, &c, &e), JOIST_FAILED);
    cr_expect_eq(e.failure, JOIST_USAGE);
    json_decref(run);
    return e.message;
}

Test(graph, what_is_no_summary_of_this_pipeline)
{
    expect_in(refused("{}"), "x.json is not the summary of a run");
    expect_in(refused("[1]"), "is not the summary");
    expect_in(refused("{\"pipeline\":\"sample\"}"), "is not the summary");
    expect_in(refused("{\"pipeline\":\"other\",\"stages\":[]}"), "'other', not of 'sample'");
}

Test(graph, odd_summaries_do_no_harm)
{
    jst_graph_counts_free(&counts);
    load_counts("{\"pipeline\":\"sample\",\"stages\":[{\"name\":\"in\",\"in\":-4,\"out\":7,"
                "\"rejected\":[],\"busy_seconds\":\"x\"},{\"name\":3},null],\"sinks\":{}}");
    cr_expect_eq(counts.steps[0].outs[0], -1);
    cr_expect_eq(counts.slowest, graph.nodes_count);
    expect_in(ascii(jst_picture_declared, &counts, false, false), "woven");
}

Test(graph, a_file_of_a_run)
{
    char name[] = "/tmp/joist-graph-XXXXXX";
    int fd = mkstemp(name);
    joist_error e = { 0 };
    jst_graph_counts c = { 0 };
    cr_assert_eq(write(fd, run_text, sizeof run_text - 1), (ssize_t)sizeof run_text - 1);
    close(fd);
    cr_assert_eq(jst_graph_counts_read(&graph, joist_text_of(name), arena, &c, &e), JOIST_OK, "%s",
                 e.message);
    cr_expect_eq(c.slowest, 1);
    jst_graph_counts_free(&c);
    cr_assert_eq(truncate(name, 30), 0);
    cr_expect_eq(jst_graph_counts_read(&graph, joist_text_of(name), arena, &c, &e), JOIST_FAILED);
    expect_in(e.message, "is not the summary of a run");
    unlink(name);
    cr_expect_eq(jst_graph_counts_read(&graph, joist_text_of(name), arena, &c, &e), JOIST_FAILED);
    expect_in(e.message, "No such file");
}

/* ---- characters ------------------------------------------------------------------------------ */

Test(graph, plain_has_ascii_only)
{
    const char *text = ascii(jst_picture_declared, &counts, false, false);
    for (const char *c = text; *c; c++)
        cr_assert(*c == '\n' || (*c >= ' ' && *c < 0x7f), "byte %d in:\n%s", *c, text);
    expect_in(text, "http://u:***@h/<a>&\"'\\x1b[31m");
    expect_in(text, "odd: odd_one by k 3");
    expect_in(text, "weave by id");
    expect_in(text, "3.0 s bottleneck 67 %  7 rejected");
    expect_in(text, "99 rows");
}

Test(graph, fused_lists_the_steps_of_a_stage)
{
    const char *text = ascii(jst_picture_fused, &counts, false, false);
    expect_in(text, "# stage 1");
    expect_in(text, "# in from http://u:***@h/");
    expect_in(text, "#   <b>`|\";#");
    expect_in(text, "4.0 s bottleneck 89 %");
    expect_in(text, "| woven       |\n");
    expect_in(text, "| weave by id |\n");
    expect_in(text, "| table t  |\n");
}

Test(graph, colours_only_if_wanted)
{
    expect_in(ascii(jst_picture_declared, &counts, true, true), "\x1b[31m7 rejected\x1b[0m");
    expect_not_in(ascii(jst_picture_declared, &counts, true, false), "\x1b[");
    expect_in(ascii(jst_picture_declared, &counts, true, false), "┌");
}

/* ---- forms for programs ---------------------------------------------------------------------- */

static const char *written(make m, void (*write_it)(joist_buffer *, const jst_picture *))
{
    jst_picture p = { .arena = arena };
    joist_buffer out = { 0 };
    m(&p, &graph, &counts);
    write_it(&out, &p);
    return text_of(&out);
}

static void write_dot(joist_buffer *out, const jst_picture *p)
{
    jst_graph_dot(out, p, JOIST_TEXT("a\"b\\"));
}

Test(graph, mermaid)
{
    const char *text = written(jst_picture_declared, jst_graph_mermaid);
    cr_assert(joist_text_starts(joist_text_of(text), JOIST_TEXT("flowchart TD\n")));
    expect_in(text, "    n1[\"#60;b#62;#96;#124;#34;#59;#35;<br/>f<br/>3.0 s bottleneck");
    expect_in(text, "    n1 -.->|\"odd: odd_one by k 3\"| n2\n");
    expect_in(text, "    n3[(\"w<br/>");
    expect_in(text, "    class n1 bottleneck\n");
    expect_not_in(text, "\x1b");
    expect_in(written(jst_picture_clusters, jst_graph_mermaid),
              "    subgraph s1 [\"stage 1\"]\n        n0([");
}

Test(graph, dot)
{
    const char *text = written(jst_picture_declared, write_dot);
    expect_in(text, "digraph \"ab\" {\n");
    expect_in(text, "label=<<B>&lt;b&gt;`|&quot;;#</B>");
    expect_in(text, "<FONT COLOR=\"#d1242f\">7 rejected</FONT>");
    expect_in(text, "</FONT> <B>3</B>>, style=dashed];\n");
    text = written(jst_picture_clusters, write_dot);
    expect_in(text, "  subgraph cluster_1 {\n    label=\"stage 1\";\n");
    expect_in(text, "  n0 -> n1 [");
    expect_in(text, "  n1 -> n2 [");
}

Test(graph, svg)
{
    jst_picture p = { .arena = arena };
    joist_buffer out = { 0 };
    jst_picture_declared(&p, &graph, &counts);
    jst_graph_svg(&out, &p, JOIST_TEXT("<t>"), true);
    const char *text = text_of(&out);
    expect_in(text, "<title>&lt;t&gt;</title>");
    expect_in(text, ">http://u:***@h/&lt;a&gt;&amp;&quot;&#39;\\x1b[31m</text>");
    expect_in(text, "class=\"jg-step jg-hot\"");
    expect_in(text, "jg-wire jg-dashed");
    expect_not_in(text, "<b>");
    expect_not_in(text, "pw@");
}

Test(graph, json)
{
    joist_buffer out = { 0 };
    jst_cli_json_line(&out, jst_graph_json(&graph, &counts));
    const char *text = text_of(&out);
    expect_in(text, "{\"pipeline\":\"sample\",\"nodes\":[{\"name\":\"in\",\"op\":\"read\","
                    "\"shape\":\"source\",\"dofn\":null,\"detail\":null,\"uri\":\"http://u:***@h/");
    expect_in(text, "\"counts\":{\"in\":1000,\"rejected\":7,\"retried\":2,\"busy_seconds\":3.0}");
    expect_in(text, "\"type\":\"odd_one\",\"side\":{\"name\":\"odd\",\"key\":\"k\"},"
                    "\"elements\":3}");
    expect_in(text, "\"run\":{\"run\":\"r-1\",\"status\":\"done\",\"seconds\":2.5,"
                    "\"bottleneck\":\"<b>`|\\\";#\"}");
    out = (joist_buffer){ 0 };
    jst_cli_json_line(&out, jst_graph_json(&graph, NULL));
    text = text_of(&out);
    expect_not_in(text, "counts");
    expect_not_in(text, "elements");
}
