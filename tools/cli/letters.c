/* SPDX-License-Identifier: Apache-2.0
 * Texts are taken byte for byte, not by the rules of field lists: a path may begin with a blank. */
#include "letters.h"

#include "../../transforms/json_value.h"
#include "escape.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { STEP = 64 << 10, LONGEST = 1 << 28, VERSION = 1 };

/* ---- one letter ------------------------------------------------------------------------------ */
static joist_json member(const joist_member *members, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (joist_text_equal(members[i].key, joist_text_of(key)))
            return members[i].value;
    return (joist_json){ NULL, 0 };
}

static int64_t number(joist_json v)
{
    joist_int n = joist_json_to_int(v, NULL, "", JOIST_TEXT(""));
    return n.set ? n.v : 0;
}

static uint64_t count_of(joist_json v)
{
    int64_t n = number(v);
    return n < 0 ? 0 : (uint64_t)n;
}

static void take_source(jst_cli_letter *l, joist_json source, joist_arena *a)
{
    size_t count = 0;
    const joist_member *m = joist_json_members(source, a, &count);
    l->uri = joist_json_string(member(m, count, "uri"), a);
    l->offset = count_of(member(m, count, "offset"));
    l->line = count_of(member(m, count, "line"));
    l->record = count_of(member(m, count, "record"));
}

static bool take_raw(jst_cli_letter *l, const joist_member *m, size_t count, joist_arena *a)
{
    joist_text raw = joist_json_string(member(m, count, "raw"), a);
    l->raw_truncated = joist_json_type_of(member(m, count, "raw_truncated")) == JOIST_JSON_TRUE;
    return joist_text_null(raw) || jst_base64_decode(raw, a, &l->raw);
}

static void take_members(jst_cli_letter *l, const joist_member *m, size_t count, joist_arena *a)
{
    const struct { const char *key; joist_text *text; } texts[] = {
        { "run", &l->run }, { "pipeline", &l->pipeline }, { "stage", &l->stage },
        { "code", &l->code }, { "message", &l->message }, { "site", &l->site },
        { "seen_at", &l->seen_at },
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i].text = joist_json_string(member(m, count, texts[i].key), a);
    take_source(l, member(m, count, "source"), a);
    l->attempts = number(member(m, count, "attempts"));
    l->element = member(m, count, "element");
}

joist_status jst_cli_letter_parse(joist_text line, jst_cli_letter *out, joist_arena *a,
                                  joist_error *e)
{
    size_t count = 0;
    joist_json_error wrong;
    *out = (jst_cli_letter){ .attempts = 0 };
    if (!line.len || joist_json_skip(line, &wrong) != line.len)
        return joist_fail_with(e, JOIST_USAGE, "no dead letter: no JSON object on a line");
    joist_json whole = { line.ptr, line.len };
    const joist_member *m = joist_json_members(whole, a, &count);
    if (joist_json_type_of(whole) != JOIST_JSON_OBJECT || number(member(m, count, "v")) != VERSION)
        return joist_fail_with(e, JOIST_USAGE, "no dead letter of version %d", VERSION);
    take_members(out, m, count, a);
    if (joist_text_null(out->stage) || joist_text_null(out->code)
        || joist_text_null(out->pipeline) || joist_text_null(out->run))
        return joist_fail_with(e, JOIST_USAGE, "no dead letter: run, pipeline, stage or code is"
                               " missing");
    if (!take_raw(out, m, count, a))
        return joist_fail_with(e, JOIST_USAGE, "a dead letter whose raw is no base64");
    return JOIST_OK;
}

bool jst_cli_letter_byte(const jst_cli_letter *l, size_t *at)
{
    joist_text m = l->message, mark = JOIST_TEXT("(byte ");
    if (!joist_text_ends(m, JOIST_TEXT(")")))
        return false;
    size_t i = m.len - 1, digits = 0, scale = 1;
    *at = 0;
    for (; i > 0 && m.ptr[i - 1] >= '0' && m.ptr[i - 1] <= '9' && digits < 18; i--, digits++) {
        *at += (size_t)(m.ptr[i - 1] - '0') * scale;
        scale *= 10;
    }
    return digits > 0 && joist_text_ends((joist_text){ m.ptr, i }, mark);
}

/* ---- lines ----------------------------------------------------------------------------------- */
static joist_status fail(joist_text path, joist_error *e)
{
    return joist_fail_with(e, JOIST_USAGE, "%.*s: %s", JOIST_ARG(path), strerror(errno));
}

joist_status jst_cli_lines_open(jst_cli_lines *l, joist_text path, joist_error *e)
{
    *l = (jst_cli_lines){ .path = path };
    char *name = joist_text_dup(path);
    l->file = fopen(name, "re");
    joist_free(name);
    return l->file ? JOIST_OK : fail(path, e);
}

