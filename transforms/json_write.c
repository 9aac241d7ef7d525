/* SPDX-License-Identifier: Apache-2.0
 * Compact JSON. Strings are written in one form only, whatever escapes they came with, so that
 * equal text gives equal bytes. Numbers stay as they were written. */
#include <joist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_bytes.h"
#include "json_string.h"
#include "json_utf8.h"
#include "json_value.h"

/* ---- strings --------------------------------------------------------------------------------- */
static void add_escape(joist_buffer *out, char c)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    const char *at = c ? strchr(plain, c) : NULL;
    if (!at) {
        joist_buffer_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
        return;
    }
    char two[2] = { '\\', letter[at - plain] };
    joist_buffer_add(out, two, 2);
}

/* The character beyond ASCII at p, or U+FFFD for what is none; returns what is behind it. */
static const char *add_character(joist_buffer *out, const char *p, const char *end)
{
    size_t bad = 0, n = jst_utf8_length(p, end, &bad);
    joist_buffer_add(out, n ? p : JST_REPLACEMENT, n ? n : 3);
    return p + n + bad;
}

/* Up to the first byte that must be escaped (or is a quote), or end; returns where it stopped. */
static const char *add_plain(joist_buffer *out, const char *p, const char *end)
{
    for (;;) {
        const char *stop = jst_json_ascii_end(p, end);
        joist_buffer_add(out, p, (size_t)(stop - p));
        if (stop == end || (unsigned char)*stop < 0x80)
            return stop;
        p = add_character(out, stop, end);
    }
}

/* Text as the contents of a string. */
static void add_characters(joist_buffer *out, joist_text t)
{
    const char *end = t.ptr + t.len;
    for (const char *p = add_plain(out, t.ptr, end); p < end; p = add_plain(out, p + 1, end))
        add_escape(out, *p);
}

/* Adds the text with its quotes, if it is written as it stands. */
static inline bool add_clean(joist_buffer *out, joist_text t)
{
    if (out->cap - out->len < t.len + 2)
        joist_buffer_reserve(out, t.len + 2);
    char *at = out->ptr + out->len;
    if (!jst_json_copy_clean(at + 1, t.ptr, t.len))
        return false;
    at[0] = at[t.len + 1] = '"';
    out->len += t.len + 2;
    return true;
}

void joist_json_write_text(joist_buffer *out, joist_text t)
{
    if (!t.ptr) {
        joist_buffer_add(out, "null", 4);
        return;
    }
    if (JOIST_LIKELY(add_clean(out, t)))
        return;
    joist_buffer_byte(out, '"');
    add_characters(out, t);
    joist_buffer_byte(out, '"');
}

void joist_json_write_int(joist_buffer *out, int64_t n)
{
    char digits[20], *end = digits + sizeof digits, *p = end;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0)
        *--p = '-';
    joist_buffer_add(out, p, (size_t)(end - p));
}

/* ---- values ---------------------------------------------------------------------------------- */
/* What stands at p inside a string and is not plain: an escape (or a control character). */
static const char *rewrite_escape(joist_buffer *out, const char *p, const char *end)
{
    char c[4] = { *p };
    size_t n = 1;
    const char *next = p + 1;
    if (*p == '\\')
        n = jst_unescape_one(p, end, c, &next);
    add_characters(out, (joist_text){ c, n });
    return next;
}

/* The string whose opening quote is at p, escapes and all; returns what is behind it. */
static const char *rewrite_string(joist_buffer *out, const char *p, const char *end)
{
    joist_buffer_byte(out, '"');
    p = add_plain(out, p + 1, end);
    while (p < end && *p != '"')
        p = add_plain(out, rewrite_escape(out, p, end), end);
    joist_buffer_byte(out, '"');
    return p < end ? p + 1 : end;
}

static const char *bare_end(const char *p, const char *end)
{
    while (p < end && *p != '"' && !jst_json_space(*p))
        p++;
    return p;
}

