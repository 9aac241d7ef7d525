/* SPDX-License-Identifier: Apache-2.0
 * Columns to fields, cells to values, and records written and read again. */
/* Tests: csv_decode.c csv_write.c */
#include <criterion/criterion.h>

#include "csv_decode.h"
#include "csv_write.h"

#define HOME(F, T) F(T, joist_text, city, 0) F(T, joist_int, floor, 0)
JOIST_RECORD(home, HOME);

#define ALL(F, T)                                                                                 \
    F(T, joist_text, name, 0, .limit = 8) F(T, joist_int, n, 0) F(T, int64_t, bare, 0)            \
    F(T, joist_float, x, 0) F(T, joist_bool, yes, 0) F(T, joist_time, at, 0)                      \
    F(T, joist_bytes, raw, 0) F(T, joist_json, any, 0) F(T, joist_text_list, tags, 0)             \
    F(T, home, home, 0, JOIST_OF(home)) F(T, home_list, homes, 0, JOIST_LIST_OF(home))
JOIST_RECORD(all, ALL);

#define NAMED(F, T)                                                                               \
    F(T, joist_text, id, 0) F(T, joist_text, mail, 0, .from = "wp.mail|mail_2|e-mail")            \
    F(T, joist_text, text, JOIST_ENTITIES)
JOIST_RECORD(named, NAMED);

static joist_arena *arena;
static void set_up(void) { arena = joist_arena_new(); }
static void tear_down(void) { joist_arena_free(arena); }
TestSuite(csv_decode, .init = set_up, .fini = tear_down);

/* The record as JSON. */
static void decode(const joist_type *type, const char *header, const char *cells, void *record)
{
    jst_csv_columns c;
    jst_csv_cells split = { 0 };
    jst_csv_error e = { 0 };
    jst_csv_columns_init(&c, type, ',');
    cr_assert(jst_csv_columns_take(&c, joist_text_of(header), &e), "%s", e.message);
    cr_assert(jst_csv_split(joist_text_of(cells), ',', c.count, &split, arena, &e), "%s",
              e.message);
    cr_assert_eq(split.count, c.count);
    jst_csv_decode(&c, &split, record, arena);
    jst_csv_cells_free(&split);
    jst_csv_columns_free(&c);
}

static void expect(const joist_type *type, const char *header, const char *cells,
                   const char *wanted)
{
    joist_buffer got = { 0 };
    void *record = joist_arena_alloc(arena, type->size);
    memset(record, 0xA5, type->size);
    decode(type, header, cells, record);
    joist_json_write_record(&got, type, record, 0);
    cr_assert(joist_text_equal(joist_buffer_view(&got), joist_text_of(wanted)), "%.*s is not %s",
              JOIST_ARG(joist_buffer_view(&got)), wanted);
    joist_buffer_free(&got);
}

Test(csv_decode, columns_by_name)
{
    expect(&named_type, "text,other,id", "x,y,z", "{\"id\":\"z\",\"mail\":null,\"text\":\"x\"}");
    expect(&named_type, " id , mail", "1,2", "{\"id\":\"1\",\"mail\":\"2\",\"text\":null}");
    expect(&named_type, "ID,id", "1,2", "{\"id\":\"2\",\"mail\":null,\"text\":null}");
}

Test(csv_decode, columns_by_from)
{
    expect(&named_type, "wp.mail,e-mail", "a,b", "{\"id\":null,\"mail\":\"a\",\"text\":null}");
    expect(&named_type, "wp.mail,e-mail", ",b", "{\"id\":null,\"mail\":\"b\",\"text\":null}");
    expect(&named_type, "e-mail,mail", "a, ", "{\"id\":null,\"mail\":\"a\",\"text\":null}");
    expect(&named_type, "e-mail,mail", "a,b", "{\"id\":null,\"mail\":\"b\",\"text\":null}");
}

