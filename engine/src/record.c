/* SPDX-License-Identifier: Apache-2.0
 * What a schema says about a record in memory: its names, its NULLs, and how to copy it so that it
 * outlives the bundle. Also the home of the record types the library brings.
 *
 * Limits: joist_type_field is linear, for set-up and not for elements; joist_record_copy recurses
 * as deep as the data nests. Fields are read through memcpy because one C layout (pointer, length)
 * serves several struct types that may not alias each other. */
#include "joist/record.h"

JOIST_RECORD_DEFINE(joist_line, JOIST_LINE);
JOIST_RECORD_DEFINE(joist_value, JOIST_VALUE);
JOIST_RECORD_DEFINE(joist_tally, JOIST_TALLY);
JOIST_RECORD_DEFINE(joist_total, JOIST_TOTAL);
JOIST_RECORD_DEFINE(joist_time_range, JOIST_TIME_RANGE);

/* What T_list and joist_text_list both look like. */
typedef struct list { const void *items; size_t count; } list;

const char *joist_kind_name(joist_kind kind)
{
    switch (kind) {
    case JOIST_KIND_TEXT: return "text";
    case JOIST_KIND_BYTES: return "bytes";
    case JOIST_KIND_INT: return "int";
    case JOIST_KIND_FLOAT: return "float";
    case JOIST_KIND_BOOL: return "bool";
    case JOIST_KIND_TIME: return "time";
    case JOIST_KIND_JSON: return "json";
    case JOIST_KIND_RECORD: return "record";
    }
    return "unknown";
}

const joist_field *joist_type_field(const joist_type *type, joist_text name)
{
    for (size_t i = 0; i < type->count; i++)
        if (joist_text_equal(joist_text_of(type->fields[i].name), name))
            return &type->fields[i];
    return NULL;
}

bool joist_field_is_null(const joist_field *f, const void *record)
{
    const char *at = (const char *)record + f->offset;
    if (!f->boxed || joist_field_repeated(f))
        return false;
    switch (f->kind) {
    case JOIST_KIND_TEXT:
    case JOIST_KIND_BYTES:
    case JOIST_KIND_JSON: {
        const char *ptr;
        memcpy(&ptr, at, sizeof ptr);
        return ptr == NULL;
    }
    case JOIST_KIND_INT: return !((const joist_int *)(const void *)at)->set;
    case JOIST_KIND_FLOAT: return !((const joist_float *)(const void *)at)->set;
    case JOIST_KIND_TIME: return !((const joist_time *)(const void *)at)->set;
    case JOIST_KIND_BOOL: return !((const joist_bool *)(const void *)at)->set;
    case JOIST_KIND_RECORD: break;
    }
    return false;
}

/* An empty text owns no bytes but must stay different from NULL. */
static joist_text copy_text(joist_text t, joist_arena *arena)
{
    return t.ptr && !t.len ? (joist_text){ "", 0 } : joist_arena_text(arena, t);
}

static void copy_texts(void *field, joist_arena *arena)
{
    joist_text_list *l = field;
    if (!l->count)
        return;
    joist_text *items = joist_arena_alloc(arena, l->count * sizeof *items);
    for (size_t i = 0; i < l->count; i++)
        items[i] = copy_text(l->items[i], arena);
    l->items = items;
}

static void copy_records(const joist_type *type, void *field, joist_arena *arena)
{
    list l;
    memcpy(&l, field, sizeof l);
    if (!l.count)
        return;
    char *items = joist_arena_alloc(arena, l.count * type->size);
    for (size_t at = 0; at < l.count * type->size; at += type->size)
        joist_record_copy(type, (const char *)l.items + at, items + at, arena);
    l.items = items;
    memcpy(field, &l, sizeof l);
}

static void copy_scalar_text(void *field, joist_arena *arena)
{
    joist_text t;
    memcpy(&t, field, sizeof t);
    t = copy_text(t, arena);
    memcpy(field, &t, sizeof t);
}

/* `at` holds a copy of the field's struct; makes what it points to the arena's too. */
static void copy_field(const joist_field *f, char *at, joist_arena *arena)
{
    if (f->texts)
        copy_texts(at, arena);
    else if (f->items)
        copy_records(f->items, at, arena);
    else if (f->kind == JOIST_KIND_RECORD)
        joist_record_copy(f->record, at, at, arena);
    else if (f->kind == JOIST_KIND_TEXT || f->kind == JOIST_KIND_BYTES
             || f->kind == JOIST_KIND_JSON)
        copy_scalar_text(at, arena);
}

void joist_record_copy(const joist_type *type, const void *from, void *to, joist_arena *arena)
{
    if (to != from)
        memcpy(to, from, type->size);
    for (size_t i = 0; i < type->count; i++)
        copy_field(&type->fields[i], (char *)to + type->fields[i].offset, arena);
}
