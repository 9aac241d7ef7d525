/* SPDX-License-Identifier: Apache-2.0
 * K-way merge of sorted runs, in memory and on disk, with a binary heap of cursors. Entries with
 * one key meet here and are aggregated once more. Memory is one read buffer per run on disk. */
#include "combine.h"

#include <errno.h>
#include <unistd.h>

enum { LEAST_BUFFER = 16 << 10, MOST_BUFFER = 256 << 10, AHEAD = 6 };

typedef struct cursor {
    const jst_entry *entry;             /* current; NULL at the end */
    size_t order;                       /* of runs: keeps equal keys stable */
    jst_entry *const *at, *const *end;  /* in memory */
    int fd;                             /* on disk */
    uint64_t offset, left;              /* not yet in the buffer */
    joist_buffer buffer;
    size_t read;                        /* consumed bytes of the buffer */
} cursor;

struct jst_merge {
    const jst_shuffle *shuffle;
    cursor *cursors; size_t cursors_count;
    cursor **heap; size_t heap_count;
    size_t buffer_size;
    bool started;
    bool pending;                       /* the top was returned and must advance first */
    uint64_t folded;
    joist_buffer kept;                  /* an entry whose twins are in other runs */
    joist_arena *arena;                 /* of accumulators that are merged */
    joist_buffer bytes;                 /* ... and what became of them */
};

/* ---- cursors --------------------------------------------------------------------------------- */

/* Makes `need` bytes readable at the buffer's read position. */
static bool refill(jst_merge *m, cursor *c, size_t need, joist_error *e)
{
    size_t have = c->buffer.len - c->read;
    if (have)
        memmove(c->buffer.ptr, c->buffer.ptr + c->read, have);
    c->buffer.len = have;
    c->read = 0;
    size_t want = need > m->buffer_size ? need : m->buffer_size;
    while (c->buffer.len < need) {
        size_t ask = want - c->buffer.len < c->left ? want - c->buffer.len : (size_t)c->left;
        char *to = joist_buffer_reserve(&c->buffer, ask);
        ssize_t n = pread(c->fd, to, ask, (off_t)c->offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            joist_fail_with(e, JOIST_FATAL, "cannot read back a temporary file: %s",
                            n ? strerror(errno) : "it was cut short");
            return false;
        }
        c->buffer.len += (size_t)n;
        c->offset += (uint64_t)n;
        c->left -= (uint64_t)n;
    }
    return true;
}

static bool readable(jst_merge *m, cursor *c, size_t need, joist_error *e)
{
    return c->buffer.len - c->read >= need || refill(m, c, need, e);
}

static bool advance_disk(jst_merge *m, cursor *c, joist_error *e)
{
    if (c->entry)
        c->read += sizeof *c->entry + c->entry->cap;
    c->entry = NULL;
    if (c->buffer.len == c->read && !c->left)
        return true;
    if (!readable(m, c, sizeof(jst_entry), e))
        return false;
    jst_entry head;
    memcpy(&head, c->buffer.ptr + c->read, sizeof head);
    if (!readable(m, c, sizeof head + head.cap, e))
        return false;
    jst_entry *entry = (jst_entry *)(void *)(c->buffer.ptr + c->read);
    entry->value = entry->bytes + entry->key_len + entry->order_len;
    c->entry = entry;
    return true;
}

static bool advance(jst_merge *m, cursor *c, joist_error *e)
{
    if (c->fd >= 0)
        return advance_disk(m, c, e);
    if (c->end - c->at > AHEAD)
        __builtin_prefetch(c->at[AHEAD]);
    c->entry = c->at < c->end ? *c->at++ : NULL;
    return true;
}

/* ---- heap ------------------------------------------------------------------------------------ */

static bool before(const cursor *a, const cursor *b)
{
    int c = jst_entry_compare(a->entry, b->entry);
    return c ? c < 0 : a->order < b->order;
}

static void sift_down(jst_merge *m, size_t at)
{
    cursor *c = m->heap[at];
    for (size_t child; (child = 2 * at + 1) < m->heap_count; at = child) {
        if (child + 1 < m->heap_count && before(m->heap[child + 1], m->heap[child]))
            child++;
        if (!before(m->heap[child], c))
            break;
        m->heap[at] = m->heap[child];
    }
    m->heap[at] = c;
}

static bool advance_top(jst_merge *m, joist_error *e)
{
    if (!advance(m, m->heap[0], e))
        return false;
    if (!m->heap[0]->entry)
        m->heap[0] = m->heap[--m->heap_count];
    if (m->heap_count)
        sift_down(m, 0);
    return true;
}

/* ---- opening --------------------------------------------------------------------------------- */

static void add_cursors(jst_merge *m, const jst_share *share, size_t partition)
{
    for (size_t r = 0; r < share->runs_count; r++) {
        jst_segment g = share->runs[r][partition];
        m->cursors[m->cursors_count] =
            (cursor){ .order = m->cursors_count, .fd = share->fd, .offset = g.offset,
                      .left = g.bytes };
        m->cursors_count++;
    }
    if (share->sorted) {
        m->cursors[m->cursors_count] =
            (cursor){ .order = m->cursors_count, .fd = -1,
                      .at = share->sorted + share->sorted_at[partition],
                      .end = share->sorted + share->sorted_at[partition + 1] };
        m->cursors_count++;
    }
}

