/* SPDX-License-Identifier: Apache-2.0
 * Tests: key.c. Order is checked on every pair of a sorted list, bytes on a few written out by
 * hand. */
#include "key.h"

#include <criterion/criterion.h>
#include <math.h>

#define SAMPLE(F, T)                                                                              \
    F(T, joist_text, text, 0) F(T, joist_bytes, bytes, 0) F(T, joist_int, n, 0)                   \
    F(T, joist_float, x, 0) F(T, joist_bool, y, 0) F(T, joist_time, at, 0)                        \
    F(T, joist_text, must, JOIST_REQUIRED) F(T, int64_t, pn, 0) F(T, bool, py, 0)
JOIST_RECORD(sample, SAMPLE);

static int compare(const joist_fields *f, const sample *a, const sample *b)
{
    joist_buffer x = { 0 }, y = { 0 };
    joist_key_encode(&sample_type, f, a, &x);
    joist_key_encode(&sample_type, f, b, &y);
    int c = joist_text_compare(joist_buffer_view(&x), joist_buffer_view(&y));
    size_t least = x.len < y.len ? x.len : y.len;
    cr_expect(c == 0 || memcmp(x.ptr, y.ptr, least) != 0, "one key is a prefix of another");
    joist_buffer_free(&x);
    joist_buffer_free(&y);
    return (c > 0) - (c < 0);
}

/* `sorted` ascends strictly. */
static void expect_order(joist_fields f, const sample *sorted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            cr_expect_eq(compare(&f, &sorted[i], &sorted[j]), (i > j) - (i < j), "%zu %zu", i, j);
}
#define EXPECT_ORDER(sorted, ...)                                                                 \
    expect_order(JOIST_FIELDS(sample, __VA_ARGS__).fields, sorted, sizeof sorted / sizeof sorted[0])

static void expect_key(joist_fields f, const sample *k, const char *bytes, size_t len)
{
    joist_buffer b = { 0 };
    joist_key_encode(&sample_type, &f, k, &b);
    cr_expect_arr_eq(b.ptr, bytes, b.len);
    cr_expect_eq(b.len, len);
    joist_buffer_free(&b);
}

Test(key, texts_by_bytes_null_first)
{
    const sample sorted[] = {
        { .text = { NULL, 0 } }, { .text = { "", 0 } }, { .text = { "\0", 1 } },
        { .text = { "\0\0", 2 } }, { .text = { "\0\1", 2 } }, { .text = { "\0\377", 2 } },
        { .text = { "\1", 1 } }, { .text = { "a", 1 } }, { .text = { "a\0", 2 } },
        { .text = { "a\0b", 3 } }, { .text = { "a\1", 2 } }, { .text = { "aa", 2 } },
        { .text = { "b", 1 } }, { .text = { "\303\251", 2 } }, { .text = { "\377", 1 } },
    };
    EXPECT_ORDER(sorted, text);
}

Test(key, ints_by_value)
{
    const sample sorted[] = {
        { .n = { 5, false } }, { .n = JOIST_INT(INT64_MIN) }, { .n = JOIST_INT(-256) },
        { .n = JOIST_INT(-1) }, { .n = JOIST_INT(0) }, { .n = JOIST_INT(1) },
        { .n = JOIST_INT(255) }, { .n = JOIST_INT(256) }, { .n = JOIST_INT(INT64_MAX) },
    };
    EXPECT_ORDER(sorted, n);
}

Test(key, times_by_instant)
{
    const sample sorted[] = {
        { .at = { 5, false } }, { .at = JOIST_TIME_MS(INT64_MIN) }, { .at = JOIST_TIME_MS(-1) },
        { .at = JOIST_TIME_MS(0) }, { .at = JOIST_TIME_MS(1700000000000) },
        { .at = JOIST_TIME_MS(INT64_MAX) },
    };
    EXPECT_ORDER(sorted, at);
}

Test(key, floats_by_value_nan_last)
{
    const sample sorted[] = {
        { .x = { 5, false } }, { .x = JOIST_FLOAT(-(double)INFINITY) },
        { .x = JOIST_FLOAT(-1e300) },
        { .x = JOIST_FLOAT(-1.5) }, { .x = JOIST_FLOAT(-5e-324) }, { .x = JOIST_FLOAT(0.0) },
        { .x = JOIST_FLOAT(5e-324) }, { .x = JOIST_FLOAT(1.5) }, { .x = JOIST_FLOAT(1e300) },
        { .x = JOIST_FLOAT((double)INFINITY) }, { .x = JOIST_FLOAT((double)NAN) },
    };
    EXPECT_ORDER(sorted, x);
}

