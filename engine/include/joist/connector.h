/* SPDX-License-Identifier: Apache-2.0
 * Sources, stores and senders. A connector is one const struct with a version, found by the scheme
 * of a URI in one table; a program adds its own through joist_pipeline_def.connectors.
 *
 * The engine owns threads, retries, ordering and the moment of commit; a connector only reads,
 * writes and answers with a status. No function here is called by two threads for one object at a
 * time, except `steal`, which is called while another thread runs `read`. */
#ifndef JOIST_CONNECTOR_H
#define JOIST_CONNECTOR_H

#include "joist/build.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the seams: time, chance and waiting come to every part through here --------------------- */
typedef struct joist_env joist_env;
struct joist_env {
    int64_t  (*now_ms)(joist_env *env);                  /* wall clock, UTC */
    /* may return early when the run is stopping */
    void     (*sleep_ms)(joist_env *env, int64_t ms);
    uint64_t (*random)(joist_env *env);                  /* thread-safe */
    bool     (*stopping)(joist_env *env);                /* a signal asked the run to end */
};
joist_env *joist_env_system(void);                       /* the real ones; a static object */

/* Which run this is, for who keeps a record of it. */
typedef struct joist_run_identity {
    joist_text pipeline;
    joist_text window;               /* "YYYY-MM-DDTHH"; empty: none */
    joist_text run;                  /* its id */
    int64_t number;                  /* of its lease, see joist_journal_ops; 0: it has none */
} joist_run_identity;

/* ---- sources --------------------------------------------------------------------------------- */
/* Starts of hours, in milliseconds since 1970, ascending, each once. */
typedef struct joist_hours { const int64_t *items; size_t count; } joist_hours;
enum { JOIST_DIGEST_SIZE = 65 };     /* 64 hexadecimal digits and a NUL */

typedef struct joist_source_spec {
    joist_text uri, table;
    joist_text query;                /* of a database, instead of the table; empty: none */
    bool csv;                        /* files are CSV whatever their names */
    char separator;                  /* of CSV; 0: ',' */
    joist_text window, since, until;
    joist_bytes rows;                /* of a joist_create: the records, row after row */
    const joist_type *type;          /* of the records to emit */
    int64_t max_record;              /* bytes, > 0 */
    uint64_t first_rank;             /* rank of this source's first origin */
    const struct joist_source *const *except; /* open sources whose files are skipped */
    size_t except_count;
    const char *stage;
    joist_env *env;
} joist_source_spec;

/* A part of the input, plain data: items [first, first + count) of the source's listing, or, when
 * count is 1, the bytes [begin, end) of that item (end 0 = to its end). */
typedef struct joist_split { uint64_t first, count, begin, end; uint64_t bytes; } joist_split;

/* One bundle being read. Records and positions must live until the next `read` of the same reader
 * or come from joist_batch_arena. Emit until joist_batch_full, then return. */
typedef struct joist_batch {
    joist_context *ctx;
    joist_port *port;
    size_t max_elements, max_bytes;
    uint64_t files, records, bytes;  /* out: begun, met (rejected ones too), consumed as stored */
    size_t size;                     /* out: bytes of the emitted records, for max_bytes */
    bool done;                       /* out: the split is at its end */
} joist_batch;
joist_arena *joist_batch_arena(joist_batch *b);
joist_position *joist_batch_position(joist_batch *b, const joist_origin *origin, uint64_t offset,
                                     uint64_t line, uint64_t record);
void joist_batch_emit(joist_batch *b, const joist_position *at, const void *record, size_t size);
JOIST_INLINE bool joist_batch_full(const joist_batch *b)
{
    return b->port->count >= b->max_elements || b->size >= b->max_bytes;
}
/* Sets a record aside that could not be emitted; counts it in b->records. `raw` may be longer than
 * it is kept (64 KiB); its NULL pointer means no raw. */
void joist_batch_reject(joist_batch *b, const joist_position *at, const char *code, joist_bytes raw,
                        const char *fmt, ...) JOIST_PRINTF(5, 6);

