/* SPDX-License-Identifier: Apache-2.0
 * One dead letter, found and explained. */
#include "dead.h"

#include "escape.h"
#include "value.h"

#include <sys/stat.h>

enum { WINDOW = 76, AHEAD = 50, VALUE = 300 };

/* ---- finding --------------------------------------------------------------------------------- */
static bool is_a_file(joist_text path)
{
    struct stat st;
    char *name = joist_text_dup(path);
    bool file = stat(name, &st) == 0 && S_ISREG(st.st_mode);
    joist_free(name);
    return file;
}

/* RUN-N: both parts may have a dash, so the last one counts. */
static bool parse_id(joist_text word, joist_text directory, joist_arena *a, jst_cli_found *out)
{
    size_t dash = word.len;
    int64_t number;
    while (dash && word.ptr[dash - 1] != '-')
        dash--;
    if (dash < 2 || !jst_cli_parse_int((joist_text){ word.ptr + dash, word.len - dash }, &number)
        || number < 1)
        return false;
    joist_text local = joist_text_starts(directory, JOIST_TEXT("file:"))
        ? (joist_text){ directory.ptr + 5, directory.len - 5 } : directory;
    *out = (jst_cli_found){ joist_arena_printf(a, "%.*s/%.*s.jsonl", JOIST_ARG(local),
                                               (int)dash - 1, word.ptr), JOIST_NO_TEXT,
                            (uint64_t)number };
    return true;
}

static bool parse_word(joist_text word, joist_text directory, joist_arena *a, jst_cli_found *out)
{
    jst_cli_place place;
    if (jst_cli_parse_place(word, &place) && !place.by_record && is_a_file(place.file)) {
        *out = (jst_cli_found){ place.file, JOIST_NO_TEXT, place.number };
        return true;
    }
    return parse_id(word, directory, a, out);
}

static joist_status find_line(jst_cli_found *f, joist_arena *a, joist_error *e)
{
    jst_cli_lines lines;
    joist_text line;
    if (jst_cli_lines_open(&lines, f->path, e))
        return JOIST_FAILED;
    while (lines.number < f->number && jst_cli_lines_next(&lines, &line, e))
        if (lines.number == f->number)
            f->line = joist_arena_text(a, line);
    uint64_t count = lines.number;
    jst_cli_lines_close(&lines);
    if (f->line.ptr || e->message[0])
        return f->line.ptr ? JOIST_OK : JOIST_FAILED;
    return joist_fail_with(e, JOIST_USAGE, "%.*s has no dead letter %llu: it has %llu lines",
                           JOIST_ARG(f->path), (unsigned long long)f->number,
                           (unsigned long long)count);
}

joist_status jst_cli_dead_find(joist_text word, joist_text directory, joist_arena *a,
                               jst_cli_found *out, joist_error *e)
{
    if (!parse_word(word, directory, a, out))
        return joist_fail_with(e, JOIST_USAGE, "'%.*s' is neither RUN-N, a run's id and the number "
                               "of a dead letter from 1, nor FILE:N",
                               JOIST_ARG(joist_cut(word, 80)));
    return find_line(out, a, e);
}

/* ---- bytes ----------------------------------------------------------------------------------- */
/* Where the line with byte `at` begins and ends, cut to a window around it. */
typedef struct window { size_t line, begin, at, end; bool more_before, more_behind; } window;

static size_t to_character(joist_text t, size_t i)
{
    while (i > 0 && i < t.len && ((unsigned char)t.ptr[i] & 0xc0) == 0x80)
        i--;
    return i;
}

static window window_of(joist_text bytes, size_t at)
{
    window w = { .at = at < bytes.len ? at : bytes.len };
    w.line = w.at;
    while (w.line && bytes.ptr[w.line - 1] != '\n')
        w.line--;
    const char *newline = memchr(bytes.ptr + w.at, '\n', bytes.len - w.at);
    size_t end = newline ? (size_t)(newline - bytes.ptr) : bytes.len;
    w.begin = w.at - w.line > AHEAD ? to_character(bytes, w.at - AHEAD) : w.line;
    w.end = end - w.begin > WINDOW ? to_character(bytes, w.begin + WINDOW) : end;
    w.more_before = w.begin > w.line;
    w.more_behind = w.end < end;
    return w;
}

/* Characters, as a terminal counts columns. */
static size_t columns(const joist_buffer *b, size_t from)
{
    size_t n = 0;
    for (size_t i = from; i < b->len; i++)
        n += ((unsigned char)b->ptr[i] & 0xc0) != 0x80;
    return n;
}