Test(key, zeroes_are_equal_and_so_are_nans)
{
    joist_fields f = JOIST_FIELDS(sample, x).fields;
    sample zero = { .x = JOIST_FLOAT(0.0) }, minus = { .x = JOIST_FLOAT(-0.0) };
    sample nan = { .x = JOIST_FLOAT((double)NAN) }, other = { .x = JOIST_FLOAT(-(double)NAN) };
    cr_expect_eq(compare(&f, &zero, &minus), 0);
    cr_expect_eq(compare(&f, &nan, &other), 0);
}

Test(key, bools_false_first)
{
    const sample sorted[] = {
        { .y = { true, false } }, { .y = JOIST_BOOL(false) }, { .y = JOIST_BOOL(true) },
    };
    EXPECT_ORDER(sorted, y);
}

Test(key, earlier_fields_weigh_more)
{
    const sample sorted[] = {
        { .n = JOIST_INT(9) }, { .text = JOIST_TEXT(""), .n = JOIST_INT(1) },
        { .text = JOIST_TEXT("a") }, { .text = JOIST_TEXT("a"), .n = JOIST_INT(-1) },
        { .text = JOIST_TEXT("a"), .n = JOIST_INT(7) }, { .text = { "a\0", 2 }, .n = JOIST_INT(0) },
        { .text = JOIST_TEXT("ab"), .n = JOIST_INT(-5) },
    };
    EXPECT_ORDER(sorted, text, n);
}

Test(key, bytes_as_documented)
{
    sample k = { .text = { "a\0", 2 }, .bytes = { "z", 1 }, .n = JOIST_INT(-1),
                 .y = JOIST_BOOL(true),
              .x = JOIST_FLOAT(1), .at = JOIST_TIME_MS(2), .pn = -1, .py = true };
    expect_key(JOIST_FIELDS(sample, text).fields, &k, "\1a\0\377\0\0", 6);
    expect_key(JOIST_FIELDS(sample, bytes).fields, &k, "\1z\0\0", 4);
    expect_key(JOIST_FIELDS(sample, n).fields, &k, "\1\177\377\377\377\377\377\377\377", 9);
    expect_key(JOIST_FIELDS(sample, x).fields, &k, "\1\277\360\0\0\0\0\0\0", 9);
    expect_key(JOIST_FIELDS(sample, at, y).fields, &k, "\1\200\0\0\0\0\0\0\2\1\1", 11);
    expect_key(JOIST_FIELDS(sample, text).fields, &(sample){ 0 }, "\0", 1);
}

Test(key, a_plain_int_equals_a_boxed_one)
{
    sample k = { .n = JOIST_INT(-7), .pn = -7 };
    expect_key(JOIST_FIELDS(sample, n).fields, &k, "\1\177\377\377\377\377\377\377\371", 9);
    expect_key(JOIST_FIELDS(sample, pn).fields, &k, "\1\177\377\377\377\377\377\377\371", 9);
}

/* The row coder turns a NULL required text into ""; the key must not change with it. */
Test(key, a_required_null_counts_as_empty)
{
    joist_fields f = JOIST_FIELDS(sample, must).fields;
    cr_expect_eq(compare(&f, &(sample){ 0 }, &(sample){ .must = JOIST_TEXT("") }), 0);
}

/* ---- reading keys back ----------------------------------------------------------------------- */

#define EVERY(F, T)                                                                               \
    F(T, joist_text, text) F(T, joist_bytes, bytes) F(T, joist_json, json) F(T, joist_int, n)     \
    F(T, joist_float, x) F(T, joist_bool, y) F(T, joist_time, at)                                 \
    F(T, joist_text, must, JOIST_REQUIRED) F(T, int64_t, pn) F(T, double, px) F(T, bool, py)      \
    F(T, joist_int, rn, JOIST_REQUIRED) F(T, joist_float, rx, JOIST_REQUIRED)                     \
    F(T, joist_bool, ry, JOIST_REQUIRED) F(T, joist_time, rt, JOIST_REQUIRED)
JOIST_RECORD(every, EVERY);

static uint64_t chance = 1;
static uint64_t next(void)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return chance >> 16 ^ chance << 40;
}

static char pool[64] = "\0\0\0\377\1\0a\0\377\0\0\377\376";
static joist_text some_text(void)
{
    size_t at = next() % 20;
    return next() % 5 ? (joist_text){ pool + at, next() % 20 } : JOIST_NO_TEXT;
}
static int64_t some_int(void)
{
    static const int64_t ends[] = { INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MIN + 1, 255, 256 };
    return next() % 2 ? ends[next() % 8] : (int64_t)(next() << next() % 60);
}
static double some_float(void)
{
    static const double ends[] = { 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308, 1, -1.5 };
    uint64_t bits = next() << 3 | next() % 8, kind = next() % 4;
    double x;
    memcpy(&x, &bits, sizeof x);
    return kind == 0 ? ends[next() % 8] : kind == 1 ? (next() % 2 ? 1 : -1) * (double)INFINITY
         : kind == 2 ? (double)NAN : x;
}
static bool some_bool(void) { return next() % 2; }

