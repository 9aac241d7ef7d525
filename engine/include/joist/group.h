/* SPDX-License-Identifier: Apache-2.0
 * Grouping and joining, per key and window. Keys compare by value: NULL equals NULL, -0.0 equals
 * 0.0, every NaN the same. Results do not depend on workers or bundles: values come in input order,
 * those of a session in the order of time first. */
#ifndef JOIST_GROUP_H
#define JOIST_GROUP_H

#include "joist/dofn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- GroupByKey: joist_group_by_key(T, coll, .key = JOIST_FIELDS(T, …)) -> T_group_coll ---------
 * One T_group per key and window (joist/record.h); to be taken by a DoFn with IN(T_group). Values
 * of a group may be more than memory. */
joist_coll joist_group_by_key_(joist_coll in, const joist_group_options *o);
#define joist_group_by_key(T, ...)                                                                \
    ((T##_group_coll){ joist_group_by_key_(T##_raw(JOIST_HEAD_(__VA_ARGS__, 0)),                  \
        &((union T##_grouping_){ .own = {                                                         \
            JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) } }).plain) })

typedef enum joist_join_how {
    JOIST_INNER_JOIN = 0, JOIST_LEFT_JOIN, JOIST_RIGHT_JOIN, JOIST_FULL_JOIN
} joist_join_how;
typedef struct joist_join_options {
    joist_fields left, right;
    joist_join_how how;
    bool cogroup;
    const char *name;
    joist_site site;
} joist_join_options;
joist_coll joist_join_(joist_coll left, joist_coll right, const joist_type *pair,
                       const joist_join_options *o);

/* ---- joins: JOIST_PAIR(P, L, R) is a record of an L and an R, either of which may be absent -----
 *     JOIST_PAIR(order_customer, order, customer);
 *     order_customer_coll both = joist_join(order_customer, orders, customers,
 *         .left = JOIST_FIELDS(order, customer_id), .right = JOIST_FIELDS(customer, id));
 *
 * Without .how an inner join: a pair for each two elements of one key. JOIST_LEFT_JOIN adds a pair
 * for each left element that found none, JOIST_RIGHT_JOIN for each right one, JOIST_FULL_JOIN both.
 * The left elements of one key must fit into memory; the right ones are streamed. The keys are as
 * many fields of the same kinds.
 *
 * joist_cogroup (CoGroupByKey) takes the same arguments but .how, and gives P_group_coll: per key a
 * group of pairs with one side each, all left ones before all right ones (of a session: at each
 * instant). */
#define JOIST_PAIR(P, L, R)                                                                       \
    typedef struct P { L left; R right; bool has_left, has_right; } P;                            \
    JOIST_HANDLES_(P)                                                                             \
    static const joist_field P##_schema_[] = {                                                    \
        JOIST_DESC_(P, L, left, 0, .record = &L##_type)                                           \
        JOIST_DESC_(P, R, right, 0, .record = &R##_type)                                          \
        JOIST_DESC_(P, bool, has_left, 0) JOIST_DESC_(P, bool, has_right, 0) };                   \
    JOIST_TYPES_(P, static);                                                                      \
    typedef struct P##_join_options_ {                                                            \
        L##_fields left; R##_fields right; joist_join_how how; const char *name; \
        joist_site site_;                                                                         \
    } P##_join_options_;                                                                          \
    JOIST_INLINE joist_coll P##_join_(L##_coll left_, R##_coll right_, bool cogroup_,             \
                                      const P##_join_options_ *o_)                                \
    {                                                                                             \
        return joist_join_(left_.c, right_.c, &P##_type, &(joist_join_options){                   \
            o_->left.fields, o_->right.fields, o_->how, cogroup_, o_->name, o_->site_ });         \
    }                                                                                             \
    struct P##_semicolon_

#define joist_join(P, left, ...)                                                                  \
    ((P##_coll){ P##_join_(left, JOIST_HEAD_(__VA_ARGS__, 0), false,                              \
        &(P##_join_options_){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })
#define joist_cogroup(P, left, ...)                                                               \
    ((P##_group_coll){ P##_join_(left, JOIST_HEAD_(__VA_ARGS__, 0), true,                         \
        &(P##_join_options_){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) }) })

#ifdef __cplusplus
}
#endif
#endif
