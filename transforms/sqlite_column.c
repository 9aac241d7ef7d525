/* SPDX-License-Identifier: Apache-2.0
 * Reading values back. What a Joist store wrote comes back exactly as it was; a column of somebody
 * else's that is of another type is read as JSON decoding would read it: the text "12" is an int,
 * "yes" is true, and what is none of these is NULL. Text into text is taken as it stands, neither
 * trimmed nor cut.
 *
 * Columns of lists, nested records and json must hold JSON. If they do not, the row is damaged,
 * and no rule could tell what it meant: that is an error, not a NULL. */
#include "sqlite_column.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* How every T_list begins. */
typedef struct any_list { const void *items; size_t count; } any_list;

static joist_text borrowed(sqlite3_stmt *s, int at)
{
    const char *ptr = (const char *)sqlite3_column_text(s, at);
    return (joist_text){ ptr ? ptr : "", ptr ? (size_t)sqlite3_column_bytes(s, at) : 0 };
}

static joist_text copied(sqlite3_stmt *s, int at, joist_arena *arena)
{
    return joist_arena_text(arena, borrowed(s, at));
}

/* A scalar as the JSON it would be: a number's token, a text in quotes, a blob nothing. */
static joist_json as_json(sqlite3_stmt *s, int at, joist_arena *arena)
{
    int type = sqlite3_column_type(s, at);
    if (type == SQLITE_NULL || type == SQLITE_BLOB)
        return (joist_json){ NULL, 0 };
    joist_text t = borrowed(s, at);
    joist_buffer b = { 0 };
    if (type == SQLITE_TEXT)
        joist_json_write_text(&b, t);
    joist_text json = joist_arena_text(arena, type == SQLITE_TEXT ? joist_buffer_view(&b) : t);
    joist_buffer_free(&b);
    return (joist_json){ json.ptr, json.len };
}

static joist_int to_int(sqlite3_stmt *s, int at, joist_arena *arena)
{
    if (sqlite3_column_type(s, at) == SQLITE_INTEGER)
        return JOIST_INT(sqlite3_column_int64(s, at));
    return joist_json_to_int(as_json(s, at, arena), NULL, "", JOIST_TEXT(""));
}

static joist_float to_float(sqlite3_stmt *s, int at, joist_arena *arena)
{
    int type = sqlite3_column_type(s, at);
    if (type == SQLITE_FLOAT || type == SQLITE_INTEGER)
        return JOIST_FLOAT(sqlite3_column_double(s, at));
    joist_text token =
        joist_json_to_float_token(as_json(s, at, arena), arena, NULL, "", JOIST_TEXT(""));
    if (joist_text_null(token))
        return (joist_float){ 0, false };
    char *digits = joist_text_dup(token);
    joist_float v = JOIST_FLOAT(strtod(digits, NULL));
    joist_free(digits);
    v.set = isfinite(v.v);
    return v;
}

static joist_bool to_bool(sqlite3_stmt *s, int at, joist_arena *arena)
{
    return joist_json_to_bool(as_json(s, at, arena), NULL, "", JOIST_TEXT(""));
}

static joist_time to_time(sqlite3_stmt *s, int at)
{
    joist_time t = { 0, false };
    if (sqlite3_column_type(s, at) != SQLITE_TEXT || !joist_time_parse(borrowed(s, at), &t))
        t.set = false;
    return t;
}

/* The column's JSON, checked whole: everything behind here relies on it. NULL stays NULL. */
static bool checked_json(sqlite3_stmt *s, int at, joist_arena *arena, joist_json *out)
{
    joist_json_error e;
    *out = (joist_json){ NULL, 0 };
    if (sqlite3_column_type(s, at) == SQLITE_NULL)
        return true;
    joist_text t = joist_trim(copied(s, at, arena));
    if (!t.len || joist_json_skip(t, &e) != t.len)
        return false;
    joist_json v = { t.ptr, t.len };
    if (joist_json_type_of(v) != JOIST_JSON_NULL)
        *out = v;
    return true;
}

static bool read_texts(joist_json v, const joist_field *f, void *out, joist_arena *arena)
{
    size_t n = 0;
    const joist_member *items = joist_json_members(v, arena, &n);
    joist_text *texts = joist_arena_alloc(arena, n * sizeof *texts);
    joist_text_list list = { texts, 0 };
    for (size_t i = 0; i < n; i++) {
        bool string = joist_json_type_of(items[i].value) == JOIST_JSON_STRING;
        joist_text t =
            string ? joist_json_string(items[i].value, arena)
                   : joist_json_to_text(items[i].value, f->limit, arena, NULL, "", JOIST_TEXT(""));
        if (!joist_text_null(t))
            texts[list.count++] = t;
    }
    memcpy(out, &list, sizeof list);
    return true;
}

