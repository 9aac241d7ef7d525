/* SPDX-License-Identifier: Apache-2.0
 * Tests: row_encode.c row_decode.c
 *
 * The golden vectors marked "yaml" have the values of Beam's standard_coders.yaml; those marked
 * "python" were computed with apache-beam 2.77.0 (RowCoder). Beam's INT32 fields are INT64 here:
 * the bytes are the same. */
#include "joist/record.h"

#include <criterion/criterion.h>
#include <math.h>

/* ---- record types of the vectors ------------------------------------------------------------- */
#define PLAIN(F, T)                                                                               \
    F(T, joist_text, str, JOIST_REQUIRED) F(T, joist_int, i32, JOIST_REQUIRED)                    \
    F(T, double, f64, 0) F(T, joist_text_list, arr, 0)
JOIST_RECORD(plain, PLAIN);

#define NULLABLE(F, T) F(T, joist_text, str, 0) F(T, joist_int, i32, 0) F(T, joist_float, f64, 0)
JOIST_RECORD(nullable, NULLABLE);

#define FLAG(F, T) F(T, bool, f_bool, 0) F(T, joist_bytes, f_bytes, 0)
JOIST_RECORD(flag, FLAG);

#define INSTANT(F, T) F(T, int64_t, seconds, 0) F(T, int64_t, micros, 0)
JOIST_RECORD(instant, INSTANT);
#define STAMPED(F, T)                                                                             \
    F(T, instant, f_timestamp, 0, JOIST_OF(instant)) F(T, joist_text, f_string, JOIST_REQUIRED)   \
    F(T, int64_t, f_int, 0)
JOIST_RECORD(stamped, STAMPED);

#define ALL(F, T)                                                                                 \
    F(T, joist_text, t, 0) F(T, joist_bytes, b, 0) F(T, joist_int, n, 0) F(T, joist_float, x, 0)  \
    F(T, joist_bool, y, 0) F(T, joist_time, at, 0) F(T, joist_json, j, 0)                         \
    F(T, int64_t, pn, 0) F(T, double, px, 0) F(T, bool, py, 0)
JOIST_RECORD(all, ALL);

#define ADDRESS(F, T) F(T, joist_text, street, JOIST_REQUIRED) F(T, joist_int, number, 0)
JOIST_RECORD(address, ADDRESS);
#define HOUSE(F, T)                                                                               \
    F(T, joist_text, name, JOIST_REQUIRED) F(T, joist_text_list, tags, 0)                         \
    F(T, address, home, 0, JOIST_OF(address)) F(T, address_list, others, 0, JOIST_LIST_OF(address))
JOIST_RECORD(house, HOUSE);

#define NINE(F, T)                                                                                \
    F(T, joist_int, f0, 0) F(T, joist_int, f1, 0) F(T, joist_int, f2, 0) F(T, joist_int, f3, 0)   \
    F(T, joist_int, f4, 0) F(T, joist_int, f5, 0) F(T, joist_int, f6, 0) F(T, joist_int, f7, 0)   \
    F(T, joist_int, f8, 0)
JOIST_RECORD(nine, NINE);

#define DOUBLES(F, T)                                                                             \
    F(T, double, f0, 0) F(T, double, f1, 0) F(T, double, f2, 0) F(T, double, f3, 0)               \
    F(T, double, f4, 0)
JOIST_RECORD(doubles, DOUBLES);

/* ---- helpers --------------------------------------------------------------------------------- */
static joist_arena *arena;

static void set_up(void) { arena = joist_arena_new(); }
static void tear_down(void) { joist_arena_free(arena); }
TestSuite(row_coder, .init = set_up, .fini = tear_down);