void jst_cli_lines_close(jst_cli_lines *l)
{
    if (l->file)
        fclose(l->file);
    joist_buffer_free(&l->text);
    *l = (jst_cli_lines){ 0 };
}

/* More bytes behind those that are not used up. */
static bool read_more(jst_cli_lines *l, joist_error *e)
{
    if (l->at)
        memmove(l->text.ptr, l->text.ptr + l->at, l->text.len - l->at);
    l->text.len -= l->at;
    l->at = 0;
    if (l->text.len > LONGEST) {
        joist_fail_with(e, JOIST_USAGE, "%.*s:%llu: a line is longer than %d MiB",
                        JOIST_ARG(l->path), (unsigned long long)l->number + 1, LONGEST >> 20);
        return false;
    }
    char *room = joist_buffer_reserve(&l->text, STEP);
    errno = 0;
    size_t got = fread(room, 1, STEP, l->file);
    l->text.len += got;
    if (!got && ferror(l->file))
        fail(l->path, e);
    return got > 0;
}

/* The line from l->at on, with its newline if it has one; empty at the end. */
static joist_text next_whole(jst_cli_lines *l, joist_error *e)
{
    size_t looked = 0;
    for (;;) {
        joist_text left = { l->text.ptr + l->at, l->text.len - l->at };
        const char *end = left.len > looked
            ? memchr(left.ptr + looked, '\n', left.len - looked) : NULL;
        if (end)
            return (joist_text){ left.ptr, (size_t)(end - left.ptr) + 1 };
        looked = left.len;
        if (!read_more(l, e))
            return (joist_text){ l->text.ptr + l->at, l->text.len - l->at };
    }
}

bool jst_cli_lines_next(jst_cli_lines *l, joist_text *line, joist_error *e)
{
    for (;;) {
        joist_text whole = next_whole(l, e);
        if (!whole.len || e->message[0])
            return false;
        *line = joist_trim(whole);
        l->number++;
        l->offset = (uint64_t)ftello(l->file) - (l->text.len - l->at)
                  + (size_t)(line->ptr - whole.ptr);
        l->at += whole.len;
        if (line->len)
            return true;
    }
}

/* ---- files ----------------------------------------------------------------------------------- */
static void add_path(jst_cli_paths *out, joist_arena *a, joist_text path)
{
    if (out->count == out->cap) {
        size_t cap = out->cap ? 2 * out->cap : 64;
        joist_text *items = joist_arena_alloc(a, cap * sizeof *items);
        if (out->count)
            memcpy(items, out->items, out->count * sizeof *items);
        out->items = items;
        out->cap = cap;
    }
    out->items[out->count++] = path;
}

static int by_bytes(const void *a, const void *b)
{
    return joist_text_compare(*(const joist_text *)a, *(const joist_text *)b);
}

/* A hidden file is of a run that was killed. */
static joist_status add_directory(jst_cli_paths *out, joist_arena *a, joist_text path,
                                  joist_error *e)
{
    size_t first = out->count;
    DIR *dir = opendir(path.ptr);
    if (!dir)
        return fail(path, e);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        joist_text name = joist_text_of(entry->d_name);
        if (name.ptr[0] != '.' && joist_text_ends(name, JOIST_TEXT(".jsonl")))
            add_path(out, a, joist_arena_printf(a, "%.*s%s%.*s", JOIST_ARG(path),
                                                joist_text_ends(path, JOIST_TEXT("/")) ? "" : "/",
                                                JOIST_ARG(name)));
    }
    closedir(dir);
    if (out->count > first)
        qsort(out->items + first, out->count - first, sizeof *out->items, by_bytes);
    return JOIST_OK;
}

static joist_status add_word(jst_cli_paths *out, joist_arena *a, joist_text word, bool must,
                             joist_error *e)
{
    struct stat st;
    joist_text path = joist_arena_printf(a, "%.*s", JOIST_ARG(word));
    if (stat(path.ptr, &st))
        return errno == ENOENT && !must ? JOIST_OK : fail(path, e);
    if (S_ISDIR(st.st_mode))
        return add_directory(out, a, path, e);
    add_path(out, a, path);
    return JOIST_OK;
}

joist_status jst_cli_letter_files(const joist_text *words, size_t count, joist_text fallback,
                                  joist_arena *a, jst_cli_paths *out, joist_error *e)
{
    *out = (jst_cli_paths){ 0 };
    joist_text local = joist_text_starts(fallback, JOIST_TEXT("file:"))
        ? (joist_text){ fallback.ptr + 5, fallback.len - 5 } : fallback;
    for (size_t i = 0; i < count; i++)
        if (add_word(out, a, words[i], true, e))
            return JOIST_FAILED;
    return count || !local.len ? JOIST_OK : add_word(out, a, local, false, e);
}
