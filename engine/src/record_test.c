/* SPDX-License-Identifier: Apache-2.0
 * Tests: record.c, and what the field-list macros of joist/record.h derive. */
#include "joist/record.h"

#include <criterion/criterion.h>

#define POINT(F, T) F(T, double, x, 0) F(T, joist_text, label, 0)
JOIST_RECORD(point, POINT);

#define SHAPE(F, T)                                                                               \
    F(T, joist_text, name, JOIST_REQUIRED, .help = "what it is called", .limit = 64)              \
    F(T, joist_bytes, raw, 0) F(T, joist_json, json, 0) F(T, joist_int, n, 0)                     \
    F(T, joist_float, x, 0) F(T, joist_bool, y, JOIST_REQUIRED) F(T, joist_time, at, 0)           \
    F(T, int64_t, pn, 0) F(T, double, px, 0) F(T, bool, py, 0)                                    \
    F(T, joist_text_list, tags, 0) F(T, point, centre, 0, JOIST_OF(point))                        \
    F(T, point_list, corners, 0, JOIST_LIST_OF(point))
JOIST_RECORD(shape, SHAPE);

static const joist_field *field(const char *name)
{
    return joist_type_field(&shape_type, joist_text_of(name));
}

Test(record, fields_are_found)
{
    for (size_t i = 0; i < shape_type.count; i++) {
        const joist_field *f = &shape_type.fields[i];
        cr_expect_eq(joist_type_field_at(&shape_type, f->offset), f);
        cr_expect_eq(field(f->name), f);
        cr_expect_null(joist_type_field_at(&shape_type, f->offset + 1));
    }
    cr_expect_null(field("no such field"));
}

Test(record, kinds_have_names)
{
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_TEXT), "text");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_BYTES), "bytes");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_INT), "int");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_FLOAT), "float");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_BOOL), "bool");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_TIME), "time");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_JSON), "json");
    cr_expect_str_eq(joist_kind_name(JOIST_KIND_RECORD), "record");
    cr_expect_str_eq(joist_kind_name((joist_kind)99), "unknown");
}

Test(record, fields_are_found_by_name)
{
    cr_assert_not_null(field("name"));
    cr_expect_eq(field("name")->limit, 64);
    cr_expect_eq(field("corners")->offset, offsetof(shape, corners));
    cr_expect_eq(field("corners")->items, &point_type);
    cr_expect_null(field("nam"));
    cr_expect_null(field(""));
}

Test(record, the_library_has_its_records)
{
    cr_expect_eq(joist_line_type.count, 1);
    cr_expect_eq(joist_value_type.fields[0].kind, JOIST_KIND_JSON);
    cr_expect_eq(joist_tally_type.size, sizeof(joist_tally));
    cr_expect_str_eq(joist_total_type.fields[1].name, "total");
}

Test(record, which_fields_can_be_null)
{
    static const char *const nullable[] = { "raw", "json", "n", "x", "at" };
    size_t count = 0;
    for (size_t i = 0; i < shape_type.count; i++)
        count += joist_field_nullable(&shape_type.fields[i]);
    for (size_t i = 0; i < sizeof nullable / sizeof nullable[0]; i++)
        cr_expect(joist_field_nullable(field(nullable[i])), "%s", nullable[i]);
    cr_expect_eq(count, sizeof nullable / sizeof nullable[0]);
}

Test(record, null_is_seen_in_every_kind)
{
    static const char *const absent[] = { "name", "raw", "json", "n", "x", "y", "at" };
    shape none = { 0 };
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        cr_expect(joist_field_is_null(field(absent[i]), &none), "%s", absent[i]);
    static const char *const never[] = { "pn", "px", "py", "tags", "centre", "corners" };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        cr_expect_not(joist_field_is_null(field(never[i]), &none), "%s", never[i]);
}

Test(record, a_zero_is_not_null)
{
    shape zero = { .name = JOIST_TEXT(""), .raw = { "", 0 }, .json = { "", 0 }, .n = JOIST_INT(0),
                   .x = JOIST_FLOAT(0), .y = JOIST_BOOL(false), .at = JOIST_TIME_MS(0) };
    for (size_t i = 0; i < shape_type.count; i++)
        cr_expect_not(joist_field_is_null(&shape_type.fields[i], &zero), "%zu", i);
}

/* Everything the copy points to is overwritten afterwards: nothing may be shared. */
Test(record, a_copy_shares_nothing)
{
    char text[] = "name", raw[] = "a\0b", label[] = "label", tag[] = "tag";
    joist_text tags[] = { { tag, 3 }, JOIST_NO_TEXT };
    point corners[] = { { 1, { label, 5 } }, { 2, JOIST_NO_TEXT } };
    shape from = { .name = { text, 4 }, .raw = { raw, 3 }, .n = JOIST_INT(5),
                   .at = JOIST_TIME_MS(9), .tags = { tags, 2 }, .centre = { 3, { label, 5 } },
                   .corners = { corners, 2 } };
    joist_arena *arena = joist_arena_new();
    shape to;
    joist_record_copy(&shape_type, &from, &to, arena);
    memset(text, 'z', 4), memset(raw, 'z', 3), memset(label, 'z', 5), memset(tag, 'z', 3);
    memset(tags, 0x77, sizeof tags), memset(corners, 0x77, sizeof corners);
    cr_expect(joist_text_equal(to.name, JOIST_TEXT("name")));
    cr_expect(to.raw.len == 3 && memcmp(to.raw.ptr, "a\0b", 3) == 0);
    cr_expect(to.n.set && to.n.v == 5 && to.at.set && to.at.ms == 9);
    cr_expect(to.tags.count == 2 && joist_text_equal(to.tags.items[0], JOIST_TEXT("tag")));
    cr_expect(joist_text_null(to.tags.items[1]));
    cr_expect(to.centre.x == 3 && joist_text_equal(to.centre.label, JOIST_TEXT("label")));
    cr_expect(to.corners.count == 2 && to.corners.items[1].x == 2);
    cr_expect(joist_text_equal(to.corners.items[0].label, JOIST_TEXT("label")));
    cr_expect(joist_text_null(to.corners.items[1].label));
    joist_arena_free(arena);
}

Test(record, a_copy_keeps_null_and_empty_apart)
{
    joist_arena *arena = joist_arena_new();
    shape to, from = { .name = JOIST_TEXT(""), .json = { "", 0 } };
    joist_record_copy(&shape_type, &from, &to, arena);
    cr_expect(to.name.ptr && to.name.len == 0 && to.json.ptr && to.json.len == 0);
    cr_expect(!to.raw.ptr && !to.n.set && to.tags.count == 0 && to.corners.count == 0);
    joist_record_copy(&shape_type, &to, &to, arena);
    cr_expect(to.name.ptr && !to.raw.ptr, "copied onto itself");
    joist_arena_free(arena);
}