typedef struct joist_source { const struct joist_source_ops *ops; } joist_source;
typedef struct joist_reader { const struct joist_source_ops *ops; } joist_reader;
typedef struct joist_source_ops {
    /* Lists what there is to read. *out is NULL with JOIST_OK when the URI holds nothing at all (no
     * such table, no such file with `optional`, no rows). */
    joist_status (*open)(const joist_source_spec *spec, bool optional, joist_source **out,
                         joist_error *e);
    const joist_split *(*splits)(joist_source *s, size_t *count);  /* owned by s, in input order */
    uint64_t (*ranks)(const joist_source *s);                          /* how many ranks it uses */
    uint64_t (*skipped)(const joist_source *s);                        /* names that are no input */
    /* NULL: failed */
    joist_reader *(*start)(joist_source *s, const joist_split *split, joist_error *e);
    joist_status (*read)(joist_reader *r, joist_batch *b, joist_error *e);
    /* cut off about half of what is unread; may be NULL */
    bool (*steal)(joist_reader *r, joist_split *rest);
    void (*stop)(joist_reader *r);
    void (*close)(joist_source *s);
    bool (*contains)(const joist_source *s, uint64_t device, uint64_t inode);   /* may be NULL */
    /* What open would refuse wherever it is run: options the URI has no use for, a URI without a
     * path. Offline, for `check`. NULL: nothing. */
    joist_status (*check)(const joist_source_spec *spec, joist_error *e);
    /* The hours in [spec->since, spec->until), both may be empty, for which a window would find
     * something to read; spec->window is empty. Hours in `known` are not asked for and may be
     * missing. A URI that holds nothing has no hours. May be NULL: cannot tell. */
    joist_status (*hours)(const joist_source_spec *spec, const joist_hours *known,
                          joist_arena *arena, joist_hours *out, joist_error *e);
    /* A digest of what was listed at open: equal digests mean equal names, sizes and times of
     * change. May be NULL: cannot tell. */
    void (*digest)(const joist_source *s, char hex[JOIST_DIGEST_SIZE]);
} joist_source_ops;

/* ---- stores ---------------------------------------------------------------------------------- */
typedef struct joist_table_spec {
    joist_text table;
    const joist_type *type;
    joist_fields key, by, window;    /* as in joist_write_options */
    joist_text hour;
    bool outbox;
    bool csv;
    char separator;                  /* of CSV; 0: ',' */
} joist_table_spec;

/* Rows in key order; `positions[i]` may be NULL. */
typedef struct joist_rows {
    const void *items; size_t count, size;       /* size of one struct */
    const joist_position *const *positions;
} joist_rows;

typedef struct joist_message_row {               /* one row of an outbox */
    joist_text key; joist_json body; int64_t attempts;
} joist_message_row;

typedef struct joist_store { const struct joist_store_ops *ops; } joist_store;
typedef struct joist_store_ops {
    /* What open would refuse wherever it is run: a URI without a path, tables it cannot keep.
     * Offline, for `check`. NULL: nothing. */
    joist_status (*check)(joist_text uri, const joist_table_spec *tables, size_t count,
                          joist_error *e);
    /* Opens and verifies without writing: afterwards a wrong schema, a missing right or a lock held
     * by somebody is known. `tables` outlive the store. `run` too; NULL: no run of a pipeline.
     *
     * The fence: a store that can keeps, with its tables and in the transaction of their rows, the
     * greatest run->number that has committed per (pipeline, window). If it is greater than ours,
     * write or prepare fails and nothing is committed: a run that lost its lease, and only does
     * not know, cannot undo what the next one did. A number of 0 is neither compared nor kept. */
    joist_status (*open)(joist_text uri, const joist_table_spec *tables, size_t count,
                         const joist_run_identity *run, joist_env *env, joist_store **out,
                         joist_error *e);
    /* Called before the first write of any store, of one store after another in the order of their
     * commits: what holds a lock until its commit takes it here, so that no two runs ever wait for
     * each other. May be NULL. */
    joist_status (*begin)(joist_store *s, joist_error *e);
    /* Invisible until commit. REJECTED: *row is the first row refused, for the reason in e; rows
     * before it are written, the engine goes on behind it. */
    joist_status (*write)(joist_store *s, size_t table, const joist_rows *rows, size_t *row,
                          joist_error *e);
    /* all that may fail; still invisible */
    joist_status (*prepare)(joist_store *s, joist_error *e);
    joist_status (*commit)(joist_store *s, joist_error *e);    /* all tables at once, durable */
    void (*close)(joist_store *s);  /* without commit: nothing happened */
    /* Outbox, NULL if the store keeps none. `after`: the greatest key of the page before, NULL at
     * first. */
    joist_status (*pending)(joist_store *s, size_t table, joist_text after, size_t limit,
                            joist_message_row *rows, size_t *count, joist_arena *arena,
                            joist_error *e);
    joist_status (*mark)(joist_store *s, size_t table, joist_text key, joist_text status,
                         int64_t attempts, joist_text last_error, joist_time at, joist_error *e);
} joist_store_ops;

