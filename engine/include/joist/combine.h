/* SPDX-License-Identifier: Apache-2.0
 * CombineFns: aggregation in four functions, so that every worker can combine its share before
 * anything is moved (lifting), and shares can be combined in any order.
 *
 *     #define MEAN_SUM(F, T) F(T, double, sum, 0) F(T, int64_t, count, 0)
 *     JOIST_RECORD(mean_sum, MEAN_SUM);
 *
 *     #define MEAN(IN, ACC, OUT, CFG) IN(sale) ACC(mean_sum) OUT(shop_mean)
 *     JOIST_COMBINE_FN(mean, MEAN);
 *     static void mean_add(const mean_call *v, mean_sum *a, const sale *s) { … }
 *     static void mean_merge(const mean_call *v, mean_sum *a, const mean_sum *b) { … }
 *     static joist_status mean_extract(const mean_call *v, const mean_sum *a, const sale *key)
 *     {
 *         return shop_mean_emit(v->out, (shop_mean){ .shop = key->shop, .mean = … });
 *     }
 *     …
 *     shop_mean_coll means = JOIST_COMBINE(mean, sales, .key = JOIST_FIELDS(sale, shop));
 *
 * The accumulator is a record: over the memory limit it is encoded by its row coder. It begins as
 * zeroes, or as FN_create makes it (JOIST_COMBINE_FN_CREATE). `add` and `merge` must not depend on
 * the order of their calls if the result is to be the same in every run. What an accumulator points
 * to comes from `v->arena`, or in `merge` from the other one. One that was encoded and read back is
 * merged and extracted, never added to. `key` in `extract` is an input record with only the key's
 * fields set; it may emit any number of outputs. Without .key, all elements of a window are
 * combined into one; of an empty collection in the global window the combination of nothing is
 * emitted. `extract` has `v->ctx` as a DoFn has: joist_window_of(v->ctx), joist_reject(v->ctx, …).
 * A JOIST_COMBINE_FN must be in the program's table: joist_pipeline_def.combines. */
#ifndef JOIST_COMBINE_H
#define JOIST_COMBINE_H

#include "joist/dofn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the four functions get besides their accumulators. */
typedef struct joist_combine_call {
    joist_arena *arena;         /* lives as long as the accumulators of this call */
    const joist_type *type;     /* of the elements */
    const joist_fields *key;    /* count 0: everything */
    const void *config;
    const void *prepared;       /* what `prepare` made */
    const joist_position *at;   /* add: of the element; extract: of the group */
    joist_context *ctx;         /* extract */
    joist_port *port;           /* extract */
    joist_buffer *scratch;      /* add: the function's own, until it returns */
    const struct jst_arrival *arrival;      /* add: for joist_combine_place */
} joist_combine_call;

/* `add` only: appends the element's place in the input, bytes that order as the input does.
 * Elements made from one element by one step have one place; they are added one after another, in
 * the order they were emitted. */
void joist_combine_place(const joist_combine_call *c, joist_buffer *out);

typedef struct joist_combine {
    const char *name;
    const joist_type *in;       /* NULL: any record */
    const joist_type *acc;
    const joist_type *out;      /* NULL: the input's */
    const joist_type *config;
    /* Once per run, optional: what can be worked out from type and configuration. NULL with *e
     * filled refuses them. */
    const void *(*prepare)(const joist_type *type, const joist_fields *key, const void *config,
                           joist_arena *arena, joist_error *e);
    void (*create)(const joist_combine_call *c, void *acc);     /* optional; acc is zeroed */
    void (*add)(const joist_combine_call *c, void *acc, const void *element);
    void (*merge)(const joist_combine_call *c, void *acc, const void *other);
    joist_status (*extract)(const joist_combine_call *c, const void *acc, const void *key);
} joist_combine;

/* The library's own, NULL at the end (transforms/combines.c). */
extern const joist_combine *const joist_combines[];