void joist_json_write_value(joist_buffer *out, joist_json v)
{
    if (!v.ptr || !v.len) {
        joist_buffer_add(out, "null", 4);
        return;
    }
    const char *end = v.ptr + v.len;
    joist_buffer_reserve(out, v.len);
    for (const char *p = v.ptr; p < end; p = jst_json_skip_space(p, end)) {
        if (*p == '"') {
            p = rewrite_string(out, p, end);
            continue;
        }
        const char *stop = bare_end(p, end);
        joist_buffer_add(out, p, (size_t)(stop - p));
        p = stop;
    }
}

/* ---- records --------------------------------------------------------------------------------- */
/* The fewest digits that read back as the same double. JSON has no NaN and no infinity. */
static void add_float(joist_buffer *out, double x)
{
    char digits[40];
    if (!isfinite(x)) {
        joist_buffer_add(out, "null", 4);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, x);
        if (strtod(digits, NULL) == x)      /* NOLINT: equality is the question */
            break;
    }
    joist_buffer_text(out, joist_text_of(digits));
}

static void add_time(joist_buffer *out, joist_time t)
{
    char text[JOIST_TIME_SIZE];
    joist_time_format(t.ms, text);
    joist_json_write_text(out, (joist_text){ text, sizeof text });
}

static void add_bytes(joist_buffer *out, joist_bytes bytes)
{
    joist_buffer_byte(out, '"');
    jst_base64_add(out, bytes);
    joist_buffer_byte(out, '"');
}

static void add_texts(joist_buffer *out, const joist_text_list *list)
{
    joist_buffer_byte(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            joist_buffer_byte(out, ',');
        joist_json_write_text(out, list->items[i]);
    }
    joist_buffer_byte(out, ']');
}

typedef struct record_list { const char *items; size_t count; } record_list;    /* any T##_list */

static void add_records(joist_buffer *out, const joist_type *type, const record_list *list,
                        uint32_t mask)
{
    joist_buffer_byte(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            joist_buffer_byte(out, ',');
        joist_json_write_record(out, type, list->items + i * type->size, mask);
    }
    joist_buffer_byte(out, ']');
}

static void add_list(joist_buffer *out, const joist_field *f, const void *at, uint32_t mask)
{
    if (f->texts)
        add_texts(out, at);
    else
        add_records(out, f->items, at, mask);
}

/* The value comes first in the boxed types, so both forms are read alike. */
static void add_value(joist_buffer *out, const joist_field *f, const void *at, uint32_t mask)
{
    if (joist_field_repeated(f)) {
        add_list(out, f, at, mask);
        return;
    }
    switch (f->kind) {
    case JOIST_KIND_TEXT: joist_json_write_text(out, *(const joist_text *)at); break;
    case JOIST_KIND_BYTES: add_bytes(out, *(const joist_bytes *)at); break;
    case JOIST_KIND_INT: joist_json_write_int(out, *(const int64_t *)at); break;
    case JOIST_KIND_FLOAT: add_float(out, *(const double *)at); break;
    case JOIST_KIND_BOOL: joist_buffer_text(out,
                                            joist_text_of(*(const bool *)at ? "true"
                                                          : "false")); break;
    case JOIST_KIND_TIME: add_time(out, *(const joist_time *)at); break;
    case JOIST_KIND_JSON: joist_json_write_value(out, *(const joist_json *)at); break;
    case JOIST_KIND_RECORD: joist_json_write_record(out, f->record, at, mask); break;
    }
}

void jst_json_write_field(joist_buffer *out, const joist_field *f, const void *at)
{
    add_value(out, f, at, 0);
}

void joist_json_write_record(joist_buffer *out, const joist_type *type, const void *record,
                             uint32_t mask)
{
    joist_buffer_byte(out, '{');
    for (size_t i = 0; i < type->count; i++) {
        const joist_field *f = &type->fields[i];
        if (i)
            joist_buffer_byte(out, ',');
        joist_json_write_text(out, joist_text_of(f->name));
        joist_buffer_byte(out, ':');
        if (joist_field_is_null(f, record))
            joist_buffer_add(out, "null", 4);
        else if (f->flags & mask)
            joist_buffer_add(out, "\"***\"", 5);
        else
            add_value(out, f, (const char *)record + f->offset, mask);
    }
    joist_buffer_byte(out, '}');
}
