/* SPDX-License-Identifier: Apache-2.0
 * A case is copied into a temporary folder, which is the current directory while it runs: all its
 * paths are relative and the same on every machine, nothing is written into the case, and the
 * times of its files are known. What a case has not is taken from the folder above it. */
#include "golden_case.h"

#include "golden_files.h"

/* Cases without a `now` have this one. */
#define DEFAULT_NOW "2026-01-01T00:00:00Z"

bool jst_golden_is_case(joist_arena *a, joist_text path)
{
    return jst_golden_is_dir(jst_golden_path(a, path, "in"))
        || jst_golden_is_dir(jst_golden_path(a, path, "expect"));
}

static bool split_path(jst_golden_case *c, joist_text path)
{
    const char *slash = strrchr(path.ptr, '/');
    if (!slash)
        return false;
    size_t n = (size_t)(slash - path.ptr);
    c->path = path;
    c->above = joist_arena_printf(c->arena, "%.*s", (int)n, path.ptr);
    c->name = joist_text_of(slash + 1);
    return true;
}

/* The file in the case, else in the folder above; NULL if there is none. */
static joist_text own_or_above(const jst_golden_case *c, const char *name, joist_error *e)
{
    joist_text text;
    if (jst_golden_read(c->arena, jst_golden_path(c->arena, c->path, name), &text, e)
        || e->message[0] || jst_golden_read(c->arena, jst_golden_path(c->arena, c->above, name),
                                            &text, e))
        return text;
    return JOIST_NO_TEXT;
}

static joist_status read_now(jst_golden_case *c, joist_error *e)
{
    joist_text text = own_or_above(c, "now", e);
    text = joist_text_null(text) ? JOIST_TEXT(DEFAULT_NOW) : joist_trim(text);
    if (e->message[0] || joist_time_parse(text, &c->now))
        return e->message[0] ? JOIST_FAILED : JOIST_OK;
    return joist_fail_with(e, JOIST_USAGE, "now: '%.*s' is no time like " DEFAULT_NOW,
                           (int)(text.len < 60 ? text.len : 60), text.ptr);
}

static joist_status read_options(jst_golden_case *c, joist_error *e)
{
    const joist_text folders[] = { c->above, c->path };
    for (size_t i = 0; i < 2; i++) {
        joist_text path = jst_golden_path(c->arena, folders[i], "options"), text;
        if (jst_golden_read(c->arena, path, &text, e))
            c->options[i] = text;
        else if (e->message[0])
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

/* ---- the folder it runs in ------------------------------------------------------------------- */
static joist_status copy_part(jst_golden_case *c, joist_text from, const char *name, joist_error *e)
{
    return jst_golden_copy(c->arena, jst_golden_path(c->arena, from, name),
                           jst_golden_path(c->arena, c->temporary, name), c->now.ms, e);
}

static joist_status set_one_time(jst_golden_case *c, joist_text line, joist_error *e)
{
    const char *blank = memchr(line.ptr, ' ', line.len);
    size_t n = blank ? (size_t)(blank - line.ptr) : line.len;
    joist_text name = blank ? joist_trim((joist_text){ blank, line.len - n }) : JOIST_NO_TEXT;
    joist_time time;
    if (!name.len || !joist_time_parse((joist_text){ line.ptr, n }, &time))
        return joist_fail_with(e, JOIST_USAGE, "times: wanted `TIME PATH`, a path in in/");
    joist_text path = joist_arena_printf(c->arena, "%.*s/in/%.*s", JOIST_ARG(c->temporary),
                                         JOIST_ARG(name));
    return jst_golden_set_time(path, time.ms, e);
}

static joist_status set_times(jst_golden_case *c, joist_error *e)
{
    joist_text text;
    if (!jst_golden_read(c->arena, jst_golden_path(c->arena, c->path, "times"), &text, e))
        return e->message[0] ? JOIST_FAILED : JOIST_OK;
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t n = end ? (size_t)(end - text.ptr) : text.len, used = end ? n + 1 : n;
        joist_text line = joist_trim((joist_text){ text.ptr, n });
        if (line.len && set_one_time(c, line, e) != JOIST_OK)
            return JOIST_FAILED;
        text = (joist_text){ text.ptr + used, text.len - used };
    }
    return JOIST_OK;
}

static joist_status make_folder(jst_golden_case *c, joist_error *e)
{
    if (jst_golden_temporary(c->arena, &c->temporary, e) != JOIST_OK)
        return JOIST_FAILED;
    if (copy_part(c, c->path, "in", e) != JOIST_OK || copy_part(c, c->above, "side", e) != JOIST_OK
        || copy_part(c, c->path, "side", e) != JOIST_OK)
        return JOIST_FAILED;
    return set_times(c, e);
}

joist_status jst_golden_open(jst_golden_case *c, joist_arena *a, const joist_pipeline_def *def,
                             joist_text path, joist_error *e)
{
    *c = (jst_golden_case){ .arena = a, .def = def };
    if (!split_path(c, path))
        return joist_fail_with(e, JOIST_FATAL, "'%.*s' is no absolute path", JOIST_ARG(path));
    if (read_now(c, e) != JOIST_OK || read_options(c, e) != JOIST_OK)
        return JOIST_FAILED;
    c->replies = own_or_above(c, "replies.jsonl", e);
    return e->message[0] ? JOIST_FAILED : make_folder(c, e);
}

void jst_golden_close(jst_golden_case *c)
{
    if (c->temporary.len)
        jst_golden_remove(c->arena, c->temporary);
}
