/* SPDX-License-Identifier: Apache-2.0
 * The file --config names: one `key = value` a line.
 *
 *     # where the hourly job reads and writes
 *     input  = gs://tracking/deactivate
 *     latest = "sqlite:/var/lib/joist/latest db"     # quotes keep blanks and #
 *
 * A key is an option's name, with - or _. A # begins a comment at the start of a line or behind
 * white space. A value in double quotes is taken as it stands between them. Unknown keys and keys
 * given twice are errors, because a line that silently does nothing is the worst kind of
 * configuration. At most 1 MiB; text without NUL bytes. */
#include "options.h"

#include "escape.h"
#include "joist/text.h"

#include <errno.h>
#include <stdio.h>

enum { CONFIG_MAX = 1 << 20 };

typedef struct place { joist_text path; int line; joist_error *e; } place;

static joist_status fail(const place *at, const char *message)
{
    return joist_fail_with(at->e, JOIST_USAGE, "%.*s:%d: %s", JOIST_ARG(at->path), at->line,
                           message);
}

/* ---- one line -------------------------------------------------------------------------------- */
static joist_text without_comment(joist_text line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return (joist_text){ line.ptr, i };
    return line;
}

static joist_status quoted(const place *at, joist_text rest, joist_text *value)
{
    const char *end = memchr(rest.ptr + 1, '"', rest.len - 1);
    if (!end)
        return fail(at, "a quote is not closed");
    size_t used = (size_t)(end - rest.ptr) + 1;
    joist_text behind = without_comment((joist_text){ end + 1, rest.len - used });
    if (joist_trim(behind).len > 0)
        return fail(at, "there is text behind the closing quote");
    *value = (joist_text){ rest.ptr + 1, used - 2 };
    return JOIST_OK;
}

static joist_status split(const place *at, joist_text line, joist_text *key, joist_text *value)
{
    const char *equals = memchr(line.ptr, '=', line.len);
    if (!equals)
        return fail(at, "expected `key = value`");
    size_t n = (size_t)(equals - line.ptr);
    *key = joist_trim((joist_text){ line.ptr, n });
    joist_text rest = joist_trim((joist_text){ equals + 1, line.len - n - 1 });
    if (rest.len > 0 && rest.ptr[0] == '"')
        return quoted(at, rest, value);
    /* With the blank in front, so that `key = # nothing` has no value. */
    *value = joist_trim(without_comment((joist_text){ equals + 1, line.len - n - 1 }));
    return JOIST_OK;
}

static joist_status set(jst_cli_options *o, const place *at, joist_text key, joist_text value,
                        bool *seen)
{
    jst_cli_option *option = jst_cli_options_find(o, key);
    if (!option || joist_text_equal(option->name, JOIST_TEXT("config"))) {
        joist_text where = joist_arena_printf(o->arena, "%.*s:%d: ", JOIST_ARG(at->path), at->line);
        return jst_cli_options_unknown(o, where.ptr, key, at->e);
    }
    size_t index = (size_t)(option - o->items);
    if (seen[index])
        return fail(at, "this option was set further up already");
    seen[index] = true;
    jst_cli_option_offer(option, JST_CLI_CONFIG, joist_arena_text(o->arena, value),
                         joist_arena_printf(o->arena, "%.*s:%d", JOIST_ARG(at->path), at->line));
    return JOIST_OK;
}

static joist_status read_line(jst_cli_options *o, const place *at, joist_text line, bool *seen)
{
    joist_text key, value;
    line = joist_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return JOIST_OK;
    if (split(at, line, &key, &value) != JOIST_OK)
        return JOIST_FAILED;
    return set(o, at, key, value, seen);
}

/* ---- the file -------------------------------------------------------------------------------- */
joist_status jst_cli_options_config_text(jst_cli_options *o, joist_text text, joist_text path,
                                         joist_error *e)
{
    place at = { path, 0, e };
    bool seen[JST_CLI_OPTIONS] = { false };
    if (text.len && memchr(text.ptr, '\0', text.len))
        return joist_fail_with(e, JOIST_USAGE, "%.*s is no text file: it holds a NUL byte",
                               JOIST_ARG(path));
    if (joist_text_starts(text, JOIST_TEXT("\xef\xbb\xbf")))
        text = (joist_text){ text.ptr + 3, text.len - 3 };
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t n = end ? (size_t)(end - text.ptr) : text.len, used = end ? n + 1 : n;
        at.line++;
        if (read_line(o, &at, (joist_text){ text.ptr, n }, seen) != JOIST_OK)
            return JOIST_FAILED;
        text = (joist_text){ text.ptr + used, text.len - used };
    }
    return JOIST_OK;
}

static joist_status unreadable(joist_text path, int error, joist_error *e)
{
    joist_fail_with(e, JOIST_USAGE, "cannot read the config file %.*s: %s", JOIST_ARG(path),
                    error ? strerror(error) : "it is larger than 1 MiB");
    if (e)
        snprintf(e->hint, sizeof e->hint, "--config names a file of `key = value` lines");
    return JOIST_FAILED;
}

/* Reads to the end or the limit; a pipe is as good as a file. */
static int read_whole(FILE *f, joist_buffer *out)
{
    size_t n = 1;
    while (n > 0 && out->len <= CONFIG_MAX) {
        char *at = joist_buffer_reserve(out, 1 << 16);
        n = fread(at, 1, 1 << 16, f);
        out->len += n;
    }
    return ferror(f) ? errno : 0;
}

joist_status jst_cli_options_config(jst_cli_options *o, joist_text path, joist_error *e)
{
    char *name = joist_text_dup(path);
    joist_text shown = jst_cli_shown(o->arena, path);
    FILE *f = fopen(name, "re");
    joist_free(name);
    if (!f)
        return unreadable(shown, errno, e);
    joist_buffer text = { 0 };
    int error = read_whole(f, &text);
    fclose(f);
    joist_status s = error || text.len > CONFIG_MAX
        ? unreadable(shown, error, e)
        : jst_cli_options_config_text(o, joist_buffer_view(&text), shown, e);
    joist_buffer_free(&text);
    return s;
}
