/* SPDX-License-Identifier: Apache-2.0
 * DoFns: a port list, a body, and what the engine offers while an element is processed.
 *
 *     #define VALIDATE(IN, OUT, SIDE, CFG, STATE)                          \
 *         IN(event) OUT(event, ok) OUT(event, late)                        \
 *         SIDE(project, projects) CFG(limits) STATE(seen)
 *     JOIST_DOFN(validate, VALIDATE);
 *     static joist_status validate_process(const validate_call *v, const event *e)
 *     {
 *         if (!project_get(v->side.projects, e->hash))
 *             return joist_reject(v->ctx, "unknown_project", "no project has the hash %.*s",
 *                                 JOIST_ARG(e->hash));
 *         return event_emit(v->out.ok, *e);
 *     }
 *
 * `v->out.PORT` are the outputs, `v->side.NAME` the side inputs, `v->cfg` the configuration (a
 * const pointer), `v->state` this worker's own struct, zeroed before setup. Every DoFn has at least
 * one OUT; IN comes first and once, CFG and STATE at most once.
 *
 * Lifecycle, all optional: declare the hooks with JOIST_HOOK(validate, setup), then
 * JOIST_DOFN_LIFECYCLE(validate, VALIDATE, .setup = validate_setup, .start_bundle = …,
 * .finish_bundle = …, .teardown = …), each a `static joist_status validate_setup(const
 * validate_call *)`. finish_bundle may emit; setup and teardown may not. */
#ifndef JOIST_DOFN_H
#define JOIST_DOFN_H

#include "joist/record.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct joist_port_spec { const char *name; const joist_type *type; } joist_port_spec;

/* One bundle as the engine hands it to generated code. */
typedef struct joist_frame {
    joist_context *ctx;
    const void *elements;
    const joist_position *const *positions;
    size_t count;
    size_t next;                /* out: the element at which a status other than OK was returned */
    joist_port *outs;           /* dofn->outs_count of them */
    const joist_side *sides;    /* dofn->sides_count of them */
    const void *config;
    void *state;
} joist_frame;

typedef enum joist_phase {
    JOIST_SETUP, JOIST_START_BUNDLE, JOIST_FINISH_BUNDLE, JOIST_TEARDOWN
} joist_phase;

typedef struct joist_dofn {
    const char *name;
    const joist_type *in;
    const joist_port_spec *outs;  size_t outs_count;
    const joist_port_spec *sides; size_t sides_count;
    const joist_type *config;
    size_t state_size;
    joist_status (*bundle)(joist_frame *frame);
    joist_status (*lifecycle)(joist_frame *frame, joist_phase phase);
} joist_dofn;

/* ---- inside a DoFn --------------------------------------------------------------------------- */
/* Sets the current element aside as a dead letter: `code` must be in the pipeline's table of codes.
 * Returns JOIST_REJECTED, to be returned. */
joist_status joist_reject(joist_context *ctx, const char *code, const char *fmt, ...)
    JOIST_PRINTF(3, 4);

/* The same for an element whose bytes did not decode: the dead letter shows `raw` (at most 64 KiB
 * of it), and the message the place `at` bytes into it. */
joist_status joist_reject_raw(joist_context *ctx, const char *code, joist_bytes raw, size_t at,
                              const char *fmt, ...) JOIST_PRINTF(5, 6);

/* Ends the run, exit 1, before any commit. Returns JOIST_FAILED, to be returned. */
joist_status joist_fail(joist_context *ctx, const char *fmt, ...) JOIST_PRINTF(2, 3);

void *joist_alloc(joist_context *ctx, size_t size);  /* lives as long as the bundle; not zeroed */
joist_arena *joist_context_arena(joist_context *ctx);     /* the bundle's arena itself */
joist_text joist_printf(joist_context *ctx, const char *fmt, ...) JOIST_PRINTF(2, 3);
joist_time joist_now(const joist_context *ctx);  /* the run's start: one clock reading per run */
joist_text joist_run_id(const joist_context *ctx);
/* Numbers of this step's own, for the summary and --metrics-out; up to 64 names a step, whatever
 * they are, or the run fails. Each worker has its own, without locks: call them per element. */
void joist_count_add(joist_context *ctx, const char *counter, int64_t n);
/* how many values there were, their sum, the smallest and the greatest */
void joist_distribution_update(joist_context *ctx, const char *name, int64_t value);
/* the value set last, by whichever worker */
void joist_gauge_set(joist_context *ctx, const char *name, int64_t value);

JOIST_INLINE const joist_position *joist_where(const joist_context *ctx) { return ctx->position; }

