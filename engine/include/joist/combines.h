/* SPDX-License-Identifier: Apache-2.0
 * CombineFns that the library brings, per value of a field and window. One transform one file:
 * transforms/combine_*.c. */
#ifndef JOIST_COMBINES_H
#define JOIST_COMBINES_H

#include "joist/combine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of a key's only field as people read it (text itself, numbers in decimal, times as
 * joist_time_format); NULL stays NULL. `record` is what `extract` gets as its key. */
joist_text joist_key_text(const joist_combine_call *c, const void *record);

/* joist_count(T, coll, FIELD) -> joist_tally_coll: elements per value of FIELD. */
extern const joist_combine joist_count_combine;
#define joist_count(T, coll, field)                                                               \
    ((joist_tally_coll){ joist_combine_(&(joist_combine_args){                                    \
        .in = T##_raw(coll), .fn = &joist_count_combine, .out = &joist_tally_type,                \
        .key = JOIST_BY_(joist_count, T, field), .site = JOIST_SITE }) })

/* joist_sum(T, coll, FIELD, NUMBER) -> joist_total_coll: the sum of the int field NUMBER per value
 * of FIELD; NULL counts as nothing; a sum beyond int64 fails the run. */
#define JOIST_SUM_CONFIG(F, T) F(T, joist_text, number, JOIST_REQUIRED, .help = "the field to add")
JOIST_RECORD_EXTERN(joist_sum_config, JOIST_SUM_CONFIG);
extern const joist_combine joist_sum_combine;
#define joist_sum(T, coll, field, number_)                                                        \
    ((joist_total_coll){ joist_combine_(&(joist_combine_args){                                    \
        .in = T##_raw(coll), .fn = &joist_sum_combine, .out = &joist_total_type,                  \
        .key = JOIST_BY_(joist_sum, T, field),                                                    \
        .config = &(joist_sum_config){ { "" #number_, sizeof #number_ - 1                         \
            + JOIST_ASSERT_(JOIST_IS_INT_(((T *)0)->number_),                                     \
                "joist_sum adds int64_t or joist_int: " #T "." #number_ " is neither") } },       \
        .site = JOIST_SITE }) })

#define JOIST_BY_(what, T, field)                                                                 \
    { 1u + JOIST_ASSERT_(JOIST_IS_BY_(((T *)0)->field),                                           \
        #what " goes by a text, an int or a bool: " #T "." #field " is none"),                    \
      { (uint32_t)offsetof(T, field) } }
#define JOIST_IS_INT_(x) _Generic((x), int64_t: 1, joist_int: 1, default: 0)
#define JOIST_IS_BY_(x)  _Generic((x), joist_text: 1, int64_t: 1, joist_int: 1, bool: 1,          \
                                  joist_bool: 1, default: 0)

#ifdef __cplusplus
}
#endif
#endif
