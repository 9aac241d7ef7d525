/* SPDX-License-Identifier: Apache-2.0
 * A view is small by definition: it is held whole, once for all workers. */
#include "view.h"
#include "shuffle.h"

jst_view *jst_view_new(const jst_view_plan *plan, uint64_t seed)
{
    jst_view *v = joist_calloc(1, sizeof *v);
    v->plan = plan;
    v->seed = seed;
    v->arena = joist_arena_new();
    pthread_mutex_init(&v->lock, NULL);
    return v;
}

void jst_view_free(jst_view *v)
{
    if (!v)
        return;
    pthread_mutex_destroy(&v->lock);
    joist_buffer_free(&v->rows);
    joist_arena_free(v->arena);
    joist_free(v->slots);
    joist_free(v);
}

void jst_view_add(jst_view *v, const char *elements, size_t count)
{
    pthread_mutex_lock(&v->lock);
    for (size_t i = 0; i < count; i++)
        joist_row_encode(v->plan->type, elements + i * v->plan->type->size, &v->rows);
    v->count += count;
    pthread_mutex_unlock(&v->lock);
}

static joist_text key_of(const jst_view *v, const void *record)
{
    joist_text key;
    memcpy(&key, (const char *)record + v->plan->key, sizeof key);
    return key;
}

static const void **slot_of(const jst_view *v, joist_text key)
{
    size_t mask = v->slots_cap - 1, at = jst_hash(key.ptr, key.len, v->seed) & mask;
    while (v->slots[at] && !joist_text_equal(key, key_of(v, v->slots[at])))
        at = (at + 1) & mask;
    return &v->slots[at];
}

static const char *key_name(const jst_view_plan *plan)
{
    size_t i = 0;
    while (plan->type->fields[i].offset != plan->key)
        i++;
    return plan->type->fields[i].name;
}

static joist_status insert(jst_view *v, const void *record, joist_error *e)
{
    joist_text key = key_of(v, record);
    const jst_view_plan *plan = v->plan;
    if (joist_text_null(key))
        return joist_fail_with(e, JOIST_FATAL, "side input '%s': a %s without its key '%s'",
                               plan->name, plan->type->name, key_name(plan));
    const void **slot = slot_of(v, key);
    if (*slot)
        return joist_fail_with(e, JOIST_FATAL,
                               "side input '%s': two elements of '%s' have the key '%.*s'",
                               plan->name, plan->type->name, JOIST_ARG(key));
    *slot = record;
    return JOIST_OK;
}

joist_status jst_view_seal(jst_view *v, joist_error *e)
{
    const joist_type *type = v->plan->type;
    if (!v->count && !v->plan->allow_empty)
        return joist_fail_with(e, JOIST_FATAL,
                               "side input '%s' of step '%.*s' is empty: there is no %s at all",
                               v->plan->name, JOIST_ARG(v->plan->node->name), type->name);
    v->slots_cap = 16;
    while (v->slots_cap < 2 * v->count)
        v->slots_cap *= 2;
    v->slots = joist_calloc(v->slots_cap, sizeof *v->slots);
    for (size_t at = 0; at < v->rows.len;) {
        void *record = joist_arena_zalloc(v->arena, type->size);
        size_t used = joist_row_decode(type, v->rows.ptr + at, v->rows.len - at, record, v->arena);
        if (!used)
            return joist_fail_with(e, JOIST_FATAL, "side input '%s' cannot be read back",
                                   v->plan->name);
        if (insert(v, record, e))
            return JOIST_FAILED;
        at += used;
    }
    return JOIST_OK;
}

const void *joist_side_get(const joist_side *side, joist_text key)
{
    const jst_view *v = side->view;
    return v && v->slots && key.ptr ? *slot_of(v, key) : NULL;
}
