/* SPDX-License-Identifier: Apache-2.0
 * Dead letters are a shuffle like any other: one per record and code, or per element of what comes
 * from no record, in input order, spilled when they are many, written to one file per run by the
 * store that serves paths. */
#include "run.h"

enum { MOST_RAW = 64 << 10 };

static joist_text site_of(const jst_node *n, joist_arena *arena)
{
    return joist_arena_printf(arena, "%.*s:%d", JST_AT(n));
}

static int64_t attempts_of(const jst_run *run, const joist_position *at)
{
    return 1 + (run->o.attempts ? run->o.attempts(run->env, at) : 0);
}

static void write_letter(jst_worker *w, const jst_rejected *r)
{
    jst_run *run = w->run;
    bool cut = r->raw.len > MOST_RAW;
    joist_dead_letter d = {
        .run = run->id, .pipeline = joist_pipeline_name(run->p), .stage = r->node->name,
        .code = joist_text_of(r->code), .message = r->message, .site = site_of(r->node, w->arena),
        .at = r->at, .attempts = attempts_of(run, r->at), .seen_at = run->now, .type = r->type,
        .element = r->element,
        .raw = { r->raw.ptr, cut ? MOST_RAW : r->raw.len },
        .raw_truncated = cut || r->raw_truncated,
        .mask = JOIST_SECRET | (run->o.mask_pii ? JOIST_PII : 0u),
    };
    joist_buffer line = { 0 };
    joist_dead_letter_write(&line, &d);
    w->scratch.len = 0;
    joist_row_encode(&joist_line_type, &(joist_line){ joist_buffer_view(&line) }, &w->scratch);
    joist_buffer_free(&line);
}

static void show(joist_tap *tap, const jst_rejected *r)
{
    tap->see(tap, &(joist_tap_event){ .kind = JOIST_TAP_REJECTED, .step = r->node->name,
        .type = r->type, .code = r->code, .message = r->message, .raw = r->raw, .at = r->at,
        .rows = { r->element, r->element != NULL, r->type ? r->type->size : 0, &r->at } });
}

/* All that is made of one group is in one place: the step that rejects, and how often it did there,
 * tell it apart. One worker meets all of it, in the order of the emits. */
static void add_number(jst_worker *w, const jst_rejected *r, joist_buffer *key)
{
    size_t node = jst_node_index(w->run->plan, r->node);
    jst_again *a = &w->again[node];
    if (!joist_text_equal(joist_buffer_view(&a->place), joist_buffer_view(key))) {
        a->place.len = 0;
        joist_buffer_text(&a->place, joist_buffer_view(key));
        a->count = 0;
    }
    uint64_t number = (uint64_t)node << 32 | a->count++;
    for (int shift = 56; shift >= 0; shift -= 8)
        joist_buffer_byte(key, (char)(number >> shift));
}

void jst_dead_add(jst_worker *w, const jst_rejected *r)
{
    if (w->run->o.tap)
        show(w->run->o.tap, r);
    if (!w->run->o.dead.len)
        return;
    const joist_position *at = r->at ? r->at : &jst_nowhere.at;
    write_letter(w, r);
    joist_buffer key = { 0 };
    jst_position_encode(at, false, &key);
    if (!at->origin)
        add_number(w, r, &key);
    joist_buffer_text(&key, joist_text_of(r->code));
    jst_shuffle_put(w->run->dead, w->index, joist_buffer_view(&key), JOIST_TEXT(""),
                    joist_buffer_view(&w->scratch), at);
    joist_buffer_free(&key);
}

static joist_status write_one(joist_store *store, const jst_entry *entry, joist_arena *arena,
                              joist_error *e)
{
    const joist_position *nowhere = NULL;
    size_t refused = 0;
    joist_line line;
    joist_row_decode(&joist_line_type, entry->value, entry->value_len, &line, arena);
    joist_rows rows = { &line, 1, sizeof line, &nowhere };
    return store->ops->write(store, 0, &rows, &refused, e);
}

static joist_status write_all(jst_run *run, joist_store *store, uint64_t *count, joist_error *e)
{
    joist_arena *arena = joist_arena_new();
    jst_merge *m = jst_merge_open(run->dead, JST_PARTITIONS);
    joist_status status = JOIST_OK;
    for (const jst_entry *entry; status == JOIST_OK && (entry = jst_merge_next(m, e)); ++*count)
        status = write_one(store, entry, arena, e);
    jst_merge_close(m);
    joist_arena_free(arena);
    return status == JOIST_OK && e->message[0] ? JOIST_FAILED : status;
}

static joist_status write_file(jst_run *run, joist_text path, joist_error *e)
{
    const joist_connector *c = jst_connector_of(run->p->def, path);
    joist_table_spec spec = { .table = JOIST_TEXT("dead"), .type = &joist_line_type };
    joist_store *store = NULL;
    if (!c || !c->store)
        return joist_fail_with(e, JOIST_USAGE, "dead letters cannot be written to '%.*s'",
                               JOIST_ARG(path));
    if (c->store->open(path, &spec, 1, NULL, run->env, &store, e))
        return JOIST_FAILED;
    uint64_t count = 0;
    joist_status status = write_all(run, store, &count, e);
    if (status == JOIST_OK && count)
        status = store->ops->prepare(store, e);
    if (status == JOIST_OK && count)
        status = store->ops->commit(store, e);
    store->ops->close(store);
    if (status == JOIST_OK && count)
        run->dead_file = path;
    return status;
}

joist_status jst_dead_write(jst_run *run)
{
    uint64_t arrived = 0;
    for (size_t i = 0; i < run->workers_count; i++) {
        arrived += run->dead->shares[i].arrived;
        jst_shuffle_seal(run->dead, i);
    }
    if (!arrived || !run->o.dead.len)
        return JOIST_OK;
    joist_error e = { 0 };
    joist_text path = joist_arena_printf(run->arena, "%.*s/%.*s.jsonl", JOIST_ARG(run->o.dead),
                                         JOIST_ARG(run->id));
    return write_file(run, path, &e) ? jst_run_fail_uri(run, path, &e) : JOIST_OK;
}
