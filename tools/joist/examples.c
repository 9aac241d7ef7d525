/* SPDX-License-Identifier: Apache-2.0
 * Examples are found from where this program lies: no path is built in, a copy may be moved. */
#include "examples.h"

#include "../cli/golden_files.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static joist_text program_folder(joist_arena *a)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    return joist_arena_printf(a, "%.*s", slash ? (int)(slash - path) : 0, path);
}

static joist_text share_folder(joist_arena *a)
{
    static const char *const places[] = { "../share/joist", "share/joist" };
    joist_text here = program_folder(a);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        joist_text share = jst_golden_path(a, here, places[i]);
        if (jst_golden_is_dir(jst_golden_path(a, share, "examples")))
            return share;
    }
    return JOIST_NO_TEXT;
}

joist_text examples_about(joist_arena *a, joist_text source)
{
    joist_buffer out = joist_buffer_in(a, 128);
    const char *at = memchr(source.ptr, '\n', source.len);
    const char *end = source.ptr + source.len;
    bool blank = false;
    for (at = at ? at : end; at < end; at++) {
        bool sentence_ends = *at == '.' && (at + 1 == end || strchr(" \n", at[1]));
        if (sentence_ends || (*at == '*' && at + 1 < end && at[1] == '/'))
            break;
        if (strchr(" \n*", *at)) {
            blank = out.len > 0;
            continue;
        }
        if (blank)
            joist_buffer_byte(&out, ' ');
        blank = false;
        joist_buffer_byte(&out, *at);
    }
    return joist_arena_printf(a, "%.*s.", (int)out.len, out.ptr);
}

static example example_of(joist_arena *a, joist_text folder, joist_text name)
{
    example e = { .name = name, .path = jst_golden_path(a, folder, name.ptr) };
    joist_text file = joist_arena_printf(a, "%.*s/%.*s.c", JOIST_ARG(e.path), JOIST_ARG(name));
    joist_text source;
    if (jst_golden_read(a, file, &source, NULL))
        e.about = examples_about(a, source);
    return e;
}

examples examples_find(joist_arena *a)
{
    examples found = { .share = share_folder(a) };
    if (joist_text_null(found.share))
        return found;
    joist_text folder = jst_golden_path(a, found.share, "examples");
    jst_golden_names names = jst_golden_list(a, folder);
    example *items = joist_arena_zalloc(a, (names.count + 1) * sizeof *items);
    for (size_t i = 0; i < names.count; i++) {
        items[found.count] = example_of(a, folder, names.items[i]);
        found.count += items[found.count].about.len > 0;    /* without a source it is none */
    }
    found.items = items;
    return found;
}
