/* SPDX-License-Identifier: Apache-2.0
 * What goes into the pipelines that are compared with Beam, and how results are shown: one row of
 * key, value as text, window and timestamp, the same as oracle.py writes. Of a group values are
 * sorted, because Beam has no order. */
#ifndef BEAM_ROWS_H
#define BEAM_ROWS_H

#include <joist.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT(F, T)                                                                               \
    F(T, joist_text, key) F(T, joist_int, n) F(T, joist_text, x, 0, .help = "a float, or nan")    \
    F(T, int64_t, ms) F(T, joist_text, side) F(T, int64_t, id)
JOIST_RECORD(input, INPUT);

#define ITEM(F, T)                                                                                \
    F(T, joist_text, key) F(T, joist_int, n) F(T, joist_float, x) F(T, joist_time, at)            \
    F(T, bool, right) F(T, int64_t, id)
JOIST_RECORD(item, ITEM);

#define ROW(F, T)                                                                                 \
    F(T, joist_text, key) F(T, joist_text, value) F(T, joist_int, start) F(T, joist_int, end)     \
    F(T, joist_int, at)
JOIST_RECORD(row, ROW);

/* Beam and Joist have different ends of time: both are shown as NULL. */
JOIST_INLINE row row_of(joist_context *ctx, joist_text key, joist_text value)
{
    joist_window w = joist_window_of(ctx);
    int64_t at = joist_timestamp(ctx);
    bool windowed = !joist_window_global(w);
    return (row){ key, value, { windowed ? w.start_ms : 0, windowed },
                  { windowed ? w.end_ms : 0, windowed },
                  { at == JOIST_TIMESTAMP_MAX ? 0 : at, at != JOIST_TIMESTAMP_MAX } };
}

JOIST_INLINE joist_text int_text(joist_context *ctx, joist_int n)
{
    return n.set ? joist_printf(ctx, "%lld", (long long)n.v) : JOIST_TEXT("null");
}

JOIST_INLINE joist_text float_text(joist_context *ctx, joist_float x)
{
    return x.set ? joist_printf(ctx, "%.17g", x.v) : JOIST_TEXT("null");
}

/* ---- in -------------------------------------------------------------------------------------- */
#define TO_ITEM(IN, OUT, SIDE, CFG, STATE) IN(input) OUT(item, items)
JOIST_DOFN(to_item, TO_ITEM);
static joist_status to_item_process(const to_item_call *v, const input *i)
{
    joist_text x = joist_printf(v->ctx, "%.*s%c", JOIST_ARG(i->x), 0);
    return item_emit(v->out.items, (item){
        i->key, i->n, { strtod(x.ptr, NULL), i->x.ptr != NULL }, JOIST_TIME_MS(i->ms),
        joist_text_equal(i->side, JOIST_TEXT("right")), i->id });
}

/* ---- out: one DoFn per record that comes out ------------------------------------------------- */
#define SHOW(NAME, T, KEY, VALUE)                                                                 \
    JOIST_DOFN(NAME, NAME##_LIST);                                                                \
    static joist_status NAME##_process(const NAME##_call *v, const T *e)                          \
    { return row_emit(v->out.rows, row_of(v->ctx, KEY, VALUE)); }                                 \
    struct NAME##_shown

#define show_n_LIST(IN, OUT, SIDE, CFG, STATE) IN(item) OUT(row, rows)
SHOW(show_n, item, e->key, int_text(v->ctx, e->n));
#define show_id_LIST(IN, OUT, SIDE, CFG, STATE) IN(item) OUT(row, rows)
SHOW(show_id, item, e->key, int_text(v->ctx, JOIST_INT(e->id)));
#define show_at_LIST(IN, OUT, SIDE, CFG, STATE) IN(item) OUT(row, rows)
SHOW(show_at, item, e->key, int_text(v->ctx, JOIST_INT(e->at.ms)));
#define show_tally_LIST(IN, OUT, SIDE, CFG, STATE) IN(joist_tally) OUT(row, rows)
SHOW(show_tally, joist_tally, e->key, int_text(v->ctx, JOIST_INT(e->count)));
#define show_total_LIST(IN, OUT, SIDE, CFG, STATE) IN(joist_total) OUT(row, rows)
SHOW(show_total, joist_total, e->key, int_text(v->ctx, JOIST_INT(e->total)));
#define show_float_total_LIST(IN, OUT, SIDE, CFG, STATE) IN(joist_float_total) OUT(row, rows)
SHOW(show_float_total, joist_float_total, e->key, float_text(v->ctx, JOIST_FLOAT(e->total)));
#define show_int_LIST(IN, OUT, SIDE, CFG, STATE) IN(joist_int_result) OUT(row, rows)
SHOW(show_int, joist_int_result, e->key, int_text(v->ctx, e->value));
#define show_float_LIST(IN, OUT, SIDE, CFG, STATE) IN(joist_float_result) OUT(row, rows)
SHOW(show_float, joist_float_result, e->key, float_text(v->ctx, e->value));
#define show_quantile_LIST(IN, OUT, SIDE, CFG, STATE) IN(joist_quantile) OUT(row, rows)
SHOW(show_quantile, joist_quantile, e->key,
     joist_printf(v->ctx, "%.2f %s%.17g", e->fraction, e->value.set ? "" : "null", e->value.v));

/* ---- groups ---------------------------------------------------------------------------------- */
typedef struct ints { int64_t *items; size_t count, cap; } ints;

JOIST_INLINE void ints_add(ints *l, int64_t n)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 16;
        l->items = joist_realloc(l->items, l->cap * sizeof *l->items);
    }
    l->items[l->count++] = n;
}