typedef struct joist_combine_args {
    joist_coll in;
    const joist_combine *fn;
    const joist_type *out;      /* of what comes out */
    joist_fields key;
    const void *config;
    const char *name;           /* default: the CombineFn's, made unique */
    joist_site site;
} joist_combine_args;
joist_coll joist_combine_(const joist_combine_args *args);

#define JOIST_C_IN_(L, m)  L(m, JOIST_NONE1_, JOIST_NONE1_, JOIST_NONE1_)
#define JOIST_C_ACC_(L, m) L(JOIST_NONE1_, m, JOIST_NONE1_, JOIST_NONE1_)
#define JOIST_C_OUT_(L, m) L(JOIST_NONE1_, JOIST_NONE1_, m, JOIST_NONE1_)
#define JOIST_C_CFG_(L, m) L(JOIST_NONE1_, JOIST_NONE1_, JOIST_NONE1_, m)
#define JOIST_C_PTR_(T)      T *
#define JOIST_C_CONST_(T)    const T *
#define JOIST_C_FIELDS_(T)   T##_fields key;
#define JOIST_C_COLL_(T)     T##_coll
#define JOIST_C_PORT_(T)     T##_out out;
#define JOIST_C_TYPE_IN_(T)  .in = &T##_type,
#define JOIST_C_TYPE_ACC_(T) .acc = &T##_type,
#define JOIST_C_TYPE_OUT_(T) .out = &T##_type,
#define JOIST_C_CFGSET_(T)   v_.cfg = (const T *)c_->config;

