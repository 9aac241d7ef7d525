/* SPDX-License-Identifier: Apache-2.0
 * Combining as elements arrive: the accumulator lives in the table as it is. Tables soon are larger
 * than any cache, so elements are looked up by the block: one pass encodes all keys, the next ones
 * ask for what the last one will touch, slots, items, entries, and only then are they added, in
 * their order. */
#include "combine.h"
#include "shuffle_parts.h"

enum { BLOCK = 64 };

/* The keys of a block lie one after another in share->key. */
typedef struct block {
    size_t count;
    size_t end[BLOCK], prefix[BLOCK];
    uint64_t hash[BLOCK];
} block;

struct jst_arrival { const jst_shuffle_plan *plan; jst_inflow how; };

void joist_combine_place(const joist_combine_call *c, joist_buffer *out)
{
    jst_place_of_inflow(c->arrival->plan, c->at, &c->arrival->how, out);
}

static void *new_accumulator(const jst_shuffle_plan *plan, const joist_combine_call *call)
{
    void *acc = joist_arena_zalloc(call->arena, plan->combine.fn->acc->size);
    if (plan->combine.fn->create)
        plan->combine.fn->create(call, acc);
    return acc;
}

static jst_entry *new_entry(const jst_shuffle_plan *plan, const joist_combine_call *call,
                            joist_text key)
{
    jst_shared_value v = { .shared = true, .stored = true,
                           .bytes = { new_accumulator(plan, call), plan->combine.fn->acc->size } };
    return jst_share_entry(call->arena, key, JOIST_TEXT(""), &v, call->at);
}

static joist_text key_of(const jst_share *share, const block *b, size_t i)
{
    size_t begin = i ? b->end[i - 1] : 0;
    return (joist_text){ share->key.ptr + begin, b->end[i] - begin };
}

static void encode(const jst_shuffle *s, jst_share *share, block *b, const char *elements,
                   const joist_position *const *positions)
{
    share->key.len = 0;
    for (size_t i = 0; i < b->count; i++) {
        b->prefix[i] = jst_share_encode_key(s->plan, share, elements + i * s->plan->in->size,
                                            positions[i], false);
        b->end[i] = share->key.len;
    }
}

static void look_ahead(const jst_shuffle *s, const jst_share *share, block *b)
{
    const jst_item *items[BLOCK];
    for (size_t i = 0; i < b->count; i++) {
        b->hash[i] = jst_share_hash(s, key_of(share, b, i), b->prefix[i]);
        jst_table_fetch_slot(&share->table, b->hash[i]);
    }
    for (size_t i = 0; i < b->count; i++)
        items[i] = jst_table_fetch_item(&share->table, b->hash[i]);
    for (size_t i = 0; i < b->count; i++)
        jst_table_fetch_entry(items[i]);
}

static void add_one(jst_shuffle *s, jst_share *share, joist_combine_call *call, joist_text key,
                    uint64_t hash, const char *record)
{
    jst_item *item = jst_table_item(&share->table, hash, key);
    if (item->entry)
        share->replaced++;
    else
        item->entry = new_entry(s->plan, call, key);
    void *acc;
    memcpy(&acc, &item->entry->value, sizeof acc);
    s->plan->combine.fn->add(call, acc, record);
}

static void add_block(jst_shuffle *s, jst_share *share, joist_combine_call *call, block *b,
                      const char *elements, const joist_position *const *positions)
{
    encode(s, share, b, elements, positions);
    look_ahead(s, share, b);
    for (size_t i = 0; i < b->count; i++) {
        call->at = positions[i];
        add_one(s, share, call, key_of(share, b, i), b->hash[i],
                elements + i * s->plan->in->size);
    }
}

void jst_shuffle_combine(jst_shuffle *s, size_t worker, const char *elements,
                         const joist_position *const *positions, size_t count, jst_inflow how)
{
    jst_share *share = &s->shares[worker];
    const struct jst_arrival arrival = { s->plan, how };
    joist_combine_call call = jst_combine_call_of(s->plan, jst_share_begin(s, worker));
    call.arrival = &arrival;
    call.scratch = &share->order;
    for (size_t i = 0; i < count; i += BLOCK) {
        block b = { .count = count - i < BLOCK ? count - i : BLOCK };
        add_block(s, share, &call, &b, elements + i * s->plan->in->size, positions + i);
    }
    share->arrived += count;
}