static every some_record(void)
{
    joist_text b = some_text(), j = some_text();
    return (every){ some_text(), { b.ptr, b.len }, { j.ptr, j.len }, { some_int(), some_bool() },
                    { some_float(), some_bool() }, { some_bool(), some_bool() },
                    { some_int(), some_bool() }, some_text(), some_int(), some_float(),
                    some_bool(), { some_int(), some_bool() }, { some_float(), some_bool() },
                    { some_bool(), some_bool() }, { some_int(), some_bool() } };
}

static joist_fields some_fields(void)
{
    joist_fields f = { .count = 1 + (uint32_t)(next() % 8) };
    for (uint32_t i = 0; i < f.count; i++)
        f.offset[i] = every_type.fields[next() % every_type.count].offset;
    return f;
}

static bool is_key(const joist_fields *f, const joist_field *field)
{
    bool found = false;
    for (uint32_t i = 0; i < f->count; i++)
        found |= f->offset[i] == field->offset;
    return found;
}

/* All that is no key is zero; what is one is NULL where it was, and else encodes as it did. */
static void expect_read_back(const joist_fields *f, const every *was, const every *got)
{
    for (size_t i = 0; i < every_type.count; i++) {
        const joist_field *field = &every_type.fields[i];
        static const every zero;
        if (!is_key(f, field)) {
            const char *at = (const char *)got + field->offset;
            cr_assert_eq(memcmp(at, (const char *)&zero + field->offset, field->size), 0, "%s",
                         field->name);
        } else {
            bool null = joist_field_is_null(field, was) && joist_field_nullable(field);
            cr_assert_eq(joist_field_is_null(field, got), null, "%s", field->name);
        }
    }
}

Test(key, what_is_read_back_is_what_it_was_made_of)
{
    joist_arena *arena = joist_arena_new();
    for (int round = 0; round < 200000; round++) {
        joist_buffer key = { 0 }, again = { 0 };
        joist_fields f = some_fields();
        every was = some_record(), got;
        memset(&got, 0x5a, sizeof got);
        joist_key_encode(&every_type, &f, &was, &key);
        size_t len = key.len;
        for (uint64_t more = next() % 4; more > 0; more--)
            joist_buffer_byte(&key, (char)next());      /* windows, sides, places follow */
        cr_assert_eq(jst_key_length(&every_type, &f, key.ptr), len);
        jst_key_decode(&every_type, &f, key.ptr, &got, arena);
        joist_key_encode(&every_type, &f, &got, &again);
        cr_assert(again.len == len && memcmp(again.ptr, key.ptr, len) == 0, "round %d", round);
        memset(key.ptr, 0x5a, key.len);                 /* texts are copies */
        again.len = 0;
        joist_key_encode(&every_type, &f, &got, &again);
        cr_assert_eq(again.len, len);
        expect_read_back(&f, &was, &got);
        joist_buffer_free(&key);
        joist_buffer_free(&again);
        joist_arena_reset(arena);
    }
    joist_arena_free(arena);
}

Test(key, values_by_hand)
{
    joist_arena *arena = joist_arena_new();
    joist_buffer key = { 0 };
    every was = { .text = { "a\0b", 3 }, .x = JOIST_FLOAT(-2.5), .y = JOIST_BOOL(true), .pn = -7,
                  .px = 1e-300, .at = JOIST_TIME_MS(-1), .py = true }, got;
    joist_fields f = JOIST_FIELDS(every, px, at, text, n, y, pn, x, py).fields;
    joist_key_encode(&every_type, &f, &was, &key);
    jst_key_decode(&every_type, &f, key.ptr, &got, arena);
    cr_expect(joist_text_equal(got.text, was.text));
    cr_expect(got.x.set && got.x.v == -2.5 && got.px == 1e-300 && got.pn == -7);
    cr_expect(got.y.set && got.y.v && got.py && got.at.set && got.at.ms == -1 && !got.n.set);
    was.x.v = (double)NAN;
    was.px = -0.0;
    key.len = 0;
    joist_key_encode(&every_type, &f, &was, &key);
    jst_key_decode(&every_type, &f, key.ptr, &got, arena);
    cr_expect(isnan(got.x.v) && got.px == 0 && !signbit(got.px));
    joist_buffer_free(&key);
    joist_arena_free(arena);
}
