/* SPDX-License-Identifier: Apache-2.0
 * A run as a page: from the same object as `--summary json`, so the page and the summary cannot
 * differ. Everything that comes from outside goes through jst_page_text; a content policy in the
 * head forbids scripts and loading for the case that something did not. */
#include "page.h"

#include "escape.h"
#include "format.h"
#include "graph_hide.h"
#include "graph_picture.h"
#include "graph_svg.h"
#include "page_parts.h"
#include "put_file.h"
#include "version.h"

#include <math.h>
#include <sys/stat.h>

/* ---- pieces ---------------------------------------------------------------------------------- */

void jst_page_text(joist_buffer *out, joist_text t)
{
    jst_cli_xml(out, t);
}

static joist_text string_of(const json_t *object, const char *key)
{
    const json_t *s = json_object_get(object, key);
    return json_is_string(s) ? (joist_text){ json_string_value(s), json_string_length(s) }
                             : JOIST_NO_TEXT;
}

void jst_page_string(joist_buffer *out, const json_t *object, const char *key)
{
    jst_page_text(out, string_of(object, key));
}

int64_t jst_page_count(const json_t *object, const char *key)
{
    const json_t *n = json_object_get(object, key);
    return json_is_integer(n) ? json_integer_value(n) : -1;
}

double jst_page_seconds(const json_t *object, const char *key)
{
    double s = json_number_value(json_object_get(object, key));
    return isfinite(s) && s > 0 ? s : 0;
}

void jst_page_hidden(joist_buffer *out, const jst_page *p, const json_t *object, const char *key)
{
    jst_page_text(out, jst_cli_options_hide(p->options, string_of(object, key)));
}

void jst_page_cell(joist_buffer *out, const char *class, joist_text t)
{
    joist_buffer_printf(out, class ? "<td class=\"%s\">" : "<td>", class);
    jst_page_text(out, t);
    joist_buffer_printf(out, "</td>");
}

void jst_page_number(joist_buffer *out, joist_arena *a, int64_t n)
{
    jst_page_cell(out, "r", n < 0 ? JOIST_TEXT("") : jst_cli_grouped(a, (uint64_t)n));
}

void jst_page_table(joist_buffer *out, const char *heading, const char *const *columns)
{
    joist_buffer_printf(out, "<h2>%s</h2>\n<div class=\"card\"><table><thead><tr>", heading);
    for (size_t i = 0; columns[i]; i++) {
        bool right = strncmp(columns[i], "r:", 2) == 0;
        joist_buffer_printf(out, "<th%s>%s</th>", right ? " class=\"r\"" : "",
                            columns[i] + (right ? 2 : 0));
    }
    joist_buffer_printf(out, "</tr></thead><tbody>\n");
}

void jst_page_table_end(joist_buffer *out)
{
    joist_buffer_printf(out, "</tbody></table></div>\n");
}

void jst_page_bar(joist_buffer *out, const char *class, double part, double whole)
{
    double percent = whole > 0 ? 100 * part / whole : 0;
    joist_buffer_printf(out, "<td class=\"graphic\"><span class=\"bar %s\" style=\"width:%.1f%%\">"
                             "</span></td>", class, percent > 100 ? 100 : percent);
}

/* ---- head ------------------------------------------------------------------------------------ */

typedef struct verdict { const char *class, *words; } verdict;

static verdict verdict_of(const json_t *run)
{
    int64_t code = jst_page_count(run, "exit");
    if (code == 0)
        return (verdict){ "good", json_is_true(json_object_get(run, "dry_run"))
                                  ? "OK, dry run" : "OK" };
    if (code == 4)
        return (verdict){ "warn", "Too many rejected" };
    if (code == 75)
        return (verdict){ "warn", "Failed for now: run it again" };
    if (code > 128)
        return (verdict){ "warn", "Interrupted: run it again" };
    return (verdict){ "bad", "Failed" };
}

static void print_head(joist_buffer *out, const jst_page *p)
{
    const json_t *run = p->counts->run;
    verdict v = verdict_of(run);
    joist_buffer_printf(out, "<header><div class=\"head\"><h1>");
    jst_page_text(out, joist_text_of(p->def->name));
    joist_buffer_printf(out, "</h1><span class=\"badge %s\">%s</span></div>\n<p>", v.class,
                        v.words);
    jst_page_text(out, joist_text_of(p->def->about));
    joist_buffer_printf(out, "</p>\n<p>");
    if (string_of(run, "window").len) {
        joist_buffer_printf(out, "hour <b>");
        jst_page_string(out, run, "window");
        joist_buffer_printf(out, "</b> · ");
    }
    joist_buffer_printf(out, "run <code>");
    jst_page_string(out, run, "run");
    joist_buffer_printf(out, "</code> · started ");
    jst_page_string(out, run, "started");
    joist_buffer_printf(out, " · took <b>%.*s</b> · exit code %d</p></header>\n",
                        JOIST_ARG(jst_cli_seconds(p->a, jst_page_seconds(run, "seconds"))),
                        (int)jst_page_count(run, "exit"));
}