/* Read buffers together stay within an eighth of the memory limit. */
static size_t buffer_size(const jst_shuffle *s, size_t cursors)
{
    size_t size = s->memory->limit / 8 / (cursors + 1);
    return size < LEAST_BUFFER ? LEAST_BUFFER : size > MOST_BUFFER ? MOST_BUFFER : size;
}

jst_merge *jst_merge_open(const jst_shuffle *s, size_t partition)
{
    size_t most = 0;
    for (size_t i = 0; i < s->shares_count; i++)
        most += (s->shares[i].runs_count + 1) * (partition == JST_PARTITIONS ? s->partitions : 1);
    jst_merge *m = joist_calloc(1, sizeof *m);
    m->shuffle = s;
    m->arena = joist_arena_new();
    m->cursors = joist_calloc(most, sizeof *m->cursors);
    m->heap = joist_calloc(most, sizeof(cursor *));
    for (size_t i = 0; i < s->shares_count; i++)
        for (size_t p = 0; p < s->partitions; p++)
            if (partition == JST_PARTITIONS || partition == p)
                add_cursors(m, &s->shares[i], p);
    m->buffer_size = buffer_size(s, m->cursors_count);
    return m;
}

const jst_entry *jst_merge_keep(const jst_merge *m, const jst_entry *entry, joist_arena *arena)
{
    if (m->pending && m->heap[0]->fd < 0)
        return entry;
    return jst_entry_copy(entry, joist_arena_alloc(arena, jst_entry_size(entry)));
}

uint64_t jst_merge_folded(const jst_merge *m)
{
    return m->folded;
}

void jst_merge_close(jst_merge *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->cursors_count; i++)
        joist_buffer_free(&m->cursors[i].buffer);
    joist_free(m->cursors);
    joist_free(m->heap);
    joist_buffer_free(&m->kept);
    joist_buffer_free(&m->bytes);
    joist_arena_free(m->arena);
    joist_free(m);
}

static bool start(jst_merge *m, joist_error *e)
{
    for (size_t i = 0; i < m->cursors_count; i++) {
        if (!advance(m, &m->cursors[i], e))
            return false;
        if (m->cursors[i].entry)
            m->heap[m->heap_count++] = &m->cursors[i];
    }
    for (size_t i = m->heap_count; i-- > 0;)
        sift_down(m, i);
    return true;
}

/* ---- next ------------------------------------------------------------------------------------ */

static void keep(jst_merge *m, const jst_entry *entry)
{
    m->kept.len = 0;
    jst_entry_copy(entry, joist_buffer_reserve(&m->kept, jst_entry_size(entry)));
}

static bool top_has_twin(const jst_merge *m)
{
    for (size_t child = 1; child < 3 && child < m->heap_count; child++)
        if (jst_entry_compare(m->heap[0]->entry, m->heap[child]->entry) == 0)
            return true;
    return false;
}

static bool newer(const jst_entry *a, const jst_entry *b)
{
    return joist_text_compare(jst_entry_order(a), jst_entry_order(b)) >= 0;
}

static const jst_entry *kept(const jst_merge *m)
{
    return (const jst_entry *)(const void *)m->kept.ptr;
}

static bool same_key_follows(const jst_merge *m)
{
    return m->heap_count && jst_entry_compare(kept(m), m->heap[0]->entry) == 0;
}

static bool fold_latest(jst_merge *m, joist_error *e)
{
    while (same_key_follows(m)) {
        m->folded++;
        if (newer(m->heap[0]->entry, kept(m)))
            keep(m, m->heap[0]->entry);
        if (!advance_top(m, e))
            return false;
    }
    return true;
}

/* Accumulators are merged as structs, in memory that lives as long as this key. */
static bool fold_accumulators(jst_merge *m, joist_error *e)
{
    const jst_shuffle_plan *plan = m->shuffle->plan;
    joist_arena_reset(m->arena);
    joist_combine_call call = jst_combine_call_of(plan, m->arena);
    void *acc = jst_combine_thaw(plan, kept(m), &call);
    while (same_key_follows(m)) {
        m->folded++;
        plan->combine.fn->merge(&call, acc, jst_combine_thaw(plan, m->heap[0]->entry, &call));
        if (!advance_top(m, e))
            return false;
    }
    m->bytes.len = 0;
    jst_combine_encode(plan, acc, &m->bytes);
    jst_entry *result = (jst_entry *)(void *)m->kept.ptr;
    result->value = m->bytes.ptr;
    result->value_len = (uint32_t)m->bytes.len;
    return true;
}

static const jst_entry *merge_twins(jst_merge *m, joist_error *e)
{
    keep(m, m->heap[0]->entry);
    if (!advance_top(m, e))
        return NULL;
    bool combine = m->shuffle->plan->reduce == JST_REDUCE_COMBINE;
    return (combine ? fold_accumulators(m, e) : fold_latest(m, e)) ? kept(m) : NULL;
}

static bool has_twins(const jst_merge *m)
{
    jst_reduce reduce = m->shuffle->plan->reduce;
    return (reduce == JST_REDUCE_LATEST || reduce == JST_REDUCE_COMBINE) && top_has_twin(m);
}

const jst_entry *jst_merge_next(jst_merge *m, joist_error *e)
{
    e->message[0] = '\0';
    bool ok = m->started ? !m->pending || advance_top(m, e) : start(m, e);
    m->started = true;
    m->pending = false;
    if (!ok)
        return NULL;
    if (!m->heap_count)
        return NULL;
    if (has_twins(m))
        return merge_twins(m, e);
    m->pending = true;
    return m->heap[0]->entry;
}
