/* SPDX-License-Identifier: Apache-2.0
 * A view is small by definition: it is held whole, once for all workers. Elements arrive in the
 * order of threads and are put into input order when the view is sealed. */
#include "view.h"

#include <stdlib.h>

jst_view *jst_view_new(const jst_view_plan *plan, uint64_t seed)
{
    jst_view *v = joist_calloc(1, sizeof *v);
    v->plan = plan;
    v->seed = seed;
    v->arena = joist_arena_new();
    pthread_mutex_init(&v->lock, NULL);
    return v;
}

static void free_rows(jst_view *v)
{
    joist_buffer_free(&v->rows);
    joist_buffer_free(&v->places);
    joist_free(v->index);
    v->index = NULL;
}

void jst_view_free(jst_view *v)
{
    if (!v)
        return;
    pthread_mutex_destroy(&v->lock);
    free_rows(v);
    joist_arena_free(v->arena);
    joist_free(v->slots);
    joist_free(v);
}

/* ---- filling --------------------------------------------------------------------------------- */

static void add_row(jst_view *v, const char *element, const joist_position *at,
                    const jst_inflow *how)
{
    if (v->count == v->cap) {
        v->cap = v->cap ? 2 * v->cap : 16;
        v->index = joist_realloc(v->index, v->cap * sizeof *v->index);
    }
    jst_view_row row = { .at = v->rows.len, .place_at = v->places.len };
    joist_row_encode(v->plan->type, element, &v->rows);
    jst_place_encode(at, how, v->plan->winding, v->plan->inflows > 1, &v->places);
    row.len = v->rows.len - row.at;
    row.place_len = v->places.len - row.place_at;
    v->index[v->count++] = row;
}

