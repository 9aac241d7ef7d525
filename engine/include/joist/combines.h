/* SPDX-License-Identifier: Apache-2.0
 * CombineFns that the library brings, per value of a field and window or, with _globally, per
 * window alone. One transform one file, with an example: transforms/combine_*.c. Those that keep
 * whole elements are in joist/choose.h. No result depends on workers, bundles or the order of
 * files.
 *
 *   joist_count(T, coll, FIELD)           -> joist_tally_coll   elements
 *   joist_sum(T, coll, FIELD, NUMBER)     -> joist_total_coll, of a float joist_float_total_coll
 *   joist_min, joist_max (the same)       -> joist_int_result_coll, of a float
 *                                            joist_float_result_coll
 *   joist_mean (the same)                 -> joist_float_result_coll
 *   joist_quantiles(T, coll, FIELD, NUMBER, n, …)             -> joist_quantile_coll
 *   joist_count_distinct(T, coll, FIELD, VALUE)               -> joist_tally_coll
 *   joist_approx_count_distinct(T, coll, FIELD, VALUE, …)     -> joist_tally_coll
 *
 * FIELD is a text, an int or a bool; NUMBER an int (int64_t, joist_int) or a float (double,
 * joist_float); VALUE anything but a record or a list. NULL numbers and values count as nothing:
 * the sum or count of nothing is 0, its min, max, mean and quantiles are NULL. NaN is greater than
 * every number, and a sum or mean with a NaN in it is NaN. */
#ifndef JOIST_COMBINES_H
#define JOIST_COMBINES_H

#include "joist/combine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what comes out: `key` is the value of FIELD, globally NULL ------------------------------ */
#define JOIST_FLOAT_TOTAL(F, T)                                                                   \
    F(T, joist_text, key, 0, .help = "the key, as text") F(T, double, total, 0)
#define JOIST_INT_RESULT(F, T)                                                                    \
    F(T, joist_text, key, 0, .help = "the key, as text") F(T, joist_int, value, 0)
#define JOIST_FLOAT_RESULT(F, T)                                                                  \
    F(T, joist_text, key, 0, .help = "the key, as text") F(T, joist_float, value, 0)
#define JOIST_QUANTILE(F, T)                                                                      \
    F(T, joist_text, key, 0, .help = "the key, as text")                                          \
    F(T, double, fraction, 0, .help = "0 is the least value, 0.5 the median, 1 the greatest")     \
    F(T, joist_float, value, 0)
JOIST_RECORD_EXTERN(joist_float_total, JOIST_FLOAT_TOTAL);
JOIST_RECORD_EXTERN(joist_int_result, JOIST_INT_RESULT);
JOIST_RECORD_EXTERN(joist_float_result, JOIST_FLOAT_RESULT);
JOIST_RECORD_EXTERN(joist_quantile, JOIST_QUANTILE);

/* The value of a key's only field as people read it (text itself, numbers in decimal, times as
 * joist_time_format); NULL stays NULL. `record` is what `extract` gets as its key. */
joist_text joist_key_text(const joist_combine_call *c, const void *record);

/* The field that a configuration names. */
#define JOIST_NUMBER_CONFIG(F, T)                                                                 \
    F(T, joist_text, number, JOIST_REQUIRED, .help = "the field that is combined")
JOIST_RECORD_EXTERN(joist_number_config, JOIST_NUMBER_CONFIG);

/* ---- count ----------------------------------------------------------------------------------- */
extern const joist_combine joist_count_combine;
#define joist_count(T, coll, field)                                                               \
    JOIST_COUNT_BY_(T, coll, JOIST_KEY_OF_(joist_count, T, field))
#define joist_count_globally(T, coll) JOIST_COUNT_BY_(T, coll, JOIST_NO_KEY_)
#define JOIST_COUNT_BY_(T, coll, key_)                                                            \
    ((joist_tally_coll){ joist_combine_(&(joist_combine_args){                                    \
        .in = T##_raw(coll), .fn = &joist_count_combine, .out = &joist_tally_type, .key = key_,   \
        .site = JOIST_SITE }) })

/* ---- sum, min, max, mean: a sum of ints beyond int64 fails the run; floats are added exactly and
 * rounded once, so that the order of additions makes no difference ---------------------------- */
extern const joist_combine joist_sum_combine, joist_sum_float_combine, joist_min_combine,
    joist_min_float_combine, joist_max_combine, joist_max_float_combine, joist_mean_combine,
    joist_mean_float_combine;
#define joist_sum(T, coll, field, number)                                                         \
    JOIST_OF_NUMBER_(joist_sum, joist_total, joist_float_total, T, coll,                          \
                     JOIST_KEY_OF_(joist_sum, T, field), number)
