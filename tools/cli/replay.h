/* SPDX-License-Identifier: Apache-2.0
 * Replaying dead letters: what is to be fed in where (replay_letters.c, replay_origin.c), and the
 * source "replay:STEP" that feeds it (replay_source.c).
 *
 * Letters stay in their files: a first pass looks at each and keeps its place, the source reads it
 * again when its turn comes. So memory is 56 bytes a letter. */
#ifndef JST_CLI_REPLAY_H
#define JST_CLI_REPLAY_H

#include "joist/run.h"
#include "letters.h"
#include "runner.h"

#define JST_REPLAY_SCHEME "replay"
enum { JST_REPLAY_STEPS = 256, JST_REPLAY_REASONS = 16, JST_REPLAY_LETTERS = 1 << 22 };

/* A file of the input that letters name, as the source that read it described it. Letters that were
 * rejected a different number of times have origins of their own, alike but for that. */
typedef struct jst_replay_origin {
    joist_origin origin;                    /* first: a position leads to it */
    int64_t attempts;
    bool by_values;                         /* JSON values one after another, not lines */
    const char *unfit;                      /* why its letters cannot be replayed; NULL: they can */
    struct jst_replay_origin *same_bucket;
} jst_replay_origin;

typedef struct jst_replay_entry {
    const jst_replay_origin *origin;        /* NULL: made by an aggregation */
    uint64_t record, offset;                /* of its position */
    uint64_t at;                            /* of its line in its file */
    uint32_t length, file;
    uint16_t step, code;                    /* where it enters */
    int64_t attempts;
} jst_replay_entry;

typedef struct jst_replay_reason { const char *why; joist_text first; uint64_t count; }
    jst_replay_reason;

typedef struct jst_replay {
    jst_cli_proxy proxy;                    /* first: by its env the source finds the rest */
    joist_arena *arena, *letter;            /* letter: of one letter of the first pass */
    const joist_pipeline *pipeline;
    const jst_cli_replay_options *options;
    jst_cli_paths files;
    jst_replay_entry *entries; size_t count, cap;
    joist_text steps[JST_REPLAY_STEPS]; size_t steps_count;
    joist_text codes[JOIST_MOST_CODES]; size_t codes_count;
    jst_replay_reason reasons[JST_REPLAY_REASONS]; size_t reasons_count;
    jst_replay_origin **origins; size_t origins_count, origins_cap;
    jst_replay_origin *buckets[1024];
    uint64_t unfit, others, twice;          /* others: of another code than asked for */
    int64_t attempts;                       /* the most of a letter without a place */
} jst_replay;

/* r->proxy.env leads to `r` and is `real` in all else. */
void jst_replay_begin(jst_replay *r, joist_env *real, joist_arena *arena);
void jst_replay_end(jst_replay *r);
jst_replay *jst_replay_of(joist_env *env);

/* The first pass over r->files: entries, in the order of the input. */
joist_status jst_replay_collect(jst_replay *r, joist_error *e);

/* The origin that a letter names. */
const jst_replay_origin *jst_replay_origin_of(jst_replay *r, const jst_cli_letter *l);
void jst_replay_rank_origins(jst_replay *r);

/* For joist_run_options. */
int64_t jst_replay_attempts(joist_env *env, const joist_position *at);

extern const joist_connector jst_replay_connector;

#endif
