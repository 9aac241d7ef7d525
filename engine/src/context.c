/* SPDX-License-Identifier: Apache-2.0
 * What the engine offers while an element is processed. */
#include "chain.h"

#include <stdarg.h>
#include <stdio.h>

static jst_context *inner(joist_context *ctx)
{
    return (jst_context *)(void *)ctx;
}

static const jst_context *inner_const(const joist_context *ctx)
{
    return (const jst_context *)(const void *)ctx;
}

joist_arena *joist_context_arena(joist_context *ctx)
{
    return inner(ctx)->worker->arena;
}

void *joist_alloc(joist_context *ctx, size_t size)
{
    return joist_arena_alloc(inner(ctx)->worker->arena, size);
}

static joist_text print(joist_arena *arena, const char *fmt, va_list args)
{
    char text[2048];
    int len = vsnprintf(text, sizeof text, fmt, args);
    size_t kept = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    return joist_arena_text(arena, (joist_text){ text, kept });
}

joist_text joist_printf(joist_context *ctx, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    size_t size = len < 0 ? 0 : (size_t)len;
    char *text = joist_alloc(ctx, size + 1);
    vsnprintf(text, size + 1, fmt, again);
    va_end(again);
    va_end(args);
    return (joist_text){ text, size };
}

joist_time joist_now(const joist_context *ctx)
{
    return inner_const(ctx)->worker->run->now;
}

joist_text joist_run_id(const joist_context *ctx)
{
    return inner_const(ctx)->worker->run->id;
}

/* A code that no table explains is a mistake of the program, not of the data. */
static joist_status unknown_code(jst_context *c, const char *code)
{
    joist_fail_with(&c->error, JOIST_FATAL,
                    "step '%.*s' (%.*s:%d) rejects with the code '%s', which is in no table: add "
                    "it to the pipeline's codes",
                    JOIST_ARG(c->node->name), JST_AT(c->node), code);
    return JOIST_FAILED;
}

/* A side input is whole or the run has none: a reject here would turn into many further on. */
static joist_status no_dead_letters(jst_context *c, const jst_rejected *r)
{
    const joist_position *at = c->pub.position;
    joist_text uri = at && at->origin ? at->origin->uri : JOIST_TEXT("?");
    return joist_fail_with(&c->error, JOIST_FATAL, "%.*s:%llu: %.*s (%s; a side input must be "
                           "whole; step '%.*s', %.*s:%d)", JOIST_ARG(uri),
                           (unsigned long long)(at ? at->line : 0), JOIST_ARG(r->message), r->code,
                           JOIST_ARG(c->node->name), JST_AT(c->node));
}

/* A side input without content is whole: whether nothing will do is the reader's business. */
static bool is_blank(const jst_rejected *r)
{
    return strcmp(r->code, "empty") == 0;
}

static joist_status reject(jst_context *c, jst_rejected *r)
{
    size_t code = jst_code_index(c->worker->run, r->code);
    if (code == JST_MOST_CODES)
        return unknown_code(c, r->code);
    if (c->chain->stage->side_only && is_blank(r)) {
        c->chain->blank++;
        return JOIST_REJECTED;
    }
    if (c->chain->stage->side_only)
        return no_dead_letters(c, r);
    r->node = c->node;
    r->at = c->pub.position;
    size_t node = jst_node_index(c->worker->run->plan, c->node);
    jst_tick_add(&c->worker->counts[node].rejected[code], 1);
    jst_dead_add(c->worker, r);
    c->rejected = true;
    return JOIST_REJECTED;
}

/* Of a group, whose values are gone, its key. */
static jst_rejected this_element(const jst_context *c)
{
    const joist_line_group *group = c->pub.element;     /* every T_group is alike */
    if (c->type && c->type->shape == JOIST_SHAPE_GROUP && group)
        return (jst_rejected){ .type = c->type->values, .element = group->key };
    return (jst_rejected){ .type = c->type, .element = c->pub.element };
}

