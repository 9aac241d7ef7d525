/* SPDX-License-Identifier: Apache-2.0
 * The first pass: each letter is judged as the source will take it, so that a replay that begins
 * can be done. A file that is not of this pipeline ends it; letters of which too little is left are
 * counted by reason. */
#include "replay.h"

#include "../../engine/src/edit.h"
#include "../../transforms/read_list.h"
#include "element.h"
#include "escape.h"
#include "options.h"

#include <stdlib.h>

/* ---- one letter ------------------------------------------------------------------------------ */
static bool takes_bytes(const jst_node *step, const joist_type *type)
{
    return jst_op_of(step->op) == JST_READ || strcmp(type->name, joist_line_type.name) == 0
        || strcmp(type->name, joist_value_type.name) == 0;
}

/* A row means nothing without the header of its file. */
static bool is_row(const jst_cli_letter *l, const jst_node *step, const joist_type *type)
{
    bool named = joist_text_ends(l->uri, JOIST_TEXT(".csv"))
              || joist_text_ends(l->uri, JOIST_TEXT(".csv.gz"));
    return jst_op_of(step->op) == JST_READ && (named || step->csv) && !jst_reads_text(type)
        && strcmp(type->name, joist_value_type.name) != 0;
}

static const char *unfit_raw(const jst_cli_letter *l, const jst_node *step, const joist_type *type)
{
    if (!l->raw.ptr)
        return "there is nothing of it";
    if (l->raw_truncated)
        return "its raw is truncated: only the first bytes of it were kept";
    if (joist_text_equal(l->code, JOIST_TEXT("bad_gzip")))
        return "what was lost with the gzip is not in it";
    if (is_row(l, step, type))
        return "it is a row of CSV without the header";
    return takes_bytes(step, type) ? NULL
        : "it is raw bytes, which are read by a read: name one with --from";
}

static const char *unfit_element(jst_replay *r, const jst_cli_letter *l, const joist_type *own,
                                 const joist_type *type)
{
    joist_error e = { 0 };
    void *record = joist_arena_alloc(r->letter, type->size);
    if (!own || strcmp(own->name, type->name) != 0)
        return "its element is of another record than --from takes";
    if (jst_cli_element_decode(l->element, type, record, r->letter, &e) == JOIST_OK)
        return NULL;
    return joist_arena_printf(r->letter, "%s", e.message).ptr;
}

static const char *unfit(jst_replay *r, const jst_cli_letter *l, const jst_node *step,
                         const jst_replay_origin *origin)
{
    const joist_type *type = jst_edit_entry(r->pipeline, step);
    const joist_type *own = jst_edit_entry(r->pipeline, jst_edit_step(r->pipeline, l->stage));
    const char *why = l->element.ptr ? unfit_element(r, l, own, type) : unfit_raw(l, step, type);
    return why ? why : origin ? origin->unfit : NULL;
}

static void note_unfit(jst_replay *r, const jst_cli_lines *at, const char *why)
{
    size_t i = 0;
    r->unfit++;
    while (i < r->reasons_count && strcmp(r->reasons[i].why, why) != 0)
        i++;
    if (i == JST_REPLAY_REASONS)
        return;
    if (i == r->reasons_count)
        r->reasons[r->reasons_count++] = (jst_replay_reason){
            joist_arena_printf(r->arena, "%s", why).ptr,
            joist_arena_printf(r->arena, "%.*s:%llu", JOIST_ARG(at->path),
                               (unsigned long long)at->number), 0 };
    r->reasons[i].count++;
}

/* ---- what makes a file one of another pipeline ----------------------------------------------- */
static void hint_step(const jst_replay *r, joist_text name, joist_error *e)
{
    const jst_node_list *nodes = &r->pipeline->graph.nodes;
    const char **names = joist_arena_alloc(r->arena, nodes->count * sizeof *names);
    for (size_t i = 0; i < nodes->count; i++)
        names[i] = joist_arena_printf(r->arena, "%.*s", JOIST_ARG(nodes->items[i].name)).ptr;
    const char *near = jst_cli_nearest(name, names, nodes->count);
    if (near)
        snprintf(e->hint, sizeof e->hint, "did you mean %s?", near);
}

static joist_status unknown_step(jst_replay *r, joist_text name, joist_error *e)
{
    joist_fail_with(e, JOIST_USAGE, "the pipeline has no step '%.*s'",
                    JOIST_ARG(jst_cli_shown(r->arena, name)));
    hint_step(r, name, e);
    return JOIST_FAILED;
}

static joist_status find_step(jst_replay *r, const jst_cli_letter *l, const jst_node **step,
                              joist_error *e)
{
    joist_text name = r->options->from.len ? r->options->from : l->stage;
    *step = jst_edit_step(r->pipeline, name);
    if (!*step || !jst_edit_step(r->pipeline, l->stage))
        return unknown_step(r, *step ? l->stage : name, e);
    if (!jst_edit_entry(r->pipeline, *step))
        return joist_fail_with(e, JOIST_USAGE, "nothing can enter at '%.*s', a %.*s",
                               JOIST_ARG(name), JOIST_ARG((*step)->op));
    return JOIST_OK;
}

static joist_status check_letter(const jst_replay *r, const jst_cli_letter *l, joist_error *e)
{
    if (!joist_text_equal(l->pipeline, joist_pipeline_name(r->pipeline)))
        return joist_fail_with(e, JOIST_USAGE, "a dead letter of the pipeline '%.*s', not of"
                               " '%.*s'", JOIST_ARG(jst_cli_shown(r->letter, l->pipeline)),
                               JOIST_ARG(joist_pipeline_name(r->pipeline)));
    return JOIST_OK;
}

