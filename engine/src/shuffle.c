/* SPDX-License-Identifier: Apache-2.0
 * A shuffle's life: made, accounted for, spilled, read back. How it is filled: shuffle_add.c. */
#include "shuffle.h"

#include <stdio.h>
#include <unistd.h>

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

/* ---- positions ------------------------------------------------------------------------------- */

/* Keys of two shuffles may be alike, so the shuffle's number comes first. */
joist_position *jst_position_of_key(const jst_shuffle_plan *plan, const joist_position *at,
                                    joist_text key, joist_arena *arena)
{
    jst_group_position *group = joist_arena_alloc(arena, sizeof *group);
    char *bytes = joist_arena_alloc(arena, key.len + 2);
    bytes[0] = (char)(plan->id >> 8);
    bytes[1] = (char)plan->id;
    memcpy(bytes + 2, key.ptr, key.len);
    *group = (jst_group_position){ .at = *at, .key = { bytes, key.len + 2 } };
    return &group->at;
}

const joist_position *jst_entry_position(const jst_shuffle *s, const jst_entry *entry,
                                         joist_arena *arena)
{
    joist_text key = { entry->bytes, entry->key_len };
    joist_position *at = jst_position_of_key(s->plan, &entry->at, key, arena);
    if (s->plan->reduce != JST_REDUCE_APPEND)
        at->timestamp_ms = joist_window_last(at->window);
    return at;
}

/* ---- memory ---------------------------------------------------------------------------------- */

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
    memset(record, 0, s->plan->in->size);
    return joist_row_decode(s->plan->in, entry->value, entry->value_len, record, arena) > 0;
}
