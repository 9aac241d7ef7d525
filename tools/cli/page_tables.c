/* SPDX-License-Identifier: Apache-2.0
 * The tables of a report. */
#include "page_parts.h"

#include "escape.h"
#include "format.h"

static joist_text text_of(const json_t *s)
{
    return (joist_text){ json_string_value(s), json_string_length(s) };
}

static joist_text member(const json_t *object, const char *key)
{
    const json_t *s = json_object_get(object, key);
    return json_is_string(s) ? text_of(s) : JOIST_TEXT("");
}

static uint64_t sum(json_t *object)
{
    const char *key;
    json_t *n;
    uint64_t all = 0;
    json_object_foreach(object, key, n)
        all += json_integer_value(n) > 0 ? (uint64_t)json_integer_value(n) : 0;
    return all;
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* "297 398", or a line for each port. */
static void print_outs(joist_buffer *out, const jst_page *p, json_t *ports)
{
    const char *name;
    json_t *n;
    bool several = json_object_size(ports) > 1, first = true;
    joist_buffer_printf(out, "<td class=\"r\">");
    json_object_foreach(ports, name, n) {
        joist_buffer_printf(out, "%s", first ? "" : "<br>");
        first = false;
        if (several) {
            joist_buffer_printf(out, "<span class=\"dim\">");
            jst_page_text(out, joist_text_of(name));
            joist_buffer_printf(out, "</span> ");
        }
        uint64_t count = json_integer_value(n) > 0 ? (uint64_t)json_integer_value(n) : 0;
        jst_page_text(out, jst_cli_grouped(p->a, count));
    }
    joist_buffer_printf(out, "</td>");
}

static bool is_hot(const jst_page *p, joist_text name)
{
    return p->counts->slowest < p->graph->nodes_count
        && joist_text_equal(p->graph->nodes[p->counts->slowest].name, name);
}

static void print_name(joist_buffer *out, const jst_page *p, joist_text name)
{
    joist_buffer_printf(out, "<tr%s><td class=\"name\">",
                        is_hot(p, name) ? " class=\"hot\"" : "");
    jst_page_text(out, name);
    joist_buffer_printf(out, "%s</td>",
                        is_hot(p, name) ? "<span class=\"tag\">bottleneck</span>" : "");
}

static double most_busy(const jst_page *p)
{
    return p->counts->slowest < p->graph->nodes_count
        ? p->counts->steps[p->counts->slowest].busy : 0;
}

static joist_text unless_zero(joist_arena *a, uint64_t n)
{
    return n ? jst_cli_grouped(a, n) : JOIST_TEXT("");
}

static void print_step(joist_buffer *out, const jst_page *p, const json_t *stage)
{
    double busy = jst_page_seconds(stage, "busy_seconds");
    int64_t retried = jst_page_count(stage, "retried");
    print_name(out, p, member(stage, "name"));
    jst_page_number(out, p->a, jst_page_count(stage, "in"));
    print_outs(out, p, json_object_get(stage, "out"));
    jst_page_cell(out, "r red", unless_zero(p->a, sum(json_object_get(stage, "rejected"))));
    jst_page_cell(out, "r", unless_zero(p->a, retried > 0 ? (uint64_t)retried : 0));
    jst_page_cell(out, "r", jst_cli_seconds(p->a, busy));
    jst_page_bar(out, "", busy, most_busy(p));
    joist_buffer_printf(out, "</tr>\n");
}

void jst_page_steps(joist_buffer *out, const jst_page *p)
{
    static const char *const columns[] = {
        "step", "r:in", "r:out", "r:rejected", "r:retried", "r:busy", "", NULL,
    };
    json_t *stages = json_object_get(p->counts->run, "stages");
    jst_page_table(out, "Steps", columns);
    for (size_t i = 0; i < json_array_size(stages); i++)
        print_step(out, p, json_array_get(stages, i));
    jst_page_table_end(out);
}

/* ---- stores ---------------------------------------------------------------------------------- */

static const char *state_of(const jst_page *p, const json_t *sink)
{
    if (json_is_true(json_object_get(p->counts->run, "dry_run")))
        return "dry run: not written";
    return json_is_true(json_object_get(sink, "committed")) ? "committed" : "not committed";
}

void jst_page_sinks(joist_buffer *out, const jst_page *p)
{
    static const char *const columns[] = {
        "store", "r:rows", "state", "r:time", "", "where", NULL,
    };
    json_t *sinks = json_object_get(p->counts->run, "sinks");
    if (json_array_size(sinks) == 0)
        return;
    jst_page_table(out, "Stores", columns);
    for (size_t i = 0; i < json_array_size(sinks); i++) {
        const json_t *sink = json_array_get(sinks, i);
        joist_text table = jst_cli_options_hide(p->options, member(sink, "table"));
        joist_text uri = jst_cli_options_hide(p->options, member(sink, "uri"));
        double seconds = jst_page_seconds(sink, "seconds");
        print_name(out, p, member(sink, "name"));
        jst_page_number(out, p->a, jst_page_count(sink, "rows"));
        jst_page_cell(out, NULL, joist_text_of(state_of(p, sink)));
        jst_page_cell(out, "r", jst_cli_seconds(p->a, seconds));
        jst_page_bar(out, "", seconds, most_busy(p));
        jst_page_cell(out, "mono", joist_arena_printf(p->a, "%.*s%s%.*s", JOIST_ARG(uri),
                                                      table.len ? ", table " : "",
                                                      JOIST_ARG(table)));
        joist_buffer_printf(out, "</tr>\n");
    }
    jst_page_table_end(out);
}

/* ---- counters -------------------------------------------------------------------------------- */

static void print_counters(joist_buffer *out, const jst_page *p, const json_t *stage, bool *any)
{
    static const char *const columns[] = { "step", "counter", "r:count", NULL };
    const char *name;
    json_t *n;
    json_object_foreach(json_object_get(stage, "counters"), name, n) {
        if (!*any)
            jst_page_table(out, "Counters", columns);
        *any = true;
        joist_buffer_printf(out, "<tr>");
        jst_page_cell(out, "name", member(stage, "name"));
        jst_page_cell(out, NULL, joist_text_of(name));
        jst_page_number(out, p->a, json_integer_value(n));
        joist_buffer_printf(out, "</tr>\n");
    }
}

void jst_page_counters(joist_buffer *out, const jst_page *p)
{
    json_t *stages = json_object_get(p->counts->run, "stages");
    bool any = false;
    for (size_t i = 0; i < json_array_size(stages); i++)
        print_counters(out, p, json_array_get(stages, i), &any);
    if (any)
        jst_page_table_end(out);
}

/* ---- options --------------------------------------------------------------------------------- */

void jst_page_options(joist_buffer *out, const jst_page *p)
{
    static const char *const columns[] = { "option", "value", "from", NULL };
    jst_page_table(out, "Options", columns);
    for (size_t i = 0; i < p->options->count; i++) {
        const jst_cli_option *option = &p->options->items[i];
        bool hidden = option->field->flags & JOIST_HIDDEN;
        if (option->source == JST_CLI_UNSET || (hidden && option->source == JST_CLI_DEFAULT))
            continue;
        joist_buffer_printf(out, "<tr>");
        jst_page_cell(out, "mono name",
                      joist_arena_printf(p->a, "--%.*s", JOIST_ARG(option->name)));
        jst_page_cell(out, "mono", option->value.len ? jst_cli_option_shown(p->options, option)
                                                     : JOIST_TEXT("\"\""));
        jst_page_cell(out, option->source == JST_CLI_DEFAULT ? "dim" : NULL, option->where);
        joist_buffer_printf(out, "</tr>\n");
    }
    jst_page_table_end(out);
}
