/* SPDX-License-Identifier: Apache-2.0
 * Filling a shuffle: one open-addressing table per worker, aggregated as elements arrive. */
#include "shuffle.h"

#include <stdio.h>
#include <unistd.h>

static const joist_field *field_at(const joist_type *type, uint32_t offset)
{
    size_t i = 0;
    while (type->fields[i].offset != offset)
        i++;
    return &type->fields[i];
}

jst_shuffle *jst_shuffle_new(const jst_shuffle_plan *plan, size_t workers, jst_memory *memory)
{
    jst_shuffle *s = joist_calloc(1, sizeof *s);
    s->plan = plan;
    s->memory = memory;
    s->leader = s;
    s->shares = joist_calloc(workers, sizeof *s->shares);
    s->shares_count = workers;
    s->partitions = plan->is_root ? JST_PARTITIONS : 1;
    memory->shares += workers;
    if (plan->reduce == JST_REDUCE_COUNT || plan->reduce == JST_REDUCE_SUM)
        s->key_field = field_at(plan->in, plan->key.offset[0]);
    for (size_t i = 0; i < workers; i++)
        s->shares[i].fd = -1;
    return s;
}

static void free_share(jst_share *share)
{
    joist_arena_free(share->arena);
    jst_table_clear(&share->table);
    joist_free(share->sorted);
    joist_free(share->runs);
    joist_buffer_free(&share->key);
    joist_buffer_free(&share->order);
    joist_buffer_free(&share->value);
    if (share->fd >= 0)
        close(share->fd);
}

void jst_shuffle_follow(jst_shuffle *s, jst_shuffle *leader)
{
    while (leader->next)
        leader = leader->next;
    leader->next = s;
    s->leader = leader->leader;
}

void jst_shuffle_free(jst_shuffle *s)
{
    for (size_t i = 0; s && i < s->shares_count; i++)
        free_share(&s->shares[i]);
    if (s)
        joist_free(s->shares);
    joist_free(s);
}

static void big_endian(joist_buffer *out, uint64_t v)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(v >> (56 - 8 * i));
    joist_buffer_add(out, bytes, 8);
}

const jst_group_position jst_nowhere;

void jst_position_encode(const joist_position *at, bool grouped, joist_buffer *out)
{
    joist_buffer_byte(out, at->origin ? 0 : 1);
    if (at->origin) {
        big_endian(out, at->origin->rank);
        big_endian(out, at->record);
    }
    if (grouped || !at->origin)
        joist_buffer_text(out, ((const jst_group_position *)at)->key);
}

/* Keys of two shuffles may be alike, so the shuffle's number comes first. */
const joist_position *jst_entry_position(const jst_shuffle *s, const jst_entry *entry,
                                         joist_arena *arena)
{
    bool from_input = !s->key_field && entry->at.origin;
    jst_group_position *at = joist_arena_alloc(arena, sizeof *at);
    char *key = joist_arena_alloc(arena, entry->key_len + 2);
    key[0] = (char)(s->plan->id >> 8);
    key[1] = (char)s->plan->id;
    memcpy(key + 2, entry->bytes, entry->key_len);
    at->at = from_input ? entry->at : (joist_position){ 0 };
    at->key = (joist_text){ key, entry->key_len + 2 };
    return &at->at;
}

/* ---- entries --------------------------------------------------------------------------------- */

/* A value that several tables take is stored by the first that does. */
typedef struct shared_value { joist_text bytes; bool shared, stored; } shared_value;

static void fill_entry(jst_entry *entry, joist_text key, joist_text order, const shared_value *v,
                       const joist_position *at)
{
    entry->key_len = (uint32_t)key.len;
    entry->order_len = (uint32_t)order.len;
    entry->value_len = (uint32_t)v->bytes.len;
    entry->at = *at;
    memcpy(entry->bytes, key.ptr, key.len);
    if (order.len)
        memcpy(entry->bytes + key.len, order.ptr, order.len);
    entry->value = v->shared ? v->bytes.ptr : entry->bytes + key.len + order.len;
    if (!v->shared && v->bytes.len)
        memcpy(entry->bytes + key.len + order.len, v->bytes.ptr, v->bytes.len);
}

static void store(joist_arena *arena, shared_value *v)
{
    if (v->shared && !v->stored)
        v->bytes = joist_arena_text(arena, v->bytes);
    v->stored = true;
}

static size_t inside(joist_text key, joist_text order, const shared_value *v)
{
    return key.len + order.len + (v->shared ? 0 : v->bytes.len);
}

static jst_entry *new_entry(joist_arena *arena, joist_text key, joist_text order, shared_value *v,
                            const joist_position *at)
{
    store(arena, v);
    size_t size = inside(key, order, v);
    jst_entry *entry = joist_arena_alloc(arena, sizeof *entry + size);
    entry->cap = (uint32_t)size;
    fill_entry(entry, key, order, v, at);
    return entry;
}

