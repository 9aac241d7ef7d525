/* SPDX-License-Identifier: Apache-2.0
 * One layout for every error of the command line. Where a mistake lies is told by the message's
 * beginning, as compilers write it, so that joist_error stays one sentence everywhere else. Only a
 * name that looks like a file counts: "db.example.org:27017: refused" is no place in a source. */
#include "errors.h"

#include "escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool looks_like_file(joist_text name)
{
    static const char *const endings[] = {
        ".c", ".h", ".cc", ".cpp", ".conf", ".json", ".jsonl", ".ndjson", ".gz",
    };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (joist_text_ends(name, joist_text_of(endings[i])))
            return name.len > strlen(endings[i]);
    return false;
}

/* Length of ":NUMBER" at `from`, 0 if there is none. */
static size_t number_length(joist_text t, size_t from)
{
    size_t i = from + 1;
    while (i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9')
        i++;
    return from < t.len && t.ptr[from] == ':' && i > from + 1 ? i - from : 0;
}

size_t jst_cli_place_length(joist_text message)
{
    for (size_t i = 0; i < message.len; i++) {
        size_t n = number_length(message, i);
        if (n == 0 || !looks_like_file((joist_text){ message.ptr, i }))
            continue;
        size_t end = i + n;
        end += number_length(message, end);
        if (end + 1 < message.len && message.ptr[end] == ':' && message.ptr[end + 1] == ' ')
            return end;
    }
    return 0;
}

static void shown(joist_buffer *out, joist_text t)
{
    joist_buffer masked = { 0 };
    jst_cli_mask(&masked, t);
    jst_cli_escape(out, joist_buffer_view(&masked));
    joist_buffer_free(&masked);
}

void jst_cli_error_format(joist_buffer *out, const joist_error *e, bool color)
{
    joist_text message = joist_text_of(e->message[0] ? e->message : "failed without a message");
    size_t place = jst_cli_place_length(message), skip = place ? place + 2 : 0;
    joist_buffer_printf(out, "%serror:%s ", color ? "\x1b[1;31m" : "", color ? "\x1b[0m" : "");
    shown(out, (joist_text){ message.ptr + skip, message.len - skip });
    joist_buffer_byte(out, '\n');
    if (place) {
        joist_buffer_printf(out, "  --> ");
        shown(out, (joist_text){ message.ptr, place });
        joist_buffer_byte(out, '\n');
    }
    if (e->hint[0]) {
        joist_buffer_printf(out, "  = help: ");
        shown(out, joist_text_of(e->hint));
        joist_buffer_byte(out, '\n');
    }
}

bool jst_cli_is_terminal(int fd)
{
    const char *term = getenv("TERM");
    return isatty(fd) && !(term && strcmp(term, "dumb") == 0);
}

bool jst_cli_wants_color(int fd)
{
    const char *no_color = getenv("NO_COLOR");
    return jst_cli_is_terminal(fd) && !(no_color && *no_color);
}

void jst_cli_error_print(const joist_error *e)
{
    joist_buffer out = { 0 };
    jst_cli_error_format(&out, e, jst_cli_wants_color(STDERR_FILENO));
    fwrite(out.ptr, 1, out.len, stderr);
    joist_buffer_free(&out);
}
