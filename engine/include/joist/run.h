/* SPDX-License-Identifier: Apache-2.0
 * Running a declared pipeline from C; joist_main() is a command line around this. */
#ifndef JOIST_RUN_H
#define JOIST_RUN_H

#include "joist/combine.h"
#include "joist/connector.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A rejection code and what it means: one table per program gives check, `list codes` and the
 * docs. */
typedef struct joist_code { const char *code, *help; } joist_code;

/* JOIST_BUILD(build, options); in front of `static void build(joist_pipeline *p, const options *o)`
 * makes `build_any`, which is what a definition wants: it takes any program's options. That they
 * are of the record the definition names is found by `check`. */
#define JOIST_BUILD(FN, T)                                                                        \
    static void FN(joist_pipeline *, const T *);                                                  \
    static void FN##_any(joist_pipeline *p_, const void *options_)                                \
    {                                                                                             \
        if (joist_build_takes_(p_, #FN, &T##_type, (joist_site)JOIST_SITE))                       \
            FN(p_, (const T *)options_);                                                          \
    }                                                                                             \
    struct FN##_semicolon_
/* Is this the record of the definition's options? If not, it is a mistake of `build`. */
bool joist_build_takes_(joist_pipeline *p, const char *build, const joist_type *options,
                        joist_site site);

/* A pipeline whose work comes hour by hour says which of its options are which: then `run` keeps a
 * journal, knows --due, and windows have leases (docs/operations.md). */
typedef struct joist_hourly {
    const char *input;          /* the URI that has the hours */
    const char *journal;        /* the URI of the store that keeps the journal */
    const char *window;         /* one hour, YYYY-MM-DDTHH */
    const char *since, *until;  /* hours [since, until) */
} joist_hourly;

typedef struct joist_pipeline_def {
    const char *name, *about;
    const joist_type *options;  /* the record its flags come from; may be NULL */
    const joist_dofn *const *dofns;  /* NULL at the end: every DoFn the graph uses; or NULL */
    /* every CombineFn the graph may use, beside the library's own; NULL at the end; may be NULL */
    const joist_combine *const *combines;
    const joist_code *codes;  /* { NULL, NULL } at the end; beside the library's own */
    /* more than the built-in ones; NULL at the end; may be NULL */
    const joist_connector *const *connectors;
    void (*build)(joist_pipeline *p, const void *options);
    const joist_hourly *hourly;  /* may be NULL */
} joist_pipeline_def;

/* The library's own codes: empty, bad_gzip, too_large, bad_csv, bad_json, not_object,
 * no_timestamp, sink_row, mail_failed. */
extern const joist_code joist_codes[];

joist_pipeline *joist_pipeline_new(const joist_pipeline_def *def);
void joist_pipeline_free(joist_pipeline *p);
joist_text joist_pipeline_name(const joist_pipeline *p);

/* Builds with these options, then checks everything that can be wrong with the graph: the first
 * mistake of `build`, cycles, unused outputs, missing side inputs, names used twice, DoFns missing
 * from the table, URI schemes nobody serves. Offline. The same code path serves `check` and
 * `run`. */
joist_status joist_pipeline_check(joist_pipeline *p, const void *options, joist_error *e);

/* Also opens every source and store, writing nothing. After joist_pipeline_check. */
joist_status joist_pipeline_check_online(joist_pipeline *p, joist_env *env, joist_error *e);

/* What the reads that take a window would read now, reading nothing. After joist_pipeline_check.
 * JOIST_OK with an empty `hex`: their sources cannot tell. */
joist_status joist_pipeline_digest(joist_pipeline *p, joist_env *env, char hex[JOIST_DIGEST_SIZE],
                                   joist_error *e);

/* The hours for which the read of `uri` would find something, as joist_source_ops.hours; the
 * pipeline is built without a window. FAILED with JOIST_USAGE: nothing reads it, or its source
 * cannot tell. */
joist_status joist_pipeline_hours(joist_pipeline *p, joist_text uri, const joist_hours *known,
                                  joist_env *env, joist_arena *arena, joist_hours *out,
                                  joist_error *e);

/* A new id for a run: the second it begins, and some chance. */
joist_text joist_new_run_id(joist_env *env, joist_arena *arena);

typedef struct joist_report joist_report;

/* ---- looking into a run ------------------------------------------------------------------------
 * What passes is shown to a tap as it happens: bundles that leave a step, what it rejects, rows
 * that a store took. Called on the threads of the workers, several at a time; everything shown is
 * borrowed. Nobody looking costs one comparison a bundle. */
typedef enum joist_tap_kind {
    JOIST_TAP_EMITTED, JOIST_TAP_REJECTED, JOIST_TAP_WRITTEN
} joist_tap_kind;
typedef struct joist_tap_event {
    joist_tap_kind kind;
    joist_text step;
    size_t port;                /* EMITTED: of the step's outputs */
    const joist_type *type;     /* of the rows; NULL: a record that did not decode, see raw */
    joist_rows rows;            /* REJECTED: one, or none of a record that did not decode */
    const char *code;           /* REJECTED: why, message and bytes */
    joist_text message;
    joist_bytes raw;
    const joist_position *at;
} joist_tap_event;
typedef struct joist_tap joist_tap;
struct joist_tap { void (*see)(joist_tap *tap, const joist_tap_event *event); };

typedef struct joist_run_options {
    int workers;                /* 0 = processors */
    uint64_t memory;            /* bytes; 0 = a quarter of RAM */
    size_t bundle_elements;     /* 0 = chosen by the engine; tests use 1, 2, 7 */
    bool dry_run;               /* everything runs, stores count and discard */
    joist_text dead;            /* directory of dead letters; empty: they are counted only */
    joist_text run_id;          /* empty: a new one */
    joist_text spill;           /* directory for temporary files; empty: $TMPDIR or /tmp */
    bool mask_pii;              /* also mask PII fields in dead letters */
    joist_env *env;             /* NULL: joist_env_system() */
    /* Called about every 100 ms and at the end, on the caller's thread, with the numbers so far. */
    void (*progress)(void *user, const joist_report *r);
    void *user;
    joist_tap *tap;             /* NULL: nobody looks */
    /* How often the element at this position has been rejected before; NULL: never. Called on the
     * threads of the workers. */
    int64_t (*attempts)(joist_env *env, const joist_position *at);
    /* The window and the number of its lease, for the stores (joist_run_identity). */
    joist_text window;
    int64_t number;             /* 0: no lease */
    /* Asked when everything is prepared and nothing committed; false with *e filled: nothing will
     * be. NULL: yes. On the caller's thread, with `user`, like those before and behind. */
    bool (*may_commit)(void *user, joist_error *e);
    /* Told after the commit of each store, in their order; `replaced`: a window of it was replaced
     * whole. FAILED ends the run before the next commit. May be NULL. */
    joist_status (*committed)(void *user, joist_text uri, bool replaced, joist_error *e);
} joist_run_options;

/* ---- what happened: owned by the pipeline until its next run or joist_pipeline_free ---------- */
typedef struct joist_port_count { const char *name; uint64_t count; } joist_port_count;
typedef struct joist_code_count { const char *code; uint64_t count; } joist_code_count;
typedef struct joist_distribution {
    const char *name;
    uint64_t count;                  /* of values; 0: sum, min and max are 0, too */
    int64_t sum, min, max;
} joist_distribution;
typedef struct joist_gauge { const char *name; int64_t value; } joist_gauge;
enum { JOIST_MOST_CODES = 64 };      /* of a program, the library's own included */
typedef struct joist_stage_report {
    const char *name;
    uint64_t in;
    joist_port_count outs[8]; size_t outs_count;
    joist_code_count rejected[JOIST_MOST_CODES]; size_t rejected_count;
    /* the program's own, each by name */
    const joist_port_count *counters; size_t counters_count;
    const joist_distribution *distributions; size_t distributions_count;
    const joist_gauge *gauges; size_t gauges_count;
    uint64_t retried;
    double busy_seconds;        /* over all workers */
} joist_stage_report;
typedef struct joist_sink_report {
    const char *name;
    joist_text uri, table;
    uint64_t rows;
    bool committed;
    double seconds;
} joist_sink_report;

struct joist_report {
    joist_text run_id;
    const char *pipeline;
    const char *status;         /* "running", "done", "failed", "interrupted" */
    joist_time started;
    double seconds, first_record_seconds;
    uint64_t files, skipped, records, bytes, bytes_total;    /* bytes_total: 0 = unknown */
    /* Of the records, those that some output could still get: all but what was rejected where every
     * way to an output leads through. */
    uint64_t events;
    uint64_t rejected;
    uint64_t spilled_bytes, peak_memory;
    const joist_stage_report *stages; size_t stages_count;
    const joist_sink_report *sinks; size_t sinks_count;
    uint64_t mail_sent, mail_failed, mail_pending;           /* outboxes */
    bool mail_of_all;           /* pending: all in the stores, not only what this run put there */
    joist_text dead;            /* the file, empty if there was none to write */
    joist_text digest;          /* of what the reads of a window listed; empty: unknown */
    joist_error error;
    bool adds_up;               /* records in = outputs + rejects, at every stage */
};

/* Runs it: JOIST_OK, or JOIST_FAILED with report->error. Call after joist_pipeline_check. */
joist_status joist_pipeline_run(joist_pipeline *p, const joist_run_options *o,
                                const joist_report **report);

/* Asks the running pipeline to stop: reading ends, nothing uncommitted becomes visible.
 * Async-signal-safe. */
void joist_stop(void);

/* ---- the command line ------------------------------------------------------------------------ */
/* A pipeline binary is this: `return joist_main(argc, argv, &def);`. Verbs and options:
 * docs/cli.md. */
int joist_main(int argc, char **argv, const joist_pipeline_def *def);

#ifdef __cplusplus
}
#endif
#endif
