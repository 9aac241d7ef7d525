/* SPDX-License-Identifier: Apache-2.0
 * A record type's field list, compiled for the walk: one tree of member names over all paths,
 * each level a small hash table, nodes in preorder so that a subtree is a range. Built once per
 * type, kept for the life of the process, found without a lock. */
#ifndef JST_JSON_PLAN_H
#define JST_JSON_PLAN_H

#include <joist.h>

enum { JST_NO_NODE = UINT16_MAX, JST_ROOT = 0 };

typedef struct jst_plan_node {
    joist_text key;             /* the member's name */
    uint64_t head, tail;        /* of it, see jst_plan_name */
    uint16_t parent, end;       /* the subtree is [own id, end) */
    uint16_t mask;              /* of the children's table: a power of two - 1; 0: no children */
    uint32_t table;             /* where it begins in plan->slots */
    uint32_t path_len;          /* of the path from the root, a prefix of `path` */
    const char *path;
} jst_plan_node;

/* One `|` alternative of a field. */
typedef struct jst_plan_source { uint16_t node; joist_text path; } jst_plan_source;

typedef struct jst_plan_field {
    const joist_field *field;
    const jst_plan_source *sources;
    size_t count;
} jst_plan_field;

typedef struct jst_plan {
    const joist_type *type;
    const joist_field *type_fields;
    struct jst_plan *next;
    jst_plan_node *nodes;       /* [0] is the record itself */
    size_t node_count;
    uint16_t *slots;            /* hash tables: node ids or JST_NO_NODE */
    jst_plan_field *fields;     /* type->count of them */
} jst_plan;

const jst_plan *jst_plan_of(const joist_type *type);

/* A name in two words: its first and last eight bytes, which overlap in names shorter than 16. A
 * name of up to 16 bytes is compared without a loop, and the branches of a loop are what such a
 * walk waits for. */
typedef struct jst_plan_name { uint64_t head, tail; size_t len; } jst_plan_name;

static inline uint64_t jst_plan_word(const char *p, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, p, len < 8 ? len : 8);
    return word;
}

/* The same as jst_plan_word for a name with eight readable bytes at p. */
static inline uint64_t jst_plan_masked(const char *p, size_t len)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    memcpy(&word, p, 8);
    return len >= 8 ? word : word & (((uint64_t)1 << 8 * len) - 1);
#else
    return jst_plan_word(p, len);
#endif
}

/* `end`: of what may be read. */
static inline jst_plan_name jst_plan_name_of(const char *p, size_t len, const char *end)
{
    jst_plan_name name = { 0, 0, len };
    name.head = JOIST_LIKELY(end - p >= 8) ? jst_plan_masked(p, len) : jst_plan_word(p, len);
    name.tail = len > 8 ? jst_plan_word(p + len - 8, 8) : 0;
    return name;
}

static inline uint32_t jst_plan_hash(jst_plan_name name)
{
    uint64_t h = (name.head ^ (name.tail << 7 | name.tail >> 57)) + name.len;
    return (uint32_t)((h * 0x9E3779B97F4A7C15u) >> 40);
}

/* The child of that name, or JST_NO_NODE. */
static inline uint16_t jst_plan_child(const jst_plan *plan, uint16_t node, const char *key,
                                      size_t len, const char *end)
{
    const jst_plan_node *n = &plan->nodes[node];
    if (!n->mask)
        return JST_NO_NODE;
    const uint16_t *table = plan->slots + n->table;
    jst_plan_name name = jst_plan_name_of(key, len, end);
    for (uint32_t i = jst_plan_hash(name);; i++) {
        uint16_t id = table[i & n->mask];
        if (id == JST_NO_NODE)
            return id;
        const jst_plan_node *child = &plan->nodes[id];
        bool same = child->head == name.head && child->tail == name.tail && child->key.len == len;
        if (same && (len <= 16 || memcmp(child->key.ptr, key, len) == 0))
            return id;
    }
}

#endif
