/* SPDX-License-Identifier: Apache-2.0
 * What an element carries besides its value is in its position, so a step that changes a timestamp
 * or a window emits the same struct with another position. */
#include "assign.h"
#include "chain.h"

__extension__ typedef __int128 wide;

typedef struct assign {
    const joist_type *type;
    uint32_t time;              /* timestamp: offset of the field */
    bool sessions, global;
    int64_t size_ms, period_ms, offset_ms;
} assign;

static const void *element_at(const joist_frame *f, const assign *a, size_t i)
{
    return (const char *)f->elements + i * a->type->size;
}

static void enter(joist_frame *f, const assign *a, size_t i)
{
    f->next = i;
    f->ctx->position = f->positions[i];
    f->ctx->element = element_at(f, a, i);
}

/* ---- timestamps ------------------------------------------------------------------------------ */

static joist_status timestamp_bundle(joist_frame *f)
{
    const assign *a = f->config;
    for (size_t i = f->next; i < f->count; i++) {
        joist_time t;
        enter(f, a, i);
        memcpy(&t, (const char *)element_at(f, a, i) + a->time, sizeof t);
        if (!t.set)
            return joist_reject(f->ctx, "no_timestamp", "the element has no time");
        joist_port_emit_at(f->outs, element_at(f, a, i), a->type->size, t.ms);
    }
    f->next = f->count;
    return JOIST_OK;
}

/* ---- windows --------------------------------------------------------------------------------- */

/* Windows that reach beyond int64 are cut off there. */
static int64_t clamp(wide ms)
{
    return ms < INT64_MIN ? INT64_MIN : ms > INT64_MAX ? INT64_MAX : (int64_t)ms;
}

/* The start of the last window that holds t. */
static wide last_start(const assign *a, int64_t t)
{
    wide rest = ((wide)t - a->offset_ms) % a->period_ms;
    return t - (rest < 0 ? rest + a->period_ms : rest);
}

static void emit_in(joist_frame *f, const assign *a, joist_window w)
{
    const joist_position *before = f->ctx->position;
    joist_position *at = jst_position_copy(f->ctx);
    at->window = w;
    f->ctx->position = at;
    joist_port_emit(f->outs, f->ctx->element, a->type->size);
    f->ctx->position = before;
}

/* As Beam lists them: the latest first. */
static void emit_windows(joist_frame *f, const assign *a, int64_t t)
{
    for (wide start = last_start(a, t); start + a->size_ms > t; start -= a->period_ms)
        emit_in(f, a, (joist_window){ clamp(start), clamp(start + a->size_ms) });
}

static joist_status window_bundle(joist_frame *f)
{
    const assign *a = f->config;
    for (size_t i = f->next; i < f->count; i++) {
        enter(f, a, i);
        int64_t t = f->ctx->position->timestamp_ms;
        if (a->global)
            emit_in(f, a, JOIST_GLOBAL_WINDOW);
        else if (a->sessions)
            emit_in(f, a, (joist_window){ t, clamp((wide)t + a->size_ms) });
        else
            emit_windows(f, a, t);
    }
    f->next = f->count;
    return JOIST_OK;
}

static joist_status nothing_to_do(joist_frame *f, joist_phase phase)
{
    (void)f;
    (void)phase;
    return JOIST_OK;
}

const joist_dofn *jst_assign_dofn(const jst_node *n, const joist_type *type, joist_arena *arena,
                                  const void **config)
{
    assign *a = joist_arena_zalloc(arena, sizeof *a);
    joist_port_spec *out = joist_arena_alloc(arena, sizeof *out);
    joist_dofn *fn = joist_arena_zalloc(arena, sizeof *fn);
    bool window = jst_op_of(n->op) == JST_WINDOW;
    *a = (assign){ .type = type, .time = window ? 0 : joist_type_field(type, n->time)->offset,
                   .sessions = joist_text_equal(n->windowing, JOIST_TEXT("sessions")),
                   .global = joist_text_equal(n->windowing, JOIST_TEXT("global")),
                   .size_ms = n->size_ms, .period_ms = n->period_ms, .offset_ms = n->offset_ms };
    *out = (joist_port_spec){ "out", type };
    *fn = (joist_dofn){ .name = jst_op_name(jst_op_of(n->op)), .in = type, .outs = out,
                        .outs_count = 1, .bundle = window ? window_bundle : timestamp_bundle,
                        .lifecycle = nothing_to_do };
    *config = a;
    return fn;
}
