/* SPDX-License-Identifier: Apache-2.0
 * Compiling a field list. Two steps: a tree as the paths come (children in a list), then the
 * same nodes numbered in preorder with their tables. Threads that meet a new type at once may
 * each compile it; one wins. Limit: 65,534 distinct names on all paths of one type; what is
 * beyond is never found, so stays NULL. */
#include "json_plan.h"

#include <stdatomic.h>

typedef struct draft {
    joist_text key;
    const char *path;
    uint32_t path_len;
    struct draft *child, *sibling;
    uint16_t id;
} draft;

typedef struct builder {
    joist_arena *arena;         /* of drafts */
    draft root;
    size_t drafts;
    jst_plan *plan;
    size_t slot_count, source_count;
} builder;

static _Atomic(jst_plan *) plans;

static draft *child_of(builder *b, draft *parent, joist_text key, joist_text path)
{
    draft **at = &parent->child;
    for (; *at; at = &(*at)->sibling)
        if (joist_text_equal((*at)->key, key))
            return *at;
    draft *made = joist_arena_zalloc(b->arena, sizeof *made);
    made->key = key;
    made->path = path.ptr;
    made->path_len = (uint32_t)(key.ptr + key.len - path.ptr);
    b->drafts++;
    *at = made;
    return made;
}

static joist_text up_to(joist_text t, char separator)
{
    const char *at = memchr(t.ptr, separator, t.len);
    return (joist_text){ t.ptr, at ? (size_t)(at - t.ptr) : t.len };
}

static draft *add_path(builder *b, joist_text path)
{
    draft *d = &b->root;
    const char *end = path.ptr + path.len;
    for (const char *p = path.ptr;; p++) {
        joist_text key = up_to((joist_text){ p, (size_t)(end - p) }, '.');
        d = child_of(b, d, key, path);
        p += key.len;
        if (p == end)
            return d;
    }
}

static joist_text from_of(const joist_field *f)
{
    return joist_text_of(f->from ? f->from : f->name);
}

/* Calls add_path for each alternative of the field; with `out` also keeps the result. */
static size_t each_source(builder *b, const joist_field *f, jst_plan_source *out)
{
    joist_text from = from_of(f);
    const char *end = from.ptr + from.len;
    size_t n = 0;
    for (const char *p = from.ptr;; p++) {
        joist_text path = up_to((joist_text){ p, (size_t)(end - p) }, '|');
        draft *d = add_path(b, path);
        if (out)
            out[n] = (jst_plan_source){ d->id, path };
        n++;
        p += path.len;
        if (p == end)
            return n;
    }
}

/* At most half full, so that a search ends soon. */
static size_t table_size(const draft *d)
{
    size_t children = 0, size = 4;
    for (const draft *c = d->child; c; c = c->sibling)
        children++;
    while (size < 4 * children)
        size *= 2;
    return children ? size : 0;
}

static void number(builder *b, draft *d, uint16_t parent)
{
    jst_plan *plan = b->plan;
    uint16_t id = d->id = (uint16_t)plan->node_count++;
    size_t size = table_size(d);
    plan->nodes[id] = (jst_plan_node){ .key = d->key, .parent = parent, .path = d->path,
                                       .path_len = d->path_len, .table = (uint32_t)b->slot_count,
                                       .mask = (uint16_t)(size ? size - 1 : 0) };
    b->slot_count += size;
    for (draft *c = d->child; c; c = c->sibling)
        number(b, c, id);
    plan->nodes[id].end = (uint16_t)plan->node_count;
}

static jst_plan_name set_name(jst_plan_node *node)
{
    jst_plan_name name = jst_plan_name_of(node->key.ptr, node->key.len,
                                          node->key.ptr + node->key.len);
    node->head = name.head;
    node->tail = name.tail;
    return name;
}

static void fill_tables(builder *b)
{
    jst_plan *plan = b->plan;
    plan->slots = joist_malloc((b->slot_count + 1) * sizeof *plan->slots);
    for (size_t i = 0; i < b->slot_count; i++)
        plan->slots[i] = JST_NO_NODE;
    for (uint16_t id = 1; id < plan->node_count; id++) {
        const jst_plan_node *parent = &plan->nodes[plan->nodes[id].parent];
        uint16_t *table = plan->slots + parent->table;
        uint32_t i = jst_plan_hash(set_name(&plan->nodes[id]));
        while (table[i & parent->mask] != JST_NO_NODE)
            i++;
        table[i & parent->mask] = id;
    }
}

static void fill_fields(builder *b)
{
    const joist_type *type = b->plan->type;
    jst_plan_source *sources = joist_malloc((b->source_count + 1) * sizeof *sources);
    b->plan->fields = joist_calloc(type->count, sizeof *b->plan->fields);
    for (size_t i = 0; i < type->count; i++) {
        size_t n = each_source(b, &type->fields[i], sources);
        b->plan->fields[i] = (jst_plan_field){ &type->fields[i], sources, n };
        sources += n;
    }
}

static jst_plan *compile(const joist_type *type)
{
    builder b = { .arena = joist_arena_new(), .drafts = 1 };
    b.plan = joist_calloc(1, sizeof *b.plan);
    b.plan->type = type;
    b.plan->type_fields = type->fields;
    for (size_t i = 0; i < type->count; i++)
        b.source_count += each_source(&b, &type->fields[i], NULL);
    b.plan->nodes = joist_calloc(b.drafts, sizeof *b.plan->nodes);
    number(&b, &b.root, JST_NO_NODE);
    fill_tables(&b);
    fill_fields(&b);
    joist_arena_free(b.arena);
    return b.plan;
}

static void discard(jst_plan *plan)
{
    if (plan->type->count)
        joist_free((void *)(uintptr_t)plan->fields[0].sources);
    joist_free(plan->fields);
    joist_free(plan->slots);
    joist_free(plan->nodes);
    joist_free(plan);
}

static jst_plan *find(jst_plan *list, const joist_type *type)
{
    while (list && (list->type != type || list->type_fields != type->fields))
        list = list->next;
    return list;
}

static const jst_plan *publish(jst_plan *made)
{
    jst_plan *head = atomic_load_explicit(&plans, memory_order_acquire);
    for (;;) {
        jst_plan *other = find(head, made->type);
        if (other) {
            discard(made);
            return other;
        }
        made->next = head;
        if (atomic_compare_exchange_weak_explicit(&plans, &head, made, memory_order_acq_rel,
                                                  memory_order_acquire))
            return made;
    }
}

const jst_plan *jst_plan_of(const joist_type *type)
{
    const jst_plan *known = find(atomic_load_explicit(&plans, memory_order_acquire), type);
    return JOIST_LIKELY(known != NULL) ? known : publish(compile(type));
}
