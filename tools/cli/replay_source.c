/* SPDX-License-Identifier: Apache-2.0
 * The source "replay:STEP": letters as what they were before they were rejected. An element is the
 * record it was; raw bytes are read again as a file's would be. */
#include "replay.h"

#include "../../engine/src/shuffle.h"
#include "../../transforms/read_file.h"
#include "element.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SPLIT = 256 };           /* letters that a worker takes at once */

typedef struct source {
    joist_source base;
    jst_replay *replay;
    const joist_type *type;
    uint64_t max_record;
    size_t first, count;        /* its entries */
    joist_split *splits; size_t splits_count;
} source;

typedef struct reader {
    joist_reader base;
    source *from;
    size_t next, end;
    int fd; size_t file;        /* open, if fd is one */
    bool first;                 /* of all: counts the files */
} reader;

static source *source_of(joist_source *s)
{
    return (source *)(void *)s;
}

static reader *reader_of(joist_reader *r)
{
    return (reader *)(void *)r;
}

/* ---- one letter ------------------------------------------------------------------------------ */
/* Elements that an aggregation made have no place; the engine tells them apart by a key. */
static const joist_position *position_of(reader *r, joist_batch *b, const jst_replay_entry *entry,
                                         const jst_cli_letter *l)
{
    if (entry->origin)
        return joist_batch_position(b, &entry->origin->origin, l->offset, l->line, l->record);
    joist_arena *a = joist_batch_arena(b);
    jst_group_position *at = joist_arena_zalloc(a, sizeof *at);
    at->at.timestamp_ms = JOIST_TIMESTAMP_MIN;
    at->at.window = JOIST_GLOBAL_WINDOW;
    at->key = joist_arena_printf(a, "%s%zu", JST_REPLAY_SCHEME, r->next);
    return &at->at;
}

static void emit_bytes(const source *s, joist_batch *b, const joist_position *at, joist_text bytes)
{
    joist_arena *a = joist_batch_arena(b);
    joist_bytes raw = { bytes.ptr, bytes.len };
    joist_json_error wrong;
    if (bytes.len > s->max_record) {
        joist_batch_reject(b, at, "too_large", raw, "longer than %llu bytes, the most a record may"
                           " have (--max-record)", (unsigned long long)s->max_record);
        return;
    }
    if (jst_reads_text(s->type) || strcmp(s->type->name, joist_value_type.name) == 0) {
        joist_batch_emit(b, at, &bytes, sizeof bytes + bytes.len);
        return;
    }
    void *record = joist_arena_zalloc(a, s->type->size);
    const joist_field *missing = NULL;
    if (!joist_json_decode_with(bytes, s->type, record, a, NULL, &wrong))
        joist_batch_reject(b, at, wrong.code, raw, "%s (byte %zu)", wrong.message, wrong.at);
    else if ((missing = jst_missing_field(s->type, record)))
        joist_batch_reject(b, at, "bad_json", raw, "no %s: the field '%s' is required",
                           s->type->name, missing->name);
    else
        joist_batch_emit(b, at, record, s->type->size + bytes.len);
}

static size_t newlines(joist_text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += t.ptr[i] == '\n';
    return n;
}

/* The rest of a file of values: one after another up to the first that is none. */
static void emit_values(const source *s, joist_batch *b, const joist_position *from,
                        joist_text rest)
{
    uint64_t record = from->record;
    joist_text all = rest;
    for (;; record++) {
        joist_json_error wrong;
        while (rest.len && strchr(" \t\r\n", rest.ptr[0]))
            rest = (joist_text){ rest.ptr + 1, rest.len - 1 };
        size_t skipped = (size_t)(rest.ptr - all.ptr), len = joist_json_skip(rest, &wrong);
        const joist_position *at = joist_batch_position(b, from->origin, from->offset + skipped,
            from->line + newlines((joist_text){ all.ptr, skipped }), record);
        if (!rest.len)
            return;
        if (!len) {
            joist_batch_reject(b, at, wrong.code, (joist_bytes){ rest.ptr, rest.len },
                               "%s (byte %zu)", wrong.message, wrong.at);
            return;
        }
        emit_bytes(s, b, at, (joist_text){ rest.ptr, len });
        rest = (joist_text){ rest.ptr + len, rest.len - len };
    }
}

