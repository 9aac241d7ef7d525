/* SPDX-License-Identifier: Apache-2.0
 * An example's folder is copied, with its name changed to the project's. Then the template is
 * filled in. */
#include "project.h"

#include "../cli/golden_files.h"
#include "../cli/version.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* ---- names ----------------------------------------------------------------------------------- */
static bool lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

enum { NAME_MOST = 64 };

bool project_name_valid(joist_text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!lower(name.ptr[i]) && !digit(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_')
            return false;
    return name.len > 0 && name.len <= NAME_MOST && lower(name.ptr[0]);
}

static bool in_word(char c)
{
    return lower(c) || digit(c) || c == '_' || (c >= 'A' && c <= 'Z');
}

/* What stands before the name of a program, and behind it ("": no letter of a word). */
static const struct { const char *before, *behind; } contexts[] = {
    { ".name = \"", "\"" }, { "build/", "" }, { "#include \"", "/" },
    { "\"pipeline\":\"", "\"" }, { "\"site\":\"", ".c\"" },
};

static bool names_program(joist_text before, joist_text behind)
{
    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++)
        if (joist_text_ends(before, joist_text_of(contexts[i].before))
            && joist_text_starts(behind, joist_text_of(contexts[i].behind)))
            return behind.len == 0 || !in_word(*behind.ptr);
    return false;
}

joist_text project_rename(joist_arena *a, joist_text text, joist_text from, joist_text to)
{
    joist_buffer out = joist_buffer_in(a, text.len + 64);
    for (size_t i = 0; i < text.len;) {
        joist_text before = { text.ptr, i }, rest = { text.ptr + i, text.len - i };
        size_t taken = 1;
        if (joist_text_starts(rest, from)
            && names_program(before, (joist_text){ rest.ptr + from.len, rest.len - from.len })) {
            joist_buffer_text(&out, to);
            taken = from.len;
        } else {
            joist_buffer_byte(&out, *rest.ptr);
        }
        i += taken;
    }
    joist_buffer_byte(&out, '\0');
    return (joist_text){ out.ptr, out.len - 1 };
}

/* ---- the example ----------------------------------------------------------------------------- */
static bool knows_program(joist_text path)
{
    return joist_text_ends(path, JOIST_TEXT(".c")) || joist_text_ends(path, JOIST_TEXT(".h"))
        || joist_text_ends(path, JOIST_TEXT("/expect/dead.jsonl"));
}

static joist_status make_folder(joist_text path, joist_error *e)
{
    if (mkdir(path.ptr, 0777) == 0)
        return JOIST_OK;
    if (errno == EEXIST) {
        joist_fail_with(e, JOIST_USAGE, "%.*s is there already; nothing was changed",
                        JOIST_ARG(path));
        snprintf(e->hint, sizeof e->hint, "choose another name, or remove it");
        return JOIST_FAILED;
    }
    return joist_fail_with(e, JOIST_FATAL, "cannot make %.*s: %s", JOIST_ARG(path),
                           strerror(errno));
}

static joist_status copy_file(const project *p, joist_text from, joist_text to, joist_error *e)
{
    joist_text bytes;
    if (!jst_golden_read(p->arena, from, &bytes, e))
        return JOIST_FAILED;
    if (knows_program(from))
        bytes = project_rename(p->arena, bytes, p->from->name, p->name);
    return jst_golden_write(to, bytes, e);
}

/* EXAMPLE.c and the folder EXAMPLE of its parts. */
static joist_text target_name(const project *p, joist_text folder, joist_text name)
{
    bool top = joist_text_equal(folder, p->path);
    if (top && joist_text_equal(name, p->from->name))
        return joist_arena_printf(p->arena, "%.*s", JOIST_ARG(p->name));
    joist_text source = joist_arena_printf(p->arena, "%.*s.c", JOIST_ARG(p->from->name));
    if (top && joist_text_equal(name, source))
        return joist_arena_printf(p->arena, "%.*s.c", JOIST_ARG(p->name));
    return name;
}

static joist_status copy_into(const project *p, joist_text from, joist_text to, joist_error *e)
{
    jst_golden_names names = jst_golden_list(p->arena, from);
    joist_status status = make_folder(to, e);
    for (size_t i = 0; i < names.count && status == JOIST_OK; i++) {
        joist_text name = target_name(p, to, names.items[i]);
        joist_text source = jst_golden_path(p->arena, from, names.items[i].ptr);
        joist_text target = jst_golden_path(p->arena, to, name.ptr);
        status = jst_golden_is_dir(source) ? copy_into(p, source, target, e)
                                           : copy_file(p, source, target, e);
    }
    return status;
}

/* ---- the template ---------------------------------------------------------------------------- */
/* find_package wants the version up to the minor: later patches will do. */
static joist_text minor_version(void)
{
    joist_text version = joist_text_of(jst_cli_version());
    while (version.len && version.ptr[version.len - 1] != '.')
        version.len--;
    version.len -= version.len > 0;
    return version;
}

static joist_text filled_in(const project *p, joist_text text)
{
    const struct { joist_text mark, value; } marks[] = {
        { JOIST_TEXT("@NAME@"), p->name }, { JOIST_TEXT("@EXAMPLE@"), p->from->name },
        { JOIST_TEXT("@ABOUT@"), p->from->about }, { JOIST_TEXT("@VERSION@"), minor_version() },
    };
    joist_buffer out = joist_buffer_in(p->arena, text.len + 256);
    while (text.len) {
        joist_text taken = { text.ptr, 1 }, put = taken;
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            if (joist_text_starts(text, marks[i].mark)) {
                taken = marks[i].mark;
                put = marks[i].value;
            }
        }
        joist_buffer_text(&out, put);
        text = (joist_text){ text.ptr + taken.len, text.len - taken.len };
    }
    return joist_buffer_view(&out);
}

static joist_status fill_in(const project *p, joist_error *e)
{
    joist_text folder = jst_golden_path(p->arena, p->share, "template"), bytes;
    jst_golden_names names = jst_golden_list(p->arena, folder);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i].ptr;      /* gitignore would ignore in the tree */
        joist_text to = joist_arena_printf(p->arena, "%.*s/%s%s", JOIST_ARG(p->path),
                                           strcmp(name, "gitignore") == 0 ? "." : "", name);
        if (!jst_golden_read(p->arena, jst_golden_path(p->arena, folder, name), &bytes, e)
            || jst_golden_write(to, filled_in(p, bytes), e) != JOIST_OK)
            return JOIST_FAILED;
    }
    return JOIST_OK;
}

joist_status project_make(const project *p, joist_error *e)
{
    joist_status status = copy_into(p, p->from->path, p->path, e);
    return status == JOIST_OK ? fill_in(p, e) : status;
}