static joist_text hex_of(const joist_buffer *b)
{
    char *out = joist_arena_alloc(arena, b->len * 2 + 1);
    for (size_t i = 0; i < b->len; i++) {
        out[2 * i] = "0123456789abcdef"[(unsigned char)b->ptr[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[b->ptr[i] & 15];
    }
    out[b->len * 2] = '\0';
    return (joist_text){ out, b->len * 2 };
}

static unsigned digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

/* The bytes in a block of their own size, so that a sanitizer sees any read beyond them. */
static joist_bytes bytes_of(const char *hex)
{
    size_t len = strlen(hex) / 2;
    char *out = joist_malloc(len);
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return (joist_bytes){ out, len };
}

static void expect_bytes(const joist_type *type, const void *record, const char *hex)
{
    joist_buffer b = { 0 };
    joist_row_encode(type, record, &b);
    cr_expect_str_eq(hex_of(&b).ptr, hex, "%s: %s", type->name, hex_of(&b).ptr);
    joist_buffer_free(&b);
}

/* Decodes, checks that all was consumed and that the record encodes to `again`. */
static void expect_decoded(const joist_type *type, const char *hex, const char *again)
{
    void *record = joist_arena_alloc(arena, type->size);
    joist_bytes in = bytes_of(hex);
    memset(record, 0x5a, type->size);
    cr_assert_eq(joist_row_decode(type, in.ptr, in.len, record, arena), in.len, "%s", hex);
    expect_bytes(type, record, again);
    joist_free((void *)(uintptr_t)in.ptr);
}

static void golden(const joist_type *type, const void *record, const char *hex)
{
    expect_bytes(type, record, hex);
    expect_decoded(type, hex, hex);
}

static size_t decoded(const joist_type *type, const char *hex)
{
    void *record = joist_arena_alloc(arena, type->size);
    joist_bytes in = bytes_of(hex);
    size_t n = joist_row_decode(type, in.ptr, in.len, record, arena);
    joist_free((void *)(uintptr_t)in.ptr);
    return n;
}

/* ---- golden vectors -------------------------------------------------------------------------- */
Test(row_coder, yaml_strings_numbers_and_arrays)
{
    joist_text items[] = { JOIST_TEXT("foo"), JOIST_TEXT("bar"), JOIST_TEXT("baz") };
    plain p = { JOIST_TEXT("foo"), JOIST_INT(9001), 0.1, { items, 3 } };
    golden(&plain_type, &p, "040003666f6fa9463fb999999999999a0000000303666f6f036261720362617a");
}

Test(row_coder, yaml_nulls)
{
    nullable none = { 0 };
    golden(&nullable_type, &none, "030107");
    nullable two = { .str = JOIST_TEXT("foo"), .i32 = JOIST_INT(9001) };
    golden(&nullable_type, &two, "03010403666f6fa946");
    nullable three = { JOIST_TEXT("foo"), JOIST_INT(9001), JOIST_FLOAT(0.1) };
    golden(&nullable_type, &three, "030003666f6fa9463fb999999999999a");
}

Test(row_coder, yaml_booleans_and_bytes)
{
    flag yes = { true, { 0 } }, no = { false, { "ab\0c", 4 } };
    golden(&flag_type, &yes, "02010201");
    golden(&flag_type, &no, "0200000461620063");
}

Test(row_coder, yaml_nested_row)
{
    stamped s = { { 1597328054, 123456 }, JOIST_TEXT("2020-08-13T14:14:14.123456Z"),
                  1597328054123456 };
    golden(&stamped_type, &s, "03000200b695d5f905c0c4071b323032302d30382d31335431343a31343a31342e"
                              "3132333435365ac0f785daae98eb02");
}

static all everything(void)
{
    return (all){ JOIST_TEXT("caf\303\251"), { "\0\377", 2 }, JOIST_INT(-1), JOIST_FLOAT(1.5),
                  JOIST_BOOL(true), JOIST_TIME_MS(1700000000123), { "{\"a\":1}", 7 }, 300, -0.1,
                  false };
}

Test(row_coder, python_every_kind)
{
    all full = everything(), some = full;
    golden(&all_type, &full, "0a0005636166c3a90200ffffffffffffffffffff013ff800000000000001fb"
                             "d095ffbc31077b2261223a317dac02bfb999999999999a00");
    some.t = JOIST_TEXT("");
    some.b.ptr = NULL;
    some.at.set = false;
    some.pn = INT64_MIN;
    some.px = (double)INFINITY;
    some.py = true;
    /* Python pads the bitmap to two bytes, 2200; we write 22. */
    expect_bytes(&all_type, &some, "0a012200ffffffffffffffffff013ff800000000000001077b2261223a317d"
                                   "808080808080808080017ff000000000000001");
    expect_decoded(&all_type, "0a02220000ffffffffffffffffff013ff800000000000001077b2261223a317d"
                              "808080808080808080017ff000000000000001",
                   "0a012200ffffffffffffffffff013ff800000000000001077b2261223a317d"
                   "808080808080808080017ff000000000000001");
}

Test(row_coder, python_rows_and_lists_in_rows)
{
    joist_text tags[] = { JOIST_TEXT("x"), JOIST_TEXT(""), JOIST_TEXT("yz") };
    address others[] = { { JOIST_TEXT("B"), { 0 } }, { JOIST_TEXT("C"), JOIST_INT(-5) } };
    house h = { JOIST_TEXT("a"), { tags, 3 }, { JOIST_TEXT("Main"), JOIST_INT(7) },
                { others, 2 } };
    golden(&house_type, &h, "040001610000000301780002797a0200044d61696e0700000002020102014202000143"
                            "fbffffffffffffffff01");
    house empty = { .name = JOIST_TEXT(""), .home.street = JOIST_TEXT("") };
    golden(&house_type, &empty, "040000000000000201020000000000");
}

Test(row_coder, python_bitmap_of_two_bytes)
{
    nine n = { JOIST_INT(0), JOIST_INT(1), JOIST_INT(2), JOIST_INT(3), JOIST_INT(4),
               JOIST_INT(5), JOIST_INT(6), JOIST_INT(7), { 0 } };
    golden(&nine_type, &n, "090200010001020304050607");
    n.f8 = JOIST_INT(8);
    n.f0.set = false;
    expect_bytes(&nine_type, &n, "0901010102030405060708");
    expect_decoded(&nine_type, "090201000102030405060708", "0901010102030405060708");
}

Test(row_coder, python_varints)
{
    nine n = { JOIST_INT(0), JOIST_INT(127), JOIST_INT(128), JOIST_INT(16383), JOIST_INT(16384),
               JOIST_INT(INT64_MAX), JOIST_INT(INT64_MIN), JOIST_INT(-1),
               JOIST_INT(INT64_C(1) << 32) };
    golden(&nine_type, &n, "0900007f8001ff7f808001ffffffffffffffff7f80808080808080808001"
                           "ffffffffffffffffff018080808010");
}

Test(row_coder, python_doubles)
{
    doubles d = { 0.0, -0.0, (double)INFINITY, 5e-324, 3.141592653589793 };
    golden(&doubles_type, &d, "0500000000000000000080000000000000007ff0000000000000"
                              "0000000000000001400921fb54442d18");
}

/* ---- our own rules --------------------------------------------------------------------------- */
Test(row_coder, decoded_fields_have_the_values)
{
    joist_buffer b = { 0 };
    all got, full = everything();
    joist_row_encode(&all_type, &full, &b);
    cr_assert_eq(joist_row_decode(&all_type, b.ptr, b.len, &got, arena), b.len);
    cr_expect(joist_text_equal(got.t, full.t));
    cr_expect(got.t.ptr > b.ptr && got.t.ptr < b.ptr + b.len, "texts borrow the input");
    cr_expect(got.b.len == 2 && memcmp(got.b.ptr, "\0\377", 2) == 0);
    cr_expect(got.n.set && got.n.v == -1 && got.x.set && got.x.v == 1.5 && got.y.set && got.y.v);
    cr_expect(got.at.set && got.at.ms == 1700000000123 && got.j.len == 7);
    cr_expect(got.pn == 300 && got.px == -0.1 && !got.py);
    joist_buffer_free(&b);
}

Test(row_coder, an_empty_text_is_not_null)
{
    nullable got, in = { .str = JOIST_TEXT("") };
    joist_buffer b = { 0 };
    joist_row_encode(&nullable_type, &in, &b);
    cr_assert_eq(joist_row_decode(&nullable_type, b.ptr, b.len, &got, arena), b.len);
    cr_expect(got.str.ptr != NULL && got.str.len == 0);
    cr_expect(!got.i32.set && !got.f64.set);
    joist_buffer_free(&b);
}

Test(row_coder, what_may_not_be_null_is_written_as_zero)
{
    joist_text items[] = { JOIST_NO_TEXT };
    plain p = { .i32 = { 77, false }, .arr = { items, 1 } };
    expect_bytes(&plain_type, &p, "0400000000000000000000000000000100");
}

Test(row_coder, rows_are_appended_and_read_one_by_one)
{
    joist_buffer b = { 0 };
    for (int i = 0; i < 1000; i++)
        joist_row_encode(&instant_type, &(instant){ i, -i }, &b);
    size_t at = 0;
    for (int i = 0; i < 1000; i++) {
        instant got;
        size_t n = joist_row_decode(&instant_type, b.ptr + at, b.len - at, &got, arena);
        cr_assert(n > 0 && got.seconds == i && got.micros == -i);
        at += n;
    }
    cr_expect_eq(at, b.len);
    joist_buffer_free(&b);
}

Test(row_coder, missing_last_fields_are_null_if_they_may_be)
{
    expect_decoded(&nullable_type, "020003666f6fa946", "03010403666f6fa946");
    expect_decoded(&nullable_type, "0000", "030107");
    cr_expect_eq(decoded(&flag_type, "0000"), 0, "f_bool cannot be NULL");
}

Test(row_coder, overlong_varints_are_read)
{
    expect_decoded(&nullable_type, "8300810005cd00", "0301054d");
}

/* ---- hostile bytes --------------------------------------------------------------------------- */
Test(row_coder, every_cut_row_is_refused)
{
    joist_text tags[] = { JOIST_TEXT("x"), JOIST_TEXT("yz") };
    address others[] = { { JOIST_TEXT("B"), { 0 } }, { JOIST_TEXT("C"), JOIST_INT(-5) } };
    house got, h = { JOIST_TEXT("a"), { tags, 2 }, { JOIST_TEXT("Main"), JOIST_INT(7) },
                     { others, 2 } };
    joist_buffer b = { 0 };
    joist_row_encode(&house_type, &h, &b);
    for (size_t len = 0; len < b.len; len++) {
        char *cut = joist_malloc(len);
        memcpy(cut, b.ptr, len);
        cr_expect_eq(joist_row_decode(&house_type, cut, len, &got, arena), 0, "%zu bytes", len);
        joist_free(cut);
    }
    joist_buffer_free(&b);
}

Test(row_coder, lies_are_refused)
{
    static const struct { const joist_type *type; const char *hex, *why; } lies[] = {
        { &nullable_type, "", "nothing" },
        { &nullable_type, "0400", "more fields than the schema" },
        { &nullable_type, "03020700", "a bitmap longer than the fields need" },
        { &nullable_type, "03010f", "a bit beyond the last field" },
        { &nullable_type, "0307", "a bitmap beyond the input" },
        { &nullable_type, "0301068f03", "a text beyond the input" },
        { &nullable_type, "030106ffffffffffffffffff01", "a length of 2^64 - 1" },
        { &nullable_type, "03010580808080808080808002", "a varint beyond 64 bits" },
        { &nullable_type, "0301058080808080808080808000", "a varint of eleven bytes" },
        { &nullable_type, "0301033fb99999", "half a double" },
        { &flag_type, "02010101", "NULL in a bool that cannot be" },
        { &flag_type, "02010202", "a boolean that is neither" },
        { &plain_type, "0401010003fb999999999999a00000000", "NULL in a required text" },
        { &plain_type, "040000003fb999999999999affffffff", "an array of unknown length" },
        { &plain_type, "040000003fb999999999999a7fffffff0000", "more items than bytes" },
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
        cr_expect_eq(decoded(lies[i].type, lies[i].hex), 0, "%s", lies[i].why);
    /* What follows a row is not the row's business. */
    cr_expect_eq(decoded(&plain_type, "040000003fb999999999999a000000020000ffff"), 18);
}

/* A type no field list can declare, but a program can build: a row that holds a list of its like.
 * */
typedef struct node { struct { const struct node *items; size_t count; } below; } node;
extern const joist_type node_type;
static const joist_field node_fields[] = {
    { .name = "below", .kind = JOIST_KIND_RECORD, .boxed = true, .items = &node_type,
      .offset = 0, .size = sizeof(node) },
};
const joist_type node_type = { .name = "node", .size = sizeof(node),
    .fields = node_fields, .count = 1 };

static size_t decode_nested(size_t levels)
{
    joist_buffer b = { 0 };
    node got;
    for (size_t i = 0; i + 1 < levels; i++)
        joist_buffer_add(&b, "\1\0\0\0\0\1", 6);
    joist_buffer_add(&b, "\1\0\0\0\0\0", 6);
    size_t n = joist_row_decode(&node_type, b.ptr, b.len, &got, arena);
    joist_buffer_free(&b);
    return n;
}

Test(row_coder, nesting_ends_at_64)
{
    cr_expect_eq(decode_nested(64), 64 * 6);
    cr_expect_eq(decode_nested(65), 0);
    cr_expect_eq(decode_nested(100000), 0);
}

Test(row_coder, a_lie_about_items_asks_for_no_memory)
{
    size_t before = joist_arena_bytes(arena);
    for (int i = 0; i < 100; i++)
        cr_expect_eq(decoded(&house_type, "0400007fffffff00000000000000000000"), 0);
    cr_expect_leq(joist_arena_bytes(arena) - before, 32 << 10);
}
