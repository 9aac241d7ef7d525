/* SPDX-License-Identifier: Apache-2.0
 * Declaring a pipeline: what `build` calls. Required arguments come first, everything else is
 * designated. No call needs checking: the first mistake is kept with its file:line and reported by
 * `check` and `run` alike; handles made after it are empty and safe to use.
 *
 *     joist_line_coll  lines  = joist_read(joist_line, p, .uri = o->input);
 *     word_coll        words  = JOIST_APPLY(extract, lines).words;
 *     joist_tally_coll counts = joist_count(word, words, text);
 *     joist_write(counts, .uri = o->output);
 */
#ifndef JOIST_BUILD_H
#define JOIST_BUILD_H

#include "joist/dofn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- read: joist_read(T, p, .uri = …) -> T_coll -------------------------------------------------
 * From files: joist_line gives lines, joist_value gives JSON values (one a line, or one after
 * another), any other record type is decoded by its field list from JSON objects or, from a file
 * called .csv or .csv.gz, from CSV (docs/formats.md). From a database: one row each. */
typedef struct joist_read_options {
    joist_text uri;             /* required */
    joist_text otherwise[2];    /* read instead, in this order, if `uri` holds nothing */
    joist_text table;           /* of a database; default: the record's name + 's' */
    joist_text query;           /* of a database, instead of a table: a SELECT */
    bool csv;                   /* every file is CSV; default: those called .csv or .csv.gz */
    char separator;             /* of CSV; default: ',' */
    joist_text window;          /* YYYY-MM-DDTHH: only files under that hour's folder; empty: all */
    joist_text since, until;    /* the same for a range of hours, `until` exclusive */
    joist_coll except;          /* another joist_read: the files it reads are not input here */
    int64_t max_record;         /* bytes; 0 = 1 MiB */
    const char *name;           /* of the step; default "read" + the record's name */
    joist_site site_;
} joist_read_options;
typedef struct joist_pipeline_goes_first { joist_pipeline *p; } joist_pipeline_goes_first;
joist_coll joist_read_(joist_pipeline *p, const joist_type *type, const joist_read_options *o);
#define joist_read(T, ...)                                                                        \
    ((T##_coll){ joist_read_(((joist_pipeline_goes_first){ JOIST_HEAD_(__VA_ARGS__, 0) }).p,      \
        &T##_type,                                                                                \
        &(joist_read_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })

/* ---- read all: joist_read_all(T, ranges, .uri = …, .by = JOIST_FIELDS(T, at)) -> T_coll ---------
 * Reads what the elements of a joist_time_range_coll ask for: for each of them the rows of a table
 * whose `by` is in [from, until). A row whose `by` is NULL is in no range, one that is in two of
 * them is read twice. The ranges are known once all before them has run, then they are read by all
 * workers, none of them held in memory whole. A database finds the rows by an index, if there is
 * one. A table that is not there is empty. The ranges must be in the global window. */
joist_coll joist_read_all_(joist_coll ranges, const joist_type *type,
                           const joist_read_all_options *o);
#define joist_read_all(T, ...)                                                                    \
    ((T##_coll){ joist_read_all_(joist_time_range_raw(JOIST_HEAD_(__VA_ARGS__, 0)), &T##_type,    \
        &((union T##_reading_all_){ .own = {                                                      \
            JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) } }).plain) })

/* ---- create: joist_create(T, p, { … }, { … }, …) -> T_coll: records written in the program. They
 * are copied and travel in the graph. Of an array: joist_create_from(T, p, items, count, …). */
typedef struct joist_create_options { const char *name; joist_site site_; } joist_create_options;
joist_coll joist_create_(joist_pipeline *p, const joist_type *type, const void *items, size_t count,
                         const joist_create_options *o);
#define joist_create(T, pipeline, ...)                                                            \
    ((T##_coll){ joist_create_(((joist_pipeline_goes_first){ pipeline }).p, &T##_type,            \
        (const T[]){ __VA_ARGS__ }, sizeof((const T[]){ __VA_ARGS__ }) / sizeof(T),               \
        &(joist_create_options){ .site_ = JOIST_SITE }) })
#define joist_create_from(T, pipeline, items, ...)                                                \
    ((T##_coll){ joist_create_(((joist_pipeline_goes_first){ pipeline }).p, &T##_type,            \
        (const T *){ items }, JOIST_HEAD_(__VA_ARGS__, 0),                                        \
        &(joist_create_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })

/* ---- latest ------------------------------------------------------------------------------------
 * joist_latest(T, coll, .key = JOIST_FIELDS(T, …), .by = JOIST_FIELDS(T, …)) -> T_coll: per key the
 * element with the greatest `by`; of equals the last in input order. No `by`: the last in input
 * order. Other options: .name. */
joist_coll joist_latest_(joist_coll in, const joist_latest_options *o);
#define joist_latest(T, ...)                                                                      \
    ((T##_coll){ joist_latest_(T##_raw(JOIST_HEAD_(__VA_ARGS__, 0)),                              \
        &((union T##_latest_){ .own = {                                                           \
            JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) } }).plain) })

/* ---- flatten: joist_flatten(T, a, b, …) -> T_coll, 2 to 8 collections of one type ------------ */
joist_coll joist_flatten_(const joist_coll *in, size_t count, joist_site site);
#define joist_flatten(T, ...)                                                                     \
    ((T##_coll){ joist_flatten_((const joist_coll[]){ JOIST_RAW_(T, __VA_ARGS__) },               \
                                JOIST_COUNT_(__VA_ARGS__), (joist_site)JOIST_SITE) })