Test(csv_decode, kinds)
{
    expect(&all_type, "name,n,bare,x,yes,at,raw,any,tags,home,homes",
           "a,-12,7,1.5,Yes,2026-08-20T03:14:07+02:00,YWI=,\"{\"\"a\"\": 1}\","
           "\"[\"\"p\"\",\"\"q\"\"]\""
           ",\"{\"\"city\"\":\"\"U\"\",\"\"floor\"\":\"\"3\"\"}\",\"[{\"\"floor\"\":1},{}]\"",
           "{\"name\":\"a\",\"n\":-12,\"bare\":7,\"x\":1.5,\"yes\":true,"
           "\"at\":\"2026-08-20T01:14:07.000Z\",\"raw\":\"YWI=\",\"any\":{\"a\":1},"
           "\"tags\":[\"p\",\"q\"],\"home\":{\"city\":\"U\",\"floor\":3},"
           "\"homes\":[{\"city\":null,\"floor\":1},{\"city\":null,\"floor\":null}]}");
}

static const char nothing[] =
    "{\"name\":null,\"n\":null,\"bare\":0,\"x\":null,\"yes\":null,\"at\":null,\"raw\":null,"
    "\"any\":null,\"tags\":[],\"home\":{\"city\":null,\"floor\":null},\"homes\":[]}";

