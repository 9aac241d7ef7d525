/* SPDX-License-Identifier: Apache-2.0
 * Filling a shuffle: one open-addressing table per worker, aggregated as elements arrive.
 *
 * A key is the user's key; in windows, the window behind it; in a group, behind that the side of a
 * join and the place in the input, so that values of one key are neighbours in input order. */
#include "combine.h"
#include "key.h"
#include "shuffle.h"

/* ---- keys ------------------------------------------------------------------------------------ */

static void big_endian(joist_buffer *out, uint64_t v)
{
    jst_put_big_endian(joist_buffer_reserve(out, 8), v);
    out->len += 8;
}

static int64_t read_time(const char *p)
{
    return jst_int_of_order(jst_get_big_endian(p));
}

static void encode_window(joist_window w, joist_buffer *out)
{
    big_endian(out, jst_int_order(w.start_ms));
    big_endian(out, jst_int_order(w.end_ms));
}

size_t jst_entry_user_key(const jst_shuffle_plan *plan, const jst_entry *e)
{
    return jst_key_length(plan->in, &plan->key, e->bytes);
}

joist_window jst_entry_window(const jst_shuffle_plan *plan, const jst_entry *e)
{
    const char *at = e->bytes + jst_entry_user_key(plan, e);
    return (joist_window){ read_time(at), read_time(at + 8) };
}

size_t jst_entry_prefix(const jst_shuffle_plan *plan, const jst_entry *e)
{
    return jst_entry_user_key(plan, e) + (plan->windowed ? JST_WINDOW_KEY : 0);
}

/* Elements of one key are in one partition; sessions of one key meet whatever their windows are. */
static uint64_t hash_of_key(const jst_shuffle *s, joist_text key, size_t prefix)
{
    const uint64_t top = UINT64_C(15) << 60;
    uint64_t hash = jst_hash(key.ptr, key.len, s->memory->seed);
    if (prefix == key.len)
        return hash;
    return (hash & ~top) | (jst_hash(key.ptr, prefix, s->memory->seed) & top);
}

/* The user's key and the window. Returns how much of it decides the partition. */
static size_t encode_key(const jst_shuffle_plan *plan, const char *record,
                         const joist_position *at, bool right, joist_buffer *out)
{
    size_t start = out->len;
    joist_key_encode(right ? plan->right : plan->in, right ? &plan->right_key : &plan->key, record,
                     out);
    size_t user = out->len - start;
    if (plan->windowed)
        encode_window(at->window, out);
    return plan->sessions ? user : out->len - start;
}

const jst_group_position jst_nowhere = { .at = { .timestamp_ms = JOIST_TIMESTAMP_MIN,
                                                 .window = { INT64_MIN, INT64_MAX } } };

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

void jst_shuffle_put(jst_shuffle *s, size_t worker, joist_text key, joist_text order,
                     joist_text value, const joist_position *at)
{
    jst_share *share = &s->shares[worker];
    joist_arena *arena = begin_share(s, worker);
    shared_value v = { .bytes = value };
    share->arrived++;
    share->key.len = 0;
    joist_buffer_text(&share->key, key);
    put_latest(share, arena, hash_of_key(s, key, key.len), order, &v, at);
}

/* ---- adding ---------------------------------------------------------------------------------- */

void jst_place_encode(const joist_position *at, const jst_inflow *how, bool winding, bool numbered,
                      joist_buffer *out)
{
    jst_position_encode(at, how->grouped, out);
    if (winding) {
        joist_buffer_text(out, how->path);
        joist_buffer_byte(out, (char)how->path.len);    /* read from its end, it is unambiguous */
    }
    if (numbered) {
        joist_buffer_byte(out, (char)(how->via >> 8));
        joist_buffer_byte(out, (char)how->via);
    }
}

static void encode_place(const jst_shuffle_plan *plan, const joist_position *at,
                         const jst_inflow *how, joist_buffer *out)
{
    jst_place_encode(at, how, plan->winding, plan->inflows > 1, out);
}

static void put_append(jst_shuffle *s, jst_share *share, joist_arena *arena, shared_value *v,
                       const joist_position *at, const jst_inflow *how)
{
    share->key.len = 0;
    encode_place(s->plan, at, how, &share->key);
    joist_text key = joist_buffer_view(&share->key);
    jst_table_append(&share->table, hash_of_key(s, key, key.len),
                     new_entry(arena, key, JOIST_TEXT(""), v, at));
}

