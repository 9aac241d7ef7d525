/* SPDX-License-Identifier: Apache-2.0
 * Reading a shuffle group by group: what all values of one key and window become. */
#ifndef JST_GROUPS_H
#define JST_GROUPS_H

#include "chain.h"
#include "combine.h"
#include "key.h"

/* The left values of the group at hand, of a join. */
typedef struct jst_lefts {
    char *items; size_t count, cap;
    joist_arena *arena;
    char *pair;                 /* scratch */
} jst_lefts;

/* One partition of a sealed shuffle, at the first value of a group. */
typedef struct jst_groups {
    jst_chain *c;
    const jst_shuffle *s;
    size_t partition;
    jst_merge *m;
    const jst_entry *next;      /* the value at hand; NULL: none left */
    joist_buffer prefix;        /* key and window of the group at hand */
    joist_window window;
    jst_merge *scout;           /* sessions: runs ahead, for where they end */
    const jst_entry *ahead;
    uint64_t left;              /* sessions: values of the group at hand */
    jst_lefts lefts;
    joist_error *e;
} jst_groups;

/* Runs the stage on one partition. */
joist_status jst_groups_read(jst_chain *c, const jst_shuffle *s, size_t partition, joist_error *e);

/* Makes the group at g->next the one at hand. */
void jst_groups_enter(jst_groups *g);
bool jst_groups_inside(const jst_groups *g);        /* is g->next a value of the group at hand? */
void jst_groups_advance(jst_groups *g);
joist_status jst_groups_skip(jst_groups *g);        /* to the next group; JOIST_FAILED: *e */

/* The key record of the group at hand, and its position; in the bundle's arena. */
const void *jst_groups_key(const jst_groups *g);
joist_position *jst_groups_position(const jst_groups *g);

/* A value as the struct it was; `record` is the side's, or of a cogroup the pair. */
bool jst_groups_value(const jst_groups *g, void *record, joist_arena *arena);
bool jst_groups_right(const jst_groups *g);         /* of a join: is g->next of the right side? */
bool jst_groups_is_right(const jst_groups *g, const jst_entry *entry);

/* Between groups: ends the bundle if it holds much. */
void jst_groups_pause(jst_groups *g);

/* join.c: pairs of the group at hand. Left values that the scout meets are kept by it. */
void jst_join_open(jst_groups *g);
void jst_join_keep(jst_groups *g, const jst_entry *entry);      /* unreadable: g->e */
joist_status jst_join_group(jst_groups *g);
void jst_join_close(jst_groups *g);

#endif
