/* SPDX-License-Identifier: Apache-2.0
 * Shuffle: elements of all workers brought together by key, in key order.
 *
 * Each worker fills its own table (no locks). An entry is three byte strings: the order-preserving
 * key, an order that decides which of two values stays (LATEST), and the value in the row coder.
 * Tables aggregate as they fill; over the memory limit a worker sorts its table and appends it to a
 * temporary file as a run. Sealing sorts what is left; merging reads all runs together, aggregating
 * once more, so nobody sees how many workers or runs there were. A shuffle that starts a stage is
 * cut into partitions by the key's hash, merged side by side; a store reads all of them as one
 * sequence in key order. */
#ifndef JST_SHUFFLE_H
#define JST_SHUFFLE_H

#include "plan.h"
#include "table.h"

#include <stdatomic.h>

enum { JST_PARTITIONS = 16, JST_WINDOW_KEY = 16 };

/* What all shuffles of a run share. */
typedef struct jst_memory {
    atomic_size_t held;             /* bytes in tables */
    size_t limit;                   /* beyond it, workers spill */
    atomic_size_t spilled;          /* bytes written to temporary files so far */
    size_t shares;                  /* of all shuffles */
    const char *directory;
    uint64_t seed;                  /* of the key hash */
} jst_memory;

/* one partition of one run */
typedef struct jst_segment { uint64_t offset, bytes, count; } jst_segment;

/* One worker's share: entries in memory, and runs in one temporary file. */
typedef struct jst_share {
    joist_arena *arena;                     /* of the leader's share only */
    jst_table table;
    jst_entry **sorted;                  /* after sealing: partition by partition, in key order */
    size_t count;                           /* of them */
    size_t sorted_at[JST_PARTITIONS + 1];
    int fd;                                 /* -1: never spilled */
    uint64_t file_size;
    jst_segment (*runs)[JST_PARTITIONS]; size_t runs_count;
    size_t accounted;                       /* what this share added to memory->held */
    joist_buffer key, order, value;         /* scratch */
    uint64_t arrived, replaced;             /* elements; of them, aggregated into another */
} jst_share;

typedef struct jst_shuffle {
    const jst_shuffle_plan *plan;
    jst_memory *memory;
    jst_share *shares;
    size_t shares_count;
    size_t partitions;              /* 1 or JST_PARTITIONS */
    struct jst_shuffle *leader;     /* owns the memory; itself, if it shares with nobody */
    struct jst_shuffle *next;       /* of those that share with the leader; NULL at the end */
    bool keys_only;                 /* a dry run counts rows and looks at none */
} jst_shuffle;

jst_shuffle *jst_shuffle_new(const jst_shuffle_plan *plan, size_t workers, jst_memory *memory);
/* `s` gets what its leader gets, with the same values in memory: elements are added to the leader
 * only, memory is accounted for there, and both are spilled together. Before the first element. */
void jst_shuffle_follow(jst_shuffle *s, jst_shuffle *leader);
void jst_shuffle_free(jst_shuffle *s);      /* NULL is a no-op; temporary files vanish */

/* How elements come: from a stage that starts from a shuffle, so that their positions are
 * jst_group_positions; as which of the shuffle's inputs (jst_target.via); and by which way through
 * the stage. Elements of one position that came in the same way arrive in the order of their emits,
 * all at one worker; the ways themselves are put in order by their numbers. So the order is total,
 * whatever the number of workers and the size of bundles. */
typedef struct jst_inflow {
    bool grouped;
    uint16_t via;
    joist_text path;
    uint8_t side;
} jst_inflow;

/* Adds elements to one worker's share, and to those that follow. */
void jst_shuffle_add(jst_shuffle *s, size_t worker, const char *elements,
                     const joist_position *const *positions, size_t count, jst_inflow how);

/* Adds one entry whose bytes are ready (LATEST only). */
void jst_shuffle_put(jst_shuffle *s, size_t worker, joist_text key, joist_text order,
                     joist_text value, const joist_position *at);

/* Between bundles: accounts for memory, with that of followers, and spills these shares while the
 * run is over its limit; never sealed ones, which others may be reading. Nothing for a follower. */
joist_status jst_shuffle_account(jst_shuffle *s, size_t worker, joist_error *e);

