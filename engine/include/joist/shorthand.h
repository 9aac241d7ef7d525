/* SPDX-License-Identifier: Apache-2.0
 * Small steps and larger ones: DoFns of one plain function, and names for groups of steps.
 *
 *     JOIST_MAP(shout, word, word);
 *     static word shout_map(const word *w) { … }
 *
 *     JOIST_FILTER(is_long, word);
 *     static bool is_long_keep(const word *w) { return w->text.len > 10; }
 *
 *     JOIST_FLAT_MAP(split, joist_line, word);
 *     static void split_flat_map(const joist_line *l, word_out out) { … word_emit(out, …); … }
 *
 *     JOIST_PARTITION(by_size, word, small, large);
 *     static int by_size_partition(const word *w) { return w->text.len > 10 ? by_size_large
 *                                                                          : by_size_small; }
 *
 *     word_coll loud = JOIST_APPLY(shout, words);
 *     by_size_result parts = JOIST_APPLY(by_size, words);      // parts.small, parts.large
 *
 * Each makes NAME_dofn for the program's table. What they cannot do (reject, side inputs, state,
 * memory of the bundle) a JOIST_DOFN can. */
#ifndef JOIST_SHORTHAND_H
#define JOIST_SHORTHAND_H

#include "joist/dofn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One input, ports in FN##_ports_; BODY handles the element `e_` with the ports `outs_`. */
#define JOIST_SIMPLE_DOFN_(FN, A, BODY)                                                           \
    static joist_status FN##_bundle(joist_frame *f_)                                              \
    {                                                                                             \
        const A *all_ = (const A *)f_->elements; joist_port *outs_ = f_->outs;                    \
        for (size_t i_ = f_->next; i_ < f_->count; i_++) {                                        \
            const A *e_ = &all_[i_];                                                              \
            f_->ctx->position = f_->positions[i_];                                                \
            f_->ctx->element = e_;                                                                \
            BODY                                                                                  \
        }                                                                                         \
        f_->next = f_->count;                                                                     \
        return JOIST_OK;                                                                          \
    }                                                                                             \
    static joist_status FN##_lifecycle(joist_frame *f_, joist_phase phase_)                       \
    { (void)f_; (void)phase_; return JOIST_OK; }                                                  \
    static const joist_dofn FN##_dofn JOIST_UNUSED = { .name = #FN, .in = &A##_type,              \
        .outs = FN##_ports_, .outs_count = sizeof FN##_ports_ / sizeof FN##_ports_[0],            \
        .bundle = FN##_bundle, .lifecycle = FN##_lifecycle };                                     \
    typedef struct FN##_args { const char *name; joist_site site_; } FN##_args;                   \
    JOIST_INLINE void FN##_add_(joist_coll in_, joist_coll *outs_, const FN##_args *a_)           \
    {                                                                                             \
        joist_apply_(&(joist_apply_args){ .in = in_, .dofn = &FN##_dofn, .name = a_->name,        \
                                          .outs = outs_, .site = a_->site_ });                    \
    }
#define JOIST_ONE_PORT_(FN, A, B)                                                                 \
    static const joist_port_spec FN##_ports_[] = { { "out", &B##_type } };
#define JOIST_ONE_APPLY_(FN, A, B)                                                                \
    JOIST_INLINE B##_coll FN##_apply(A##_coll in_, const FN##_args *a_)                           \
    {                                                                                             \
        B##_coll r_;                                                                              \
        FN##_add_(in_.c, &r_.c, a_);                                                              \
        return r_;                                                                                \
    }                                                                                             \
    struct FN##_semicolon_

