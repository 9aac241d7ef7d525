/* SPDX-License-Identifier: Apache-2.0
 * Rows to records: the other half of row_encode.c, which has the format.
 *
 * The bytes may come from a runner or from a damaged spill file, so nothing in them is believed:
 * every length is compared with what is left before it is used, memory for a list is asked for only
 * when the rest of the input could hold that many items, nesting ends at 64 levels, a varint at 10
 * bytes.
 *
 * Accepted beyond what row_encode.c writes: a null bitmap padded with zero bytes (Beam's Python
 * SDK), a row of fewer fields than the schema if the missing last ones may be NULL (columns added
 * since), varints with needless zero groups. Refused: rows of more fields than the schema, arrays
 * of unknown length (count -1), NULL where the schema has none, booleans other than 0 and 1.
 * STRINGs are not checked to be UTF-8: that is done where records are made from outside data. */
#include "joist/record.h"

enum { DEEPEST = 64, LONGEST_VARINT = 10, SMALLEST_TEXT = 1, SMALLEST_ROW = 2 };

typedef struct reader {
    const unsigned char *at, *end;
    joist_arena *arena;
    int depth;
} reader;

static bool get_row(reader *r, const joist_type *type, char *record);

static inline size_t left(const reader *r)
{
    return (size_t)(r->end - r->at);
}

/* The tenth byte may only carry bit 63. */
static bool get_long_varint(reader *r, uint64_t *v)
{
    size_t most = left(r) < LONGEST_VARINT ? left(r) : LONGEST_VARINT;
    uint64_t sum = 0;
    for (size_t i = 0; i < most; i++) {
        unsigned char byte = r->at[i];
        if (i == LONGEST_VARINT - 1 && byte > 1)
            return false;
        sum |= (uint64_t)(byte & 0x7f) << 7 * i;
        if (byte < 0x80) {
            r->at += i + 1;
            *v = sum;
            return true;
        }
    }
    return false;
}

static inline bool get_varint(reader *r, uint64_t *v)
{
    if (JOIST_LIKELY(r->at < r->end && *r->at < 0x80)) {
        *v = *r->at++;
        return true;
    }
    return get_long_varint(r, v);
}

static inline bool get_text(reader *r, char *at)
{
    uint64_t len;
    if (!get_varint(r, &len) || len > left(r))
        return false;
    joist_text t = { (const char *)r->at, (size_t)len };
    memcpy(at, &t, sizeof t);   /* bytes and JSON share the layout but may not alias */
    r->at += len;
    return true;
}

static bool get_big_endian(reader *r, int bytes, uint64_t *v)
{
    if (left(r) < (size_t)bytes)
        return false;
    for (*v = 0; bytes > 0; bytes--)
        *v = *v << 8 | *r->at++;
    return true;
}

/* The boxed structs begin with their value; behind it comes `set`. */
static inline void put_scalar(const joist_field *f, char *at, const void *v, size_t size)
{
    memcpy(at, v, size);
    if (f->boxed)
        *(bool *)(void *)(at + size) = true;
}

static inline bool get_int(reader *r, const joist_field *f, char *at)
{
    uint64_t v;
    if (!get_varint(r, &v))
        return false;
    put_scalar(f, at, &v, sizeof v);
    return true;
}

static inline bool get_float(reader *r, const joist_field *f, char *at)
{
    uint64_t bits;
    if (!get_big_endian(r, 8, &bits))
        return false;
    put_scalar(f, at, &bits, sizeof bits);
    return true;
}

static inline bool get_bool(reader *r, const joist_field *f, char *at)
{
    if (r->at == r->end || *r->at > 1)
        return false;
    bool v = *r->at++ == 1;
    put_scalar(f, at, &v, sizeof v);
    return true;
}

static bool get_items(reader *r, const joist_field *f, char *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(f->texts ? get_text(r, items + i * sizeof(joist_text))
                       : get_row(r, f->items, items + i * f->items->size)))
            return false;
    return true;
}

static bool get_list(reader *r, const joist_field *f, char *at)
{
    uint64_t count;
    size_t smallest = f->texts ? SMALLEST_TEXT : SMALLEST_ROW;
    size_t size = f->texts ? sizeof(joist_text) : f->items->size;
    if (!get_big_endian(r, 4, &count) || count > left(r) / smallest || count > SIZE_MAX / 2 / size)
        return false;
    struct { char *items; size_t count; } list = { NULL, (size_t)count };
    if (count)
        list.items = joist_arena_alloc(r->arena, list.count * size);
    memcpy(at, &list, sizeof list);
    return get_items(r, f, list.items, list.count);
}

static inline bool get_field(reader *r, const joist_field *f, char *at)
{
    if (joist_field_repeated(f))
        return get_list(r, f, at);
    switch (f->kind) {
    case JOIST_KIND_TEXT:
    case JOIST_KIND_BYTES:
    case JOIST_KIND_JSON: return get_text(r, at);
    case JOIST_KIND_INT:
    case JOIST_KIND_TIME: return get_int(r, f, at);
    case JOIST_KIND_FLOAT: return get_float(r, f, at);
    case JOIST_KIND_BOOL: return get_bool(r, f, at);
    case JOIST_KIND_RECORD: return get_row(r, f->record, at);
    }
    return false;
}

/* The head of a row: how many fields follow and which of them are NULL. */
typedef struct head { size_t fields; const unsigned char *nulls; size_t bytes; } head;

static bool get_head(reader *r, const joist_type *type, head *h)
{
    uint64_t fields, bytes;
    if (!get_varint(r, &fields) || fields > type->count || !get_varint(r, &bytes))
        return false;
    if (bytes > (fields + 7) / 8 || bytes > left(r))
        return false;
    *h = (head){ (size_t)fields, r->at, (size_t)bytes };
    r->at += bytes;
    /* Bits beyond the last field must be zero. */
    return bytes * 8 <= fields || !(h->nulls[bytes - 1] >> (8 - (bytes * 8 - fields)));
}

static inline bool is_null(const head *h, size_t i)
{
    return i >= h->fields || (i / 8 < h->bytes && h->nulls[i / 8] >> i % 8 & 1);
}

static bool get_fields(reader *r, const joist_type *type, const head *h, char *record)
{
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (!is_null(h, i) ? !get_field(r, f, record + f->offset) : !joist_field_nullable(f))
            return false;
    }
    return true;
}

/* Zeroed first: a NULL of every kind is zero bytes. */
static bool get_row(reader *r, const joist_type *type, char *record)
{
    head h;
    if (r->depth == DEEPEST || !get_head(r, type, &h))
        return false;
    memset(record, 0, type->size);
    r->depth++;
    bool ok = get_fields(r, type, &h, record);
    r->depth--;
    return ok;
}

size_t joist_row_decode(const joist_type *type, const void *in, size_t len, void *record,
                        joist_arena *arena)
{
    if (!len)
        return 0;
    const unsigned char *bytes = in;
    reader r = { bytes, bytes + len, arena, 0 };
    return get_row(&r, type, record) ? (size_t)(r.at - bytes) : 0;
}