joist_status joist_reject(joist_context *ctx, const char *code, const char *fmt, ...)
{
    jst_context *c = inner(ctx);
    va_list args;
    va_start(args, fmt);
    joist_text message = print(c->worker->arena, fmt, args);
    va_end(args);
    jst_rejected r = this_element(c);
    r.code = code;
    r.message = message;
    return reject(c, &r);
}

joist_status joist_reject_raw(joist_context *ctx, const char *code, joist_bytes raw, size_t at,
                              const char *fmt, ...)
{
    jst_context *c = inner(ctx);
    va_list args;
    va_start(args, fmt);
    joist_text why = print(c->worker->arena, fmt, args);
    va_end(args);
    joist_text message =
        joist_arena_printf(c->worker->arena, "%.*s (byte %zu)", JOIST_ARG(why), at);
    return reject(c, &(jst_rejected){ .code = code, .message = message, .raw = raw });
}

joist_status joist_fail(joist_context *ctx, const char *fmt, ...)
{
    jst_context *c = inner(ctx);
    va_list args;
    va_start(args, fmt);
    joist_text why = print(c->worker->arena, fmt, args);
    va_end(args);
    const joist_position *at = c->pub.position;
    joist_text where = !at || !at->origin ? JOIST_TEXT("")
        : joist_arena_printf(c->worker->arena, "%.*s:%llu: ", JOIST_ARG(at->origin->uri),
                             (unsigned long long)at->line);
    return joist_fail_with(&c->error, JOIST_FATAL, "%.*s%.*s (step '%.*s', %.*s:%d)",
                           JOIST_ARG(where), JOIST_ARG(why), JOIST_ARG(c->node->name),
                           JST_AT(c->node));
}

joist_position *jst_position_copy(joist_context *ctx)
{
    const jst_context *c = inner(ctx);
    const joist_position *from = ctx->position;
    size_t size = jst_position_grouped(c->chain->stage, from) ? sizeof(jst_group_position)
                                                              : sizeof *from;
    return memcpy(joist_arena_alloc(c->worker->arena, size), from, size);
}

joist_status joist_port_emit_at(joist_port *port, const void *record, size_t size,
                                int64_t timestamp_ms)
{
    const joist_position *before = port->ctx->position;
    joist_position *at = jst_position_copy(port->ctx);
    at->timestamp_ms = timestamp_ms;
    port->ctx->position = at;
    joist_port_emit(port, record, size);
    port->ctx->position = before;
    return JOIST_OK;
}

/* ---- batches: the same for sources ----------------------------------------------------------- */

joist_arena *joist_batch_arena(joist_batch *b)
{
    return inner(b->ctx)->worker->arena;
}

joist_position *joist_batch_position(joist_batch *b, const joist_origin *origin, uint64_t offset,
                                     uint64_t line, uint64_t record)
{
    /* What comes out of a shuffle has group positions, also if ranges are what it held. */
    jst_group_position *g = joist_arena_alloc(joist_batch_arena(b), sizeof *g);
    *g = (jst_group_position){ { origin, offset, line, record, JOIST_TIMESTAMP_MIN,
                                 JOIST_GLOBAL_WINDOW }, JOIST_TEXT("") };
    return &g->at;
}

void joist_batch_emit(joist_batch *b, const joist_position *at, const void *record, size_t size)
{
    jst_context *c = inner(b->ctx);
    c->pub.position = at;
    b->records++;
    b->size += size;
    joist_port_emit(b->port, record, c->chain->outlets[0].size);
}

void joist_batch_reject(joist_batch *b, const joist_position *at, const char *code, joist_bytes raw,
                        const char *fmt, ...)
{
    jst_context *c = inner(b->ctx);
    va_list args;
    if (c->chain->stage->side_only && strcmp(code, "empty") == 0)
        return;     /* no part of a side input is missing; that all of it may be is judged later */
    va_start(args, fmt);
    joist_text message = print(c->worker->arena, fmt, args);
    va_end(args);
    c->pub.position = at;
    b->records++;
    if (reject(c, &(jst_rejected){ .code = code, .message = message, .raw = raw }) == JOIST_FAILED)
        jst_run_fail(c->worker->run, &c->error);
}