static void put_bytes(joist_buffer *out, joist_text bytes, size_t at, bool caret)
{
    window w = window_of(bytes, at);
    joist_buffer_printf(out, "   | ");
    size_t from = out->len;
    joist_buffer_text(out, w.more_before ? JOIST_TEXT("…") : JOIST_TEXT(""));
    jst_cli_escape(out, (joist_text){ bytes.ptr + w.begin, w.at - w.begin });
    size_t column = columns(out, from);
    jst_cli_escape(out, (joist_text){ bytes.ptr + w.at, w.end - w.at });
    joist_buffer_text(out, w.more_behind ? JOIST_TEXT("…\n") : JOIST_TEXT("\n"));
    if (caret)
        joist_buffer_printf(out, "   | %*s^\n", (int)column, "");
}

/* ---- the letter ------------------------------------------------------------------------------ */
static size_t newlines(joist_text t, size_t end)
{
    size_t n = 0;
    for (size_t i = 0; i < end && i < t.len; i++)
        n += t.ptr[i] == '\n';
    return n;
}

/* The message's byte as a line and a column of the input. */
static void put_place(joist_buffer *out, const jst_cli_letter *l, joist_arena *a)
{
    joist_text raw = { l->raw.ptr, l->raw.len };
    size_t at = 0;
    if (joist_text_null(l->uri)) {
        joist_buffer_printf(out, "  --> made by an aggregation: no place in the input");
        return;
    }
    bool exact = raw.ptr && jst_cli_letter_byte(l, &at) && at <= raw.len;
    size_t below = exact ? newlines(raw, at) : 0;
    joist_buffer_printf(out, "  --> %.*s:%llu", JOIST_ARG(jst_cli_shown(a, l->uri)),
                        (unsigned long long)l->line + below);
    if (exact && below)
        joist_buffer_printf(out, ":%zu", at - window_of(raw, at).line + 1);
    joist_buffer_printf(out, "  record %llu, byte %llu", (unsigned long long)l->record,
                        (unsigned long long)l->offset + at);
}

static void put_raw(joist_buffer *out, const jst_cli_letter *l)
{
    joist_text raw = { l->raw.ptr, l->raw.len };
    size_t at = 0;
    bool exact = jst_cli_letter_byte(l, &at) && at <= raw.len;
    put_bytes(out, raw, exact ? at : 0, exact);
    joist_buffer_printf(out, "   = raw: %zu bytes%s\n", raw.len,
                        l->raw_truncated ? ", the first of more" : "");
}

static void put_member(joist_buffer *out, const joist_member *m)
{
    joist_buffer json = { 0 }, shown = { 0 };
    joist_json_write_value(&json, m->value);
    joist_text whole = joist_buffer_view(&json), cut = joist_cut(whole, VALUE);
    jst_cli_escape(&shown, cut);
    joist_buffer_printf(out, "   | %.*s: %.*s%s\n", JOIST_ARG(m->key),
                        JOIST_ARG(joist_buffer_view(&shown)), cut.len < whole.len ? "…" : "");
    joist_buffer_free(&json);
    joist_buffer_free(&shown);
}

/* Members that are NULL say nothing. */
static void put_element(joist_buffer *out, const jst_cli_letter *l, joist_arena *a)
{
    size_t count = 0;
    const joist_member *m = joist_json_members(l->element, a, &count);
    if (joist_json_type_of(l->element) != JOIST_JSON_OBJECT) {
        put_bytes(out, (joist_text){ l->element.ptr, l->element.len }, 0, false);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (joist_json_type_of(m[i].value) != JOIST_JSON_NULL)
            put_member(out, &m[i]);
}

void jst_cli_dead_explain(joist_buffer *out, const jst_cli_letter *l, joist_text next,
                          joist_arena *a)
{
    joist_buffer_printf(out, "%.*s: %.*s\n", JOIST_ARG(jst_cli_shown(a, l->code)),
                        JOIST_ARG(jst_cli_shown(a, l->message)));
    put_place(out, l, a);
    joist_buffer_printf(out, "\n  --> %.*s  step %.*s of %.*s\n",
                        JOIST_ARG(jst_cli_shown(a, l->site)), JOIST_ARG(jst_cli_shown(a, l->stage)),
                        JOIST_ARG(jst_cli_shown(a, l->pipeline)));
    if (l->raw.ptr)
        put_raw(out, l);
    else if (l->element.ptr)
        put_element(out, l, a);
    joist_buffer_printf(out, "   = run %.*s of %.*s, attempt %lld\n",
                        JOIST_ARG(jst_cli_shown(a, l->run)),
                        JOIST_ARG(jst_cli_shown(a, l->seen_at)), (long long)l->attempts);
    joist_buffer_printf(out, "   = help: once the cause is gone: %.*s\n", JOIST_ARG(next));
}
