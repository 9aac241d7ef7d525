/* SPDX-License-Identifier: Apache-2.0
 * Records to rows: Beam's `beam:coder:row:v1`.
 *
 *   varint  number of fields
 *   varint  number of bytes of the null bitmap, then the bitmap: bit i % 8 of byte i / 8 is field i
 *   the fields that are not NULL, in order:
 *           STRING, BYTES  varint length, bytes        INT64   varint of the two's complement
 *           DOUBLE         8 bytes, big-endian         BOOLEAN 1 byte
 *           array          4 bytes big-endian count, items      row  as above, without a length
 *
 * The bitmap is written as Beam's Java SDK does, without trailing zero bytes (none at all if no
 * field is NULL); the decoder also takes the padded form of the Python SDK.
 *
 * A field that is NULL although its schema says it cannot be (a JOIST_REQUIRED text without a
 * pointer, a NULL item of a text list) is written as its zero: "", 0, false. A record has at most
 * 256 fields.
 *
 * Design: this runs for every element that is shuffled or spilled. A first pass adds up an upper
 * bound, so the buffer is grown once and everything after it is a store through a raw pointer. */
#include "joist/record.h"

#include <assert.h>

enum { LONGEST_VARINT = 10, LIST_HEAD = 4, MOST_FIELDS = 256 };

/* What T_list and joist_text_list both look like. */
typedef struct list { const char *items; size_t count; } list;

/* memcpy, because texts, bytes and JSON share a layout but may not alias. */
static inline joist_text text_at(const char *at)
{
    joist_text t;
    memcpy(&t, at, sizeof t);
    return t;
}

static inline list list_at(const char *at)
{
    list l;
    memcpy(&l, at, sizeof l);
    return l;
}

/* ---- pass 1: an upper bound ------------------------------------------------------------------ */

static size_t row_bound(const joist_type *type, const char *record);

static size_t list_bound(const joist_field *f, list l)
{
    size_t bound = LIST_HEAD;
    for (size_t i = 0; i < l.count; i++)
        bound += f->texts ? text_at(l.items + i * sizeof(joist_text)).len + LONGEST_VARINT
                          : row_bound(f->items, l.items + i * f->items->size);
    return bound;
}

static size_t row_bound(const joist_type *type, const char *record)
{
    /* Every scalar fits in a varint's ten bytes; count and bitmap length are two more varints. */
    size_t bound = (type->count + 2) * LONGEST_VARINT + type->count / 8 + 1;
    for (const joist_field *f = type->fields, *end = f + type->count; f < end; f++) {
        const char *at = record + f->offset;
        if (joist_field_repeated(f))
            bound += list_bound(f, list_at(at));
        else if (f->kind == JOIST_KIND_TEXT || f->kind == JOIST_KIND_BYTES
                 || f->kind == JOIST_KIND_JSON)
            bound += text_at(at).len;
        else if (f->kind == JOIST_KIND_RECORD)
            bound += row_bound(f->record, at);
    }
    return bound;
}

/* ---- pass 2: the bytes ----------------------------------------------------------------------- */

static char *put_row(char *p, const joist_type *type, const char *record);

static inline char *put_varint(char *p, uint64_t v)
{
    while (v >= 0x80) {
        *p++ = (char)(v | 0x80);
        v >>= 7;
    }
    *p++ = (char)v;
    return p;
}

static inline char *put_text(char *p, joist_text t)
{
    size_t len = t.ptr ? t.len : 0;
    p = put_varint(p, len);
    if (len)
        memcpy(p, t.ptr, len);
    return p + len;
}

static inline char *put_double(char *p, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    for (int shift = 56; shift >= 0; shift -= 8)
        *p++ = (char)(bits >> shift);
    return p;
}

static char *put_list(char *p, const joist_field *f, list l)
{
    assert(l.count <= INT32_MAX);
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (char)(l.count >> shift);
    for (size_t i = 0; i < l.count; i++)
        p = f->texts ? put_text(p, text_at(l.items + i * sizeof(joist_text)))
                     : put_row(p, f->items, l.items + i * f->items->size);
    return p;
}

/* The boxed structs begin with their value; whether it counts is the bool behind it. */
_Static_assert(offsetof(joist_int, set) == offsetof(joist_time, set), "read alike");

static inline bool absent(const joist_field *f, const char *set)
{
    return f->boxed && !*(const bool *)(const void *)set;
}

static inline int64_t int_at(const joist_field *f, const char *at)
{
    int64_t v;
    memcpy(&v, at, sizeof v);
    return absent(f, at + offsetof(joist_int, set)) ? 0 : v;
}

static inline double float_at(const joist_field *f, const char *at)
{
    double v;
    memcpy(&v, at, sizeof v);
    return absent(f, at + offsetof(joist_float, set)) ? 0 : v;
}

static inline bool bool_at(const joist_field *f, const char *at)
{
    return *(const bool *)(const void *)at && !absent(f, at + offsetof(joist_bool, set));
}

static inline char *put_field(char *p, const joist_field *f, const char *at)
{
    if (joist_field_repeated(f))
        return put_list(p, f, list_at(at));
    switch (f->kind) {
    case JOIST_KIND_TEXT:
    case JOIST_KIND_BYTES:
    case JOIST_KIND_JSON: return put_text(p, text_at(at));
    case JOIST_KIND_INT:
    case JOIST_KIND_TIME: return put_varint(p, (uint64_t)int_at(f, at));
    case JOIST_KIND_FLOAT: return put_double(p, float_at(f, at));
    case JOIST_KIND_BOOL: *p = (char)bool_at(f, at); return p + 1;
    case JOIST_KIND_RECORD: return put_row(p, f->record, at);
    }
    return p;
}

/* joist_field_is_null for a nullable field, in line: it is asked of every field of every record. */
static inline bool is_null(const joist_field *f, const char *at)
{
    switch (f->kind) {
    case JOIST_KIND_INT:
    case JOIST_KIND_TIME: return absent(f, at + offsetof(joist_int, set));
    case JOIST_KIND_FLOAT: return absent(f, at + offsetof(joist_float, set));
    case JOIST_KIND_BOOL: return absent(f, at + offsetof(joist_bool, set));
    default: return text_at(at).ptr == NULL;
    }
}

static char *put_row(char *p, const joist_type *type, const char *record)
{
    unsigned char nulls[MOST_FIELDS / 8] = { 0 };
    size_t used = 0;    /* bytes of it, without trailing zeroes */
    assert(type->count <= MOST_FIELDS);
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (joist_field_nullable(f) && is_null(f, record + f->offset)) {
            nulls[i / 8] |= (unsigned char)(1u << i % 8);
            used = i / 8 + 1;
        }
    }
    p = put_varint(put_varint(p, type->count), used);
    memcpy(p, nulls, used);
    p += used;
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (!(nulls[i / 8] >> i % 8 & 1))
            p = put_field(p, f, record + f->offset);
    }
    return p;
}

void joist_row_encode(const joist_type *type, const void *record, joist_buffer *out)
{
    char *start = joist_buffer_reserve(out, row_bound(type, record));
    out->len += (size_t)(put_row(start, type, record) - start);
}
