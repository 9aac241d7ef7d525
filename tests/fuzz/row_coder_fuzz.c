/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the row decoder with a record of every kind. What it accepts must encode, decode again and
 * encode to the same bytes, copied or not; any difference aborts. Seeds:
 * tests/fuzz/seeds/row_coder. */
#include <joist.h>

#include <stdlib.h>

#define POINT(F, T) F(T, double, x, 0) F(T, joist_text, label, 0)
JOIST_RECORD(point, POINT);

#define THING(F, T)                                                                               \
    F(T, joist_text, name, JOIST_REQUIRED) F(T, joist_text, t, 0) F(T, joist_bytes, b, 0)         \
    F(T, joist_json, j, 0) F(T, joist_int, n, 0) F(T, joist_float, x, 0) F(T, joist_bool, y, 0)   \
    F(T, joist_time, at, 0) F(T, int64_t, pn, 0) F(T, double, px, 0) F(T, bool, py, 0)            \
    F(T, joist_text_list, tags, 0) F(T, point, centre, 0, JOIST_OF(point))                        \
    F(T, point_list, corners, 0, JOIST_LIST_OF(point))
JOIST_RECORD(thing, THING);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_round_trip(const thing *first, joist_arena *arena)
{
    joist_buffer one = { 0 }, two = { 0 };
    thing again, copy;
    joist_row_encode(&thing_type, first, &one);
    must(joist_row_decode(&thing_type, one.ptr, one.len, &again, arena) == one.len);
    joist_record_copy(&thing_type, &again, &copy, arena);
    joist_row_encode(&thing_type, &copy, &two);
    must(joist_text_equal(joist_buffer_view(&one), joist_buffer_view(&two)));
    joist_buffer_free(&one);
    joist_buffer_free(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    joist_arena *arena = joist_arena_new();
    thing first;
    size_t used = joist_row_decode(&thing_type, data, size, &first, arena);
    must(used <= size);
    if (used)
        check_round_trip(&first, arena);
    joist_arena_free(arena);
    return 0;
}