/* ---- journals: what became of every window --------------------------------------------------- */
/* One document per pipeline and window. Times are those of the runs' clocks. */
#define JOIST_JOURNAL_ENTRY(F, T)                                                                 \
    F(T, joist_text, pipeline, JOIST_REQUIRED)                                                    \
    F(T, joist_text, window, JOIST_REQUIRED, .help = "YYYY-MM-DDTHH")                             \
    F(T, joist_text, state, 0, .help = "see docs/operations.md; NULL: only taken so far")         \
    F(T, joist_text, run, 0, .help = "id of the run that said so")                                \
    F(T, int64_t, number, 0, .help = "of the last lease; grows with each: the fencing token")     \
    F(T, joist_text, holder, 0, .help = "who has the lease; NULL: nobody")                        \
    F(T, joist_time, lease_until, 0, .help = "others may take the lease from then on")            \
    F(T, joist_text, digest, 0, .help = "of the input that was read; NULL: unknown")              \
    F(T, joist_time, started, 0)                                                                  \
    F(T, joist_time, ended, 0)                                                                    \
    F(T, joist_time, looked, 0, .help = "when the input was last found unchanged")                \
    F(T, int64_t, records, 0)                                                                     \
    F(T, int64_t, events, 0)                                                                      \
    F(T, int64_t, rejected, 0)                                                                    \
    F(T, int64_t, rows, 0)                                                                        \
    F(T, int64_t, exit_code, 0)                                                                   \
    F(T, joist_text, error, 0, .help = "one sentence; NULL: none")
JOIST_RECORD_EXTERN(joist_journal_entry, JOIST_JOURNAL_ENTRY);

/* What `take` asks for; pure data. */
typedef struct joist_lease_request {
    joist_text window;
    joist_text holder;               /* of one run: unique among all */
    int64_t now_ms, until_ms;
} joist_lease_request;

/* The rule of `take` for one document, NULL: none yet. True: granted; false: somebody else has it.
 * Either way *out is what `take` answers; texts are borrowed. `pipeline` of a new one is the
 * caller's to set. */
bool joist_lease_grant(const joist_journal_entry *stored, const joist_lease_request *want,
                       joist_journal_entry *out);

typedef struct joist_journal { const struct joist_journal_ops *ops; } joist_journal;
/* A journal belongs to a store and shares its fate: with the store gone it is empty, though its
 * numbers and leases go on. Each call is one atomic, durable step, safe among any number of
 * processes. RETRY where trying again may help, as everywhere; a call whose answer got lost may be
 * made again. */