#define joist_sum_globally(T, coll, number)                                                       \
    JOIST_OF_NUMBER_(joist_sum, joist_total, joist_float_total, T, coll, JOIST_NO_KEY_, number)
#define joist_min(T, coll, field, number)                                                         \
    JOIST_OF_NUMBER_(joist_min, joist_int_result, joist_float_result, T, coll,                    \
                     JOIST_KEY_OF_(joist_min, T, field), number)
#define joist_min_globally(T, coll, number)                                                       \
    JOIST_OF_NUMBER_(joist_min, joist_int_result, joist_float_result, T, coll, JOIST_NO_KEY_,     \
                     number)
#define joist_max(T, coll, field, number)                                                         \
    JOIST_OF_NUMBER_(joist_max, joist_int_result, joist_float_result, T, coll,                    \
                     JOIST_KEY_OF_(joist_max, T, field), number)
#define joist_max_globally(T, coll, number)                                                       \
    JOIST_OF_NUMBER_(joist_max, joist_int_result, joist_float_result, T, coll, JOIST_NO_KEY_,     \
                     number)
#define joist_mean(T, coll, field, number)                                                        \
    JOIST_OF_NUMBER_(joist_mean, joist_float_result, joist_float_result, T, coll,                 \
                     JOIST_KEY_OF_(joist_mean, T, field), number)
#define joist_mean_globally(T, coll, number)                                                      \
    JOIST_OF_NUMBER_(joist_mean, joist_float_result, joist_float_result, T, coll, JOIST_NO_KEY_,  \
                     number)

/* ---- quantiles: n values per key, evenly spaced from the least to the greatest; 3 give least,
 * median, greatest. Each is an element's value, and differs from the exact one by less than .error
 * (relative; default 0.01). An accumulator has at most 2048/.error pairs of 16 bytes per key, and
 * no more than there are different values. .exact = true keeps them all. --------------------------
 * */
#define JOIST_QUANTILES_CONFIG(F, T)                                                              \
    F(T, joist_text, number, JOIST_REQUIRED, .help = "the field that is combined")                \
    F(T, int64_t, n, 0, .help = "how many values come out")                                       \
    F(T, int64_t, bits, 0, .help = "of a value's mantissa that are told apart")
JOIST_RECORD_EXTERN(joist_quantiles_config, JOIST_QUANTILES_CONFIG);
typedef struct joist_quantiles_options {
    double error;
    bool exact;
    const char *name;           /* of the step; default "quantiles_by_" + FIELD */
    joist_site site_;
} joist_quantiles_options;
extern const joist_combine joist_quantiles_combine;
joist_coll joist_quantiles_(joist_coll in, joist_fields key, joist_text number, int64_t n,
                            const joist_quantiles_options *o);
#define joist_quantiles(T, coll, field, number, ...)                                              \
    JOIST_QUANTILES_BY_(T, coll, JOIST_KEY_OF_(joist_quantiles, T, field), number, __VA_ARGS__)
#define joist_quantiles_globally(T, coll, number, ...)                                            \
    JOIST_QUANTILES_BY_(T, coll, JOIST_NO_KEY_, number, __VA_ARGS__)
