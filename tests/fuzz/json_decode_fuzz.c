/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes JSON decoding with a record of every kind. The verdict must be that of joist_json_skip,
 * the place of a fault too; members must be those of a slow walk; what decodes must be writable,
 * and what was written must decode. Any difference aborts. Seeds: tests/fuzz/seeds/json_decode. */
#include <joist.h>

#include <stdlib.h>

#include "../../transforms/json_members_test.h"

#define POINT(F, T) F(T, joist_int, x, 0) F(T, joist_text, label, JOIST_ENTITIES, .limit = 5)
JOIST_RECORD(point, POINT);

#define THING(F, T)                                                                               \
    F(T, joist_text, name, 0) F(T, joist_text, site, JOIST_ENTITIES, .limit = 8)                  \
    F(T, joist_text, mail, 0, .from = "a|b|wp.c") F(T, joist_text, locale, 0, .from = "wp.locale") \
    F(T, joist_text, rid, JOIST_IF_OBJECT, .from = "_collector.request_id")                       \
    F(T, joist_int, n, 0) F(T, joist_float, x, 0) F(T, joist_bool, y, 0) F(T, joist_time, at, 0)  \
    F(T, joist_json, j, 0) F(T, joist_bytes, raw, 0) F(T, int64_t, pn, 0) F(T, bool, py, 0)       \
    F(T, double, px, 0) F(T, joist_text_list, tags, 0) F(T, point, home, 0, JOIST_OF(point))      \
    F(T, point_list, path, 0, JOIST_LIST_OF(point))
JOIST_RECORD(thing, THING);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static size_t space_end(joist_text t, size_t at)
{
    while (at < t.len && memchr(" \t\n\r", t.ptr[at], 4))
        at++;
    return at;
}

static void check_error(joist_text t, const joist_json_error *e)
{
    joist_json_error reference = { 0 };
    size_t used = joist_json_skip(t, &reference), rest = space_end(t, used);
    must(e->at <= t.len && e->message[0]);
    if (used && rest == t.len)
        must(strcmp(e->code, "not_object") == 0 && t.ptr[space_end(t, 0)] != '{');
    else
        must(strcmp(e->code, "bad_json") == 0 && e->at == (used ? rest : reference.at));
}

/* Members and conversions on whatever the json field holds, to be looked at by the sanitizers. */
static void walk_members(joist_json v, joist_arena *arena, joist_warnings *w)
{
    static const joist_text names[] = { { "a", 1 }, { "name", 4 } };
    size_t n;
    must(members_agree(v, names, 2, arena));
    const joist_member *m = joist_json_members(v, arena, &n);
    for (size_t i = 0; i < n; i++) {
        joist_json_to_text(m[i].value, 16, arena, w, "j.", m[i].key);
        joist_json_to_int(m[i].value, w, "j.", m[i].key);
        joist_json_to_bool(m[i].value, w, "j.", m[i].key);
        joist_json_to_float_token(m[i].value, arena, w, "j.", m[i].key);
        joist_json_is_map(m[i].value, w, "j.", m[i].key);
    }
    joist_warnings_sorted(w, 16);
}

static void check_written(const thing *t, joist_arena *arena)
{
    joist_buffer one = { 0 }, two = { 0 };
    joist_json_error e;
    thing again;
    joist_json_write_record(&one, &thing_type, t, 0);
    must(joist_json_skip(joist_buffer_view(&one), NULL) == one.len);
    must(joist_json_decode_with(joist_buffer_view(&one), &thing_type, &again, arena, NULL, &e));
    joist_json_write_value(&two, (joist_json){ one.ptr, one.len });
    must(joist_text_equal(joist_buffer_view(&one), joist_buffer_view(&two)));
    joist_buffer_free(&one);
    joist_buffer_free(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    joist_arena *arena = joist_arena_new();
    joist_warnings warnings = { .arena = arena };
    joist_text text = { (const char *)data, size };
    joist_json_error e = { 0 };
    thing t;
    if (joist_json_decode_with(text, &thing_type, &t, arena, &warnings, &e)) {
        size_t used = joist_json_skip(text, NULL);
        must(used && space_end(text, used) == size && text.ptr[space_end(text, 0)] == '{');
        walk_members(t.j, arena, &warnings);
        check_written(&t, arena);
    } else {
        check_error(text, &e);
    }
    joist_arena_free(arena);
    return 0;
}