JOIST_INLINE int ints_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Sorted, with commas; the list is gone then. */
JOIST_INLINE joist_text ints_text(joist_context *ctx, ints *l)
{
    joist_buffer b = joist_buffer_in(joist_context_arena(ctx), 16);
    if (l->count)
        qsort(l->items, l->count, sizeof *l->items, ints_compare);
    for (size_t i = 0; i < l->count; i++)
        joist_buffer_printf(&b, "%s%lld", i ? "," : "", (long long)l->items[i]);
    joist_free(l->items);
    return joist_buffer_view(&b);
}

#define SHOW_GROUP(IN, OUT, SIDE, CFG, STATE) IN(item_group) OUT(row, rows)
JOIST_DOFN(show_group, SHOW_GROUP);
static joist_status show_group_process(const show_group_call *v, const item_group *g)
{
    ints ids = { NULL, 0, 0 };
    for (const item *i; (i = item_next(g)) != NULL;)
        ints_add(&ids, i->id);
    return row_emit(v->out.rows, row_of(v->ctx, g->key->key, ints_text(v->ctx, &ids)));
}

/* The same by a float key: 0.0 and -0.0 are one, and every NaN. */
#define SHOW_X_GROUP(IN, OUT, SIDE, CFG, STATE) IN(item_group) OUT(row, rows)
JOIST_DOFN(show_x_group, SHOW_X_GROUP);
static joist_status show_x_group_process(const show_x_group_call *v, const item_group *g)
{
    ints ids = { NULL, 0, 0 };
    for (const item *i; (i = item_next(g)) != NULL;)
        ints_add(&ids, i->id);
    joist_float x = { g->key->x.v + 0.0, g->key->x.set };
    return row_emit(v->out.rows, row_of(v->ctx, float_text(v->ctx, x), ints_text(v->ctx, &ids)));
}

JOIST_PAIR(both, item, item);

#define SHOW_COGROUP(IN, OUT, SIDE, CFG, STATE) IN(both_group) OUT(row, rows)
JOIST_DOFN(show_cogroup, SHOW_COGROUP);
static joist_status show_cogroup_process(const show_cogroup_call *v, const both_group *g)
{
    ints left = { NULL, 0, 0 }, right = { NULL, 0, 0 };
    for (const both *b; (b = both_next(g)) != NULL;)
        ints_add(b->has_left ? &left : &right, b->has_left ? b->left.id : b->right.id);
    joist_text l = ints_text(v->ctx, &left), r = ints_text(v->ctx, &right);
    return row_emit(v->out.rows, row_of(v->ctx, g->key->left.key,
        joist_printf(v->ctx, "%.*s|%.*s", JOIST_ARG(l), JOIST_ARG(r))));
}

#define SHOW_PAIR(IN, OUT, SIDE, CFG, STATE) IN(both) OUT(row, rows)
JOIST_DOFN(show_pair, SHOW_PAIR);
static joist_status show_pair_process(const show_pair_call *v, const both *b)
{
    const joist_int left = { b->left.id, b->has_left }, right = { b->right.id, b->has_right };
    joist_text l = int_text(v->ctx, left), r = int_text(v->ctx, right);
    return row_emit(v->out.rows, row_of(v->ctx, b->has_left ? b->left.key : b->right.key,
        joist_printf(v->ctx, "%.*s|%.*s", JOIST_ARG(l), JOIST_ARG(r))));
}

#endif