#define JOIST_QUANTILES_BY_(T, coll, key_, number_, ...)                                          \
    ((joist_quantile_coll){ joist_quantiles_(T##_raw(coll), key_,                                 \
        JOIST_NUMBER_NAME_(joist_quantiles, T, number_), JOIST_HEAD_(__VA_ARGS__, 0),             \
        &(joist_quantiles_options){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })

/* ---- count distinct: two steps, so that no key's values need to fit into memory; in sessions one
 * step, and they must. ------------------------------------------------------------------------- */
extern const joist_combine joist_distinct_keys_combine, joist_count_values_combine,
    joist_count_set_combine;
joist_coll joist_count_distinct_(joist_coll in, const joist_type *type, joist_fields key,
                                 joist_fields value, joist_site site);
#define joist_count_distinct(T, coll, field, value)                                               \
    JOIST_DISTINCT_BY_(joist_count_distinct, T, coll,                                             \
                       JOIST_KEY_OF_(joist_count_distinct, T, field), value)
#define joist_count_distinct_globally(T, coll, value)                                             \
    JOIST_DISTINCT_BY_(joist_count_distinct, T, coll, JOIST_NO_KEY_, value)
#define JOIST_DISTINCT_BY_(what, T, coll, key_, value_)                                           \
    ((joist_tally_coll){ joist_count_distinct_(T##_raw(coll), &T##_type, key_,                    \
        ((joist_fields){ 1, { (uint32_t)offsetof(T, value_)                                       \
                              + JOIST_IS_VALUE_(what, T, value_) } }), (joist_site)JOIST_SITE) })

/* ---- the same by HyperLogLog ------------------------------------------------------------------
 * 2^.precision bytes a key and a standard error of 1.04 / 2^(precision / 2); .precision is 4 to 18,
 * by default 12: 4 KiB, 1.6 %. Up to 2^precision / 8 values the count is exact. */
#define JOIST_APPROX_CONFIG(F, T)                                                                 \
    F(T, joist_text, value, JOIST_REQUIRED, .help = "the field whose values are counted")         \
    F(T, int64_t, precision, 0)
JOIST_RECORD_EXTERN(joist_approx_config, JOIST_APPROX_CONFIG);
typedef struct joist_approx_options {
    int precision;
    const char *name;           /* of the step; default "approx_count_distinct_by_" + FIELD */
    joist_site site_;
} joist_approx_options;
extern const joist_combine joist_approx_count_distinct_combine;
joist_coll joist_approx_count_distinct_(joist_coll in, joist_fields key, joist_text value,
                                        const joist_approx_options *o);
#define joist_approx_count_distinct(T, coll, field, ...)                                          \
    JOIST_APPROX_BY_(T, coll, JOIST_KEY_OF_(joist_approx_count_distinct, T, field), __VA_ARGS__,  \
                     .site_ = JOIST_SITE)
#define joist_approx_count_distinct_globally(T, coll, ...)                                        \
    JOIST_APPROX_BY_(T, coll, JOIST_NO_KEY_, __VA_ARGS__, .site_ = JOIST_SITE)
#define JOIST_APPROX_BY_(T, coll, key_, value_, ...)                                              \
    ((joist_tally_coll){ joist_approx_count_distinct_(T##_raw(coll), key_,                        \
        ((joist_text){ "" #value_, sizeof #value_ - 1                                             \
            + JOIST_IS_VALUE_(joist_approx_count_distinct, T, value_) }),                         \
        &(joist_approx_options){ __VA_ARGS__ }) })

/* ---- parts of the macros --------------------------------------------------------------------- */
#define JOIST_NO_KEY_ ((joist_fields){ 0 })
#define JOIST_KEY_OF_(what, T, field)                                                             \
    ((joist_fields){ 1u + JOIST_ASSERT_(JOIST_IS_BY_(((T *)0)->field),                            \
        #what " goes by a text, an int or a bool: " #T "." #field " is none"),                    \
      { (uint32_t)offsetof(T, field) } })
#define JOIST_NUMBER_NAME_(what, T, number)                                                       \
    ((joist_text){ "" #number, sizeof #number - 1                                                 \
        + JOIST_ASSERT_(JOIST_IS_NUMBER_(((T *)0)->number),                                       \
            #what " takes an int or a float: " #T "." #number " is neither") })
#define JOIST_IS_VALUE_(what, T, value)                                                           \
    JOIST_ASSERT_(JOIST_IS_SCALAR_(((T *)0)->value),                                              \
        #what " counts single values: " #T "." #value " is a record or a list")
#define JOIST_OF_NUMBER_(what, INT, FLOAT, T, coll, key_, number_)                                \
    ((__typeof__(*JOIST_PICK_(T, number_, (INT##_coll *)0, (FLOAT##_coll *)0))){                  \
        joist_combine_(&(joist_combine_args){ .in = T##_raw(coll),                                \
            .fn = JOIST_PICK_(T, number_, &what##_combine, &what##_float_combine),                \
            .out = JOIST_PICK_(T, number_, &INT##_type, &FLOAT##_type), .key = key_,              \
            .config = &(joist_number_config){ JOIST_NUMBER_NAME_(what, T, number_) },             \
            .site = JOIST_SITE }) })
#define JOIST_PICK_(T, number, of_int, of_float)                                                  \
    _Generic(((T *)0)->number, double: of_float, joist_float: of_float, default: of_int)
#define JOIST_IS_BY_(x)  _Generic((x), joist_text: 1, int64_t: 1, joist_int: 1, bool: 1,          \
                                  joist_bool: 1, default: 0)
#define JOIST_IS_NUMBER_(x) _Generic((x), int64_t: 1, joist_int: 1, double: 1, joist_float: 1,    \
                                     default: 0)
#define JOIST_IS_SCALAR_(x) _Generic((x), joist_text: 1, joist_bytes: 1, joist_json: 1,           \
    int64_t: 1, joist_int: 1, double: 1, joist_float: 1, bool: 1, joist_bool: 1, joist_time: 1,   \
    default: 0)

#ifdef __cplusplus
}
#endif
#endif