Test(csv_decode, empty_is_null)
{
    expect(&all_type, "name,n,bare,x,yes,at,raw,any,tags,home,homes", ",,,,,,,,,,", nothing);
    expect(&all_type, "name,n,bare,x,yes,at,raw,any,tags,home,homes",
           "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"", nothing);
}

Test(csv_decode, what_does_not_cast_is_null)
{
    expect(&all_type, "name,n,bare,x,yes,at,raw,any,tags,home,homes",
           " \t,1.0,x,1.,maybe,2026-08-20,a,{,{},[],7", nothing);
    expect(&all_type, "n,bare,x", "9223372036854775808,-9223372036854775809,1e999", nothing);
}

Test(csv_decode, texts_are_cleaned_as_those_of_json)
{
    expect(&named_type, "id", "\" a\x01\nb\x7f \"",
           "{\"id\":\"a\\nb\",\"mail\":null,\"text\":null}");
    expect(&named_type, "id,text", "&amp;,&amp;",
           "{\"id\":\"&amp;\",\"mail\":null,\"text\":\"&\"}");
    expect(&named_type, "id", "\xC3\xA4\xC3(\xFF",
           "{\"id\":\"\xC3\xA4\xEF\xBF\xBD(\xEF\xBF\xBD\",\"mail\":null,\"text\":null}");
    expect(&all_type, "name", "123456\xC3\xA4\xC3\xA4",
           "{\"name\":\"123456\xC3\xA4\",\"n\":null,\"bare\":0,\"x\":null,\"yes\":null,\"at\":null,"
           "\"raw\":null,\"any\":null,\"tags\":[],\"home\":{\"city\":null,\"floor\":null},"
           "\"homes\":[]}");
}

Test(csv_decode, headers_that_are_none)
{
    jst_csv_columns c;
    jst_csv_error e = { 0 };
    jst_csv_columns_init(&c, &named_type, ',');
    cr_assert(!jst_csv_columns_take(&c, JOIST_TEXT("id;mail"), &e));
    cr_assert(strstr(e.message, "no column of the header is a field"), "%s", e.message);
    cr_assert(!jst_csv_columns_take(&c, JOIST_TEXT("id,mail,id"), &e));
    cr_assert(strstr(e.message, "two columns of one name"), "%s", e.message);
    cr_assert(!jst_csv_columns_take(&c, JOIST_TEXT("id,\"mail"), &e));
    cr_assert_eq(e.at, 3);
    cr_assert(jst_csv_columns_take(&c, JOIST_TEXT("x,id,x"), &e), "nobody reads x");
    cr_assert(jst_csv_columns_have(&c, &named_type.fields[0]));
    cr_assert(!jst_csv_columns_have(&c, &named_type.fields[1]));
    cr_assert(jst_csv_columns_take(&c, JOIST_TEXT("mail_2"), &e));
    cr_assert(!jst_csv_columns_have(&c, &named_type.fields[0]));
    cr_assert(jst_csv_columns_have(&c, &named_type.fields[1]));
    jst_csv_columns_free(&c);
}

/* ---- writing --------------------------------------------------------------------------------- */
static joist_text written(const joist_type *type, const void *record, char separator)
{
    joist_buffer out = { 0 }, cell = { 0 };
    jst_csv_write_header(&out, type, separator);
    jst_csv_write_record(&out, &cell, type, record, separator);
    joist_text copy = joist_arena_text(arena, joist_buffer_view(&out));
    joist_buffer_free(&out);
    joist_buffer_free(&cell);
    return copy;
}

static void expect_written(const joist_type *type, const void *record, char separator,
                           const char *wanted)
{
    joist_text got = written(type, record, separator);
    cr_assert(joist_text_equal(got, joist_text_of(wanted)), "%.*s is not %s", JOIST_ARG(got),
              wanted);
}

Test(csv_decode, quotes_only_where_they_are_needed)
{
    named n = { JOIST_TEXT("a b;c"), JOIST_TEXT("x,y"), JOIST_TEXT("\"q\"\r\n\"") };
    expect_written(&named_type, &n, ',', "id,mail,text\na b;c,\"x,y\",\"\"\"q\"\"\r\n\"\"\"\n");
    expect_written(&named_type, &n, ';', "id;mail;text\n\"a b;c\";x,y;\"\"\"q\"\"\r\n\"\"\"\n");
    n = (named){ JOIST_TEXT(""), JOIST_NO_TEXT, JOIST_TEXT("\xFF") };
    expect_written(&named_type, &n, '\t', "id\tmail\ttext\n\t\t\xEF\xBF\xBD\n");
}

#define ALONE(F, T) F(T, joist_text, id, 0)
JOIST_RECORD(alone, ALONE);

Test(csv_decode, a_record_of_one_empty_cell_is_no_empty_line)
{
    alone one = { JOIST_NO_TEXT };
    expect_written(&alone_type, &one, ',', "id\n\"\"\n");
}

Test(csv_decode, what_is_written_is_read_again)
{
    const home homes[] = { { JOIST_TEXT("\"U\""), JOIST_INT(1) }, { JOIST_NO_TEXT, { 0, false } } };
    const joist_text tags[] = { JOIST_TEXT("p,q"), JOIST_TEXT("\"") };
    all before = {
        JOIST_TEXT("a,\"b\"\nc"), JOIST_INT(INT64_MIN), -1, JOIST_FLOAT(0.1), JOIST_BOOL(false),
        JOIST_TIME_MS(1234567890123), { "\x00\xFF", 2 }, { "{\"a\":[1,\"x\"]}", 13 }, { tags, 2 },
        homes[0], { homes, 2 }
    }, after;
    joist_text text = written(&all_type, &before, ',');
    const char *line = memchr(text.ptr, '\n', text.len);
    joist_text header = { text.ptr, (size_t)(line - text.ptr) };
    joist_text cells = { line + 1, text.len - header.len - 2 };
    char *h = joist_text_dup(header), *c = joist_text_dup(cells);
    decode(&all_type, h, c, &after);
    joist_buffer a = { 0 }, b = { 0 };
    joist_json_write_record(&a, &all_type, &before, 0);
    joist_json_write_record(&b, &all_type, &after, 0);
    cr_assert(joist_text_equal(joist_buffer_view(&a), joist_buffer_view(&b)), "%.*s is not %.*s",
              JOIST_ARG(joist_buffer_view(&b)), JOIST_ARG(joist_buffer_view(&a)));
    joist_buffer_free(&a);
    joist_buffer_free(&b);
    joist_free(h);
    joist_free(c);
}