static joist_status emit_letter(reader *r, joist_batch *b, const jst_replay_entry *entry,
                                const jst_cli_letter *l, joist_error *e)
{
    const source *s = r->from;
    const joist_position *at = position_of(r, b, entry, l);
    joist_text raw = { l->raw.ptr, l->raw.len };
    if (!l->element.ptr && entry->origin && entry->origin->by_values && !jst_reads_text(s->type))
        emit_values(s, b, at, raw);
    else if (!l->element.ptr)
        emit_bytes(s, b, at, raw);
    else {
        void *record = joist_arena_alloc(joist_batch_arena(b), s->type->size);
        if (jst_cli_element_decode(l->element, s->type, record, joist_batch_arena(b), e))
            return JOIST_FAILED;
        joist_batch_emit(b, at, record, s->type->size + l->element.len);
    }
    return JOIST_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */
static joist_status open_file(reader *r, size_t file, joist_error *e)
{
    if (r->fd >= 0 && r->file == file)
        return JOIST_OK;
    if (r->fd >= 0)
        close(r->fd);
    char *name = joist_text_dup(r->from->replay->files.items[file]);
    r->fd = open(name, O_RDONLY | O_CLOEXEC);
    r->file = file;
    if (r->fd < 0)
        joist_fail_with(e, JOIST_FATAL, "%s: %s", name, strerror(errno));
    joist_free(name);
    return r->fd < 0 ? JOIST_FAILED : JOIST_OK;
}

static joist_status read_letter(reader *r, joist_batch *b, const jst_replay_entry *entry,
                                joist_error *e)
{
    jst_cli_letter l;
    joist_arena *a = joist_batch_arena(b);
    char *line = joist_arena_alloc(a, entry->length);
    joist_text path = r->from->replay->files.items[entry->file];
    if (open_file(r, entry->file, e))
        return JOIST_FAILED;
    ssize_t got = pread(r->fd, line, entry->length, (off_t)entry->at);
    if (got != (ssize_t)entry->length
        || jst_cli_letter_parse((joist_text){ line, entry->length }, &l, a, e))
        return joist_fail_with(e, JOIST_FATAL, "%.*s has changed meanwhile", JOIST_ARG(path));
    b->bytes += entry->length;
    return emit_letter(r, b, entry, &l, e);
}

static joist_status read_batch(joist_reader *base, joist_batch *b, joist_error *e)
{
    reader *r = reader_of(base);
    b->files = r->first ? r->from->replay->files.count : 0;
    r->first = false;
    for (; r->next < r->end && !joist_batch_full(b); r->next++)
        if (read_letter(r, b, &r->from->replay->entries[r->next], e))
            return JOIST_FAILED;
    b->done = r->next == r->end;
    return JOIST_OK;
}

static joist_reader *start(joist_source *base, const joist_split *split, joist_error *e)
{
    source *s = source_of(base);
    reader *r = joist_calloc(1, sizeof *r);
    *r = (reader){ { base->ops }, s, split->first, split->first + split->count, -1, 0,
                   split->first == 0 };
    (void)e;
    return &r->base;
}

static void stop(joist_reader *base)
{
    reader *r = reader_of(base);
    if (r->fd >= 0)
        close(r->fd);
    joist_free(r);
}

/* ---- the source ------------------------------------------------------------------------------ */
static size_t step_number(const jst_replay *r, joist_text name)
{
    size_t i = 0;
    while (i < r->steps_count && !joist_text_equal(r->steps[i], name))
        i++;
    return i;
}

static void find_entries(source *s, size_t step)
{
    const jst_replay *r = s->replay;
    while (s->first < r->count && r->entries[s->first].step < step)
        s->first++;
    while (s->first + s->count < r->count && r->entries[s->first + s->count].step == step)
        s->count++;
}

static void make_splits(source *s)
{
    s->splits_count = (s->count + SPLIT - 1) / SPLIT;
    s->splits = joist_calloc(s->splits_count, sizeof *s->splits);
    for (size_t i = 0; i < s->splits_count; i++) {
        size_t left = s->count - i * SPLIT;
        joist_split *split = &s->splits[i];
        *split = (joist_split){ .first = s->first + i * SPLIT,
                                .count = left < SPLIT ? left : SPLIT };
        for (size_t k = 0; k < split->count; k++)
            split->bytes += s->replay->entries[split->first + k].length;
    }
}

static joist_status open_source(const joist_source_spec *spec, bool optional, joist_source **out,
                                joist_error *e)
{
    source *s = joist_calloc(1, sizeof *s);
    *s = (source){ .base = { jst_replay_connector.source }, .replay = jst_replay_of(spec->env),
                   .type = spec->type, .max_record = (uint64_t)spec->max_record };
    find_entries(s, step_number(s->replay, joist_uri_rest(spec->uri)));
    make_splits(s);
    *out = &s->base;
    (void)optional;
    (void)e;
    return JOIST_OK;
}

static const joist_split *splits(joist_source *s, size_t *count)
{
    *count = source_of(s)->splits_count;
    return source_of(s)->splits;
}

static uint64_t ranks(const joist_source *s)
{
    return ((const source *)(const void *)s)->replay->origins_count;
}

static uint64_t skipped(const joist_source *s)
{
    (void)s;
    return 0;
}

static void close_source(joist_source *base)
{
    joist_free(source_of(base)->splits);
    joist_free(base);
}

static const joist_source_ops replay_source = {
    .open = open_source, .splits = splits, .ranks = ranks, .skipped = skipped, .start = start,
    .read = read_batch, .stop = stop, .close = close_source,
};

const joist_connector jst_replay_connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "replay", .schemes = { JST_REPLAY_SCHEME },
    .help = "dead letters, fed back to a step", .source = &replay_source,
};