/* ---- filling --------------------------------------------------------------------------------- */

/* A sealed share that gets more entries (a second round of dead letters) becomes a table again. */
static void unseal(jst_shuffle *s, jst_share *share)
{
    for (size_t i = 0; i < share->count; i++) {
        joist_text key = jst_entry_key(share->sorted[i]);
        uint64_t hash = jst_hash(key.ptr, key.len, s->memory->seed);
        if (s->plan->reduce == JST_REDUCE_APPEND)
            jst_table_append(&share->table, hash, share->sorted[i]);
        else
            jst_table_item(&share->table, hash, key)->entry = share->sorted[i];
    }
    joist_free(share->sorted);
    share->sorted = NULL;
    share->count = 0;
}

/* The arena of this worker's entries, and the share ready to be filled. */
static joist_arena *begin_share(jst_shuffle *s, size_t worker)
{
    jst_share *leader = &s->leader->shares[worker];
    if (!leader->arena)
        leader->arena = joist_arena_new();
    if (s->shares[worker].sorted)
        unseal(s, &s->shares[worker]);
    return leader->arena;
}

static void put_latest(jst_share *share, joist_arena *arena, uint64_t hash, joist_text order,
                       shared_value *v, const joist_position *at)
{
    joist_text key = joist_buffer_view(&share->key);
    jst_item *item = jst_table_item(&share->table, hash, key);
    jst_entry *old = item->entry;
    if (!old) {
        item->entry = new_entry(arena, key, order, v, at);
        return;
    }
    share->replaced++;
    if (joist_text_compare(order, jst_entry_order(old)) < 0)
        return;
    store(arena, v);
    if (inside(key, order, v) <= old->cap)
        fill_entry(old, key, order, v, at);
    else
        item->entry = new_entry(arena, key, order, v, at);
}

static uint64_t hash_of_key(const jst_shuffle *s, const jst_share *share)
{
    return jst_hash(share->key.ptr, share->key.len, s->memory->seed);
}

void jst_shuffle_put(jst_shuffle *s, size_t worker, joist_text key, joist_text order,
                     joist_text value, const joist_position *at)
{
    jst_share *share = &s->shares[worker];
    joist_arena *arena = begin_share(s, worker);
    shared_value v = { .bytes = value };
    share->arrived++;
    share->key.len = 0;
    joist_buffer_text(&share->key, key);
    put_latest(share, arena, hash_of_key(s, share), order, &v, at);
}

/* The key of a count or sum as people read it, behind the number. */
static void put_key_text(const joist_field *f, const char *record, joist_buffer *out)
{
    const char *at = record + f->offset;
    if (joist_field_is_null(f, record))
        return;
    joist_buffer_byte(out, 1);
    if (f->kind == JOIST_KIND_TEXT)
        joist_buffer_text(out, *(const joist_text *)(const void *)at);
    else if (f->kind == JOIST_KIND_BOOL)
        joist_buffer_text(out, *(const bool *)at ? JOIST_TEXT("true") : JOIST_TEXT("false"));
    else
        joist_buffer_printf(out, "%lld", (long long)*(const int64_t *)(const void *)at);
}

static int64_t addend(const jst_shuffle_plan *plan, const char *record)
{
    if (plan->reduce == JST_REDUCE_COUNT)
        return 1;
    if (joist_field_is_null(plan->number, record))
        return 0;
    return *(const int64_t *)(const void *)(record + plan->number->offset);
}

static void put_number(jst_shuffle *s, jst_share *share, joist_arena *arena, const char *record,
                       const joist_position *at)
{
    joist_text key = joist_buffer_view(&share->key);
    jst_item *item = jst_table_item(&share->table, hash_of_key(s, share), key);
    jst_sum n = addend(s->plan, record);
    if (item->entry) {
        jst_entry_add(item->entry, n);
        share->replaced++;
        return;
    }
    share->value.len = 0;
    joist_buffer_add(&share->value, &n, sizeof n);
    put_key_text(s->key_field, record, &share->value);
    shared_value v = { .bytes = joist_buffer_view(&share->value) };
    item->entry = new_entry(arena, key, JOIST_TEXT(""), &v, at);
}

static void encode_place(const jst_shuffle_plan *plan, const joist_position *at, jst_inflow how,
                         joist_buffer *out)
{
    jst_position_encode(at, how.grouped, out);
    if (plan->winding) {
        joist_buffer_text(out, how.path);
        joist_buffer_byte(out, (char)how.path.len);     /* read from its end, it is unambiguous */
    }
    if (plan->inflows > 1) {
        joist_buffer_byte(out, (char)(how.via >> 8));
        joist_buffer_byte(out, (char)how.via);
    }
}