/* ---- the macros ------------------------------------------------------------------------------ */
#define JOIST_NONE1_(a)
#define JOIST_NONE2_(a, b)
#define JOIST_P_PARAM_(T)      const T *
#define JOIST_P_ELEMENTS_(T)   const T *elements_ = (const T *)f_->elements;
#define JOIST_P_TYPE_(T)       .in = &T##_type,
#define JOIST_P_IN_(T)         T##_coll in_,
#define JOIST_P_OUT_(T, name)  T##_out name;
#define JOIST_P_COLL_(T, name) T##_coll name;
#define JOIST_P_SIDE_(T, name) T##_map name;
#define JOIST_P_PORT_(T, name) { #name, &T##_type },
#define JOIST_P_BIND_(T, name) v_.out.name.port = port_++;
#define JOIST_P_VIEW_(T, name) v_.side.name.side = *side_++;
#define JOIST_P_GIVE_(T, name) side_[n_++] = a_->side.name.side;
#define JOIST_P_TAKE_(T, name) r_.name.c = *out_++;
#define JOIST_P_COUNT_(T, name) +1
#define JOIST_P_ONE_(T)        +1
#define JOIST_P_CFGPTR_(T)     const T *cfg;
#define JOIST_P_CFGVAL_(T)     T cfg;
#define JOIST_P_CFGTYPE_(T)    .config = &T##_type,
#define JOIST_P_CFGSET_(T)     v_.cfg = (const T *)f_->config;
#define JOIST_P_CFGUSE_(T)     .config = &a_->cfg,
#define JOIST_P_STATE_(T)      T *state;
#define JOIST_P_STATESET_(T)   v_.state = (T *)f_->state;
#define JOIST_P_STATESIZE_(T)  .state_size = sizeof(T),
#define JOIST_L_IN_(L, m)      L(m, JOIST_NONE2_, JOIST_NONE2_, JOIST_NONE1_, JOIST_NONE1_)
#define JOIST_L_OUT_(L, m)     L(JOIST_NONE1_, m, JOIST_NONE2_, JOIST_NONE1_, JOIST_NONE1_)
#define JOIST_L_SIDE_(L, m)    L(JOIST_NONE1_, JOIST_NONE2_, m, JOIST_NONE1_, JOIST_NONE1_)
#define JOIST_L_CFG_(L, m)     L(JOIST_NONE1_, JOIST_NONE2_, JOIST_NONE2_, m, JOIST_NONE1_)
#define JOIST_L_STATE_(L, m)   L(JOIST_NONE1_, JOIST_NONE2_, JOIST_NONE2_, JOIST_NONE1_, m)

#define JOIST_HOOK(FN, hook)                                                                      \
    typedef struct FN##_call FN##_call;                                                           \
    static joist_status FN##_##hook(const FN##_call *)
