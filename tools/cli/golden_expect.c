/* SPDX-License-Identifier: Apache-2.0
 * A set of rows has a file of its name in expect/, or no rows: what is not expected is a
 * difference, too. Without a summary.json all that is expected is exit code 0. */
#include "golden_expect.h"

#include "golden_files.h"
#include "golden_summary.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".jsonl"

/* ---- sets by name ---------------------------------------------------------------------------- */
static jst_golden_set *set_named(const jst_golden_result *r, joist_text name)
{
    for (size_t i = 0; i < r->count; i++)
        if (joist_text_equal(r->sets[i].name, name))
            return &r->sets[i];
    return NULL;
}

typedef struct sides {
    const jst_golden_result *expected, *got;
    bool outboxes;                      /* compare them, too */
    const char *prefix, *suffix;        /* around the name of a set: where its rows are */
} sides;

static void compare_set(joist_buffer *out, const sides *s, jst_golden_set *expected,
                        jst_golden_set *got)
{
    jst_golden_rows none = { 0 };
    const jst_golden_set *any = expected ? expected : got;
    joist_buffer name = { 0 };
    joist_buffer_printf(&name, "%s%.*s%s", s->prefix, JOIST_ARG(any->name), s->suffix);
    if (s->outboxes || !any->outbox)
        jst_golden_rows_diff(out, expected ? &expected->rows : &none, got ? &got->rows : &none,
                             joist_buffer_view(&name));
    joist_buffer_free(&name);
}

static void compare_sets(joist_buffer *out, const sides *s)
{
    for (size_t i = 0; i < s->expected->count; i++)
        compare_set(out, s, &s->expected->sets[i], set_named(s->got, s->expected->sets[i].name));
    for (size_t i = 0; i < s->got->count; i++)
        if (!set_named(s->expected, s->got->sets[i].name))
            compare_set(out, s, NULL, &s->got->sets[i]);
}

void jst_golden_compare(joist_buffer *out, const jst_golden_result *first,
                        const jst_golden_result *other, bool again)
{
    if (!again) {
        json_t *a = jst_golden_summary_common(first->summary);
        json_t *b = jst_golden_summary_common(other->summary);
        jst_golden_summary_diff(out, a, b, "summary");
        json_decref(a);
        json_decref(b);
    }
    compare_sets(out, &(sides){ first, other, !again, "", "" });
}

/* ---- expect/ --------------------------------------------------------------------------------- */
static joist_text expect_dir(const jst_golden_case *c)
{
    return jst_golden_path(c->arena, c->path, "expect");
}

static joist_status read_set(const jst_golden_case *c, joist_text file, jst_golden_set *set,
                             joist_error *e)
{
    joist_text text, shown = joist_arena_printf(c->arena, "expect/%.*s", JOIST_ARG(file));
    if (!jst_golden_read(c->arena, jst_golden_path(c->arena, expect_dir(c), file.ptr), &text, e))
        return JOIST_FAILED;
    *set = (jst_golden_set){ { file.ptr, file.len - strlen(SUFFIX) }, false,
                             { .arena = c->arena } };
    return jst_golden_rows_parse(&set->rows, text, shown, e);
}

static joist_status read_sets(const jst_golden_case *c, jst_golden_result *out, joist_error *e)
{
    jst_golden_names names = jst_golden_list(c->arena, expect_dir(c));
    *out = (jst_golden_result){ 0 };
    out->sets = joist_arena_zalloc(c->arena, (names.count + 1) * sizeof *out->sets);
    for (size_t i = 0; i < names.count; i++)
        if (joist_text_ends(names.items[i], JOIST_TEXT(SUFFIX))
            && read_set(c, names.items[i], &out->sets[out->count++], e) != JOIST_OK)
            return JOIST_FAILED;
    return JOIST_OK;
}

/* NULL without a message: there is none. */
static json_t *read_summary(const jst_golden_case *c, joist_error *e)
{
    joist_text text;
    json_error_t wrong;
    if (!jst_golden_read(c->arena, jst_golden_path(c->arena, expect_dir(c), "summary.json"), &text,
                         e))
        return NULL;
    json_t *summary = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &wrong);
    if (json_is_object(summary))
        return summary;
    joist_fail_with(e, JOIST_USAGE, "expect/summary.json:%d: %s", summary ? 1 : wrong.line,
                    summary ? "this is no object" : wrong.text);
    json_decref(summary);
    return NULL;
}

static json_t *expected_summary(const jst_golden_case *c, joist_error *e)
{
    json_t *summary = read_summary(c, e);
    if (!summary && !e->message[0])
        summary = json_object();
    if (summary && !json_object_get(summary, "exit"))
        json_object_set_new(summary, "exit", json_integer(0));
    return summary;
}