#define JOIST_MAP(FN, A, B)                                                                       \
    static B FN##_map(const A *);                                                                 \
    JOIST_ONE_PORT_(FN, A, B)                                                                     \
    JOIST_SIMPLE_DOFN_(FN, A, { B##_out o_; o_.port = outs_; B##_emit(o_, FN##_map(e_)); })       \
    JOIST_ONE_APPLY_(FN, A, B)

#define JOIST_FILTER(FN, A)                                                                       \
    static bool FN##_keep(const A *);                                                             \
    JOIST_ONE_PORT_(FN, A, A)                                                                     \
    JOIST_SIMPLE_DOFN_(FN, A, { if (FN##_keep(e_)) joist_port_emit(outs_, e_, sizeof *e_); })     \
    JOIST_ONE_APPLY_(FN, A, A)

#define JOIST_FLAT_MAP(FN, A, B)                                                                  \
    static void FN##_flat_map(const A *, B##_out);                                                \
    JOIST_ONE_PORT_(FN, A, B)                                                                     \
    JOIST_SIMPLE_DOFN_(FN, A, { B##_out o_; o_.port = outs_; FN##_flat_map(e_, o_); })            \
    JOIST_ONE_APPLY_(FN, A, B)

/* 2 to 8 parts; NAME_partition answers with one of NAME_part. */
#define JOIST_PARTITION(FN, A, ...)                                                               \
    _Static_assert(JOIST_COUNT_(__VA_ARGS__) > 1, #FN ": JOIST_PARTITION takes 2 to 8 parts");    \
    enum { JOIST_PARTS_(JOIST_PART_NAME_, FN, A, __VA_ARGS__) };                                  \
    typedef struct FN##_result { JOIST_PARTS_(JOIST_PART_COLL_, FN, A, __VA_ARGS__) } FN##_result;\
    static int FN##_partition(const A *);                                                         \
    static const joist_port_spec FN##_ports_[] =                                                  \
        { JOIST_PARTS_(JOIST_PART_PORT_, FN, A, __VA_ARGS__) };                                   \
    JOIST_SIMPLE_DOFN_(FN, A, {                                                                   \
        int part_ = FN##_partition(e_);                                                           \
        if (part_ < 0 || part_ >= JOIST_COUNT_(__VA_ARGS__))                                      \
            return joist_fail(f_->ctx, "%s has no part %d", #FN, part_);                          \
        joist_port_emit(&outs_[part_], e_, sizeof *e_); })                                        \
    JOIST_INLINE FN##_result FN##_apply(A##_coll in_, const FN##_args *a_)                        \
    {                                                                                             \
        joist_coll outs_[JOIST_COUNT_(__VA_ARGS__)], *out_ = outs_;                               \
        FN##_result r_;                                                                           \
        FN##_add_(in_.c, outs_, a_);                                                              \
        JOIST_PARTS_(JOIST_PART_TAKE_, FN, A, __VA_ARGS__)                                        \
        return r_;                                                                                \
    }                                                                                             \
    struct FN##_semicolon_
#define JOIST_PART_NAME_(FN, A, part) FN##_##part,
#define JOIST_PART_COLL_(FN, A, part) A##_coll part;
#define JOIST_PART_PORT_(FN, A, part) { #part, &A##_type },
#define JOIST_PART_TAKE_(FN, A, part) r_.part.c = *out_++;
#define JOIST_PARTS_(m, FN, A, ...)                                                               \
    JOIST_JOIN_(JOIST_PARTS, JOIST_COUNT_(__VA_ARGS__))(m, FN, A, __VA_ARGS__)
#define JOIST_PARTS1(m, FN, A, a)      m(FN, A, a)
#define JOIST_PARTS2(m, FN, A, a, b)   m(FN, A, a) m(FN, A, b)
#define JOIST_PARTS3(m, FN, A, a, ...) m(FN, A, a) JOIST_PARTS2(m, FN, A, __VA_ARGS__)
#define JOIST_PARTS4(m, FN, A, a, ...) m(FN, A, a) JOIST_PARTS3(m, FN, A, __VA_ARGS__)
#define JOIST_PARTS5(m, FN, A, a, ...) m(FN, A, a) JOIST_PARTS4(m, FN, A, __VA_ARGS__)
#define JOIST_PARTS6(m, FN, A, a, ...) m(FN, A, a) JOIST_PARTS5(m, FN, A, __VA_ARGS__)
#define JOIST_PARTS7(m, FN, A, a, ...) m(FN, A, a) JOIST_PARTS6(m, FN, A, __VA_ARGS__)
#define JOIST_PARTS8(m, FN, A, a, ...) m(FN, A, a) JOIST_PARTS7(m, FN, A, __VA_ARGS__)

/* ---- composite transforms ----------------------------------------------------------------------
 * A composite is a function of the program that takes and returns collections; JOIST_SCOPE puts its
 * name before those of the steps made in its block, so that it can be applied twice:
 *
 *     static visit_coll sessionise(joist_pipeline *p, hit_coll hits, const char *name)
 *     {
 *         visit_coll visits = { 0 };
 *         JOIST_SCOPE(p, name) {
 *             hit_coll windowed = joist_window_into(hit, hits, .gap_ms = JOIST_MINUTES(30));
 *             visits = JOIST_APPLY(…).visits;
 *         }
 *         return visits;
 *     }
 *
 * makes the steps NAME/window_hit, NAME/… Scopes nest. Leave the block at its end only. */
typedef struct joist_scope { joist_pipeline *p; size_t before; bool open; } joist_scope;
joist_scope joist_scope_begin(joist_pipeline *p, const char *name);
void joist_scope_end(joist_scope *scope);
#define JOIST_SCOPE(p, name)                                                                      \
    for (joist_scope scope_ = joist_scope_begin(p, name); scope_.open; joist_scope_end(&scope_))

#ifdef __cplusplus
}
#endif
#endif
