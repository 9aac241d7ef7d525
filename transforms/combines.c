/* SPDX-License-Identifier: Apache-2.0
 * The table of built-in CombineFns, and what they share. */
#include <joist.h>

const joist_combine *const joist_combines[] = { &joist_count_combine, &joist_sum_combine, NULL };

static joist_text text_of(const joist_field *f, const char *at, joist_arena *a)
{
    joist_text t;
    int64_t n;
    double x;
    switch (f->kind) {
    case JOIST_KIND_BOOL:
        return *(const bool *)(const void *)at ? JOIST_TEXT("true") : JOIST_TEXT("false");
    case JOIST_KIND_INT:
        memcpy(&n, at, sizeof n);
        return joist_arena_printf(a, "%lld", (long long)n);
    case JOIST_KIND_FLOAT:
        memcpy(&x, at, sizeof x);
        return joist_arena_printf(a, "%.17g", x);
    case JOIST_KIND_TIME:
        memcpy(&n, at, sizeof n);
        return joist_time_print(JOIST_TIME_MS(n), a);
    default:
        memcpy(&t, at, sizeof t);
        return joist_arena_text(a, t);
    }
}

joist_text joist_key_text(const joist_combine_call *c, const void *record)
{
    for (size_t i = 0; c->key->count && i < c->type->count; i++) {
        const joist_field *f = &c->type->fields[i];
        if (f->offset != c->key->offset[0])
            continue;
        if (joist_field_is_null(f, record))
            return JOIST_NO_TEXT;
        return text_of(f, (const char *)record + f->offset, joist_context_arena(c->ctx));
    }
    return JOIST_NO_TEXT;
}