typedef struct joist_journal_ops {
    /* That of the store `uri`. `pipeline` empty: of all, only to list. *out is NULL with JOIST_OK
     * if there is none and `create` is false. */
    joist_status (*open)(joist_text uri, joist_text pipeline, bool create, joist_env *env,
                         joist_journal **out, joist_error *e);
    /* Entries with since <= window < until (empty: no bound), by window and pipeline, in
     * `arena`. */
    joist_status (*list)(joist_journal *j, joist_text since, joist_text until, joist_arena *arena,
                         joist_journal_entry **entries, size_t *count, joist_error *e);
    /* Grants the lease if nobody has it, if it has expired (lease_until <= now) or if it is the
     * holder's already: number becomes the greater of the old one + 1 and the seconds of `now`, so
     * that it also grows over a journal that was lost; holder and lease_until are set, the rest
     * stays. *entry is the document then, in `arena`. REJECTED: somebody else has it, *entry says
     * who and until when. */
    joist_status (*take)(joist_journal *j, const joist_lease_request *want, joist_arena *arena,
                         joist_journal_entry *entry, joist_error *e);
    /* Replaces the whole document: renews the lease, tells a state, or gives the lease back (a
     * NULL holder). Only if number and the stored one are equal; REJECTED: the lease was lost. */
    joist_status (*put)(joist_journal *j, const joist_journal_entry *entry, joist_error *e);
    void (*close)(joist_journal *j);
} joist_journal_ops;

/* ---- senders: deliver an outbox -------------------------------------------------------------- */
typedef struct joist_reply {
    joist_status status;             /* OK sent · RETRY worth another try · REJECTED never */
    int64_t retry_after_ms;          /* with RETRY: what the server asked for, or 0 */
    char error[200];
} joist_reply;
typedef struct joist_sender { const struct joist_sender_ops *ops; } joist_sender;
typedef struct joist_sender_ops {
    joist_status (*check)(joist_text uri, joist_error *e);      /* as that of a store */
    joist_status (*open)(joist_text uri, joist_env *env, joist_sender **out, joist_error *e);
    /* one try each */
    void (*send)(joist_sender *s, const joist_message_row *rows, size_t count,
                 joist_reply *replies);
    void (*close)(joist_sender *s);
} joist_sender_ops;

/* ---- dead letters ---------------------------------------------------------------------------- */
typedef struct joist_dead_letter {
    joist_text run, pipeline, stage, code, message, site;
    const joist_position *at;        /* its origin is NULL for what an aggregation made */
    int64_t attempts;
    joist_time seen_at;
    const joist_type *type;          /* of `element`; NULL: see raw */
    const void *element;
    joist_bytes raw;                 /* NULL pointer: none */
    bool raw_truncated;
    uint32_t mask;                   /* flags of fields to mask in `element` */
} joist_dead_letter;

/* One dead letter as a JSON object without a newline (docs/dead-letters.md). A record with one
 * field of kind JSON shows that value itself as its `element`. */
void joist_dead_letter_write(joist_buffer *out, const joist_dead_letter *d);

/* ---- the table ------------------------------------------------------------------------------- */
enum { JOIST_CONNECTOR_VERSION = 1 };
typedef struct joist_connector {
    uint32_t version;                /* JOIST_CONNECTOR_VERSION */
    const char *name;
    const char *schemes[4];          /* "sqlite", …; "" is a bare path */
    const char *help;                /* one line */
    bool internal;                   /* its URIs are made by calls, not written by people */
    const joist_source_ops *source;  /* NULL: cannot be read */
    const joist_store_ops *store;    /* NULL: cannot be written */
    const joist_sender_ops *sender;  /* NULL: cannot be posted to */
    const joist_journal_ops *journal;        /* NULL: the store keeps none */
} joist_connector;

/* The built-in ones, NULL at the end (transforms/connectors.c). */
extern const joist_connector *const joist_connectors[];

/* The part of a URI before ':' ("" for a bare path; a scheme is [a-z][a-z0-9+.-]*), and the part
 * behind it (`sqlite:out/x.db` -> `out/x.db`). Both borrow `uri`. */
joist_text joist_uri_scheme(joist_text uri);
joist_text joist_uri_rest(joist_text uri);

#ifdef __cplusplus
}
#endif
#endif