static void put_row(jst_shuffle *s, jst_share *share, joist_arena *arena, const char *record,
                    shared_value *v, const joist_position *at, jst_inflow how)
{
    const jst_shuffle_plan *plan = s->plan;
    share->order.len = 0;
    if (plan->reduce == JST_REDUCE_APPEND) {
        encode_place(plan, at, how, &share->key);
        joist_text key = joist_buffer_view(&share->key);
        jst_table_append(&share->table, hash_of_key(s, share),
                         new_entry(arena, key, JOIST_TEXT(""), v, at));
        return;
    }
    joist_key_encode(plan->in, &plan->key, record, &share->key);
    joist_key_encode(plan->in, &plan->by, record, &share->order);
    encode_place(plan, at, how, &share->order);
    put_latest(share, arena, hash_of_key(s, share), joist_buffer_view(&share->order), v, at);
}

static bool adds_up(jst_reduce reduce)
{
    return reduce == JST_REDUCE_COUNT || reduce == JST_REDUCE_SUM;
}

static void add_numbers(jst_shuffle *s, size_t worker, const char *elements,
                        const joist_position *const *positions, size_t count)
{
    jst_share *share = &s->shares[worker];
    joist_arena *arena = begin_share(s, worker);
    for (size_t i = 0; i < count; i++) {
        const char *record = elements + i * s->plan->in->size;
        share->key.len = 0;
        joist_key_encode(s->plan->in, &s->plan->key, record, &share->key);
        put_number(s, share, arena, record, positions[i]);
    }
    share->arrived += count;
}

/* One element into all tables that share it, encoded once. */
static void add_row(jst_shuffle *leader, size_t worker, const char *record,
                    const joist_position *at, jst_inflow how)
{
    joist_buffer *value = &leader->shares[worker].value;
    value->len = 0;
    if (!leader->keys_only)
        joist_row_encode(leader->plan->in, record, value);
    shared_value v = { .bytes = joist_buffer_view(value), .shared = leader->next };
    for (jst_shuffle *s = leader; s; s = s->next) {
        jst_share *share = &s->shares[worker];
        joist_arena *arena = begin_share(s, worker);
        share->arrived++;
        share->key.len = 0;
        put_row(s, share, arena, record, &v, at, how);
    }
}

void jst_shuffle_add(jst_shuffle *s, size_t worker, const char *elements,
                     const joist_position *const *positions, size_t count, jst_inflow how)
{
    if (adds_up(s->plan->reduce)) {
        add_numbers(s, worker, elements, positions, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        add_row(s, worker, elements + i * s->plan->in->size, positions[i], how);
}

/* A share much smaller than the limit is not worth a run: many small runs would cost more. All
 * that are too small stay within the limit together. */
static bool worth_a_run(const jst_memory *memory, size_t held)
{
    return held >= memory->limit / (memory->shares > 64 ? memory->shares : 64);
}

static size_t held_by(const jst_shuffle *leader, size_t worker)
{
    size_t bytes = joist_arena_bytes(leader->shares[worker].arena);
    for (const jst_shuffle *s = leader; s; s = s->next)
        bytes += jst_table_bytes(&s->shares[worker].table);
    return bytes;
}

static joist_status spill_together(jst_shuffle *leader, size_t worker, joist_error *e)
{
    jst_share *share = &leader->shares[worker];
    for (jst_shuffle *s = leader; s; s = s->next) {
        jst_shuffle_seal(s, worker);
        if (jst_spill(s, &s->shares[worker], e))
            return JOIST_FAILED;
    }
    joist_arena_free(share->arena);
    share->arena = NULL;
    atomic_fetch_sub(&leader->memory->held, share->accounted);
    share->accounted = 0;
    return JOIST_OK;
}

joist_status jst_shuffle_account(jst_shuffle *s, size_t worker, joist_error *e)
{
    jst_share *share = &s->shares[worker];
    if (s->leader != s || !share->arena || share->sorted)
        return JOIST_OK;
    size_t now = held_by(s, worker);
    atomic_fetch_add(&s->memory->held, now - share->accounted);
    share->accounted = now;
    if (atomic_load(&s->memory->held) <= s->memory->limit || !worth_a_run(s->memory, now))
        return JOIST_OK;
    return spill_together(s, worker, e);
}

bool jst_entry_decode(const jst_shuffle *s, const jst_entry *entry, void *record,
                      joist_arena *arena)
{
    const char *value = entry->value;
    if (!s->key_field) {
        memset(record, 0, s->plan->out->size);
        return joist_row_decode(s->plan->out, value, entry->value_len, record, arena) > 0;
    }
    joist_tally *t = record;    /* joist_total is the same struct by another name */
    t->count = (int64_t)jst_entry_sum(entry);
    size_t skip = sizeof(jst_sum) + 1;  /* a byte tells a key from no key */
    t->key = entry->value_len < skip ? JOIST_NO_TEXT
                                     : (joist_text){ value + skip, entry->value_len - skip };
    return true;
}
