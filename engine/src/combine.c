/* SPDX-License-Identifier: Apache-2.0
 * Most accumulators are a few numbers: those are frozen as they lie. Others go through the row
 * coder. */
#include "combine.h"

static const void *read_config(const joist_type *type, joist_bytes row, joist_arena *arena)
{
    if (!type)
        return NULL;
    void *config = joist_arena_zalloc(arena, type->size);
    joist_row_decode(type, row.ptr, row.len, config, arena);
    return config;
}

bool jst_combine_prepare(const joist_combine *fn, const jst_node *n, const joist_type *in,
                         joist_arena *arena, jst_prepared *out, joist_error *e)
{
    joist_fields key;
    joist_text missing;
    *out = (jst_prepared){ .fn = fn, .config = read_config(fn->config, n->config, arena) };
    if (!fn->prepare)
        return true;
    jst_fields_of(in, n->key, &key, &missing);
    out->prepared = fn->prepare(in, &key, out->config, arena, e);
    return out->prepared != NULL;
}

joist_combine_call jst_combine_call_of(const jst_shuffle_plan *plan, joist_arena *arena)
{
    return (joist_combine_call){ .arena = arena, .type = plan->in, .key = &plan->key,
                                 .config = plan->combine.config,
                                 .prepared = plan->combine.prepared };
}

/* Does nothing in it point anywhere? */
static bool is_flat(const joist_type *type)
{
    bool flat = true;
    for (size_t i = 0; flat && i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        flat = !joist_field_repeated(f)
            && (f->kind == JOIST_KIND_INT || f->kind == JOIST_KIND_FLOAT
                || f->kind == JOIST_KIND_BOOL || f->kind == JOIST_KIND_TIME);
    }
    return flat;
}

void jst_combine_encode(const jst_shuffle_plan *plan, const void *acc, joist_buffer *out)
{
    const joist_type *type = plan->combine.fn->acc;
    if (is_flat(type))
        joist_buffer_add(out, acc, type->size);
    else
        joist_row_encode(type, acc, out);
}

void jst_combine_freeze(const jst_shuffle_plan *plan, jst_share *share, joist_arena *arena)
{
    if (is_flat(plan->combine.fn->acc))
        return;
    for (size_t i = 0; i < share->table.count; i++) {
        jst_entry *e = share->table.items[i].entry;
        share->value.len = 0;
        jst_combine_encode(plan, e->value, &share->value);
        e->value = joist_arena_text(arena, joist_buffer_view(&share->value)).ptr;
        e->value_len = (uint32_t)share->value.len;
    }
}

void *jst_combine_thaw(const jst_shuffle_plan *plan, const jst_entry *e,
                       const joist_combine_call *call)
{
    const joist_type *type = plan->combine.fn->acc;
    void *acc = joist_arena_zalloc(call->arena, type->size);
    if (is_flat(type))
        return memcpy(acc, e->value, type->size);
    joist_text row = joist_arena_text(call->arena, jst_entry_value(e));     /* texts borrow it */
    joist_row_decode(type, row.ptr, row.len, acc, call->arena);
    return acc;
}
