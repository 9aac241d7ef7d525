/* SPDX-License-Identifier: Apache-2.0
 * A second way to the members of a checked value: one after another by joist_json_skip, each name
 * compared with all before it. Slow, and what joist_json_table is held against. */
#ifndef JST_JSON_MEMBERS_TEST_H
#define JST_JSON_MEMBERS_TEST_H

#include <joist.h>

typedef struct slow_list { joist_member *items; size_t count; } slow_list;

JOIST_INLINE size_t slow_span(joist_text t, size_t at, const char *of, bool in)
{
    while (at < t.len && (t.ptr[at] && strchr(of, t.ptr[at])) == in)
        at++;
    return at;
}

/* The value at `at`; moves behind it. */
JOIST_INLINE joist_json slow_value(joist_text t, size_t *at)
{
    joist_text rest = { t.ptr + *at, t.len - *at };
    bool scalar = !strchr("{[\"", *rest.ptr);
    size_t len = scalar ? slow_span(rest, 0, ",]} \t\n\r", false) : joist_json_skip(rest, NULL);
    *at += len;
    return (joist_json){ rest.ptr, len };
}

JOIST_INLINE void slow_add(slow_list *list, joist_member m, bool named)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!named || !joist_text_equal(list->items[i].key, m.key))
            list->items[kept++] = list->items[i];
    list->items[kept] = m;
    list->count = kept + 1;
}

JOIST_INLINE slow_list slow_members(joist_json v, joist_arena *a)
{
    joist_text t = { v.ptr, v.len };
    slow_list list = { joist_arena_alloc(a, (v.len + 1) * sizeof(joist_member)), 0 };
    if (!v.ptr || (*v.ptr != '{' && *v.ptr != '['))
        return list;
    bool named = *v.ptr == '{';
    for (size_t at = slow_span(t, 1, ", \t\n\r", true); t.ptr[at] != '}' && t.ptr[at] != ']';
         at = slow_span(t, at, ", \t\n\r", true)) {
        joist_member m = { JOIST_TEXT(""), { NULL, 0 }, NULL };
        if (named) {
            m.key = joist_json_string(slow_value(t, &at), a);
            at = slow_span(t, at, ": \t\n\r", true);
        }
        m.value = slow_value(t, &at);
        slow_add(&list, m, named);
    }
    return list;
}

JOIST_INLINE bool same_slice(joist_json a, joist_json b)
{
    return a.ptr == b.ptr && a.len == b.len;
}

/* Does `m` have the columns of its value? */
JOIST_INLINE bool has_columns(const joist_member *m, const joist_text *names, size_t name_count,
                              joist_arena *a)
{
    if (!name_count || joist_json_type_of(m->value) != JOIST_JSON_OBJECT)
        return !m->columns;
    slow_list inside = slow_members(m->value, a);
    for (size_t i = 0; i < name_count; i++) {
        joist_json want = { NULL, 0 };
        for (size_t k = 0; k < inside.count; k++)
            if (joist_text_equal(inside.items[k].key, names[i]))
                want = inside.items[k].value;
        if (!same_slice(m->columns[i], want))
            return false;
    }
    return true;
}

/* Do both ways find the same in the checked value `v`? */
JOIST_INLINE bool members_agree(joist_json v, const joist_text *names, size_t name_count,
                                joist_arena *a)
{
    size_t n;
    const joist_member *fast = joist_json_table(v, names, name_count, a, &n);
    slow_list slow = slow_members(v, a);
    bool agree = n == slow.count;
    for (size_t i = 0; i < n && agree; i++)
        agree = joist_text_equal(fast[i].key, slow.items[i].key)
             && same_slice(fast[i].value, slow.items[i].value)
             && has_columns(&fast[i], names, name_count, a);
    return agree;
}

#endif