/* A value of a group: behind its key the side of a join, and its place in the input. */
static void put_group(jst_shuffle *s, jst_share *share, joist_arena *arena, const char *record,
                      shared_value *v, const joist_position *at, const jst_inflow *how)
{
    share->key.len = 0;
    size_t prefix = encode_key(s->plan, record, at, how->side, &share->key);
    if (s->plan->pairing.pair)
        joist_buffer_byte(&share->key, (char)how->side);
    encode_place(s->plan, at, how, &share->key);
    joist_text key = joist_buffer_view(&share->key);
    jst_table_append(&share->table, hash_of_key(s, key, prefix),
                     new_entry(arena, key, JOIST_TEXT(""), v, at));
}

static void put_row(jst_shuffle *s, jst_share *share, joist_arena *arena, const char *record,
                    shared_value *v, const joist_position *at, const jst_inflow *how)
{
    const jst_shuffle_plan *plan = s->plan;
    if (plan->reduce == JST_REDUCE_APPEND) {
        put_append(s, share, arena, v, at, how);
    } else if (plan->reduce == JST_REDUCE_GROUP) {
        put_group(s, share, arena, record, v, at, how);
    } else {
        share->key.len = share->order.len = 0;
        size_t prefix = encode_key(plan, record, at, false, &share->key);
        joist_key_encode(plan->in, &plan->by, record, &share->order);
        encode_place(plan, at, how, &share->order);
        put_latest(share, arena, hash_of_key(s, joist_buffer_view(&share->key), prefix),
                   joist_buffer_view(&share->order), v, at);
    }
}

/* One element into all tables that share it, encoded once. */
static void add_row(jst_shuffle *leader, size_t worker, const char *record,
                    const joist_position *at, const jst_inflow *how)
{
    joist_buffer *value = &leader->shares[worker].value;
    value->len = 0;
    if (!leader->keys_only)
        joist_row_encode(how->side ? leader->plan->right : leader->plan->in, record, value);
    shared_value v = { .bytes = joist_buffer_view(value), .shared = leader->next };
    for (jst_shuffle *s = leader; s; s = s->next) {
        jst_share *share = &s->shares[worker];
        joist_arena *arena = begin_share(s, worker);
        share->arrived++;
        put_row(s, share, arena, record, &v, at, how);
    }
}

/* ---- combining: the accumulator lives in the table as it is ---------------------------------- */

struct jst_arrival { const jst_shuffle_plan *plan; jst_inflow how; };

void joist_combine_place(const joist_combine_call *c, joist_buffer *out)
{
    encode_place(c->arrival->plan, c->at, &c->arrival->how, out);
}

/* Behind the key, so that finding one has read the other. */
static jst_entry *new_accumulator(const jst_shuffle_plan *plan, joist_text key,
                                  const joist_combine_call *call)
{
    size_t behind = (key.len + 7) & ~(size_t)7, size = plan->combine.fn->acc->size;
    jst_entry *entry = joist_arena_zalloc(call->arena, sizeof *entry + behind + size);
    *entry = (jst_entry){ .key_len = (uint32_t)key.len, .value_len = (uint32_t)size,
                          .cap = (uint32_t)key.len, .value = entry->bytes + behind,
                          .at = *call->at };
    memcpy(entry->bytes, key.ptr, key.len);
    if (plan->combine.fn->create)
        plan->combine.fn->create(call, entry->bytes + behind);
    return entry;
}

/* Elements that are worked on together: enough to hide one wait for memory behind another. */
enum { FLOCK = 32 };
typedef struct flock {
    const char *elements; const joist_position *const *positions; size_t count;
    joist_text keys[FLOCK];
    size_t prefixes[FLOCK];
    uint64_t hashes[FLOCK];
    size_t likely[FLOCK];           /* jst_table_likely */
} flock;

/* The field, if the key is nothing but an int64_t: a common key that needs no looking at types. */
static const joist_field *only_int(const jst_shuffle_plan *plan)
{
    const joist_field *f = joist_type_field_at(plan->in, plan->key.offset[0]);
    bool only = plan->key.count == 1 && !plan->windowed;
    return only && f->kind == JOIST_KIND_INT && !f->boxed ? f : NULL;
}

