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

static void fill_entry(jst_entry *entry, joist_text key, joist_text order, joist_text value,
                       const joist_position *at)
{
    entry->key_len = (uint32_t)key.len;
    entry->order_len = (uint32_t)order.len;
    entry->value_len = (uint32_t)value.len;
    entry->at = *at;
    memcpy(entry->bytes, key.ptr, key.len);
    if (order.len)
        memcpy(entry->bytes + key.len, order.ptr, order.len);
    if (value.len)
        memcpy(entry->bytes + key.len + order.len, value.ptr, value.len);
}

static jst_entry *new_entry(jst_share *share, joist_text key, joist_text order, joist_text value,
                            const joist_position *at)
{
    size_t size = key.len + order.len + value.len;
    jst_entry *entry = joist_arena_alloc(share->arena, sizeof *entry + size);
    entry->cap = (uint32_t)size;
    fill_entry(entry, key, order, value, at);
    return entry;
}

/* ---- filling ----------------------------------------------------------------------------------- */

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

static void begin_share(jst_shuffle *s, jst_share *share)
{
    if (!share->arena)
        share->arena = joist_arena_new();
    if (share->sorted)
        unseal(s, share);
}

static void put_latest(jst_share *share, uint64_t hash, joist_text key, joist_text order,
                       joist_text value, const joist_position *at)
{
    jst_item *item = jst_table_item(&share->table, hash, key);
    jst_entry *old = item->entry;
    if (!old) {
        item->entry = new_entry(share, key, order, value, at);
        return;
    }
    share->replaced++;
    if (joist_text_compare(order, jst_entry_order(old)) < 0)
        return;
    if (key.len + order.len + value.len <= old->cap)
        fill_entry(old, key, order, value, at);
    else
        item->entry = new_entry(share, key, order, value, at);
}

void jst_shuffle_put(jst_shuffle *s, size_t worker, joist_text key, joist_text order,
                     joist_text value, const joist_position *at)
{
    jst_share *share = &s->shares[worker];
    begin_share(s, share);
    share->arrived++;
    put_latest(share, jst_hash(key.ptr, key.len, s->memory->seed), key, order, value, at);
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

static void put_number(jst_shuffle *s, jst_share *share, const char *record,
                       const joist_position *at)
{
    joist_text key = joist_buffer_view(&share->key);
    uint64_t hash = jst_hash(key.ptr, key.len, s->memory->seed);
    jst_item *item = jst_table_item(&share->table, hash, key);
    jst_sum n = addend(s->plan, record);
    if (item->entry) {
        jst_entry_add(item->entry, n);
        share->replaced++;
        return;
    }
    share->value.len = 0;
    joist_buffer_add(&share->value, &n, sizeof n);
    put_key_text(s->key_field, record, &share->value);
    joist_text value = joist_buffer_view(&share->value);
    item->entry = new_entry(share, key, JOIST_TEXT(""), value, at);
}

/* Elements of one position that came by different ways: in the order of the ways. */
static void encode_place(const jst_shuffle_plan *plan, const joist_position *at, jst_inflow how,
                         joist_buffer *out)
{
    jst_position_encode(at, how.grouped, out);
    if (plan->inflows > 1) {
        joist_buffer_byte(out, (char)(how.via >> 8));
        joist_buffer_byte(out, (char)how.via);
    }
}

static void add_one(jst_shuffle *s, jst_share *share, const char *record, const joist_position *at,
                    jst_inflow how)
{
    const jst_shuffle_plan *plan = s->plan;
    share->key.len = share->order.len = share->value.len = 0;
    if (plan->reduce == JST_REDUCE_APPEND)
        encode_place(plan, at, how, &share->key);
    else
        joist_key_encode(plan->in, &plan->key, record, &share->key);
    if (plan->reduce == JST_REDUCE_COUNT || plan->reduce == JST_REDUCE_SUM) {
        put_number(s, share, record, at);
        return;
    }
    joist_row_encode(plan->in, record, &share->value);
    joist_text key = joist_buffer_view(&share->key), value = joist_buffer_view(&share->value);
    uint64_t hash = jst_hash(key.ptr, key.len, s->memory->seed);
    if (plan->reduce == JST_REDUCE_APPEND) {
        jst_table_append(&share->table, hash, new_entry(share, key, JOIST_TEXT(""), value, at));
        return;
    }
    joist_key_encode(plan->in, &plan->by, record, &share->order);
    encode_place(plan, at, how, &share->order);
    put_latest(share, hash, key, joist_buffer_view(&share->order), value, at);
}

void jst_shuffle_add(jst_shuffle *s, size_t worker, const char *elements,
                     const joist_position *const *positions, size_t count, jst_inflow how)
{
    jst_share *share = &s->shares[worker];
    begin_share(s, share);
    share->arrived += count;
    for (size_t i = 0; i < count; i++)
        add_one(s, share, elements + i * s->plan->in->size, positions[i], how);
}

/* A share much smaller than the limit is not worth a run: many small runs would cost more. All
 * that are too small stay within the limit together. */
static bool worth_a_run(const jst_memory *memory, size_t held)
{
    return held >= memory->limit / (memory->shares > 64 ? memory->shares : 64);
}

joist_status jst_shuffle_account(jst_shuffle *s, size_t worker, joist_error *e)
{
    jst_share *share = &s->shares[worker];
    if (!share->arena)
        return JOIST_OK;
    size_t now = joist_arena_bytes(share->arena) + jst_table_bytes(&share->table);
    atomic_fetch_add(&s->memory->held, now - share->accounted);
    share->accounted = now;
    if (atomic_load(&s->memory->held) <= s->memory->limit || !worth_a_run(s->memory, now))
        return JOIST_OK;
    jst_shuffle_seal(s, worker);
    return jst_spill(s, share, e);
}

bool jst_entry_decode(const jst_shuffle *s, const jst_entry *entry, void *record,
                      joist_arena *arena)
{
    const char *value = jst_entry_value(entry);
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