/* The run failed and nobody expected it: why. */
static void add_reason(joist_buffer *out, const jst_golden_result *got)
{
    json_t *error = json_object_get(got->summary, "error");
    const char *message = json_string_value(json_object_get(error, "message"));
    if (message)
        joist_buffer_printf(out, "    the run failed: %s\n", message);
}

joist_status jst_golden_expect(joist_buffer *out, const jst_golden_case *c,
                               const jst_golden_result *got, joist_error *e)
{
    jst_golden_result expected;
    json_t *summary = expected_summary(c, e);
    if (!summary || read_sets(c, &expected, e) != JOIST_OK) {
        json_decref(summary);
        return JOIST_FAILED;
    }
    if (json_integer_value(json_object_get(summary, "exit")) != got->exit_code)
        add_reason(out, got);
    jst_golden_summary_diff(out, summary, got->summary, "expect/summary.json");
    compare_sets(out, &(sides){ &expected, got, true, "expect/", SUFFIX });
    json_decref(summary);
    return JOIST_OK;
}

/* ---- update ---------------------------------------------------------------------------------- */
static joist_status update_set(const jst_golden_case *c, jst_golden_set *set,
                               jst_golden_result *expected, joist_error *e)
{
    jst_golden_set *old = set_named(expected, set->name);
    if (old ? jst_golden_rows_equal(&old->rows, &set->rows) : !set->rows.count)
        return JOIST_OK;
    joist_buffer text = { 0 };
    jst_golden_rows_print(&text, &set->rows);
    joist_text path = joist_arena_printf(c->arena, "%.*s/%.*s" SUFFIX, JOIST_ARG(expect_dir(c)),
                                         JOIST_ARG(set->name));
    joist_status status = jst_golden_write(path, joist_buffer_view(&text), e);
    joist_buffer_free(&text);
    return status;
}

static joist_status update_sets(const jst_golden_case *c, const jst_golden_result *got,
                                joist_error *e)
{
    jst_golden_result expected;
    if (read_sets(c, &expected, e) != JOIST_OK)
        return JOIST_FAILED;
    for (size_t i = 0; i < got->count; i++)
        if (update_set(c, &got->sets[i], &expected, e) != JOIST_OK)
            return JOIST_FAILED;
    for (size_t i = 0; i < expected.count; i++) {
        const jst_golden_set *set = set_named(got, expected.sets[i].name);
        if (expected.sets[i].rows.count && (!set || !set->rows.count))
            unlink(joist_arena_printf(c->arena, "%.*s/%.*s" SUFFIX, JOIST_ARG(expect_dir(c)),
                                      JOIST_ARG(expected.sets[i].name)).ptr);
    }
    return JOIST_OK;
}

/* What is chosen when nothing is chosen yet: of a run that went well nothing, else how it ended. */
static json_t *first_choice(const jst_golden_result *got)
{
    if (!got->exit_code)
        return NULL;
    json_t *error = json_object_get(got->summary, "error");
    json_t *message = json_object_get(error, "message");
    if (!message)
        return json_pack("{s:i}", "exit", got->exit_code);
    return json_pack("{s:i, s:{s:O}}", "exit", got->exit_code, "error", "message", message);
}

static int append(const char *bytes, size_t len, void *out)
{
    joist_buffer_add(out, bytes, len);
    return 0;
}

static joist_status update_summary(const jst_golden_case *c, const jst_golden_result *got,
                                   joist_error *e)
{
    json_t *old = read_summary(c, e), *now = NULL;
    if (e->message[0])
        return JOIST_FAILED;
    if (old && !json_object_get(old, "exit") && got->exit_code)
        json_object_set_new(old, "exit", json_integer(0));
    now = old ? jst_golden_summary_update(old, got->summary) : first_choice(got);
    joist_status status = JOIST_OK;
    if (now && !json_equal(old, now)) {
        joist_buffer text = { 0 };
        json_dump_callback(now, append, &text, JSON_INDENT(2));
        joist_buffer_byte(&text, '\n');
        status = jst_golden_write(jst_golden_path(c->arena, expect_dir(c), "summary.json"),
                                  joist_buffer_view(&text), e);
        joist_buffer_free(&text);
    }
    json_decref(old);
    json_decref(now);
    return status;
}

joist_status jst_golden_update(const jst_golden_case *c, const jst_golden_result *got,
                               joist_error *e)
{
    joist_text dir = expect_dir(c);
    if (mkdir(dir.ptr, 0777) && errno != EEXIST)
        return joist_fail_with(e, JOIST_FATAL, "cannot make %.*s: %s", JOIST_ARG(dir),
                               strerror(errno));
    return update_sets(c, got, e) == JOIST_OK ? update_summary(c, got, e) : JOIST_FAILED;
}
