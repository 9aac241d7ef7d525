/* SPDX-License-Identifier: Apache-2.0
 * Keys: bytes whose memcmp order is the order of the values. Grouping, sorted runs and stores all
 * compare these instead of fields.
 *
 *   per field   00                       NULL
 *               01, then by kind:
 *   INT, TIME   8 bytes big-endian, sign bit flipped
 *   FLOAT       8 bytes big-endian: positive numbers with the sign bit set, negative ones inverted;
 *               -0.0 is 0.0, every NaN the same one, after infinity
 *   BOOL        1 byte
 *   TEXT, BYTES, JSON   the bytes with 00 written as 00 FF, then 00 00
 *
 * No encoding is a prefix of another, so fields may simply follow one another. The tag stands
 * before fields that cannot be NULL too: an int64_t and a joist_int of one value make the same key.
 *
 * A field that is NULL although its schema says it cannot be counts as its zero, as in the row
 * coder: a key is the same before and after an element was spilled. */
#include "key.h"

#include <assert.h>
#include <math.h>

enum { TEXT_EXTRA = 1 + 2 };

static uint64_t float_order(double v)
{
    uint64_t bits, sign = UINT64_C(1) << 63;
    if (isnan(v))
        return UINT64_MAX;
    v = v == 0 ? 0 : v;
    memcpy(&bits, &v, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

static char *put_escaped(char *p, joist_text t)
{
    const char *from = t.ptr, *end = from + t.len;
    while (from < end) {
        const char *zero = memchr(from, 0, (size_t)(end - from));
        size_t plain = (size_t)((zero ? zero : end) - from);
        memcpy(p, from, plain);
        p += plain;
        from += plain;
        if (zero) {
            *p++ = 0;
            *p++ = (char)0xff;
            from++;
        }
    }
    *p++ = 0;
    *p++ = 0;
    return p;
}

static void add_text(const char *at, joist_buffer *out)
{
    joist_text t;
    memcpy(&t, at, sizeof t);
    t = t.ptr ? t : JOIST_TEXT("");
    char *p = joist_buffer_reserve(out, t.len * 2 + TEXT_EXTRA);
    *p++ = 1;
    out->len += (size_t)(put_escaped(p, t) - p) + 1;
}

static void add_number(uint64_t order, joist_buffer *out)
{
    jst_put_number_key(joist_buffer_reserve(out, JST_NUMBER_KEY), order);
    out->len += JST_NUMBER_KEY;
}

/* The first member of every boxed struct is its value. */
static void add_value(const joist_field *f, const char *at, bool null, joist_buffer *out)
{
    int64_t n = 0;
    double x = 0;
    switch (f->kind) {
    case JOIST_KIND_TEXT:
    case JOIST_KIND_BYTES:
    case JOIST_KIND_JSON: add_text(at, out); break;
    case JOIST_KIND_INT:
    case JOIST_KIND_TIME:
        memcpy(&n, at, sizeof n);
        add_number(jst_int_order(null ? 0 : n), out);
        break;
    case JOIST_KIND_FLOAT:
        memcpy(&x, at, sizeof x);
        add_number(float_order(null ? 0 : x), out);
        break;
    case JOIST_KIND_BOOL:
        joist_buffer_byte(out, 1);
        joist_buffer_byte(out, !null && *(const bool *)(const void *)at);
        break;
    case JOIST_KIND_RECORD: break;
    }
}

void joist_key_encode(const joist_type *type, const joist_fields *fields, const void *record,
                      joist_buffer *out)
{
    for (uint32_t i = 0; i < fields->count; i++) {
        const joist_field *f = joist_type_field_at(type, fields->offset[i]);
        assert(f && !joist_field_repeated(f) && f->kind != JOIST_KIND_RECORD);
        bool null = joist_field_is_null(f, record);
        if (null && joist_field_nullable(f))
            joist_buffer_byte(out, 0);
        else
            add_value(f, (const char *)record + f->offset, null, out);
    }
}

/* ---- reading keys back ----------------------------------------------------------------------- */

/* Behind the text whose first byte is at p. */
static const char *text_end(const char *p)
{
    while (p[0] || p[1])
        p += p[0] ? 1 : 2;
    return p + 2;
}

static const char *field_end(const joist_field *f, const char *p)
{
    if (!*p)
        return p + 1;
    switch (f->kind) {
    case JOIST_KIND_TEXT:
    case JOIST_KIND_BYTES:
    case JOIST_KIND_JSON: return text_end(p + 1);
    case JOIST_KIND_BOOL: return p + 2;
    default: return p + JST_NUMBER_KEY;
    }
}

size_t jst_key_length(const joist_type *type, const joist_fields *fields, const char *key)
{
    const char *p = key;
    for (uint32_t i = 0; i < fields->count; i++)
        p = field_end(joist_type_field_at(type, fields->offset[i]), p);
    return (size_t)(p - key);
}

static joist_text read_text(const char *p, joist_arena *arena)
{
    const char *end = text_end(p) - 2;
    char *out = joist_arena_alloc(arena, (size_t)(end - p) + 1), *to = out;
    for (; p < end; p += *p ? 1 : 2)
        *to++ = *p;
    return (joist_text){ out, (size_t)(to - out) };
}

static double read_float(uint64_t order)
{
    uint64_t sign = UINT64_C(1) << 63, bits = order & sign ? order ^ sign : ~order;
    double v;
    if (order == UINT64_MAX)
        return NAN;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The value, and behind it the mark of a boxed one that it is there. */
static void set_number(const joist_field *f, const char *p, char *at)
{
    joist_int n = { jst_int_of_order(jst_get_big_endian(p)), true };
    joist_float x = { read_float(jst_get_big_endian(p)), true };
    joist_bool b = { *p != 0, true };
    const void *from = f->kind == JOIST_KIND_FLOAT ? (const void *)&x
                     : f->kind == JOIST_KIND_BOOL  ? (const void *)&b : (const void *)&n;
    memcpy(at, from, f->size);
}

static void set_field(const joist_field *f, const char *p, char *record, joist_arena *arena)
{
    if (!*p)
        return;
    if (f->kind != JOIST_KIND_TEXT && f->kind != JOIST_KIND_BYTES && f->kind != JOIST_KIND_JSON) {
        set_number(f, p + 1, record + f->offset);
        return;
    }
    joist_text t = read_text(p + 1, arena);
    memcpy(record + f->offset, &t, sizeof t);
}

void jst_key_decode(const joist_type *type, const joist_fields *fields, const char *key,
                    void *record, joist_arena *arena)
{
    memset(record, 0, type->size);
    for (uint32_t i = 0; i < fields->count; i++) {
        const joist_field *f = joist_type_field_at(type, fields->offset[i]);
        set_field(f, key, record, arena);
        key = field_end(f, key);
    }
}
