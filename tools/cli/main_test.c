/* SPDX-License-Identifier: Apache-2.0
 * joist_main as a program sees it: exit codes, and what goes to stdout and to stderr. Running a
 * pipeline to its end is the end-to-end tests' business. */
/* Tests: main.c verbs.c prepare.c list.c version.c */
#include "capture_test.h"
#include "version.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OPTIONS(F, T)                                                                              \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "what to read")                                \
    F(T, joist_text, output, 0, .fallback = "nowhere:x", .help = "a store")                        \
    F(T, bool, broken, 0, .fallback = "false", .help = "make the graph wrong")
JOIST_RECORD(options, OPTIONS);

/* A connector that is never opened: only offline verbs are tested. */
static const joist_source_ops no_source = { 0 };
static const joist_store_ops no_store = { 0 };
static const joist_connector nowhere = {
    .version = JOIST_CONNECTOR_VERSION, .name = "nowhere", .schemes = { "nowhere" },
    .help = "a test's", .source = &no_source, .store = &no_store,
};
static const joist_connector *const connectors[] = { &nowhere, NULL };
static const joist_code codes[] = { { "too_blue", "the record is too blue" }, { NULL, NULL } };

#define KEEP(IN, OUT, SIDE, CFG, STATE) IN(joist_line) OUT(joist_line, kept)
JOIST_DOFN(keep, KEEP);
static joist_status keep_process(const keep_call *v, const joist_line *line)
{
    return joist_line_emit(v->out.kept, *line);
}
static const joist_dofn *const dofns[] = { &keep_dofn, NULL };

static void build(joist_pipeline *p, const void *config)
{
    const options *o = config;
    joist_line_coll lines = joist_read(joist_line, p, .uri = o->input);
    joist_write(JOIST_APPLY(keep, lines).kept, .uri = o->output);
    if (o->broken)
        joist_mistake(p, (joist_site)JOIST_SITE, "broken on purpose");
}

static const joist_pipeline_def def = {
    .name = "sample", .about = "keeps lines", .options = &options_type, .dofns = dofns,
    .codes = codes, .connectors = connectors, .build = build,
};

/* ---- calling it ------------------------------------------------------------------------------ */
#define CALL(...) captured_main((char *[]){ "bin/sample", __VA_ARGS__, NULL }, &def)