/* ---- the list -------------------------------------------------------------------------------- */
/* Its number in a short list of names; `most` if that is full. */
static size_t number_of(joist_text name, joist_text *names, size_t *count, size_t most,
                        joist_arena *a)
{
    size_t i = 0;
    while (i < *count && !joist_text_equal(names[i], name))
        i++;
    if (i == *count && i < most)
        names[(*count)++] = joist_arena_text(a, name);
    return i;
}

static joist_status add_entry(jst_replay *r, jst_replay_entry entry, joist_error *e)
{
    if (r->count == JST_REPLAY_LETTERS || entry.step == JST_REPLAY_STEPS
        || entry.code == JOIST_MOST_CODES)
        return joist_fail_with(e, JOIST_USAGE, "more than a replay takes: %d dead letters, %d"
                               " steps, %d codes", JST_REPLAY_LETTERS, JST_REPLAY_STEPS,
                               JOIST_MOST_CODES);
    if (r->count == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 1024;
        r->entries = joist_realloc(r->entries, r->cap * sizeof *r->entries);
    }
    r->entries[r->count++] = entry;
    return JOIST_OK;
}

static joist_status take_letter(jst_replay *r, const jst_cli_lines *at, size_t length, size_t file,
                                const jst_cli_letter *l, joist_error *e)
{
    const jst_node *step;
    if (r->options->code.len && !joist_text_equal(l->code, r->options->code)) {
        r->others++;
        return JOIST_OK;
    }
    if (find_step(r, l, &step, e))
        return JOIST_FAILED;
    bool placed = !joist_text_null(l->uri);
    const jst_replay_origin *origin = placed ? jst_replay_origin_of(r, l) : NULL;
    const char *why = unfit(r, l, step, origin);
    if (why) {
        note_unfit(r, at, why);
        return JOIST_OK;
    }
    if (!placed && l->attempts > r->attempts)
        r->attempts = l->attempts;
    return add_entry(r, (jst_replay_entry){ .origin = origin, .record = l->record,
        .offset = l->offset, .at = at->offset, .length = (uint32_t)length, .file = (uint32_t)file,
        .attempts = l->attempts,
        .step = (uint16_t)number_of(step->name, r->steps, &r->steps_count, JST_REPLAY_STEPS,
                                    r->arena),
        .code = (uint16_t)number_of(l->code, r->codes, &r->codes_count, JOIST_MOST_CODES,
                                    r->arena) }, e);
}

static joist_status take_line(jst_replay *r, const jst_cli_lines *at, joist_text line, size_t file,
                              joist_error *e)
{
    jst_cli_letter l;
    joist_error wrong = { 0 };
    joist_arena_reset(r->letter);
    if (jst_cli_letter_parse(line, &l, r->letter, &wrong) == JOIST_OK
        && check_letter(r, &l, &wrong) == JOIST_OK
        && take_letter(r, at, line.len, file, &l, &wrong) == JOIST_OK)
        return JOIST_OK;
    joist_fail_with(e, JOIST_USAGE, "%.*s:%llu: %s", JOIST_ARG(at->path),
                    (unsigned long long)at->number, wrong.message);
    memcpy(e->hint, wrong.hint, sizeof e->hint);
    return JOIST_FAILED;
}

static joist_status collect_file(jst_replay *r, size_t file, joist_error *e)
{
    jst_cli_lines lines;
    joist_text line;
    joist_status status = jst_cli_lines_open(&lines, r->files.items[file], e);
    while (status == JOIST_OK && jst_cli_lines_next(&lines, &line, e))
        status = take_line(r, &lines, line, file, e);
    if (e->message[0])
        status = JOIST_FAILED;
    jst_cli_lines_close(&lines);
    return status;
}

/* ---- their order ----------------------------------------------------------------------------- */
static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int same_place(const jst_replay_entry *a, const jst_replay_entry *b)
{
    int c = compare(a->step, b->step);
    if (!c)
        c = compare(!a->origin, !b->origin);
    if (!c && a->origin)
        c = compare(a->origin->origin.rank, b->origin->origin.rank);
    if (!c && a->origin)
        c = compare(a->record, b->record);
    if (!c && a->origin)
        c = compare(a->offset, b->offset);
    return c ? c : compare(a->code, b->code);
}

/* Of letters about the same the latest attempt comes first; those without a place stay as they
 * are. */
static int by_place(const void *a, const void *b)
{
    const jst_replay_entry *x = a, *y = b;
    int c = same_place(x, y);
    if (!c && x->origin)
        c = compare((uint64_t)y->attempts, (uint64_t)x->attempts);
    if (!c)
        c = compare(x->file, y->file);
    return c ? c : compare(x->at, y->at);
}

static void sort_entries(jst_replay *r)
{
    size_t kept = 0;
    if (r->count)
        qsort(r->entries, r->count, sizeof *r->entries, by_place);
    for (size_t i = 0; i < r->count; i++) {
        const jst_replay_entry *entry = &r->entries[i];
        if (kept && entry->origin && same_place(&r->entries[kept - 1], entry) == 0)
            r->twice++;
        else
            r->entries[kept++] = *entry;
    }
    r->count = kept;
}

joist_status jst_replay_collect(jst_replay *r, joist_error *e)
{
    for (size_t i = 0; i < r->files.count; i++)
        if (collect_file(r, i, e))
            return JOIST_FAILED;
    jst_replay_rank_origins(r);
    sort_entries(r);
    return JOIST_OK;
}