#define JOIST_RAW_(T, ...) JOIST_JOIN_(JOIST_RAW, JOIST_COUNT_(__VA_ARGS__))(T, __VA_ARGS__)
#define JOIST_RAW2(T, a, b)   T##_raw(a), T##_raw(b)
#define JOIST_RAW3(T, a, ...) T##_raw(a), JOIST_RAW2(T, __VA_ARGS__)
#define JOIST_RAW4(T, a, ...) T##_raw(a), JOIST_RAW3(T, __VA_ARGS__)
#define JOIST_RAW5(T, a, ...) T##_raw(a), JOIST_RAW4(T, __VA_ARGS__)
#define JOIST_RAW6(T, a, ...) T##_raw(a), JOIST_RAW5(T, __VA_ARGS__)
#define JOIST_RAW7(T, a, ...) T##_raw(a), JOIST_RAW6(T, __VA_ARGS__)
#define JOIST_RAW8(T, a, ...) T##_raw(a), JOIST_RAW7(T, __VA_ARGS__)
#define JOIST_RAW1(T, ...)                     { joist_flatten_takes_at_least_2 }
#define JOIST_RAWjoist_takes_at_most_8(T, ...) { joist_flatten_takes_at_most_8 }

/* ---- side inputs --------------------------------------------------------------------------------
 * Read whole before the stage that uses them, the same for every element and window; their
 * collections are in the global window. An empty one fails the run unless .allow_empty is true.
 *
 *   in the port list      in build                             in the DoFn
 *   SIDE(T, x)            joist_map_by(T, coll, FIELD)         T_get(v->side.x, key) -> const T *
 *   SIDE(T_many, x)       joist_multimap_by(T, coll, FIELD)    T_many(v->side.x, key) -> T_list
 *   SIDE(T_all, x)        joist_list_of(T, coll)               T_all(v->side.x) -> T_list
 *   SIDE(T_one, x)        joist_singleton(T, coll)             T_one(v->side.x) -> const T *
 *
 * FIELD is a text and not NULL in any element. Two elements with one key fail the run in a map,
 * two elements at all in a singleton. Lists are in input order; T_get and T_one give NULL for
 * nothing. */
typedef struct joist_view_options { bool allow_empty; joist_site site_; } joist_view_options;
joist_side joist_view_(joist_coll in, joist_fields key, const joist_view_options *o);
#define joist_map_by(T, coll, ...)                                                                \
    ((T##_map){ .side = joist_view_(T##_raw(coll),                                                \
        JOIST_MAP_KEY_(joist_map_by, T, JOIST_HEAD_(__VA_ARGS__, 0)),                             \
        &(joist_view_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })
#define joist_multimap_by(T, coll, ...)                                                           \
    ((T##_many_map){ .side = joist_view_(T##_raw(coll),                                           \
        JOIST_MAP_KEY_(joist_multimap_by, T, JOIST_HEAD_(__VA_ARGS__, 0)),                        \
        &(joist_view_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })
#define joist_list_of(T, ...)                                                                     \
    ((T##_all_map){ .side = joist_view_(T##_raw(JOIST_HEAD_(__VA_ARGS__, 0)), (joist_fields){ 0 }, \
        &(joist_view_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })
#define joist_singleton(T, ...)                                                                   \
    ((T##_one_map){ .side = joist_view_(T##_raw(JOIST_HEAD_(__VA_ARGS__, 0)), (joist_fields){ 0 }, \
        &(joist_view_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })
#define JOIST_IS_TEXT_(x)  _Generic((x), joist_text: 1, default: 0)
#define JOIST_MAP_KEY_(what, T, ...) JOIST_MAP_KEY2_(what, T, __VA_ARGS__)
#define JOIST_MAP_KEY2_(what, T, field)                                                           \
    ((joist_fields){ 1u + JOIST_ASSERT_(JOIST_IS_TEXT_(((T *)0)->field),                          \
        #what " goes by a joist_text: " #T "." #field " is none"),                                \
        { (uint32_t)offsetof(T, field) } })

/* ---- write: joist_write(coll, .uri = …, …) ------------------------------------------------------
 * Nothing is visible before the whole run has succeeded; all tables of one store become visible at
 * once, stores in the order of their first joist_write. Rows reach the store in key order; of two
 * elements with one key the last in input order stays. Without a key, rows are written in input
 * order. The options are in JOIST_WRITE_OPTIONS_ (joist/record.h).
 *
 * Groups that are computed anew replace what is stored of them, also those into which nobody writes
 * any more:
 *
 *     joist_write(totals, .uri = …, .key = JOIST_FIELDS(total, project, day, name),
 *                 .groups = affected, .groups_by = JOIST_FIELDS(total, project, day));
 *
 * empties the groups of the totals in `affected` (of which only these fields are looked at; which
 * rows of theirs come in `totals` does not matter), then writes `totals`, in one transaction.
 *
 * Not every store can do all of it: `check` says so. */
void joist_write_(joist_coll in, const joist_write_options *o);
#define joist_write(...)                                                                          \
    joist_write_((JOIST_HEAD_(__VA_ARGS__, 0)).c,                                                 \
        &((__typeof__(*(JOIST_HEAD_(__VA_ARGS__, 0)).write_)){ .own = {                           \
            JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) } }).plain)

/* A text that `build` puts together, a URI say; as durable as what it declares. */
joist_text joist_build_printf(joist_pipeline *p, const char *fmt, ...) JOIST_PRINTF(2, 3);

/* Reports a mistake that `build` found itself, JOIST_MISTAKE(p, "…") with the place where it
 * stands; the first one wins. */
#define JOIST_MISTAKE(p, ...) joist_mistake(p, (joist_site)JOIST_SITE, __VA_ARGS__)
void joist_mistake(joist_pipeline *p, joist_site site, const char *fmt, ...) JOIST_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