void jst_view_add(jst_view *v, const char *elements, const joist_position *const *positions,
                  size_t count, const jst_inflow *how)
{
    pthread_mutex_lock(&v->lock);
    for (size_t i = 0; i < count; i++)
        add_row(v, elements + i * v->plan->type->size, positions[i], how);
    pthread_mutex_unlock(&v->lock);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static joist_text key_of(const jst_view *v, const void *record)
{
    joist_text key;
    memcpy(&key, (const char *)record + v->plan->key, sizeof key);
    return key;
}

static const char *key_name(const jst_view_plan *plan)
{
    return joist_type_field_at(plan->type, plan->key)->name;
}

static const void *item_at(const jst_view *v, size_t i)
{
    return v->items + i * v->plan->type->size;
}

static joist_status check_keys(const jst_view *v, joist_error *e)
{
    for (size_t i = 0; i < v->count; i++)
        if (joist_text_null(key_of(v, item_at(v, i))))
            return joist_fail_with(e, JOIST_FATAL, "side input '%s': a %s without its key '%s'",
                                   v->plan->name, v->plan->type->name, key_name(v->plan));
    return JOIST_OK;
}

/* ---- map ------------------------------------------------------------------------------------- */

static const void **slot_of(const jst_view *v, joist_text key)
{
    size_t mask = v->slots_cap - 1, at = jst_hash(key.ptr, key.len, v->seed) & mask;
    while (v->slots[at] && !joist_text_equal(key, key_of(v, v->slots[at])))
        at = (at + 1) & mask;
    return &v->slots[at];
}

static joist_status make_map(jst_view *v, joist_error *e)
{
    v->slots_cap = 16;
    while (v->slots_cap < 2 * v->count)
        v->slots_cap *= 2;
    v->slots = joist_calloc(v->slots_cap, sizeof *v->slots);
    for (size_t i = 0; i < v->count; i++) {
        joist_text key = key_of(v, item_at(v, i));
        const void **slot = slot_of(v, key);
        if (*slot)
            return joist_fail_with(e, JOIST_FATAL,
                                   "side input '%s': two elements of '%s' have the key '%.*s'",
                                   v->plan->name, v->plan->type->name, JOIST_ARG(key));
        *slot = item_at(v, i);
    }
    return JOIST_OK;
}

/* ---- multimap -------------------------------------------------------------------------------- */

/* A merge sort by key: those of one key keep their order. */
static void merge_runs(const jst_view *v, const size_t *from, size_t *to, size_t half, size_t end)
{
    size_t a = 0, b = half;
    for (size_t i = 0; i < end; i++) {
        bool left = b == end
            || (a < half && joist_text_compare(key_of(v, item_at(v, from[a])),
                                               key_of(v, item_at(v, from[b]))) <= 0);
        to[i] = left ? from[a++] : from[b++];
    }
}

static void sort_by_key(const jst_view *v, size_t *order, size_t *other)
{
    for (size_t width = 1; width < v->count; width *= 2) {
        for (size_t i = 0; i < v->count; i += 2 * width) {
            size_t end = v->count - i < 2 * width ? v->count - i : 2 * width;
            merge_runs(v, order + i, other + i, width < end ? width : end, end);
        }
        memcpy(order, other, v->count * sizeof *order);
    }
}

static joist_status make_multimap(jst_view *v)
{
    size_t size = v->plan->type->size;
    size_t *order = joist_calloc(2 * v->count + 1, sizeof *order);
    char *items = joist_arena_alloc(v->arena, (v->count + 1) * size);
    for (size_t i = 0; i < v->count; i++)
        order[i] = i;
    sort_by_key(v, order, order + v->count);
    for (size_t i = 0; i < v->count; i++)
        memcpy(items + i * size, item_at(v, order[i]), size);
    v->items = items;
    joist_free(order);
    return JOIST_OK;
}

/* The first item whose key is not smaller, or greater with `behind`. */
static size_t bound(const jst_view *v, joist_text key, bool behind)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = joist_text_compare(key_of(v, item_at(v, middle)), key);
        if (c < 0 || (behind && c == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- sealing --------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b, void *view)
{
    const jst_view *v = view;
    const jst_view_row *x = a, *y = b;
    int c = joist_text_compare((joist_text){ v->places.ptr + x->place_at, x->place_len },
                               (joist_text){ v->places.ptr + y->place_at, y->place_len });
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static joist_status decode_all(jst_view *v, joist_error *e)
{
    size_t size = v->plan->type->size;
    if (v->count)
        qsort_r(v->index, v->count, sizeof *v->index, by_place, v);
    v->items = joist_arena_zalloc(v->arena, (v->count + 1) * size);
    for (size_t i = 0; i < v->count; i++) {
        joist_text row = { v->rows.ptr + v->index[i].at, v->index[i].len };
        if (!joist_row_decode(v->plan->type, row.ptr, row.len, v->items + i * size, v->arena))
            return joist_fail_with(e, JOIST_FATAL, "side input '%s' cannot be read back",
                                   v->plan->name);
    }
    return JOIST_OK;
}

static joist_status make(jst_view *v, joist_error *e)
{
    joist_shape shape = v->plan->shape;
    bool keyed = shape == JOIST_SHAPE_MAP || shape == JOIST_SHAPE_MANY;
    if (keyed && check_keys(v, e))
        return JOIST_FAILED;
    if (shape == JOIST_SHAPE_ONE && v->count > 1)
        return joist_fail_with(e, JOIST_FATAL, "side input '%s' is to be one %s, not %zu",
                               v->plan->name, v->plan->type->name, v->count);
    return shape == JOIST_SHAPE_MAP ? make_map(v, e)
         : shape == JOIST_SHAPE_MANY ? make_multimap(v) : JOIST_OK;
}

joist_status jst_view_seal(jst_view *v, joist_error *e)
{
    if (!v->count && !v->plan->allow_empty)
        return joist_fail_with(e, JOIST_FATAL,
                               "side input '%s' of step '%.*s' is empty: there is no %s at all",
                               v->plan->name, JOIST_ARG(v->plan->node->name), v->plan->type->name);
    if (decode_all(v, e) || make(v, e))
        return JOIST_FAILED;
    v->sealed = true;
    return JOIST_OK;
}

/* ---- asking ---------------------------------------------------------------------------------- */

const void *joist_side_get(const joist_side *side, joist_text key)
{
    const jst_view *v = side->view;
    return v && v->slots && key.ptr ? *slot_of(v, key) : NULL;
}

const void *joist_side_many(const joist_side *side, joist_text key, size_t *count)
{
    const jst_view *v = side->view;
    size_t first = key.ptr ? bound(v, key, false) : 0;
    *count = key.ptr ? bound(v, key, true) - first : 0;
    return *count ? item_at(v, first) : NULL;
}

const void *joist_side_all(const joist_side *side, size_t *count)
{
    *count = side->view->count;
    return side->view->items;
}
