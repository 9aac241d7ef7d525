/* SPDX-License-Identifier: Apache-2.0
 * The hot loop of the SQLite store: per row and column one switch and one sqlite3_bind call. Texts
 * are bound in place (SQLITE_STATIC); what has to be formatted goes into a scratch buffer of its
 * column, so that no allocation happens after the first rows. */
#include "sqlite_bind.h"

/* How every T_list begins. */
typedef struct any_list { const char *items; size_t count; } any_list;

struct jst_sqlite_binder {
    const joist_type *type;
    char (*times)[JOIST_TIME_SIZE];
    joist_buffer *texts;
};

jst_sqlite_binder *jst_sqlite_binder_new(const joist_type *type)
{
    jst_sqlite_binder *b = joist_calloc(1, sizeof *b);
    b->type = type;
    b->times = joist_calloc(type->count, sizeof *b->times);
    b->texts = joist_calloc(type->count, sizeof *b->texts);
    return b;
}

void jst_sqlite_binder_free(jst_sqlite_binder *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->type->count; i++)
        joist_buffer_free(&b->texts[i]);
    joist_free(b->texts);
    joist_free(b->times);
    joist_free(b);
}

static void print_items(joist_buffer *out, const joist_field *f, const void *value)
{
    any_list list;
    memcpy(&list, value, sizeof list);
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            joist_buffer_byte(out, ',');
        if (f->texts)
            joist_json_write_text(out, ((const joist_text *)(const void *)list.items)[i]);
        else
            joist_json_write_record(out, f->items, list.items + i * f->items->size, 0);
    }
}

static int bind_json(joist_buffer *out, sqlite3_stmt *s, int at, const joist_field *f,
                     const void *value)
{
    out->len = 0;
    if (joist_field_repeated(f)) {
        joist_buffer_byte(out, '[');
        print_items(out, f, value);
        joist_buffer_byte(out, ']');
    } else {
        joist_json_write_record(out, f->record, value, 0);
    }
    return jst_sqlite_bind_text(s, at, joist_buffer_view(out));
}

static int bind_time(char out[JOIST_TIME_SIZE], sqlite3_stmt *s, int at, const joist_time *t)
{
    if (!t->set)
        return sqlite3_bind_null(s, at);
    joist_time_format(t->ms, out);
    return sqlite3_bind_text(s, at, out, JOIST_TIME_SIZE, SQLITE_STATIC);
}

static int bind_int(sqlite3_stmt *s, int at, bool boxed, const void *value)
{
    const joist_int *box = value;
    if (boxed && !box->set)
        return sqlite3_bind_null(s, at);
    return sqlite3_bind_int64(s, at, boxed ? box->v : *(const int64_t *)value);
}

static int bind_bool(sqlite3_stmt *s, int at, bool boxed, const void *value)
{
    const joist_bool *box = value;
    if (boxed && !box->set)
        return sqlite3_bind_null(s, at);
    return sqlite3_bind_int(s, at, boxed ? box->v : *(const bool *)value);
}

static int bind_float(sqlite3_stmt *s, int at, bool boxed, const void *value)
{
    const joist_float *box = value;
    if (boxed && !box->set)
        return sqlite3_bind_null(s, at);
    return sqlite3_bind_double(s, at, boxed ? box->v : *(const double *)value);
}

/* joist_text or joist_json: alike in memory, but not to the compiler's aliasing rules. */
static int bind_text(sqlite3_stmt *s, int at, const void *value)
{
    joist_text t;
    memcpy(&t, value, sizeof t);
    return jst_sqlite_bind_text(s, at, t);
}

static int bind_bytes(sqlite3_stmt *s, int at, const joist_bytes *v)
{
    return sqlite3_bind_blob64(s, at, v->ptr, v->len, SQLITE_STATIC);
}

static int bind_scalar(jst_sqlite_binder *b, sqlite3_stmt *s, size_t i, const void *value)
{
    const joist_field *f = &b->type->fields[i];
    int at = (int)i + 1;
    switch (f->kind) {
    case JOIST_KIND_TEXT:
    case JOIST_KIND_JSON:   return bind_text(s, at, value);
    case JOIST_KIND_TIME:   return bind_time(b->times[i], s, at, value);
    case JOIST_KIND_INT:    return bind_int(s, at, f->boxed, value);
    case JOIST_KIND_BOOL:   return bind_bool(s, at, f->boxed, value);
    case JOIST_KIND_FLOAT:  return bind_float(s, at, f->boxed, value);
    case JOIST_KIND_BYTES:  return bind_bytes(s, at, value);
    case JOIST_KIND_RECORD:
    default:                return bind_json(&b->texts[i], s, at, f, value);
    }
}

int jst_sqlite_bind(jst_sqlite_binder *b, sqlite3_stmt *s, const void *record)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < b->type->count && rc == SQLITE_OK; i++) {
        const joist_field *f = &b->type->fields[i];
        const void *value = (const char *)record + f->offset;
        if (JOIST_LIKELY(!joist_field_repeated(f)))
            rc = bind_scalar(b, s, i, value);
        else
            rc = bind_json(&b->texts[i], s, (int)i + 1, f, value);
    }
    return rc;
}