#define JOIST_COMBINE_FN(FN, L) JOIST_COMBINE_FN_(FN, L, NULL)
#define JOIST_COMBINE_FN_CREATE(FN, L)                                                            \
    typedef struct FN##_call FN##_call;                                                           \
    static void FN##_create(const FN##_call *, JOIST_C_ACC_(L, JOIST_C_PTR_));                    \
    JOIST_COMBINE_FN_(FN, L, FN##_create)
#define JOIST_COMBINE_FN_(FN, L, CREATE)                                                          \
    _Static_assert((0 JOIST_C_IN_(L, JOIST_P_ONE_)) == 1, #FN " needs exactly one IN");           \
    _Static_assert((0 JOIST_C_ACC_(L, JOIST_P_ONE_)) == 1, #FN " needs exactly one ACC");         \
    _Static_assert((0 JOIST_C_OUT_(L, JOIST_P_ONE_)) == 1, #FN " needs exactly one OUT");         \
    typedef struct FN##_call FN##_call;                                                           \
    struct FN##_call {                                                                            \
        const joist_combine_call *call; joist_context *ctx; joist_arena *arena;                   \
        JOIST_C_OUT_(L, JOIST_C_PORT_) JOIST_C_CFG_(L, JOIST_P_CFGPTR_)                           \
    };                                                                                            \
    typedef struct FN##_args {                                                                    \
        JOIST_C_IN_(L, JOIST_C_FIELDS_) JOIST_C_CFG_(L, JOIST_P_CFGVAL_)                          \
        const char *name; joist_site site_;                                                       \
    } FN##_args;                                                                                  \
    static void FN##_add(const FN##_call *, JOIST_C_ACC_(L, JOIST_C_PTR_),                        \
                         JOIST_C_IN_(L, JOIST_C_CONST_));                                         \
    static void FN##_merge(const FN##_call *, JOIST_C_ACC_(L, JOIST_C_PTR_),                      \
                           JOIST_C_ACC_(L, JOIST_C_CONST_));                                      \
    static joist_status FN##_extract(const FN##_call *, JOIST_C_ACC_(L, JOIST_C_CONST_),          \
                                     JOIST_C_IN_(L, JOIST_C_CONST_));                             \
    JOIST_INLINE FN##_call FN##_call_of(const joist_combine_call *c_)                             \
    {                                                                                             \
        FN##_call v_; memset(&v_, 0, sizeof v_);                                                  \
        v_.call = c_; v_.ctx = c_->ctx; v_.arena = c_->arena; v_.out.port = c_->port;             \
        JOIST_C_CFG_(L, JOIST_C_CFGSET_)                                                          \
        return v_;                                                                                \
    }                                                                                             \
    JOIST_INLINE void FN##_create_any(const joist_combine_call *c_, void *acc_)                   \
    {                                                                                             \
        void (*create_)(const FN##_call *, JOIST_C_ACC_(L, JOIST_C_PTR_)) = CREATE;               \
        const FN##_call v_ = FN##_call_of(c_);                                                    \
        if (create_) create_(&v_, (JOIST_C_ACC_(L, JOIST_C_PTR_))acc_);                           \
    }                                                                                             \
    JOIST_INLINE void FN##_add_any(const joist_combine_call *c_, void *acc_, const void *e_)      \
    {                                                                                             \
        const FN##_call v_ = FN##_call_of(c_);                                                    \
        FN##_add(&v_, (JOIST_C_ACC_(L, JOIST_C_PTR_))acc_, (JOIST_C_IN_(L, JOIST_C_CONST_))e_);   \
    }                                                                                             \
    JOIST_INLINE void FN##_merge_any(const joist_combine_call *c_, void *acc_, const void *b_)    \
    {                                                                                             \
        const FN##_call v_ = FN##_call_of(c_);                                                    \
        FN##_merge(&v_, (JOIST_C_ACC_(L, JOIST_C_PTR_))acc_, (JOIST_C_ACC_(L, JOIST_C_CONST_))b_);\
    }                                                                                             \
    JOIST_INLINE joist_status FN##_extract_any(const joist_combine_call *c_, const void *acc_,    \
                                               const void *key_)                                  \
    {                                                                                             \
        const FN##_call v_ = FN##_call_of(c_);                                                    \
        return FN##_extract(&v_, (JOIST_C_ACC_(L, JOIST_C_CONST_))acc_,                           \
                            (JOIST_C_IN_(L, JOIST_C_CONST_))key_);                                \
    }                                                                                             \
    static const joist_combine FN##_combine JOIST_UNUSED = { .name = #FN,                         \
        JOIST_C_IN_(L, JOIST_C_TYPE_IN_) JOIST_C_ACC_(L, JOIST_C_TYPE_ACC_)                       \
        JOIST_C_OUT_(L, JOIST_C_TYPE_OUT_) JOIST_C_CFG_(L, JOIST_P_CFGTYPE_)                      \
        .create = FN##_create_any, .add = FN##_add_any, .merge = FN##_merge_any,                  \
        .extract = FN##_extract_any };                                                            \
    JOIST_INLINE JOIST_C_OUT_(L, JOIST_C_COLL_) FN##_apply(                                       \
        JOIST_C_IN_(L, JOIST_C_COLL_) in_, const FN##_args *a_)                                   \
    {                                                                                             \
        JOIST_C_OUT_(L, JOIST_C_COLL_) r_;                                                        \
        r_.c = joist_combine_(&(joist_combine_args){ .in = in_.c, .fn = &FN##_combine,            \
            .out = FN##_combine.out, .key = a_->key.fields,                                       \
            JOIST_C_CFG_(L, JOIST_P_CFGUSE_) .name = a_->name, .site = a_->site_ });              \
        return r_;                                                                                \
    }                                                                                             \
    struct FN##_semicolon_

/* JOIST_COMBINE(fn, input, .key = JOIST_FIELDS(…), .cfg = …, .name = "…"): one step of the
 * graph. */
#define JOIST_COMBINE(FN, ...)                                                                    \
    FN##_apply(JOIST_HEAD_(__VA_ARGS__, 0),                                                       \
               &(FN##_args){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) })

#ifdef __cplusplus
}
#endif
#endif
