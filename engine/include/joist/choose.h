/* SPDX-License-Identifier: Apache-2.0
 * Transforms that keep some of the elements, as they are: per key and window, or without .key per
 * window. One transform one file, with an example: transforms/combine_*.c. What is kept does not
 * depend on workers, bundles or the order of files.
 *
 *   joist_top(T, coll, n, .by = JOIST_FIELDS(T, …), .key = …)
 *         the n elements with the greatest `by`
 *   joist_bottom(T, coll, n, .by = JOIST_FIELDS(T, …), .key = …)
 *         the n elements with the smallest `by`
 *   joist_distinct(T, coll, .key = JOIST_FIELDS(T, …))
 *         the first in input order per key; without .key all fields are the key
 *   joist_sample(T, coll, n, .key = …, .seed = 1)
 *         n elements by chance, all equally likely; the same seed, the same ones
 *
 * All give a T_coll, and take .name, of the step. `by` orders as keys do: NULL before everything,
 * NaN after every number. Top and bottom come out best first; of elements with equal `by` those
 * come first whose other fields, in the order of the record, are smaller. Samples come out in no
 * order. n is at most a million: what is kept of one key must fit into memory. */
#ifndef JOIST_CHOOSE_H
#define JOIST_CHOOSE_H

#include "joist/combine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As each record's own options (joist/record.h): same members, same places. */
#define JOIST_CHOOSE_OPTIONS_(FIELDS)                                                             \
    FIELDS by, key;                                                                               \
    int64_t seed;                                                                                 \
    const char *name;                                                                             \
    joist_site site_;
typedef struct joist_choose_options { JOIST_CHOOSE_OPTIONS_(joist_fields) } joist_choose_options;
#define JOIST_CHOOSE_(T, ...)                                                                     \
    (&((union { struct { JOIST_CHOOSE_OPTIONS_(T##_fields) } own; joist_choose_options plain; }){ \
        .own = { __VA_ARGS__ } }).plain)

/* ---- top, bottom ----------------------------------------------------------------------------- */
#define JOIST_TOP_CONFIG(F, T)                                                                    \
    F(T, joist_text_list, by, 0, .help = "the fields to order by")                                \
    F(T, int64_t, n, 0, .help = "how many elements stay")
JOIST_RECORD_EXTERN(joist_top_config, JOIST_TOP_CONFIG);
extern const joist_combine joist_top_combine, joist_bottom_combine;
joist_coll joist_top_(joist_coll in, const joist_type *type, const joist_combine *fn, int64_t n,
                      const joist_choose_options *o);
#define joist_top(T, coll, ...)                                                                   \
    ((T##_coll){ joist_top_(T##_raw(coll), &T##_type, &joist_top_combine,                         \
        JOIST_HEAD_(__VA_ARGS__, 0),                                                              \
        JOIST_CHOOSE_(T, JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE))) })
#define joist_bottom(T, coll, ...)                                                                \
    ((T##_coll){ joist_top_(T##_raw(coll), &T##_type, &joist_bottom_combine,                      \
        JOIST_HEAD_(__VA_ARGS__, 0),                                                              \
        JOIST_CHOOSE_(T, JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE))) })

/* ---- distinct -------------------------------------------------------------------------------- */
extern const joist_combine joist_distinct_combine;
joist_coll joist_distinct_(joist_coll in, const joist_type *type, const joist_choose_options *o);
#define joist_distinct(T, ...)                                                                    \
    ((T##_coll){ joist_distinct_(T##_raw(JOIST_HEAD_(__VA_ARGS__, 0)), &T##_type,                 \
        JOIST_CHOOSE_(T, JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE))) })

/* ---- sample ---------------------------------------------------------------------------------- */
#define JOIST_SAMPLE_CONFIG(F, T)                                                                 \
    F(T, int64_t, n, 0, .help = "how many elements stay") F(T, int64_t, seed, 0)
JOIST_RECORD_EXTERN(joist_sample_config, JOIST_SAMPLE_CONFIG);
extern const joist_combine joist_sample_combine;
joist_coll joist_sample_(joist_coll in, const joist_type *type, int64_t n,
                         const joist_choose_options *o);
#define joist_sample(T, coll, ...)                                                                \
    ((T##_coll){ joist_sample_(T##_raw(coll), &T##_type, JOIST_HEAD_(__VA_ARGS__, 0),             \
        JOIST_CHOOSE_(T, JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE))) })

#ifdef __cplusplus
}
#endif
#endif