/* Sorts what one worker still holds; call for every share before merging. */
void jst_shuffle_seal(jst_shuffle *s, size_t worker);

/* spill.c: writes the sealed part of a share as one run and empties it; its arena stays. */
joist_status jst_spill(jst_shuffle *s, jst_share *share, joist_error *e);

/* The position of an element that came out of a shuffle. Its key tells apart what comes from one
 * record, or from none: an aggregate has no origin. Every position without an origin is one. */
typedef struct jst_group_position { joist_position at; joist_text key; } jst_group_position;
extern const jst_group_position jst_nowhere;    /* of a bundle without elements */

/* Input order: what APPEND sorts by, and the last resort of every other order. */
void jst_position_encode(const joist_position *at, bool grouped, joist_buffer *out);

/* The same with the way an element came: through steps where ways meet (winding), and as which of
 * several inputs (numbered). */
void jst_place_encode(const joist_position *at, const jst_inflow *how, bool winding, bool numbered,
                      joist_buffer *out);

/* Of an entry's key: how long the user's part is, that and its window, and the window itself. */
size_t jst_entry_user_key(const jst_shuffle_plan *plan, const jst_entry *e);
size_t jst_entry_prefix(const jst_shuffle_plan *plan, const jst_entry *e);
joist_window jst_entry_window(const jst_shuffle_plan *plan, const jst_entry *e);

/* `at` as the group position of a key of this shuffle, as its elements and its groups have them;
 * lives in the arena. */
joist_position *jst_position_of_key(const jst_shuffle_plan *plan, const joist_position *at,
                                    joist_text key, joist_arena *arena);

/* The (group) position of an entry of this shuffle; lives in the arena, the origin where it was. */
const joist_position *jst_entry_position(const jst_shuffle *s, const jst_entry *entry,
                                         joist_arena *arena);

/* ---- merging --------------------------------------------------------------------------------- */
typedef struct jst_merge jst_merge;
/* partition < s->partitions, or JST_PARTITIONS for all of them as one sequence. Several merges of
 * one sealed shuffle may run at once. */
jst_merge *jst_merge_open(const jst_shuffle *s, size_t partition);
/* The next entry, valid until the next call; NULL at the end, then *e is empty, or with *e filled:
 * disk trouble. */
const jst_entry *jst_merge_next(jst_merge *m, joist_error *e);
/* The entry that jst_merge_next returned last, for longer: itself if it lies in a table, which
 * lives as long as the shuffle, else a copy in the arena. */
const jst_entry *jst_merge_keep(const jst_merge *m, const jst_entry *entry, joist_arena *arena);
uint64_t jst_merge_folded(const jst_merge *m);   /* entries aggregated into another so far */
void jst_merge_close(jst_merge *m);

/* The element (plan->in) of an entry that holds one; texts borrow the entry or the arena. */
bool jst_entry_decode(const jst_shuffle *s, const jst_entry *entry, void *record,
                      joist_arena *arena);

JOIST_INLINE int jst_entry_compare(const jst_entry *a, const jst_entry *b)
{
    return joist_text_compare(jst_entry_key(a), jst_entry_key(b));
}

JOIST_INLINE size_t jst_hash_partition(uint64_t hash, size_t partitions)
{
    return partitions == 1 ? 0 : (size_t)(hash >> 60);
}

/* A 64-bit hash by folded multiplication, eight bytes a step; keyed, so that nobody can choose
 * collisions. The odd bytes come first: of a key that was just written (a mark, then a number) each
 * word read is one word written, which the processor can pass on without waiting. */
JOIST_INLINE uint64_t jst_hash_fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

JOIST_INLINE uint64_t jst_hash(const char *p, size_t len, uint64_t seed)
{
    uint64_t h = seed ^ (len * 0x9e3779b97f4a7c15u), word = 0;
    const char *end = p + len, *words = p + len % 8;
    while (p < words)
        word = word << 8 | (unsigned char)*p++;
    h = jst_hash_fold(h ^ word, 0xa0761d6478bd642fu);
    for (; p < end; p += 8) {
        memcpy(&word, p, 8);
        h = jst_hash_fold(h ^ word, 0xd6e8feb86659fd93u);
    }
    return h;
}

#endif