static void encode_ints(const joist_field *field, size_t size, jst_share *share, flock *f)
{
    char *p = joist_buffer_reserve(&share->key, FLOCK * JST_NUMBER_KEY);
    for (size_t i = 0; i < f->count; i++) {
        int64_t n;
        memcpy(&n, f->elements + i * size + field->offset, sizeof n);
        f->keys[i] = (joist_text){ p, f->prefixes[i] = JST_NUMBER_KEY };
        p = jst_put_number_key(p, jst_int_order(n));
    }
}

/* Keys of all, one behind the other in share->key. */
static void encode_keys(const jst_shuffle *s, jst_share *share, flock *f)
{
    const joist_field *field = only_int(s->plan);
    share->key.len = 0;
    if (field) {
        encode_ints(field, s->plan->in->size, share, f);
        return;
    }
    size_t starts[FLOCK + 1] = { 0 };
    for (size_t i = 0; i < f->count; i++) {
        f->prefixes[i] = encode_key(s->plan, f->elements + i * s->plan->in->size, f->positions[i],
                                    false, &share->key);
        starts[i + 1] = share->key.len;
    }
    for (size_t i = 0; i < f->count; i++)
        f->keys[i] = (joist_text){ share->key.ptr + starts[i], starts[i + 1] - starts[i] };
}

/* What the lookups will read. */
static void expect_keys(const jst_shuffle *s, const jst_table *t, flock *f)
{
    for (size_t i = 0; i < f->count; i++) {
        f->hashes[i] = hash_of_key(s, f->keys[i], f->prefixes[i]);
        jst_table_expect_slot(t, f->hashes[i]);
    }
    for (size_t i = 0; i < f->count; i++) {
        f->likely[i] = jst_table_likely(t, f->hashes[i]);
        if (f->likely[i])
            __builtin_prefetch(&t->items[f->likely[i] - 1]);
    }
    for (size_t i = 0; i < f->count; i++)
        if (f->likely[i]) {
            const jst_entry *e = t->items[f->likely[i] - 1].entry;
            __builtin_prefetch(e);
            __builtin_prefetch((const char *)e + sizeof *e);
        }
}

static jst_item *item_of(jst_table *t, const flock *f, size_t i)
{
    if (f->likely[i] && jst_table_is(t, f->likely[i], f->hashes[i], f->keys[i]))
        return &t->items[f->likely[i] - 1];
    return jst_table_item(t, f->hashes[i], f->keys[i]);
}

static void combine_flock(jst_shuffle *s, jst_share *share, joist_combine_call *call, flock *f)
{
    const joist_combine *fn = s->plan->combine.fn;
    encode_keys(s, share, f);
    expect_keys(s, &share->table, f);
    for (size_t i = 0; i < f->count; i++) {
        call->at = f->positions[i];
        jst_item *item = item_of(&share->table, f, i);
        if (item->entry)
            share->replaced++;
        else
            item->entry = new_accumulator(s->plan, f->keys[i], call);
        void *acc;
        memcpy(&acc, &item->entry->value, sizeof acc);
        fn->add(call, acc, f->elements + i * s->plan->in->size);
    }
}

static void combine_all(jst_shuffle *s, size_t worker, const char *elements,
                        const joist_position *const *positions, size_t count, jst_inflow how)
{
    jst_share *share = &s->shares[worker];
    const struct jst_arrival arrival = { s->plan, how };
    joist_combine_call call = jst_combine_call_of(s->plan, begin_share(s, worker));
    flock f;
    call.arrival = &arrival;
    call.scratch = &share->order;
    for (size_t i = 0; i < count; i += f.count) {
        f.elements = elements + i * s->plan->in->size;
        f.positions = positions + i;
        f.count = count - i < FLOCK ? count - i : FLOCK;
        combine_flock(s, share, &call, &f);
    }
    share->arrived += count;
}

void jst_shuffle_add(jst_shuffle *s, size_t worker, const char *elements,
                     const joist_position *const *positions, size_t count, jst_inflow how)
{
    size_t size = how.side ? s->plan->right->size : s->plan->in->size;
    if (s->plan->reduce == JST_REDUCE_COMBINE)
        combine_all(s, worker, elements, positions, count, how);
    for (size_t i = 0; i < count && s->plan->reduce != JST_REDUCE_COMBINE; i++)
        add_row(s, worker, elements + i * size, positions[i], &how);
}