static bool read_record(joist_json v, const joist_type *type, void *out, joist_arena *arena)
{
    joist_json_error e;
    joist_text t = v.ptr ? (joist_text){ v.ptr, v.len } : JOIST_TEXT("{}");
    return joist_json_decode_with(t, type, out, arena, NULL, &e);
}

static bool read_records(joist_json v, const joist_field *f, void *out, joist_arena *arena)
{
    size_t n = 0;
    const joist_member *items = joist_json_members(v, arena, &n);
    char *records = joist_arena_zalloc(arena, n * f->items->size);
    any_list list = { records, n };
    for (size_t i = 0; i < n; i++)
        if (!read_record(items[i].value, f->items, records + i * f->items->size, arena))
            return false;
    memcpy(out, &list, sizeof list);
    return true;
}

static bool read_json(sqlite3_stmt *s, int at, const joist_field *f, void *out, joist_arena *arena)
{
    joist_json v;
    if (!checked_json(s, at, arena, &v))
        return false;
    if (joist_field_repeated(f)) {
        if (v.ptr && joist_json_type_of(v) != JOIST_JSON_ARRAY)
            return false;
        return f->texts ? read_texts(v, f, out, arena) : read_records(v, f, out, arena);
    }
    if (f->kind == JOIST_KIND_RECORD)
        return read_record(v, f->record, out, arena);
    memcpy(out, &v, sizeof v);
    return true;
}

static void set_int(const joist_field *f, void *out, joist_int v)
{
    memcpy(out, f->boxed ? (const void *)&v : (const void *)&v.v, f->size);
}

static void set_float(const joist_field *f, void *out, joist_float v)
{
    memcpy(out, f->boxed ? (const void *)&v : (const void *)&v.v, f->size);
}

static void set_bool(const joist_field *f, void *out, joist_bool v)
{
    memcpy(out, f->boxed ? (const void *)&v : (const void *)&v.v, f->size);
}

/* Bytes come from blobs and texts as they are. */
static void set_bytes(sqlite3_stmt *s, int at, void *out, joist_arena *arena)
{
    const void *blob = sqlite3_column_blob(s, at);
    joist_text t = { blob ? blob : "", (size_t)sqlite3_column_bytes(s, at) };
    t = joist_arena_text(arena, t);
    memcpy(out, &t, sizeof t);
}

static void set_text(sqlite3_stmt *s, int at, void *out, joist_arena *arena)
{
    joist_text t = sqlite3_column_type(s, at) == SQLITE_BLOB ? JOIST_NO_TEXT : copied(s, at, arena);
    memcpy(out, &t, sizeof t);
}

static bool set_scalar(sqlite3_stmt *s, int at, const joist_field *f, void *out, joist_arena *arena)
{
    joist_time t;
    switch (f->kind) {
    case JOIST_KIND_TEXT:  set_text(s, at, out, arena); return true;
    case JOIST_KIND_BYTES: set_bytes(s, at, out, arena); return true;
    case JOIST_KIND_INT:   set_int(f, out, to_int(s, at, arena)); return true;
    case JOIST_KIND_FLOAT: set_float(f, out, to_float(s, at, arena)); return true;
    case JOIST_KIND_BOOL:  set_bool(f, out, to_bool(s, at, arena)); return true;
    case JOIST_KIND_TIME:
        t = to_time(s, at);
        memcpy(out, &t, sizeof t);
        return true;
    case JOIST_KIND_JSON:
    case JOIST_KIND_RECORD:
    default:               return read_json(s, at, f, out, arena);
    }
}

bool jst_sqlite_column(sqlite3_stmt *s, int at, const joist_field *f, void *record,
                       joist_arena *arena)
{
    void *out = (char *)record + f->offset;
    memset(out, 0, f->size);
    if (sqlite3_column_type(s, at) == SQLITE_NULL && f->kind != JOIST_KIND_RECORD)
        return true;
    return joist_field_repeated(f) ? read_json(s, at, f, out, arena)
                                   : set_scalar(s, at, f, out, arena);
}
