/* SPDX-License-Identifier: Apache-2.0
 * Words every other header uses: values with an explicit NULL, statuses, errors and positions.
 *
 * Ownership law: inputs are borrowed, emits copy the struct, and everything allocated while an
 * element is processed dies with its bundle. Text is bytes with a length, never NUL-terminated,
 * never owned. */
#ifndef JOIST_BASE_H
#define JOIST_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define JOIST_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define JOIST_UNUSED             __attribute__((unused))
#define JOIST_LIKELY(x)          __builtin_expect(!!(x), 1)
#else
#define JOIST_PRINTF(fmt, first)
#define JOIST_UNUSED
#define JOIST_LIKELY(x) (x)
#endif
#define JOIST_INLINE static inline JOIST_UNUSED

/* ---- values ------------------------------------------------------------------------------------
 * A field of a record has one of these C types. NULL is part of the value: a text without a
 * pointer, a boxed number whose `set` is false. Plain int64_t, double and bool are fields that are
 * never NULL. */
typedef struct joist_text  { const char *ptr; size_t len; } joist_text;    /* UTF-8 */
typedef struct joist_bytes { const char *ptr; size_t len; } joist_bytes;   /* any bytes */
typedef struct joist_json  { const char *ptr; size_t len; } joist_json;    /* one JSON value */
typedef struct joist_int   { int64_t v; bool set; } joist_int;
typedef struct joist_float { double v; bool set; } joist_float;
typedef struct joist_bool  { bool v; bool set; } joist_bool;
typedef struct joist_time  { int64_t ms; bool set; } joist_time;           /* since 1970, UTC */
typedef struct joist_text_list { const joist_text *items; size_t count; } joist_text_list;

#ifdef __cplusplus
#define JOIST_LITERAL_(T) T
#else
#define JOIST_LITERAL_(T) (T)
#endif
#define JOIST_TEXT(literal)   (JOIST_LITERAL_(joist_text){ "" literal, sizeof(literal) - 1 })
#define JOIST_NO_TEXT         (JOIST_LITERAL_(joist_text){ NULL, 0 })
#define JOIST_INT(n)          (JOIST_LITERAL_(joist_int){ (n), true })
#define JOIST_FLOAT(x)        (JOIST_LITERAL_(joist_float){ (x), true })
#define JOIST_BOOL(b)         (JOIST_LITERAL_(joist_bool){ (b), true })
#define JOIST_TIME_MS(ms)     (JOIST_LITERAL_(joist_time){ (ms), true })

/* For printf: printf("%.*s", JOIST_ARG(text)). */
#define JOIST_ARG(text) (int)(text).len, (text).ptr

JOIST_INLINE bool joist_text_null(joist_text t) { return t.ptr == NULL; }

JOIST_INLINE bool joist_text_equal(joist_text a, joist_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* <0, 0, >0 by bytes; a prefix sorts first. */
JOIST_INLINE int joist_text_compare(joist_text a, joist_text b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* A text over a NUL-terminated string (NULL gives NULL); borrows it. */
JOIST_INLINE joist_text joist_text_of(const char *s)
{
    joist_text t = { s, s ? strlen(s) : 0 };
    return t;
}

JOIST_INLINE bool joist_text_starts(joist_text t, joist_text prefix)
{
    return t.len >= prefix.len && (prefix.len == 0 || memcmp(t.ptr, prefix.ptr, prefix.len) == 0);
}

JOIST_INLINE bool joist_text_ends(joist_text t, joist_text suffix)
{
    return t.len >= suffix.len
        && (suffix.len == 0 || memcmp(t.ptr + t.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* ---- statuses -----------------------------------------------------------------------------------
 * What a DoFn, a source or a sink answers. Bad data is REJECTED and the run goes on; a bad moment
 * is RETRY and the engine calls again with backoff; FAILED ends the run before any further
 * commit. */
typedef enum joist_status { JOIST_OK = 0, JOIST_REJECTED, JOIST_RETRY, JOIST_FAILED } joist_status;

/* How a failed run ends, hence its exit code (docs/cli.md): FATAL 1, USAGE 2, GRAPH 3, TEMPORARY
 * 75. */
typedef enum joist_failure {
    JOIST_FATAL = 0, JOIST_USAGE, JOIST_GRAPH, JOIST_TEMPORARY
} joist_failure;

typedef struct joist_error {
    joist_failure failure;
    char message[768];      /* one sentence, no final newline; empty = no error */
    char hint[256];         /* the next command to try; may be empty */
} joist_error;

/* Fills *e (NULL is allowed) and returns JOIST_FAILED, so that `return joist_fail_with(e, …)` reads
 * well. Messages are cut, never overflow; bytes outside printable UTF-8 are the caller's to
 * escape. */
joist_status joist_fail_with(joist_error *e, joist_failure failure, const char *fmt, ...)
    JOIST_PRINTF(3, 4);

/* ---- positions ----------------------------------------------------------------------------------
 * Where an element came from. Every element carries one from source to sink. */
typedef struct joist_origin {
    joist_text uri;         /* what a person would open: the input as given + '/' + path */
    joist_text path;        /* relative to the input, '/'-separated bytes; a single file's name */
    joist_text hour_path;   /* `path` from its folder hour on; equals `path` when there is none */
    joist_time folder_hour; /* of the YYYY/MM/DD/HH folders around the file, if real (UTC) */
    joist_time modified;    /* cut to the millisecond */
    uint64_t   rank;        /* place in the input: sources as declared, files by bytes of path */
} joist_origin;

/* An interval [start, end) of event time, in milliseconds since 1970. */
typedef struct joist_window { int64_t start_ms, end_ms; } joist_window;

typedef struct joist_position {
    const joist_origin *origin; /* NULL: made by the engine (an aggregate), no source */
    uint64_t offset;            /* of the first byte, in the inflated file, from 0 */
    uint64_t line;              /* from 1 */
    uint64_t record;            /* from 0; rejected records count too */
    int64_t timestamp_ms;       /* event time; JOIST_TIMESTAMP_MIN until a step sets it */
    joist_window window;        /* what grouping and combining keep apart; global at first */
} joist_position;

#define JOIST_TIMESTAMP_MIN INT64_MIN
#define JOIST_TIMESTAMP_MAX INT64_MAX
#define JOIST_GLOBAL_WINDOW (JOIST_LITERAL_(joist_window){ INT64_MIN, INT64_MAX })

JOIST_INLINE bool joist_window_equal(joist_window a, joist_window b)
{
    return a.start_ms == b.start_ms && a.end_ms == b.end_ms;
}

JOIST_INLINE bool joist_window_global(joist_window w)
{
    return w.start_ms == INT64_MIN && w.end_ms == INT64_MAX;
}

/* The last instant inside: the timestamp of what is made of a whole window. */
JOIST_INLINE int64_t joist_window_last(joist_window w)
{
    return joist_window_global(w) ? JOIST_TIMESTAMP_MAX : w.end_ms - 1;
}

#ifdef __cplusplus
}
#endif
#endif