static void expect_in(const char *text, const char *part)
{
    cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

/* ---- help and version ------------------------------------------------------------------------ */
Test(cli, help)
{
    cr_assert_eq(CALL("--help"), 0);
    expect_in(out, "sample: keeps lines\n");
    expect_in(out, "usage: bin/sample VERB [options]\n");
    expect_in(out, "\n  check       Tells everything");
    cr_assert_str_eq(err, "");
    cr_assert_eq(CALL("run", "--help"), 0);
    expect_in(out, "usage: bin/sample run [options]\n");
    expect_in(out, "  -i, --input VALUE");
    expect_in(out, "--workers N");
    cr_assert(!strstr(out, "--online") && !strstr(out, "--run-id"));
    cr_assert_eq(CALL("check", "-h"), 0);
    expect_in(out, "--online");
    cr_assert_eq(CALL("list", "--help"), 0);
    expect_in(out, "usage: bin/sample list transforms|options|codes [options]\n");
}

Test(cli, version)
{
    cr_assert_eq(CALL("--version"), 0);
    expect_in(out, "sample, a Joist pipeline\njoist ");
    expect_in(out, jst_cli_version());
    expect_in(out, "\nbuild ");
    expect_in(out, "\njansson ");
    expect_in(out, jansson_version_str());
}

/* ---- usage ----------------------------------------------------------------------------------- */
static void expect_usage(int code, const char *message, const char *hint)
{
    cr_assert_eq(code, 2, "exit %d: %s", code, err);
    cr_assert_str_eq(out, "");
    cr_assert(joist_text_starts(joist_text_of(err), JOIST_TEXT("error: ")));
    expect_in(err, message);
    expect_in(err, hint);
}

Test(cli, wrong_verbs)
{
    expect_usage(captured_main((char *[]){ "bin/sample", NULL }, &def), "a verb is missing",
                 "= help: `bin/sample --help`");
    expect_usage(CALL("rum"), "unknown verb 'rum'", "did you mean `bin/sample run`?");
    expect_usage(CALL("--input", "x"), "a verb must stand before '--input'", "`bin/sample run`");
    expect_usage(CALL("rewind"), "unknown verb 'rewind'", "--help");
}

Test(cli, wrong_options)
{
    expect_usage(CALL("run"), "--input is required", "`bin/sample run --help`");
    expect_usage(CALL("run", "--imput=x"), "unknown option --imput", "did you mean --input?");
    expect_usage(CALL("run", "-i", "x", "--online"), "unknown option --online", "help");
    expect_usage(CALL("check", "-i", "x", "--workers", "many"),
                 "--workers: 'many' is not an integer", "");
    expect_usage(CALL("run", "-i", "x", "stray"), "unexpected argument 'stray'", "--help");
    expect_usage(CALL("list"), "list wants one of", "list options");
    expect_usage(CALL("list", "pets"), "list wants one of", "");
    expect_usage(CALL("list", "codes", "codes"), "list wants one of", "");
}

Test(cli, explain_options)
{
    cr_assert_eq(CALL("run", "--explain-options", "--output", "nowhere://u:pw@h"), 0);
    expect_in(out, "(missing)");
    expect_in(out, "nowhere://u:***@h");
    cr_assert(!strstr(out, "pw"));
    expect_usage(CALL("run", "--explain-options", "--summary=xml"), "--summary: 'xml'", "");
}

/* ---- check ----------------------------------------------------------------------------------- */
Test(cli, check)
{
    cr_assert_eq(CALL("check", "-i", "nowhere:in"), 0, "%s", err);
    cr_assert_str_eq(out, "OK  sample: options and graph are sound\n");
    cr_assert_eq(CALL("check", "-q", "-i", "nowhere:in"), 0);
    cr_assert_str_eq(out, "");
}

Test(cli, a_wrong_graph_is_refused_by_check_and_run_alike)
{
    char by_check[sizeof err];
    cr_assert_eq(CALL("check", "-i", "nowhere:in", "--broken"), 3);
    snprintf(by_check, sizeof by_check, "%s", err);
    expect_in(err, "error: broken on purpose\n  --> ");
    expect_in(err, "main_test.c:");
    cr_assert_eq(CALL("run", "-i", "nowhere:in", "--broken"), 3);
    cr_assert_str_eq(err, by_check);
    cr_assert_str_eq(out, "");
}

/* ---- graph ----------------------------------------------------------------------------------- */
Test(cli, graph)
{
    cr_assert_eq(CALL("graph", "--format", "ascii", "-i", "nowhere:in"), 0, "%s", err);
    expect_in(out, "| nowhere:in      |\n");
    expect_in(out, "| joist_line\n");
    expect_in(out, "[===================]\n| write_joist_line  |\n| nowhere:x         |\n");
    cr_assert_eq(CALL("graph", "--format", "ascii"), 0, "it needs no input: %s", err);
    expect_in(out, "| read_joist_line |\n");
    cr_assert_eq(CALL("graph", "-i", "nowhere:in", "--broken"), 3);
    expect_in(err, "error: broken on purpose\n  --> ");
    expect_usage(CALL("graph", "--format", "gif"), "--format: 'gif' is not auto, ascii", "help");
    expect_usage(CALL("graph", "--with-counts", "/nonexistent"), "cannot read /nonexistent",
                 "run --summary json");
    cr_assert_eq(CALL("graph", "--help"), 0);
    expect_in(out, "Options of the graph:\n");
}

/* ---- list ------------------------------------------------------------------------------------ */
static json_t *listed(const char *what)
{
    char *argv[] = { "bin/sample", "list", (char *)(uintptr_t)what, "--json", NULL };
    cr_assert_eq(captured_main(argv, &def), 0);
    json_t *rows = json_loads(out, 0, NULL);
    cr_assert(json_is_array(rows));
    return rows;
}

static json_t *named(json_t *rows, const char *name)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(rows, i), "name")), name) == 0)
            return json_array_get(rows, i);
    cr_assert(false, "no row '%s' in %s", name, out);
    return NULL;
}

Test(cli, list_as_json)
{
    json_t *rows = listed("transforms");
    json_t *keep_row = named(rows, "keep"), *connector = named(rows, "nowhere");
    cr_assert_str_eq(json_string_value(json_object_get(keep_row, "in")), "joist_line");
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(keep_row, "out"), "kept")),
                     "joist_line");
    cr_assert(json_is_true(json_object_get(connector, "write")));
    cr_assert(json_is_false(json_object_get(connector, "post")));
    named(rows, "joist_latest");
    json_decref(rows);
    rows = listed("codes");
    named(rows, "too_blue");
    named(rows, "bad_json");
    json_decref(rows);
    rows = listed("options");
    named(rows, "input");
    named(rows, "max-rejected");
    named(rows, "online");
    json_decref(rows);
}

Test(cli, list_as_text)
{
    cr_assert_eq(CALL("list", "codes"), 0);
    expect_in(out, "too_blue");
    expect_in(out, "the record is too blue\n");
    cr_assert_eq(CALL("list", "transforms"), 0);
    expect_in(out, "joist_line -> kept\n");
    cr_assert_eq(CALL("list", "options"), 0);
    expect_in(out, "nowhere:x");
}