static void print_error(joist_buffer *out, const jst_page *p)
{
    const json_t *error = json_object_get(p->counts->run, "error");
    if (!json_is_object(error))
        return;
    joist_buffer_printf(out, "<div class=\"error\" role=\"alert\"><b class=\"red\">error</b> ");
    jst_page_hidden(out, p, error, "message");
    if (string_of(error, "hint").len) {
        joist_buffer_printf(out, "<br><span class=\"dim\">help: ");
        jst_page_hidden(out, p, error, "hint");
        joist_buffer_printf(out, "</span>");
    }
    joist_buffer_printf(out, "</div>\n");
}

/* ---- key figures ----------------------------------------------------------------------------- */

static void print_tile(joist_buffer *out, const char *class, joist_text number, joist_text what)
{
    joist_buffer_printf(out, "<div class=\"tile %s\"><b>", class);
    jst_page_text(out, number);
    joist_buffer_printf(out, "</b><span>");
    jst_page_text(out, what);
    joist_buffer_printf(out, "</span></div>\n");
}

static uint64_t number_of(const json_t *object, const char *key)
{
    int64_t n = jst_page_count(object, key);
    return n > 0 ? (uint64_t)n : 0;
}

static void print_tiles(joist_buffer *out, const jst_page *p)
{
    const json_t *run = p->counts->run, *read = json_object_get(run, "read");
    joist_arena *a = p->a;
    uint64_t records = number_of(read, "records"), rejected = number_of(run, "rejected_total");
    double seconds = jst_page_seconds(run, "seconds");
    joist_buffer_printf(out, "<div class=\"tiles\">\n");
    print_tile(out, "", jst_cli_grouped(a, records), JOIST_TEXT("records read"));
    print_tile(out, "", jst_cli_grouped(a, number_of(run, "events")), JOIST_TEXT("events"));
    print_tile(out, rejected ? "red" : "", jst_cli_grouped(a, rejected),
               joist_arena_printf(a, "rejected, %.*s",
                                  JOIST_ARG(jst_cli_percent(a, rejected, records))));
    print_tile(out, "", jst_cli_bytes(a, (double)number_of(read, "bytes")),
               joist_arena_printf(a, "in %.*s %s",
                                  JOIST_ARG(jst_cli_grouped(a, number_of(read, "files"))),
                                  number_of(read, "files") == 1 ? "file" : "files"));
    if (seconds > 0.001)
        print_tile(out, "", jst_cli_short(a, (double)records / seconds),
                   JOIST_TEXT("records a second"));
    print_tile(out, "", jst_cli_bytes(a, (double)number_of(run, "peak_memory")),
               JOIST_TEXT("memory at most"));
    joist_buffer_printf(out, "</div>\n");
}

static void print_equation(joist_buffer *out, const jst_page *p)
{
    const json_t *run = p->counts->run;
    joist_arena *a = p->a;
    uint64_t records = number_of(json_object_get(run, "read"), "records");
    uint64_t events = number_of(run, "events"), all = number_of(run, "rejected_total");
    uint64_t before = records > events ? records - events : 0;
    bool sound = json_is_true(json_object_get(run, "adds_up"));
    joist_buffer_printf(out, "<p class=\"note\">%.*s records = %.*s events + %.*s rejected",
                        JOIST_ARG(jst_cli_grouped(a, records)),
                        JOIST_ARG(jst_cli_grouped(a, events)),
                        JOIST_ARG(jst_cli_grouped(a, before)));
    if (all > before)
        joist_buffer_printf(out, "; %.*s more rejected on one branch only",
                            JOIST_ARG(jst_cli_grouped(a, all - before)));
    joist_buffer_printf(out, "%s</p>\n", sound ? ". The numbers of all steps add up."
                        : ". The run did not come to the point where numbers must add up.");
}

/* ---- pictures -------------------------------------------------------------------------------- */