#define JOIST_DOFN(FN, L) JOIST_DOFN_LIFECYCLE(FN, L, .setup = NULL)
#define JOIST_DOFN_LIFECYCLE(FN, L, ...)                                                          \
    _Static_assert((0 JOIST_L_IN_(L, JOIST_P_ONE_)) == 1, #FN " needs exactly one IN");           \
    _Static_assert((0 JOIST_L_OUT_(L, JOIST_P_COUNT_)) >= 1, #FN " needs at least one OUT");      \
    _Static_assert((0 JOIST_L_CFG_(L, JOIST_P_ONE_)) <= 1, #FN " has more than one CFG");         \
    _Static_assert((0 JOIST_L_STATE_(L, JOIST_P_ONE_)) <= 1, #FN " has more than one STATE");     \
    typedef struct FN##_call FN##_call;                                                           \
    struct FN##_call {                                                                            \
        joist_context *ctx;                                                                       \
        struct FN##_outputs { JOIST_L_OUT_(L, JOIST_P_OUT_) } out;                                \
        struct FN##_sides { JOIST_L_SIDE_(L, JOIST_P_SIDE_) char none_; } side;                   \
        JOIST_L_CFG_(L, JOIST_P_CFGPTR_) JOIST_L_STATE_(L, JOIST_P_STATE_)                        \
    };                                                                                            \
    typedef struct FN##_args {                                                                    \
        struct FN##_sides side;                                                                   \
        JOIST_L_CFG_(L, JOIST_P_CFGVAL_)                                                          \
        const char *name; joist_site site_;                                                       \
    } FN##_args;                                                                                  \
    typedef struct FN##_result { JOIST_L_OUT_(L, JOIST_P_COLL_) } FN##_result;                    \
    typedef struct FN##_hooks {                                                                   \
        joist_status (*setup)(const FN##_call *), (*start_bundle)(const FN##_call *),             \
                     (*finish_bundle)(const FN##_call *), (*teardown)(const FN##_call *);         \
    } FN##_hooks;                                                                                 \
    static joist_status FN##_process(const FN##_call *, JOIST_L_IN_(L, JOIST_P_PARAM_));          \
    JOIST_INLINE FN##_call FN##_bind(const joist_frame *f_)                                       \
    {                                                                                             \
        FN##_call v_; memset(&v_, 0, sizeof v_);                                                  \
        joist_port *port_ = f_->outs; const joist_side *side_ = f_->sides;                        \
        (void)side_; v_.ctx = f_->ctx;                                                            \
        JOIST_L_OUT_(L, JOIST_P_BIND_) JOIST_L_SIDE_(L, JOIST_P_VIEW_)                            \
        JOIST_L_CFG_(L, JOIST_P_CFGSET_) JOIST_L_STATE_(L, JOIST_P_STATESET_)                     \
        return v_;                                                                                \
    }                                                                                             \
    static joist_status FN##_bundle(joist_frame *f_)                                              \
    {                                                                                             \
        const FN##_call v_ = FN##_bind(f_);                                                       \
        JOIST_L_IN_(L, JOIST_P_ELEMENTS_)                                                         \
        for (size_t i_ = f_->next; i_ < f_->count; i_++) {                                        \
            f_->ctx->position = f_->positions[i_];                                                \
            f_->ctx->element = &elements_[i_];                                                    \
            joist_status s_ = FN##_process(&v_, &elements_[i_]);                                  \
            if (!JOIST_LIKELY(s_ == JOIST_OK)) { f_->next = i_; return s_; }                      \
        }                                                                                         \
        f_->next = f_->count;                                                                     \
        return JOIST_OK;                                                                          \
    }                                                                                             \
    static joist_status FN##_lifecycle(joist_frame *f_, joist_phase phase_)                       \
    {                                                                                             \
        static const FN##_hooks hooks_ = { __VA_ARGS__ };                                         \
        joist_status (*hook_)(const FN##_call *) =                                                \
            phase_ == JOIST_SETUP ? hooks_.setup                                                  \
            : phase_ == JOIST_START_BUNDLE ? hooks_.start_bundle                                  \
            : phase_ == JOIST_FINISH_BUNDLE ? hooks_.finish_bundle : hooks_.teardown;             \
        if (!hook_) return JOIST_OK;                                                              \
        const FN##_call v_ = FN##_bind(f_);                                                       \
        return hook_(&v_);                                                                        \
    }                                                                                             \
    static const joist_port_spec FN##_ports_[] = { JOIST_L_OUT_(L, JOIST_P_PORT_) };              \
    static const joist_port_spec FN##_views_[] =                                                  \
        { JOIST_L_SIDE_(L, JOIST_P_PORT_) { NULL, NULL } };                                       \
    static const joist_dofn FN##_dofn JOIST_UNUSED = { .name = #FN,                               \
        JOIST_L_IN_(L, JOIST_P_TYPE_)                                                             \
        .outs = FN##_ports_, .outs_count = sizeof FN##_ports_ / sizeof FN##_ports_[0],            \
        .sides = FN##_views_, .sides_count = sizeof FN##_views_ / sizeof FN##_views_[0] - 1,      \
        JOIST_L_CFG_(L, JOIST_P_CFGTYPE_) JOIST_L_STATE_(L, JOIST_P_STATESIZE_)                   \
        .bundle = FN##_bundle, .lifecycle = FN##_lifecycle };                                     \
    JOIST_INLINE FN##_result FN##_apply(JOIST_L_IN_(L, JOIST_P_IN_) const FN##_args *a_)          \
    {                                                                                             \
        joist_coll outs_[0 JOIST_L_OUT_(L, JOIST_P_COUNT_)], *out_ = outs_;                       \
        joist_side side_[1 JOIST_L_SIDE_(L, JOIST_P_COUNT_)]; size_t n_ = 0; (void)n_;            \
        JOIST_L_SIDE_(L, JOIST_P_GIVE_)                                                           \
        joist_apply_(&(joist_apply_args){ .in = in_.c, .dofn = &FN##_dofn, .sides = side_,        \
            JOIST_L_CFG_(L, JOIST_P_CFGUSE_) .name = a_->name, .outs = outs_, .site = a_->site_ });\
        FN##_result r_;                                                                           \
        JOIST_L_OUT_(L, JOIST_P_TAKE_)                                                            \
        return r_;                                                                                \
    }                                                                                             \
    struct FN##_semicolon_

/* JOIST_APPLY(fn, input, .side.x = …, .cfg = …, .name = "…"): one step of the graph; the result has
 * a member per output port. The input is a real function argument, so a wrong one is a hard
 * error. */
#define JOIST_APPLY(FN, ...)                                                                      \
    FN##_apply(JOIST_HEAD_(__VA_ARGS__, 0),                                                       \
               &(FN##_args){ JOIST_TAIL_(__VA_ARGS__, .site_ = JOIST_SITE) })
#define JOIST_HEAD_(x, ...) x
#define JOIST_TAIL_(x, ...) __VA_ARGS__

typedef struct joist_apply_args {
    joist_coll in;
    const joist_dofn *dofn;
    const joist_side *sides;
    const void *config;
    const char *name;           /* default: the DoFn's, made unique */
    joist_coll *outs;
    joist_site site;
} joist_apply_args;
void joist_apply_(const joist_apply_args *args);

#ifdef __cplusplus
}
#endif
#endif