static void print_pictures(joist_buffer *out, const jst_page *p)
{
    jst_picture declared = { .arena = p->a }, fused = { .arena = p->a };
    jst_picture_declared(&declared, p->graph, p->counts);
    jst_picture_fused(&fused, p->graph, p->counts);
    joist_buffer_printf(out, "<h2>What went where</h2>\n<div class=\"card picture\">\n");
    jst_graph_svg(out, &declared, JOIST_TEXT("The steps of the pipeline with their numbers"),
                  false);
    joist_buffer_printf(out, "</div>\n<div class=\"card alone\"><details><summary>How it ran: "
                             "stages, and the shuffles between them</summary>\n"
                             "<div class=\"picture\">\n");
    jst_graph_svg(out, &fused, JOIST_TEXT("The stages of the run"), false);
    joist_buffer_printf(out, "</div></details></div>\n");
}

/* ---- times and memory ------------------------------------------------------------------------ */

static void print_row(joist_buffer *out, const char *what, joist_text value)
{
    joist_buffer_printf(out, "<tr><td>%s</td>", what);
    jst_page_cell(out, "r", value);
    joist_buffer_printf(out, "</tr>\n");
}

static void print_resources(joist_buffer *out, const jst_page *p)
{
    static const char *const columns[] = { "what", "r:value", NULL };
    const json_t *run = p->counts->run, *mail = json_object_get(run, "mail");
    joist_arena *a = p->a;
    jst_page_table(out, "Time and memory", columns);
    print_row(out, "to the first record",
              jst_cli_seconds(a, jst_page_seconds(run, "first_record_seconds")));
    print_row(out, "the whole run", jst_cli_seconds(a, jst_page_seconds(run, "seconds")));
    print_row(out, "work of all steps and writers together",
              jst_cli_seconds(a, p->counts->busy));
    print_row(out, "memory at most", jst_cli_bytes(a, (double)number_of(run, "peak_memory")));
    print_row(out, "put into temporary files",
              jst_cli_bytes(a, (double)number_of(run, "spilled_bytes")));
    if (number_of(mail, "sent") + number_of(mail, "failed") + number_of(mail, "pending") > 0)
        print_row(out, "messages sent / failed / pending",
                  joist_arena_printf(a, "%.*s / %.*s / %.*s",
                                     JOIST_ARG(jst_cli_grouped(a, number_of(mail, "sent"))),
                                     JOIST_ARG(jst_cli_grouped(a, number_of(mail, "failed"))),
                                     JOIST_ARG(jst_cli_grouped(a, number_of(mail, "pending")))));
    jst_page_table_end(out);
}

/* ---- the page -------------------------------------------------------------------------------- */

void jst_page_html(joist_buffer *out, const jst_page *p)
{
    joist_buffer_printf(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n<meta name=\"robots\" content=\"noindex\">\n<title>");
    jst_page_text(out, joist_text_of(p->def->name));
    joist_buffer_printf(out, " ");
    jst_page_string(out, p->counts->run, "run");
    joist_buffer_printf(out, "</title>\n<style>\n%s</style></head><body><main>\n", jst_page_style);
    print_head(out, p);
    print_error(out, p);
    print_tiles(out, p);
    print_equation(out, p);
    print_pictures(out, p);
    jst_page_steps(out, p);
    jst_page_rejects(out, p);
    jst_page_sinks(out, p);
    print_resources(out, p);
    jst_page_counters(out, p);
    jst_page_options(out, p);
    joist_buffer_printf(out, "<footer>Joist %s. This page is complete in itself: it loads nothing "
                             "and runs no script.</footer>\n</main></body></html>\n",
                        jst_cli_version());
}

/* What any other new file of the user would have. */
static unsigned usual_mode(void)
{
    mode_t mask = umask(022);
    umask(mask);
    return 0666 & ~(unsigned)mask;
}

joist_status jst_page_write(joist_text path, const jst_cli_outcome *o,
                            const joist_pipeline_def *def, const joist_pipeline *pipeline,
                            const jst_cli_options *options, joist_error *e)
{
    joist_arena *a = joist_arena_new();
    joist_buffer summary = { 0 }, text = { 0 };
    jst_graph_counts counts = { 0 };
    const joist_graph *g = jst_graph_hide(joist_pipeline_graph(pipeline, a), options, a);
    jst_page page = { def, g, &counts, options, a };
    jst_cli_summary_json(&summary, o);
    json_t *run = json_loadb(summary.ptr, summary.len, 0, NULL);
    joist_status status = jst_graph_counts_of(page.graph, run, "the run", a, &counts, e);
    if (status == JOIST_OK) {
        char *name = joist_text_dup(path);
        jst_page_html(&text, &page);
        status = jst_cli_put_file(name, "the report", &text, usual_mode(), e);
        joist_free(name);
    }
    json_decref(run);
    jst_graph_counts_free(&counts);
    joist_buffer_free(&summary);
    joist_buffer_free(&text);
    joist_arena_free(a);
    return status;
}
